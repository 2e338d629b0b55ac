package dev.dunlin.dht.operations;

import dev.dunlin.connection.operations.Grid;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.At;
import dev.dunlin.core.operate.Check;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.words.Counts;
import dev.dunlin.dht.routing.Mode;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingState;
import dev.dunlin.dht.routing.Space;
import dev.dunlin.dht.table.Bucket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** Routing tables, to those who operate a node. */
public final class RoutingOperations {

    private static final int MOST_ROWS = 100_000;

    /** The widest bar of a bucket, in characters: that of a bucket of the standard size has one for each place. */
    private static final int WIDEST = 20;

    private RoutingOperations() {}

    /** A bucket of a table. */
    public record BucketRow(
            @Means("how many leading bits the ids in it share with this node's own")
            int bucket,

            @Means("how many nodes are in it") int nodes,
            @Means("how many there is room for") int room) {

        /** The bucket as a bar: filled as far as it is, ten percent and more as one character at least. */
        String picture() {
            int width = Math.min(WIDEST, room);
            int filled = Math.ceilDiv(nodes * width, room);
            return "#".repeat(filled) + ".".repeat(width - filled);
        }
    }

    /** What a node knows of a network. */
    public record NetworkTable(
            @Means("wide, that of the internet, or local, that of the local network")
            String network,

            @Means("whether this node answers others in it") boolean served,
            @Means("how many nodes are in the table") int nodes,

            @Means("the buckets from the farthest to the nearest that has a node")
            List<BucketRow> buckets,

            @Means("how many nodes were heard of and wait to be looked at")
            int candidates,

            @Means("how many nodes are being looked at") int checks,

            @Means("about how many nodes the network has; left out while too few lookups were made to tell")
            Optional<Long> estimate) {}

    /** Whom a node knows. */
    public record TableAnswer(
            @Means("off, client, server, or auto") String mode,

            @Means("whether others can reach this node from the internet, as they say")
            boolean reachable,

            @Means("the networks that this node is part of") List<NetworkTable> networks) {}

    /** A node of a table. */
    public record ContactRow(
            @Means("wide or local") String network,
            @Means("its id") String peer,

            @Means("its bucket: how many leading bits its id shares with this node's own")
            int bucket,

            @Means("where it can be reached, the likeliest first")
            List<String> addresses,

            @Means("since when it is in the table") String since,
            @Means("when it was last of use") String useful) {}

    /** Nodes of the tables. */
    public record ContactList(
            @Means("the nodes, the farthest bucket first, and the longest known of each first")
            List<ContactRow> contacts,

            @Means("how many there are of those that were asked for")
            int total) {}

    /** Which network. */
    static final Parameter NETWORK = Parameter.optional(
            "network",
            new Kind.OneOf(Stream.concat(
                            Stream.of("all"), Arrays.stream(Network.values()).map(Network::word))
                    .toList()),
            "all",
            "in which network");

    /** All. */
    public static final Operations<Object, RoutingState> ALL = Operations.<Object, RoutingState>none()
            .with(
                    new Query<>(
                            "dht table",
                            "/dht/table",
                            List.of(),
                            "Shows the routing tables: how full each bucket is, and how large the network seems to be.",
                            TableAnswer.class,
                            (at, given) -> table(at.own()),
                            RoutingOperations::text),
                    new Query<>(
                            "dht contacts",
                            "/dht/contacts",
                            List.of(
                                    NETWORK,
                                    Parameter.optional(
                                            "limit", new Kind.Count(1, MOST_ROWS), "100", "how many of them at most")),
                            "Lists the nodes in the routing tables.",
                            ContactList.class,
                            RoutingOperations::contacts,
                            RoutingOperations::text))
            .with(
                    byNetwork(
                            "contacts",
                            "nodes in the routing table",
                            space -> space.table().size()),
                    byNetwork(
                            "candidates",
                            "nodes that were heard of and wait to be looked at",
                            space -> space.candidates().waiting().size()),
                    byNetwork(
                            "checks",
                            "nodes that are being looked at",
                            space -> space.checking().size()),
                    byNetwork(
                            "buckets",
                            "buckets that have a node",
                            space -> space.table().buckets().size()),
                    byNetwork(
                            "size_estimate",
                            "about how many nodes the network has, 0 while that is not known",
                            space -> space.size().estimate().orElse(0)),
                    byNetwork("served", "1 if this node answers others, else 0", space -> space.isServed() ? 1 : 0))
            .with(new Check<>("table", "whether nodes to ask are known", RoutingOperations::known));

    private static Metric<Object, RoutingState> byNetwork(String name, String meaning, ToDoubleFunction<Space> read) {
        return Metric.gauges(name, "network", meaning, at -> {
            Map<String, Double> all = new TreeMap<>();
            at.own().spaces().each((network, space) -> all.put(network.word(), read.applyAsDouble(space)));
            return all;
        });
    }

    private static Health known(At<Object, RoutingState> at) {
        if (at.own().config().mode() == Mode.OFF) {
            return Health.ok("this node takes no part in Kademlia: routing.mode is off");
        }
        int known = 0;
        for (Space space : at.own().spaces().values()) {
            known += space.table().size();
        }
        if (known == 0 && at.own().config().bootstrap().isEmpty()) {
            return Health.ok("no network is joined: routing.bootstrap names nobody, and nobody has come");
        }
        return known > 0
                ? Health.ok(known == 1 ? "one node is known" : known + " nodes are known")
                : Health.warn(
                        "no node of a Kademlia network is known, so nothing can be found or stored",
                        "set routing.bootstrap to the addresses of some, or routing.mode to off");
    }

    private static TableAnswer table(RoutingState own) {
        List<NetworkTable> networks = new ArrayList<>();
        own.spaces().each((network, space) -> networks.add(table(network, space)));
        return new TableAnswer(own.config().mode().word(), own.isReachable(), networks);
    }

    private static NetworkTable table(Network network, Space space) {
        List<BucketRow> buckets = new ArrayList<>();
        for (int bucket = 0; bucket <= space.table().deepest(); bucket++) {
            buckets.add(new BucketRow(
                    bucket,
                    space.table().bucket(bucket).size(),
                    space.table().limits().bucketSize()));
        }
        return new NetworkTable(
                network.word(),
                space.isServed(),
                space.table().size(),
                buckets,
                space.candidates().waiting().size(),
                space.checking().size(),
                space.size().estimate().isPresent()
                        ? Optional.of(Math.round(space.size().estimate().getAsDouble()))
                        : Optional.empty());
    }

    private static List<String> text(TableAnswer answer) {
        List<String> lines = new ArrayList<>();
        lines.add("mode " + answer.mode() + ", " + (answer.reachable() ? "reachable" : "not seen to be reachable")
                + " from the internet");
        if (answer.networks().isEmpty()) {
            lines.add("this node is part of no network");
        }
        for (NetworkTable table : answer.networks()) {
            lines.add("");
            lines.add(
                    table.network() + ": " + Counts.of(table.nodes(), "node", "nodes") + " known, " + table.candidates()
                            + " more heard of, " + table.checks() + " being looked at"
                            + table.estimate()
                                    .map(nodes -> String.format(Locale.ROOT, ", about %,d in the network", nodes))
                                    .orElse("")
                            + (table.served() ? "; this node answers" : "; this node does not answer"));
            for (BucketRow row : table.buckets()) {
                lines.add(String.format(Locale.ROOT, "  %3d |%s| %d", row.bucket(), row.picture(), row.nodes()));
            }
        }
        return lines;
    }

    private static ContactList contacts(At<Object, RoutingState> at, Arguments given) {
        String wanted = given.text("network");
        long limit = given.number("limit");
        List<ContactRow> rows = new ArrayList<>();
        int total = 0;
        for (Map.Entry<Network, Space> each : at.own().spaces()) {
            String network = each.getKey().word();
            if (!wanted.equals("all") && !wanted.equals(network)) {
                continue;
            }
            for (Map.Entry<Integer, Bucket> bucket : each.getValue().table().buckets()) {
                for (Bucket.Entry entry : bucket.getValue().entries()) {
                    if (total++ < limit) {
                        rows.add(row(at, network, bucket.getKey(), entry));
                    }
                }
            }
        }
        return new ContactList(rows, total);
    }

    private static ContactRow row(At<?, ?> at, String network, int bucket, Bucket.Entry entry) {
        return new ContactRow(
                network,
                entry.contact().peer().toString(),
                bucket,
                entry.contact().addresses().stream().map(Multiaddr::toString).toList(),
                at.instant(entry.since()),
                at.instant(entry.useful()));
    }

    private static List<String> text(ContactList list) {
        Grid grid = Grid.of("no node is known", "NETWORK", "BUCKET", "PEER", "ADDRESS", "SINCE", "LAST OF USE");
        list.contacts()
                .forEach(row -> grid.row(
                        row.network(),
                        Integer.toString(row.bucket()),
                        row.peer(),
                        row.addresses().isEmpty() ? "" : row.addresses().getFirst(),
                        row.since(),
                        row.useful()));
        return more(grid.lines(), list.total() - list.contacts().size());
    }

    /** Lines of a list, and how many are left out. */
    static List<String> more(List<String> lines, int left) {
        if (left <= 0) {
            return lines;
        }
        List<String> all = new ArrayList<>(lines);
        all.add("and " + left + " more: give a higher limit");
        return all;
    }
}
