package dev.dunlin.node.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.dialer.DialerOutcome;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.Code;
import dev.dunlin.connection.bootstrap.session.Past;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.io.IOError;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What hooks do that harms more than their session. */
@Timeout(120)
class HookFaultsTest {

    /** docs/bootstrap.md: each call "is interrupted when its session ends". */
    @Test
    void aHookThatTellsOfATokenIsInterruptedWhenItsSessionEnds() throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (BootstrapNode listener = new BootstrapNode(false, "session.tokenTimeout", "300000");
                BootstrapNode dialer = new BootstrapNode(false)) {
            listener.hooks = listener.new Hooks() {
                @Override
                public boolean knowsTokens() {
                    return true;
                }

                @Override
                public Optional<Token> getTokenInfo(Bytes hash, Duration within) throws InterruptedException {
                    try {
                        new CountDownLatch(1).await();
                        return Optional.empty();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                }
            };
            redeeming(dialer, listener, "some-token");
            BootstrapNode.await(() -> first(listener).equals(Optional.of(Code.STEP_TIMEOUT)));
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** docs/bootstrap.md: "a hook that hangs ... harms no other session". */
    @Test
    void hooksThatComputeForEverHarmNoOtherSession() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger spinning = new AtomicInteger();
        try (BootstrapNode listener = new BootstrapNode(false);
                BootstrapNode dialer = new BootstrapNode(false)) {
            listener.token("many", Role.STOCK, Optional.empty());
            listener.hooks = listener.new Hooks() {
                @Override
                public Tally provisionDatabase(
                        String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within) throws Exception {
                    if (spinning.incrementAndGet() <= Runtime.getRuntime().availableProcessors()) {
                        while (!isOver.get()) {
                            Thread.onSpinWait();
                        }
                    }
                    return super.provisionDatabase(name, peer, role, cadre, within);
                }
            };
            int bad = Runtime.getRuntime().availableProcessors();
            for (int i = 0; i < bad; i++) {
                redeeming(dialer, listener, "many");
            }
            BootstrapNode.await(() -> spinning.get() >= bad);
            CompletableFuture<Object> good = new CompletableFuture<>();
            Thread.ofPlatform().daemon().start(() -> good.complete(dialer.redeem(listener, "many", Role.STOCK, "{}")));
            try {
                assertThat(good.get(60, TimeUnit.SECONDS)).isInstanceOf(DialerOutcome.Redeemed.class);
            } finally {
                isOver.set(true);
            }
        } finally {
            isOver.set(true);
        }
    }

    /** HookCalls: "an answer for each call, whatever the hook does". */
    @Test
    void anErrorOfAHookIsAnAnswer() {
        isAnswered(() -> {
            throw new IOError(new IOException("as of a disk"));
        });
    }

    /** What it says why is cut at 200 characters, through a letter that has two of them. */
    @Test
    void aHookWhoseMessageIsNoTextIsAnAnswer() {
        isAnswered(() -> {
            throw new IllegalStateException("x\ud83d");
        });
    }

    private static void isAnswered(Supplier<Tally> hook) {
        try (BootstrapNode listener = new BootstrapNode(false);
                BootstrapNode dialer = new BootstrapNode(false)) {
            listener.token("once", Role.STOCK, Optional.of(1));
            listener.hooks = listener.new Hooks() {
                @Override
                public Tally provisionDatabase(
                        String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within) {
                    return hook.get();
                }
            };
            redeeming(dialer, listener, "once");
            BootstrapNode.await(() -> first(listener).isPresent());
            assertThat(first(listener)).contains(Code.PROVISION_FAILED);
        }
    }

    /** Nobody waits for it: it ends with its node. */
    private static void redeeming(BootstrapNode dialer, BootstrapNode listener, String token) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                dialer.redeem(listener, token, Role.STOCK, "{}");
            } catch (CompletionException closed) {
                // The node was closed first.
            }
        });
    }

    private static Optional<Code> first(BootstrapNode node) {
        for (Past past : node.runtime.state().root().session().past().values()) {
            return Optional.of(past.code());
        }
        return Optional.empty();
    }
}
