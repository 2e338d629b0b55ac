package dev.dunlin.core.debug;

import dev.dunlin.core.debug.Correlation.Key;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Predicate;

/**
 * The logs of several nodes as one sequence of events in causal order (Lamport, "Time, Clocks, and the Ordering of Events in
 * a Distributed System", 1978): each node's inputs stay in their order, and a message's send comes before its receipt,
 * whatever the nodes' clocks say. What causes leave open is ordered by the recorded times, then by the order of the nodes.
 */
public final class Timeline {

    private final SequencedMap<String, ClusterLog> logs;
    private final List<Message> messages;
    // Lookup only, never iterated.
    private final Map<Step, List<Message>> sent = new HashMap<>();
    private final Map<Step, List<Message>> received = new HashMap<>();

    private record Step(String node, long input) {}

    /**
     * An action or effect of a node.
     *
     * @param node the node's name
     * @param at the id in its log
     */
    public record Place(String node, ActionId at) {}

    /** Why only one end of a message is known. */
    public enum Reason {
        /** The log of the other node is not among those joined. */
        NO_LOG("no log of the other node is given"),
        /** The stream had ended at the other end. */
        STREAM_ENDED("the stream had ended at the other end"),
        /** The connection had ended. */
        CONNECTION_ENDED("the connection had ended"),
        /** The other node was killed, or its log goes on: its end of the connection was never closed. */
        NODE_STOPPED("the log of the other node stops while the connection is open: it was killed, or still runs");

        private final String text;

        Reason(String text) {
            this.text = text;
        }

        /** In words. */
        public String text() {
            return text;
        }
    }

    /**
     * A message between two nodes.
     *
     * @param key its name
     * @param from the id of the node that sent it; the name of its log where that does not tell the id
     * @param to the id of the node that it went to, or the name, in the same way
     * @param sent where it was sent
     * @param received where it arrived; this or {@code sent} is there, or both
     * @param unmatched why not both are there
     */
    public record Message(
            Key key,
            String from,
            String to,
            Optional<Place> sent,
            Optional<Place> received,
            Optional<Reason> unmatched) {}

    /**
     * One input of one node.
     *
     * @param node the node's name
     * @param turn the input, with all that it led to
     * @param sent the messages that it sent
     * @param received the messages whose arrival it is
     * @param early whether it stands before the send of what it received: causes go round in a circle, so one of the logs
     *     tells what cannot have been
     */
    public record Event(String node, Turn turn, List<Message> sent, List<Message> received, boolean early) {}

    Timeline(SequencedMap<String, ClusterLog> logs, List<Message> messages) {
        this.logs = logs;
        this.messages = List.copyOf(messages);
        for (Message message : messages) {
            message.sent().ifPresent(place -> add(sent, place, message));
            message.received().ifPresent(place -> add(received, place, message));
        }
    }

    private static void add(Map<Step, List<Message>> index, Place place, Message message) {
        index.computeIfAbsent(new Step(place.node(), place.at().input()), step -> new ArrayList<>())
                .add(message);
    }

    /** All messages of which an end is known, in the order in which the logs first tell of them. */
    public List<Message> messages() {
        return messages;
    }

    /** The messages of which one end is missing. */
    public List<Message> unmatched() {
        return messages.stream()
                .filter(message -> message.unmatched().isPresent())
                .toList();
    }

    /**
     * Goes through all events.
     *
     * @param reader is given one after the other, until it answers false
     */
    public void read(Predicate<Event> reader) {
        List<Head> heads = new ArrayList<>();
        try {
            logs.forEach((name, log) -> heads.add(new Head(name, log.turns())));
            heads.forEach(Head::advance);
            Map<String, Long> done = new HashMap<>();
            boolean wanted = true;
            while (wanted) {
                Optional<Head> free = first(heads, head -> isFree(head, done));
                Optional<Head> next = free.isPresent() ? free : first(heads, head -> true);
                if (next.isEmpty()) {
                    return;
                }
                Turn turn = next.get().take();
                done.put(next.get().name, turn.number());
                Step step = new Step(next.get().name, turn.number());
                wanted = reader.test(new Event(
                        step.node(),
                        turn,
                        List.copyOf(sent.getOrDefault(step, List.of())),
                        List.copyOf(received.getOrDefault(step, List.of())),
                        free.isEmpty()));
            }
        } finally {
            heads.forEach(head -> head.turns.close());
        }
    }

    // The earliest by its clock.
    private static Optional<Head> first(List<Head> heads, Predicate<Head> fit) {
        Optional<Head> first = Optional.empty();
        for (Head head : heads) {
            boolean earlier = first.isEmpty() || head.now() < first.get().now();
            if (head.next.isPresent() && earlier && fit.test(head)) {
                first = Optional.of(head);
            }
        }
        return first;
    }

    private boolean isFree(Head head, Map<String, Long> done) {
        long input = head.next.orElseThrow().number();
        for (Message message : received.getOrDefault(new Step(head.name, input), List.of())) {
            Optional<Place> from = message.sent();
            if (from.isPresent()
                    && done.getOrDefault(from.get().node(), 0L)
                            < from.get().at().input()) {
                return false;
            }
        }
        return true;
    }

    /** A node, and its first turn that is not taken yet. */
    private static final class Head {
        private final String name;
        private final ClusterLog.Turns turns;
        private Optional<Turn> next = Optional.empty();

        private Head(String name, ClusterLog.Turns turns) {
            this.name = name;
            this.turns = turns;
        }

        private void advance() {
            next = turns.next();
        }

        private long now() {
            return next.map(Turn::now).orElse(Long.MAX_VALUE);
        }

        private Turn take() {
            Turn turn = next.orElseThrow();
            advance();
            return turn;
        }
    }
}
