package dev.dunlin.connection.bench;

import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Transition;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The state diagram of a machine, in Mermaid, as it stands in its package's documentation. */
public final class Diagram {

    private Diagram() {}

    /** The lines of the diagram: arrows between different phases, the actions on one arrow together. */
    public static String of(Slice<?, ?, ?> slice) {
        Map<String, TreeSet<String>> arrows = new TreeMap<>();
        for (Transition transition : slice.transitions()) {
            if (!transition.from().equals(transition.to())) {
                arrows.computeIfAbsent(transition.from() + " --> " + transition.to(), any -> new TreeSet<>())
                        .add(transition.action());
            }
        }
        StringBuilder text = new StringBuilder("stateDiagram-v2\n");
        arrows.forEach((arrow, actions) -> text.append("    ")
                .append(arrow)
                .append(": ")
                .append(String.join(", ", actions))
                .append('\n'));
        return text.toString();
    }
}
