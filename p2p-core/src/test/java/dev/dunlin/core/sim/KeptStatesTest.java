package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.dunlin.core.store.NodeState;
import dev.dunlin.core.store.StoreState;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What a crash leaves, against a model that keeps every state there ever was. */
final class KeptStatesTest {

    private static StoreState<String> state(long input) {
        return new StoreState<>(input, input * 100, NodeState.INITIAL, "after " + input);
    }

    private static Fault.Crash crash(boolean power, int kept) {
        return new Fault.Crash(0, 0, 1, 0, power, kept);
    }

    private static long left(KeptStates<String> states, boolean power, int kept, long now) {
        StoreState<String> left = states.left(crash(power, kept), now);
        assertThat(left).isEqualTo(state(left.input()));
        return left.input();
    }

    private static KeptStates<String> begun(long input) {
        KeptStates<String> states = new KeptStates<>();
        states.begin(state(input));
        return states;
    }

    @Example
    void beforeTheFirstBootThereIsNothingToFallBackTo() {
        assertThatIllegalStateException().isThrownBy(() -> new KeptStates<String>().left(crash(true, 0), 0));
    }

    @Example
    void whatARunBeganFromIsSafe() {
        KeptStates<String> states = begun(7);
        assertThat(left(states, true, 0, 0)).isEqualTo(7);
        states.add(0, state(8));
        assertThat(left(states, true, 0, 0)).isEqualTo(7);
        assertThat(left(states, true, 1000, 0)).isEqualTo(8);
        states.begin(state(3));
        assertThat(left(states, true, 1000, 0))
                .as("of an earlier run nothing is left")
                .isEqualTo(3);
    }

    @Example
    void thePowerTakesWhatIsNeitherForcedNorASecondOld() {
        KeptStates<String> states = begun(0);
        for (int i = 1; i <= 10; i++) {
            states.add(i * 100_000, state(i));
        }
        assertThat(left(states, true, 0, 1_000_000)).isZero();
        states.forced(4);
        assertThat(left(states, true, 0, 1_000_000)).isEqualTo(4);
        assertThat(left(states, true, 0, 1_500_000)).isEqualTo(5);
        states.forced(3);
        assertThat(left(states, true, 0, 1_000_000))
                .as("forced never runs backwards")
                .isEqualTo(5);
        assertThat(left(states, true, 500, 1_500_000))
                .as("half of five, and the last is torn")
                .isEqualTo(7);
        assertThat(left(states, true, 1000, 1_500_000)).isEqualTo(10);
    }

    @Example
    void aKillTakesWhatTheLogsThreadHasNotWrittenWithinAMillisecond() {
        KeptStates<String> states = begun(0);
        states.add(0, state(1));
        states.add(500, state(2));
        states.add(1_000, state(3));
        assertThat(left(states, false, 0, 1_499)).isEqualTo(1);
        assertThat(left(states, false, 0, 1_500)).isEqualTo(2);
        assertThat(left(states, false, 1000, 1_500)).isEqualTo(3);
        assertThat(left(states, true, 0, 1_500)).as("the power takes more").isZero();
    }

    /** The log's thread writes nothing while it forces. */
    @Example
    void aKillDuringAForceTakesWhatCameAfterItBegan() {
        KeptStates<String> states = begun(0);
        states.add(0, state(1));
        states.add(0, state(2));
        states.wanted(2);
        states.add(10, state(3));
        states.add(10, state(4));
        assertThat(left(states, false, 0, 900_000)).as("however old it is").isEqualTo(2);
        assertThat(left(states, false, 500, 900_000)).isEqualTo(3);
        states.wanted(4);
        states.add(900_000, state(5));
        states.forced(2);
        states.add(900_000, state(6));
        assertThat(left(states, false, 0, 950_000))
                .as("written before the next force")
                .isEqualTo(5);
        states.forced(5);
        assertThat(left(states, false, 0, 950_000)).as("no force is in flight").isEqualTo(6);
        states.wanted(6);
        states.begin(state(6));
        states.add(0, state(7));
        assertThat(left(states, false, 0, 1_000)).as("of an earlier run").isEqualTo(7);
    }

    // Against the model

    sealed interface Move {
        /** So much later, so many inputs. */
        record Add(long later, int count) implements Move {}

        /** A force of the last input is wanted. */
        record Want() implements Move {}

        /** The log is forced up to so many inputs before the last. */
        record Force(int back) implements Move {}

        /** A crash would leave what the model says; it goes on without. */
        record Look(boolean power, int kept, long later) implements Move {}

        /** A crash, and the next run. */
        record Begin(boolean power, int kept) implements Move {}
    }

    @Provide
    Arbitrary<List<Move>> moves() {
        Arbitrary<Long> later = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 2_000), Arbitraries.longs().between(0, 700_000));
        Arbitrary<Integer> kept = Arbitraries.integers().between(0, 1000);
        Arbitrary<Boolean> power = Arbitraries.of(true, false);
        Arbitrary<Move> add = Combinators.combine(later, Arbitraries.integers().between(1, 60))
                .as(Move.Add::new);
        Arbitrary<Move> force = Arbitraries.integers().between(0, 80).map(Move.Force::new);
        Arbitrary<Move> look = Combinators.combine(power, kept, later).as(Move.Look::new);
        Arbitrary<Move> begin = Combinators.combine(power, kept).as(Move.Begin::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(6, add),
                        Tuple.of(2, Arbitraries.of(new Move.Want())),
                        Tuple.of(2, force),
                        Tuple.of(4, look),
                        Tuple.of(1, begin))
                .list()
                .ofMaxSize(60);
    }

    /** Everything since the run began. */
    private static final class Model {
        private record Kept(long at, long input) {}

        final List<Kept> all = new ArrayList<>();
        long forced;
        long wanted;

        // What was there when the force in flight began.
        OptionalLong begun = OptionalLong.empty();

        void begin(long input) {
            all.clear();
            all.add(new Kept(Long.MIN_VALUE, input));
            forced = input;
            wanted = input;
            begun = OptionalLong.empty();
        }

        void force(long to) {
            forced = Math.max(forced, to);
            begun = wanted > forced ? OptionalLong.of(all.getLast().input()) : OptionalLong.empty();
        }

        void want() {
            wanted = all.getLast().input();
            begun = begun.isEmpty() ? OptionalLong.of(wanted) : begun;
        }

        long left(boolean power, int kept, long now) {
            long last = all.getLast().input();
            // What is a second old is forced, and what is a millisecond old is written, but not while a force is in
            // flight.
            long safe = all.stream()
                    .filter(one -> one.input() <= forced
                            || one.at() <= now - KeptStates.FORCE_EVERY
                            || (!power
                                    && one.at() <= now - KeptStates.WRITE_WITHIN
                                    && one.input() <= begun.orElse(Long.MAX_VALUE)))
                    .mapToLong(Kept::input)
                    .max()
                    .orElseThrow();
            return safe + (last - safe) * kept / 1000;
        }
    }

    @Property(tries = 2000)
    void leavesWhatTheModelSays(@ForAll("moves") List<Move> moves) {
        KeptStates<String> states = begun(5);
        Model model = new Model();
        model.begin(5);
        long now = 0;
        long last = 5;
        for (Move move : moves) {
            switch (move) {
                case Move.Add(long later, int count) -> {
                    now += later;
                    for (int i = 0; i < count; i++) {
                        last++;
                        states.add(now, state(last));
                        model.all.add(new Model.Kept(now, last));
                    }
                }
                case Move.Want() -> {
                    states.wanted(last);
                    model.want();
                }
                case Move.Force(int back) -> {
                    long to = Math.max(0, last - back);
                    states.forced(to);
                    model.force(to);
                }
                case Move.Look(boolean power, int kept, long later) -> {
                    now += later;
                    assertThat(left(states, power, kept, now)).isEqualTo(model.left(power, kept, now));
                }
                case Move.Begin(boolean power, int kept) -> {
                    long left = left(states, power, kept, now);
                    assertThat(left).isEqualTo(model.left(power, kept, now));
                    states.begin(state(left));
                    model.begin(left);
                    last = left;
                }
            }
        }
        assertThat(left(states, true, 0, now)).isEqualTo(model.left(true, 0, now));
    }

    /**
     * A node that runs for days keeps the states of about a second and no more, also when nobody forces. Seen to fail without
     * {@code drop} in {@code add}.
     */
    @Example
    void noMoreIsKeptThanACrashMayNeed() {
        KeptStates<String> states = begun(0);
        int most = IntStream.rangeClosed(1, 100_000)
                .map(i -> {
                    states.add(i * 10_000L, state(i));
                    return states.size();
                })
                .max()
                .orElseThrow();
        assertThat(most).isLessThanOrEqualTo(102);
        for (int i = 100_001; i <= 101_000; i++) {
            states.add(1_000_000_000L, state(i));
        }
        assertThat(states.size()).as("all of this very moment may be lost").isGreaterThan(1_000);
        states.forced(101_000);
        states.add(1_000_000_001L, state(101_001));
        assertThat(states.size()).as("what is forced is not needed any more").isLessThanOrEqualTo(2);
    }
}
