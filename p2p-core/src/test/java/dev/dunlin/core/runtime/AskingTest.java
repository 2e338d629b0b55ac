package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampOutcome;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Ticket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that wait for outcomes. */
@Timeout(60)
final class AskingTest extends RunningLamps {

    @Test
    void aCallerThatBlocksDoesNotStopTheNode() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        CountDownLatch release = latch();
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch held = hold(node);
        node.ask("one", ticket -> new LampAction.SwitchOn("desk", 3, ticket), LONG)
                .thenAccept(outcome -> {
                    blocked.countDown();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        held.countDown();
        blocked.await();
        settle(node);
    }

    @Test
    void askingGivesTheOutcome() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        assertThat(node.ask("k", ticket -> new LampAction.SwitchOn("desk", 5, ticket), LONG)
                        .get(30, TimeUnit.SECONDS))
                .isEqualTo(new LampOutcome.SwitchedOn("desk", new Ticket("api", (1L << 40) + 1)));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> node.ask("l", ticket -> new LampAction.SwitchOn("desk", 5, ticket), LONG)
                        .get(30, TimeUnit.SECONDS))
                .havingCause()
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.clause()).isEqualTo("lamp-is-dark"))
                .withMessageContaining("lamp-is-dark does not hold")
                .withMessageContaining("desk");
    }

    @Test
    void oneKeyIsOneQuestion() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        CountDownLatch release = hold(node);
        CompletableFuture<Action.Ticketed> one =
                node.ask("k", ticket -> new LampAction.SwitchOn("desk", 5, ticket), LONG);
        CompletableFuture<Action.Ticketed> two =
                node.ask("k", ticket -> new LampAction.SwitchOn("shelf", 5, ticket), LONG);
        assertThat(two).isSameAs(one);
        release.countDown();
        one.get(30, TimeUnit.SECONDS);
        assertThat(node.state().root().lamp().lamps().has("shelf")).isFalse();
        assertThat(node.ask("k", ticket -> new LampAction.SwitchOn("shelf", 5, ticket), LONG)
                        .get(30, TimeUnit.SECONDS))
                .as("once it is answered, the key is free")
                .isEqualTo(new LampOutcome.SwitchedOn("shelf", new Ticket("api", (1L << 40) + 2)));
    }

    @Test
    void askingTimesOutAndAWishThatThrowsLeavesNothingBehind() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        node.offer(on("desk", 1));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> node.ask("k", ticket -> new LampAction.Glow("desk", 0), Duration.ofMillis(5))
                        .get(30, TimeUnit.SECONDS))
                .withCauseInstanceOf(TimeoutException.class);
        assertThatIllegalStateException()
                .isThrownBy(() -> node.ask(
                        "k",
                        ticket -> {
                            throw new IllegalStateException("no");
                        },
                        LONG));
        assertThat(node.ask("k", ticket -> new LampAction.SwitchOn("shelf", 5, ticket), LONG)
                        .get(30, TimeUnit.SECONDS))
                .isNotNull();
    }

    @Test
    void questionsAreBounded() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        CountDownLatch release = hold(node);
        List<CompletableFuture<Action.Ticketed>> asked = new ArrayList<>();
        for (int i = 0; i < Asking.MAX_WAITING; i++) {
            asked.add(node.ask("k" + i, ticket -> new LampAction.SwitchOn("desk", 5, ticket), LONG));
        }
        assertThat(asked).noneMatch(CompletableFuture::isDone);
        CompletableFuture<Action.Ticketed> more =
                node.ask("more", ticket -> new LampAction.SwitchOn("desk", 5, ticket), LONG);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(more::get)
                .havingCause()
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.clause()).isEqualTo("inbox-has-room"));
        release.countDown();
        await(() -> asked.stream().allMatch(CompletableFuture::isDone));
    }
}
