package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.account.ByteAccount;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Known attacks on multiplexers: each bound holds, and without it the harm is there. */
class AttackTest {

    private static final int MANY = 2000;
    private static final int LIFTED = Integer.MAX_VALUE;

    private static YamuxLimits.Builder limits() {
        return Probe.quiet().wastedOpenBurst(LIFTED);
    }

    // Endless SYNs (CVE-2022-23492, CVE-2022-23486, CVE-2022-23487).

    private static Probe endlessSyns(YamuxLimits limits, boolean accept) {
        Probe probe = Probe.listener(limits);
        probe.reaction = event -> {
            if (accept && event instanceof YamuxEvent.StreamOpened(YamuxStream stream)) {
                stream.accept();
            }
        };
        for (int i = 0; i < MANY; i++) {
            probe.receive(Frame.window(Wire.SYN, 2L * i + 1, 0));
            probe.drain();
        }
        return probe;
    }

    @Test
    void endlessSynsStopAtTheStreamLimit() {
        Probe held = endlessSyns(limits().build(), true);
        assertThat(held.session.inboundStreams()).isEqualTo(512);
        assertThat(held.dropped(YamuxDrop.INBOUND_STREAMS_FULL)).isEqualTo(MANY - 512);
        Probe lifted = endlessSyns(limits().maxInboundStreams(LIFTED).build(), true);
        assertThat(lifted.session.inboundStreams()).isEqualTo(MANY);
    }

    @Test
    void refusedStreamsAreReset() {
        Probe probe = Probe.listener(limits().maxInboundStreams(1).build());
        probe.receive(Frame.window(Wire.SYN, 1, 0), Frame.data(Wire.SYN, 3, 100), Frame.data(0, 1, 5));
        assertThat(probe.drain()).containsExactly(Frame.window(Wire.RST, 3, 0));
        assertThat(probe.of(YamuxEvent.StreamOpened.class)).hasSize(1);
        assertThat(probe.data(probe.opened())).hasSize(5);
    }

    @Test
    void unacceptedStreamsStopAtTheirLimit() {
        Probe held = endlessSyns(limits().build(), false);
        assertThat(held.session.inboundStreams()).isEqualTo(256);
        assertThat(held.dropped(YamuxDrop.UNACCEPTED_STREAMS_FULL)).isEqualTo(MANY - 256);
        Probe lifted = endlessSyns(limits().maxUnacceptedStreams(LIFTED).build(), false);
        assertThat(lifted.session.inboundStreams()).isEqualTo(512);
    }

    @Test
    void unacceptedStreamsThatDieMakeRoom() {
        Probe probe = Probe.listener(limits().maxUnacceptedStreams(1).build());
        probe.receive(Frame.window(Wire.SYN, 1, 0), Frame.window(Wire.RST, 1, 0), Frame.window(Wire.SYN, 3, 0));
        probe.opened().reset(0);
        probe.receive(Frame.window(Wire.SYN, 5, 0));
        assertThat(probe.of(YamuxEvent.StreamOpened.class)).hasSize(3);
        probe.receive(Frame.window(Wire.SYN, 7, 0));
        assertThat(probe.of(YamuxEvent.StreamOpened.class)).hasSize(3);
    }

    @Test
    void aClosedStreamWithUnreadDataHoldsItsPlace() {
        Probe probe = Probe.listener(limits().maxInboundStreams(1).build());
        probe.receive(Frame.window(Wire.SYN, 1, 0), Frame.data(Wire.FIN, 1, 10));
        YamuxStream stream = probe.opened();
        stream.closeWrite();
        probe.drain();
        assertThat(stream.state()).isEqualTo(YamuxStream.State.CLOSED);
        assertThat(probe.session.inboundStreams()).isEqualTo(1);
        stream.consumed(10);
        assertThat(probe.session.inboundStreams()).isZero();
        assertThat(probe.of(YamuxEvent.StreamClosed.class)).hasSize(1);
    }

    // Streams opened and thrown away at once, as fast as the wire goes.

    private static Probe wastedOpens(YamuxLimits limits, int flags) {
        Probe probe = Probe.listener(limits);
        for (int i = 0; i < MANY && probe.session.ended().isEmpty(); i++) {
            probe.receive(Frame.window(flags, 2L * i + 1, 0));
            if (flags == Wire.SYN) {
                probe.receive(Frame.window(Wire.RST, 2L * i + 1, 0));
            }
            probe.drain();
        }
        return probe;
    }

    @Test
    void wastedOpensEndTheSession() {
        for (int flags : new int[] {Wire.SYN, Wire.SYN | Wire.RST}) {
            YamuxLimits.Builder limits = Probe.quiet();
            Probe held = wastedOpens(limits.build(), flags);
            assertThat(held.session.ended()).contains(YamuxEnd.WASTED_OPEN_FLOOD);
            assertThat(held.session.counters().framesIn()).isLessThan(2 * 1030);
            assertThat(wastedOpens(limits.wastedOpenBurst(LIFTED).build(), flags)
                            .session
                            .ended())
                    .isEmpty();
        }
    }

    @Test
    void wastedOpensAreForgivenWithTime() {
        Probe probe = Probe.listener(
                Probe.quiet().wastedOpenBurst(2).wastedOpensPerSecond(1).build());
        for (int i = 0; i < 20; i++) {
            probe.receive(Frame.window(Wire.SYN | Wire.RST, 2L * i + 1, 0));
            probe.now += 1_000_000;
        }
        assertThat(probe.session.ended()).isEmpty();
        Probe slow = Probe.listener(
                Probe.quiet().wastedOpenBurst(2).wastedOpensPerSecond(1).build());
        for (int i = 0; i < 20; i++) {
            slow.receive(Frame.window(Wire.SYN | Wire.RST, 2L * i + 1, 0));
            slow.now += 500_000;
        }
        assertThat(slow.session.ended()).contains(YamuxEnd.WASTED_OPEN_FLOOD);
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

    // Data beyond the window (CVE-2026-32314).

    @Test
    void dataWithSynBeyondTheFirstWindowIsAProtocolError() {
        Probe fits = Probe.listener(limits().build());
        fits.receive(Frame.data(Wire.SYN, 1, Wire.INITIAL_WINDOW));
        assertThat(fits.data(fits.opened())).hasSize(Wire.INITIAL_WINDOW);
        for (long length : new long[] {Wire.INITIAL_WINDOW + 1, 1L << 31, Wire.MAX_WINDOW}) {
            Probe probe = Probe.listener(limits().build());
            probe.receive(new Frame(Wire.DATA, Wire.SYN, 1, length, "00"));
            assertThat(probe.session.ended()).contains(YamuxEnd.RECEIVE_WINDOW_EXCEEDED);
            assertThat(probe.of(YamuxEvent.StreamOpened.class)).isEmpty();
            assertThat(probe.drain()).containsExactly(Frame.goAway(1));
        }
    }

    @Test
    void dataBeyondTheWindowIsAProtocolErrorBeforeItsBodyCame() {
        Probe probe = Probe.listener(limits().build());
        probe.receive(Frame.window(Wire.SYN, 1, 0), Frame.data(0, 1, 200_000));
        probe.receive(new Frame(Wire.DATA, 0, 1, 62_145, ""));
        assertThat(probe.session.ended()).contains(YamuxEnd.RECEIVE_WINDOW_EXCEEDED);
        assertThat(probe.data(probe.opened())).hasSize(200_000);
    }

    @Test
    void dataForAnUnknownStreamThatNoWindowAllowsIsAProtocolError() {
        YamuxLimits limits = limits().maxStreamWindow(1024 * 1024).build();
        Probe drained = Probe.listener(limits);
        drained.receive(Frame.data(0, 9, 1024 * 1024), Frame.ping(Wire.SYN, 1));
        assertThat(drained.drain()).containsExactly(Frame.ping(Wire.ACK, 1));
        Probe probe = Probe.listener(limits);
        probe.receive(new Frame(Wire.DATA, 0, 9, 1024 * 1024 + 1, ""));
        assertThat(probe.session.ended()).contains(YamuxEnd.RECEIVE_WINDOW_EXCEEDED);
    }

    // Window updates that overflow (CVE-2026-31814).

    @Test
    void windowUpdatesThatOverflowAreAProtocolError() {
        Probe probe = Probe.listener(limits().build());
        probe.receive(Frame.window(Wire.SYN, 1, Wire.MAX_WINDOW - Wire.INITIAL_WINDOW));
        assertThat(probe.opened().sendCredit()).isEqualTo(Wire.MAX_WINDOW);
        probe.receive(Frame.window(0, 1, 1));
        assertThat(probe.session.ended()).contains(YamuxEnd.SEND_WINDOW_OVERFLOW);
        assertThat(probe.drain()).containsExactly(Frame.goAway(1));

        Probe syn = Probe.listener(limits().build());
        syn.receive(Frame.window(Wire.SYN, 1, Wire.MAX_WINDOW));
        assertThat(syn.session.ended()).contains(YamuxEnd.SEND_WINDOW_OVERFLOW);
    }

    @Test
    void bigDeltasAreUnsigned() {
        Probe probe = Probe.listener(limits().build());
        probe.receive(Frame.window(Wire.SYN, 1, 0), Frame.window(0, 1, 0x8000_0000L));
        assertThat(probe.opened().sendCredit()).isEqualTo(0x8000_0000L + Wire.INITIAL_WINDOW);
        assertThat(probe.session.ended()).isEmpty();
    }

    // Opened streams never acknowledged.

    private static int opened(YamuxLimits limits) {
        Probe probe = Probe.dialer(limits);
        int opened = 0;
        while (opened < MANY && probe.session.open(0) instanceof YamuxOpen.Opened) {
            opened++;
        }
        return opened;
    }

    @Test
    void unacknowledgedStreamsStopAtTheBacklog() {
        assertThat(opened(limits().build())).isEqualTo(256);
        assertThat(opened(limits().ackBacklog(LIFTED).build())).isEqualTo(512);
        assertThat(opened(limits().ackBacklog(LIFTED).maxOutboundStreams(LIFTED).build()))
                .isEqualTo(MANY);
    }

    @Test
    void theBacklogFreesByAckAndReset() {
        Probe probe = Probe.dialer(limits().ackBacklog(2).build());
        YamuxStream first = probe.open();
        YamuxStream second = probe.open();
        assertThat(probe.session.open(0)).isEqualTo(new YamuxOpen.Refused(YamuxOpen.Reason.ACK_BACKLOG_FULL));
        probe.drain();
        probe.receive(Frame.window(Wire.ACK, first.id(), 0));
        assertThat(probe.open().id()).isEqualTo(5);
        assertThat(probe.session.open(0)).isInstanceOf(YamuxOpen.Refused.class);
        probe.receive(Frame.window(Wire.RST, second.id(), 0));
        assertThat(probe.open().id()).isEqualTo(7);
        assertThat(probe.dropped(YamuxDrop.ACK_BACKLOG_FULL)).isEqualTo(2);
    }

    // Huge windows by fast small reads.

    private static Probe fastReads(YamuxLimits limits, ByteAccount.Share share, int streams) {
        Probe probe = Probe.listener(limits, share);
        probe.session.ping(0);
        probe.drain();
        probe.now = 1000;
        probe.receive(Frame.ping(Wire.ACK, 0));
        probe.reaction = event -> {
            switch (event) {
                case YamuxEvent.StreamOpened(YamuxStream stream) -> stream.accept();
                case YamuxEvent.Data(YamuxStream stream, ByteBuffer bytes) -> stream.consumed(bytes.remaining());
                case YamuxEvent.StreamAcked ignored -> {}
                case YamuxEvent.RemoteClosed ignored -> {}
                case YamuxEvent.Writable ignored -> {}
                case YamuxEvent.StreamClosed ignored -> {}
                case YamuxEvent.StreamReset ignored -> {}
                case YamuxEvent.PingAnswered ignored -> {}
                case YamuxEvent.GoAwayReceived ignored -> {}
                case YamuxEvent.SessionEnded ignored -> {}
            }
        };
        for (int i = 0; i < streams; i++) {
            probe.receive(Frame.window(Wire.SYN, 2L * i + 1, 0));
        }
        for (int round = 0; round < 200; round++) {
            for (int i = 0; i < streams; i++) {
                probe.receive(Frame.data(0, 2L * i + 1, 64 * 1024));
                probe.drain();
            }
            probe.now += 10;
        }
        return probe;
    }

    @Test
    void windowsStopAtTheirMaximum() {
        Probe held = fastReads(limits().maxStreamWindow(1024 * 1024).build(), Probe.roomy(), 1);
        assertThat(held.opened().receiveWindow()).isEqualTo(1024 * 1024);
        Probe lifted = fastReads(limits().maxStreamWindow(LIFTED).build(), Probe.roomy(), 1);
        assertThat(lifted.opened().receiveWindow()).isGreaterThan(2 * 1024 * 1024);
    }

    @Test
    void windowsTogetherStopAtTheAccount() {
        YamuxLimits limits = limits().maxStreamWindow(1024 * 1024).build();
        Probe held = fastReads(limits, new ByteAccount(1_000_000, 1_000_000).share(), 8);
        assertThat(held.session.windowGrowth()).isEqualTo(750_000);
        assertThat(held.dropped(YamuxDrop.WINDOW_GROWTH_REFUSED)).isPositive();
        Probe lifted = fastReads(limits, Probe.roomy(), 8);
        assertThat(lifted.session.windowGrowth()).isEqualTo(8L * 768 * 1024);
    }

    @Test
    void aDeadStreamGivesItsGrowthBack() {
        Probe probe = fastReads(limits().maxStreamWindow(1024 * 1024).build(), Probe.roomy(), 2);
        assertThat(probe.session.windowGrowth()).isEqualTo(2L * 768 * 1024);
        assertThat(probe.share.used()).isEqualTo(2L * 768 * 1024);
        probe.receive(Frame.window(Wire.RST, 1, 0));
        assertThat(probe.session.windowGrowth()).isEqualTo(768 * 1024);
        assertThat(probe.share.used()).isEqualTo(768 * 1024);
    }

    @Test
    void slowReadersDoNotGrow() {
        Probe probe = Probe.listener(limits().build());
        probe.session.ping(0);
        probe.drain();
        probe.now = 1000;
        probe.receive(Frame.ping(Wire.ACK, 0), Frame.window(Wire.SYN, 1, 0));
        for (int i = 0; i < 20; i++) {
            probe.receive(Frame.data(0, 1, 128 * 1024));
            probe.now += 4000;
            probe.opened().consumed(128 * 1024);
            probe.opened().accept();
            probe.drain();
        }
        assertThat(probe.opened().receiveWindow()).isEqualTo(Wire.INITIAL_WINDOW);
    }

    @Test
    void theFirstWindowIsWhatTheLimitSays() {
        Probe normal = Probe.dialer(limits().build());
        normal.open();
        assertThat(normal.drain()).containsExactly(Frame.window(Wire.SYN, 1, 0));
        Probe lifted = Probe.dialer(limits().initialWindow(1024 * 1024).build());
        lifted.open();
        assertThat(lifted.drain()).containsExactly(Frame.window(Wire.SYN, 1, 768 * 1024));
        lifted.receive(Frame.window(Wire.SYN, 2, 0));
        lifted.opened().accept();
        assertThat(lifted.drain()).containsExactly(Frame.window(Wire.ACK, 2, 768 * 1024));
        lifted.receive(Frame.data(0, 2, 1024 * 1024));
        assertThat(lifted.session.ended()).isEmpty();
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

    // Ids and headers out of order.

    private static void ends(YamuxEnd end, Frame... frames) {
        Probe probe = Probe.listener(limits().build());
        probe.receive(frames);
        assertThat(probe.session.ended()).contains(end);
        assertThat(probe.drain()).containsExactly(Frame.goAway(1));
        assertThat(probe.of(YamuxEvent.SessionEnded.class)).containsExactly(new YamuxEvent.SessionEnded(end));
        // Whatever comes then is thrown away.
        assertThat(probe.receive(new byte[100])).isZero();
        assertThat(probe.drain()).isEmpty();
    }

    @Test
    void brokenFramesEndTheSession() {
        ends(YamuxEnd.WRONG_PARITY, Frame.window(Wire.SYN, 2, 0));
        ends(YamuxEnd.ID_USED_TWICE, Frame.window(Wire.SYN, 1, 0), Frame.window(Wire.SYN, 1, 0));
        ends(
                YamuxEnd.ID_USED_TWICE,
                Frame.window(Wire.SYN, 1, 0),
                Frame.window(Wire.RST, 1, 0),
                Frame.data(Wire.SYN, 1, 5));
        ends(YamuxEnd.ID_USED_TWICE, Frame.window(Wire.SYN | Wire.RST, 1, 0), Frame.window(Wire.SYN, 1, 0));
        ends(YamuxEnd.STREAM_FRAME_ON_SESSION, Frame.data(0, 0, 5));
        ends(YamuxEnd.STREAM_FRAME_ON_SESSION, Frame.data(Wire.SYN, 0, 5));
        ends(YamuxEnd.STREAM_FRAME_ON_SESSION, Frame.window(0, 0, 5));
        ends(YamuxEnd.UNKNOWN_TYPE, new Frame(4, 0, 1, 0, ""));
        ends(YamuxEnd.UNKNOWN_TYPE, new Frame(255, 0, 1, 0, ""));
        Probe version = Probe.listener(limits().build());
        byte[] bytes = Frame.ping(Wire.SYN, 1).bytes();
        bytes[0] = (byte) 0x80;
        version.receive(bytes);
        assertThat(version.session.ended()).contains(YamuxEnd.UNKNOWN_VERSION);
    }

    @Test
    void synsOutOfOrderAreFine() {
        // Threads of go-yamux take their ids before they send their SYNs.
        Probe probe = Probe.listener(limits().build());
        probe.receive(Frame.window(Wire.SYN, 5, 0), Frame.window(Wire.SYN, 1, 0), Frame.window(Wire.SYN, 3, 0));
        assertThat(probe.of(YamuxEvent.StreamOpened.class))
                .extracting(e -> e.stream().id())
                .containsExactly(5L, 1L, 3L);
        assertThat(probe.session.ended()).isEmpty();
    }

    @Test
    void idsAreUnsigned() {
        Probe probe = Probe.listener(limits().build());
        probe.receive(Frame.window(Wire.SYN, 0xFFFF_FFFFL, 0), Frame.data(0, 0xFFFF_FFFFL, 3));
        assertThat(probe.opened().id()).isEqualTo(0xFFFF_FFFFL);
        assertThat(probe.data(probe.opened())).hasSize(3);
    }
}
