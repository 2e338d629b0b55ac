package dev.dunlin.connection.operations;

import dev.dunlin.connection.Ban;
import dev.dunlin.connection.Connection;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.operations.ConnectionOperations.ConnectionRow;
import dev.dunlin.connection.operations.ConnectionOperations.Done;
import dev.dunlin.connection.peer.Description;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.words.PeerAnswer;
import dev.dunlin.connection.words.PeerWords;
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
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Peers, to those who operate a node. */
public final class PeerOperations {

    /** Who keeps a peer that was kept by an order. */
    public static final String OPERATOR = "an operator";

    private static final int MOST_ROWS = 1_000_000;

    // Ten years, in microseconds.
    private static final long LONGEST_BAN = 3_650L * 86_400 * 1_000_000;

    private PeerOperations() {}

    /** A peer in a list. */
    public record PeerRow(
            @Means("its id") String peer,

            @Means("connected, connecting, failed, banned, or known")
            String state,

            @Means("for whom the node stays connected to it; none if nobody has asked for that")
            List<String> keptBy,

            @Means("the address of its connection or of the dial under way, or the first at which it may be")
            Optional<String> address,

            @Means("the software that it says it is") Optional<String> agent,

            @Means("round-trip time in milliseconds, smoothed")
            Optional<Double> roundTripMs,

            @Means("what is the case, in words") String says) {

        /** The round-trip time as people read it; empty if there is none. */
        public String roundTrip() {
            return roundTripMs
                    .map(millis -> String.format(Locale.ROOT, "%.1f ms", millis))
                    .orElse("");
        }
    }

    /** Peers. */
    public record PeerList(
            @Means("the peers, connected ones first") List<PeerRow> peers,

            @Means("how many there are of those that were asked for")
            int total) {}

    /** A ban. */
    public record BanRow(
            @Means("the id of the peer") String peer,

            @Means("since when") String since,

            @Means("when it ends; nothing if it is to be lifted")
            Optional<String> until,

            @Means("what for; may be empty") String why) {}

    /** Bans. */
    public record BanList(
            @Means("the bans, in the order of the ids") List<BanRow> bans,

            @Means("how many there are") int total) {}

    /** All about a peer. */
    public record Peer(
            @Means("its id") String peer,

            @Means("connected, connecting, failed, banned, known, or unknown")
            String state,

            @Means("what is the case, since when and for what reason, in words")
            String says,

            @Means("what will happen next, in words") String next,
            @Means("what can be done, in words") String advice,

            @Means("for whom the node stays connected to it")
            List<String> keptBy,

            @Means("where it may be, best first") List<String> addresses,
            @Means("the software that it says it is") Optional<String> agent,
            @Means("what it calls its network") Optional<String> protocolVersion,

            @Means("the protocols that it says it takes streams for")
            List<String> protocols,

            @Means("round-trip time in milliseconds, smoothed")
            Optional<Double> roundTripMs,

            @Means("when it was last seen to connect or to go")
            Optional<String> seen,

            @Means("its connections") List<ConnectionRow> connections) {}

    private static final Parameter PEER = Parameter.required("peer", new Kind.Peer(), "the id of a peer");

    private static final Parameter ADDRESS = Parameter.required(
            "address",
            new Kind.Addresses(1),
            "where the peer is, with /p2p/ and its id at the end, or only /p2p/ and the id of one that is known");

    private static final Parameter SPAN =
            Parameter.optional("for", new Kind.Time(0, LONGEST_BAN), "0", "for how long; 0 for until it is lifted");

    private static final Parameter REASON =
            Parameter.optional("why", new Kind.Free(ConnectionAction.MAX_TEXT), "", "what for, to be told with it");

    /** All. */
    public static final Operations<ConnectionView, PeerState> ALL = Operations.<ConnectionView, PeerState>none()
            .with(
                    new Query<>(
                            "peers",
                            "/peers",
                            List.of(
                                    Parameter.optional(
                                            "state",
                                            new Kind.OneOf(List.of(
                                                    "all",
                                                    "connected",
                                                    "connecting",
                                                    "failed",
                                                    "kept",
                                                    "banned",
                                                    "known")),
                                            "all",
                                            "which peers"),
                                    Parameter.optional(
                                            "limit", new Kind.Count(1, MOST_ROWS), "100", "how many of them at most")),
                            "Lists the peers that the node knows of, connected ones first.",
                            PeerList.class,
                            PeerOperations::peers,
                            PeerOperations::text),
                    new Query<>(
                            "peers show",
                            "/peers/{peer}",
                            List.of(PEER),
                            "Tells all about a peer.",
                            Peer.class,
                            PeerOperations::peer,
                            PeerOperations::text),
                    new Order<>(
                            "connect",
                            "/connect",
                            List.of(ADDRESS),
                            "Connects to a peer, and tells how that ended. Once lost, the connection is not made again: see"
                                    + " keep.",
                            Done.class,
                            (given, ticket) -> new PeerAction.Reach(peerIn(given), addressesIn(given), ticket),
                            (outcome, given, after) -> connected(outcome.orElseThrow(), given, after),
                            done -> List.of(done.state()),
                            120_000),
                    new Order<>(
                            "keep",
                            "/keep",
                            List.of(ADDRESS),
                            "Stays connected to a peer: it is dialled now, and again whenever it is lost, until the node"
                                    + " stops or is told unkeep.",
                            Done.class,
                            (given, ticket) -> new ConnectionAction.Keep(peerIn(given), addressesIn(given), OPERATOR),
                            (outcome, given, after) -> new Done(tells(after, peerIn(given))),
                            done -> List.of(done.state()),
                            10_000),
                    new Order<>(
                            "unkeep",
                            "/peers/{peer}/unkeep",
                            List.of(PEER),
                            "No longer stays connected to a peer that was kept by keep. Its connection goes on.",
                            Done.class,
                            (given, ticket) -> new ConnectionAction.Unkeep(given.peer("peer"), OPERATOR),
                            (outcome, given, after) -> new Done(tells(after, given.peer("peer"))),
                            done -> List.of(done.state()),
                            10_000),
                    new Order<>(
                            "disconnect",
                            "/peers/{peer}/disconnect",
                            List.of(PEER),
                            "Closes all connections to a peer, or gives up the dial to it. Streams may end first. Refused while"
                                    + " the peer is kept.",
                            Done.class,
                            (given, ticket) -> new ConnectionAction.Disconnect(given.peer("peer")),
                            (outcome, given, after) -> new Done(says(after, given.peer("peer"))),
                            done -> List.of(done.state()),
                            10_000),
                    new Query<>(
                            "bans",
                            "/bans",
                            List.of(Parameter.optional(
                                    "limit", new Kind.Count(1, MOST_ROWS), "100", "how many of them at most")),
                            "Lists the peers that are banned.",
                            BanList.class,
                            PeerOperations::bans,
                            PeerOperations::text),
                    new Order<>(
                            "ban",
                            "/peers/{peer}/ban",
                            List.of(PEER, SPAN, REASON),
                            "Has nothing to do with a peer any more: its connections are closed, it is kept no longer, it is not"
                                    + " dialled, and what it opens is not taken, until the time is over or the node is told"
                                    + " unban. A stop of the node does not end it.",
                            Done.class,
                            (given, ticket) -> new ConnectionAction.Ban(
                                    given.peer("peer"), given.number("for"), given.text("why")),
                            (outcome, given, after) -> new Done(tells(after, given.peer("peer"))),
                            done -> List.of(done.state()),
                            10_000),
                    new Order<>(
                            "unban",
                            "/peers/{peer}/unban",
                            List.of(PEER),
                            "Lifts the ban of a peer. It is not dialled because of that; one that was kept is kept no longer.",
                            Done.class,
                            (given, ticket) -> new ConnectionAction.Unban(given.peer("peer")),
                            (outcome, given, after) -> new Done(tells(after, given.peer("peer"))),
                            done -> List.of(done.state()),
                            10_000))
            .with(Metric.gauge(
                    "banned",
                    "peers that are banned",
                    at -> at.view().connection().bans().size()))
            .with(Metric.gauges(
                    "known",
                    "how",
                    "peers of which something is remembered",
                    at -> Map.of(
                            "met",
                            at.own().met().size(),
                            "heard",
                            at.own().heard().size())));

    private static PeerId peerIn(Arguments given) {
        Multiaddr address = given.addresses("address").getFirst();
        return address.peerId()
                .orElseThrow(() -> NoAnswerException.badRequest(
                        address + " does not say which peer is there: add /p2p/ and its id"));
    }

    private static List<Multiaddr> addressesIn(Arguments given) {
        return given.addresses("address").getFirst().withoutPeer().map(List::of).orElse(List.of());
    }

    private static PeerWords words(At<ConnectionView, PeerState> at) {
        return new PeerWords(
                at.view().connection(), at.own(), at.now(), at.node().wallOffset(), at.clock());
    }

    private static String says(At<ConnectionView, PeerState> at, PeerId peer) {
        return words(at).about(peer, Optional.empty()).state();
    }

    /** With what comes of it, where that is what was ordered. */
    private static String tells(At<ConnectionView, PeerState> at, PeerId peer) {
        PeerAnswer answer = words(at).about(peer, Optional.empty());
        return answer.state() + "; " + answer.next();
    }

    private static Done connected(Object outcome, Arguments given, At<ConnectionView, PeerState> after) {
        return switch (outcome) {
            case ConnectionOutcome.ConnectDone done -> new Done(says(after, done.peer()));
            case ConnectionOutcome.ConnectGaveUp gaveUp ->
                throw new NoAnswerException(
                        NoAnswerException.Kind.FAILED,
                        "connecting to " + given.addresses("address").getFirst() + " failed: "
                                + gaveUp.error().text());
            default -> throw new IllegalStateException("no outcome of a connect: " + outcome);
        };
    }

    private static String state(At<ConnectionView, PeerState> at, PeerId peer) {
        return switch (at.view().connection().phaseOf(peer)) {
            case ConnectionState.Connected _ -> "connected";
            case ConnectionState.Connecting _ -> "connecting";
            case ConnectionState.ConnectionFailed _ -> "failed";
            case ConnectionState.Disconnected _ when at.view().connection().isBanned(peer) -> "banned";
            case ConnectionState.Disconnected _ ->
                at.own().met().has(peer) || at.own().heard().has(peer) ? "known" : "unknown";
        };
    }

    private static List<String> keptBy(At<ConnectionView, PeerState> at, PeerId peer) {
        return at.view()
                .connection()
                .kept()
                .find(peer)
                .map(ConnectionState.Kept::why)
                .orElse(List.of());
    }

    private static Optional<Double> roundTrip(At<ConnectionView, PeerState> at, PeerId peer) {
        return at.own()
                .met()
                .find(peer)
                .map(PeerState.Met::latency)
                .filter(micros -> micros > 0)
                .map(micros -> micros / 1000.0);
    }

    private static PeerList peers(At<ConnectionView, PeerState> at, Arguments given) {
        String wanted = given.text("state");
        TreeSet<PeerId> all = new TreeSet<>();
        at.view().connection().peers().keys().forEach(all::add);
        at.view().connection().kept().keys().forEach(all::add);
        at.view().connection().bans().keys().forEach(all::add);
        at.own().met().keys().forEach(all::add);
        at.own().heard().keys().forEach(all::add);
        List<PeerId> found = new ArrayList<>();
        for (String state : List.of("connected", "connecting", "failed", "banned", "known", "unknown")) {
            for (PeerId peer : all) {
                boolean isWanted = switch (wanted) {
                    case "all" -> true;
                    case "kept" -> at.view().connection().isKept(peer);
                    default -> wanted.equals(state);
                };
                if (isWanted && state(at, peer).equals(state)) {
                    found.add(peer);
                }
            }
        }
        long limit = given.number("limit");
        return new PeerList(
                found.stream().limit(limit).map(peer -> row(at, peer)).toList(), found.size());
    }

    private static BanList bans(At<ConnectionView, PeerState> at, Arguments given) {
        Table<PeerId, Ban> all = at.view().connection().bans();
        List<BanRow> rows = new ArrayList<>();
        for (Map.Entry<PeerId, Ban> entry : all) {
            Ban ban = entry.getValue();
            if (rows.size() < given.number("limit")) {
                rows.add(new BanRow(
                        entry.getKey().toString(),
                        // Of the wall clock already.
                        at.instant(ban.since() - at.node().wallOffset()),
                        ban.until() == Due.NEVER
                                ? Optional.empty()
                                : Optional.of(at.instant(ban.until() - at.node().wallOffset())),
                        ban.why()));
            }
        }
        return new BanList(rows, all.size());
    }

    private static List<String> text(BanList list) {
        Grid grid = Grid.of("no peer is banned", "PEER", "SINCE", "UNTIL", "WHY");
        list.bans().forEach(row -> grid.row(row.peer(), row.since(), row.until().orElse("it is lifted"), row.why()));
        List<String> lines = new ArrayList<>(grid.lines());
        if (list.total() > list.bans().size()) {
            lines.add("and " + (list.total() - list.bans().size()) + " more: give a higher limit");
        }
        return lines;
    }

    private static PeerRow row(At<ConnectionView, PeerState> at, PeerId peer) {
        ConnectionState connection = at.view().connection();
        Optional<String> address = switch (connection.phaseOf(peer)) {
            case ConnectionState.Connected connected ->
                Optional.of(connected.address().toString());
            case ConnectionState.Connecting connecting ->
                Optional.of(connecting.address().toString());
            case ConnectionState.ConnectionFailed failed ->
                Optional.of(failed.address().toString());
            case ConnectionState.Disconnected _ ->
                at.own().addresses(peer).stream().findFirst().map(Multiaddr::toString);
        };
        return new PeerRow(
                peer.toString(),
                state(at, peer),
                keptBy(at, peer),
                address,
                words(at).agent(peer),
                roundTrip(at, peer),
                says(at, peer));
    }

    private static List<String> text(PeerList list) {
        Grid grid = Grid.of("there are no such peers", "PEER", "STATE", "KEPT", "RTT", "ADDRESS", "AGENT");
        list.peers()
                .forEach(row -> grid.row(
                        row.peer(),
                        row.state(),
                        row.keptBy().isEmpty() ? "" : "kept",
                        row.roundTrip(),
                        row.address().orElse(""),
                        row.agent().orElse("")));
        List<String> lines = new ArrayList<>(grid.lines());
        if (list.total() > list.peers().size()) {
            lines.add("and " + (list.total() - list.peers().size()) + " more: give a higher limit");
        }
        return lines;
    }

    private static Peer peer(At<ConnectionView, PeerState> at, Arguments given) {
        PeerId peer = given.peer("peer");
        PeerAnswer answer = words(at).about(peer, Optional.empty());
        Optional<Description> description = at.own().description(peer);
        List<ConnectionRow> connections = new ArrayList<>();
        if (at.view().connection().phaseOf(peer) instanceof ConnectionState.Connected connected) {
            for (Handle handle : connected.open()) {
                Connection connection = at.view().connection().connections().at(handle);
                connections.add(ConnectionOperations.row(at, handle, connection));
            }
        }
        return new Peer(
                peer.toString(),
                state(at, peer),
                answer.state(),
                answer.next(),
                answer.advice(),
                keptBy(at, peer),
                at.own().addresses(peer).stream().map(Multiaddr::toString).toList(),
                words(at).agent(peer),
                description.map(Description::protocolVersion).filter(version -> !version.isEmpty()),
                description.map(Description::protocols).orElse(List.of()),
                roundTrip(at, peer),
                // Of the wall clock already.
                at.own()
                        .met()
                        .find(peer)
                        .map(met -> at.instant(met.seen() - at.node().wallOffset())),
                connections);
    }

    private static List<String> text(Peer peer) {
        List<String> lines = new ArrayList<>(List.of(peer.says(), "next: " + peer.next(), "do: " + peer.advice(), ""));
        peer.agent().ifPresent(agent -> lines.add("agent: " + agent));
        peer.protocolVersion().ifPresent(version -> lines.add("network: " + version));
        peer.roundTripMs().ifPresent(millis -> lines.add(String.format(Locale.ROOT, "round trip: %.1f ms", millis)));
        peer.seen().ifPresent(seen -> lines.add("last seen to connect or to go: " + seen));
        each(lines, "addresses", peer.addresses());
        each(lines, "protocols", peer.protocols());
        each(
                lines,
                "connections",
                peer.connections().stream()
                        .map(row -> row.direction() + " " + row.address() + ", " + row.streams() + " streams, "
                                + row.stage() + " since " + row.since())
                        .toList());
        return lines;
    }

    private static void each(List<String> lines, String what, List<String> all) {
        if (!all.isEmpty()) {
            lines.add(what + ":");
            all.forEach(one -> lines.add("  " + one));
        }
    }
}
