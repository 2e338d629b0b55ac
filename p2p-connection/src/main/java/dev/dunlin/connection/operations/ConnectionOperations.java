package dev.dunlin.connection.operations;

import dev.dunlin.connection.Connection;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.Listener;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Check;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation.Order;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.words.Counts;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Connections and listeners, to those who operate a node. */
public final class ConnectionOperations {

    private static final long SECONDS = 10_000;

    private ConnectionOperations() {}

    /** A connection. */
    public record ConnectionRow(
            @Means("its handle, as in the log") String connection,
            @Means("the id of the peer at its other end") String peer,
            @Means("inbound or outbound") String direction,
            @Means("the address at its other end") String address,
            @Means("since when it is open") String since,

            @Means("how many streams use it, those being opened included")
            int streams,

            @Means("open, draining, or closing") String stage) {}

    /** The open connections. */
    public record ConnectionList(
            @Means("the connections, those of one peer together")
            List<ConnectionRow> connections) {}

    /** A listener. */
    public record ListenerRow(
            @Means("the address that was asked for") String asked,
            @Means("opening, listening, or stopping") String state,

            @Means("the addresses at which it can be reached")
            List<String> addresses) {}

    /** The listeners. */
    public record ListenerList(
            @Means("the listeners, by the address that was asked for")
            List<ListenerRow> listeners) {}

    /** What was done. */
    public record Done(@Means("what is the case now") String state) {}

    private static final Parameter ADDRESS = Parameter.required(
            "address", new Kind.Addresses(1), "an address to listen at, such as /ip4/0.0.0.0/tcp/4001");

    /** All. */
    public static final Operations<ConnectionView, ConnectionState> ALL =
            Operations.<ConnectionView, ConnectionState>none()
                    .with(
                            new Query<>(
                                    "connections",
                                    "/connections",
                                    List.of(),
                                    "Lists the open connections.",
                                    ConnectionList.class,
                                    ConnectionOperations::connections,
                                    ConnectionOperations::text),
                            new Query<>(
                                    "listeners",
                                    "/listeners",
                                    List.of(),
                                    "Lists where the node listens.",
                                    ListenerList.class,
                                    ConnectionOperations::listeners,
                                    ConnectionOperations::text),
                            new Order<>(
                                    "listen",
                                    "/listeners",
                                    List.of(ADDRESS),
                                    "Listens at one more address, until the node stops or is told to listen there no longer.",
                                    ListenerRow.class,
                                    (given, ticket) -> new ConnectionAction.Listen(address(given), ticket),
                                    (outcome, given, after) -> listened(outcome.orElseThrow()),
                                    row -> List.of("listening at " + String.join(", ", row.addresses())),
                                    SECONDS + 5_000),
                            new Order<>(
                                    "unlisten",
                                    "/unlisten",
                                    List.of(ADDRESS),
                                    "Listens at an address no longer. Connections that came by it stay.",
                                    Done.class,
                                    (given, ticket) -> new ConnectionAction.StopListening(address(given)),
                                    (outcome, given, after) -> new Done("no longer listening at " + address(given)),
                                    done -> List.of(done.state()),
                                    SECONDS),
                            new Order<>(
                                    "drain",
                                    "/drain",
                                    List.of(),
                                    "Gets the node ready to stop: it dials, listens and accepts no more. What is open goes on"
                                            + " until the node is stopped.",
                                    Done.class,
                                    (given, ticket) -> new ConnectionAction.Drain(),
                                    (outcome, given, after) -> new Done("draining: "
                                            + Counts.of(
                                                    after.own().connections().size(),
                                                    "connection is",
                                                    "connections are")
                                            + " open still, and no new ones are made or taken"),
                                    done -> List.of(done.state()),
                                    SECONDS))
                    .with(
                            Metric.gauges("peers", "phase", "peers by where they stand", ConnectionOperations::phases),
                            Metric.gauges(
                                    "connections",
                                    "direction",
                                    "open connections by who opened them",
                                    at -> Map.of(
                                            "inbound",
                                            at.own().open().inbound(),
                                            "outbound",
                                            at.own().connections().size()
                                                    - at.own().open().inbound())),
                            Metric.gauge(
                                    "dials", "dials under way", at -> at.own().dialling()),
                            Metric.gauge(
                                    "kept_peers",
                                    "peers to stay connected to",
                                    at -> at.own().kept().size()),
                            Metric.gauge(
                                    "kept_peers_lost",
                                    "peers to stay connected to that are not connected",
                                    at -> at.own().lostKept()),
                            Metric.gauge(
                                    "listeners",
                                    "listeners",
                                    at -> at.own().listeners().size()),
                            Metric.gauge(
                                    "draining",
                                    "1 while the node gets ready to stop, else 0",
                                    at -> at.own().draining() ? 1 : 0),
                            Metric.gauges(
                                    "limit",
                                    "limit",
                                    "the limits that connections are held to, by their names in the configuration",
                                    at -> limits(at.own()).entrySet().stream()
                                            .collect(
                                                    TreeMap::new,
                                                    (all, one) -> all.put(one.getKey(), one.getValue()[1]),
                                                    TreeMap::putAll)),
                            Metric.gauges(
                                    "used",
                                    "limit",
                                    "how much of each of these limits is used",
                                    at -> limits(at.own()).entrySet().stream()
                                            .collect(
                                                    TreeMap::new,
                                                    (all, one) -> all.put(one.getKey(), one.getValue()[0]),
                                                    TreeMap::putAll)))
                    .with(
                            new Check<>(
                                    "accepting",
                                    "whether the node takes and makes connections",
                                    at -> at.own().draining()
                                            ? Health.fail(
                                                    "it is getting ready to stop", "start it again when it has stopped")
                                            : Health.ok("it takes and makes connections")),
                            new Check<>("listening", "whether it can be reached", ConnectionOperations::listening),
                            new Check<>(
                                    "kept",
                                    "whether the peers to stay connected to are connected",
                                    ConnectionOperations::kept),
                            new Check<>("room", "whether there is room for more", ConnectionOperations::room));

    private static Multiaddr address(Arguments given) {
        Multiaddr address = given.addresses("address").getFirst();
        return address.withoutPeer().orElse(address);
    }

    private static ListenerRow listened(Object outcome) {
        return switch (outcome) {
            case ConnectionOutcome.ListenDone done ->
                new ListenerRow(
                        done.requested().toString(),
                        "listening",
                        done.bound().stream().map(Multiaddr::toString).toList());
            case ConnectionOutcome.ListenGaveUp gaveUp ->
                throw new NoAnswerException(
                        NoAnswerException.Kind.FAILED,
                        "listening at " + gaveUp.requested() + " failed: "
                                + gaveUp.error().text());
            default -> throw new IllegalStateException("no outcome of a listen: " + outcome);
        };
    }

    static ConnectionRow row(At<?, ?> at, Handle handle, Connection connection) {
        return new ConnectionRow(
                handle.toString(),
                connection.peer().toString(),
                connection.direction().name().toLowerCase(Locale.ROOT),
                connection.remoteAddress().toString(),
                at.instant(connection.openedAt()),
                connection.users(),
                connection.stage().name().toLowerCase(Locale.ROOT));
    }

    private static ConnectionList connections(At<ConnectionView, ConnectionState> at, Arguments given) {
        List<ConnectionRow> rows = new ArrayList<>();
        at.own().connections().each((handle, connection) -> rows.add(row(at, handle, connection)));
        rows.sort((one, other) -> one.peer().compareTo(other.peer()));
        return new ConnectionList(rows);
    }

    private static List<String> text(ConnectionList list) {
        Grid grid = Grid.of("there are no connections", "PEER", "DIRECTION", "ADDRESS", "STREAMS", "SINCE", "STAGE");
        list.connections()
                .forEach(row -> grid.row(
                        row.peer(),
                        row.direction(),
                        row.address(),
                        Integer.toString(row.streams()),
                        row.since(),
                        row.stage()));
        return grid.lines();
    }

    private static ListenerList listeners(At<ConnectionView, ConnectionState> at, Arguments given) {
        List<ListenerRow> rows = new ArrayList<>();
        at.own()
                .listeners()
                .each((asked, listener) -> rows.add(
                        switch (listener) {
                            case Listener.Opening _ -> new ListenerRow(asked.toString(), "opening", List.of());
                            case Listener.Listening listening ->
                                new ListenerRow(
                                        asked.toString(),
                                        "listening",
                                        listening.bound().stream()
                                                .map(Multiaddr::toString)
                                                .toList());
                            case Listener.Stopping _ -> new ListenerRow(asked.toString(), "stopping", List.of());
                        }));
        return new ListenerList(rows);
    }

    private static List<String> text(ListenerList list) {
        Grid grid = Grid.of("the node listens nowhere", "ASKED FOR", "STATE", "ADDRESSES");
        list.listeners().forEach(row -> grid.row(row.asked(), row.state(), String.join(" ", row.addresses())));
        return grid.lines();
    }

    private static Map<String, Integer> phases(At<ConnectionView, ConnectionState> at) {
        int connecting = 0;
        int connected = 0;
        int failed = 0;
        for (ConnectionState.Phase phase : at.own().peers().values()) {
            switch (phase) {
                case ConnectionState.Connecting _ -> connecting++;
                case ConnectionState.Connected _ -> connected++;
                case ConnectionState.ConnectionFailed _ -> failed++;
                case ConnectionState.Disconnected _ -> {}
            }
        }
        return new TreeMap<>(Map.of("connecting", connecting, "connected", connected, "failed", failed));
    }

    /** How much of each limit is used, and the limit, by its key. */
    private static Map<String, int[]> limits(ConnectionState own) {
        return new TreeMap<>(Map.of(
                "connection.maxConnections",
                new int[] {
                    own.connections().size() + own.dialling(), own.config().maxConnections()
                },
                "connection.maxInbound",
                new int[] {own.open().inbound(), own.config().maxInbound()},
                "connection.maxPeers",
                new int[] {own.activePeers(), own.config().maxPeers()},
                "connection.maxDials",
                new int[] {own.dialling(), own.config().maxDials()},
                "connection.maxKept",
                new int[] {own.kept().size(), own.config().maxKept()},
                "connection.maxBans",
                new int[] {own.bans().size(), own.config().maxBans()},
                "connection.maxListeners",
                new int[] {own.listeners().size(), own.config().maxListeners()}));
    }

    private static Health listening(At<ConnectionView, ConnectionState> at) {
        List<Multiaddr> addresses = at.own().listenAddresses();
        return addresses.isEmpty()
                ? Health.warn(
                        "it listens nowhere, so nobody can connect to it",
                        "say --listen, or set node.listen, if others are to connect")
                : Health.ok("it listens at " + addresses.size() + (addresses.size() == 1 ? " address" : " addresses"));
    }

    private static Health kept(At<ConnectionView, ConnectionState> at) {
        int lost = at.own().lostKept();
        int kept = at.own().kept().size();
        return lost == 0
                ? Health.ok(kept == 0 ? "there are none" : "all " + kept + " are connected")
                : Health.warn(
                        lost + " of " + kept + " are not connected; they are dialled again and again",
                        "ask 'dunlin why' about them");
    }

    private static Health room(At<ConnectionView, ConnectionState> at) {
        Optional<Map.Entry<String, int[]>> full = limits(at.own()).entrySet().stream()
                .filter(limit -> limit.getValue()[1] > 0 && limit.getValue()[0] >= 0.9 * limit.getValue()[1])
                .findFirst();
        return full.map(limit -> Health.warn(
                        limit.getKey() + " is " + limit.getValue()[1] + ", and " + limit.getValue()[0] + " are used",
                        "raise " + limit.getKey() + ", or let some go"))
                .orElse(Health.ok("no limit of connections is used by more than nine tenths"));
    }
}
