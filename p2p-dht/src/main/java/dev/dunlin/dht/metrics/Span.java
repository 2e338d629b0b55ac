package dev.dunlin.dht.metrics;

import dev.dunlin.core.state.TextType;

/** Something that takes time. */
public enum Span {
    /** From a caller's wish to what it is told at the end. */
    OPERATION,
    /** From the beginning of a lookup to its end. */
    QUERY,
    /** From a question to its answer; those without an answer are left out. */
    REQUEST;

    /** As text: its name. */
    static final TextType<Span> TEXT = new TextType<>(Span.class, "Span", Span::name, Span::valueOf);
}
