package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** The node's time and what the wall clock says besides, without a clock. */
final class NodeTimeTest {

    private static final long SECOND = 1_000_000;
    private static final long HOUR = 3_600 * SECOND;
    private static final long MONTH = 30 * 24 * HOUR;
    private static final long WALL = 1_800_000_000 * SECOND;
    private static final long STEP = SECOND / 2;

    /** What a machine reads of the two times. */
    record Times(long now, long wall) {}

    record Root(Times watch) {}

    sealed interface WatchAction extends Action {
        record Look() implements WatchAction {}
    }

    private static final Machine<Object, Times, WatchAction> WATCH = Machine.of("watch", new Times(0, 0))
            .actions(WatchAction.class)
            .guards(Guards.<Object, Times, WatchAction>of()
                    .always(WatchAction.Look.class)
                    .build())
            .reduces((own, action, ctx) -> new Times(ctx.now(), ctx.wallTime()))
            .budget(64);

    /** Runs of one node: clocks that a test sets, a store that goes on. */
    private static final class Node {
        final Store<Root> store = Store.of(new Root(new Times(0, 0)))
                .mount(WATCH, Root::watch, (root, changed) -> new Root(changed))
                .build();
        long wall = WALL;
        long monotonic = 77 * SECOND;
        NodeTime time = new NodeTime(0, 0, 0);

        void boot() {
            time = new NodeTime(store.state().now(), wall, monotonic);
            long run = store.state().node().run() + 1;
            take(Input.of(new NodeAction.Booted(run, "test", Table.empty(), wall, run)));
        }

        /** Time passes, on both clocks. */
        void run(long micros) {
            wall += micros;
            monotonic += micros;
        }

        Optional<NodeAction.ClockStepped> check() {
            Optional<NodeAction.ClockStepped> stepped = time.check(monotonic, wall);
            stepped.ifPresent(action -> take(Input.of(action)));
            return stepped;
        }

        // Not before the last: the store refuses a time that runs backwards.
        void take(Input input) {
            store.apply(input, time.at(monotonic));
        }

        Times look() {
            take(Input.of(new WatchAction.Look()));
            return store.state().root().watch();
        }
    }

    @Example
    void theFirstRunBeginsAtTheWallClockAndLaterOnesWhereTheLastEnded() {
        Node node = new Node();
        node.boot();
        assertThat(node.look()).isEqualTo(new Times(WALL, WALL));
        node.run(10 * SECOND);
        assertThat(node.look()).isEqualTo(new Times(WALL + 10 * SECOND, WALL + 10 * SECOND));
        // A week without a node, and another origin of the clock that only runs forward.
        node.wall += 7 * 24 * HOUR;
        node.monotonic = 3;
        node.boot();
        assertThat(node.look()).isEqualTo(new Times(WALL + 10 * SECOND, node.wall));
        node.run(1);
        assertThat(node.look()).isEqualTo(new Times(WALL + 10 * SECOND + 1, node.wall));
    }

    @Example
    void aBootWithTheClockAMonthAheadHealsAtTheNextCorrection() {
        Node node = new Node();
        node.boot();
        node.run(10 * SECOND);
        long before = node.look().now();
        node.wall += MONTH;
        node.boot();
        assertThat(node.look()).isEqualTo(new Times(before, WALL + 10 * SECOND + MONTH));
        node.run(SECOND);
        assertThat(node.check()).as("nothing is wrong with it yet").isEmpty();
        node.wall -= MONTH;
        node.run(SECOND);
        assertThat(node.check()).contains(new NodeAction.ClockStepped(WALL + 12 * SECOND, 0));
        assertThat(node.look())
                .as("both right, and time went on")
                .isEqualTo(new Times(before + 2 * SECOND, WALL + 12 * SECOND));
        node.run(SECOND);
        assertThat(node.check()).as("once").isEmpty();
    }

    @Example
    void aFirstBootWithTheClockAMonthAheadHealsTooAndTimeNeverGoesBack() {
        Node node = new Node();
        node.wall += MONTH;
        node.boot();
        node.run(SECOND);
        node.wall -= MONTH;
        assertThat(node.check()).contains(new NodeAction.ClockStepped(WALL + SECOND, -MONTH));
        assertThat(node.look()).isEqualTo(new Times(WALL + MONTH + SECOND, WALL + SECOND));
        node.run(SECOND);
        node.boot();
        assertThat(node.look())
                .as("a boot with the right clock")
                .isEqualTo(new Times(WALL + MONTH + SECOND, WALL + 2 * SECOND));
    }

    @Example
    void aSuspendIsNoticed() {
        Node node = new Node();
        node.boot();
        node.run(SECOND);
        assertThat(node.check()).isEmpty();
        // While the machine sleeps, only the wall clock runs.
        node.wall += 8 * HOUR;
        assertThat(node.check()).contains(new NodeAction.ClockStepped(WALL + SECOND + 8 * HOUR, 8 * HOUR));
        assertThat(node.look()).isEqualTo(new Times(WALL + SECOND, WALL + SECOND + 8 * HOUR));
    }

    @Example
    void halfASecondIsAStepAndLessIsNone() {
        for (long sign : new long[] {1, -1}) {
            Node node = new Node();
            node.boot();
            node.wall += sign * (STEP - 1);
            assertThat(node.check()).isEmpty();
            node.wall += sign;
            assertThat(node.check()).contains(new NodeAction.ClockStepped(WALL + sign * STEP, sign * STEP));
        }
    }

    @Example
    void theWallClockIsReadOnceASecond() {
        NodeTime time = new NodeTime(0, WALL, 5);
        assertThat(time.checks(5 + SECOND - 1)).isFalse();
        assertThat(time.checks(5 + SECOND)).isTrue();
        assertThat(time.checks(5 + 9 * SECOND)).as("until it was").isTrue();
        assertThat(time.check(5 + 9 * SECOND, WALL + 9 * SECOND)).isEmpty();
        assertThat(time.checks(5 + 10 * SECOND - 1)).isFalse();
        assertThat(time.checks(5 + 10 * SECOND)).isTrue();
    }

    /** A clock that gains or loses a little every second is followed in steps, and never more than one of them off. */
    @Property(tries = 200)
    void aSlowDriftIsFollowed(@ForAll @IntRange(min = -200_000, max = 200_000) int perSecond) {
        Node node = new Node();
        node.boot();
        int steps = 0;
        for (int second = 0; second < 2_000; second++) {
            node.run(SECOND);
            node.wall += perSecond;
            steps += node.check().isPresent() ? 1 : 0;
            Times seen = node.look();
            assertThat(seen.now()).isEqualTo(node.store.state().now());
            assertThat(Math.abs(seen.wall() - node.wall)).isLessThan(STEP);
        }
        // Each step takes in at least half a second of what was gained, and less than that is never left out for ever.
        long gained = 2_000L * Math.abs(perSecond);
        assertThat((long) steps).isBetween(gained / (STEP + Math.abs(perSecond)), gained / STEP);
    }

    /** Whatever the wall clock does and however often the node boots, its own time runs as the clock that runs forward. */
    @Property
    void theNodesTimeNeverGoesBackAndTheWallTimeIsRightAfterEachCheck(
            @ForAll @Size(max = 60) List<@LongRange(min = -3, max = 40) Long> moves,
            @ForAll @LongRange(min = -2 * MONTH, max = 2 * MONTH) long wrong) {
        Node node = new Node();
        node.wall += wrong;
        node.boot();
        List<Long> times = new ArrayList<>();
        long first = node.store.state().now();
        long ran = 0;
        for (long move : moves) {
            switch ((int) move) {
                case -1 -> node.wall += wrong;
                case -2 -> node.wall -= HOUR;
                case -3 -> {
                    node.look();
                    node.monotonic = Math.abs(wrong);
                    node.boot();
                }
                default -> {
                    node.run(move * 100_000);
                    ran += move * 100_000;
                }
            }
            node.check();
            Times seen = node.look();
            assertThat(Math.abs(seen.wall() - node.wall)).isLessThan(STEP);
            times.add(seen.now());
        }
        assertThat(times).isSorted();
        assertThat(node.look().now()).as("not a microsecond more or less").isEqualTo(first + ran);
    }

    @Property
    void theMonotonicClockIsFoundFromTheNodesTime(
            @ForAll @LongRange(min = 1, max = 4 * WALL) long last,
            @ForAll @LongRange(min = -WALL, max = WALL) long monotonic,
            @ForAll @LongRange(min = 0, max = WALL) long later) {
        NodeTime time = new NodeTime(last, WALL, monotonic);
        assertThat(time.at(monotonic)).isEqualTo(last);
        assertThat(time.at(monotonic + later)).isEqualTo(last + later);
        assertThat(time.monotonic(last + later)).isEqualTo(monotonic + later);
    }
}
