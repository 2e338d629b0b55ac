package dev.dunlin.connection.bootstrap.wire;

import dev.dunlin.core.state.Bytes;
import java.util.Optional;

/**
 * Keeps what stands in messages and may be in no action and no state: tokens that are to be sent, and what parties say of who they are. Each is
 * known by its SHA-256. Bounded: what is not taken out in time is dropped. Thread-safe.
 */
public interface Vault {

    /** Of which kind something is. */
    enum Kind {
        /** A token, in the characters that are sent. */
        TOKEN,
        /** What a party says of who it is: a value of JSON. */
        IDENTITY
    }

    /**
     * Keeps something.
     *
     * @return its SHA-256
     */
    Bytes keep(Kind kind, String content);

    /** What has a hash; empty if it is not kept, or not any more. */
    Optional<String> find(Kind kind, Bytes hash);
}
