/**
 * The test kit: a store driven by hand under virtual time, readable assertions, arbitraries derived from a machine's
 * types, and the laws that every {@link dev.dunlin.core.store.Machine} obeys. A machine's own test begins with a subclass of
 * {@link dev.dunlin.core.testkit.MachineLaws}.
 */
@NullMarked
package dev.dunlin.core.testkit;

import org.jspecify.annotations.NullMarked;
