package dev.dunlin.connection.noise;

import static dev.dunlin.connection.noise.NoisePeers.ALICE;
import static dev.dunlin.connection.noise.NoisePeers.BOB;
import static dev.dunlin.connection.noise.NoisePeers.settings;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.noise.HandshakeStatus.Established;
import dev.dunlin.connection.noise.HandshakeStatus.Failed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds for every split, every flipped bit and every stream of bytes. */
class NoiseProperties {

    private static final NoiseLimits LIMITS = NoiseLimits.DEFAULT;

    @Property(tries = 100)
    void theHandshakeSucceedsInAnySplit(@ForAll @IntRange(min = 1, max = 250) int piece) {
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, LIMITS));
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS));
        feed(responder, initiator.takeOutput(), piece);
        feed(initiator, responder.takeOutput(), piece);
        feed(responder, initiator.takeOutput(), piece);
        assertThat(initiator.status()).isInstanceOf(Established.class);
        assertThat(responder.status()).isInstanceOf(Established.class);
    }

    @Property(tries = 200)
    void theTransportGivesTheSameInAnySplit(
            @ForAll @Size(max = 6) List<@IntRange(max = 3000) Integer> lengths,
            @ForAll @IntRange(min = 1, max = 400) int piece,
            @ForAll boolean direct)
            throws NoiseException {
        Sealer sealer = new Sealer();
        NoiseTransport receiver = sealer.receiver(LIMITS);
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int length : lengths) {
            byte[] content = NoisePeers.random(length);
            plain.writeBytes(content);
            frames.writeBytes(sealer.seal(content));
        }
        byte[] wire = frames.toByteArray();
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        for (int at = 0; at < wire.length; at += piece) {
            ByteBuffer in = ByteBuffer.wrap(wire, at, Math.min(piece, wire.length - at));
            int size = receiver.plaintextSize(in);
            ByteBuffer out = direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
            receiver.decrypt(in, out);
            assertThat(in.hasRemaining()).isFalse();
            assertThat(out.hasRemaining()).isFalse();
            byte[] bytes = new byte[size];
            out.flip().get(bytes);
            received.writeBytes(bytes);
        }
        assertThat(received.toByteArray()).isEqualTo(plain.toByteArray());
        assertThat(receiver.atFrameBoundary()).isTrue();
    }

    @Property(tries = 300)
    void aFlippedBitFailsTheHandshake(
            @ForAll @IntRange(max = 2) int message, @ForAll @IntRange(max = 100_000) int place) {
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, LIMITS, "/yamux/1.0.0"));
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS, "/yamux/1.0.0"));
        for (int i = 0; i < HandshakeState.MESSAGES; i++) {
            NoiseHandshake writer = i % 2 == 0 ? initiator : responder;
            NoiseHandshake reader = i % 2 == 0 ? responder : initiator;
            byte[] bytes = writer.takeOutput();
            if (i == message) {
                flip(bytes, place);
            }
            reader.receive(ByteBuffer.wrap(bytes));
        }
        assertThat(responder.endOfInput()).isInstanceOf(Failed.class);
        assertThat(initiator.endOfInput()).isInstanceOf(message == 2 ? Established.class : Failed.class);
    }

    @Property(tries = 500)
    void aFlippedBitNeverChangesThePlaintext(
            @ForAll @Size(min = 1, max = 4) List<@IntRange(max = 200) Integer> lengths,
            @ForAll @IntRange(max = 100_000) int place)
            throws NoiseException {
        Sealer sealer = new Sealer();
        NoiseTransport receiver = sealer.receiver(LIMITS);
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int length : lengths) {
            byte[] content = NoisePeers.random(length);
            plain.writeBytes(content);
            frames.writeBytes(sealer.seal(content));
        }
        byte[] wire = frames.toByteArray();
        flip(wire, place);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        boolean failed = false;
        for (int at = 0; at < wire.length && !failed; at++) {
            try {
                received.writeBytes(NoisePeers.decrypt(receiver, new byte[] {wire[at]}));
            } catch (NoiseException _) {
                failed = true;
            }
        }
        assertThat(failed || !receiver.atFrameBoundary()).isTrue();
        byte[] got = received.toByteArray();
        assertThat(got).isEqualTo(Arrays.copyOf(plain.toByteArray(), got.length));
    }

    @Property(tries = 500)
    void arbitraryBytesGiveAStatusAndNeverAnException(@ForAll @Size(max = 400) byte[] noise, @ForAll boolean framed) {
        byte[] bytes = framed ? NoisePeers.frame(noise) : noise;
        for (NoiseHandshake side :
                List.of(NoisePeers.initiator(settings(ALICE, LIMITS)), NoisePeers.responder(settings(BOB, LIMITS)))) {
            assertThat(side.receive(ByteBuffer.wrap(bytes))).isNotInstanceOf(Established.class);
            assertThat(side.endOfInput()).isInstanceOf(Failed.class);
        }
    }

    @Property(tries = 500)
    void arbitraryPayloadsAreRefused(@ForAll @Size(max = 300) byte[] payload) throws NoiseException {
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, LIMITS));
        HandshakeState raw = NoisePeers.raw(false);
        raw.read(NoisePeers.body(initiator.takeOutput()), 32);
        initiator.receive(ByteBuffer.wrap(NoisePeers.frame(raw.write(payload))));
        assertThat(initiator.status()).isInstanceOf(Failed.class);
    }

    @Property(tries = 500)
    void arbitraryFramesFailAsDeclared(@ForAll @Size(max = 300) byte[] noise) {
        NoiseTransport receiver = new Sealer().receiver(LIMITS);
        try {
            assertThat(NoisePeers.decrypt(receiver, noise)).isEmpty();
            assertThat(receiver.atFrameBoundary()).isEqualTo(noise.length == 0);
        } catch (NoiseException declared) {
            assertThat(declared.failure())
                    .isInstanceOfAny(NoiseFailure.NotAuthentic.class, NoiseFailure.FrameTooShort.class);
        }
    }

    private static void feed(NoiseHandshake side, byte[] bytes, int piece) {
        for (int at = 0; at < bytes.length; at += piece) {
            side.receive(ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at)));
        }
    }

    private static void flip(byte[] bytes, int place) {
        int bit = place % (bytes.length * 8);
        bytes[bit / 8] ^= (byte) (1 << (bit % 8));
    }
}
