package dev.dunlin.connection.noise;

import static dev.dunlin.connection.noise.NoisePeers.ALICE;
import static dev.dunlin.connection.noise.NoisePeers.BOB;
import static dev.dunlin.connection.noise.NoisePeers.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.connection.noise.HandshakeStatus.Established;
import dev.dunlin.connection.noise.HandshakeStatus.Failed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Each limit holds at its number, and its absence is felt. */
class NoiseLimitsTest {

    private static final NoiseLimits DEFAULT = NoiseLimits.DEFAULT;

    @Test
    void theDefaultsAreStated() {
        assertThat(DEFAULT).isEqualTo(new NoiseLimits(8192, 64, 10_000_000));
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new NoiseLimits(-1, 64, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new NoiseLimits(65536, 64, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new NoiseLimits(8192, -1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new NoiseLimits(8192, 64, 0));
    }

    @Test
    void aLongPayloadIsRefusedAtItsLength() throws NoiseException {
        assertThat(answerOf(DEFAULT, 8192).status()).isInstanceOf(Established.class);

        NoiseHandshake refused = answerOf(DEFAULT, 8193);
        assertThat(refused.status()).isEqualTo(new Failed(new NoiseFailure.MessageTooLong(96 + 8193, 96 + 8192)));

        NoiseLimits lifted = new NoiseLimits(65535, 64, 10_000_000);
        assertThat(answerOf(lifted, 8193).status()).isInstanceOf(Established.class);
    }

    @Test
    void handshakeMemoryGrowsWithTheBytesAndNotWithTheClaim() {
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, new NoiseLimits(65535, 64, 10_000_000)));
        initiator.receive(ByteBuffer.wrap(new byte[] {(byte) 0xFF, (byte) 0xFF}));
        assertThat(initiator.bufferCapacity()).isZero();
        initiator.receive(ByteBuffer.wrap(NoisePeers.random(1000)));
        assertThat(initiator.bufferCapacity()).isEqualTo(2000);
        initiator.receive(ByteBuffer.wrap(new byte[64534]));
        assertThat(initiator.bufferCapacity()).isEqualTo(FrameBuffers.SIZE);
        initiator.receive(ByteBuffer.wrap(new byte[1]));
        assertThat(initiator.status()).isEqualTo(new Failed(new NoiseFailure.NotAuthentic()));
        assertThat(initiator.bufferCapacity()).isZero();
    }

    @Test
    void transportMemoryGrowsWithTheBytesAndIsBounded() throws NoiseException {
        NoisePeers.Pair pair = NoisePeers.connect(DEFAULT);
        NoiseTransport bob = pair.bob().transport();
        assertThat(NoisePeers.decrypt(bob, new byte[] {(byte) 0xFF, (byte) 0xFF}))
                .isEmpty();
        assertThat(bob.capacity()).isZero();
        assertThat(NoisePeers.decrypt(bob, new byte[100])).isEmpty();
        assertThat(bob.capacity()).isEqualTo(256);
        assertThat(NoisePeers.decrypt(bob, new byte[65434])).isEmpty();
        assertThat(bob.capacity()).isEqualTo(FrameBuffers.SIZE);

        NoiseTransport alice = pair.alice().transport();
        ByteBuffer plain = ByteBuffer.allocateDirect(1_000_000);
        alice.encrypt(plain, ByteBuffer.allocateDirect(NoiseTransport.ciphertextSize(1_000_000)));
        assertThat(alice.capacity()).isZero();
    }

    @Test
    void emptyFramesInARowAreCounted() {
        assertThat(emptyFrames(DEFAULT, 64)).isEmpty();
        assertThat(emptyFrames(DEFAULT, 65)).containsExactly(new NoiseFailure.TooManyEmptyFrames(64));
        assertThat(emptyFrames(new NoiseLimits(8192, Integer.MAX_VALUE, 1), 5000))
                .isEmpty();
    }

    @Test
    void aFrameWithContentStartsTheCountAnew() throws NoiseException {
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        Sealer sealer = new Sealer();
        for (int i = 0; i < 10; i++) {
            frames.writeBytes(sealer.seal(new byte[0]));
            frames.writeBytes(sealer.seal(new byte[] {(byte) i}));
        }
        NoiseTransport receiver = sealer.receiver(new NoiseLimits(8192, 1, 10_000_000));
        assertThat(NoisePeers.decrypt(receiver, frames.toByteArray())).hasSize(10);
    }

    @Test
    void theDeadlineFailsAnUnfinishedHandshake() {
        NoiseHandshake handshake =
                NoiseHandshake.responder(settings(BOB, DEFAULT), Optional.empty(), NoisePeers.RANDOM, 7);
        assertThat(handshake.deadlineMicros()).isEqualTo(10_000_007);
        assertThat(handshake.onTime(10_000_006)).isEqualTo(new HandshakeStatus.InProgress());
        assertThat(handshake.onTime(10_000_007)).isEqualTo(new Failed(new NoiseFailure.TimedOut(10_000_000)));

        NoiseLimits lifted = new NoiseLimits(8192, 64, Long.MAX_VALUE);
        NoiseHandshake patient =
                NoiseHandshake.responder(settings(BOB, lifted), Optional.empty(), NoisePeers.RANDOM, 7);
        assertThat(patient.deadlineMicros()).isEqualTo(Long.MAX_VALUE);
        assertThat(patient.onTime(Long.MAX_VALUE - 1)).isEqualTo(new HandshakeStatus.InProgress());
    }

    @Test
    void theDeadlineDoesNotTouchAFinishedHandshake() {
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, DEFAULT));
        NoisePeers.run(initiator, NoisePeers.responder(settings(BOB, DEFAULT)));
        assertThat(initiator.onTime(Long.MAX_VALUE)).isInstanceOf(Established.class);
        assertThat(initiator.endOfInput()).isInstanceOf(Established.class);
    }

    /** What our initiator makes of a good payload that an unknown field brings to this length. */
    private static NoiseHandshake answerOf(NoiseLimits limits, int payloadLength) throws NoiseException {
        HandshakeState raw = NoisePeers.raw(false);
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, limits));
        raw.read(NoisePeers.body(initiator.takeOutput()), 32);
        byte[] payload = HandshakePayload.encode(BOB, raw.localStatic(), List.of());
        // Field 15, length in two bytes.
        int padding = payloadLength - payload.length - 3;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(payload);
        out.write(0x7A);
        out.write(padding & 0x7F | 0x80);
        out.write(padding >>> 7);
        out.writeBytes(new byte[padding]);
        initiator.receive(ByteBuffer.wrap(NoisePeers.frame(raw.write(out.toByteArray()))));
        return initiator;
    }

    private static List<NoiseFailure> emptyFrames(NoiseLimits limits, int count) {
        Sealer sealer = new Sealer();
        NoiseTransport receiver = sealer.receiver(limits);
        try {
            for (int i = 0; i < count; i++) {
                assertThat(NoisePeers.decrypt(receiver, sealer.seal(new byte[0])))
                        .isEmpty();
            }
            return List.of();
        } catch (NoiseException failed) {
            return List.of(failed.failure());
        }
    }
}
