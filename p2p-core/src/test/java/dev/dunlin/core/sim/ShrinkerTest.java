package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.store.Action;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Delta debugging keeps what is needed, in its order, and nothing else. */
final class ShrinkerTest {

    @Property(tries = 500)
    void whatIsNeededIsLeftInItsOrder(
            @ForAll @IntRange(min = 1, max = 60) int size,
            @ForAll @Size(min = 1, max = 6) Set<@IntRange(max = 59) Integer> needed) {
        List<Integer> items =
                IntStream.range(0, size).map(i -> size - i).boxed().toList();
        List<Integer> kept =
                needed.stream().map(i -> i % size).distinct().map(items::get).toList();
        assertThat(Shrinker.minimal(items, some -> some.containsAll(kept)))
                .containsExactlyElementsOf(items.stream().filter(kept::contains).toList());
    }

    /** The failure is of any shape, also one that comes and goes with each element: here, that a sum is divisible. */
    @Property(tries = 500)
    void whatIsLeftFailsAndNoSingleElementCanGo(
            @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 9) Integer> drawn,
            @ForAll @IntRange(min = 2, max = 5) int divisor) {
        Predicate<List<Integer>> fails =
                some -> !some.isEmpty() && some.stream().mapToInt(i -> i).sum() % divisor == 0;
        List<Integer> items = new ArrayList<>(drawn);
        int rest = items.stream().mapToInt(i -> i).sum() % divisor;
        items.add(rest == 0 ? divisor : divisor - rest);
        List<Integer> left = Shrinker.minimal(items, fails);
        assertThat(fails.test(left)).isTrue();
        for (int i = 0; i < left.size(); i++) {
            List<Integer> without = new ArrayList<>(left);
            without.subList(i, i + 1).clear();
            assertThat(fails.test(without)).isFalse();
        }
    }

    @Example
    void whatFailsOfItselfNeedsNothing() {
        assertThat(Shrinker.minimal(List.of(1, 2, 3), some -> true)).isEmpty();
        assertThat(Shrinker.minimal(List.<Integer>of(), some -> true)).isEmpty();
    }

    // Fails if node 2 wishes at 3 s, and a cut comes before.
    private static Optional<Violation> run(Plan plan) {
        boolean wished = plan.wishes().stream().anyMatch(wish -> wish.node() == 2 && wish.at() == 3_000_000);
        boolean cut = plan.faults().stream().anyMatch(fault -> fault instanceof Fault.Cut && fault.at() < 3_000_000);
        return wished && cut && plan.live() >= 3_000_000
                ? Optional.of(new Violation(Violation.Kind.SAFETY, "planted", 2, 1, 3_000_000, "found"))
                : Optional.empty();
    }

    private static Plan busy() {
        List<Fault> faults = new ArrayList<>();
        List<Wish> wishes = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            faults.add(new Fault.Cut(i % 5, (i + 1) % 5, i * 500_000L));
            faults.add(new Fault.ClockStep(i % 5, i * 500_000L, 1));
            wishes.add(new Wish(i * 500_000L, 2, new LampAction.Nudge()));
            wishes.add(new Wish(i * 500_000L, 4, new LampAction.Nudge()));
        }
        return LampScenario.plan(5, faults, wishes);
    }

    @Example
    void aPlanBecomesSmallInNodesFaultsWishesAndTime() {
        Plan busy = busy();
        Shrinker.Small small = new Shrinker(ShrinkerTest::run, 1_000, runs -> {})
                .shrink(busy, run(busy).orElseThrow());
        assertThat(small.plan().wishes()).containsExactly(new Wish(3_000_000, 2, new LampAction.Nudge()));
        assertThat(small.plan().faults()).singleElement().isInstanceOf(Fault.Cut.class);
        assertThat(small.plan().absent()).hasSize(3).doesNotContain(2);
        assertThat(small.plan().live()).isEqualTo(3_000_001);
        assertThat(small.runs()).isLessThan(200);
    }

    // Fails if node 3 does the one thing after it has done the other.
    private static Optional<Violation> deceived(Plan plan) {
        List<Action> deeds = plan.misdeeds().stream()
                .filter(misdeed -> misdeed.node() == 3 && misdeed.at() < plan.live())
                .map(Misdeed::deed)
                .toList();
        int lie = deeds.indexOf(new LampAction.SwitchOff("lie"));
        return lie >= 0 && deeds.lastIndexOf(new LampAction.SwitchOff("betray")) > lie
                ? Optional.of(new Violation(Violation.Kind.SAFETY, "planted", 2, 1, 6_000_000, "found"))
                : Optional.empty();
    }

    @Example
    void misdeedsAreLeftOutOneByOneAndByzantineNodesWithThem() {
        List<Misdeed> script = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String what = i == 11 ? "lie" : i == 29 ? "betray" : "chat";
            script.add(new Misdeed(i * 100_000L, 3, new LampAction.SwitchOff(what)));
            script.add(new Misdeed(i * 100_000L, 4, new LampAction.SwitchOff("lie")));
        }
        Plan plan = busy().withByzantine(List.of(3, 4)).withMisdeeds(script);
        Shrinker.Small small = new Shrinker(ShrinkerTest::deceived, 1_000, runs -> {})
                .shrink(plan, deceived(plan).orElseThrow());
        assertThat(small.plan().misdeeds())
                .containsExactly(
                        new Misdeed(1_100_000, 3, new LampAction.SwitchOff("lie")),
                        new Misdeed(2_900_000, 3, new LampAction.SwitchOff("betray")));
        assertThat(small.plan().byzantine()).containsExactly(3);
        assertThat(small.plan().events()).isEqualTo(2);
    }

    @Example
    void runsAreBounded() {
        Plan busy = busy();
        List<Integer> told = new ArrayList<>();
        Shrinker.Small small = new Shrinker(ShrinkerTest::run, 7, told::add)
                .shrink(busy, run(busy).orElseThrow());
        assertThat(small.runs()).isLessThanOrEqualTo(7);
        assertThat(told).isSorted();
        assertThat(run(small.plan())).isPresent();
    }
}
