package dev.dunlin.dht.record;

import dev.dunlin.core.state.TextType;

/** What is kept for others. */
public enum RecordKind {
    /** Values, one under a key. */
    VALUES,
    /** Provider records: who has the content of a key. */
    PROVIDERS;

    /** As text: its name. */
    static final TextType<RecordKind> TEXT =
            new TextType<>(RecordKind.class, "RecordKind", RecordKind::name, RecordKind::valueOf);
}
