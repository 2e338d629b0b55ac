package dev.dunlin.core.operate;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * A number that is read of a machine's state whenever somebody looks. No label has the value of a peer's id or another thing that the
 * world may make more of: a metric has few series, whatever happens.
 *
 * @param name in snake case, with its unit at the end where it has one: {@code idle_seconds}
 * @param type whether it goes up and down
 * @param meaning what is counted or measured, a clause without a full stop
 * @param label the name of what its series differ by, if it has several
 * @param read the series' values, by their labels; without a label one, by the empty text
 */
public record Metric<V, S>(
        String name,
        Type type,
        String meaning,
        Optional<String> label,
        Function<At<V, S>, Map<String, ? extends Number>> read) {

    /** The most series of one metric. */
    public static final int MAX_SERIES = 64;

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");

    /** Whether a metric goes up and down. */
    public enum Type {
        /** It goes up and down. */
        GAUGE,
        /** It only goes up, and begins anew with each run. */
        COUNTER
    }

    /** Checks the names. */
    public Metric {
        for (String each : label.map(told -> List.of(name, told)).orElse(List.of(name))) {
            if (!NAME.matcher(each).matches()) {
                throw new IllegalArgumentException("a metric and its label have names in snake case, not " + each);
            }
        }
    }

    /** One number that goes up and down. */
    public static <V, S> Metric<V, S> gauge(String name, String meaning, ToDoubleFunction<At<V, S>> read) {
        return new Metric<>(name, Type.GAUGE, meaning, Optional.empty(), at -> Map.of("", read.applyAsDouble(at)));
    }

    /** Numbers that go up and down, by a label. */
    public static <V, S> Metric<V, S> gauges(
            String name, String label, String meaning, Function<At<V, S>, Map<String, ? extends Number>> read) {
        return new Metric<>(name, Type.GAUGE, meaning, Optional.of(label), read);
    }
}
