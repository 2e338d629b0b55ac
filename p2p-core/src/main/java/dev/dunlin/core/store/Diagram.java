package dev.dunlin.core.store;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The state diagram of a machine, made from its {@linkplain Machine#transitions() transitions}, in Mermaid's language
 * (mermaid.js.org/syntax/stateDiagram.html). Kept in the machine's package page, where a test compares the two.
 */
public final class Diagram {

    private Diagram() {}

    /**
     * The diagram: one arrow for each pair of phases, the actions on it together, both in the order of declaration. What
     * leaves a phase as it is has no arrow.
     *
     * @return lines that each end in a line feed, the first {@code stateDiagram-v2}
     */
    public static String of(Machine<?, ?, ?> machine) {
        Map<List<String>, Set<String>> arrows = new LinkedHashMap<>();
        for (Transition transition : machine.transitions()) {
            if (!transition.from().equals(transition.to())) {
                arrows.computeIfAbsent(List.of(transition.from(), transition.to()), ends -> new LinkedHashSet<>())
                        .add(transition.action());
            }
        }
        StringBuilder text = new StringBuilder("stateDiagram-v2\n");
        arrows.forEach((ends, actions) -> text.append("    ")
                .append(ends.getFirst())
                .append(" --> ")
                .append(ends.getLast())
                .append(": ")
                .append(String.join(", ", actions))
                .append('\n'));
        return text.toString();
    }
}
