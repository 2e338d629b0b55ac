package dev.dunlin.core.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * Makes a failing plan small: fewer nodes, faults, wishes and misdeeds, less time, while the same thing stays wrong. By delta
 * debugging (Zeller and Hildebrandt: Simplifying and Isolating Failure-Inducing Input, IEEE TSE 2002).
 */
public final class Shrinker {

    private final Function<Plan, Optional<Violation>> run;
    private final int mostRuns;
    private final IntConsumer progress;
    private int runs;

    /**
     * A small failing plan.
     *
     * @param plan the plan
     * @param violation what it finds wrong
     * @param runs how many plans were tried
     */
    public record Small(Plan plan, Violation violation, int runs) {}

    /**
     * How plans are tried.
     *
     * @param run what a plan finds wrong
     * @param mostRuns after so many runs, what was found so far is good enough
     * @param progress is told how many runs there were, after each
     */
    public Shrinker(Function<Plan, Optional<Violation>> run, int mostRuns, IntConsumer progress) {
        this.run = run;
        this.mostRuns = mostRuns;
        this.progress = progress;
    }

    /** Shrinks a plan that finds something wrong. */
    public Small shrink(Plan plan, Violation violation) {
        Plan small = earlier(plan, violation);
        int before;
        do {
            before = weight(small);
            Plan present = small;
            List<Integer> nodes = new ArrayList<>();
            for (int node = 0; node < plan.nodes(); node++) {
                if (!present.absent().contains(node)) {
                    nodes.add(node);
                }
            }
            List<Integer> left = minimal(nodes, some -> fails(keeping(present, nodes, some), violation));
            Plan fewer = keeping(present, nodes, left);
            fewer = fewer.withFaults(minimal(fewer.faults(), with(fewer::withFaults, violation)));
            fewer = fewer.withWishes(minimal(fewer.wishes(), with(fewer::withWishes, violation)));
            fewer = fewer.withMisdeeds(minimal(fewer.misdeeds(), with(fewer::withMisdeeds, violation)));
            small = earlier(fewer, violation);
        } while (weight(small) < before && runs < mostRuns);
        Plan found = small;
        return new Small(found, run.apply(found).orElse(violation), runs);
    }

    private <T> Predicate<List<T>> with(Function<List<T>, Plan> change, Violation violation) {
        return some -> fails(change.apply(some), violation);
    }

    private static Plan keeping(Plan plan, List<Integer> all, List<Integer> some) {
        Plan fewer = plan;
        for (int node : all) {
            if (!some.contains(node)) {
                fewer = fewer.without(node);
            }
        }
        return fewer;
    }

    private static int weight(Plan plan) {
        return plan.events() + plan.nodes() - plan.absent().size();
    }

    // Nothing after the violation matters; if it is that something does not come, the time to wait for it stays.
    private Plan earlier(Plan plan, Violation violation) {
        Plan honest = plan.honest();
        Plan best = !plan.byzantine().isEmpty() && fails(honest, violation) ? honest : plan;
        if (violation.kind() == Violation.Kind.LIVENESS) {
            return best;
        }
        if (runs >= mostRuns) {
            return best;
        }
        runs++;
        progress.accept(runs);
        Optional<Violation> now = run.apply(best);
        if (now.isPresent() && now.get().isLike(violation)) {
            long end = now.get().at() + 1;
            Plan cut = best.withPhases(Math.min(best.safe(), end), end);
            List<Fault> faults =
                    cut.faults().stream().filter(fault -> fault.at() < end).toList();
            List<Wish> wishes =
                    cut.wishes().stream().filter(wish -> wish.at() < end).toList();
            List<Misdeed> misdeeds = cut.misdeeds().stream()
                    .filter(misdeed -> misdeed.at() < end)
                    .toList();
            Plan early = cut.withFaults(faults).withWishes(wishes).withMisdeeds(misdeeds);
            return fails(early, violation) ? early : best;
        }
        return best;
    }

    private boolean fails(Plan plan, Violation violation) {
        if (runs >= mostRuns) {
            return false;
        }
        runs++;
        progress.accept(runs);
        return run.apply(plan).filter(violation::isLike).isPresent();
    }

    /** A list of which no element, and no run of them that was tried, can go; the same order. */
    public static <T> List<T> minimal(List<T> items, Predicate<List<T>> fails) {
        List<T> left = List.copyOf(items);
        if (left.isEmpty() || fails.test(List.of())) {
            return List.of();
        }
        int parts = 2;
        while (left.size() >= 2) {
            int size = (left.size() + parts - 1) / parts;
            boolean fewer = false;
            for (int from = 0; from < left.size(); from += size) {
                List<T> without = new ArrayList<>(left.subList(0, from));
                without.addAll(left.subList(Math.min(left.size(), from + size), left.size()));
                if (!without.isEmpty() && fails.test(without)) {
                    left = List.copyOf(without);
                    fewer = true;
                    break;
                }
            }
            if (fewer) {
                parts = Math.max(2, parts - 1);
            } else if (size == 1) {
                break;
            } else {
                parts = Math.min(left.size(), parts * 2);
            }
        }
        return left;
    }
}
