package dev.dunlin.connection.protocol;

import static java.util.Map.entry;

import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.Operand;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What the clauses mean that refuse wishes of connections, streams, questions and channels, and of Kademlia, in words. */
public final class Refusals {

    private static final Map<String, String> WORDS = Map.ofEntries(
            entry("not-self", "it is this node itself"),
            entry("not-draining", "this node drains, as before a stop"),
            entry("peer-is-connected", "it is not connected"),
            entry("has-dialable-address", "no address of it is known that can be dialled"),
            entry("connected-or-connecting", "there is no connection to it, and none is being made"),
            entry("not-connected-or-connecting", "there is a connection to it, or one is being made"),
            entry("connected-connecting-or-retrying", "there is no connection to it, and none is being made"),
            entry("not-banned", "this node has banned it"),
            entry("is-banned", "it is not banned"),
            entry("bans-not-full", "as many peers are banned as there may be"),
            entry("not-kept", "it is kept: end that first, with unkeep if an operator keeps it"),
            entry("is-kept-for-it", "it is not kept by who would end that"),
            entry("kept-not-full", "as many peers are kept as there may be"),
            entry("reasons-not-full", "it is kept for as many reasons as there may be"),
            entry("peers-not-full", "this node has to do with as many peers as it may"),
            entry("dials-not-full", "as many dials are under way as there may be"),
            entry("waiters-not-full", "as many wait for a connection to it as there may be"),
            entry("peer-connections-not-full", "there are as many connections to it as there may be"),
            entry("inbound-not-full", "as many connections that others opened are there as there may be"),
            entry("connections-not-full", "as many connections are there as there may be"),
            entry("has-failed", "no attempt to connect to it has failed"),
            entry("attempts-left", "no attempt to connect to it is left: ask for a connection anew"),
            entry("is-known", "nothing is known of it"),
            entry("not-listened-on", "this node listens there already"),
            entry("listeners-not-full", "this node listens at as many addresses as it may"),
            entry("is-listening", "this node does not listen there"),
            entry("opens-not-full", "as many streams are being opened as there may be"),
            entry("streams-not-full", "as many streams are open as there may be"),
            entry("peer-streams-not-full", "as many streams are open with it as there may be"),
            entry("protocol-is-known", "this node was made without the protocol"),
            entry("message-is-a-question", "the message is no question of the protocol"),
            entry("ticket-is-new", "another wish with the same ticket is under way"),
            entry("asks-not-full", "as many questions are under way as there may be"),
            entry("bytes-not-full", "the questions that are under way take as much memory as they may"),
            entry("queue-not-full", "as many questions of the protocol wait as there may be"),
            entry("there-is-room", "there are as many channels as there may be"),
            entry("channel-is-known", "the channel is over"),
            entry("our-side-goes-on", "this side of the channel is ended"),
            entry("message-is-of-the-protocol", "the message is none of the protocol"),
            entry("message-fits-the-outbox", "the message takes more than half of the channel's outbox"),
            entry("outbox-is-not-full", "the channel's outbox has as many messages as it may"),
            entry("outbox-has-bytes-left", "the channel's outbox has as many bytes as it may"),
            entry("node-has-an-id", "this node has no id yet"),
            entry("link-is-anothers", "the link is this node's own: give it to the other party"),
            entry("attempts-not-full", "as many links are being redeemed as there may be: try again soon"),
            entry("inquiries-not-full", "as much is being asked of the ledger as there may be: try again soon"),
            entry("session-goes-on", "no bootstrap of this number goes on: see 'sessions list'"),
            entry("dht-is-on", "the DHT is off in this node: start it with another routing.mode, or without --dht off"),
            entry("network-is-on", "this node is not part of the network"),
            entry("goal-can-be-reached", "its key or a number of it is out of its range"),
            entry(
                    "node-can-be-found",
                    "this node has no address at which others could come to it: have it listen first"),
            entry("value-is-valid", "the value is not valid under its key, or has expired"),
            entry("disk-has-room", "as many questions wait for the file of the records as there may be"),
            entry("value-is-not-too-long", "the value is longer than this node takes"),
            entry("values-have-room", "this node stores as many values as it may"),
            entry("no-better-value-is-held", "a better value stands under its key"),
            entry("value-is-kept", "no value is kept under this key: see 'dht published'"),
            entry("values-not-full", "as many values are kept known as there may be"),
            entry("keys-have-a-length", "a key is empty, or longer than keys may be"),
            entry("keys-not-full", "as many keys are kept provided as there may be"),
            entry("operations-not-full", "as many operations go on as there may be"),
            entry("queries-not-full", "as many lookups are under way as there may be"),
            entry("crawls-not-full", "as many crawls go on as there may be"),
            entry("operation-goes-on", "the operation is over"),
            entry("query-runs", "the lookup is over"),
            entry("crawl-goes-on", "the crawl is over, or there never was one"));

    /** Of wishes about something, the clause that says that it is not there. */
    private static final Map<String, String> ABSENCES = Map.of(
            "session/cancel", "session-goes-on",
            "publish/forgetValue", "value-is-kept",
            "dht/stop", "operation-goes-on",
            "query/stop", "query-runs",
            "crawl/stop", "crawl-goes-on");

    private Refusals() {}

    /**
     * Whether a wish was refused since what it is about is not there.
     *
     * @param type the wish's full name, such as {@code crawl/stop}
     */
    public static boolean isAbsence(String type, String clause) {
        return clause.equals(ABSENCES.get(type));
    }

    /** Why a wish was refused: a sentence without its full stop, with the limit that was reached, if it was one. */
    public static String why(Refused fact) {
        return why(fact.type(), fact.clause(), fact.operands());
    }

    /**
     * Why an action was refused: a sentence without its full stop, with the limit that was reached, if it was one.
     *
     * @param type the action's full name, such as {@code connection/accepted}
     */
    public static String why(String type, String clause, List<Operand> operands) {
        if (!WORDS.containsKey(clause)) {
            // A machine of somebody else: its words are the clause and what it looked at.
            return why(clause)
                    + (operands.isEmpty()
                            ? ""
                            : operands.stream()
                                    .map(operand -> operand.name() + " is " + operand.value())
                                    .collect(Collectors.joining(", ", ": ", "")));
        }
        return kept(clause, operands).orElseGet(() -> why(clause)) + limits(type, operands);
    }

    // By whom, which is no limit.
    private static Optional<String> kept(String clause, List<Operand> operands) {
        Optional<String> by = operand("keptBy", operands);
        return switch (clause) {
            case "not-kept" -> by.map(who -> "it is kept by " + who + ", and that is to be ended first" + how(who));
            case "is-kept-for-it" ->
                by.map(who -> who.isEmpty()
                        ? "it is not kept"
                        : "it is kept by " + who + ", and not by "
                                + operand("why", operands).orElse("you"));
            default -> Optional.empty();
        };
    }

    // Who is kept from the start on is kept until the end.
    private static String how(String who) {
        return who.contains("--connect") ? ": start the node without it, or ban the peer" : "";
    }

    private static Optional<String> operand(String name, List<Operand> operands) {
        return operands.stream()
                .filter(operand -> operand.name().equals(name))
                .map(Operand::value)
                .findFirst();
    }

    /** The limits among what a clause has looked at, by their names in the configuration, in brackets; empty if there are none. */
    public static String limits(String type, List<Operand> operands) {
        return operands.stream()
                .filter(operand -> operand.name().startsWith("max"))
                .map(operand -> machine(type) + "." + operand.name() + " is " + operand.value())
                .reduce((one, other) -> one + ", " + other)
                .map(limits -> " (" + limits + ")")
                .orElse("");
    }

    private static String machine(String type) {
        int slash = type.indexOf('/');
        return slash < 0 ? type : type.substring(0, slash);
    }

    /** What it means that a clause has refused: a sentence without its full stop. */
    public static String why(String clause) {
        return WORDS.getOrDefault(clause, "its condition '" + clause.replace('-', ' ') + "' is not met");
    }
}
