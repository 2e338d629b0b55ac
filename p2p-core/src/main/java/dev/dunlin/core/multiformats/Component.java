package dev.dunlin.core.multiformats;

import static dev.dunlin.core.multiformats.MultiformatException.quote;

import dev.dunlin.core.state.Bytes;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** One part of a {@link Multiaddr}: a protocol and its value. */
public sealed interface Component {

    /** The longest name, in bytes of UTF-8: that of DNS. */
    int MAX_NAME_BYTES = 253;

    /** The protocol. */
    Protocol protocol();

    /** The canonical text of the value, without the protocol; empty if it has none. */
    String value();

    /** The bytes of the value, without code and length. */
    byte[] valueBytes();

    /**
     * An IP address.
     *
     * @param address four bytes for ip4, sixteen for ip6
     */
    record Ip(Protocol protocol, Bytes address) implements Component {

        /**
         * Checks kind and length.
         *
         * @throws MultiformatException if they do not fit
         */
        public Ip {
            requireKind(protocol, Protocol.Value.IP);
            int expected = protocol == Protocol.IP4 ? IpText.V4_BYTES : IpText.V6_BYTES;
            if (address.size() != expected) {
                throw new MultiformatException(
                        "an " + protocol.label() + " address has " + expected + " bytes, not " + address.size());
            }
        }

        @Override
        public String value() {
            return IpText.print(address.toArray());
        }

        @Override
        public byte[] valueBytes() {
            return address.toArray();
        }
    }

    /**
     * A TCP or UDP port.
     *
     * @param port 0 to 65535
     */
    record Port(Protocol protocol, int port) implements Component {

        /** The highest port. */
        public static final int MAX = 65535;

        /**
         * Checks kind and range.
         *
         * @throws MultiformatException if they do not fit
         */
        public Port {
            requireKind(protocol, Protocol.Value.PORT);
            if (port < 0 || port > MAX) {
                throw new MultiformatException("a " + protocol.label() + " port is 0 to " + MAX + ", not " + port);
            }
        }

        @Override
        public String value() {
            return Integer.toString(port);
        }

        @Override
        public byte[] valueBytes() {
            return new byte[] {(byte) (port >>> 8), (byte) port};
        }
    }

    /**
     * A domain name or an IPv6 zone.
     *
     * @param name 1 to {@link #MAX_NAME_BYTES} bytes of UTF-8, without {@code /}, blanks, control and formatting
     *     characters; as it was given, in upper and lower case
     */
    record Name(Protocol protocol, String name) implements Component {

        /**
         * Checks kind, length and characters.
         *
         * @throws MultiformatException if they do not fit
         */
        public Name {
            requireKind(protocol, Protocol.Value.NAME);
            // A char takes at least one byte, so a name that is too long is refused before it is encoded.
            if (name.isEmpty() || name.length() > MAX_NAME_BYTES || encode(name).length > MAX_NAME_BYTES) {
                throw new MultiformatException("a name in " + protocol.label() + " has 1 to " + MAX_NAME_BYTES
                        + " bytes, which " + quote(name) + " has not");
            }
            if (name.chars().anyMatch(Name::isRefused)) {
                throw new MultiformatException("a name in " + protocol.label()
                        + " has no '/', blanks and control characters, but " + quote(name) + " has");
            }
        }

        /**
         * Fixed ranges, since the classes of {@link Character} change from one Java version to the next: a name that
         * one node reads, all do. U+2000 to U+206F holds spaces and marks that turn the direction of text around.
         */
        private static boolean isRefused(int c) {
            return c == '/' || c <= ' ' || (c >= 0x7F && c <= 0xA0) || (c >= 0x2000 && c <= 0x206F) || c == 0xFEFF;
        }

        private static byte[] encode(String name) {
            try {
                ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(name));
                byte[] encoded = new byte[bytes.remaining()];
                bytes.get(encoded);
                return encoded;
            } catch (CharacterCodingException broken) {
                throw new MultiformatException("the name " + quote(name) + " is no valid Unicode text");
            }
        }

        static Name decode(Protocol protocol, byte[] bytes) {
            if (bytes.length > MAX_NAME_BYTES) {
                throw new MultiformatException("a name in " + protocol.label() + " has 1 to " + MAX_NAME_BYTES
                        + " bytes, not " + bytes.length);
            }
            try {
                return new Name(
                        protocol,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString());
            } catch (CharacterCodingException broken) {
                throw new MultiformatException("a name in " + protocol.label() + " is not UTF-8");
            }
        }

        @Override
        public String value() {
            return name;
        }

        @Override
        public byte[] valueBytes() {
            return name.getBytes(StandardCharsets.UTF_8);
        }
    }

    /** The peer, or a relay on the way to it. */
    record Peer(PeerId id) implements Component {

        @Override
        public Protocol protocol() {
            return Protocol.P2P;
        }

        @Override
        public String value() {
            return id.toString();
        }

        @Override
        public byte[] valueBytes() {
            return id.toBytes();
        }
    }

    /** A protocol without a value. */
    record Marker(Protocol protocol) implements Component {

        /**
         * Checks the kind.
         *
         * @throws MultiformatException if the protocol needs a value
         */
        public Marker {
            requireKind(protocol, Protocol.Value.NONE);
        }

        @Override
        public String value() {
            return "";
        }

        @Override
        public byte[] valueBytes() {
            return new byte[0];
        }
    }

    private static void requireKind(Protocol protocol, Protocol.Value kind) {
        if (protocol.value() != kind) {
            throw new MultiformatException("the address protocol " + protocol.label() + " has no such value");
        }
    }
}
