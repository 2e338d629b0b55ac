package dev.dunlin.node;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.words.Counts;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.routing.RoutingConfig;
import dev.dunlin.dht.routing.RoutingOutcome;
import dev.dunlin.node.config.Configuration;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A node that is made for one question to the DHT, where none runs that could be asked: it has a key of its own, joins the network,
 * answers nobody, keeps no log, and is gone with the answer.
 */
final class OneOffNode implements AutoCloseable {

    /** What is the same whoever asks; what a node says of itself, such as that it provides something, ends with it. */
    private static final Set<String> ANSWERS = Set.of(
            "dht find-peer", "dht closest", "dht lookup", "dht get", "dht put", "dht find-providers", "dht crawl");

    private static final Duration JOINING = Duration.ofSeconds(30);

    private final Path dataDir;
    private final Node node;

    private OneOffNode(Path dataDir, Node node) {
        this.dataDir = dataDir;
        this.node = node;
    }

    /** Whether one can be asked for this. */
    static boolean answers(Operation<?, ?, ?> operation) {
        return ANSWERS.contains(operation.name());
    }

    /**
     * Starts one, and joins the network.
     *
     * @param dataDir whose configuration says which network it is, and how it is asked; it need not be there
     * @param entries by whom the network is joined, each with the id of who is there; at least one
     * @param notes where it is said who asks
     * @throws CommandFailure if none of them answers, or the configuration has mistakes
     */
    static OneOffNode join(Path dataDir, Machines machines, List<String> entries, PrintWriter notes) {
        Configuration said = ConfigurationOptions.of(
                dataDir,
                machines,
                List.of(
                        new Configuration.Option(
                                "--bootstrap", RoutingConfig.BOOTSTRAP.key(), String.join(",", entries)),
                        new Configuration.Option("--dht", RoutingConfig.MODE.key(), "client")));
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        NodeAddresses.require(said, Optional.of(key.publicKey().peerId()));
        Node node = Node.start(
                key,
                NodeOptions.DEFAULT
                        .withExtensions(machines.extensions())
                        .withAll(said.recorded())
                        // It keeps nothing, and has no directory.
                        .with("records.store", "memory"));
        try {
            int known = joined(node);
            if (known == 0) {
                throw new CommandFailure(
                        ExitCode.UNAVAILABLE,
                        "none of the nodes by which the network is joined has answered (" + entries.getFirst()
                                + (entries.size() == 1 ? "" : ", and " + (entries.size() - 1) + " more")
                                + "): see with 'dunlin ping' whether they can be reached, and with 'dunlin id' whether"
                                + " they serve the DHT's protocol");
            }
            notes.println("asked by a node made for this, which knows " + Counts.of(known, "node", "nodes")
                    + " of the network");
            return new OneOffNode(dataDir, node);
        } catch (RuntimeException | Error failure) {
            node.close();
            throw failure;
        }
    }

    private static int joined(Node node) {
        List<CompletableFuture<Integer>> joining = new ArrayList<>();
        for (Network network : Network.values()) {
            joining.add(node.runtime()
                    .ask("join " + network, ticket -> new RoutingAction.Join(ticket, network), JOINING)
                    .handle((outcome, failure) -> outcome instanceof RoutingOutcome.Joined done ? done.known() : 0));
        }
        return joining.stream().mapToInt(CompletableFuture::join).sum();
    }

    /**
     * Carries out an order.
     *
     * @throws NoAnswerException as a running node would say
     */
    <V, S, A extends Record> A order(
            Registry.Offered<NodeRoot, V, S, A> offered, Operation.Order<V, S, A> order, Arguments given) {
        try {
            return new LiveNode(node, dataDir)
                    .order(offered, order, given, order.name())
                    .join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof NoAnswerException known) {
                throw known;
            }
            throw failure;
        }
    }

    @Override
    public void close() {
        node.close();
    }
}
