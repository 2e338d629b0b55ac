package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.dht.routing.RoutingMachine;
import dev.dunlin.dht.routing.RoutingState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Verbs of the DHT where no node runs: a node is made for them, and asks the network. */
@Timeout(180)
final class OneOffNodeTest {

    private static final PrivateKey KEY = PrivateKey.generate(KeyType.ED25519, new SecureRandom());

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path home;

    private final Program program = new Program();
    private final List<Node> nodes = new ArrayList<>();
    private final List<Multiaddr> addresses = new ArrayList<>();

    @BeforeEach
    void aNetworkOfTwo() throws IOException {
        serve(PrivateKey.generate(KeyType.ED25519, new SecureRandom()), home.resolve("first"), "");
        serve(KEY, home.resolve("second"), addresses.getFirst().toString());
        configured("mine", "");
        configured("second", "");
    }

    private void serve(PrivateKey key, Path data, String entry) throws IOException {
        Files.createDirectories(data);
        Node node = Node.start(
                key,
                NodeOptions.DEFAULT
                        .withExtensions(Extensions.of(new KadExtension()))
                        .withLog(DataDirectory.log(data))
                        .with("routing.prefix", "/fleet")
                        .with("routing.addresses", "any")
                        .with("routing.mode", "server")
                        .with("routing.bootstrap", entry));
        nodes.add(node);
        addresses.add(node.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).getFirst());
        assertThat(node.await(
                        state -> entry.isEmpty() || state.root().connection().connectedPeers() > 0,
                        Duration.ofSeconds(30)))
                .isTrue();
    }

    private void configured(String data, String more) throws IOException {
        Files.writeString(
                Files.createDirectories(home.resolve(data)).resolve("dunlin.toml"),
                "[routing]\nprefix = \"/fleet\"\naddresses = \"any\"\n" + more);
    }

    @AfterEach
    void close() {
        nodes.forEach(Node::close);
    }

    private ExitCode dht(String verb, Object... args) {
        List<Object> all = new ArrayList<>(List.of("dht", verb));
        all.addAll(List.of(args));
        all.addAll(List.of("--data-dir", home.resolve("mine")));
        return program.run(all.toArray());
    }

    @Test
    void whatIsTheSameWhoeverAsksIsAsked() throws IOException {
        String peer = KEY.publicKey().peerId().toString();
        String entry = addresses.getFirst().toString();
        assertThat(dht("find-peer", "--bootstrap", entry, peer))
                .as(program.err())
                .isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains(addresses.get(1).withoutPeer().orElseThrow().toString());
        assertThat(program.err()).startsWith("asked by a node made for this, which knows ");

        configured("mine", "bootstrap = [\"" + entry + "\"]\n");
        String name = "/pk/" + peer;
        String value = HexFormat.of().formatHex(KEY.publicKey().toProtobuf());
        assertThat(dht("put", name, value, "--as", "hex")).as(program.err()).isEqualTo(ExitCode.OK);
        assertThat(dht("get", name)).as(program.err()).isEqualTo(ExitCode.OK);
        assertThat(dht("closest", peer)).as(program.err()).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains(peer);
        assertThat(dht("lookup", peer)).as(program.err()).isEqualTo(ExitCode.OK);
        assertThat(dht("crawl")).as(program.err()).isEqualTo(ExitCode.OK);
        try (Stream<Path> files = Files.list(home.resolve("mine"))) {
            assertThat(files).as("nothing is kept").hasSize(1);
        }
    }

    /** By whom it joins, if nobody says it: those that the stopped node knew. */
    @Test
    void aStoppedNodeKnewSome() {
        assertThat(nodes.get(1)
                        .await(
                                state -> state.root()
                                                        .extensions()
                                                        .of(RoutingMachine.NAME)
                                                        .orElseThrow()
                                                instanceof RoutingState routing
                                        && routing.known() > 0,
                                Duration.ofSeconds(30)))
                .isTrue();
        nodes.remove(1).close();
        assertThat(program.run("dht", "closest", KEY.publicKey().peerId(), "--data-dir", home.resolve("second")))
                .as(program.err())
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains(nodes.getFirst().self().toString());
    }

    /** It keeps nothing, so where the node keeps its records is nothing to it. */
    @Test
    void theRecordsOfTheStoppedNodeMayBeInAFile() throws IOException {
        configured("filed", "[records]\nstore = \"sqlite\"\n");
        assertThat(program.run(
                        "dht",
                        "closest",
                        KEY.publicKey().peerId(),
                        "--data-dir",
                        home.resolve("filed"),
                        "--bootstrap",
                        addresses.getFirst()))
                .as(program.err())
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void whoCannotJoinSaysWhy() throws IOException {
        String peer = KEY.publicKey().peerId().toString();
        assertThat(dht("closest", peer)).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.sentence())
                .contains("no node runs in " + home.resolve("mine"))
                .endsWith("start one with 'dunlin run', or give --bootstrap MULTIADDR");
        assertThat(program.run("dht", "closest", peer, "--data-dir", home.resolve("none")))
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.sentence()).contains("or give --bootstrap MULTIADDR");
        assertThat(dht("closest", peer, "--bootstrap", "/ip4/127.0.0.1/tcp/1/p2p/" + peer))
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.sentence()).startsWith("none of the nodes by which the network is joined has answered");
        assertThat(dht("closest", peer, "--bootstrap", "/ip4/127.0.0.1/tcp/1")).isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).contains("--bootstrap");
        assertThat(dht("provide", "bafybeihfg3d7rdltd43u3tfvncx7n5loqofbsobojcadtmokrljfthuc7y"))
                .isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.sentence()).contains("nothing can be ordered");
    }
}
