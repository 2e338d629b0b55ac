package dev.dunlin.connection.bootstrap.wire;

import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.state.Bytes;
import java.nio.charset.StandardCharsets;

/** By what secrets are known. */
public final class Hashes {

    private Hashes() {}

    /** The SHA-256 of a text in UTF-8. */
    public static Bytes sha256(String text) {
        return Multihash.sha256(text.getBytes(StandardCharsets.UTF_8)).digest();
    }
}
