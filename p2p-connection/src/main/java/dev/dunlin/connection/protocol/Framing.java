package dev.dunlin.connection.protocol;

import dev.dunlin.core.multiformats.Varint;

/** How messages stand in a stream, and how long one may be. */
public sealed interface Framing {

    /** The longest message that any framing allows, in bytes. */
    int MOST_BYTES = 64 << 20;

    /** The longest body, in bytes. */
    int maxBytes();

    /**
     * The length first, as an unsigned varint (multiformats/unsigned-varint), then the body: what libp2p's protobuf protocols do.
     *
     * @param maxBytes of a body, 0 to {@link #MOST_BYTES}
     */
    record LengthPrefixed(int maxBytes) implements Framing {
        /** Checks the bound. */
        public LengthPrefixed {
            bounded(maxBytes);
        }
    }

    /**
     * Bodies of one length, and nothing between them, as ping's.
     *
     * @param bytes of each body, 1 to {@link #MOST_BYTES}
     */
    record Fixed(int bytes) implements Framing {
        /** Checks the bound. */
        public Fixed {
            bounded(bytes);
            if (bytes == 0) {
                throw new IllegalArgumentException("a message of a fixed length has at least 1 byte");
            }
        }

        @Override
        public int maxBytes() {
            return bytes;
        }
    }

    /**
     * One body, which the end of the sender's side ends, as identify's.
     *
     * @param maxBytes of the body, 0 to {@link #MOST_BYTES}
     */
    record ToTheEnd(int maxBytes) implements Framing {
        /** Checks the bound. */
        public ToTheEnd {
            bounded(maxBytes);
        }
    }

    /**
     * One empty body, which needs no byte: it is there as soon as the stream is, as what asks identify, or when all before it is
     * written, as what answers a push.
     */
    record Nothing() implements Framing {
        @Override
        public int maxBytes() {
            return 0;
        }
    }

    private static void bounded(int bytes) {
        if (bytes < 0 || bytes > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "a message has 0 to " + MOST_BYTES + " bytes at most, not " + bytes + ": set another bound");
        }
    }

    /** Whether a body may have so many bytes. */
    default boolean fits(int bytes) {
        return this instanceof Fixed ? bytes == maxBytes() : bytes <= maxBytes();
    }

    /**
     * A body with what stands before it in the stream.
     *
     * @throws IllegalArgumentException if it is too long, or of another length than the fixed one
     */
    default byte[] framed(byte[] body) {
        if (!fits(body.length)) {
            throw new IllegalArgumentException("a message of " + body.length + " bytes does not fit: " + this);
        }
        return switch (this) {
            case Fixed _, ToTheEnd _, Nothing _ -> body.clone();
            case LengthPrefixed _ -> {
                int header = Varint.sizeOf(body.length);
                byte[] framed = new byte[header + body.length];
                Varint.encode(body.length, framed, 0);
                System.arraycopy(body, 0, framed, header, body.length);
                yield framed;
            }
        };
    }
}
