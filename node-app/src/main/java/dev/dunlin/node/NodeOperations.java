package dev.dunlin.node;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.netty.TransportStats;
import dev.dunlin.connection.words.PeerAnswer;
import dev.dunlin.connection.words.PeerWords;
import dev.dunlin.connection.words.Refusal;
import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation.Order;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.words.Counts;
import dev.dunlin.node.config.Configuration;
import dev.dunlin.node.config.NodeSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/** What the program offers to those who operate a node, beside what its machines do: its status, its settings, and answers in words. */
final class NodeOperations {

    /** What the program's operations belong to. */
    static final String OWNER = "node";

    /**
     * What is known of a node beside its state.
     *
     * @param configuration what it was started with, or would be
     * @param running what only a running one has
     */
    record Known(Configuration configuration, Optional<Running> running) {}

    /** A running node. */
    interface Running {
        /** Up to which input its log is forced. */
        long forced();

        /** When the last input was, by the node's time. */
        long lastInputAt();

        /** Where its admin API is, if it has one. */
        Optional<String> url();

        /** How all that it needs is, by name. */
        Map<String, Health> health();

        /** Figures of its sockets. */
        TransportStats sockets();

        /** What a peer was refused last, if that is remembered. */
        Optional<Refusal> refusal(PeerId peer);
    }

    /** How a node is. */
    record Status(
            @Means("the node's id") String peer,
            @Means("running, draining, or stopped") String state,
            @Means("the build that runs or ran") String build,
            @Means("when it was started last") String since,
            @Means("the time of its last input") String now,
            @Means("the number of that run") long run,
            @Means("the number of its last input") long input,

            @Means("up to which input the log is safe on the disk; left out if the node is stopped")
            Optional<Long> forced,

            @Means("how many peers are connected") int connected,
            @Means("how many connections are open") int connections,
            @Means("how many streams are open") int streams,

            @Means("how many peers it is to stay connected to")
            int kept,

            @Means("how many of them are not connected") int keptLost,

            @Means("the addresses at which it can be reached")
            List<String> addresses,

            @Means("where its admin API is; left out if there is none")
            Optional<String> admin,

            @Means("what is not as it should be, a sentence each")
            List<String> problems) {}

    /** A setting with its value. */
    record SettingRow(
            @Means("its key") String key,
            @Means("its value now, as it is written") String value,
            @Means("the value where nothing is said") String standard,
            @Means("who said the value") String saidBy,

            @Means("whether it can be changed while the node runs")
            boolean live,

            @Means("what it may be") String range,
            @Means("what it means") String meaning) {}

    /** Settings. */
    record SettingList(
            @Means("the settings, by parts of the program") List<SettingRow> settings) {}

    /** Why a peer is connected or not. */
    record Why(
            @Means("what is the case, since when and for what reason")
            String state,

            @Means("what will happen next") String next,
            @Means("what can be done") String advice) {}

    private static final Parameter KEY =
            Parameter.required("key", new Kind.Free(200), "the key of a setting, such as ping.interval");

    private final Settings settings;
    private final Known known;

    private NodeOperations(Settings settings, Known known) {
        this.settings = settings;
        this.known = known;
    }

    /** All that can be asked of a node: what its machines offer, and what the program does. */
    static Registry<NodeRoot> registry(Store<NodeRoot> store, Known known) {
        NodeOperations program = new NodeOperations(known.configuration().settings(), known);
        return Registry.of(store)
                .and(
                        OWNER,
                        program.operations(),
                        (state, clock) ->
                                new At<>(state.root(), state.root(), state.node(), state.input(), state.now(), clock));
    }

    /** What can be asked of any node of this program; of none in particular, so that a question of it is answered of an empty one. */
    static Registry<NodeRoot> described(Machines machines) {
        Store<NodeRoot> store = machines.newStore();
        return registry(store, new Known(Configuration.none(NodeSettings.of(store.machines())), Optional.empty()));
    }

    private Operations<NodeRoot, NodeRoot> operations() {
        return Operations.<NodeRoot, NodeRoot>none()
                .with(
                        new Query<>(
                                "status",
                                "/status",
                                List.of(),
                                "Tells how the node is.",
                                Status.class,
                                (at, given) -> status(at),
                                NodeOperations::text),
                        new Query<>(
                                "peers why",
                                "/peers/{peer}/why",
                                List.of(Parameter.required("peer", new Kind.Peer(), "the id of a peer")),
                                "Tells why a peer is connected or not, what will happen next, and what can be done.",
                                Why.class,
                                this::why,
                                why -> List.of(why.state(), "next: " + why.next(), "do: " + why.advice())),
                        new Query<>(
                                "settings",
                                "/settings",
                                List.of(Parameter.optional(
                                        "prefix", new Kind.Free(200), "", "how the keys begin that are told")),
                                "Lists the settings with their values in force.",
                                SettingList.class,
                                this::settings,
                                NodeOperations::text),
                        new Query<>(
                                "settings show",
                                "/settings/{key}",
                                List.of(KEY),
                                "Tells all about a setting.",
                                SettingRow.class,
                                (at, given) -> row(at, setting(given.text("key")), given.text("key")),
                                NodeOperations::text),
                        new Order<>(
                                "settings set",
                                "/settings/{key}",
                                List.of(
                                        KEY,
                                        Parameter.required(
                                                "value", new Kind.Free(16_000), "its new value, as it is written")),
                                "Gives a setting another value while the node runs, until it stops. The change is recorded like"
                                        + " every other input, and refused if what is there now does not fit it.",
                                SettingRow.class,
                                (given, ticket) ->
                                        new NodeAction.Configure(Table.of(given.text("key"), recorded(given)), ticket),
                                (outcome, given, after) -> row(after, setting(given.text("key")), given.text("key")),
                                row -> List.of(row.key() + " is " + row.value()
                                        + " until the node stops; to keep it, write it into "
                                        + ConfigurationOptions.FILE),
                                10_000))
                .with(
                        sockets(
                                "open",
                                Metric.Type.GAUGE,
                                "open sockets: connections, those in upgrade, dials, listeners",
                                TransportStats::sockets),
                        sockets(
                                "in_upgrade",
                                Metric.Type.GAUGE,
                                "inbound connections in upgrade",
                                TransportStats::pendingInbound),
                        sockets("accepted", Metric.Type.COUNTER, "TCP connections accepted", TransportStats::accepted),
                        sockets("dialled", Metric.Type.COUNTER, "TCP connects begun", TransportStats::dialled),
                        sockets(
                                "displaced",
                                Metric.Type.COUNTER,
                                "inbound connections closed in upgrade because others came",
                                TransportStats::refusedPending),
                        sockets(
                                "refused",
                                Metric.Type.COUNTER,
                                "connections and streams closed because the node took no new work",
                                TransportStats::refusedByNode),
                        sockets(
                                "failed_upgrades",
                                Metric.Type.COUNTER,
                                "connections that failed in upgrade",
                                TransportStats::upgradeFailures),
                        sockets(
                                "failed_streams",
                                Metric.Type.COUNTER,
                                "inbound streams that failed in negotiation",
                                TransportStats::streamFailures));
    }

    private Metric<NodeRoot, NodeRoot> sockets(
            String name, Metric.Type type, String meaning, ToLongFunction<TransportStats> read) {
        return new Metric<>(
                "sockets_" + name,
                type,
                meaning,
                Optional.empty(),
                at -> known.running()
                        .<Map<String, Long>>map(running -> Map.of("", read.applyAsLong(running.sockets())))
                        .orElse(Map.of()));
    }

    private Setting setting(String key) {
        return settings.find(key).orElseThrow(() -> NoAnswerException.notFound(Configuration.unknown(settings, key)));
    }

    private String recorded(Arguments given) {
        String key = given.text("key");
        Setting setting = setting(key);
        if (!setting.live()) {
            throw new NoAnswerException(
                    NoAnswerException.Kind.REFUSED,
                    key + " changes with the next start only: write it into " + ConfigurationOptions.FILE
                            + ", and start the node again");
        }
        try {
            return setting.kind().recorded(given.text("value"));
        } catch (BadValueException e) {
            throw NoAnswerException.badRequest(key + " = " + given.text("value") + " " + e.why() + "; it is "
                    + setting.kind().range());
        }
    }

    private Status status(At<NodeRoot, NodeRoot> at) {
        ConnectionState connection = at.own().connection();
        Optional<Running> running = known.running();
        boolean runs = running.isPresent();
        return new Status(
                connection.config().self().map(PeerId::toString).orElse("not known"),
                !runs ? "stopped" : connection.draining() ? "draining" : "running",
                at.node().build(),
                at.instant(at.node().bootedAt() - at.node().wallOffset()),
                at.instant(running.map(Running::lastInputAt).orElse(at.now())),
                at.node().run(),
                at.input(),
                running.map(Running::forced),
                runs ? connection.connectedPeers() : 0,
                runs ? connection.connections().size() : 0,
                runs ? at.own().stream().streams().size() : 0,
                connection.kept().size(),
                runs ? connection.lostKept() : connection.kept().size(),
                runs
                        ? connection.listenAddresses().stream()
                                .map(address -> connection
                                        .config()
                                        .self()
                                        .map(address::withPeer)
                                        .orElse(address))
                                .map(Multiaddr::toString)
                                .toList()
                        : List.of(),
                running.flatMap(Running::url),
                running.map(NodeOperations::problems).orElse(List.of()));
    }

    private static List<String> problems(Running running) {
        List<String> problems = new ArrayList<>();
        running.health().forEach((name, health) -> {
            if (health.status() != Health.Status.OK) {
                problems.add(name + ": " + health.reason() + "; " + health.advice());
            }
        });
        return problems;
    }

    private static List<String> text(Status status) {
        List<String> lines = new ArrayList<>();
        lines.add(status.peer() + " is " + status.state());
        lines.add((status.state().equals("stopped") ? "last started " : "since ") + status.since() + ", run "
                + status.run() + ", build " + status.build());
        lines.add("last input " + status.input() + " at " + status.now()
                + status.forced().map(forced -> ", safe up to " + forced).orElse(""));
        if (!status.state().equals("stopped")) {
            lines.add(Counts.of(status.connected(), "peer connected", "peers connected") + ", "
                    + Counts.of(status.connections(), "connection", "connections") + ", "
                    + Counts.of(status.streams(), "stream", "streams"));
        }
        if (status.kept() > 0) {
            lines.add("to stay connected to: " + status.kept() + ", of which " + status.keptLost()
                    + " are not connected");
        }
        status.addresses().forEach(address -> lines.add("listening at " + address));
        status.admin().ifPresent(url -> lines.add("admin API at " + url));
        status.problems().forEach(problem -> lines.add("! " + problem));
        return lines;
    }

    private Why why(At<NodeRoot, NodeRoot> at, Arguments given) {
        PeerId peer = given.peer("peer");
        PeerAnswer answer = new PeerWords(
                        at.own().connection(),
                        at.own().peer(),
                        at.now(),
                        at.node().wallOffset(),
                        at.clock())
                .about(peer, known.running().flatMap(running -> running.refusal(peer)));
        return new Why(answer.state(), answer.next(), answer.advice());
    }

    private SettingList settings(At<NodeRoot, NodeRoot> at, Arguments given) {
        String prefix = given.text("prefix");
        List<SettingRow> rows = new ArrayList<>();
        for (Setting setting : settings.all()) {
            if (setting.key().startsWith(prefix)) {
                rows.add(row(at, setting, setting.key()));
            }
        }
        if (rows.isEmpty()) {
            throw NoAnswerException.notFound(
                    "no key begins with " + LogLine.shortened(prefix, 60) + ": ask without a prefix for all");
        }
        return new SettingList(rows);
    }

    private SettingRow row(At<NodeRoot, NodeRoot> at, Setting setting, String key) {
        Configuration.Value said = known.configuration().valueOf(key);
        String now = at.config().or(key, said.recorded());
        boolean isChanged = known.running().isPresent() && !now.equals(said.recorded());
        String value = known.running().isPresent() ? now : said.recorded();
        return new SettingRow(
                key,
                setting.kind().shown(value),
                setting.kind().shown(setting.standard()),
                !isChanged
                        ? said.origin().text()
                        : setting.live() ? "an operator, while it ran" : "this program, at its start",
                setting.live(),
                setting.kind().range(),
                setting.meaning());
    }

    private static List<String> text(SettingRow row) {
        return List.of(
                row.key() + " = " + row.value(),
                "  " + row.meaning(),
                "  said by  " + row.saidBy(),
                "  range    " + row.range() + ", standard " + row.standard(),
                "  changes  " + (row.live() ? "also while the node runs" : "with the next start"));
    }

    private static List<String> text(SettingList list) {
        List<String> lines = new ArrayList<>();
        list.settings().forEach(row -> lines.add(row.key() + " = " + row.value() + "  (" + row.saidBy() + ")"));
        return lines;
    }
}
