package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who sends when, and how much may wait. */
class SchedulingTest {

    private static final int LIFTED = Integer.MAX_VALUE;

    private static Probe dialer(YamuxLimits limits, int streams) {
        Probe probe = Probe.dialer(limits);
        for (int i = 0; i < streams; i++) {
            probe.open();
        }
        probe.drain();
        return probe;
    }

    private static List<YamuxStream> streams(Probe probe, int count) {
        List<YamuxStream> streams = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            streams.add(probe.open());
        }
        probe.drain();
        return streams;
    }

    private static List<Long> ids(List<Frame> frames) {
        return frames.stream().map(Frame::id).toList();
    }

    @Test
    void streamsTakeTurns() {
        Probe probe = Probe.dialer(Probe.quiet().maxDataFrame(100).build());
        List<YamuxStream> streams = streams(probe, 3);
        streams.get(0).write(ByteBuffer.allocate(1000));
        streams.get(1).write(ByteBuffer.allocate(250));
        streams.get(2).write(ByteBuffer.allocate(10));
        assertThat(ids(probe.drain())).containsExactly(1L, 3L, 5L, 1L, 3L, 1L, 3L, 1L, 1L, 1L, 1L, 1L, 1L, 1L);
        // Without a frame bound the first stream holds the line with all it has.
        Probe lifted = Probe.dialer(Probe.quiet().maxDataFrame(LIFTED).build());
        List<YamuxStream> others = streams(lifted, 2);
        others.get(0).write(ByteBuffer.allocate(Wire.INITIAL_WINDOW));
        others.get(1).write(ByteBuffer.allocate(10));
        assertThat(lifted.drain().getFirst().length()).isEqualTo(Wire.INITIAL_WINDOW);
    }

    @Test
    void theDefaultFrameFillsOneNoiseMessage() {
        Probe probe = Probe.dialer(Probe.quiet().build());
        probe.open().write(ByteBuffer.allocate(200_000));
        assertThat(probe.drain()).extracting(Frame::length).containsExactly(0L, 65_507L, 65_507L, 65_507L, 3_479L);
    }

    @Test
    void smallWritesShareAFrame() {
        Probe probe = Probe.dialer(Probe.quiet().build());
        YamuxStream stream = streams(probe, 1).getFirst();
        for (int i = 0; i < 10; i++) {
            stream.write(ByteBuffer.wrap(new byte[] {(byte) i}));
        }
        assertThat(probe.drain()).containsExactly(Frame.data(0, 1, new byte[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    }

    @Test
    void answersGoBeforeData() {
        Probe probe = Probe.dialer(Probe.quiet().maxDataFrame(100).build());
        YamuxStream stream = streams(probe, 1).getFirst();
        stream.write(ByteBuffer.allocate(300));
        assertThat(probe.drain(1)).hasSize(1);
        probe.receive(Frame.ping(Wire.SYN, 9), Frame.window(Wire.SYN, 2, 0));
        probe.opened().accept();
        assertThat(probe.drain(200))
                .containsExactly(
                        Frame.ping(Wire.ACK, 9),
                        Frame.window(Wire.ACK, 2, 0),
                        Frame.data(0, 1, 100),
                        Frame.data(0, 1, 100));
        assertThat(probe.session.wantsWrite()).isFalse();
    }

    @Test
    void aBlockedStreamBlocksNobody() {
        Probe probe = Probe.dialer(Probe.quiet().build());
        List<YamuxStream> streams = streams(probe, 2);
        streams.get(0).write(ByteBuffer.allocate(Wire.INITIAL_WINDOW));
        probe.drain();
        streams.get(0).write(ByteBuffer.allocate(1000));
        assertThat(probe.session.wantsWrite()).isFalse();
        assertThat(streams.get(0).sendCredit()).isZero();
        streams.get(1).write(ByteBuffer.allocate(10));
        assertThat(ids(probe.drain())).containsExactly(3L);
        assertThat(probe.session.wantsRead()).isTrue();
        probe.receive(Frame.window(0, 1, 999));
        assertThat(probe.drain()).containsExactly(Frame.data(0, 1, 999));
        streams.get(0).closeWrite();
        assertThat(probe.drain()).isEmpty();
        probe.receive(Frame.window(0, 1, 5));
        assertThat(probe.drain()).containsExactly(Frame.data(0, 1, 1), Frame.window(Wire.FIN, 1, 0));
    }

    @Test
    void aFinNeedsNoWindow() {
        Probe probe = Probe.dialer(Probe.quiet().build());
        YamuxStream stream = streams(probe, 1).getFirst();
        stream.write(ByteBuffer.allocate(Wire.INITIAL_WINDOW));
        probe.drain();
        stream.closeWrite();
        assertThat(probe.drain()).containsExactly(Frame.window(Wire.FIN, 1, 0));
        assertThat(stream.write(ByteBuffer.allocate(1))).isEqualTo(YamuxWrite.CLOSED);
        assertThat(stream.writable()).isZero();
    }

    // Write buffers.

    @Test
    void aStreamsWriteBufferIsBounded() {
        Probe probe = Probe.dialer(Probe.quiet().build());
        YamuxStream stream = streams(probe, 1).getFirst();
        ByteBuffer big = ByteBuffer.allocate(1_000_000);
        assertThat(stream.write(big)).isEqualTo(YamuxWrite.FULL);
        assertThat(big.position()).isEqualTo(256 * 1024);
        assertThat(stream.writable()).isZero();
        assertThat(probe.dropped(YamuxDrop.WRITE_BUFFER_FULL)).isEqualTo(1);
        Probe lifted = Probe.dialer(Probe.quiet().writeBufferPerStream(LIFTED).build());
        ByteBuffer all = ByteBuffer.allocate(1_000_000);
        assertThat(streams(lifted, 1).getFirst().write(all)).isEqualTo(YamuxWrite.TAKEN);
        assertThat(lifted.session.queued()).isEqualTo(1_000_000);
    }

    @Test
    void writableComesWhenHalfIsFree() {
        Probe probe = Probe.dialer(Probe.quiet().maxDataFrame(64 * 1024).build());
        YamuxStream stream = streams(probe, 1).getFirst();
        stream.write(ByteBuffer.allocate(300_000));
        probe.drain(1);
        assertThat(probe.of(YamuxEvent.Writable.class)).isEmpty();
        probe.drain(1);
        assertThat(probe.of(YamuxEvent.Writable.class)).containsExactly(new YamuxEvent.Writable(stream));
        probe.drain();
        assertThat(probe.of(YamuxEvent.Writable.class)).hasSize(1);
    }

    @Test
    void buffersAreCountedToo() {
        YamuxLimits.Builder limits = Probe.quiet();
        for (int most : new int[] {1024, LIFTED}) {
            Probe probe = Probe.dialer(limits.maxWritesPerStream(most).build());
            YamuxStream stream = streams(probe, 1).getFirst();
            int taken = 0;
            while (taken < 5000 && stream.write(ByteBuffer.allocate(1)) == YamuxWrite.TAKEN) {
                taken++;
            }
            assertThat(taken).isEqualTo(Math.min(most, 5000));
            probe.drain();
            assertThat(probe.of(YamuxEvent.Writable.class)).hasSize(most == 1024 ? 1 : 0);
        }
    }

    private static long queuedByBlockedStreams(YamuxLimits limits) {
        Probe probe = dialer(limits, 0);
        for (YamuxStream stream : streams(probe, 100)) {
            stream.write(ByteBuffer.allocate(Wire.INITIAL_WINDOW));
        }
        return probe.session.queued();
    }

    @Test
    void theConnectionsWriteBufferIsBounded() {
        int floor = 16 * 1024;
        assertThat(queuedByBlockedStreams(Probe.quiet().build())).isEqualTo(32L * Wire.INITIAL_WINDOW + 68L * floor);
        assertThat(queuedByBlockedStreams(
                        Probe.quiet().writeBufferPerConnection(LIFTED).build()))
                .isEqualTo(100L * Wire.INITIAL_WINDOW);
    }

    @Test
    void blockedStreamsDoNotStarveTheOthers() {
        // With next to no floor, what the blocked stream hoards is all there is.
        for (int floor : new int[] {1, 1000}) {
            Probe probe = Probe.dialer(Probe.quiet()
                    .writeBufferPerConnection(10_000)
                    .writeBufferFloor(floor)
                    .build());
            List<YamuxStream> streams = streams(probe, 2);
            for (int i = 0; i < 100; i++) {
                streams.getFirst().write(ByteBuffer.allocate(10_000));
                probe.drain();
            }
            assertThat(streams.getFirst().queued()).isEqualTo(10_000);
            ByteBuffer other = ByteBuffer.allocate(1000);
            streams.getLast().write(other);
            assertThat(other.position()).isEqualTo(floor);
        }
    }

    @Test
    void streamsThatWaitForTheConnectionAreWokenInTurn() {
        Probe probe = Probe.dialer(Probe.quiet()
                .writeBufferPerConnection(10_000)
                .writeBufferFloor(1000)
                .build());
        List<YamuxStream> streams = streams(probe, 3);
        streams.get(0).write(ByteBuffer.allocate(10_000));
        streams.get(1).write(ByteBuffer.allocate(5000));
        streams.get(2).write(ByteBuffer.allocate(5000));
        assertThat(probe.of(YamuxEvent.Writable.class)).isEmpty();
        streams.get(0).reset(0);
        assertThat(probe.events)
                .containsExactly(new YamuxEvent.Writable(streams.get(1)), new YamuxEvent.Writable(streams.get(2)));
    }

    @Test
    void drainingOneStreamWakesThoseThatWaitForTheConnection() {
        Probe probe = Probe.dialer(Probe.quiet()
                .maxDataFrame(1000)
                .writeBufferPerConnection(10_000)
                .writeBufferFloor(1000)
                .build());
        List<YamuxStream> streams = streams(probe, 2);
        streams.get(1).write(ByteBuffer.allocate(9000));
        streams.get(0).write(ByteBuffer.allocate(5000));
        streams.get(1).write(ByteBuffer.allocate(9000));
        probe.events.clear();
        // Stream 3 goes first and makes room for both.
        probe.drain(1);
        assertThat(probe.events)
                .containsExactly(new YamuxEvent.Writable(streams.get(0)), new YamuxEvent.Writable(streams.get(1)));
    }

    @Test
    void deadAndClosedStreamsAreNotWoken() {
        Probe probe = Probe.dialer(Probe.quiet()
                .writeBufferPerConnection(10_000)
                .writeBufferFloor(1000)
                .build());
        List<YamuxStream> streams = streams(probe, 4);
        streams.get(0).write(ByteBuffer.allocate(10_000));
        streams.get(1).write(ByteBuffer.allocate(5000));
        streams.get(2).write(ByteBuffer.allocate(5000));
        streams.get(3).write(ByteBuffer.allocate(5000));
        streams.get(1).reset(0);
        streams.get(2).closeWrite();
        probe.drain();
        assertThat(probe.events).containsExactly(new YamuxEvent.Writable(streams.get(3)));
    }

    @Test
    void writingAgainDoesNotLoseTheTurn() {
        Probe probe = Probe.dialer(Probe.quiet().maxDataFrame(100).build());
        List<YamuxStream> streams = streams(probe, 2);
        streams.get(0).write(ByteBuffer.allocate(100));
        streams.get(1).write(ByteBuffer.allocate(100));
        streams.get(0).write(ByteBuffer.allocate(100));
        assertThat(ids(probe.drain())).containsExactly(1L, 3L, 1L);
    }
}
