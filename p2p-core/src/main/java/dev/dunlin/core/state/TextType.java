package dev.dunlin.core.state;

import java.util.function.Function;

/**
 * A value type that is written as one JSON string, also where it is the key of a table.
 *
 * @param type the type
 * @param name its name in schemas
 * @param print its canonical text
 * @param parse reads that text
 * @param <T> the type
 */
public record TextType<T>(Class<T> type, String name, Function<T, String> print, Function<String, T> parse) {}
