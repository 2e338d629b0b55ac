package dev.dunlin.connection.noise;

import dev.dunlin.core.multiformats.PeerId;
import java.util.List;

/** Why a secured connection failed. Close it at once, without an answer. */
public sealed interface NoiseFailure {

    /** One sentence for people: the cause and, where there is one, the remedy. */
    String message();

    /**
     * A handshake message was announced that is longer than allowed; none of it was buffered.
     *
     * @param length the announced length in bytes
     * @param max what this message may have, which follows from {@link NoiseLimits#maxPayloadBytes}
     */
    record MessageTooLong(int length, int max) implements NoiseFailure {
        @Override
        public String message() {
            return "the peer announced a handshake message of " + length + " bytes where at most " + max
                    + " are allowed";
        }
    }

    /**
     * A handshake message or its payload does not have the prescribed form.
     *
     * @param reason what is wrong with it
     */
    record Malformed(String reason) implements NoiseFailure {
        @Override
        public String message() {
            return "the peer sent a malformed handshake message: " + reason;
        }
    }

    /** A message does not decrypt: altered on the way, out of order, or not meant for us. */
    record NotAuthentic() implements NoiseFailure {
        @Override
        public String message() {
            return "a message of the peer failed authentication";
        }
    }

    /** A Diffie-Hellman result is all zero: the peer's key is a point of small order (RFC 7748, section 6.1). */
    record WeakPublicKey() implements NoiseFailure {
        @Override
        public String message() {
            return "the peer sent an X25519 public key of small order";
        }
    }

    /**
     * The identity key does not decode or is not acceptable.
     *
     * @param reason what is wrong with it
     */
    record BadIdentityKey(String reason) implements NoiseFailure {
        @Override
        public String message() {
            return "the peer's identity key was refused: " + reason;
        }
    }

    /**
     * The identity key did not sign the static key of this handshake.
     *
     * @param claimed the peer that the other side says it is
     */
    record BadSignature(PeerId claimed) implements NoiseFailure {
        @Override
        public String message() {
            return "the peer says it is " + claimed + " but its signature does not prove it";
        }
    }

    /**
     * Somebody else answered than was expected.
     *
     * @param expected who was expected
     * @param actual who it is
     */
    record UnexpectedPeer(PeerId expected, PeerId actual) implements NoiseFailure {
        @Override
        public String message() {
            return "the peer is " + actual + " and not the expected " + expected;
        }
    }

    /**
     * Both sides offered stream muxers, none of them the same.
     *
     * @param local ours
     * @param remote the peer's
     */
    record NoCommonMuxer(List<String> local, List<String> remote) implements NoiseFailure {
        /** Copies the lists. */
        public NoCommonMuxer {
            local = List.copyOf(local);
            remote = List.copyOf(remote);
        }

        @Override
        public String message() {
            return "the peer offers none of our " + local.size() + " stream muxers, but " + remote.size() + " others";
        }
    }

    /** The peer closed its side before the handshake was over. */
    record EndOfInput() implements NoiseFailure {
        @Override
        public String message() {
            return "the peer closed its side before the handshake was over";
        }
    }

    /**
     * The handshake was not over in time.
     *
     * @param allowedMicros how long it might have taken, {@link NoiseLimits#handshakeMicros}
     */
    record TimedOut(long allowedMicros) implements NoiseFailure {
        @Override
        public String message() {
            return "the handshake was not over within " + allowedMicros + " microseconds";
        }
    }

    /**
     * A transport frame is too short for its authentication tag.
     *
     * @param length the announced length in bytes
     */
    record FrameTooShort(int length) implements NoiseFailure {
        @Override
        public String message() {
            return "the peer announced a frame of " + length + " bytes, which cannot hold the 16 of its tag";
        }
    }

    /**
     * Too many frames without content followed one another.
     *
     * @param max the limit, {@link NoiseLimits#maxEmptyFrames}
     */
    record TooManyEmptyFrames(int max) implements NoiseFailure {
        @Override
        public String message() {
            return "the peer sent more than " + max + " empty frames in a row";
        }
    }

    /** All nonces of a direction are used up; there is no rekeying in libp2p. */
    record NonceExhausted() implements NoiseFailure {
        @Override
        public String message() {
            return "the connection has used up its nonces: open a new one";
        }
    }

    /** The keys are gone: the connection was closed or failed before. */
    record Closed() implements NoiseFailure {
        @Override
        public String message() {
            return "the secured connection is closed";
        }
    }
}
