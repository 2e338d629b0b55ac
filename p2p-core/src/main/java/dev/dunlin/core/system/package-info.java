/** Failures of the operating system, told apart by their codes in every language. */
@NullMarked
package dev.dunlin.core.system;

import org.jspecify.annotations.NullMarked;
