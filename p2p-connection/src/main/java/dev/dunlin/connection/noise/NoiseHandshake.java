package dev.dunlin.connection.noise;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * One side of one libp2p Noise handshake (libp2p/specs noise/README.md). The caller writes {@link #takeOutput} after
 * creation and after each {@link #receive}, feeds what arrives, arms a timer for {@link #deadlineMicros}, and stops at
 * a final {@link HandshakeStatus}. It never takes a byte behind the last handshake message: what is left in the
 * caller's buffer is the transport's.
 *
 * <p>Static and ephemeral key are made anew for each handshake and zeroed at its end. Not thread-safe. It holds at most
 * one incomplete message and the output not yet taken.
 */
public final class NoiseHandshake {

    private final boolean initiator;
    private final NoiseSettings settings;
    private final Optional<PeerId> expected;
    private final HandshakeState noise;
    private final FrameAssembler assembler;
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final long deadlineMicros;
    private HandshakeStatus status = HandshakeStatus.InProgress.INSTANCE;

    private NoiseHandshake(
            boolean initiator, NoiseSettings settings, Optional<PeerId> expected, SecureRandom random, long nowMicros) {
        this.initiator = initiator;
        this.settings = settings;
        this.expected = expected;
        this.assembler = new FrameAssembler(settings.buffers());
        this.noise = new HandshakeState(
                initiator,
                settings.prologue().toArray(),
                X25519KeyPair.generate(random),
                X25519KeyPair.generate(random));
        long end = nowMicros + settings.limits().handshakeMicros();
        this.deadlineMicros = end < nowMicros ? Long.MAX_VALUE : end;
    }

    /**
     * The side that dialled; its output begins with message 1.
     *
     * @param expected who must answer; empty takes anybody
     * @param random makes the keys of this handshake
     * @param nowMicros the time, in microseconds
     */
    public static NoiseHandshake initiator(
            NoiseSettings settings, Optional<PeerId> expected, SecureRandom random, long nowMicros) {
        NoiseHandshake handshake = new NoiseHandshake(true, settings, expected, random, nowMicros);
        try {
            // Message 1 is not encrypted, so it carries nothing.
            handshake.write(new byte[0]);
        } catch (NoiseException failed) {
            handshake.fail(failed.failure());
        }
        return handshake;
    }

    /**
     * The side that was dialled.
     *
     * @param expected who must have dialled; empty takes anybody
     * @param random makes the keys of this handshake
     * @param nowMicros the time, in microseconds
     */
    public static NoiseHandshake responder(
            NoiseSettings settings, Optional<PeerId> expected, SecureRandom random, long nowMicros) {
        return new NoiseHandshake(false, settings, expected, random, nowMicros);
    }

    /**
     * Takes bytes from the buffer, in any split, until it is empty or the handshake is over; leaves the rest. After a
     * final status it takes nothing.
     */
    public HandshakeStatus receive(ByteBuffer in) {
        try {
            while (!isFinal() && assembler.takeHeader(in)) {
                checkLength(assembler.length());
                if (!assembler.takeBody(in)) {
                    break;
                }
                onMessage(noise.read(assembler.body(), assembler.length()));
                assembler.clear();
            }
        } catch (NoiseException failed) {
            fail(failed.failure());
        }
        return status;
    }

    /** The peer closed its side: before the end of the handshake this is a failure, after it the transport's affair. */
    public HandshakeStatus endOfInput() {
        if (!isFinal()) {
            fail(new NoiseFailure.EndOfInput());
        }
        return status;
    }

    /**
     * Fails the handshake if it should be over by now.
     *
     * @param nowMicros the time, in microseconds
     */
    public HandshakeStatus onTime(long nowMicros) {
        if (!isFinal() && nowMicros >= deadlineMicros) {
            fail(new NoiseFailure.TimedOut(settings.limits().handshakeMicros()));
        }
        return status;
    }

    /** Gives up an unfinished handshake and zeroes its keys; a finished one is left as it is. */
    public void close() {
        if (!isFinal()) {
            fail(new NoiseFailure.Closed());
        }
    }

    /** When {@link #onTime} fails an unfinished handshake, in microseconds. */
    public long deadlineMicros() {
        return deadlineMicros;
    }

    /** How far it is. */
    public HandshakeStatus status() {
        return status;
    }

    /** What is to be written to the peer; empty if there is nothing, and after a failure. Each byte is given once. */
    public byte[] takeOutput() {
        byte[] bytes = output.toByteArray();
        output.reset();
        return bytes;
    }

    /** How many bytes are allocated for the message that is arriving, for the test of the bound. */
    int bufferCapacity() {
        return assembler.capacity();
    }

    private void checkLength(int length) throws NoiseException {
        int message = noise.done();
        int payload = message == 0 ? 0 : settings.limits().maxPayloadBytes();
        int max = Math.min(Frame.MAX_BODY, HandshakeState.overhead(message) + payload);
        if (length > max) {
            throw new NoiseException(new NoiseFailure.MessageTooLong(length, max));
        }
    }

    private void onMessage(byte[] payload) throws NoiseException {
        if (noise.done() == 1) {
            write(ourPayload());
            return;
        }
        HandshakePayload theirs = HandshakePayload.decode(payload, noise.remoteStatic());
        PeerId peer = theirs.identity().peerId();
        if (expected.isPresent() && !expected.get().equals(peer)) {
            throw new NoiseException(new NoiseFailure.UnexpectedPeer(expected.get(), peer));
        }
        Optional<String> muxer = chooseMuxer(theirs.muxers());
        if (initiator) {
            write(ourPayload());
        }
        Bytes hash = Bytes.of(noise.handshakeHash());
        SymmetricState.Split split = noise.split();
        NoiseTransport transport = new NoiseTransport(
                initiator ? split.initiatorToResponder() : split.responderToInitiator(),
                initiator ? split.responderToInitiator() : split.initiatorToResponder(),
                settings);
        assembler.destroy();
        status = new HandshakeStatus.Established(transport, theirs.identity(), hash, muxer);
    }

    private byte[] ourPayload() {
        return HandshakePayload.encode(settings.identity(), noise.localStatic(), settings.muxers());
    }

    /** The first of the initiator's muxers that the responder has too. */
    private Optional<String> chooseMuxer(List<String> remote) throws NoiseException {
        List<String> local = settings.muxers();
        if (local.isEmpty() || remote.isEmpty()) {
            return Optional.empty();
        }
        List<String> preferring = initiator ? local : remote;
        List<String> accepting = initiator ? remote : local;
        Optional<String> muxer = preferring.stream().filter(accepting::contains).findFirst();
        if (muxer.isEmpty()) {
            throw new NoiseException(new NoiseFailure.NoCommonMuxer(local, remote));
        }
        return muxer;
    }

    private void write(byte[] payload) throws NoiseException {
        byte[] message = noise.write(payload);
        byte[] header = new byte[Frame.HEADER];
        Frame.putLength(message.length, header, 0);
        output.writeBytes(header);
        output.writeBytes(message);
    }

    private void fail(NoiseFailure failure) {
        noise.destroy();
        assembler.destroy();
        output.reset();
        status = new HandshakeStatus.Failed(failure);
    }

    private boolean isFinal() {
        return switch (status) {
            case HandshakeStatus.InProgress() -> false;
            case HandshakeStatus.Established _ -> true;
            case HandshakeStatus.Failed _ -> true;
        };
    }
}
