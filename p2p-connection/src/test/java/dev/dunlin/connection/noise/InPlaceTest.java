package dev.dunlin.connection.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Frames that are sealed where they stand, and opened where they end up. */
class InPlaceTest {

    private static final NoiseLimits LIMITS = NoiseLimits.DEFAULT;
    private static final int[] LENGTHS = {1, 2, 64, 1024, 65519};

    private static ByteBuffer buffer(boolean direct, int size) {
        return direct
                ? ByteBuffer.allocateDirect(size)
                : ByteBuffer.allocate(size + 5).position(5).slice();
    }

    private static byte[] bytes(ByteBuffer buffer, int at, int length) {
        byte[] bytes = new byte[length];
        buffer.get(at, bytes);
        return bytes;
    }

    @Test
    void framesAreTheSameAsElsewhere() throws NoiseException {
        for (boolean direct : new boolean[] {true, false}) {
            NoiseTransport inPlace = new Sealer().receiver(LIMITS);
            NoiseTransport elsewhere = new Sealer().receiver(LIMITS);
            for (int length : LENGTHS) {
                byte[] plain = NoisePeers.random(length);
                int size = length + NoiseTransport.FRAME_OVERHEAD;
                ByteBuffer buffer = buffer(direct, size + 20);
                for (int i = 0; i < buffer.capacity(); i++) {
                    buffer.put(i, (byte) 0x55);
                }
                int at = 7;
                buffer.put(at + NoiseTransport.LENGTH_BYTES, plain);
                buffer.limit(at + size).position(1);
                assertThat(inPlace.encryptInPlace(buffer, at, length)).isEqualTo(at + size);
                assertThat(buffer.position()).isEqualTo(1);
                assertThat(buffer.limit()).isEqualTo(at + size);
                buffer.clear();
                assertThat(bytes(buffer, at, size)).isEqualTo(NoisePeers.encrypt(elsewhere, plain));
                assertThat(bytes(buffer, 0, at)).containsOnly(0x55);
                assertThat(bytes(buffer, at + size, 13)).containsOnly(0x55);
            }
        }
    }

    @Test
    void aRowOfFramesIsOneBuffer() throws NoiseException {
        ByteBuffer buffer = ByteBuffer.allocate(1000);
        NoiseTransport sender = new Sealer().receiver(LIMITS);
        int at = 0;
        for (int i = 1; i <= 20; i++) {
            buffer.put(at + NoiseTransport.LENGTH_BYTES, (byte) i);
            at = sender.encryptInPlace(buffer, at, 1);
        }
        byte[] plain = NoisePeers.decrypt(new Sealer().receiver(LIMITS), Arrays.copyOf(buffer.array(), at));
        assertThat(plain).hasSize(20).startsWith(1, 2, 3).endsWith(19, 20);
    }

    @Test
    void whatIsNoFrameIsTheCallersMistakeAndChangesNothing() throws NoiseException {
        NoiseTransport sender = new Sealer().receiver(LIMITS);
        ByteBuffer buffer = ByteBuffer.allocate(100);
        int[][] wrong = {{0, 0}, {0, -1}, {-1, 5}, {0, 83}, {78, 5}, {Integer.MAX_VALUE, 5}};
        for (int[] each : wrong) {
            assertThatIllegalArgumentException().isThrownBy(() -> sender.encryptInPlace(buffer, each[0], each[1]));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sender.encryptInPlace(ByteBuffer.allocate(70_000), 0, 65520));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sender.encryptInPlace(ByteBuffer.allocate(100).limit(22), 0, 5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> sender.encryptInPlace(buffer.asReadOnlyBuffer(), 0, 5))
                .withMessageContaining("read-only");
        assertThat(buffer.array()).containsOnly(0);
        assertThat(sender.encryptInPlace(buffer, 0, 82)).isEqualTo(100);
        assertThat(NoisePeers.decrypt(new Sealer().receiver(LIMITS), buffer.array()))
                .hasSize(82);
    }

    @Test
    void theLastNonceIsNotUsedAndClosesAll() throws NoiseException {
        NoiseTransport sender = new Sealer(-2).receiver(LIMITS);
        ByteBuffer buffer = ByteBuffer.allocate(100);
        sender.encryptInPlace(buffer, 0, 5);
        assertThatThrownBy(() -> sender.encryptInPlace(buffer, 0, 5))
                .isInstanceOfSatisfying(
                        NoiseException.class,
                        failed -> assertThat(failed.failure()).isEqualTo(new NoiseFailure.NonceExhausted()));
        assertThatThrownBy(() -> sender.encryptInPlace(buffer, 0, 5))
                .isInstanceOfSatisfying(
                        NoiseException.class,
                        failed -> assertThat(failed.failure()).isEqualTo(new NoiseFailure.Closed()));
    }

    @Test
    void onlyWhatHasNoPlaceElseTakesALentArray() throws NoiseException {
        for (boolean directIn : new boolean[] {true, false}) {
            for (boolean directOut : new boolean[] {true, false}) {
                for (int slack : new int[] {0, NoiseTransport.TAG_BYTES}) {
                    FrameBuffers buffers = new FrameBuffers(4);
                    Sealer sealer = new Sealer();
                    NoiseTransport receiver = sealer.receiver(LIMITS, buffers);
                    byte[] plain = NoisePeers.random(300);
                    byte[] frame = sealer.seal(plain);
                    ByteBuffer in = buffer(directIn, frame.length).put(frame).flip();
                    ByteBuffer out = buffer(directOut, receiver.plaintextSize(in) + slack);
                    receiver.decrypt(in, out);
                    assertThat(in.hasRemaining()).isFalse();
                    assertThat(out.position()).isEqualTo(300);
                    assertThat(bytes(out, 0, 300)).isEqualTo(plain);
                    boolean lends = directOut || directIn && slack == 0;
                    assertThat(buffers.idle()).isEqualTo(lends ? 1 : 0);
                }
            }
        }
    }

    @Test
    void aLentArrayComesBackFromAFrameThatIsNotAuthentic() {
        FrameBuffers buffers = new FrameBuffers(4);
        NoiseTransport receiver = new Sealer().receiver(LIMITS, buffers);
        ByteBuffer forged = ByteBuffer.allocateDirect(102).put(0, NoisePeers.frame(NoisePeers.random(100)));
        assertThatThrownBy(() -> receiver.decrypt(forged, ByteBuffer.allocateDirect(84)))
                .isInstanceOf(NoiseException.class);
        assertThat(buffers.idle()).isEqualTo(1);
        assertThat(buffers.take()).containsOnly(0);
    }
}
