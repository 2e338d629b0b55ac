/** What a whole run of the tests prints: nothing of a test that passes, all of one that fails, and why one is skipped. */
@NullMarked
package dev.dunlin.testrun;

import org.jspecify.annotations.NullMarked;
