package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.runtime.Port.Offer;
import dev.dunlin.core.sim.Errands.ErrandAction;
import dev.dunlin.core.sim.SameScript.Seen;
import dev.dunlin.core.sim.SameScript.Step;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A simulated node does what the runtime does: both go through the same script of inputs, answers, forces and crashes, and every
 * step is compared: turns with their numbers, times, entries, causes and rejections, states, the order in which effects are carried
 * out, and what each comes back with. A thousand scripts with {@code -Ddunlin.scripts=1000}.
 */
@Timeout(600)
final class SameScriptTest {

    private static final int SCRIPTS = Integer.getInteger("dunlin.scripts", 200);

    private record Both(List<Step> script, List<Seen> runtime, List<Seen> sim) {

        static Both of(List<Step> script, int drift, boolean records, boolean holdsDurable) {
            try (ScriptedRuntime runtime = new ScriptedRuntime(drift)) {
                List<Seen> seen = runtime.through(script);
                List<Seen> other =
                        new ScriptedSim(records, holdsDurable, runtime.forces(), runtime.left(), drift).through(script);
                return new Both(script, seen, other);
            }
        }

        /** Where the two first differ. */
        Optional<String> difference() {
            for (int i = 0; i < Math.max(runtime.size(), sim.size()); i++) {
                Optional<Seen> one = i < runtime.size() ? Optional.of(runtime.get(i)) : Optional.empty();
                Optional<Seen> other = i < sim.size() ? Optional.of(sim.get(i)) : Optional.empty();
                if (!one.equals(other)) {
                    String at = i == 0
                            ? "boot"
                            : i == 1 ? "force" : script.get(i - 2).toString();
                    return Optional.of("they differ at step " + (i - 1) + ", " + at + "\n  " + difference(one, other));
                }
            }
            return Optional.empty();
        }

        private static String difference(Optional<Seen> one, Optional<Seen> other) {
            if (one.isEmpty() || other.isEmpty()) {
                return "that only one of them has come to";
            }
            return difference("turn", one.get().turns(), other.get().turns())
                    .or(() -> difference(
                            "effect", one.get().carriedOut(), other.get().carriedOut()))
                    .or(() -> difference(
                            "refused", one.get().refused(), other.get().refused()))
                    .orElseThrow();
        }

        private static Optional<String> difference(String what, List<String> one, List<String> other) {
            int same = 0;
            while (same < Math.min(one.size(), other.size()) && one.get(same).equals(other.get(same))) {
                same++;
            }
            if (same == Math.max(one.size(), other.size())) {
                return Optional.empty();
            }
            return Optional.of("after the same " + same + " the runtime has " + what + " "
                    + (same < one.size() ? one.get(same) : "no more") + "\n  and the simulator "
                    + (same < other.size() ? other.get(same) : "no more"));
        }
    }

    private static Both both(List<Step> script, long number) {
        return Both.of(script, SameScript.drift(number), number % 2 == 0, true);
    }

    private static void assertSame(long number, Both both) {
        both.difference().ifPresent(difference -> {
            List<Step> least = Shrinker.minimal(
                    both.script(), some -> both(some, number).difference().isPresent());
            throw new AssertionError("script " + number + ": " + difference + "\nthe smallest script of this kind:\n  "
                    + String.join("\n  ", least.stream().map(Step::toString).toList()) + "\n"
                    + both(least, number).difference().orElse("(it comes and goes)"));
        });
    }

    @Test
    void theRuntimeAndTheSimulatorDoTheSame() {
        List<Both> all = new ArrayList<>();
        for (int number = 0; number < SCRIPTS; number++) {
            Both both = both(SameScript.drawn(number), number);
            assertSame(number, both);
            all.add(both);
        }
        // That the scripts go where it matters.
        List<String> turns = all.stream()
                .flatMap(both -> both.runtime().stream())
                .flatMap(seen -> seen.turns().stream())
                .toList();
        List<String> refused = all.stream()
                .flatMap(both -> both.runtime().stream())
                .flatMap(seen -> seen.refused().stream())
                .map(why -> why.substring(0, why.indexOf(' ')))
                .toList();
        System.out.printf(
                "%d scripts: %d turns, %d ticks, %d rejections, %d clock steps, %d came back, %d refused at the door%n",
                SCRIPTS,
                turns.size(),
                count(turns, "Tick["),
                count(turns, "disabled:"),
                count(turns, "ClockStepped["),
                count(turns, "came back"),
                refused.size());
        assertThat(refused)
                .contains(
                        Offer.FULL.name(),
                        Offer.PEER_FULL.name(),
                        Offer.REQUESTS_FULL.name(),
                        Offer.HANDLES_FULL.name());
        assertThat(count(turns, "ClockStepped[")).isGreaterThan(SCRIPTS / 20);
        assertThat(count(turns, "Tick[")).isGreaterThan(SCRIPTS);
        assertThat(count(turns, "disabled:")).isGreaterThan(SCRIPTS / 2);
        assertThat(count(turns, "durable")).isGreaterThan(SCRIPTS);
        assertThat(count(turns, "came back")).isGreaterThanOrEqualTo(SCRIPTS);
        assertThat(all.stream().filter(SameScriptTest::lostSomething).count()).isGreaterThan(SCRIPTS / 10);
    }

    private static long count(List<String> turns, String what) {
        return turns.stream().filter(turn -> turn.contains(what)).count();
    }

    // Whether a number was given twice.
    private static boolean lostSomething(Both both) {
        List<String> numbers = both.runtime().stream()
                .flatMap(seen -> seen.turns().stream())
                .filter(turn -> !turn.startsWith("came"))
                .map(turn -> turn.substring(0, turn.indexOf(' ')))
                .toList();
        return numbers.stream().distinct().count() < numbers.size();
    }

    // What once differed, in small

    private static final int KEEP = 5;

    private static ErrandAction begin(long errand, int count, long lasts, int effects) {
        return new ErrandAction.Begin(errand, count, lasts, 0, effects, Ticket.NONE);
    }

    private static List<Seen> same(Step... script) {
        Both both = Both.of(List.of(script), 0, true, true);
        assertThat(both.difference()).isEmpty();
        return both.sim();
    }

    private static List<String> inputs(Seen seen) {
        return seen.turns().stream()
                .map(turn -> turn.replaceAll("(?s)^.*?\\.0 of \\S+ (\\w+)\\[.*$", "$1"))
                .toList();
    }

    @Test
    void whatIsDueWhileAnInputIsInWorkWaitsForItsEnd() {
        List<Seen> seen =
                same(new Step.Offer(begin(1, 1, 1_000, 0)), new Step.Busy(begin(2, 1, 50_000, 0), 5_000, List.of()));
        assertThat(seen.getLast().turns().getLast()).startsWith("4 at 5000\n      4.0 of 0.0 Tick[]");
    }

    @Test
    void moreThanATickDealsOutAndWhatWaitsTakeTurns() {
        List<Seen> seen = same(
                new Step.Offer(begin(0, 2 * Store.DUE_PER_TICK + 1, 1_000, 0)),
                new Step.Busy(
                        begin(200, 1, 50_000, 0),
                        5_000,
                        List.of(new ErrandAction.Drop(200), new ErrandAction.Drop(7))));
        assertThat(inputs(seen.getLast())).containsExactly("Begin", "Tick", "Drop", "Tick", "Drop", "Tick");
    }

    @Test
    void aKillDuringAForceTakesWhatCameAfterItBegan() {
        List<Seen> seen = same(
                new Step.Offer(begin(0, 1, 500_000, KEEP)),
                new Step.Advance(50_000),
                new Step.Offer(begin(1, 1, 500_000, 0)),
                new Step.Advance(50_000),
                new Step.Kill(10));
        assertThat(seen.getLast().turns().getFirst()).startsWith("came back with state after 2 at 0");
    }

    @Test
    void aBootComesBeforeWhatIsDueByThen() {
        // The first of three ticks is left.
        List<Seen> seen = new ScriptedSim(false, true, List.of(1L, 4L), List.of(3L), 0)
                .through(List.of(
                        new Step.Offer(begin(0, 2 * Store.DUE_PER_TICK + 1, 1_000, 0)),
                        new Step.Advance(1_000),
                        new Step.PowerLoss(10, 1)));
        assertThat(inputs(new Seen(seen.getLast().turns().subList(1, 4), List.of(), List.of())))
                .containsExactly("Booted", "Tick", "Tick");
    }

    /** The bug of effects that do not wait for the disk, planted in the simulator. */
    @Test
    void aDifferenceIsNoticed() {
        assertThat(IntStream.range(0, 10)
                        .mapToObj(number -> Both.of(SameScript.drawn(number), 0, false, false))
                        .filter(both -> both.difference().isPresent()))
                .isNotEmpty();
    }
}
