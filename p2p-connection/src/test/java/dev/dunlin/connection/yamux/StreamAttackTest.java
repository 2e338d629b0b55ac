package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Attacks by streams: opened without end, thrown away at once, never acknowledged, with ids out of order. Each bound holds, and without it the harm is there. */
class StreamAttackTest {

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
