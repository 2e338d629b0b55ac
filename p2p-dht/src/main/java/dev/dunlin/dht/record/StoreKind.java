package dev.dunlin.dht.record;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Where what is kept for others is. */
public enum StoreKind {
    /** In the state: so in the heap, and in each snapshot of the log. */
    MEMORY,
    /** In an SQLite file beside the log. */
    SQLITE;

    /** What the configuration calls it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static List<String> words() {
        return Arrays.stream(values()).map(StoreKind::word).toList();
    }

    static StoreKind of(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word().equals(word))
                .findFirst()
                .orElse(MEMORY);
    }
}
