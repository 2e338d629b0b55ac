package dev.dunlin.connection.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** The frames after the handshake. */
class NoiseTransportTest {

    private static final NoiseLimits LIMITS = NoiseLimits.DEFAULT;

    private final NoisePeers.Pair pair = NoisePeers.connect(LIMITS);
    private final NoiseTransport alice = pair.alice().transport();
    private final NoiseTransport bob = pair.bob().transport();

    @Test
    void bothDirectionsCarryBytes() throws NoiseException {
        for (int i = 0; i < 3; i++) {
            byte[] question = NoisePeers.random(100 + i);
            byte[] answer = NoisePeers.random(200 + i);
            assertThat(NoisePeers.decrypt(bob, NoisePeers.encrypt(alice, question)))
                    .isEqualTo(question);
            assertThat(NoisePeers.decrypt(alice, NoisePeers.encrypt(bob, answer)))
                    .isEqualTo(answer);
        }
    }

    @Test
    void sizesAreExact() {
        assertThat(NoiseTransport.MAX_PLAINTEXT).isEqualTo(65519);
        assertThat(NoiseTransport.ciphertextSize(0)).isZero();
        assertThat(NoiseTransport.ciphertextSize(1)).isEqualTo(19);
        assertThat(NoiseTransport.ciphertextSize(65519)).isEqualTo(65537);
        assertThat(NoiseTransport.ciphertextSize(65520)).isEqualTo(65537 + 19);
        assertThatIllegalArgumentException().isThrownBy(() -> NoiseTransport.ciphertextSize(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> NoiseTransport.ciphertextSize(Integer.MAX_VALUE));
    }

    @Test
    void longPlaintextIsSplitIntoFullFrames() throws NoiseException {
        byte[] plain = NoisePeers.random(2 * 65519 + 10);
        byte[] frames = NoisePeers.encrypt(alice, plain);
        assertThat(frames).hasSize(2 * 65537 + 28);
        assertThat(Frame.length(frames[0], frames[1])).isEqualTo(65535);
        assertThat(Frame.length(frames[65537], frames[65538])).isEqualTo(65535);
        assertThat(Frame.length(frames[2 * 65537], frames[2 * 65537 + 1])).isEqualTo(26);
        assertThat(NoisePeers.decrypt(bob, frames)).isEqualTo(plain);
    }

    @Test
    void nothingIsSentForNoPlaintext() throws NoiseException {
        assertThat(NoisePeers.encrypt(alice, new byte[0])).isEmpty();
        assertThat(NoisePeers.decrypt(bob, NoisePeers.encrypt(alice, new byte[] {7})))
                .containsExactly(7);
    }

    @Test
    void framesOfOtherSizesAreTaken() throws NoiseException {
        Sealer sealer = new Sealer();
        NoiseTransport receiver = sealer.receiver(LIMITS);
        for (int length : List.of(0, 1, 64511, 65519)) {
            byte[] plain = NoisePeers.random(length);
            assertThat(NoisePeers.decrypt(receiver, sealer.seal(plain))).isEqualTo(plain);
        }
    }

    @Test
    void everyKindOfBufferGivesTheSame() throws NoiseException {
        byte[] plain = NoisePeers.random(70_000);
        for (boolean directPlain : List.of(true, false)) {
            for (boolean directOut : List.of(true, false)) {
                ByteBuffer frames = buffer(directOut, NoiseTransport.ciphertextSize(plain.length));
                alice.encrypt(filled(directPlain, plain), frames);
                assertThat(frames.hasRemaining()).isFalse();
                frames.flip();
                ByteBuffer in = directOut ? frames : frames.asReadOnlyBuffer();
                ByteBuffer result = buffer(directPlain, bob.plaintextSize(in));
                bob.decrypt(in, result);
                assertThat(in.hasRemaining()).isFalse();
                assertThat(bytes(result.flip())).isEqualTo(plain);
            }
        }
    }

    @Test
    void positionsAndArrayOffsetsAreRespected() throws NoiseException {
        byte[] plain = NoisePeers.random(50);
        ByteBuffer outer = ByteBuffer.allocate(300).position(13).slice().position(4);
        alice.encrypt(ByteBuffer.wrap(plain, 10, 30), outer);
        assertThat(outer.position()).isEqualTo(4 + 30 + NoiseTransport.FRAME_OVERHEAD);
        outer.flip().position(4);
        ByteBuffer result = ByteBuffer.allocate(100).position(7).slice().position(2);
        bob.decrypt(outer, result);
        assertThat(result.position()).isEqualTo(32);
        assertThat(bytes(result.flip().position(2))).isEqualTo(bytes(ByteBuffer.wrap(plain, 10, 30)));
    }

    @Test
    void tooLittleRoomIsTheCallersMistakeAndChangesNothing() throws NoiseException {
        byte[] frames = NoisePeers.encrypt(alice, new byte[] {1, 2, 3});
        assertThatIllegalArgumentException()
                .isThrownBy(() -> alice.encrypt(ByteBuffer.allocate(5), ByteBuffer.allocate(22)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> bob.decrypt(ByteBuffer.wrap(frames), ByteBuffer.allocate(2)));
        assertThat(NoisePeers.decrypt(bob, frames)).containsExactly(1, 2, 3);
    }

    @Test
    void aFrameThatCannotHoldItsTagIsRefused() {
        assertFailure(() -> NoisePeers.decrypt(bob, new byte[] {0, 15}), new NoiseFailure.FrameTooShort(15));
        assertThat(bob.capacity()).isZero();
        assertFailure(() -> NoisePeers.decrypt(alice, new byte[40]), new NoiseFailure.FrameTooShort(0));
    }

    @Test
    void aRepeatedDroppedOrReflectedFrameIsRefused() throws NoiseException {
        byte[] first = NoisePeers.encrypt(alice, new byte[] {1});
        byte[] second = NoisePeers.encrypt(alice, new byte[] {2});
        NoisePeers.decrypt(bob, first);
        assertFailure(() -> NoisePeers.decrypt(bob, first), new NoiseFailure.NotAuthentic());
        assertFailure(() -> NoisePeers.decrypt(alice, second), new NoiseFailure.NotAuthentic());
        NoisePeers.Pair other = NoisePeers.connect(LIMITS);
        NoisePeers.encrypt(other.alice().transport(), new byte[] {1});
        byte[] skipped = NoisePeers.encrypt(other.alice().transport(), new byte[] {2});
        assertFailure(() -> NoisePeers.decrypt(other.bob().transport(), skipped), new NoiseFailure.NotAuthentic());
    }

    @Test
    void afterAFailureAllIsClosed() throws NoiseException {
        byte[] good = NoisePeers.encrypt(alice, new byte[] {1});
        assertFailure(() -> NoisePeers.decrypt(bob, new byte[34 * 256]), new NoiseFailure.FrameTooShort(0));
        assertFailure(() -> NoisePeers.decrypt(bob, good), new NoiseFailure.Closed());
        assertFailure(() -> NoisePeers.encrypt(bob, new byte[] {1}), new NoiseFailure.Closed());
    }

    @Test
    void theLastNonceIsNotUsed() throws NoiseException {
        Sealer sealer = new Sealer(-2);
        NoiseTransport transport = sealer.receiver(LIMITS);
        assertThat(NoisePeers.decrypt(transport, sealer.seal(new byte[] {9}))).containsExactly(9);
        byte[] any = NoisePeers.frame(new byte[17]);
        assertFailure(() -> NoisePeers.decrypt(transport, any), new NoiseFailure.NonceExhausted());

        NoiseTransport sender = new Sealer(-2).receiver(LIMITS);
        NoisePeers.encrypt(sender, new byte[] {1});
        assertFailure(() -> NoisePeers.encrypt(sender, new byte[] {1}), new NoiseFailure.NonceExhausted());
        assertFailure(() -> NoisePeers.encrypt(sender, new byte[] {1}), new NoiseFailure.Closed());
    }

    @Test
    void aCutFrameIsSeenAtTheEnd() throws NoiseException {
        byte[] frame = NoisePeers.encrypt(alice, new byte[] {1, 2, 3});
        assertThat(bob.atFrameBoundary()).isTrue();
        assertThat(bob.plaintextSize(ByteBuffer.wrap(frame, 0, 20))).isZero();
        NoisePeers.decrypt(bob, Arrays.copyOf(frame, 20));
        assertThat(bob.atFrameBoundary()).isFalse();
        assertThat(bob.plaintextSize(ByteBuffer.wrap(frame, 20, 1))).isEqualTo(3);
    }

    @Test
    void aKeyIsZeroedAndNeverSerialised() {
        ChaChaKey key = new ChaChaKey(NoisePeers.random(32));
        assertThatThrownBy(() -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(key))
                .isInstanceOf(NotSerializableException.class);
        key.destroy();
        assertThat(key.getEncoded()).containsOnly(0).hasSize(32);
        assertThat(key.isDestroyed()).isTrue();
    }

    private static void assertFailure(ThrowingCallable call, NoiseFailure failure) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        NoiseException.class,
                        failed -> assertThat(failed.failure()).isEqualTo(failure))
                .hasMessage(failure.message());
    }

    private static ByteBuffer buffer(boolean direct, int size) {
        return direct ? ByteBuffer.allocateDirect(size) : ByteBuffer.allocate(size);
    }

    private static ByteBuffer filled(boolean direct, byte[] bytes) {
        return buffer(direct, bytes.length).put(bytes).flip();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return bytes;
    }
}
