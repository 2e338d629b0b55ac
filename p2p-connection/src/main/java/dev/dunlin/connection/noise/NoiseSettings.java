package dev.dunlin.connection.noise;

import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.state.Bytes;
import java.util.List;

/**
 * What all handshakes of a node have in common. It holds the identity key: keep it in the service, never in state.
 *
 * @param identity the node's identity key, which signs each handshake's static key
 * @param prologue bytes both sides must agree on beforehand; empty for TCP
 * @param muxers the stream muxers to negotiate inside the handshake, the preferred first; none turns this off, and
 *     multistream-select decides afterwards (libp2p/specs connections/inlined-muxer-negotiation.md)
 * @param limits what a connection may cost
 * @param buffers lends all connections the memory for frames that arrive in pieces
 * @param aead by which way long messages are encrypted
 */
public record NoiseSettings(
        PrivateKey identity,
        Bytes prologue,
        List<String> muxers,
        NoiseLimits limits,
        FrameBuffers buffers,
        AeadChoice aead) {

    /** 4 MiB at most are kept for a whole node. */
    private static final int KEPT_BUFFERS = 64;

    /** Copies the list. */
    public NoiseSettings {
        muxers = List.copyOf(muxers);
    }

    /** With buffers of its own, of which 64 are kept. */
    public NoiseSettings(PrivateKey identity, Bytes prologue, List<String> muxers, NoiseLimits limits) {
        this(identity, prologue, muxers, limits, new FrameBuffers(KEPT_BUFFERS), AeadChoice.untimed());
    }

    /** These with another way for long messages. */
    public NoiseSettings with(AeadChoice choice) {
        return new NoiseSettings(identity, prologue, muxers, limits, buffers, choice);
    }

    /** As on TCP: no prologue, the default limits. */
    public static NoiseSettings of(PrivateKey identity, List<String> muxers) {
        return new NoiseSettings(identity, Bytes.EMPTY, muxers, NoiseLimits.DEFAULT);
    }
}
