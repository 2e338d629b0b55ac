package dev.dunlin.connection;

import java.util.Locale;

/**
 * Why a dial, a listen or the opening of a stream failed.
 *
 * @param kind what went wrong, for machines
 * @param text what went wrong, for people; at most {@link #MAX_TEXT} characters
 */
public record ConnectionError(Kind kind, String text) {

    /** The longest text, in characters. */
    public static final int MAX_TEXT = 256;

    /** What went wrong. */
    public enum Kind {
        /** No route to the address. */
        UNREACHABLE,
        /** Nobody listens at the address. */
        REFUSED,
        /** No answer in time. */
        TIMED_OUT,
        /** The name in the address has no address. */
        RESOLUTION_FAILED,
        /** This node has no transport for the address. */
        UNSUPPORTED_ADDRESS,
        /** The secure channel could not be set up. */
        HANDSHAKE_FAILED,
        /** Another peer than the expected one is at the address. */
        WRONG_PEER,
        /** The two sides have no common protocol. */
        NO_COMMON_PROTOCOL,
        /** The address to listen on is taken or not of this machine. */
        ADDRESS_UNAVAILABLE,
        /** There is no connection to the peer, and none is being made. */
        NOT_CONNECTED,
        /** The connection was closed meanwhile. */
        CONNECTION_CLOSED,
        /** A limit, here or of the other side, allows no more. */
        LIMIT,
        /** It is no longer wanted. */
        CANCELLED,
        /** The node was restarted meanwhile. */
        NODE_RESTARTED,
        /** The socket broke. */
        IO;

        /** It in words, for sentences about an address. */
        public String words() {
            return this == IO
                    ? "a broken socket"
                    : name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /**
     * Checks the length.
     *
     * @throws IllegalArgumentException if the text is too long
     */
    public ConnectionError {
        if (text.length() > MAX_TEXT) {
            throw new IllegalArgumentException(
                    "an error's text has at most " + MAX_TEXT + " characters, not " + text.length() + ": shorten it");
        }
    }

    /** An error whose text is cut to what is allowed. */
    public static ConnectionError of(Kind kind, String text) {
        if (text.length() <= MAX_TEXT) {
            return new ConnectionError(kind, text);
        }
        // Half a surrogate pair would not survive an encoding.
        int end = Character.isHighSurrogate(text.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
        return new ConnectionError(kind, text.substring(0, end));
    }
}
