package dev.dunlin.dht.operations;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.operations.Grid;
import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation.Order;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.words.Counts;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.Effort;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.Operation;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.operation.OperationState;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.trace.LookupTrace;
import dev.dunlin.dht.trace.TraceText;
import dev.dunlin.dht.wire.ValueRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What callers ask of a Kademlia network, as orders: to find and to store. Each takes as long as its operation, which {@code dht.timeout}
 * bounds.
 */
public final class DhtOperations {

    /** How long the end of an operation is awaited, milliseconds: longer than one takes by the standard settings. */
    private static final long PATIENCE = 200_000;

    /** The longest value that is given with an order, in characters: what a request may have. */
    private static final int LONGEST_VALUE = Arguments.MAX_VALUE;

    private static final Parameter KEY = Parameter.required(
            "key", KeyText.KEY, "what is looked for: a CID, a multihash, a peer id, or the name of a record");

    static final Parameter NAME =
            Parameter.required("key", KeyText.NAME, "the name of the value, such as /ipns/ and a peer id");

    private static final Parameter CONTENT =
            Parameter.required("content", KeyText.CONTENT, "the CID or multihash of the content");

    static final Parameter VALUE = Parameter.required("value", new Kind.Free(LONGEST_VALUE), "the value");

    static final Parameter FORM = Parameter.optional(
            "as",
            new Kind.OneOf(List.of("text", "hex", "base64")),
            "text",
            "how the value is written: as it is, or its bytes in hexadecimal digits or base64");

    private static final Parameter AT = Parameter.optional(
            "at",
            new Kind.Addresses(Goal.MOST_NODES),
            "the nodes that are to have it, as addresses that end with /p2p/ and an id; others are not looked for then");

    private DhtOperations() {}

    /** What the lookups of an operation took. */
    public record EffortRow(
            @Means("how many nodes were asked") int asked,
            @Means("how many of them have answered") int answers,

            @Means("the numbers of the lookups, as the log has them")
            List<Long> lookups) {}

    /** Where a peer is. */
    public record FoundPeer(
            @Means("its id") String peer,

            @Means("where it can be reached, the likeliest first")
            List<String> addresses,

            @Means("whether it has answered itself; otherwise others have named it")
            boolean sure,

            @Means("what its lookups took") EffortRow effort,
            @Means("how long it took, milliseconds") double tookMs) {}

    /** A node near a key. */
    public record NodeRow(
            @Means("its id") String peer,

            @Means("how many leading bits its id shares with the key")
            int sharedBits,

            @Means("where it can be reached, the likeliest first")
            List<String> addresses) {}

    /** The nodes nearest to a key. */
    public record ClosestNodes(
            @Means("the key") String key,

            @Means("the nodes that have answered, the nearest first")
            List<NodeRow> nodes,

            @Means("whether the lookup came to its end; otherwise its time was over")
            boolean complete,

            @Means("what its lookups took") EffortRow effort,
            @Means("how long it took, milliseconds") double tookMs) {}

    /** The part that a node has in a lookup. */
    public record PartRow(
            @Means("its id") String peer,

            @Means("who named it first; left out if this node knew it")
            Optional<String> namedBy,

            @Means("how many questions lie between this node and it, 1 if this node knew it")
            int hops,

            @Means("how many leading bits its id shares with the key")
            int sharedBits,

            @Means("answered, failed, awaited if the lookup was over before it answered, or not-asked")
            String fate,

            @Means("when it was asked, milliseconds after the lookup began")
            Optional<Double> askedMs,

            @Means("when it answered or failed, milliseconds after the lookup began")
            Optional<Double> endedMs,

            @Means("how many nodes it named") int named,
            @Means("why it failed") Optional<String> why) {}

    /** How a lookup went in a network. */
    public record LookupTree(
            @Means("wide or local") String network,

            @Means("the number of the lookup, as the log has it")
            long lookup,

            @Means("how it ended, in words") String says,
            @Means("how long it took, milliseconds") double tookMs,
            @Means("how many nodes were asked") int asked,
            @Means("how many have answered") int answers,
            @Means("how many have not, and will not") int failures,

            @Means("how many that were named were not taken, for want of room")
            long dropped,

            @Means("the part of each node: those that were asked in that order, then the others, the nearest first")
            List<PartRow> parts,

            @Means("who named whom, as lines of a tree") List<String> tree) {}

    /** How a lookup went. */
    public record Lookup(
            @Means("what was looked for") String key,

            @Means("how it went in each network in which there was one")
            List<LookupTree> lookups) {}

    /** A value. */
    public record FoundValue(
            @Means("its key") String key,
            @Means("the value in base64") String value,

            @Means("the value as text; left out if it is none")
            Optional<String> text,

            @Means("how many nodes had a valid value, this or a worse one")
            int answers,

            @Means("what its lookups took") EffortRow effort,
            @Means("how long it took, milliseconds") double tookMs) {}

    /** Who provides some content. */
    public record ProviderList(
            @Means("the content, as it was asked for") String content,

            @Means("the ids of the peers that provide it, in the order in which they were found")
            List<String> providers,

            @Means("what its lookups took") EffortRow effort,
            @Means("how long it took, milliseconds") double tookMs) {}

    /** With how many nodes something was stored. */
    public record Stored(
            @Means("the key") String key,
            @Means("how many nodes have stored it") int stored,
            @Means("how many have not") int failed,
            @Means("what its lookups took") EffortRow effort,
            @Means("how long it took, milliseconds") double tookMs) {}

    /** An operation that goes on. */
    public record RunningRow(
            @Means("its number, as in the log") long operation,
            @Means("what it does, and for what") String goal,
            @Means("who asked for it") String asker,
            @Means("searching or storing") String phase,
            @Means("since when") String since,

            @Means("with how many nodes something is stored")
            int stored) {}

    /** Operations that go on. */
    public record RunningList(
            @Means("the operations, the oldest first") List<RunningRow> operations) {}

    /**
     * All.
     *
     * @param validators which judge the values that are stored: what is not valid at any time is not sent on its way
     */
    public static Operations<Object, OperationState> of(Validators validators) {
        return Operations.<Object, OperationState>none()
                .with(
                        findPeer(),
                        closest(),
                        lookup(),
                        get(validators),
                        put(validators),
                        findProviders(),
                        provide(),
                        running())
                .with(
                        Metric.gauges("running", "goal", "operations that go on", at -> {
                            Map<String, Integer> all = new TreeMap<>();
                            for (Operation operation : at.own().running().values()) {
                                all.merge(operation.goal().word(), 1, Integer::sum);
                            }
                            return all;
                        }),
                        Metric.gauge(
                                "max_running",
                                "most operations at the same time",
                                at -> at.own().config().maxOperations()));
    }

    private static Order<Object, OperationState, FoundPeer> findPeer() {
        return new Order<>(
                "dht find-peer",
                "/dht/peers/{peer}/find",
                List.of(Parameter.required("peer", new Kind.Peer(), "the id of the peer")),
                "Finds out where a peer is.",
                FoundPeer.class,
                (given, ticket) -> new OperationAction.Start(ticket, new Goal.FindPeer(given.peer("peer"))),
                (outcome, given, after) -> foundPeer(end(outcome), given.text("peer")),
                found -> {
                    List<String> lines = new ArrayList<>(List.of(found.peer()
                            + (found.sure() ? " has answered" : " is named by others, and has not answered itself")));
                    found.addresses().forEach(address -> lines.add("  " + address));
                    lines.add(text(found.effort()));
                    return lines;
                },
                PATIENCE);
    }

    private static FoundPeer foundPeer(OperationOutcome.Done done, String peer) {
        if (done.found() instanceof Goal.Found.Peer(var info, boolean isSure, var _)) {
            return new FoundPeer(
                    peer,
                    info.addresses().stream().map(Multiaddr::toString).toList(),
                    isSure,
                    effort(done),
                    millis(done.took()));
        }
        throw nothing(done, "the peer " + peer, "it is not part of this network, or has not been for long");
    }

    private static Order<Object, OperationState, ClosestNodes> closest() {
        return new Order<>(
                "dht closest",
                "/dht/closest",
                List.of(KEY),
                "Finds the nodes nearest to a key.",
                ClosestNodes.class,
                (given, ticket) -> new OperationAction.Start(ticket, new Goal.FindClosest(key(given))),
                (outcome, given, after) -> closestNodes(end(outcome), given),
                DhtOperations::text,
                PATIENCE);
    }

    private static ClosestNodes closestNodes(OperationOutcome.Done done, Arguments given) {
        if (done.closest().isEmpty()) {
            throw nothing(done, "a node near " + given.text("key"), "nobody is there");
        }
        Key target = Key.ofPreimage(key(given));
        return new ClosestNodes(
                given.text("key"),
                done.closest().stream().map(contact -> row(contact, target)).toList(),
                done.result() == OperationOutcome.Result.FINISHED,
                effort(done),
                millis(done.took()));
    }

    private static NodeRow row(Contact contact, Key target) {
        return new NodeRow(
                contact.peer().toString(),
                target.commonPrefix(contact.key()),
                contact.addresses().stream().map(Multiaddr::toString).toList());
    }

    private static List<String> text(ClosestNodes found) {
        Grid grid = Grid.of("nobody has answered", "PEER", "SHARED BITS", "ADDRESS");
        found.nodes()
                .forEach(node -> grid.row(
                        node.peer(),
                        Integer.toString(node.sharedBits()),
                        node.addresses().isEmpty() ? "" : node.addresses().getFirst()));
        List<String> lines = new ArrayList<>(grid.lines());
        if (!found.complete()) {
            lines.add("the time was over before the lookup came to its end: there may be nearer ones");
        }
        lines.add(text(found.effort()));
        return lines;
    }

    private static Order<Object, OperationState, Lookup> lookup() {
        return new Order<>(
                "dht lookup",
                "/dht/lookup",
                List.of(KEY),
                "Looks for the nodes nearest to a key, and shows who named whom, who answered, and when.",
                Lookup.class,
                (given, ticket) -> new OperationAction.Start(ticket, new Goal.Trace(key(given))),
                (outcome, given, after) -> lookup(end(outcome), given),
                DhtOperations::text,
                PATIENCE);
    }

    private static Lookup lookup(OperationOutcome.Done done, Arguments given) {
        if (done.found() instanceof Goal.Found.Traced(Table<Network, QueryOutcome.Done> lookups)) {
            List<LookupTree> trees = new ArrayList<>();
            lookups.each((network, end) -> trees.add(tree(network, key(given), end)));
            return new Lookup(given.text("key"), trees);
        }
        throw nothing(done, "a node near " + given.text("key"), "nobody is there");
    }

    private static LookupTree tree(Network network, Bytes key, QueryOutcome.Done end) {
        LookupTrace trace = LookupTrace.of(network.protocol(), key, end);
        Key target = Key.ofPreimage(key);
        return new LookupTree(
                network.word(),
                end.query(),
                TraceText.summary(trace),
                millis(end.took()),
                end.requests(),
                end.answers(),
                end.failures(),
                end.dropped(),
                trace.parts().stream().map(part -> row(part, target)).toList(),
                TraceText.tree(trace, PeerId::toString));
    }

    private static PartRow row(Part part, Key target) {
        return switch (part.fate()) {
            case Part.Fate.NotAsked() -> row(part, target, "not-asked", Optional.empty(), Optional.empty());
            case Part.Fate.Awaited(long askedAt) ->
                row(part, target, "awaited", Optional.of(askedAt), Optional.empty());
            case Part.Fate.Replied(long askedAt, long endedAt, int _) ->
                row(part, target, "answered", Optional.of(askedAt), Optional.of(endedAt));
            case Part.Fate.NotReplied(long askedAt, long endedAt, AskFailure _) ->
                row(part, target, "failed", Optional.of(askedAt), Optional.of(endedAt));
        };
    }

    private static PartRow row(Part part, Key target, String fate, Optional<Long> askedAt, Optional<Long> endedAt) {
        return new PartRow(
                part.peer().toString(),
                part.referrer().map(PeerId::toString),
                part.hops(),
                target.commonPrefix(Key.of(part.peer())),
                fate,
                askedAt.map(DhtOperations::millis),
                endedAt.map(DhtOperations::millis),
                part.fate() instanceof Part.Fate.Replied replied ? replied.named() : 0,
                part.fate() instanceof Part.Fate.NotReplied failed
                        ? Optional.of(TraceText.words(failed.why()))
                        : Optional.empty());
    }

    private static List<String> text(Lookup lookup) {
        List<String> lines = new ArrayList<>();
        for (LookupTree tree : lookup.lookups()) {
            lines.add("the lookup for " + lookup.key() + " in the network " + tree.network() + ", number "
                    + tree.lookup());
            lines.addAll(tree.tree());
        }
        return lines;
    }

    private static Order<Object, OperationState, FoundValue> get(Validators validators) {
        return new Order<>(
                "dht get",
                "/dht/get",
                List.of(
                        NAME,
                        Parameter.optional(
                                "quorum",
                                new Kind.Count(0, Terms.MOST_WANTED),
                                "0",
                                "how many answers with a value are enough, 0 for as many as dht.quorum says")),
                "Finds the best value that is stored under a key.",
                FoundValue.class,
                (given, ticket) -> new OperationAction.Start(
                        ticket, new Goal.GetValue(judged(given, validators), (int) given.number("quorum"))),
                (outcome, given, after) -> foundValue(end(outcome), given.text("key")),
                found -> List.of(
                        found.text().orElseGet(() -> "base64: " + found.value()),
                        Counts.of(found.answers(), "node") + " had a valid value; " + text(found.effort())),
                PATIENCE);
    }

    // Of values that nobody here can judge none would be found.
    private static Bytes judged(Arguments given, Validators validators) {
        Bytes key = key(given);
        if (validators.of(key).isEmpty()) {
            throw NoAnswerException.badRequest(given.text("key") + " cannot be looked for: " + validators.unknown());
        }
        return key;
    }

    private static FoundValue foundValue(OperationOutcome.Done done, String key) {
        if (done.found() instanceof Goal.Found.Value(ValueRecord record, int answers)) {
            return new FoundValue(
                    key,
                    record.value().toString(),
                    KeyText.printable(record.value()),
                    answers,
                    effort(done),
                    millis(done.took()));
        }
        throw nothing(done, "a value of " + key, "nobody has stored one, or it has expired");
    }

    private static Order<Object, OperationState, Stored> put(Validators validators) {
        return new Order<>(
                "dht put",
                "/dht/put",
                List.of(NAME, VALUE, FORM, AT),
                "Stores a value with the nodes nearest to its key, or with those that are given. They keep it for some days.",
                Stored.class,
                (given, ticket) -> new OperationAction.Start(ticket, put(given, record(given, validators))),
                (outcome, given, after) -> stored(end(outcome), given.text("key")),
                DhtOperations::text,
                PATIENCE);
    }

    private static Goal put(Arguments given, ValueRecord record) {
        List<Multiaddr> addresses = given.addresses(AT.name());
        addresses.stream()
                .filter(address -> address.peerId().isEmpty())
                .findFirst()
                .ifPresent(address -> {
                    throw NoAnswerException.badRequest("at: " + address
                            + " does not say which node is there: end it with /p2p/ and the node's id");
                });
        return addresses.isEmpty() ? new Goal.PutValue(record) : new Goal.PutValueTo(record, Contact.named(addresses));
    }

    static ValueRecord record(Arguments given, Validators validators) {
        Bytes key = key(given);
        Bytes value = value(given.text("value"), given.text("as"));
        // At the beginning of all time nothing has expired: whether it has now, the guard of the wish asks.
        Optional<String> problem = validators.problem(key, value, 0);
        if (problem.isPresent()) {
            throw NoAnswerException.badRequest("value is not valid under " + given.text("key") + ": " + problem.get());
        }
        return ValueRecord.of(key, value);
    }

    private static Bytes value(String written, String form) {
        try {
            return switch (form) {
                case "hex" -> KeyText.hex(written);
                case "base64" -> Bytes.of(Base64.getDecoder().decode(written));
                default -> Bytes.of(written.getBytes(StandardCharsets.UTF_8));
            };
        } catch (BadValueException noHex) {
            throw NoAnswerException.badRequest(
                    "value " + noHex.why() + ": give it without --as, or as hexadecimal digits");
        } catch (IllegalArgumentException noBase64) {
            throw NoAnswerException.badRequest(
                    "value is no base64: give it without --as, or as base64 with its padding");
        }
    }

    private static Order<Object, OperationState, ProviderList> findProviders() {
        return new Order<>(
                "dht find-providers",
                "/dht/find-providers",
                List.of(
                        CONTENT,
                        Parameter.optional(
                                "count",
                                new Kind.Count(1, Goal.MOST_PROVIDERS),
                                "20",
                                "how many providers are enough")),
                "Finds out who provides some content.",
                ProviderList.class,
                (given, ticket) -> new OperationAction.Start(
                        ticket, new Goal.FindProviders(content(given), (int) given.number("count"))),
                (outcome, given, after) -> providers(end(outcome), given.text("content")),
                DhtOperations::text,
                PATIENCE);
    }

    private static ProviderList providers(OperationOutcome.Done done, String content) {
        if (done.found() instanceof Goal.Found.Providers(List<PeerId> peers) && !peers.isEmpty()) {
            return new ProviderList(
                    content, peers.stream().map(PeerId::toString).toList(), effort(done), millis(done.took()));
        }
        throw nothing(done, "a provider of " + content, "nobody has said that it provides it, or all have gone");
    }

    private static List<String> text(ProviderList found) {
        List<String> lines = new ArrayList<>(found.providers());
        lines.add(Counts.of(found.providers().size(), "provider", "providers") + "; " + text(found.effort()));
        return lines;
    }

    private static Order<Object, OperationState, Stored> provide() {
        return new Order<>(
                "dht provide",
                "/dht/provide",
                List.of(CONTENT),
                "Tells the nodes nearest to some content that this node provides it. They keep that for some days.",
                Stored.class,
                (given, ticket) -> new OperationAction.Start(ticket, new Goal.Provide(content(given))),
                (outcome, given, after) -> stored(end(outcome), given.text("content")),
                DhtOperations::text,
                PATIENCE);
    }

    private static Stored stored(OperationOutcome.Done done, String key) {
        if (done.stored() > 0) {
            return new Stored(key, done.stored(), done.failed(), effort(done), millis(done.took()));
        }
        throw done.result() == OperationOutcome.Result.NOT_STORED
                ? new NoAnswerException(
                        NoAnswerException.Kind.FAILED,
                        done.closest().isEmpty()
                                ? Counts.of(done.failed(), "node was", "nodes were")
                                        + " asked to store it, and none has: look whether they are there"
                                : "none of the " + done.failed() + " nodes nearest to " + key
                                        + " has stored it: ask again later, or look with 'dht closest' who they are")
                : nothing(done, "a node to store " + key + " with", "nobody is there");
    }

    private static List<String> text(Stored stored) {
        return List.of("stored with " + Counts.of(stored.stored(), "node", "nodes")
                + (stored.failed() > 0 ? ", and " + Counts.of(stored.failed(), "has", "have") + " not stored it" : "")
                + (stored.effort().asked() > 0 ? "; to find them " + text(stored.effort()) : ""));
    }

    private static Query<Object, OperationState, RunningList> running() {
        return new Query<>(
                "dht running",
                "/dht/running",
                List.of(),
                "Lists the operations that go on.",
                RunningList.class,
                (at, given) -> running(at),
                DhtOperations::text);
    }

    private static RunningList running(At<Object, OperationState> at) {
        List<RunningRow> rows = new ArrayList<>();
        at.own()
                .running()
                .each((number, operation) -> rows.add(new RunningRow(
                        number,
                        Sought.words(operation.goal()),
                        operation.ticket().machine(),
                        operation.hasSearched() ? "storing" : "searching",
                        at.instant(operation.startedAt()),
                        operation.storing().stored())));
        return new RunningList(rows);
    }

    private static List<String> text(RunningList list) {
        Grid grid = Grid.of("no operation goes on", "OPERATION", "GOAL", "ASKED BY", "PHASE", "SINCE");
        list.operations()
                .forEach(row ->
                        grid.row(Long.toString(row.operation()), row.goal(), row.asker(), row.phase(), row.since()));
        return grid.lines();
    }

    // What all have in common

    private static EffortRow effort(OperationOutcome.Done done) {
        Effort effort = done.effort();
        return new EffortRow(effort.asked(), effort.answers(), effort.lookups());
    }

    private static String text(EffortRow effort) {
        String numbers = String.join(
                " and ", effort.lookups().stream().map(String::valueOf).toList());
        return effort.lookups().isEmpty()
                ? "no lookup was needed"
                : Counts.of(effort.asked(), "node was asked", "nodes were asked") + ", " + effort.answers()
                        + " answered (" + (effort.lookups().size() == 1 ? "lookup " : "lookups ") + numbers + ")";
    }

    private static OperationOutcome.Done end(Optional<Action.Ticketed> outcome) {
        if (outcome.isPresent() && outcome.get() instanceof OperationOutcome.Done done) {
            return done;
        }
        throw new IllegalStateException("no end of an operation: " + outcome);
    }

    /** Why there is no answer, where nothing was found. */
    private static NoAnswerException nothing(OperationOutcome.Done done, String what, String perhaps) {
        return switch (done.result()) {
            case FINISHED, NOT_STORED ->
                new NoAnswerException(
                        NoAnswerException.Kind.NOT_FOUND, what + " was not found: " + perhaps + silent(done.effort()));
            case NO_ANSWERS ->
                new NoAnswerException(
                        NoAnswerException.Kind.FAILED,
                        what + " was not found, since no node of the network has answered: see 'dht table' whom this"
                                + " node knows, and give it others to ask with routing.bootstrap");
            case TIMED_OUT ->
                new NoAnswerException(
                        NoAnswerException.Kind.TIMED_OUT,
                        what + " was not found in " + Math.round(millis(done.took()) / 1000)
                                + " s: ask again, or give it more time with dht.timeout");
            case STOPPED ->
                new NoAnswerException(
                        NoAnswerException.Kind.FAILED,
                        what + " was not found, since the operation was stopped: ask again");
        };
    }

    private static String silent(Effort effort) {
        int silent = effort.asked() - effort.answers();
        return silent == 0
                ? ""
                : "; or those have it that did not answer, " + silent + " of the " + effort.asked()
                        + " nodes that were asked";
    }

    private static double millis(long micros) {
        return micros / 1000.0;
    }

    /** The key that was given: the recorded form of {@link KeyText#KEY}, which is one. */
    static Bytes key(Arguments given) {
        return read(given.text("key"));
    }

    static Bytes content(Arguments given) {
        return read(given.text("content"));
    }

    private static Bytes read(String recorded) {
        try {
            return KeyText.key(recorded);
        } catch (BadValueException checked) {
            throw new IllegalStateException("an argument was checked, and is no key: " + recorded, checked);
        }
    }
}
