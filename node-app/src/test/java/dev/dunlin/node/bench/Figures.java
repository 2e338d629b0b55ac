package dev.dunlin.node.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleBinaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Medians with the least and the greatest, and ratios round by round. */
final class Figures {

    /** Where they are printed. */
    static final Logger LOG = LoggerFactory.getLogger("figures");

    private Figures() {}

    /** Median, least and greatest. */
    static String spread(List<Double> values) {
        if (values.isEmpty()) {
            return "none";
        }
        List<Double> sorted = values.stream().sorted().toList();
        return String.format(Locale.ROOT, "%.2f (%.2f to %.2f)", median(values), sorted.getFirst(), sorted.getLast());
    }

    static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** One value of each round out of two. */
    static List<Double> byRound(List<Double> one, List<Double> other, DoubleBinaryOperator of) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
            values.add(of.applyAsDouble(one.get(i), other.get(i)));
        }
        return values;
    }

    /** The first divided by the second, round by round. */
    static List<Double> ratios(List<Double> one, List<Double> other) {
        return byRound(one, other, (x, y) -> x / y);
    }
}
