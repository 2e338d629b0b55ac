package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.runtime.EffectHandlers;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.runtime.RuntimeStats;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Inputs whose numbers no int holds, and the ends of what a long and a file's name hold. */
@Timeout(120)
final class FarNumbersTest {

    private static final LogOptions OPTIONS =
            new LogOptions(1 << 14, 1 << 30, Long.MAX_VALUE / 4, 1 << 15, Long.MAX_VALUE / 4, 1);
    private static final int MANY = 600;

    private static LampAction on(String lamp, int brightness) {
        return new LampAction.SwitchOn(lamp, brightness, Ticket.NONE);
    }

    private static SimDisk disk(long inputs) throws IOException {
        SimDisk disk = new SimDisk();
        FarLog.begin(disk, OPTIONS, inputs);
        return disk;
    }

    private static void await(NodeRuntime<?> node, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            if (node.ended().isDone()) {
                node.ended().join();
            }
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it does not come: " + node.stats());
            }
            Thread.yield();
        }
    }

    /** A run of a node: lamps are switched on, measured and counted. Returns its turns. */
    private static List<Turn> run(SimDisk disk, long before) throws Exception {
        Store<Lamps.Root> store = Lamps.store();
        ActionLog.Opened opened = ActionLog.open(disk, store, OPTIONS, "test");
        assertThat(opened.lastInput()).isEqualTo(before);
        assertThat(opened.tail()).isEmpty();
        assertThat(opened.notes()).isEmpty();
        List<Turn> turns = new CopyOnWriteArrayList<>();
        List<Long> counted = new CopyOnWriteArrayList<>();
        AtomicReference<Port> port = new AtomicReference<>();
        NodeRuntime<Lamps.Root> node = NodeRuntime.of(store)
                .log(opened.writer(), OPTIONS)
                .handler(LampEffect.class, (id, effect) -> {
                    switch (effect) {
                        case LampEffect.Measure(String lamp) ->
                            port.get().answer(id, new LampAction.Measured(lamp, id.input()));
                        case LampEffect.Count _ -> counted.add(id.input());
                        case LampEffect.Ring _ -> {
                            // Nobody listens.
                        }
                    }
                })
                .handler(NodeEffect.class, EffectHandlers.closing(Map.of("line", handle -> {})))
                .build();
        port.set(node);
        node.watch(turns::add);
        node.start("test", Table.empty(), before);
        for (int i = 0; i < MANY; i++) {
            Action action = i % 3 == 0 ? new LampAction.SwitchOff("lamp" + i / 3) : on("lamp" + i / 3, i % 100);
            await(node, () -> node.offer(action) == Port.Offer.TAKEN);
        }
        await(node, () -> node.stats().queued() == 0 && node.stats().requests() == 0);
        RuntimeStats last = node.stats();
        node.stop().get(60, TimeUnit.SECONDS);
        assertThat(last.strayAnswers()).isZero();
        assertThat(node.forced()).isEqualTo(node.state().input());
        assertThat(turns)
                .extracting(Turn::number)
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(before + 1, node.state().input())
                                .boxed()
                                .toList());
        assertThat(counted)
                .as("durable effects come when their input is forced")
                .containsExactlyElementsOf(
                        turns.stream().filter(Turn::durable).map(Turn::number).toList())
                .isNotEmpty();
        return turns;
    }

    private static Replayer.Verified verified(SimDisk disk) {
        Store<Lamps.Root> store = Lamps.store();
        Replayer<Lamps.Root> replayer = new Replayer<>(LogReader.open(disk, store), store, false);
        try {
            return replayer.verify(step -> {});
        } finally {
            replayer.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 31, 1L << 32, 1L << 48, 999_999_999_990_000L})
    void aNodeGoesOnAndItsLogIsReadAgain(long bound) throws Exception {
        long before = bound - MANY / 2;
        SimDisk disk = disk(before);
        List<Turn> first = run(disk, before);
        assertThat(first.getFirst().number()).isLessThan(bound);
        assertThat(first.getLast().number()).isGreaterThan(bound);
        assertThat(first)
                .as("answers to requests of both sides")
                .anyMatch(turn -> turn.input().answers().input() > bound)
                .anyMatch(turn -> turn.input().answers().input() > 0
                        && turn.input().answers().input() < bound);
        Replayer.Verified verified = verified(disk);
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.first()).isEqualTo(before + 1);
        assertThat(verified.last()).isEqualTo(first.getLast().number());
        // The next run goes on behind it, and both are one log.
        List<Turn> second = run(disk, first.getLast().number());
        verified = verified(disk);
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.last()).isEqualTo(second.getLast().number());
        assertThat(verified.inputs()).isEqualTo(first.size() + second.size());
    }

    /** A replay to any step on both sides of the bound, and the answer that refers to an effect there. */
    @Test
    void aReplayGoesToAnyStep() throws Exception {
        long bound = 1L << 31;
        SimDisk disk = disk(bound - MANY / 2);
        List<Turn> turns = run(disk, bound - MANY / 2);
        Store<Lamps.Root> store = Lamps.store();
        Replayer<Lamps.Root> replayer = new Replayer<>(LogReader.open(disk, store), store, false);
        try {
            for (long to :
                    new long[] {bound - 1, bound, bound + 1, turns.getLast().number(), bound - 1}) {
                replayer.seek(to);
                assertThat(replayer.state().input()).isEqualTo(to);
                Turn turn = turns.get((int) (to - turns.getFirst().number()));
                assertThat(replayer.recordedAt(to).orElseThrow().input()).isEqualTo(turn.input());
                assertThat(replayer.mismatchAt(to)).isEmpty();
            }
        } finally {
            replayer.close();
        }
    }

    // The ends

    @Test
    void anActionIdHasTheNumbersOfALongAndNoMore() {
        ActionId last = new ActionId(Long.MAX_VALUE, Integer.MAX_VALUE);
        assertThat(ActionId.parse(last.toString())).isEqualTo(last);
        assertThat(last).isGreaterThan(new ActionId(Long.MAX_VALUE, 0)).isGreaterThan(new ActionId(1L << 32, 7));
        assertThat(new ActionId(1L << 31, 0)).isGreaterThan(new ActionId((1L << 31) - 1, 9));
        for (String beyond : List.of(
                "9223372036854775808.0", "18446744073709551617.0", "-1.0", "1.2147483648", "1.-1", "1.4294967297")) {
            assertThatIllegalArgumentException().isThrownBy(() -> ActionId.parse(beyond));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> new ActionId(Long.MAX_VALUE + 1, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new ActionId(1, Integer.MAX_VALUE + 1));
    }

    @Test
    void theLastInputThatHasANumberIsTakenAndTheNextRefused() {
        Store<Lamps.Root> store = FarLog.store(Long.MAX_VALUE - 2);
        assertThat(store.apply(Input.of(on("shelf", 95)), FarLog.AT).id(1).input())
                .isEqualTo(Long.MAX_VALUE - 1);
        Turn last = store.apply(Input.of(on("stove", 95)), FarLog.AT);
        assertThat(last.effects()).allMatch(emitted -> emitted.id().input() == Long.MAX_VALUE);
        StoreState<Lamps.Root> state = store.state();
        for (Action action : List.of(on("lamp", 95), new LampAction.Glow("none", 0))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> store.apply(Input.of(action), FarLog.AT))
                    .withMessageContaining("no further input number");
            assertThat(store.state()).as("nothing has happened").isSameAs(state);
        }
    }

    /** A file's name has fifteen digits: that is thirty years of a million inputs a second. */
    @Test
    void aLogEndsWhereItsFilesHaveNoNamesAnyMore() throws Exception {
        long end = 1_000_000_000_000_000L;
        SimDisk disk = disk(end - 2);
        Store<Lamps.Root> store = Lamps.store();
        try (LogWriter writer = ActionLog.open(disk, store, OPTIONS, "test").writer()) {
            writer.append(store.apply(Lamps.boot(2, FarLog.AT), FarLog.AT));
            writer.append(store.apply(Input.of(on("shelf", 95)), FarLog.AT));
            writer.force();
            assertThat(store.state().input()).isEqualTo(end);
            assertThatExceptionOfType(LogException.class)
                    .isThrownBy(() -> writer.snapshot(store, store.state()))
                    .withMessageContaining("999999999999999");
        }
        assertThat(verified(disk).last()).as("what was taken is there").isEqualTo(end);
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> ActionLog.open(disk, Lamps.store(), OPTIONS, "test"))
                .withMessageContaining("999999999999999");
    }

    @Test
    void handlesHaveTheNumbersOfALong() {
        Handle last = new Handle("line", Long.MAX_VALUE, Long.MAX_VALUE);
        assertThat(Handle.parse(last.toString())).isEqualTo(last);
        assertThatIllegalArgumentException().isThrownBy(() -> Handle.parse("line:1:9223372036854775808"));
    }
}
