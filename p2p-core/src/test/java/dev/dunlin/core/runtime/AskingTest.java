package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampOutcome;
import dev.dunlin.core.runtime.Parcels.ParcelAction;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that wait for outcomes. */
@Timeout(60)
final class AskingTest extends RunningLamps {

    private static LampAction wish(String lamp, Ticket ticket, AtomicReference<Ticket> asked) {
        asked.set(ticket);
        return new LampAction.SwitchOn(lamp, 5, ticket);
    }

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
        AtomicReference<Ticket> asked = new AtomicReference<>(Ticket.NONE);
        assertThat(node.ask("k", ticket -> wish("desk", ticket, asked), LONG).get(30, TimeUnit.SECONDS))
                .isEqualTo(new LampOutcome.SwitchedOn("desk", asked.get()));
        assertThat(asked.get().isOf(Ticket.API)).isTrue();
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
    void whoIsToldAnOutcomeFindsThatAllWatchersHaveSeenIt() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        Set<String> seen = ConcurrentHashMap.newKeySet();
        node.watch(turn -> {
            for (int i = 0; i < turn.size(); i++) {
                if (turn.entry(i) instanceof LampOutcome.SwitchedOn on) {
                    seen.add(on.lamp());
                }
            }
        });
        List<String> missed = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 500; i++) {
            String lamp = "desk" + i;
            node.ask(lamp, ticket -> new LampAction.SwitchOn(lamp, 1, ticket), LONG)
                    .thenAccept(outcome -> {
                        if (!seen.contains(lamp)) {
                            missed.add(lamp);
                        }
                    })
                    .get(30, TimeUnit.SECONDS);
        }
        assertThat(missed).isEmpty();
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
        AtomicReference<Ticket> again = new AtomicReference<>(Ticket.NONE);
        assertThat(node.ask("k", ticket -> wish("shelf", ticket, again), LONG).get(30, TimeUnit.SECONDS))
                .as("once it is answered, the key is free")
                .isEqualTo(new LampOutcome.SwitchedOn("shelf", again.get()));
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

    @Test
    void noTicketComesAgainInALaterRun() throws Exception {
        List<Ticket> tickets = new ArrayList<>();
        for (int run = 0; run < 3; run++) {
            NodeRuntime<Lamps.Root> node = recorded();
            for (int i = 0; i < 3; i++) {
                AtomicReference<Ticket> asked = new AtomicReference<>(Ticket.NONE);
                String lamp = "lamp" + run + i;
                node.ask("k", ticket -> wish(lamp, ticket, asked), LONG).get(30, TimeUnit.SECONDS);
                tickets.add(asked.get());
            }
            node.stop().get(30, TimeUnit.SECONDS);
        }
        assertThat(tickets).hasSize(9).doesNotHaveDuplicates().allMatch(ticket -> ticket.isOf(Ticket.API));
    }

    @Test
    void whatIsFoundOnTheWayIsToldInOrderAndBeforeTheEnd() throws Exception {
        NodeRuntime<Parcels.Root> node = parcels();
        List<Integer> told = new CopyOnWriteArrayList<>();
        CompletableFuture<List<Integer>> before = node.ask(
                        "k",
                        ticket -> new ParcelAction.Deliver(ticket, 100),
                        LONG,
                        progress -> told.add(((Parcels.ParcelOutcome.Delivered) progress).number()))
                .thenApply(end -> List.copyOf(told));
        assertThat(before.get(30, TimeUnit.SECONDS))
                .isEqualTo(IntStream.range(0, 100).boxed().toList());
        assertThat(node.stats().droppedProgress()).isZero();
    }

    @Test
    void whoAsksForTheEndAloneGetsItThoughMuchIsToldOnTheWay() throws Exception {
        NodeRuntime<Parcels.Root> node = parcels();
        assertThat(node.ask("k", ticket -> new ParcelAction.Deliver(ticket, 3), LONG)
                        .get(30, TimeUnit.SECONDS))
                .isInstanceOf(Parcels.ParcelOutcome.Collected.class);
    }

    @Test
    void whoIsSlowToTakeWhatIsToldMissesWhatIsBeyondTheBoundAndStillGetsTheEnd() throws Exception {
        NodeRuntime<Parcels.Root> node = parcels();
        CountDownLatch release = latch();
        AtomicInteger told = new AtomicInteger();
        int many = Asking.MAX_PROGRESS + 1000;
        CompletableFuture<Action.Ticketed> end =
                node.ask("k", ticket -> new ParcelAction.Deliver(ticket, many), LONG, progress -> {
                    told.incrementAndGet();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        await(() -> node.stats().inputs() == 2 && node.stats().droppedProgress() > 0);
        release.countDown();
        assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(Parcels.ParcelOutcome.Collected.class);
        assertThat(told.get() + node.stats().droppedProgress()).isEqualTo(many);
        assertThat(told.get()).isBetween(Asking.MAX_PROGRESS, Asking.MAX_PROGRESS + 1);
    }

    @Test
    void whoThrowsWhenToldMissesNothingOfTheRest() throws Exception {
        missesNothing(() -> {
            throw new IllegalStateException("meant: a caller that throws");
        });
    }

    /** Whatever it is that is thrown. */
    @Test
    void whoBreaksWhenToldGetsTheEnd() throws Exception {
        missesNothing(() -> {
            throw new StackOverflowError("meant: a caller that breaks");
        });
    }

    private void missesNothing(Runnable whenTold) throws Exception {
        NodeRuntime<Parcels.Root> node = parcels();
        AtomicInteger told = new AtomicInteger();
        CompletableFuture<Action.Ticketed> end =
                node.ask("k", ticket -> new ParcelAction.Deliver(ticket, 3), LONG, progress -> {
                    told.incrementAndGet();
                    whenTold.run();
                });
        assertThat(end.get(30, TimeUnit.SECONDS)).isInstanceOf(Parcels.ParcelOutcome.Collected.class);
        assertThat(told).hasValue(3);
    }

    /** Its place and its key are taken until it is told the end; a second wish would be the same once more. */
    @Test
    void whoIsSlowToTakeWhatIsToldWaitsStill() throws Exception {
        NodeRuntime<Parcels.Root> node = parcels();
        CountDownLatch release = latch();
        AtomicInteger wishes = new AtomicInteger();
        CompletableFuture<Action.Ticketed> end = deliver(node, wishes, LONG, release, new AtomicInteger());
        await(() -> node.stats().inputs() == 2);
        assertThat(deliver(node, wishes, LONG, release, new AtomicInteger())).isSameAs(end);
        assertThat(node.stats().asking()).isEqualTo(1);
        release.countDown();
        end.get(30, TimeUnit.SECONDS);
        assertThat(wishes).hasValue(1);
        await(() -> node.stats().asking() == 0);
    }

    /** When its time is over, or the node stops, it is told no more, and waits for nobody. */
    @Test
    void theEndOfTimeWaitsForNoSlowListener() throws Exception {
        // What a machine with much to do has not collected when the time is over is tried again with more of it.
        int millis = 50;
        while (!isTheEndTold(Duration.ofMillis(millis))) {
            millis *= 8;
            assertThat(millis).isLessThan(30_000);
        }
        assertThat(isTheEndTold(LONG)).isTrue();
    }

    /** Whether what was collected is told at the end of this time, or, if that is long, when the node stops. */
    private boolean isTheEndTold(Duration time) throws Exception {
        NodeRuntime<Parcels.Root> node = parcels();
        CountDownLatch release = latch();
        AtomicInteger told = new AtomicInteger();
        CompletableFuture<Action.Ticketed> end = deliver(node, new AtomicInteger(), time, release, told);
        await(() -> told.get() == 1 || end.isDone());
        if (time.equals(LONG)) {
            node.stop().get(30, TimeUnit.SECONDS);
        }
        // What was collected has been by now; who is slow learns that, and nothing of what came before it.
        boolean isTold = end.handle((outcome, late) -> late == null).get(30, TimeUnit.SECONDS);
        release.countDown();
        if (isTold) {
            assertThat(end.join()).isInstanceOf(Parcels.ParcelOutcome.Collected.class);
        } else {
            assertThat(end).failsWithin(Duration.ZERO).withThrowableThat().withCauseInstanceOf(TimeoutException.class);
        }
        node.stop().get(30, TimeUnit.SECONDS);
        assertThat(told.get()).isLessThanOrEqualTo(1);
        return isTold && told.get() == 1;
    }

    private static CompletableFuture<Action.Ticketed> deliver(
            NodeRuntime<Parcels.Root> node,
            AtomicInteger wishes,
            Duration time,
            CountDownLatch release,
            AtomicInteger told) {
        return node.ask(
                "k",
                ticket -> {
                    wishes.incrementAndGet();
                    return new ParcelAction.Deliver(ticket, 100);
                },
                time,
                progress -> {
                    told.incrementAndGet();
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
    }

    /** The first run's question stays in the state over the boot; its late outcome is nobody's. */
    @Test
    void aTicketKeptOverABootAnswersNobodyOfTheNextRun() throws Exception {
        NodeRuntime<Parcels.Root> first = parcels();
        CompletableFuture<Action.Ticketed> lost = first.ask("first", ParcelAction.Collect::new, LONG);
        await(() -> first.state().root().parcel().asked().isPresent());
        first.stop().get(30, TimeUnit.SECONDS);
        assertThatThrownBy(() -> lost.get(30, TimeUnit.SECONDS)).hasCauseInstanceOf(RefusedException.class);

        NodeRuntime<Parcels.Root> second = parcels();
        // It waits for an outcome that never comes: nobody answers this one.
        CompletableFuture<Action.Ticketed> waits =
                second.ask("second", ticket -> new ParcelAction.Painted(Parcels.Colour.RED, 1), LONG);
        second.offer(new ParcelAction.Arrived());
        await(() -> second.stats().inputs() == 3);
        CompletableFuture<Action.Ticketed> own = second.ask("third", ParcelAction.Collect::new, LONG);
        second.offer(new ParcelAction.Arrived());
        assertThat(own.get(30, TimeUnit.SECONDS)).isInstanceOf(Parcels.ParcelOutcome.Collected.class);
        assertThat(waits).as("the outcome of the first run's question").isNotDone();
        second.stop().get(30, TimeUnit.SECONDS);
    }

    private NodeRuntime<Parcels.Root> parcels() throws IOException {
        Store<Parcels.Root> store = Parcels.store();
        NodeRuntime<Parcels.Root> node = NodeRuntime.of(store)
                .log(ActionLog.open(disk, store, OPTIONS, "test").writer(), OPTIONS)
                .handler(Parcels.ParcelEffect.class, (id, effect) -> {})
                .handler(NodeEffect.class, EffectHandlers.closing(Map.of()))
                .build();
        node.start("test", Table.empty(), 7);
        return node;
    }

    @Test
    void whoeverAskedBesideAWishThatThrowsIsToldSo() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        CountDownLatch making = new CountDownLatch(1);
        CountDownLatch release = latch();
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        Thread.startVirtualThread(() -> {
            try {
                node.ask(
                        "k",
                        ticket -> {
                            making.countDown();
                            try {
                                release.await();
                            } catch (InterruptedException e) {
                                throw new AssertionError(e);
                            }
                            throw new IllegalStateException("no such wish");
                        },
                        LONG);
                thrown.completeExceptionally(new AssertionError("it does not throw"));
            } catch (IllegalStateException e) {
                thrown.complete(e);
            }
        });
        making.await();
        CompletableFuture<Action.Ticketed> beside =
                node.ask("k", ticket -> new LampAction.SwitchOn("desk", 5, ticket), LONG);
        release.countDown();
        assertThat(thrown.get(30, TimeUnit.SECONDS)).hasMessage("no such wish");
        assertThatThrownBy(() -> beside.get(5, TimeUnit.SECONDS)).rootCause().hasMessage("no such wish");
        assertThat(node.ask("k", ticket -> new LampAction.SwitchOn("desk", 5, ticket), LONG)
                        .get(30, TimeUnit.SECONDS))
                .as("the key is free")
                .isNotNull();
    }

    @Test
    void aCallerThatBlocksWhenItsTimeIsOverStopsNoOthersTime() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        CountDownLatch release = latch();
        for (int i = 0; i < 4; i++) {
            assertThat(threadOfATimeOut(node, "k" + i, release)).isEqualTo("dunlin-caller");
        }
        CompletableFuture<Action.Ticketed> other =
                node.ask("other", ticket -> new LampAction.Glow("none", 0), Duration.ofMillis(5));
        assertThatThrownBy(() -> other.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(TimeoutException.class);
    }

    /** On which thread a caller goes on whose time is over; it blocks there. */
    private static String threadOfATimeOut(NodeRuntime<Lamps.Root> node, String key, CountDownLatch release)
            throws Exception {
        Thread caller = Thread.currentThread();
        for (int millis = 20; millis < 20_000; millis *= 8) {
            CompletableFuture<String> where = new CompletableFuture<>();
            node.ask(key, ticket -> new LampAction.Glow("none", 0), Duration.ofMillis(millis))
                    .whenComplete((outcome, failure) -> {
                        where.complete(
                                Thread.currentThread() == caller
                                        ? ""
                                        : Thread.currentThread().getName());
                        if (Thread.currentThread() != caller) {
                            try {
                                release.await();
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        }
                    });
            String name = where.get(30, TimeUnit.SECONDS);
            // Otherwise the time was over before anybody could wait for it.
            if (!name.isEmpty()) {
                return name;
            }
        }
        throw new AssertionError("each time is over at once");
    }

    @Test
    void whoeverAsksForWhatBreaksTheNodeIsToldWhatBrokeIt() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        CompletableFuture<?> asked = node.ask("k", ticket -> new LampAction.Glow("none", 0), LONG);
        node.offer(new LampAction.Burst("bang"));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> asked.get(30, TimeUnit.SECONDS))
                .withCauseInstanceOf(NodeFailure.class)
                .withMessageContaining("bang");
    }
}
