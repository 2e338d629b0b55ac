package dev.dunlin.core.testkit;

import java.util.function.Consumer;

/**
 * A path that random sequences hardly ever take, said by hand. All laws are asked at each of its turns, and it counts for
 * the coverage.
 *
 * @param name what happens
 * @param steps drives a booted store
 * @param <R> the root of the store's state
 */
public record Script<R>(String name, Consumer<StoreDriver<R>> steps) {}
