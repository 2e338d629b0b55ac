package dev.dunlin.node;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.debug.Timeline;
import dev.dunlin.core.debug.Timeline.Event;
import dev.dunlin.core.debug.Timeline.Message;
import dev.dunlin.core.debug.Timeline.Place;
import dev.dunlin.core.debug.Timeline.Reason;
import dev.dunlin.core.store.Verdict;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A joined timeline: a line for each input, then what is unmatched. */
final class TimelineReport {

    private static final int HASH_SHOWN = 8;

    private final Timeline timeline;
    private final PrintWriter out;
    private final boolean json;
    private final Optional<String> about;
    private final Codec codec;
    private long steps;

    /**
     * A report.
     *
     * @param machines what the nodes have
     * @param about the id of the peer that it is limited to
     */
    TimelineReport(Timeline timeline, Machines machines, PrintWriter out, boolean json, Optional<String> about) {
        this.timeline = timeline;
        this.out = out;
        this.json = json;
        this.about = about;
        this.codec = Codec.of(machines.newStore());
    }

    /** Prints it, or as much as somebody reads. */
    void print() {
        timeline.read(event -> {
            if (isWanted(event)) {
                steps++;
                out.println(json ? tree(event).toString() : line(event));
            }
            return !out.checkError();
        });
        List<Message> messages =
                timeline.messages().stream().filter(this::isWanted).toList();
        List<Message> unmatched =
                timeline.unmatched().stream().filter(this::isWanted).toList();
        if (json) {
            ObjectNode end = Report.object().put("steps", steps).put("messages", messages.size());
            ArrayNode list = end.putArray("unmatched");
            unmatched.forEach(message -> list.add(tree(message)));
            out.println(end);
        } else {
            unmatched.forEach(message -> out.println("unmatched  " + line(message)));
            out.println(steps + " steps, " + messages.size() + " messages, " + unmatched.size() + " unmatched");
        }
    }

    private boolean isWanted(Event event) {
        return about.isEmpty()
                || codec.tree(event.turn().input().action()).toString().contains(about.get())
                || Stream.concat(event.sent().stream(), event.received().stream())
                        .anyMatch(this::isWanted);
    }

    private boolean isWanted(Message message) {
        return about.isEmpty()
                || about.get().equals(message.from())
                || about.get().equals(message.to());
    }

    private String line(Event event) {
        StringBuilder line = new StringBuilder(LogLine.time(event.turn().now()))
                .append("  ")
                .append(LogLine.printable(event.node()))
                .append(' ')
                .append(event.turn().number())
                .append("  ")
                .append(codec.nameOf(event.turn().entry(0)))
                .append(' ')
                .append(LogLine.shortened(codec.tree(event.turn().entry(0)).toString()));
        if (!event.turn().cause(0).isNone()) {
            line.append("  [answers ").append(event.turn().cause(0)).append(']');
        }
        Verdict.Disabled disabled = event.turn().rejection(0);
        if (disabled != null) {
            line.append("  [rejected by ").append(disabled.clause()).append(']');
        }
        event.received()
                .forEach(message ->
                        line.append("  [received ").append(from(message)).append(']'));
        event.sent()
                .forEach(message -> line.append("  [sent ").append(to(message)).append(']'));
        if (event.early()) {
            line.append("  [stands before what it received was sent: the logs contradict one another]");
        }
        return line.toString();
    }

    private static String from(Message message) {
        return what(message) + other(message, message.sent(), " from ");
    }

    private static String to(Message message) {
        return what(message) + other(message, message.received(), " to ");
    }

    private static String what(Message message) {
        long stream = message.key().stream();
        return message.key().what() + (stream == 0 ? "" : " of stream " + stream);
    }

    private static String other(Message message, Optional<Place> place, String word) {
        return place.map(there -> word + LogLine.printable(there.node()) + " " + there.at())
                .or(() -> message.unmatched().map(reason -> ", unmatched: " + reason.text()))
                .orElse("");
    }

    private static String line(Message message) {
        Place known = message.sent().or(message::received).orElseThrow();
        String hash = message.key().connection();
        return LogLine.printable(known.node()) + " " + known.at()
                + (message.sent().isPresent() ? "  sent " : "  received ") + what(message) + " on connection "
                + hash.substring(0, Math.min(HASH_SHOWN, hash.length())) + ": "
                + message.unmatched().map(Reason::text).orElse("");
    }

    private ObjectNode tree(Event event) {
        ObjectNode tree = Report.object()
                .put("node", event.node())
                .put("step", event.turn().number())
                .put("at", event.turn().now())
                .put("type", codec.nameOf(event.turn().entry(0)));
        tree.set("payload", codec.tree(event.turn().entry(0)));
        if (!event.turn().cause(0).isNone()) {
            tree.put("answers", event.turn().cause(0).toString());
        }
        Verdict.Disabled disabled = event.turn().rejection(0);
        if (disabled != null) {
            tree.put("rejectedBy", disabled.clause());
        }
        if (event.early()) {
            tree.put("early", true);
        }
        ArrayNode received = tree.putArray("received");
        event.received().forEach(message -> received.add(tree(message)));
        ArrayNode sent = tree.putArray("sent");
        event.sent().forEach(message -> sent.add(tree(message)));
        return tree;
    }

    private static ObjectNode tree(Message message) {
        ObjectNode tree = Report.object()
                .put("what", message.key().what())
                .put("connection", message.key().connection())
                .put("stream", message.key().stream())
                .put("direction", message.key().direction().name())
                .put("ordinal", message.key().ordinal())
                .put("from", message.from())
                .put("to", message.to());
        message.sent().ifPresent(place -> tree.set("sentAt", tree(place)));
        message.received().ifPresent(place -> tree.set("receivedAt", tree(place)));
        message.unmatched().ifPresent(reason -> tree.put("unmatched", reason.name()));
        return tree;
    }

    private static ObjectNode tree(Place place) {
        return Report.object().put("node", place.node()).put("id", place.at().toString());
    }
}
