package dev.dunlin.core.debug;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The first step at which two logs differ.
 *
 * @param step the input's number
 * @param kind in what they differ there
 * @param what one sentence
 * @param machines the machines whose recorded digests differ, in the order in which the logs name them
 * @param first the first log's input, type and payload; empty if it has none
 * @param second the second log's input, type and payload; empty if it has none
 */
public record Parting(long step, Kind kind, String what, List<String> machines, String first, String second) {

    /** In what two records of a step differ; the first that applies. */
    public enum Kind {
        /** One log ends before the step. */
        END,
        /** The inputs, their times, or the effects that they answer. */
        INPUT,
        /** One input, other states. */
        STATE,
        /** One input and one state, other actions, effects or rejections. */
        DISPATCH
    }

    /** Copies the list. */
    public Parting {
        machines = List.copyOf(machines);
    }

    /** Compares two frames of one step; empty if they say the same. */
    static Optional<Parting> between(long step, JsonNode first, JsonNode second) {
        List<String> inputs = new ArrayList<>();
        JsonNode one = first.path("meta");
        JsonNode other = second.path("meta");
        note(inputs, "types", first.path("type"), second.path("type"));
        note(inputs, "payloads", first.path("payload"), second.path("payload"));
        note(inputs, "times", one.path("at"), other.path("at"));
        note(inputs, "answered effects", one.path("answers"), other.path("answers"));
        List<String> found = new ArrayList<>();
        if (!inputs.isEmpty()) {
            found.add("the inputs have other " + String.join(" and ", inputs));
        }
        List<String> machines = machines(one.path("changed"), other.path("changed"), found);
        List<String> dispatched = new ArrayList<>();
        note(dispatched, "numbers of actions", one.path("size"), other.path("size"));
        note(dispatched, "actions or effects", one.path("derived"), other.path("derived"));
        note(dispatched, "rejections", one.path("rejected"), other.path("rejected"));
        note(dispatched, "failures", one.path("failed"), other.path("failed"));
        if (!dispatched.isEmpty()) {
            found.add("it leads to other " + String.join(" and ", dispatched));
        }
        if (found.isEmpty()) {
            return Optional.empty();
        }
        Kind kind = !inputs.isEmpty() ? Kind.INPUT : machines.isEmpty() ? Kind.DISPATCH : Kind.STATE;
        return Optional.of(
                new Parting(step, kind, String.join("; ", found), machines, Frames.input(first), Frames.input(second)));
    }

    /** One log goes on at a step where the other has ended. */
    static Parting end(long step, Optional<JsonNode> first, Optional<JsonNode> second) {
        return new Parting(
                step,
                Kind.END,
                "the " + (first.isPresent() ? "second" : "first") + " log has ended",
                List.of(),
                first.map(Frames::input).orElse(""),
                second.map(Frames::input).orElse(""));
    }

    private static List<String> machines(JsonNode one, JsonNode other, List<String> found) {
        Set<String> names = new LinkedHashSet<>(one.propertyNames());
        names.addAll(other.propertyNames());
        List<String> machines = new ArrayList<>();
        for (String machine : names) {
            if (one.path(machine).equals(other.path(machine))) {
                continue;
            }
            machines.add(machine);
            if (one.has(machine) && other.has(machine)) {
                found.add("the machine " + machine + " changes to another state");
            } else {
                found.add("the machine " + machine + " changes in the " + (one.has(machine) ? "first" : "second")
                        + " log only");
            }
        }
        return machines;
    }

    private static void note(List<String> into, String what, JsonNode one, JsonNode other) {
        if (!one.equals(other)) {
            into.add(what);
        }
    }
}
