package dev.dunlin.connection.multistream;

import dev.dunlin.core.multiformats.Varint;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The messages of multistream-select: a varint length, UTF-8 text, a newline that the length counts. */
final class Messages {

    static final String HEADER = "/multistream/1.0.0";
    static final String NOT_AVAILABLE = "na";
    static final String LIST = "ls";

    /** Asks for the simultaneous-open extension (libp2p/specs connections/simopen.md), which we never take part in. */
    static final String SIMULTANEOUS_CONNECT = "/libp2p/simultaneous-connect";

    /** The header as a whole message. */
    static final byte[] HEADER_BYTES = encode(HEADER);

    /** The refusal as a whole message. */
    static final byte[] NOT_AVAILABLE_BYTES = encode(NOT_AVAILABLE);

    private static final int SHOWN_CHARS = 64;

    private Messages() {}

    /** The text as a whole message. */
    static byte[] encode(String text) {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 3);
        out.writeBytes(Varint.encode(body.length + 1));
        out.writeBytes(body);
        out.write('\n');
        return out.toByteArray();
    }

    /** The answer to {@code ls}: every name as a message of its own, and a newline behind them all. */
    static byte[] encodeList(List<String> names) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        names.forEach(name -> body.writeBytes(encode(name)));
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.size() + 3);
        out.writeBytes(Varint.encode(body.size() + 1));
        out.writeBytes(body.toByteArray());
        out.write('\n');
        return out.toByteArray();
    }

    /**
     * Checks an id that we are about to offer.
     *
     * @throws IllegalArgumentException if no peer could take it for a protocol id
     */
    static String checkProtocol(String protocol, int maxMessageBytes) {
        if (protocol.isEmpty()
                || protocol.indexOf('\n') >= 0
                || !StandardCharsets.UTF_8.newEncoder().canEncode(protocol)
                || protocol.equals(HEADER)
                || protocol.equals(NOT_AVAILABLE)
                || protocol.equals(LIST)
                || protocol.equals(SIMULTANEOUS_CONNECT)) {
            throw new IllegalArgumentException("\"" + show(protocol) + "\" cannot be the id of a protocol");
        }
        int length = protocol.getBytes(StandardCharsets.UTF_8).length + 1;
        if (length > maxMessageBytes) {
            throw new IllegalArgumentException("a protocol id takes at most " + (maxMessageBytes - 1)
                    + " bytes, not the " + (length - 1) + " of \"" + show(protocol) + "\"");
        }
        return protocol;
    }

    /** Text of a peer for a message to people: short, printable ASCII. */
    static String show(String text) {
        String start = text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "...";
        return start.replaceAll("[^ -~]", "?");
    }
}
