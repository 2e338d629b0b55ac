package dev.dunlin.dht.wire;

import dev.dunlin.core.state.Bytes;

/** What parts of messages have to be. */
final class Checks {

    private Checks() {}

    static void key(Bytes key, int most) {
        if (key.size() == 0 || key.size() > most) {
            throw new IllegalArgumentException("a key has 1 to " + most + " bytes, not " + key.size());
        }
    }

    static void skipped(int entries) {
        if (entries < 0) {
            throw new IllegalArgumentException("no fewer than 0 entries are skipped, so not " + entries);
        }
    }
}
