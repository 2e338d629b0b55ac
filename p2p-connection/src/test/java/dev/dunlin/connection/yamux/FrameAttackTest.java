package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Attacks by frames: answers that are never read, frames that say nothing, pings. Each bound holds, and without it the harm is there. */
class FrameAttackTest {

    private static final int MANY = 2000;
    private static final int LIFTED = Integer.MAX_VALUE;

    private static YamuxLimits.Builder limits() {
        return Probe.quiet().wastedOpenBurst(LIFTED);
    }

    // Answers provoked and never read (CVE-2024-32984).

    private static int answersHeld(YamuxLimits limits, boolean pings) {
        Probe probe = Probe.listener(limits);
        List<Frame> flood = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            flood.add(pings ? Frame.ping(Wire.SYN, i) : Frame.window(Wire.SYN, 2L * i + 1, 0));
        }
        probe.receive(Frame.bytes(flood));
        return probe.drain().size();
    }

    @Test
    void unreadAnswersStopTheReading() {
        YamuxLimits.Builder limits = limits().maxInboundStreams(1).maxControlFrames(100);
        assertThat(answersHeld(limits.build(), false)).isEqualTo(100);
        assertThat(answersHeld(limits.maxControlFrames(LIFTED).build(), false)).isEqualTo(MANY - 1);
    }

    @Test
    void readingGoesOnWhenAnswersWentOut() {
        Probe probe =
                Probe.listener(limits().maxInboundStreams(1).maxControlFrames(2).build());
        ByteBuffer in = ByteBuffer.wrap(Frame.bytes(List.of(
                Frame.window(Wire.SYN, 1, 0),
                Frame.window(Wire.SYN, 3, 0),
                Frame.window(Wire.SYN, 5, 0),
                Frame.data(0, 1, 7))));
        probe.session.receive(in, 0);
        assertThat(probe.session.wantsRead()).isFalse();
        assertThat(in.remaining()).isEqualTo(19);
        assertThat(probe.dropped(YamuxDrop.READING_STOPPED)).isEqualTo(1);
        assertThat(probe.drain()).hasSize(2);
        assertThat(probe.session.wantsRead()).isTrue();
        probe.session.receive(in, 0);
        assertThat(in.hasRemaining()).isFalse();
        assertThat(probe.data(probe.opened())).hasSize(7);
    }

    @Test
    void unreadPongsStayFew() {
        YamuxLimits.Builder limits = limits().pingBurst(LIFTED).maxControlFrames(LIFTED);
        assertThat(answersHeld(limits.build(), true)).isEqualTo(32);
        assertThat(answersHeld(limits.maxPendingPongs(LIFTED).build(), true)).isEqualTo(MANY);
    }

    @Test
    void pongsThatWentOutMakeRoom() {
        Probe probe = Probe.listener(limits().maxPendingPongs(2).build());
        for (int i = 0; i < 20; i++) {
            probe.receive(Frame.ping(Wire.SYN, i));
            assertThat(probe.drain()).containsExactly(Frame.ping(Wire.ACK, i));
        }
        probe.receive(Frame.ping(Wire.SYN, 1), Frame.ping(Wire.SYN, 2), Frame.ping(Wire.SYN, 3));
        assertThat(probe.drain()).containsExactly(Frame.ping(Wire.ACK, 1), Frame.ping(Wire.ACK, 2));
        assertThat(probe.dropped(YamuxDrop.PONGS_FULL)).isEqualTo(1);
    }

    @Test
    void resetsByTheApplicationAreBoundedToo() {
        Probe probe = Probe.listener(limits().maxControlFrames(10).build());
        probe.reaction = event -> {
            if (event instanceof YamuxEvent.StreamOpened(YamuxStream stream)) {
                stream.accept();
                stream.write(ByteBuffer.allocate(10));
                stream.reset(0);
            }
        };
        List<Frame> flood = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            flood.add(Frame.window(Wire.SYN, 2L * i + 1, 0));
        }
        assertThat(probe.receive(Frame.bytes(flood))).isEqualTo((MANY - 10) * Wire.HEADER);
        assertThat(probe.drain()).hasSize(10);
        assertThat(probe.session.queued()).isZero();
    }

    // Frames that say nothing, and pings.

    private static Probe flood(YamuxLimits limits, Frame frame) {
        Probe probe = Probe.listener(limits);
        probe.receive(Frame.window(Wire.SYN, 1, 0));
        probe.opened().accept();
        probe.drain();
        for (int i = 0; i < MANY && probe.session.ended().isEmpty(); i++) {
            probe.receive(frame);
            probe.drain();
        }
        return probe;
    }

    @Test
    void framesThatSayNothingEndTheSession() {
        List<Frame> empties = List.of(
                Frame.data(0, 1, 0),
                Frame.data(0, 99, 0),
                Frame.data(Wire.ACK, 1, 0),
                Frame.window(0, 1, 0),
                Frame.window(0, 99, 0),
                Frame.window(Wire.ACK, 1, 0),
                Frame.ping(Wire.ACK, 7),
                Frame.ping(0, 7));
        for (Frame frame : empties) {
            Probe held = flood(Probe.quiet().build(), frame);
            assertThat(held.session.ended()).contains(YamuxEnd.EMPTY_FRAME_FLOOD);
            assertThat(held.dropped(YamuxDrop.EMPTY_FRAME)).isEqualTo(1001);
            assertThat(flood(Probe.quiet().emptyFrameBurst(LIFTED).build(), frame)
                            .session
                            .ended())
                    .isEmpty();
        }
    }

    @Test
    void repeatedFinAndGoAwayAreEmptyToo() {
        assertThat(flood(Probe.quiet().build(), Frame.window(Wire.FIN, 1, 0))
                        .session
                        .ended())
                .contains(YamuxEnd.EMPTY_FRAME_FLOOD);
        assertThat(flood(Probe.quiet().build(), Frame.goAway(0)).session.ended())
                .contains(YamuxEnd.EMPTY_FRAME_FLOOD);
    }

    @Test
    void lateFramesForClosedStreamsNeverEndTheSession() {
        // A js peer credits each Data frame, also those of streams that are over by then.
        for (Frame late :
                List.of(Frame.window(0, 99, 65536), Frame.window(Wire.FIN, 99, 0), Frame.window(Wire.RST, 99, 0))) {
            Probe probe = flood(Probe.quiet().build(), late);
            assertThat(probe.session.ended()).isEmpty();
            assertThat(probe.dropped(YamuxDrop.UNKNOWN_STREAM)).isEqualTo(MANY);
        }
    }

    @Test
    void pingFloodsEndTheSession() {
        Probe held = flood(Probe.quiet().build(), Frame.ping(Wire.SYN, 0));
        assertThat(held.session.ended()).contains(YamuxEnd.PING_FLOOD);
        assertThat(held.session.counters().framesIn()).isEqualTo(1 + 65);
        assertThat(flood(Probe.quiet().pingBurst(LIFTED).build(), Frame.ping(Wire.SYN, 0))
                        .session
                        .ended())
                .isEmpty();
    }

    @Test
    void ratesRefill() {
        YamuxLimits limits = Probe.quiet()
                .pingBurst(1)
                .pingsPerSecond(2)
                .emptyFrameBurst(1)
                .emptyFramesPerSecond(2)
                .build();
        Probe probe = Probe.listener(limits);
        for (int i = 0; i < 10; i++) {
            probe.receive(Frame.ping(Wire.SYN, 0), Frame.window(0, 9, 0));
            probe.now += 500_000;
        }
        assertThat(probe.session.ended()).isEmpty();
        probe.receive(Frame.window(0, 9, 0), Frame.window(0, 9, 0));
        assertThat(probe.session.ended()).contains(YamuxEnd.EMPTY_FRAME_FLOOD);
        // A rate without bound never ends a session, however little the burst.
        Probe lifted = Probe.listener(Probe.quiet()
                .pingBurst(1)
                .pingsPerSecond(LIFTED)
                .emptyFrameBurst(1)
                .emptyFramesPerSecond(LIFTED)
                .build());
        for (int i = 0; i < MANY; i++) {
            lifted.receive(Frame.ping(Wire.SYN, 0), Frame.window(0, 9, 0));
            lifted.now += 1;
        }
        assertThat(lifted.session.ended()).isEmpty();
    }
}
