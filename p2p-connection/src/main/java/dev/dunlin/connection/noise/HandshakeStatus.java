package dev.dunlin.connection.noise;

import dev.dunlin.core.keys.PublicKey;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.util.Optional;

/** How far a handshake is. {@link Established} and {@link Failed} are final. */
public sealed interface HandshakeStatus {

    /** Not over yet: feed more bytes. */
    record InProgress() implements HandshakeStatus {
        static final InProgress INSTANCE = new InProgress();
    }

    /**
     * The peer has proved who it is. Write the handshake's last output before anything of the transport; what is left
     * in the buffer, and all that follows, goes to the transport.
     *
     * @param transport encrypts and decrypts from now on
     * @param remoteKey the peer's identity key
     * @param handshakeHash 32 bytes unique to this connection and equal on both sides, for channel binding
     * @param muxer the stream muxer agreed on inside the handshake; empty if at least one side offered none
     */
    record Established(NoiseTransport transport, PublicKey remoteKey, Bytes handshakeHash, Optional<String> muxer)
            implements HandshakeStatus {

        /** The peer's id, derived from its key. */
        public PeerId remotePeer() {
            return remoteKey.peerId();
        }
    }

    /**
     * It failed; all keys of it are zeroed.
     *
     * @param failure why
     */
    record Failed(NoiseFailure failure) implements HandshakeStatus {}
}
