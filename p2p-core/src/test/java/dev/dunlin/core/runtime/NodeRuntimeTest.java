package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.log.Lamps.LampOutcome;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class NodeRuntimeTest {

    private static final LogOptions OPTIONS =
            new LogOptions(1 << 20, 1 << 30, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);
    private static final Duration LONG = Duration.ofSeconds(30);

    /** Clocks that a test sets. */
    private static final class SetClock implements NodeClock {
        final AtomicLong wall = new AtomicLong(1_700_000_000_000_000L);
        final AtomicLong monotonic = new AtomicLong(5);

        @Override
        public long wallMicros() {
            return wall.get();
        }

        @Override
        public long monotonicNanos() {
            return monotonic.get();
        }

        void run(long micros) {
            wall.addAndGet(micros);
            monotonic.addAndGet(micros * 1000);
        }
    }

    private final SetClock clock = new SetClock();
    private final SimDisk disk = new SimDisk();
    private final BlockingQueue<Turn.Emitted> done = new LinkedBlockingQueue<>();
    private final BlockingQueue<Handle> closed = new LinkedBlockingQueue<>();
    private final List<Turn> turns = new CopyOnWriteArrayList<>();
    private final List<CountDownLatch> latches = new ArrayList<>();
    private final List<NodeRuntime<Lamps.Root>> running = new ArrayList<>();

    @AfterEach
    void end() {
        latches.forEach(CountDownLatch::countDown);
        running.forEach(node -> {
            try {
                node.stop().get(30, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertThat(e).hasCauseInstanceOf(NodeFailure.class);
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError(e);
            }
        });
    }

    private CountDownLatch latch() {
        CountDownLatch latch = new CountDownLatch(1);
        latches.add(latch);
        return latch;
    }

    private NodeRuntime.Builder<Lamps.Root> builder(Store<Lamps.Root> store) {
        return NodeRuntime.of(store)
                .clock(clock)
                .handler(LampEffect.class, (id, effect) -> done.add(new Turn.Emitted(id, effect)))
                .handler(NodeEffect.class, NodeRuntime.closing(Map.of("line", closed::add)));
    }

    private NodeRuntime<Lamps.Root> started(NodeRuntime.Builder<Lamps.Root> builder) {
        NodeRuntime<Lamps.Root> node = builder.build();
        node.watch(turns::add);
        running.add(node);
        node.start("test", Table.empty(), 7);
        return node;
    }

    private NodeRuntime<Lamps.Root> recorded() throws IOException {
        return recorded(OPTIONS, Budgets.DEFAULT.queued());
    }

    private NodeRuntime<Lamps.Root> recorded(LogOptions options, int capacity) throws IOException {
        Store<Lamps.Root> store = Lamps.store();
        ActionLog.Opened opened = ActionLog.open(disk, store, options, "test");
        return started(builder(store).log(opened.writer(), options).capacity(capacity));
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("it does not come");
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    /** Returns when all that was handed in before is done. */
    private static void settle(NodeRuntime<Lamps.Root> node) {
        // Known by its identity: what the node did before may be done only now, too.
        LampAction.Nudge last = new LampAction.Nudge();
        CountDownLatch done = new CountDownLatch(1);
        Consumer<Turn> watcher = turn -> {
            if (turn.entry(0) == last) {
                done.countDown();
            }
        };
        node.watch(watcher);
        while (node.offer(last) != Port.Offer.TAKEN) {
            Thread.onSpinWait();
        }
        await(() -> done.getCount() == 0 && node.stats().queued() == 0);
        node.unwatch(watcher);
    }

    private static LampAction on(String lamp, int brightness) {
        return new LampAction.SwitchOn(lamp, brightness, Ticket.NONE);
    }

    private Turn.Emitted next() throws InterruptedException {
        Turn.Emitted next = done.poll(30, TimeUnit.SECONDS);
        assertThat(next).as("an effect comes").isNotNull();
        return next;
    }

    private Replayer.Verified verified() {
        Store<Lamps.Root> store = Lamps.store();
        return new Replayer<>(LogReader.open(disk, store), store, false).verify(step -> {});
    }

    /** Holds the store's thread at its next turn, until released. */
    private CountDownLatch hold(NodeRuntime<Lamps.Root> node) {
        CountDownLatch release = latch();
        CountDownLatch held = new CountDownLatch(1);
        LampAction.Nudge holding = new LampAction.Nudge();
        node.watch(turn -> {
            if (turn.entry(0) == holding) {
                held.countDown();
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        });
        assertThat(node.offer(holding)).isEqualTo(Port.Offer.TAKEN);
        try {
            held.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        return release;
    }

    @Test
    void inputsAreTakenInTheirOrderAndEffectsCarriedOutInTheirs() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        CountDownLatch release = hold(node);
        for (int i = 0; i < 200; i++) {
            assertThat(node.offer(on("lamp" + i, i % 101))).isEqualTo(Port.Offer.TAKEN);
        }
        release.countDown();
        await(() -> turns.size() == 202);
        assertThat(turns.getFirst().entry(0)).isInstanceOf(NodeAction.Booted.class);
        for (int i = 0; i < 200; i++) {
            assertThat(turns.get(i + 2).entry(0)).isEqualTo(on("lamp" + i, i % 101));
            assertThat(turns.get(i + 2).number()).isEqualTo(i + 3);
            for (Turn.Emitted emitted : turns.get(i + 2).effects()) {
                assertThat(next()).isEqualTo(emitted);
            }
        }
        assertThat(node.stats().effects()).isEqualTo(400 + 20);
    }

    @Test
    void theInboxIsBounded() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()).capacity(8));
        settle(node);
        CountDownLatch release = hold(node);
        for (int i = 0; i < 8; i++) {
            assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.TAKEN);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.FULL);
        }
        assertThat(node.stats().refused()).isEqualTo(3);
        assertThat(node.stats().queued()).isEqualTo(8);
        assertThat(node.stats().highestQueued()).isEqualTo(8);
        release.countDown();
        await(() -> node.stats().queued() == 0);
        assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.TAKEN);
    }

    @Test
    void requestsInFlightHaveABudgetOfTheirOwn() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()).budgets(new Budgets(2, 1, 3, 1)));
        List<ActionId> asked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(node.offer(on("lamp" + i, 1))).isEqualTo(Port.Offer.TAKEN);
            asked.add(next().id());
            next();
        }
        await(() -> node.stats().requests() == 3);
        assertThat(node.stats().queued()).as("they take no room in the queue").isZero();
        assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.REQUESTS_FULL);
        assertThat(node.stats().refusedRequests()).isEqualTo(1);
        node.answer(asked.get(1), new LampAction.Measured("lamp1", 5));
        await(() -> node.stats().requests() == 2);
        assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.TAKEN);
        assertThat(turns.stream().filter(turn -> turn.entry(0) instanceof LampAction.Measured))
                .singleElement()
                .satisfies(turn -> assertThat(turn.cause(0)).isEqualTo(asked.get(1)));
    }

    @Test
    void aRequestWithoutAnAnswerIsShownWithItsAgeAndLostAtLast() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        assertThat(node.offer(on("desk", 1))).isEqualTo(Port.Offer.TAKEN);
        ActionId asked = next().id();
        next();
        clock.run(90_000_000);
        settle(node);
        await(() -> node.stats().oldestRequestMicros() == 90_000_000);
        assertThat(node.stats().requests()).isEqualTo(1);
        clock.run(Figures.LOST);
        settle(node);
        await(() -> node.stats().lostRequests() == 1);
        assertThat(node.stats().requests()).isZero();
        node.answer(asked, new LampAction.Measured("desk", 5));
        await(() -> node.stats().strayAnswers() == 1);
    }

    @Test
    void handlesHaveABudgetOfTheirOwn() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()).budgets(new Budgets(2, 1, 1, 3)));
        for (int i = 0; i < 3; i++) {
            assertThat(node.offer(new LampAction.Wired(new Handle("line", 1, i), "a")))
                    .isEqualTo(Port.Offer.TAKEN);
            int open = i + 1;
            await(() -> node.state().node().handles().size() == open);
        }
        assertThat(node.stats().queued()).as("they take no room in the queue").isZero();
        assertThat(node.offer(new LampAction.Wired(new Handle("line", 1, 9), "a")))
                .isEqualTo(Port.Offer.HANDLES_FULL);
        assertThat(node.stats().refusedHandles()).isEqualTo(1);
        assertThat(node.offer(new LampAction.Nudge()))
                .as("what brings none goes on")
                .isEqualTo(Port.Offer.TAKEN);
        node.ended(new LampAction.Cut(new Handle("line", 1, 1)));
        await(() -> node.stats().handles() == 2);
        assertThat(node.offer(new LampAction.Wired(new Handle("line", 1, 9), "a")))
                .isEqualTo(Port.Offer.TAKEN);
    }

    @Test
    void placesOfAnEarlierRunsHandlesAreFree() throws IOException {
        NodeRuntime<Lamps.Root> first = recorded();
        first.offer(new LampAction.Wired(new Handle("line", 1, 1), "a"));
        await(() -> first.stats().handles() == 1 && first.stats().inputs() == 2);
        first.stop().join();
        NodeRuntime<Lamps.Root> second = recorded();
        await(() -> second.stats().inputs() == 1);
        assertThat(second.state().node().handles().size()).isZero();
        assertThat(second.stats().handles()).isZero();
    }

    @Test
    void anActionOfNoMountedMachineIsRefusedAtTheDoor() {
        record Stranger() implements Action {}
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        for (Action stranger : List.of(new Stranger(), new LampEffect.Measure("desk"))) {
            assertThatThrownBy(() -> node.offer(stranger))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("mount its machine first");
            assertThatThrownBy(() -> node.answer(new ActionId(1, 1), stranger))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        settle(node);
        assertThat(node.ended()).isNotDone();
    }

    @Test
    void anInputThatIsTooLongToBeRecordedIsRefusedAtTheDoor() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        String lamp = "x".repeat(9 << 20);
        assertThatThrownBy(() -> node.offer(on(lamp, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 16777216");
        settle(node);
        assertThat(node.ended()).isNotDone();
    }

    @Test
    void halfASurrogatePairIsRefusedAtTheDoor() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        for (String half : List.of("a\ud800b", "\udc00", "x\ud800")) {
            assertThatThrownBy(() -> node.offer(on(half, 5)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("half a surrogate pair");
        }
        node.offer(on("\ud83d\ude00", 5));
        await(() -> node.stats().inputs() == 2);
        node.stop().join();
        assertThat(verified().divergence()).isEmpty();
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
    void theWatchdogTellsOfAnInputWhileItTakesTooLong() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        CountDownLatch release = hold(node);
        await(() -> node.stats().stuckMicros() > 200_000);
        release.countDown();
        await(() -> node.stats().slow() == 1);
        assertThat(node.stats().stuckMicros()).isZero();
    }

    @Test
    void anInterruptedStoreGoesOn() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        node.watch(turn -> Thread.currentThread().interrupt());
        settle(node);
        settle(node);
        assertThat(node.ended()).isNotDone();
    }

    @Test
    void aSecondAnswerIsCountedAndWhatItOpenedIsClosed() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        node.offer(on("desk", 1));
        ActionId asked = next().id();
        node.answer(asked, new LampAction.Measured("desk", 5));
        node.answer(asked, new LampAction.Measured("desk", 6));
        node.answer(new ActionId(77, 7), new LampAction.Wired(new Handle("line", 1, 3), "desk"));
        assertThat(closed.poll(30, TimeUnit.SECONDS)).isEqualTo(new Handle("line", 1, 3));
        assertThat(node.stats().strayAnswers()).isEqualTo(2);
        assertThat(node.state().root().lamp().lamps().at("desk").watts()).hasValue(5);
        assertThat(turns).hasSize(3);
    }

    @Test
    void durableEffectsWaitForTheDiskAndLaterOnesOfTheirServiceBehindThem() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        CountDownLatch release = latch();
        CountDownLatch forcing = new CountDownLatch(1);
        disk.beforeForce(() -> {
            forcing.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        node.offer(on("desk", 95));
        node.offer(on("shelf", 10));
        node.offer(on("stove", 96));
        assertThat(next().effect()).isEqualTo(new LampEffect.Measure("desk"));
        assertThat(next().effect()).isEqualTo(new LampEffect.Ring("desk"));
        forcing.await();
        await(() -> node.stats().inputs() == 4);
        assertThat(done).isEmpty();
        assertThat(node.forced()).isEqualTo(1);
        long forces = disk.forces();
        release.countDown();
        List<Effect> rest = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rest.add(next().effect());
        }
        assertThat(rest)
                .containsExactly(
                        new LampEffect.Count("desk", 1),
                        new LampEffect.Measure("shelf"),
                        new LampEffect.Ring("shelf"),
                        new LampEffect.Measure("stove"),
                        new LampEffect.Ring("stove"),
                        new LampEffect.Count("stove", 2));
        assertThat(node.forced()).isEqualTo(4);
        assertThat(disk.forces() - forces).as("one force serves all that wait").isLessThanOrEqualTo(3);
    }

    @Test
    void withoutALogDurableEffectsDoNotWait() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        node.offer(on("desk", 95));
        next();
        next();
        assertThat(next().effect()).isEqualTo(new LampEffect.Count("desk", 1));
        assertThat(node.forced()).isEqualTo(2);
    }

    @Test
    void durableEffectsAreCarriedOutBeforeTheNodeStops() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.stats().inputs() == 1);
        CountDownLatch release = hold(node);
        node.offer(on("desk", 95));
        CompletableFuture<Void> ended = node.stop();
        release.countDown();
        ended.get(30, TimeUnit.SECONDS);
        assertThat(done).extracting(Turn.Emitted::effect).contains(new LampEffect.Count("desk", 1));
    }

    @Test
    void whateverWasTakenWhileItStopsIsDone() throws Exception {
        for (int round = 0; round < 100; round++) {
            NodeRuntime<Lamps.Root> node = builder(Lamps.store()).capacity(100).build();
            node.start("test", Table.empty(), 7);
            AtomicLong taken = new AtomicLong();
            List<Thread> offering = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                offering.add(Thread.startVirtualThread(() -> {
                    Port.Offer offer = Port.Offer.TAKEN;
                    while (offer != Port.Offer.STOPPING) {
                        // Disabled, as there is no such lamp: it leads to nothing that holds a place.
                        offer = node.offer(new LampAction.Wired(new Handle("line", 1, 1), "attic"));
                        if (offer == Port.Offer.TAKEN) {
                            taken.incrementAndGet();
                        }
                    }
                }));
            }
            await(() -> taken.get() > 10);
            node.stop().get(30, TimeUnit.SECONDS);
            for (Thread thread : offering) {
                thread.join();
            }
            assertThat(node.stats().inputs()).isEqualTo(1 + taken.get());
        }
    }

    @Test
    void stoppingDrainsWhatWasTaken() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.stats().inputs() == 1);
        CountDownLatch release = hold(node);
        for (int i = 0; i < 1000; i++) {
            assertThat(node.offer(on("lamp" + i, 1))).isEqualTo(Port.Offer.TAKEN);
        }
        CompletableFuture<Action.Ticketed> waits = node.ask("k", ticket -> new LampAction.Glow("none", 0), LONG);
        CompletableFuture<Void> ended = node.stop();
        assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.STOPPING);
        release.countDown();
        ended.get(30, TimeUnit.SECONDS);
        assertThat(node.forced()).isEqualTo(1003);
        assertThat(verified().last()).isEqualTo(1003);
        assertThat(verified().forced()).isEqualTo(1003);
        assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> waits.get(1, TimeUnit.SECONDS));
        assertThat(node.stop()).as("twice").isSameAs(ended);
    }

    @Test
    void beforeTheBootNothingIsTaken() {
        NodeRuntime<Lamps.Root> node = builder(Lamps.store()).build();
        assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.STOPPING);
        assertThatIllegalStateException()
                .isThrownBy(() -> NodeRuntime.of(Lamps.store())
                        .handler(LampEffect.class, (id, effect) -> {})
                        .build())
                .withMessageContaining("CloseHandle has no handler");
    }

    @Test
    void askingGivesTheOutcome() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        assertThat(node.ask("k", ticket -> new LampAction.SwitchOn("desk", 5, ticket), LONG)
                        .get(30, TimeUnit.SECONDS))
                .isEqualTo(new LampOutcome.SwitchedOn("desk", new Ticket("api", 1)));
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
                .isEqualTo(new LampOutcome.SwitchedOn("shelf", new Ticket("api", 2)));
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
    void aFailingReducerEndsTheNodeAndTheLogReplaysToTheSameFailure() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        node.offer(on("desk", 1));
        node.offer(new LampAction.Burst("bang"));
        node.offer(on("shelf", 1));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> node.ended().get(30, TimeUnit.SECONDS))
                .havingCause()
                .isInstanceOf(NodeFailure.class)
                .withMessageContaining("the node stopped at step 3.0: Burst failed")
                .withMessageContaining("The input is in the log the simulated disk: replay it with --to 3");
        assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.STOPPING);
        Replayer.Verified verified = verified();
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.last()).isEqualTo(3);
        assertThat(verified.forced()).isEqualTo(3);
        Store<Lamps.Root> store = Lamps.store();
        assertThat(new Replayer<>(LogReader.open(disk, store), store, false)
                        .recordedAt(3)
                        .orElseThrow()
                        .failed())
                .hasValueSatisfying(text -> assertThat(text).contains("bang"));
    }

    @Test
    void aFailedForceEndsTheNodeAndNoDurableEffectRuns() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        disk.failAfterForces(0);
        node.offer(on("desk", 95));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> node.ended().get(30, TimeUnit.SECONDS))
                .havingCause()
                .isInstanceOf(NodeFailure.class)
                .withMessageContaining("its log the simulated disk cannot be written; it is safe up to input 1")
                .withCauseInstanceOf(LogException.class);
        assertThat(done).extracting(Turn.Emitted::effect).doesNotContain(new LampEffect.Count("desk", 1));
    }

    @Test
    void aFullDiskRefusesNewWorkAndLosesNothing() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded(OPTIONS, 2000);
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        long used = 0;
        for (String name : disk.names()) {
            used += disk.size(name);
        }
        disk.capacity(used + 100);
        int taken = 0;
        Port.Offer offer;
        while ((offer = node.offer(on("lamp" + taken, 1))) == Port.Offer.TAKEN) {
            taken++;
        }
        assertThat(offer).isIn(Port.Offer.DISK_FULL, Port.Offer.FULL);
        await(() -> node.offer(new LampAction.Cut(new Handle("line", 1, 1))) == Port.Offer.DISK_FULL);
        assertThat(node.stats().refusedDiskFull()).isPositive();
        disk.capacity(Long.MAX_VALUE);
        turns.stream().flatMap(turn -> turn.effects().stream()).forEach(emitted -> {
            if (emitted.effect() instanceof LampEffect.Measure measure) {
                node.answer(emitted.id(), new LampAction.Measured(measure.lamp(), 1));
            }
        });
        await(() -> node.offer(new LampAction.Nudge()) == Port.Offer.TAKEN);
        node.stop().get(30, TimeUnit.SECONDS);
        assertThat(verified().divergence()).isEmpty();
        assertThat(verified().last()).isEqualTo(node.state().input()).isGreaterThan(taken);
    }

    @Test
    void stoppingOnAFullDiskEndsAllTheSame() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        disk.capacity(10);
        node.offer(on("desk", 1));
        await(() -> node.offer(new LampAction.Nudge()) == Port.Offer.DISK_FULL);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> node.stop().get(30, TimeUnit.SECONDS))
                .havingCause()
                .withMessageContaining("No space left on device");
    }

    @Test
    void theLogsQueueIsBoundedStallsTheStoreAndLosesNothing() throws Exception {
        NodeRuntime<Lamps.Root> node =
                recorded(new LogOptions(1 << 24, 1 << 30, 1L << 60, 1 << 30, Long.MAX_VALUE / 4, 1), 1000);
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        CountDownLatch release = latch();
        CountDownLatch forcing = new CountDownLatch(1);
        disk.beforeForce(() -> {
            forcing.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        node.offer(on("desk", 95));
        forcing.await();
        int taken = 0;
        while (node.stats().logStalls() == 0) {
            if (node.offer(new LampAction.Glow("none", 0)) == Port.Offer.TAKEN) {
                taken++;
            }
        }
        assertThat(node.stats().logQueued()).isEqualTo(LogThread.QUEUE);
        assertThat(taken).isLessThanOrEqualTo(LogThread.QUEUE + 1000 + 2);
        release.countDown();
        node.stop().get(30, TimeUnit.SECONDS);
        assertThat(verified().last()).isEqualTo(taken + 2);
    }

    @Test
    void aSteppedWallClockIsAnInputAndTimeNeverRunsBackwards() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.stats().inputs() == 1);
        long booted = node.state().now();
        clock.run(2_000_000);
        clock.wall.addAndGet(-3_600_000_000L);
        settle(node);
        assertThat(turns.stream().map(turn -> turn.entry(0)).filter(NodeAction.ClockStepped.class::isInstance))
                .containsExactly(new NodeAction.ClockStepped(booted + 2_000_000 - 3_600_000_000L, -3_600_000_000L));
        assertThat(node.state().now()).isEqualTo(booted + 2_000_000);
        clock.run(2_000_000);
        settle(node);
        assertThat(turns.stream().filter(turn -> turn.entry(0) instanceof NodeAction.ClockStepped))
                .as("once")
                .hasSize(1);
        node.stop().get(30, TimeUnit.SECONDS);
        long last = node.state().now();
        NodeRuntime<Lamps.Root> again = recorded();
        await(() -> again.stats().inputs() == 1);
        assertThat(again.state().now())
                .as("the wall clock is an hour behind the log")
                .isEqualTo(last);
        assertThat(again.state().node().bootedAt()).isEqualTo(clock.wallMicros());
        again.stop().get(30, TimeUnit.SECONDS);
        assertThat(verified().divergence()).isEmpty();
    }

    @Test
    void deadlinesTickWhenTheyAreDue() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        node.offer(on("desk", 1));
        await(() -> node.state().root().lamp().lit() == 1);
        clock.run(Lamps.LIT_MICROS - 1);
        node.offer(new LampAction.Glow("desk", 0));
        await(() -> node.stats().inputs() == 3);
        assertThat(node.state().root().lamp().lit()).isEqualTo(1);
        clock.run(1);
        node.offer(new LampAction.Glow("none", 0));
        await(() -> node.state().root().lamp().lit() == 0);
        assertThat(turns.stream().filter(turn -> turn.entry(0) instanceof NodeAction.Tick))
                .hasSize(1);
    }

    @Test
    void theWatchdogCountsInputsThatLeadToTooMuch() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        node.offer(on("desk", 1));
        node.offer(new LampAction.Glow("desk", 998));
        await(() -> node.stats().inputs() == 3);
        assertThat(node.stats().slow()).isZero();
        node.offer(new LampAction.Glow("desk", 1001));
        await(() -> node.stats().slow() == 1);
    }

    @Test
    void aHandlerOrAWatcherThatThrowsIsCountedAndTheNodeLives() throws Exception {
        NodeRuntime<Lamps.Root> node = started(NodeRuntime.of(Lamps.store())
                .clock(clock)
                .handler(LampEffect.class, (id, effect) -> {
                    done.add(new Turn.Emitted(id, effect));
                    throw new IllegalStateException("a bug");
                })
                .handler(NodeEffect.class, (id, effect) -> {}));
        node.watch(turn -> {
            throw new IllegalStateException("another bug");
        });
        node.offer(on("desk", 1));
        next();
        next();
        await(() -> node.stats().handlerFailures() == 2);
        await(() -> node.stats().queued() == 0);
        node.offer(on("shelf", 1));
        assertThat(next().effect()).isEqualTo(new LampEffect.Measure("shelf"));
    }

    @Test
    void readersSeeWholeStates() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()).clock(NodeClock.SYSTEM));
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Long>> readers = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            readers.add(CompletableFuture.supplyAsync(() -> {
                long last = 0;
                long reads = 0;
                while (!over.get() || reads == 0) {
                    StoreState<Lamps.Root> state = node.state();
                    assertThat(state.input()).isGreaterThanOrEqualTo(last);
                    last = state.input();
                    Lamps.State lamps = state.root().lamp();
                    lamps.lamps()
                            .each((name, lamp) -> assertThat(lamp.at() != Due.NEVER)
                                    .isEqualTo(lamp.phase() instanceof Lamps.Phase.Lit));
                    reads++;
                    Thread.yield();
                }
                return reads;
            }));
        }
        for (int i = 0; i < 5000; i++) {
            LampAction action = i % 2 == 0 ? on("lamp" + i % 20, 1) : new LampAction.SwitchOff("lamp" + (i - 1) % 20);
            await(() -> node.offer(action) == Port.Offer.TAKEN);
        }
        await(() -> node.stats().inputs() >= 5001);
        over.set(true);
        for (CompletableFuture<Long> reader : readers) {
            assertThat(reader.get(30, TimeUnit.SECONDS)).isPositive();
        }
    }

    @Test
    void snapshotsAreTakenAtTheBootAsTheLogGrowsByTimeAndAtAnOrderlyStop() throws Exception {
        long bytes = 20_000;
        LogOptions options = new LogOptions(1 << 20, 1 << 30, 1L << 60, bytes, 600_000_000, 1);
        NodeRuntime<Lamps.Root> node = recorded(options, 1000);
        await(() -> node.stats().snapshots() == 1);
        for (int i = 0; i < 200; i++) {
            await(() -> node.offer(new LampAction.Glow("none", 0)) == Port.Offer.TAKEN);
        }
        // A frame has some 200 bytes. The state after the next input is taken.
        await(() -> {
            settle(node);
            return node.stats().snapshots() > 1;
        });
        // Nothing more is in work that growth has asked for.
        settle(node);
        long grown = node.stats().snapshots();
        clock.run(600_000_001);
        await(() -> {
            settle(node);
            return node.stats().snapshots() > grown;
        });
        node.stop().get(30, TimeUnit.SECONDS);
        List<Long> snapshots = LogReader.open(disk, Lamps.store()).snapshots();
        assertThat(snapshots).startsWith(1L).endsWith(node.state().input()).hasSizeBetween(4, 8);
    }

    @Test
    void figuresAddUp() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        node.offer(on("desk", 1));
        node.offer(on("desk", 1));
        await(() -> node.stats().inputs() == 3);
        node.stop().get(30, TimeUnit.SECONDS);
        RuntimeStats stats = node.stats();
        assertThat(stats.inputs()).isEqualTo(3);
        assertThat(stats.actions())
                .isEqualTo(turns.stream().mapToLong(Turn::size).sum())
                .isEqualTo(1 + 6 + 1);
        assertThat(stats.rejections()).isEqualTo(1);
        assertThat(stats.effects()).isEqualTo(2);
        assertThat(stats.forced()).isEqualTo(3);
        assertThat(stats.logQueued()).isZero();
        List<Frame> frames = new ArrayList<>();
        try (LogReader<Lamps.Root>.Cursor cursor =
                LogReader.open(disk, Lamps.store()).cursor(1)) {
            for (var next = cursor.next(); next.isPresent(); next = cursor.next()) {
                frames.add(next.get());
            }
        }
        assertThat(frames).filteredOn(Frame.Recorded.class::isInstance).hasSize(3);
    }
}
