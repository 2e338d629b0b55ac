package dev.dunlin.connection.noise;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.words.Spans;
import java.util.List;

/** Why a secured connection failed. Close it at once, without an answer. */
public sealed interface NoiseFailure {

    /** One sentence for people: the cause and, where there is one, the remedy. */
    default String message() {
        return switch (this) {
            case MessageTooLong(int length, int max) ->
                "the peer announced a handshake message of " + length + " bytes where at most " + max + " are allowed";
            case Malformed(String reason) -> "the peer sent a malformed handshake message: " + reason;
            case NotAuthentic() -> "a message of the peer failed authentication";
            case WeakPublicKey() -> "the peer sent an X25519 public key of small order";
            case BadIdentityKey(String reason) -> "the peer's identity key was refused: " + reason;
            case BadSignature(PeerId claimed) ->
                "the peer says it is " + claimed + " but its signature does not prove it";
            case UnexpectedPeer(PeerId expected, PeerId actual) ->
                "the peer is " + actual + " and not the expected " + expected;
            case NoCommonMuxer(List<String> local, List<String> remote) ->
                "the peer offers none of our " + local.size() + " stream muxers, but " + remote.size() + " others";
            case EndOfInput() -> "the peer closed its side before the handshake was over";
            case TimedOut(long allowedMicros) -> "the peer did not end the handshake within " + Spans.of(allowedMicros);
            case FrameTooShort(int length) ->
                "the peer announced a frame of " + length + " bytes, which cannot hold the 16 of its tag";
            case TooManyEmptyFrames(int max) -> "the peer sent more than " + max + " empty frames in a row";
            case NonceExhausted() -> "the connection has used up its nonces: open a new one";
            case Closed() -> "the secured connection is closed";
        };
    }

    /**
     * A handshake message was announced that is longer than allowed; none of it was buffered.
     *
     * @param length the announced length in bytes
     * @param max what this message may have, which follows from {@link NoiseLimits#maxPayloadBytes}
     */
    record MessageTooLong(int length, int max) implements NoiseFailure {}

    /**
     * A handshake message or its payload does not have the prescribed form.
     *
     * @param reason what is wrong with it
     */
    record Malformed(String reason) implements NoiseFailure {}

    /** A message does not decrypt: altered on the way, out of order, or not meant for us. */
    record NotAuthentic() implements NoiseFailure {}

    /** A Diffie-Hellman result is all zero: the peer's key is a point of small order (RFC 7748, section 6.1). */
    record WeakPublicKey() implements NoiseFailure {}

    /**
     * The identity key does not decode or is not acceptable.
     *
     * @param reason what is wrong with it
     */
    record BadIdentityKey(String reason) implements NoiseFailure {}

    /**
     * The identity key did not sign the static key of this handshake.
     *
     * @param claimed the peer that the other side says it is
     */
    record BadSignature(PeerId claimed) implements NoiseFailure {}

    /**
     * Somebody else answered than was expected.
     *
     * @param expected who was expected
     * @param actual who it is
     */
    record UnexpectedPeer(PeerId expected, PeerId actual) implements NoiseFailure {}

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
    }

    /** The peer closed its side before the handshake was over. */
    record EndOfInput() implements NoiseFailure {}

    /**
     * The handshake was not over in time.
     *
     * @param allowedMicros how long it might have taken, {@link NoiseLimits#handshakeMicros}
     */
    record TimedOut(long allowedMicros) implements NoiseFailure {}

    /**
     * A transport frame is too short for its authentication tag.
     *
     * @param length the announced length in bytes
     */
    record FrameTooShort(int length) implements NoiseFailure {}

    /**
     * Too many frames without content followed one another.
     *
     * @param max the limit, {@link NoiseLimits#maxEmptyFrames}
     */
    record TooManyEmptyFrames(int max) implements NoiseFailure {}

    /** All nonces of a direction are used up; there is no rekeying in libp2p. */
    record NonceExhausted() implements NoiseFailure {}

    /** The keys are gone: the connection was closed or failed before. */
    record Closed() implements NoiseFailure {}
}
