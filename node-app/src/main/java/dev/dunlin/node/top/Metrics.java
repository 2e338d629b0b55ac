package dev.dunlin.node.top;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The metrics of one moment, as Prometheus's text format (version 0.0.4) has them.
 *
 * @param series the values by name, and by their labels within a name
 */
record Metrics(Map<String, Map<Map<String, String>, Double>> series) {

    private static final Pattern LINE = Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (\\S+)(?: \\d+)?");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** None. */
    static final Metrics NONE = new Metrics(Map.of());

    /** Reads a page; what is no line of the format is left out. */
    static Metrics parse(String page) {
        Map<String, Map<Map<String, String>, Double>> series = new TreeMap<>();
        page.lines().filter(line -> !line.startsWith("#")).forEach(text -> {
            Matcher line = LINE.matcher(text);
            if (line.matches()) {
                double value = value(line.group(3));
                series.computeIfAbsent(line.group(1), name -> new LinkedHashMap<>())
                        .put(labels(line.group(2) == null ? "" : line.group(2)), value);
            }
        });
        return new Metrics(series);
    }

    private static double value(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> {
                try {
                    yield Double.parseDouble(text);
                } catch (NumberFormatException none) {
                    yield Double.NaN;
                }
            }
        };
    }

    private static Map<String, String> labels(String text) {
        Map<String, String> labels = new TreeMap<>();
        Matcher label = LABEL.matcher(text);
        while (label.find()) {
            labels.put(
                    label.group(1),
                    label.group(2)
                            .replace("\\\\", "\u0000")
                            .replace("\\\"", "\"")
                            .replace("\\n", "\n")
                            .replace('\u0000', '\\'));
        }
        return labels;
    }

    /** The sum of a metric's series; 0 if it is not there. */
    double sum(String name) {
        return series.getOrDefault(name, Map.of()).values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
    }

    /** The value of one series; 0 if it is not there. */
    double of(String name, String label, String value) {
        return series.getOrDefault(name, Map.of()).entrySet().stream()
                .filter(one -> value.equals(one.getKey().get(label)))
                .mapToDouble(Map.Entry::getValue)
                .sum();
    }

    /**
     * One series of a metric.
     *
     * @param value since the node's start
     * @param more than in the moment before
     */
    record Grown(Map<String, String> labels, double value, double more) {}

    /** The series of a metric, those first that grew most since a moment before, then the largest. */
    List<Grown> grown(String name, Metrics before) {
        List<Grown> all = new ArrayList<>();
        Map<Map<String, String>, Double> then = before.series().getOrDefault(name, Map.of());
        series.getOrDefault(name, Map.of())
                .forEach((labels, value) -> all.add(
                        new Grown(labels, value, value - then.getOrDefault(labels, before == NONE ? value : 0.0))));
        all.removeIf(one -> one.value() == 0);
        all.sort((one, other) -> one.more() != other.more()
                ? Double.compare(other.more(), one.more())
                : Double.compare(other.value(), one.value()));
        return all;
    }
}
