package dev.dunlin.core.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logs some of whose runs had a machine that others had not, which hears of what the first one does. */
final class FewerMachinesTest {

    /** When something is due. */
    record Timer(long at) implements Due {}

    /** What the first machine counts, and the timers that it has set. */
    record Till(long sum, Table<String, Timer> timers) {}

    /** What the second machine has heard, and how often it was started. */
    record Clerk(long boots, long heard, Table<String, Timer> timers) {}

    /** Both. */
    record Shop(Till till, Clerk clerk) {}

    /** What the first machine takes. */
    sealed interface TillAction extends Action {
        /** A sale. */
        record Sold(long price) implements TillAction {}

        /** A timer is set. */
        record Wound(String timer, long within) implements TillAction {}

        /** It has rung. */
        record Rang(String timer) implements TillAction {}

        /** Somebody asks for the price. */
        record Priced() implements TillAction {}

        /** The answer. */
        record Known(long price) implements TillAction {}
    }

    /** What the first machine asks of the world. */
    sealed interface TillEffect extends Effect {
        /** The price. */
        record Ask() implements TillEffect, Effect.Request {}
    }

    /** What the second machine takes. */
    sealed interface ClerkAction extends Action {
        /** A sale, or a question. */
        record Heard() implements ClerkAction {}

        /** Its own timer has rung. */
        record Woken(String timer) implements ClerkAction {}
    }

    private static final Till CLOSED = new Till(0, Table.empty());
    private static final Clerk ABSENT = new Clerk(0, 0, Table.empty());
    private static final long BROKEN = 1_000_000;

    private static final Machine<Object, Till, TillAction> TILL = Machine.of("till", CLOSED)
            .actions(TillAction.class, TillEffect.class)
            .guards(Guards.<Object, Till, TillAction>of()
                    .always(TillAction.Sold.class)
                    .always(TillAction.Wound.class)
                    .always(TillAction.Rang.class)
                    .always(TillAction.Priced.class)
                    .always(TillAction.Known.class)
                    .build())
            .reduces((own, action, ctx) -> switch (action) {
                case TillAction.Sold(long price) -> new Till(own.sum() + price, own.timers());
                case TillAction.Wound(String timer, long within) ->
                    new Till(own.sum(), own.timers().with(timer, new Timer(ctx.now() + within)));
                case TillAction.Rang(String timer) ->
                    new Till(own.sum() + 1, own.timers().without(timer));
                case TillAction.Priced() -> {
                    ctx.effect(new TillEffect.Ask());
                    yield own;
                }
                case TillAction.Known(long price) -> new Till(own.sum() + price, own.timers());
            })
            .due(TillAction.Rang.class, Till::timers, TillAction.Rang::new)
            .invariants(List.of(new Invariant<>(
                    "affordable", own -> own.sum() < BROKEN ? Optional.empty() : Optional.of("it is dear"))))
            .budget(1 << 20);

    private static final Machine<Object, Clerk, ClerkAction> CLERK = Machine.of("clerk", ABSENT)
            .actions(ClerkAction.class)
            .boots((own, booted, ctx) -> new Clerk(
                    own.boots() + 1,
                    own.heard(),
                    own.timers()
                            .with("soon" + booted.run(), new Timer(ctx.now() + 1_000_000))
                            .with("late" + booted.run(), new Timer(ctx.now() + 50_000_000))))
            .guards(Guards.<Object, Clerk, ClerkAction>of()
                    .always(ClerkAction.Heard.class)
                    .always(ClerkAction.Woken.class)
                    .build())
            .reduces((own, action, ctx) -> switch (action) {
                case ClerkAction.Heard() -> new Clerk(own.boots(), own.heard() + 1, own.timers());
                case ClerkAction.Woken(String timer) ->
                    new Clerk(own.boots(), own.heard(), own.timers().without(timer));
            })
            .due(ClerkAction.Woken.class, Clerk::timers, ClerkAction.Woken::new)
            .on(TillAction.Sold.class, sold -> new ClerkAction.Heard())
            .on(TillAction.Priced.class, asked -> new ClerkAction.Heard())
            .budget(1 << 20);

    private static Store<Shop> store(boolean both) {
        Store.Builder<Shop> store = Store.of(new Shop(CLOSED, ABSENT));
        if (both) {
            // Before the other, so that it takes the first places of what an input leads to.
            store.mount(CLERK, Shop::clerk, (shop, changed) -> new Shop(shop.till(), changed));
        }
        return store.mount(TILL, Shop::till, (shop, changed) -> new Shop(changed, shop.clerk()))
                .build();
    }

    private static Store<Shop> all() {
        return store(true);
    }

    private final SimDisk disk = new SimDisk();
    private final Map<Long, StoreState<Shop>> live = new HashMap<>();
    private final Random random = new Random(7);
    private final List<ActionId> asked = new ArrayList<>();
    private long at = 1_000_000;
    private long last;

    /** One run of the node. */
    private void run(boolean both, int steps, boolean endsInSnapshot, TillAction... more) throws IOException {
        Store<Shop> store = store(both);
        LogOptions options = new LogOptions(8 << 10, 64 << 20, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);
        asked.clear();
        try (LogWriter log = ActionLog.open(disk, store, options, "test").writer()) {
            take(
                    store,
                    log,
                    Input.of(new NodeAction.Booted(store.state().node().run() + 1, "test", Table.empty(), at, 7)));
            for (int i = 0; i < steps; i++) {
                at += random.nextInt(300_000);
                Optional<Input> tick = store.dueTick(at);
                take(store, log, tick.isPresent() ? tick.get() : drawn());
            }
            for (TillAction action : more) {
                take(store, log, action instanceof TillAction.Known ? answer(action) : Input.of(action));
            }
            log.force();
            if (endsInSnapshot) {
                log.snapshot(store, store.state());
            }
        }
    }

    private Input drawn() {
        return switch (random.nextInt(4)) {
            case 0 -> Input.of(new TillAction.Sold(random.nextInt(9)));
            case 1 -> Input.of(new TillAction.Wound("t" + random.nextInt(5), random.nextInt(900_000)));
            case 2 -> Input.of(new TillAction.Priced());
            default -> asked.isEmpty() ? Input.of(new TillAction.Sold(1)) : answer(new TillAction.Known(3));
        };
    }

    private Input answer(TillAction known) {
        return new Input(known, asked.removeLast());
    }

    private void take(Store<Shop> store, LogWriter log, Input input) throws IOException {
        Turn turn = store.apply(input, Math.max(at, store.state().now()));
        log.append(turn);
        turn.effects().stream()
                .filter(emitted -> emitted.effect() instanceof TillEffect.Ask)
                .forEach(emitted -> asked.add(emitted.id()));
        last = turn.number();
        live.put(last, store.state());
    }

    /** With the second machine in runs 2 and 4, a snapshot at the end of the second, and where it is said. */
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, true"})
    void itComesAndGoesAndComesAgain(boolean afterThird, boolean afterFourth) throws IOException {
        run(false, 60, false);
        run(true, 60, true);
        run(false, 60, afterThird);
        run(true, 60, afterFourth);
        LogReader<Shop> log = LogReader.open(disk, all());
        assertThat(new Replayer<>(log, all(), false).verify(step -> {}).divergence())
                .isEmpty();
        assertThat(live(last).root().clerk().boots())
                .as("what it knew is gone with the run that it was not in")
                .isEqualTo(1);
        Replayer<Shop> replayer = new Replayer<>(log, all(), false);
        for (long step = last; step >= 1; step--) {
            isLive(replayer, step);
        }
        for (int i = 0; i < 100; i++) {
            isLive(replayer, 1 + random.nextInt((int) last));
        }
    }

    private StoreState<Shop> live(long step) {
        return Objects.requireNonNull(live.get(step));
    }

    private void isLive(Replayer<Shop> replayer, long step) {
        replayer.seek(step);
        assertThat(Content.digest(replayer.state().root()))
                .as("after step %s", step)
                .isEqualTo(Content.digest(live(step).root()));
    }

    @Test
    void exportedStepsOverTheBoundaryAreWhatWasRecorded() throws IOException {
        run(false, 20, false);
        long boundary = last;
        run(true, 20, false);
        LogReader<Shop> log = LogReader.open(disk, all());
        Replayer<Shop> replayer = new Replayer<>(log, all(), false);
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        long from = boundary - 5;
        new JUnitExport("com.example", "ShopTest", "x").write(log, replayer, from, last, lines);
        try (RecordedSteps<Shop> steps = RecordedSteps.open(all(), new ByteArrayInputStream(lines.toByteArray()))) {
            for (long step = from; step <= last; step++) {
                assertThat(steps.next())
                        .isEqualTo(
                                RecordedSteps.Step.of(replayer.recordedAt(step).orElseThrow()));
            }
        }
    }

    /** What is inserted before the second machine's first boot, or behind a run without it, it does not hear. */
    @Test
    void whatIsInsertedIsHeardByThoseWhoWereThere() throws IOException {
        run(false, 10, false);
        long boundary = last;
        assertThat(heardOf(last + 1)).isFalse();
        run(true, 10, false);
        assertThat(heardOf(boundary + 1)).isFalse();
        assertThat(heardOf(boundary + 2)).isTrue();
    }

    private boolean heardOf(long at) {
        LogReader<Shop> log = LogReader.open(disk, all());
        WhatIf.Outcome outcome = new WhatIf<>(log, FewerMachinesTest::all, false)
                .run(
                        at,
                        new Edit.Insert(new LoggedAction(new TillAction.Sold(5), Optional.empty())),
                        Long.MAX_VALUE,
                        10);
        assertThat(outcome.stopped()).isEmpty();
        return outcome.machines().contains("clerk");
    }

    /** A small log has all machines of the program: other places in an input are those of its requests. */
    @Test
    void aSmallLogOfARunWithoutItBreaksTheSame() throws IOException {
        run(false, 30, false, new TillAction.Priced(), new TillAction.Known(BROKEN));
        run(true, 10, false);
        LogShrinker<Shop> shrinker = new LogShrinker<>(LogReader.open(disk, all()), FewerMachinesTest::all);
        LogShrinker.Small small = shrinker.shrink(500, runs -> {}).orElseThrow();
        assertThat(small.kept()).hasSize(2);
        SimDisk to = new SimDisk();
        shrinker.write(small, to, "small");
        assertThat(new LogShrinker<>(LogReader.open(to, all()), FewerMachinesTest::all)
                        .shrink(500, runs -> {})
                        .orElseThrow()
                        .broken())
                .isEqualTo(small.broken());
        assertThat(new Replayer<>(LogReader.open(to, all()), all(), false)
                        .verify(step -> {})
                        .divergence())
                .isEmpty();
    }

    @Test
    void ofNoMachinesNoneTakesPart() {
        for (Set<String> none : List.of(Set.<String>of(), new TreeSet<String>())) {
            Store<Shop> store = all();
            store.only(none);
            store.apply(Input.of(new NodeAction.Booted(1, "test", Table.empty(), 1, 7)), 1);
            assertThat(store.state().root().clerk()).isEqualTo(ABSENT);
        }
    }
}
