package dev.dunlin.connection.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The memory of frames that arrive in pieces: it goes from frame to frame, and stays with no connection. */
class FrameAssemblerTest {

    private static final byte[] LARGE = NoisePeers.frame(NoisePeers.random(Frame.MAX_BODY));

    private final FrameBuffers buffers = new FrameBuffers(2);
    private final FrameAssembler assembler = new FrameAssembler(buffers);

    private static boolean take(FrameAssembler assembler, byte[] frame, int from, int to) {
        ByteBuffer in = ByteBuffer.wrap(frame, from, to - from);
        boolean whole = assembler.takeHeader(in) && assembler.takeBody(in);
        assertThat(in.hasRemaining()).isFalse();
        return whole;
    }

    @Test
    void nothingLargeStaysWithAnIdleConnection() throws NoiseException {
        Sealer sealer = new Sealer();
        NoiseTransport receiver = sealer.receiver(NoiseLimits.DEFAULT, buffers);
        byte[] frame = sealer.seal(NoisePeers.random(65519));
        byte[] begin = new byte[40_000];
        byte[] rest = new byte[frame.length - begin.length];
        System.arraycopy(frame, 0, begin, 0, begin.length);
        System.arraycopy(frame, begin.length, rest, 0, rest.length);
        NoisePeers.decrypt(receiver, begin);
        assertThat(receiver.capacity()).isEqualTo(FrameBuffers.SIZE);
        assertThat(NoisePeers.decrypt(receiver, rest)).hasSize(65519);
        assertThat(receiver.capacity()).isLessThanOrEqualTo(256);
        assertThat(buffers.idle()).isEqualTo(1);
    }

    @Test
    void splitFramesInARowShareOneArray() {
        Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 100; i++) {
            int cut = 1 + (i + 70) * 653 % (LARGE.length - 1);
            assertThat(take(assembler, LARGE, 0, cut)).isFalse();
            assertThat(take(assembler, LARGE, cut, LARGE.length)).isTrue();
            assertThat(ByteBuffer.wrap(assembler.body(), 0, Frame.MAX_BODY))
                    .isEqualTo(ByteBuffer.wrap(LARGE, Frame.HEADER, Frame.MAX_BODY));
            arrays.add(assembler.body());
            assembler.clear();
        }
        assertThat(arrays).hasSize(1);
        assertThat(buffers.idle()).isEqualTo(1);
    }

    @Test
    void smallSplitFramesNeedNoLentArray() {
        byte[] small = NoisePeers.frame(NoisePeers.random(200));
        for (int i = 0; i < 10; i++) {
            take(assembler, small, 0, 100);
            take(assembler, small, 100, small.length);
            assembler.clear();
            assertThat(assembler.capacity()).isEqualTo(256);
        }
        assertThat(buffers.idle()).isZero();
    }

    @Test
    void noArrayIsWithTwoConnections() {
        FrameAssembler other = new FrameAssembler(buffers);
        for (int i = 0; i < 3; i++) {
            take(assembler, LARGE, 0, 50_000);
            take(other, LARGE, 0, 50_000);
            assertThat(assembler.body()).isNotSameAs(other.body());
            take(assembler, LARGE, 50_000, LARGE.length);
            take(other, LARGE, 50_000, LARGE.length);
            assembler.clear();
            other.clear();
            assertThat(buffers.idle()).isEqualTo(2);
        }
    }

    @Test
    void onlySoManyArraysAreKeptAndAllAreZero() {
        FrameAssembler[] many = new FrameAssembler[5];
        for (int i = 0; i < many.length; i++) {
            many[i] = new FrameAssembler(buffers);
            take(many[i], LARGE, 0, 60_000);
        }
        for (FrameAssembler each : many) {
            each.destroy();
            assertThat(each.capacity()).isZero();
            assertThat(each.isEmpty()).isTrue();
        }
        assertThat(buffers.idle()).isEqualTo(2);
        assertThat(buffers.take()).containsOnly(0);
        assertThat(buffers.take()).containsOnly(0);
        assertThat(buffers.idle()).isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> new FrameBuffers(-1));
    }

    @Test
    void withNothingKeptMemoryFollowsTheBytes() {
        take(assembler, LARGE, 0, 2);
        assertThat(assembler.capacity()).isZero();
        take(assembler, LARGE, 2, 10);
        assertThat(assembler.capacity()).isEqualTo(256);
        take(assembler, LARGE, 10, 1002);
        assertThat(assembler.capacity()).isEqualTo(2000);
        take(assembler, LARGE, 1002, 2003);
        assertThat(assembler.capacity()).isEqualTo(4002);
    }
}
