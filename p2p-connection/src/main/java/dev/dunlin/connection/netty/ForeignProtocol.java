package dev.dunlin.connection.netty;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Knows other protocols' servers by the first bytes that they send; a libp2p node's begin with 0x13 (multistream-select, "Connections"). */
final class ForeignProtocol {

    private static final int TLS_ALERT = 0x15;
    private static final int TLS_HANDSHAKE = 0x16;
    private static final int TLS_MAJOR = 3;

    private ForeignProtocol() {}

    /** What kind of server has sent this, with its article; nothing is read. */
    static Optional<String> of(ByteBuf first) {
        if (begins(first, "SSH-")) {
            return Optional.of("an SSH server");
        }
        if (begins(first, "HTTP/")) {
            return Optional.of("a web server");
        }
        if (begins(first, "220 ") || begins(first, "220-")) {
            return Optional.of("a mail or FTP server");
        }
        boolean isTls = first.readableBytes() >= 2
                && (byteAt(first, 0) == TLS_ALERT || byteAt(first, 0) == TLS_HANDSHAKE)
                && byteAt(first, 1) == TLS_MAJOR;
        return isTls ? Optional.of("a TLS server") : Optional.empty();
    }

    private static boolean begins(ByteBuf bytes, String with) {
        int length = with.length();
        return bytes.readableBytes() >= length
                && bytes.toString(bytes.readerIndex(), length, StandardCharsets.ISO_8859_1)
                        .equals(with);
    }

    private static int byteAt(ByteBuf bytes, int index) {
        return bytes.getUnsignedByte(bytes.readerIndex() + index);
    }
}
