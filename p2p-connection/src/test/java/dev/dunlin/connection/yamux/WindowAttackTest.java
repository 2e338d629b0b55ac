package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.account.ByteAccount;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Attacks on windows: data beyond them, updates that overflow, growth without bound. Each bound holds, and without it the harm is there. */
class WindowAttackTest {

    private static final int LIFTED = Integer.MAX_VALUE;

    private static YamuxLimits.Builder limits() {
        return Probe.quiet().wastedOpenBurst(LIFTED);
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
}
