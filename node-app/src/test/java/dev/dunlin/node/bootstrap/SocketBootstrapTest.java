package dev.dunlin.node.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.dialer.DialerCode;
import dev.dunlin.connection.bootstrap.dialer.DialerOutcome;
import dev.dunlin.connection.bootstrap.session.Code;
import dev.dunlin.connection.bootstrap.session.Past;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bootstraps between two nodes on real sockets, with their services. */
@Timeout(120)
class SocketBootstrapTest {

    private static final String TOKEN = "canary-token-that-must-be-nowhere";
    private static final String IDENTITY = "{\"name\": \"canary-identity-that-must-be-nowhere\"}";

    private static List<Code> ends(BootstrapNode node) {
        List<Code> codes = new ArrayList<>();
        for (Past past : node.runtime.state().root().session().past().values()) {
            codes.add(past.code());
        }
        return codes;
    }

    /** Stock and foil, in both forms: both sides end well, the database is on the right side, and nothing of what is secret is recorded. */
    @ParameterizedTest
    @CsvSource({"STOCK, false", "FOIL, false", "STOCK, true", "FOIL, true"})
    void bothSidesEndWell(Role role, boolean isCompatible) {
        ConcurrentLinkedQueue<String> recorded = new ConcurrentLinkedQueue<>();
        try (BootstrapNode listener = new BootstrapNode(isCompatible);
                BootstrapNode dialer = new BootstrapNode(false)) {
            for (BootstrapNode node : List.of(listener, dialer)) {
                node.runtime.watch(turn -> recorded.add(text(turn)));
            }
            listener.token(TOKEN, role, Optional.of(1));

            Action outcome = dialer.redeem(listener, TOKEN, role, IDENTITY);

            assertThat(outcome).isInstanceOfSatisfying(DialerOutcome.Redeemed.class, redeemed -> {
                assertThat(redeemed.partyId()).isEqualTo(listener.self.toString());
                assertThat(redeemed.cadre()).containsExactly(listener.address.withPeer(listener.self));
                assertThat(redeemed.tally().createdBy()).isEqualTo(role);
                BootstrapNode maker = role == Role.STOCK ? listener : dialer;
                assertThat(maker.databases).containsValue(redeemed.tally()).hasSize(1);
            });
            BootstrapNode.await(() -> ends(listener).equals(List.of(Code.SUCCESS)));
            BootstrapNode.await(() -> listener.ledger
                            .inTransaction(store -> store.token(Hashes.sha256(TOKEN)))
                            .orElseThrow()
                            .uses()
                    == 1);
            for (BootstrapNode node : List.of(listener, dialer)) {
                recorded.add(node.runtime.state().root().toString());
            }
            assertThat(recorded).isNotEmpty().noneMatch(text -> text.contains("canary"));
        }
    }

    private static String text(Turn turn) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < turn.size(); i++) {
            text.append(turn.entry(i)).append('\n');
        }
        return text.toString();
    }

    @Test
    void whatIsRefusedIsToldAndNothingIsMade() {
        try (BootstrapNode listener = new BootstrapNode(false);
                BootstrapNode dialer = new BootstrapNode(false)) {
            listener.token("token", Role.STOCK, Optional.of(1));
            assertThat(dialer.redeem(listener, "another", Role.STOCK, "{}"))
                    .isInstanceOfSatisfying(DialerOutcome.RedeemFailed.class, failed -> {
                        assertThat(failed.code()).isEqualTo(DialerCode.REJECTED);
                        assertThat(failed.reason()).contains(Reason.INVALID_TOKEN);
                    });
            assertThat(dialer.redeem(listener, "token", Role.STOCK, "\"bad\""))
                    .isInstanceOfSatisfying(
                            DialerOutcome.RedeemFailed.class,
                            failed -> assertThat(failed.reason()).contains(Reason.IDENTITY_INSUFFICIENT));
            assertThat(listener.databases).isEmpty();
            // The link is good still.
            assertThat(dialer.redeem(listener, "token", Role.STOCK, "{}")).isInstanceOf(DialerOutcome.Redeemed.class);
        }
    }

    /** A hook that hangs is interrupted when its time is over, and harms no other session. */
    @Test
    void aHookThatHangsIsInterrupted() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        try (BootstrapNode listener = new BootstrapNode(false, "session.provisionTimeout", "300000");
                BootstrapNode dialer = new BootstrapNode(false)) {
            listener.hooks = listener.new Hooks() {
                @Override
                public Tally provisionDatabase(
                        String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within) throws Exception {
                    if (isFirst.getAndSet(false)) {
                        try {
                            new CountDownLatch(1).await();
                        } catch (InterruptedException e) {
                            interrupted.countDown();
                            throw e;
                        }
                    }
                    return super.provisionDatabase(name, peer, role, cadre, within);
                }
            };
            listener.token("token", Role.STOCK, Optional.of(1));
            // Told that it took too long, the dialer comes again by itself.
            assertThat(dialer.redeem(listener, "token", Role.STOCK, "{}")).isInstanceOf(DialerOutcome.Redeemed.class);
            interrupted.await();
            assertThat(ends(listener)).contains(Code.STEP_TIMEOUT);
            assertThat(listener.databases).hasSize(1);
        }
    }

    @Test
    void aHookThatGivesNothingOrThrowsEndsItsSessionAlone() {
        try (BootstrapNode listener = new BootstrapNode(false);
                BootstrapNode dialer = new BootstrapNode(false, "dialer.rounds", "1")) {
            listener.token("token", Role.STOCK, Optional.of(1));
            for (int i = 0; i < 3; i++) {
                int which = i;
                listener.hooks = listener.new Hooks() {
                    @Override
                    @SuppressWarnings("NullAway") // what a hook may do wrong
                    public Tally provisionDatabase(
                            String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within) {
                        return switch (which) {
                            case 0 -> null;
                            case 1 -> new Tally("", role, "no uri", "");
                            default -> throw new IllegalStateException("a secret that is not told");
                        };
                    }
                };
                assertThat(dialer.redeem(listener, "token", Role.STOCK, "{}"))
                        .isInstanceOfSatisfying(DialerOutcome.RedeemFailed.class, failed -> {
                            assertThat(failed.reason()).contains(Reason.PROVISION_FAILED);
                            assertThat(failed.toString()).doesNotContain("secret");
                        });
            }
            listener.hooks = listener.new Hooks();
            assertThat(dialer.redeem(listener, "token", Role.STOCK, "{}")).isInstanceOf(DialerOutcome.Redeemed.class);
        }
    }

    @Test
    void nobodyThereIsToldSo() {
        BootstrapNode gone = new BootstrapNode(false);
        gone.close();
        try (BootstrapNode dialer = new BootstrapNode(false)) {
            assertThat(dialer.redeem(gone, "token", Role.STOCK, "{}"))
                    .isInstanceOfSatisfying(
                            DialerOutcome.RedeemFailed.class,
                            failed -> assertThat(failed.code()).isEqualTo(DialerCode.NO_REACHABLE_RESPONDER));
        }
    }
}
