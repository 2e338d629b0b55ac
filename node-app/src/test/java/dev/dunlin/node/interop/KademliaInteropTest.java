package dev.dunlin.node.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.identify.IdentifySigner;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.connection.standard.StandardProtocols;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.dht.namespace.Validator;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.operation.OperationOutcome.Result;
import dev.dunlin.dht.query.Part;
import dev.dunlin.dht.query.QueryMachine;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.query.QueryState;
import dev.dunlin.dht.record.RecordsEffect;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.routing.RoutingOutcome;
import dev.dunlin.dht.trace.LookupTrace;
import dev.dunlin.dht.trace.RecordedTrace;
import dev.dunlin.dht.trace.TraceText;
import dev.dunlin.dht.wire.ValueRecord;
import dev.dunlin.node.Extensions;
import dev.dunlin.node.NodeRoot;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two nodes with the machines of Kademlia and one of another implementation in one network. */
@ExtendWith(Matrix.class)
final class KademliaInteropTest {

    private static final Logger LOG = LoggerFactory.getLogger(KademliaInteropTest.class);
    private static final Duration SOON = Duration.ofSeconds(90);
    private static final String PREFIX = "/dunlin";
    private static final HexFormat HEX = HexFormat.of();

    /** Values of tests: any, and of two the greater is better, as the programs of the others have it. */
    private record AnyValue() implements Validator {
        @Override
        public String namespace() {
            return "test";
        }

        @Override
        public Optional<String> problem(Bytes key, Bytes value, long wallTime) {
            return Optional.empty();
        }

        @Override
        public int better(Bytes key, Bytes one, Bytes other) {
            return one.compareTo(other);
        }
    }

    private static final Extensions KAD = Extensions.of(new KadExtension(Validators.STANDARD.with(new AnyValue())));

    /** A node of ours that is a server of the network. */
    private static final class Ours implements AutoCloseable {
        private final AtomicInteger asked = new AtomicInteger();
        private final Recording<NodeRoot> recording = new Recording<>(() -> NodeRoot.newStore(KAD));
        private final NettyNode<NodeRoot> node;
        private final Multiaddr address;

        Ours(List<Multiaddr> bootstrap) {
            Store<NodeRoot> store = NodeRoot.newStore(KAD);
            PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
            PeerId self = key.publicKey().peerId();
            node = NettyNode.of(store, key)
                    .config(Table.<String, String>empty()
                            .with("node.peerId", self.toString())
                            .with("routing.mode", "server")
                            .with("routing.addresses", "any")
                            .with("routing.prefix", PREFIX)
                            .with(
                                    "routing.bootstrap",
                                    String.join(
                                            ",",
                                            bootstrap.stream()
                                                    .map(Multiaddr::toString)
                                                    .toList())))
                    .exchanges(StandardProtocols.signedBy(new IdentifySigner(key), KAD.protocols()))
                    .with(builder -> {
                        recording.record(builder, store);
                        // The records are in memory: nothing is asked of a file.
                        builder.handler(RecordsEffect.class, (request, effect) -> {});
                    })
                    .start();
            ConnectionOutcome.ListenDone listening = (ConnectionOutcome.ListenDone) node.runtime()
                    .ask(
                            "listen",
                            ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                            SOON)
                    .join();
            address = listening.bound().getFirst().withPeer(self);
        }

        void joined() {
            assertThat(node.runtime()
                            .ask("join", ticket -> new RoutingAction.Join(ticket, Network.WIDE), SOON)
                            .join())
                    .isInstanceOfSatisfying(
                            RoutingOutcome.Joined.class,
                            joined -> assertThat(joined.known()).isPositive());
        }

        /** What is found on the way has the same ticket, so the end is watched for. */
        OperationOutcome.Done reach(Goal goal) {
            Ticket ticket = new Ticket("test", asked.incrementAndGet());
            CompletableFuture<OperationOutcome.Done> reached = new CompletableFuture<>();
            node.runtime().watch(turn -> {
                for (int i = 0; i < turn.size(); i++) {
                    if (turn.entry(i) instanceof OperationOutcome.Done done
                            && done.ticket().equals(ticket)) {
                        reached.complete(done);
                    }
                }
            });
            node.runtime().offer(new OperationAction.Start(ticket, goal));
            return reached.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
        }

        PeerId id() {
            return node.self();
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private static Bytes key(String text) {
        return Bytes.of(("/test/" + text).getBytes(StandardCharsets.UTF_8));
    }

    private static Bytes multihash(String text) {
        return Bytes.of(Multihash.sha256(text.getBytes(StandardCharsets.UTF_8)).toBytes());
    }

    private static String hex(Bytes bytes) {
        return HEX.formatHex(bytes.toArray());
    }

    @ParameterizedTest
    @EnumSource(Implementation.class)
    @Cell("a DHT: values, providers and peers, in both directions")
    void everyOperationInBothDirections(Implementation implementation) {
        assumeTrue(
                implementation.missing().isEmpty(),
                () -> implementation.missing().orElse(""));
        try (Counterpart other = Counterpart.start(
                        implementation, Counterpart.Key.ED25519, true, "--kad", "server", "--kad-prefix", PREFIX);
                Ours one = new Ours(List.of(other.address()));
                Ours two = new Ours(List.of(one.address))) {
            one.joined();
            two.joined();
            other.ask("kad.add", Map.of("peer", one.id().toString(), "addrs", List.of(one.address.toString())));

            OperationOutcome.Done put = one.reach(new Goal.PutValue(ValueRecord.of(key("ours"), Bytes.of((byte) 7))));
            assertThat(put.result()).isEqualTo(Result.FINISHED);
            assertThat(put.failed()).isZero();
            assertThat(other.ask("kad.get", Map.of("key", hex(key("ours"))))
                            .path("value")
                            .asString())
                    .isEqualTo("07");
            other.ask("kad.put", Map.of("key", hex(key("theirs")), "value", "09"));
            assertThat(two.reach(new Goal.GetValue(key("theirs"), 0)).found())
                    .isInstanceOfSatisfying(
                            Goal.Found.Value.class,
                            found -> assertThat(found.record().value()).isEqualTo(Bytes.of((byte) 9)));

            assertThat(one.reach(new Goal.Provide(multihash("ours"))).stored()).isPositive();
            assertThat(provider(other, multihash("ours"))).isEqualTo(one.id().toString());
            other.ask("kad.provide", Map.of("key", hex(multihash("theirs"))));
            assertThat(two.reach(new Goal.FindProviders(multihash("theirs"), 1)).found())
                    .isEqualTo(new Goal.Found.Providers(List.of(other.id())));

            assertThat(two.reach(new Goal.FindPeer(other.id())).found())
                    .isInstanceOfSatisfying(
                            Goal.Found.Peer.class,
                            found -> assertThat(found.info().peer()).isEqualTo(other.id()));
            assertThat(other.ask("kad.findPeer", Map.of("peer", two.id().toString()))
                            .path("peer")
                            .asString())
                    .isEqualTo(two.id().toString());
            one.close();
            two.close();
            one.recording.verify();
            two.recording.verify();
        }
    }

    /** A provider as another finds it: that it was told of one, nothing says, so it may not have read it yet. */
    private static String provider(Counterpart other, Bytes content) {
        long until = System.nanoTime() + SOON.toNanos();
        String found = "";
        while (found.isEmpty() && System.nanoTime() < until) {
            found = other.ask("kad.findProviders", Map.of("key", hex(content), "count", 1))
                    .path("providers")
                    .path(0)
                    .path("peer")
                    .asString();
        }
        return found;
    }

    private static Counterpart server(Implementation implementation) {
        return Counterpart.start(
                implementation, Counterpart.Key.ED25519, true, "--kad", "server", "--kad-prefix", PREFIX);
    }

    private static void of(int count, Implementation kind, List<Implementation> to) {
        if (kind.missing().isEmpty()) {
            to.addAll(Collections.nCopies(count, kind));
        } else {
            LOG.warn("left out of the one network: {}", kind.missing().orElseThrow());
        }
    }

    /** Five of js, two of go, one of rust and three of ours in one network: whatever one stores, each other kind finds. */
    @Test
    void oneNetworkOfAllKinds() {
        List<Implementation> kinds = new ArrayList<>();
        of(5, Implementation.JS, kinds);
        of(2, Implementation.GO, kinds);
        of(1, Implementation.RUST, kinds);
        assumeTrue(!kinds.isEmpty(), "no other implementation is here");
        List<Counterpart> others = new ArrayList<>();
        List<Ours> ours = new ArrayList<>();
        try {
            kinds.forEach(kind -> others.add(server(kind)));
            List<Multiaddr> entries =
                    new ArrayList<>(others.stream().map(Counterpart::address).toList());
            for (int i = 0; i < 3; i++) {
                ours.add(new Ours(entries));
                entries.add(ours.getLast().address);
            }
            ours.forEach(Ours::joined);
            for (Counterpart other : others) {
                for (Ours one : ours) {
                    other.ask("kad.add", Map.of("peer", one.id().toString(), "addrs", List.of(one.address.toString())));
                }
            }
            for (int i = 0; i < others.size(); i++) {
                foundEachWay(others.get(i), ours.get(i % 3), ours.get((i + 1) % 3), "of " + i);
            }
            // Of two of theirs that know one another by ours alone.
            Counterpart first = others.getFirst();
            Counterpart last = others.getLast();
            first.ask("kad.put", Map.of("key", hex(key("across")), "value", "0c"));
            assertThat(last.ask("kad.get", Map.of("key", hex(key("across"))))
                            .path("value")
                            .asString())
                    .isEqualTo("0c");
            OperationOutcome.Done traced = ours.getFirst().reach(new Goal.Trace(key("across")));
            assertThat(traced.found())
                    .isInstanceOfSatisfying(
                            Goal.Found.Traced.class,
                            found -> assertThat(found.lookups().at(Network.WIDE).parts().stream()
                                            .filter(part -> part.fate() instanceof Part.Fate.Replied)
                                            .count())
                                    .as("who has answered")
                                    .isGreaterThanOrEqualTo(Math.min(5, others.size())));
            ours.forEach(Ours::close);
            isInTheLog(
                    ours.getFirst(),
                    key("across"),
                    ((Goal.Found.Traced) traced.found()).lookups().at(Network.WIDE));
            ours.forEach(one -> one.recording.verify());
        } finally {
            others.forEach(Counterpart::close);
            ours.forEach(Ours::close);
        }
    }

    /** How a lookup went that asked nodes of all kinds is drawn from the log as it was told then. */
    private static void isInTheLog(Ours one, Bytes key, QueryOutcome.Done told) {
        Store<NodeRoot> store = NodeRoot.newStore(KAD);
        Replayer<NodeRoot> replayer =
                new Replayer<>(LogReader.open(DirectoryStorage.readOnly(one.recording.folder()), store), store, false);
        List<Turn> turns = new ArrayList<>();
        while (replayer.forward()) {
            replayer.turn().ifPresent(turns::add);
        }
        QueryState queries = (QueryState)
                replayer.state().root().extensions().of(QueryMachine.NAME).orElseThrow();
        replayer.close();
        List<LookupTrace> ofTheKey = new ArrayList<>();
        for (long lookup = 1; lookup <= queries.last(); lookup++) {
            RecordedTrace.of(lookup, one.id(), turns)
                    .filter(found -> found.key().equals(key))
                    .ifPresent(ofTheKey::add);
        }
        assertThat(ofTheKey).anySatisfy(trace -> {
            assertThat(trace.parts()).isEqualTo(told.parts());
            assertThat(trace.end()).contains(told.end());
            LOG.info("a lookup drawn from its log:\n{}", String.join("\n", TraceText.tree(trace, PeerId::toString)));
        });
    }

    private static void foundEachWay(Counterpart other, Ours one, Ours two, String name) {
        byte[] value = {1};
        assertThat(one.reach(new Goal.PutValue(ValueRecord.of(key(name), Bytes.of(value))))
                        .stored())
                .isPositive();
        assertThat(other.ask("kad.get", Map.of("key", hex(key(name))))
                        .path("value")
                        .asString())
                .isEqualTo("01");
        other.ask("kad.put", Map.of("key", hex(key("from " + name)), "value", "02"));
        assertThat(two.reach(new Goal.GetValue(key("from " + name), 0)).found())
                .isInstanceOfSatisfying(
                        Goal.Found.Value.class,
                        found -> assertThat(found.record().value()).isEqualTo(Bytes.of((byte) 2)));
        other.ask("kad.provide", Map.of("key", hex(multihash(name))));
        assertThat(one.reach(new Goal.FindProviders(multihash(name), 1)).found())
                .isEqualTo(new Goal.Found.Providers(List.of(other.id())));
        assertThat(two.reach(new Goal.FindPeer(other.id())).found())
                .isInstanceOfSatisfying(
                        Goal.Found.Peer.class,
                        found -> assertThat(found.info().peer()).isEqualTo(other.id()));
    }

    /** Raw messages as go's program sends them, and what they are worth (dht.md §1.4: the reference's rules for servers). */
    @Test
    void malformedMessagesAreResetAndTheOthersAnswered() {
        assumeTrue(
                Implementation.GO.missing().isEmpty(),
                () -> Implementation.GO.missing().orElse(""));
        try (Counterpart go = server(Implementation.GO);
                Ours one = new Ours(List.of(go.address()))) {
            one.joined();
            String long81 = "0802" + "1251" + "aa".repeat(81);
            Map<String, String> wanted = new LinkedHashMap<>();
            wanted.put("020805", "answer");
            wanted.put("05" + "0804120161", "answer");
            wanted.put("020804", "reset");
            wanted.put("020801", "reset");
            wanted.put("020803", "reset");
            wanted.put("020809", "reset");
            wanted.put("03120161", "reset");
            wanted.put("03ffffff", "reset");
            wanted.put(HEX.formatHex(new byte[] {(byte) (long81.length() / 2)}) + long81, "reset");
            wanted.put("ffffffff7f", "reset");
            wanted.forEach((message, end) -> {
                var answer =
                        go.ask("kad.send", Map.of("peer", one.id().toString(), "messageHex", message, "waitMs", 3_000));
                assertThat(answer.path("ended").asString())
                        .as("%s: %s", message, answer)
                        .isEqualTo(end);
            });
            assertThat(go.ask(
                                    "kad.send",
                                    Map.of("peer", one.id().toString(), "messageHex", "020805020805", "answers", 2))
                            .path("answers")
                            .asInt())
                    .as("two questions in one write")
                    .isEqualTo(2);
            one.close();
            one.recording.verify();
        }
    }
}
