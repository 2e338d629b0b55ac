package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.NodeState;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class NodeRuntimeTest extends RunningLamps {

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
    void aRequestWithoutAnAnswerIsShownWithItsAgeAndLostAtLast() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        assertThat(node.offer(on("desk", 1))).isEqualTo(Port.Offer.TAKEN);
        ActionId asked = next().id();
        next();
        clock.run(90_000_000);
        settle(node);
        await(() -> node.stats().oldestRequestMicros() == 90_000_000);
        assertThat(node.stats().requests()).isEqualTo(1);
        clock.run(EffectDesk.LOST);
        settle(node);
        await(() -> node.stats().lostRequests() == 1);
        assertThat(node.stats().requests()).isZero();
        node.answer(asked, new LampAction.Measured("desk", 5));
        await(() -> node.stats().strayAnswers() == 1);
    }

    @Test
    void theWatchdogTellsOfAnInputWhileItTakesTooLong() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        settle(node);
        // On a machine with much to do, what came before may have taken too long, too.
        long before = node.stats().slow();
        CountDownLatch release = hold(node);
        await(() -> node.stats().stuckMicros() > 200_000);
        release.countDown();
        await(() -> node.stats().slow() > before && node.stats().stuckMicros() == 0);
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
        // The state is published before watchers are told.
        settle(node);
        assertThat(turns.stream().filter(turn -> turn.entry(0) instanceof NodeAction.Tick))
                .hasSize(1);
    }

    /** On a machine with much to do any input may take too long: of those that lead to few enough not all do. */
    @Test
    void theWatchdogCountsInputsThatLeadToTooMuch() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        node.offer(on("desk", 1));
        settle(node);
        assertThat(counted(node, 998)).isLessThan(GLOWS);
        assertThat(counted(node, 1001)).isGreaterThanOrEqualTo(GLOWS);
    }

    private static final int GLOWS = 20;

    /** How many the watchdog counts of some inputs that lead to so many more each. */
    private static long counted(NodeRuntime<Lamps.Root> node, int more) {
        long before = node.stats().slow();
        for (int i = 0; i < GLOWS; i++) {
            assertThat(node.offer(new LampAction.Glow("desk", more))).isEqualTo(Port.Offer.TAKEN);
        }
        settle(node);
        return node.stats().slow() - before;
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
        try (LogCursor cursor = LogReader.open(disk, Lamps.store()).cursor(1)) {
            for (var next = cursor.next(); next.isPresent(); next = cursor.next()) {
                frames.add(next.get());
            }
        }
        assertThat(frames).filteredOn(Frame.Recorded.class::isInstance).hasSize(3);
    }

    @Test
    void aSecondAnswerDoesNotCloseWhatTheStateHolds() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        node.offer(on("desk", 1));
        ActionId asked = next().id();
        Handle line = new Handle("line", 1, 7);
        node.answer(asked, new LampAction.Wired(line, "desk"));
        node.answer(asked, new LampAction.Wired(line, "desk"));
        await(() -> node.stats().strayAnswers() == 1);
        settle(node);
        assertThat(closed).isEmpty();
        assertThat(node.state().root().lamp().lines().has(line)).isTrue();
        assertThat(node.state().node().handles()).isEqualTo(Table.of(line, NodeState.Holding.STATE));
        // What it does not hold is closed.
        node.answer(asked, new LampAction.Wired(new Handle("line", 1, 8), "desk"));
        assertThat(closed.poll(30, TimeUnit.SECONDS)).isEqualTo(new Handle("line", 1, 8));
        node.ended(new LampAction.Cut(line));
        await(() -> node.stats().handles() == 0);
    }

    /** Seen to fail without {@code Math.max(now, store.state().now())}: the store refuses such an input, and the node dies. */
    @Test
    void aClockThatRunsBackwardsStopsNothing() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        clock.run(5_000_000);
        settle(node);
        long before = node.state().now();
        clock.monotonic.addAndGet(-3_000_000_000L);
        node.offer(on("desk", 1));
        settle(node);
        assertThat(node.state().now()).isEqualTo(before);
        assertThat(node.state().root().lamp().lit()).isEqualTo(1);
        assertThat(node.ended()).isNotDone();
        clock.run(4_000_000);
        settle(node);
        assertThat(node.state().now()).isEqualTo(before + 1_000_000);
    }

    @Test
    void stoppingBeforeStartingEndsAtOnce() throws Exception {
        NodeRuntime<Lamps.Root> plain = builder(Lamps.store()).build();
        plain.stop().get(10, TimeUnit.SECONDS);
        assertThat(plain.ended()).isCompleted();
        assertThat(plain.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.STOPPING);
        assertThat(plain.stop()).as("twice").isCompleted();

        // With a log, of no run and of one.
        for (int run = 1; run <= 2; run++) {
            Store<Lamps.Root> store = Lamps.store();
            NodeRuntime<Lamps.Root> logged = builder(store)
                    .log(ActionLog.open(disk, store, OPTIONS, "test").writer(), OPTIONS)
                    .build();
            logged.stop().get(10, TimeUnit.SECONDS);
            assertThat(logged.ended()).isCompleted();
            NodeRuntime<Lamps.Root> next = recorded();
            next.offer(on("desk" + run, 1));
            next.stop().get(30, TimeUnit.SECONDS);
            assertThat(next.state().node().run()).isEqualTo(run);
            assertThat(verified().divergence()).isEmpty();
            assertThat(verified().last()).isEqualTo(next.state().input()).isEqualTo(run * 2);
        }
    }

    @Test
    void aWatcherThatAssertsInVainDoesNotStopTheNode() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        node.watch(turn -> {
            throw new AssertionError("a test's own watcher");
        });
        List<Turn> behind = new CopyOnWriteArrayList<>();
        node.watch(behind::add);
        node.offer(on("desk", 1));
        await(() -> node.ended().isDone() || !behind.isEmpty());
        assertThat(node.ended()).isNotDone();
        settle(node);
        assertThat(behind).as("the watchers behind it").hasSizeGreaterThanOrEqualTo(2);
    }
}
