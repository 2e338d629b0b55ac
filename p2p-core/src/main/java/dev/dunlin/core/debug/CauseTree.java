package dev.dunlin.core.debug;

import dev.dunlin.core.store.ActionId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What led to an action, and what it led to, across the answers that services gave to effects.
 *
 * @param causes what led to it, nearest first: actions of its own step up to the input, the effect that this answers, what asked
 *     for that effect, and so on up to an input that answers nothing
 * @param action the action itself, with what it led to below it
 * @param complete whether neither was cut at the bound
 */
public record CauseTree(List<Entry> causes, Node action, boolean complete) {

    /**
     * An action and what it led to, in order.
     *
     * @param entry the action
     * @param led what it dispatched and asked for, and for an effect the inputs that answer it
     */
    public record Node(Entry entry, List<Node> led) {
        /** Copies the list. */
        public Node {
            led = List.copyOf(led);
        }
    }

    /**
     * Asks an index.
     *
     * @param atMost the most causes, and the most actions that it led to
     * @throws dev.dunlin.core.log.LogException if the log has no such action
     */
    public static CauseTree of(LogIndex<?> index, ActionId id, int atMost) {
        Entry entry = index.entry(id);
        List<Entry> causes = new ArrayList<>();
        ActionId cause = entry.cause();
        while (!cause.isNone() && cause.input() >= index.first() && causes.size() < atMost) {
            Entry above = index.entry(cause);
            causes.add(above);
            cause = above.cause();
        }
        boolean whole = cause.isNone();
        Growing growing = new Growing(index, id, atMost);
        Map<ActionId, List<ActionId>> led = growing.all();
        return new CauseTree(List.copyOf(causes), node(index, id, led), whole && !growing.cut);
    }

    // By hand and not by recursion: a chain of answers may be as long as the log.
    private static Node node(LogIndex<?> index, ActionId root, Map<ActionId, List<ActionId>> led) {
        Map<ActionId, Node> done = new LinkedHashMap<>();
        List<ActionId> order = new ArrayList<>(led.keySet());
        // Whatever is led to comes later than what led to it.
        for (ActionId id : order.reversed()) {
            List<Node> below = new ArrayList<>();
            for (ActionId one : led.getOrDefault(id, List.of())) {
                Node node = done.remove(one);
                if (node != null) {
                    below.add(node);
                }
            }
            done.put(id, new Node(index.entry(id), below));
        }
        Node node = done.get(root);
        if (node == null) {
            throw new IllegalStateException("the tree of " + root + " has lost its root");
        }
        return node;
    }

    /** One pass over the steps from an action on. */
    private static final class Growing {
        private final LogIndex<?> index;
        private final ActionId root;
        private final int atMost;
        private final Map<ActionId, List<ActionId>> led = new LinkedHashMap<>();
        private boolean cut;

        Growing(LogIndex<?> index, ActionId root, int atMost) {
            this.index = index;
            this.root = root;
            this.atMost = atMost;
        }

        Map<ActionId, List<ActionId>> all() {
            led.put(root, new ArrayList<>());
            step(root.input());
            for (long step = root.input() + 1; step <= index.last() && !cut; step++) {
                Records.Step row = index.step(step);
                if (row.answersStep() > 0 && add(new ActionId(row.answersStep(), row.answersIndex()), step, 0)) {
                    step(step);
                }
            }
            return led;
        }

        private void step(long step) {
            int size = index.size(step);
            for (int i = 1; i < size && !cut; i++) {
                add(index.cause(step, i), step, i);
            }
        }

        private boolean add(ActionId cause, long step, int i) {
            List<ActionId> siblings = led.get(cause);
            if (siblings == null) {
                return false;
            }
            if (led.size() > atMost) {
                cut = true;
                return false;
            }
            ActionId id = new ActionId(step, i);
            siblings.add(id);
            led.put(id, new ArrayList<>());
            return true;
        }
    }
}
