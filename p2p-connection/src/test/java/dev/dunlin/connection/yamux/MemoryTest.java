package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.account.ByteAccount;
import dev.dunlin.connection.yamux.YamuxEvent.ResetCause;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** What a session reserves of the node's bytes, and what happens when there are none left. */
class MemoryTest {

    private static final int FLOOR = 16 * 1024;

    private static Probe listener(ByteAccount account, int streams) {
        Probe probe = Probe.listener(Probe.quiet().build(), account.share());
        for (int i = 0; i < streams; i++) {
            probe.receive(Frame.window(Wire.SYN, 2L * i + 1, 0));
            probe.opened().accept();
        }
        probe.drain();
        return probe;
    }

    private static YamuxStream stream(Probe probe, int number) {
        return probe.of(YamuxEvent.StreamOpened.class).get(number).stream();
    }

    // What is unread.

    @Test
    void unreadBytesAreReservedUntilTheyAreConsumed() {
        ByteAccount account = new ByteAccount(1_000_000, 1_000_000);
        Probe probe = listener(account, 1);
        YamuxStream stream = probe.opened();
        probe.receive(Frame.data(0, 1, 1000), Frame.data(0, 1, 500));
        assertThat(account.used()).isEqualTo(1500);
        stream.consumed(600);
        assertThat(account.used()).isEqualTo(900);
        stream.close();
        assertThat(account.used()).isZero();
        // What is dropped is held by nobody.
        probe.receive(Frame.data(0, 1, 1000));
        assertThat(account.used()).isZero();
        assertThat(account.peak()).isEqualTo(1500);
    }

    @Test
    void whoeverConsumesAtOnceNeedsNoRoom() {
        ByteAccount account = new ByteAccount(1, 1);
        Probe probe = listener(account, 1);
        probe.reaction = event -> {
            if (event instanceof YamuxEvent.Data(YamuxStream stream, ByteBuffer bytes)) {
                stream.consumed(bytes.remaining());
            }
        };
        probe.receive(Frame.data(0, 1, 200_000));
        assertThat(probe.of(YamuxEvent.StreamReset.class)).isEmpty();
        assertThat(account.peak()).isZero();
    }

    @Test
    void whatFindsNoRoomResetsItsStreamAndNoOther() {
        ByteAccount account = new ByteAccount(1000, 1000);
        Probe probe = listener(account, 2);
        probe.receive(Frame.data(0, 1, 300), Frame.data(0, 3, 600));
        assertThat(account.used()).isEqualTo(900);
        // The frame's FIN comes behind the reset and means nothing any more.
        probe.receive(Frame.data(Wire.FIN, 3, 101));
        assertThat(probe.events).last().isEqualTo(new YamuxEvent.StreamReset(stream(probe, 1), ResetCause.MEMORY, 0));
        assertThat(probe.drain()).containsExactly(Frame.window(Wire.RST, 3, 0));
        assertThat(probe.dropped(YamuxDrop.NO_MEMORY)).isEqualTo(1);
        assertThat(account.used()).isEqualTo(300);
        probe.receive(Frame.data(0, 1, 700));
        assertThat(probe.of(YamuxEvent.StreamReset.class)).hasSize(1);
        assertThat(account.used()).isEqualTo(1000);
        assertThat(probe.session.ended()).isEmpty();
    }

    @Test
    void aGrownWindowIsReservedForItsStream() {
        ByteAccount account = new ByteAccount(10_000_000, 10_000_000);
        int window = 1024 * 1024;
        Probe probe = Probe.listener(
                Probe.quiet().initialWindow(window).maxStreamWindow(window).build(), account.share());
        probe.receive(Frame.window(Wire.SYN, 1, 0));
        probe.opened().accept();
        probe.drain();
        assertThat(account.used()).isEqualTo(window - Wire.INITIAL_WINDOW);
        probe.receive(Frame.data(0, 1, Wire.INITIAL_WINDOW));
        assertThat(account.used()).isEqualTo(window);
        probe.receive(Frame.data(0, 1, window - Wire.INITIAL_WINDOW));
        assertThat(account.used()).isEqualTo(window);
        probe.opened().consumed(window - 10);
        assertThat(account.used()).isEqualTo(window - Wire.INITIAL_WINDOW + 10);
        probe.opened().reset(0);
        assertThat(account.used()).isZero();
    }

    @Test
    void windowsLeaveAQuarterForWhatIsDelivered() {
        ByteAccount account = new ByteAccount(4_000_000, 4_000_000);
        Probe probe = Probe.listener(
                Probe.quiet()
                        .initialWindow(16_000_000)
                        .maxStreamWindow(16_000_000)
                        .build(),
                account.share());
        probe.receive(Frame.window(Wire.SYN, 1, 0));
        probe.opened().accept();
        assertThat(probe.drain()).containsExactly(Frame.window(Wire.ACK, 1, 3_000_000));
        assertThat(probe.dropped(YamuxDrop.WINDOW_GROWTH_REFUSED)).isEqualTo(1);
        probe.receive(Frame.data(0, 1, 3_000_000 + Wire.INITIAL_WINDOW));
        assertThat(probe.of(YamuxEvent.StreamReset.class)).isEmpty();
        assertThat(account.used()).isEqualTo(3_000_000 + Wire.INITIAL_WINDOW);
    }

    @Test
    void withoutARoundTripTimeNoWindowGrows() {
        Probe probe = listener(new ByteAccount(100_000_000, 100_000_000), 1);
        for (int i = 0; i < 20; i++) {
            probe.receive(Frame.data(0, 1, 200_000));
            probe.opened().consumed(200_000);
            probe.drain();
        }
        assertThat(probe.session.roundTrip()).isEmpty();
        assertThat(probe.session.windowGrowth()).isZero();
    }

    // What is written.

    @Test
    void writtenBytesAreReservedUntilTheyAreDrained() {
        ByteAccount account = new ByteAccount(1_000_000, 1_000_000);
        Probe probe = listener(account, 2);
        stream(probe, 0).write(ByteBuffer.allocate(100_000));
        stream(probe, 1).write(ByteBuffer.allocate(1000));
        assertThat(account.used()).isEqualTo(101_000);
        probe.drain(1);
        assertThat(account.used()).isEqualTo(101_000 - 65_507);
        stream(probe, 0).reset(0);
        assertThat(account.used()).isEqualTo(1000);
        probe.drain();
        assertThat(account.used()).isZero();
    }

    @Test
    void whereThereIsNoRoomAStreamWritesUpToTheFloor() {
        ByteAccount account = new ByteAccount(1000, 1000);
        ByteAccount.Share other = account.share();
        other.reserve(1000);
        Probe probe = listener(account, 2);
        for (int i = 0; i < 2; i++) {
            YamuxStream stream = stream(probe, i);
            assertThat(stream.writable()).isEqualTo(FLOOR);
            ByteBuffer bytes = ByteBuffer.allocate(2 * FLOOR);
            assertThat(stream.write(bytes)).isEqualTo(YamuxWrite.FULL);
            assertThat(bytes.position()).isEqualTo(FLOOR);
            assertThat(stream.write(bytes)).isEqualTo(YamuxWrite.FULL);
            assertThat(bytes.position()).isEqualTo(FLOOR);
        }
        assertThat(account.used()).isEqualTo(1000);
        assertThat(probe.dropped(YamuxDrop.WRITE_BUFFER_FULL)).isEqualTo(4);
        // Nobody gives room back, and yet both go on.
        probe.drain();
        assertThat(probe.of(YamuxEvent.Writable.class))
                .containsExactlyInAnyOrder(
                        new YamuxEvent.Writable(stream(probe, 0)), new YamuxEvent.Writable(stream(probe, 1)));
        other.release(1000);
        assertThat(stream(probe, 0).write(ByteBuffer.allocate(10))).isEqualTo(YamuxWrite.TAKEN);
        assertThat(account.used()).isEqualTo(10);
    }

    @Test
    void blockedStreamsAreNotWokenWhileThereIsNoRoom() {
        ByteAccount account = new ByteAccount(400_000, 400_000);
        Probe probe = listener(account, 3);
        for (int i = 0; i < 2; i++) {
            stream(probe, i).write(ByteBuffer.allocate(Wire.INITIAL_WINDOW));
            probe.drain();
        }
        // Both have used up the peer's window: what they write now stands.
        stream(probe, 0).write(ByteBuffer.allocate(Wire.INITIAL_WINDOW));
        assertThat(stream(probe, 1).write(ByteBuffer.allocate(Wire.INITIAL_WINDOW)))
                .isEqualTo(YamuxWrite.FULL);
        assertThat(account.used()).isEqualTo(300_000);
        for (int i = 0; i < 10; i++) {
            assertThat(stream(probe, 2).write(ByteBuffer.allocate(FLOOR))).isEqualTo(YamuxWrite.TAKEN);
            probe.drain();
        }
        assertThat(probe.of(YamuxEvent.Writable.class)).isEmpty();
        stream(probe, 0).reset(0);
        assertThat(probe.of(YamuxEvent.Writable.class)).containsExactly(new YamuxEvent.Writable(stream(probe, 1)));
    }

    @Test
    void theEndOfASessionGivesAllBack() {
        ByteAccount account = new ByteAccount(10_000_000, 10_000_000);
        Probe probe = Probe.listener(
                Probe.quiet().initialWindow(300_000).maxStreamWindow(300_000).build(), account.share());
        probe.receive(Frame.window(Wire.SYN, 1, 0), Frame.data(0, 1, 1000));
        probe.opened().write(ByteBuffer.allocate(1000));
        assertThat(account.used()).isEqualTo(300_000 - Wire.INITIAL_WINDOW + 2000);
        probe.session.connectionLost();
        assertThat(account.used()).isZero();
    }
}
