package dev.dunlin.node.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.dialer.DialerOutcome;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A ledger that fails for a moment. docs/bootstrap.md: "who tries again with the same link gets the same database, whatever failed before". */
@Timeout(120)
class LedgerFaultsTest {

    /** The disk is full while a database is made: neither that it is made nor that its session is over can be written down. */
    @Test
    void aPeerMayComeAgainAfterTheLedgerHasFailed() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (BootstrapNode listener = new BootstrapNode(false, "session.sweepEvery", "1000000");
                BootstrapNode dialer = new BootstrapNode(false, "dialer.timeout", "20000000")) {
            listener.token("once", Role.STOCK, Optional.of(1));
            listener.hooks = listener.new Hooks() {
                @Override
                public Tally provisionDatabase(
                        String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within) throws Exception {
                    if (calls.incrementAndGet() == 1) {
                        // Neither that there is a database nor that the session is over is written down.
                        listener.failing.set(2);
                    }
                    return super.provisionDatabase(name, peer, role, cadre, within);
                }
            };
            Action first = dialer.redeem(listener, "once", Role.STOCK, "{}");
            assertThat(listener.failing).hasValue(0);
            Action second = dialer.redeem(listener, "once", Role.STOCK, "{}");
            assertThat(second).as("first: " + first).isInstanceOf(DialerOutcome.Redeemed.class);
        }
    }

    /** A commit of two is kept, and said to have failed, as when a connection breaks: each is done again alone, and finds itself. */
    @Test
    void aReservationWhoseCommitIsSaidToHaveFailedIsStillTheSessionsOwn() throws Exception {
        AtomicBoolean isSlow = new AtomicBoolean();
        AtomicBoolean isSaid = new AtomicBoolean();
        try (BootstrapNode listener = new BootstrapNode(false, "session.sweepEvery", "1000000");
                BootstrapNode one = new BootstrapNode(false, "dialer.timeout", "20000000");
                BootstrapNode other = new BootstrapNode(false, "dialer.timeout", "20000000")) {
            listener.token("many", Role.STOCK, Optional.empty());
            listener.isCommitUnsure = () -> {
                if (isSlow.compareAndSet(false, true)) {
                    // Until the two have come, so that one transaction is of both.
                    BootstrapNode.await(() -> listener.runtime
                                    .state()
                                    .root()
                                    .session()
                                    .sessions()
                                    .running()
                                    .size()
                            >= 3);
                }
                long reserved = listener.ledger.inTransaction(store -> store.entries(0, 100).stream()
                        .filter(entry -> entry.event().kind().equals("reserved"))
                        .count());
                return reserved >= 2 && isSaid.compareAndSet(false, true);
            };
            Thread.ofPlatform().daemon().start(() -> one.redeem(listener, "none", Role.STOCK, "{}"));
            BootstrapNode.await(isSlow::get);
            CompletableFuture<Action> first =
                    CompletableFuture.supplyAsync(() -> one.redeem(listener, "many", Role.STOCK, "{}"));
            Action second = other.redeem(listener, "many", Role.STOCK, "{}");
            assertThat(isSaid).isTrue();
            assertThat(List.of(first.join(), second)).allMatch(DialerOutcome.Redeemed.class::isInstance);
        }
    }
}
