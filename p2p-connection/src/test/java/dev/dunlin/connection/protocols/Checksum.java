package dev.dunlin.connection.protocols;

import io.netty.buffer.ByteBuf;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Counts bytes and sums them up by SHA-256. */
final class Checksum {

    private final MessageDigest sha256;
    private long count;

    Checksum() {
        try {
            sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Takes the readable bytes; the buffer stays as it is. */
    void add(ByteBuf bytes) {
        count += bytes.readableBytes();
        sha256.update(bytes.nioBuffer());
    }

    long count() {
        return count;
    }

    /** The sum of all; nothing can be added after. */
    byte[] bytes() {
        return sha256.digest();
    }

    /** As {@link #bytes}, in hex. */
    String hex() {
        return HexFormat.of().formatHex(bytes());
    }
}
