package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.account.ByteAccount;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.junit.jupiter.api.Test;

/** Windows over a simulated link of 60 ms and any rate, in virtual time. */
class GrowthTest {

    private static final long ROUND_TRIP = 60_000;
    private static final int MIB = 1 << 20;

    private record Flight(long arrival, ByteBuffer bytes) {}

    /** A connection on which the dialer sends on one stream as much as it may, and the listener reads all at once. */
    private static final class Transfer {
        private final Probe sender = Probe.dialer(YamuxLimits.defaults());
        private final Probe receiver;
        private final ArrayDeque<Flight> toReceiver = new ArrayDeque<>();
        private final ArrayDeque<Flight> toSender = new ArrayDeque<>();
        private final YamuxStream stream = sender.open();
        private final ByteBuffer bytes = ByteBuffer.allocate(Wire.INITIAL_WINDOW);
        private boolean sending = true;
        long received;

        Transfer(ByteAccount account) {
            receiver = Probe.listener(YamuxLimits.defaults(), account.share());
            receiver.reaction = event -> {
                receiver.events.clear();
                switch (event) {
                    case YamuxEvent.StreamOpened(YamuxStream opened) -> opened.accept();
                    case YamuxEvent.Data(YamuxStream from, ByteBuffer piece) -> {
                        received += piece.remaining();
                        from.consumed(piece.remaining());
                    }
                    case YamuxEvent.RemoteClosed(YamuxStream from) -> from.closeWrite();
                    default -> {}
                }
            };
        }

        void run(long until) {
            for (long now = next(); now <= until; now = next()) {
                step(now);
            }
        }

        void finish(long until) {
            sending = false;
            stream.closeWrite();
            run(until);
        }

        private long next() {
            long due = Math.min(sender.session.nextDeadline(), receiver.session.nextDeadline());
            boolean now = sender.session.wantsWrite()
                    || receiver.session.wantsWrite()
                    || sending && stream.writable() > 0 && stream.sendCredit() > 0;
            return now ? sender.now : Math.min(due, Math.min(arrival(toReceiver), arrival(toSender)));
        }

        private static long arrival(ArrayDeque<Flight> wire) {
            return wire.isEmpty() ? Long.MAX_VALUE : wire.element().arrival();
        }

        private void step(long now) {
            for (Probe probe : new Probe[] {sender, receiver}) {
                if (probe.session.nextDeadline() <= now) {
                    probe.at(now);
                }
                probe.now = now;
            }
            deliver(toReceiver, receiver, now);
            deliver(toSender, sender, now);
            do {
                if (sending && stream.sendCredit() > 0) {
                    stream.write(bytes.clear());
                }
                fly(sender, toReceiver, now);
            } while (sending && stream.sendCredit() > 0);
            fly(receiver, toSender, now);
        }

        private static void deliver(ArrayDeque<Flight> wire, Probe to, long now) {
            while (arrival(wire) <= now) {
                to.session.receive(wire.remove().bytes(), now);
            }
        }

        private static void fly(Probe from, ArrayDeque<Flight> wire, long now) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (from.session.drain(Probe.sink(out), Long.MAX_VALUE, now) > 0) {
                wire.add(new Flight(now + ROUND_TRIP / 2, ByteBuffer.wrap(out.toByteArray())));
            }
        }
    }

    @Test
    void oneStreamFillsALongLink() {
        ByteAccount account = new ByteAccount(64L * MIB, 32L * MIB);
        Transfer transfer = new Transfer(account);
        transfer.run(20 * ROUND_TRIP);
        long before = transfer.received;
        transfer.run(30 * ROUND_TRIP);
        assertThat(transfer.received - before).isGreaterThan(10 * 16L * MIB * 8 / 10);
        assertThat(transfer.receiver.session.roundTrip()).hasValue(ROUND_TRIP);
        assertThat(account.used()).isEqualTo(16L * MIB - Wire.INITIAL_WINDOW);
        transfer.finish(33 * ROUND_TRIP);
        assertThat(account.used()).isZero();
    }

    @Test
    void twoConnectionsShareASmallAccount() {
        ByteAccount account = new ByteAccount(8L * MIB, 5L * MIB);
        Transfer one = new Transfer(account);
        Transfer two = new Transfer(account);
        for (int trip = 1; trip <= 20; trip++) {
            one.run(trip * ROUND_TRIP);
            two.run(trip * ROUND_TRIP);
        }
        // A quarter of both bounds is kept for what is delivered.
        long growth = one.receiver.session.windowGrowth() + two.receiver.session.windowGrowth();
        assertThat(growth).isEqualTo(6L * MIB);
        assertThat(one.receiver.session.windowGrowth()).isBetween(2L * MIB, 15L * MIB / 4);
        assertThat(two.receiver.session.windowGrowth()).isBetween(2L * MIB, 15L * MIB / 4);
        assertThat(account.peak()).isLessThanOrEqualTo(8L * MIB);
        // What one gives back is the other's, up to its own bound.
        one.finish(23 * ROUND_TRIP);
        two.run(40 * ROUND_TRIP);
        assertThat(two.receiver.session.windowGrowth()).isEqualTo(15L * MIB / 4);
        two.finish(43 * ROUND_TRIP);
        assertThat(account.used()).isZero();
    }
}
