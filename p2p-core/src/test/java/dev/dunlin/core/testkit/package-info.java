/** What tests of slices, stores and modules are made of. */
@NullMarked
package dev.dunlin.core.testkit;

import org.jspecify.annotations.NullMarked;
