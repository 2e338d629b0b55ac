package dev.dunlin.connection.words;

import static java.util.Map.entry;

import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.store.Operand;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What it means that a guard's clause has disabled an action, in words: of wishes as {@link Refusals} has it, and of facts, which come
 * too late or are about what is not there.
 */
public final class ClauseWords {

    private static final String CONFIGURE = "node/configure";
    private static final String FULL = "as many of them are there as there may be";
    private static final String NO_CONNECTION = "the connection is not there any more";
    private static final String NO_STREAM = "the stream is not there any more";
    private static final String LATE = "it answers what is no longer waited for";

    private static final Map<String, String> FACTS = Map.ofEntries(
            entry("addresses-of-no-other-peer", "an address of them is that of another peer"),
            entry("answer-is-awaited", LATE),
            entry("ask-is-awaited", LATE),
            entry("ask-is-known", "the question is not there any more"),
            entry("ask-is-opening", LATE),
            entry("ask-is-reaching", LATE),
            entry("ask-is-reaching-or-opening", LATE),
            entry("ask-or-push-is-awaited", LATE),
            entry("attempt-goes-on", "the link is not being redeemed, or not any more"),
            entry("attempts-not-full", "as many links are being redeemed as there may be"),
            entry("bytes-below-limit", "it takes more bytes than it may"),
            entry("changes-live", "a setting does not change while the node runs"),
            entry("channel-is-new", "the channel was told of before"),
            entry("channel-is-read", "nobody waits for what the channel brings"),
            entry("channel-is-written", "nobody waits for what the channel has taken"),
            entry("code-is-a-hooks", "no hook fails in this way"),
            entry("connection-is-known", NO_CONNECTION),
            entry("connection-is-new", "the connection was told of before"),
            entry("connection-is-open", "the connection is being closed already"),
            entry("connection-is-the-peers", "the connection is none to this peer"),
            entry("connection-is-usable", "the connection takes no streams any more"),
            entry("connection-is-used", "nobody uses the connection"),
            entry("connection-streams-not-full", "as many streams are open on the connection as there may be"),
            entry("credit-is-not-full", "as many messages are asked for already as may be"),
            entry("count-in-range", "the number of pings is none that may be asked for"),
            entry("description-fits", "what the peer says of itself is longer than it may be"),
            entry("dial-is-current", "it answers a dial that is over"),
            entry("end-is-awaited", LATE),
            entry("fits-others", "a setting does not fit another one"),
            entry("fits-what-is", "what is there now does not fit the new values"),
            entry("grant-is-its-own", "what is held of the token is held for another bootstrap"),
            entry("has-an-address", "no address is given"),
            entry("has-booted", "the node has not started yet"),
            entry("inquiries-not-full", "as much is being asked of the ledger as there may be: try again soon"),
            entry("inquiry-goes-on", LATE),
            entry("interval-in-range", "the time between pings is none that may be asked for"),
            entry("is-a-value", "a setting has no such value"),
            entry("is-of-a-protocol", "this node does not speak the protocol of the stream"),
            entry("is-served", "the protocol is not served"),
            entry("jobs-below-limit", "as many rounds of pings are under way as there may be"),
            entry("labels-not-full", "as many kinds are counted one by one as there may be"),
            entry("links-below-limit", FULL),
            entry("listen-is-current", "it answers a wish to listen that is over"),
            entry("link-is-anothers", "the link is this node's own: it is for the other party"),
            entry("listener-is-known", "the listener is not there any more"),
            entry("listeners-below-limit", FULL),
            entry("listeners-not-full", FULL),
            entry("message-is-an-answer", "the message is no answer of the protocol"),
            entry("names-are-names", "the name of a protocol is empty or too long"),
            entry("no-connection-is-left", "there is another connection to it"),
            entry("node-has-an-id", "the node has no id"),
            entry("node-is-being-asked", LATE),
            entry("not-asked-before", "it was asked for before"),
            entry("not-connected", "there is a connection to it"),
            entry("open-is-current", "it answers the opening of a stream that is over"),
            entry("open-waits-for-connection", "no stream that is being opened waits for it"),
            entry("opening-is-known", "no channel is being opened by that wish"),
            entry("opening-is-reaching", LATE),
            entry("opening-is-under-way", LATE),
            entry("peer-has-not-finished", "the other side of the channel is ended"),
            entry("peer-is-known", "nothing is known of it"),
            entry("peer-is-new", "it was told of before"),
            entry("peers-below-limit", FULL),
            entry("pong-is-awaited", "no ping waits for it"),
            entry("protocols-below-limit", "there are more protocols than there may be"),
            entry("push-is-awaited", LATE),
            entry("question-is-new", "the question was told of before"),
            entry("question-waits", LATE),
            entry("question-is-open", "the question has its answer, or is gone"),
            entry("rtt-not-negative", "a time below zero was measured"),
            entry("run-is-the-next", "it is another run than the next one"),
            entry("search-goes-on", LATE),
            entry("search-is-awaited", LATE),
            entry("seeds-are-awaited", LATE),
            entry("session-goes-on", "there is no such bootstrap, or it is over"),
            entry("stream-carries-the-ask", "the stream carries no question that waits for it"),
            entry("stream-is-known", NO_STREAM),
            entry("stream-is-new", "the stream was told of before"),
            entry("stream-is-not-reset", "the stream is being reset"),
            entry("stream-is-read", "nobody waits for what the stream brings"),
            entry("stream-is-written", "nobody waits for what the stream has taken"),
            entry("task-is-awaited", LATE),
            entry("ticket-fits", "it answers the wish of somebody else"),
            entry("ticket-is-new", "the same was asked for before, and goes on"),
            entry("time-not-negative", "the time is negative"),
            entry("too-many-are-known", "there is room for all that are known"));

    private ClauseWords() {}

    /**
     * Why an action was disabled: a sentence without its full stop. Of a clause that has no words, as those of other people's machines,
     * it is the clause's own name, spelt as words, and what it looked at.
     *
     * @param type the action's full name, such as {@code connection/connected}
     */
    public static String why(String type, String clause, List<Operand> operands) {
        String fact = FACTS.get(clause);
        if (fact != null) {
            return fact + (type.equals(CONFIGURE) ? told(operands) : Refusals.limits(type, operands));
        }
        return Refusals.why(type, clause, operands);
    }

    // Which setting it is about, and why.
    private static String told(List<Operand> operands) {
        String told = operands.stream()
                .filter(operand -> List.of("key", "value", "above", "why").contains(operand.name()))
                .map(Operand::value)
                .collect(Collectors.joining(", "));
        return told.isEmpty() ? "" : ": " + told;
    }
}
