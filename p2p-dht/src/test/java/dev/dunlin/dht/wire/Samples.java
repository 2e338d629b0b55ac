package dev.dunlin.dht.wire;

import dev.dunlin.connection.sim.SimNet;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.time.Rfc3339;
import dev.dunlin.dht.wire.KadAnswer.Added;
import dev.dunlin.dht.wire.KadAnswer.FoundNodes;
import dev.dunlin.dht.wire.KadAnswer.FoundProviders;
import dev.dunlin.dht.wire.KadAnswer.FoundValue;
import dev.dunlin.dht.wire.KadAnswer.Pong;
import dev.dunlin.dht.wire.KadAnswer.StoredValue;
import dev.dunlin.dht.wire.KadQuestion.AddProvider;
import dev.dunlin.dht.wire.KadQuestion.FindNode;
import dev.dunlin.dht.wire.KadQuestion.GetProviders;
import dev.dunlin.dht.wire.KadQuestion.GetValue;
import dev.dunlin.dht.wire.KadQuestion.Ping;
import dev.dunlin.dht.wire.KadQuestion.PutValue;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** Messages of every kind, for properties. */
final class Samples {

    private Samples() {}

    static Bytes bytes(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    static Arbitrary<Bytes> keys(int most) {
        return Arbitraries.oneOf(
                Arbitraries.bytes()
                        .array(byte[].class)
                        .ofMinSize(1)
                        .ofMaxSize(48)
                        .map(Bytes::of),
                Arbitraries.bytes()
                        .array(byte[].class)
                        .ofMinSize(1)
                        .ofMaxSize(most)
                        .map(Bytes::of));
    }

    static Arbitrary<PeerId> peers() {
        return Arbitraries.oneOf(
                Arbitraries.integers().between(0, 40).map(SimNet::peer),
                // As the id of an RSA key is: the digest of something longer than 42 bytes.
                Arbitraries.bytes().array(byte[].class).ofSize(64).map(PeerId::ofPublicKey));
    }

    static Arbitrary<Multiaddr> addresses() {
        Arbitrary<String> hosts = Arbitraries.oneOf(
                Arbitraries.integers()
                        .map(number -> "/ip4/" + (number >>> 24) + "." + (number >>> 16 & 0xFF) + "."
                                + (number >>> 8 & 0xFF) + "." + (number & 0xFF)),
                Arbitraries.integers().map(number -> "/ip6/2001:db8::" + Integer.toHexString(number & 0xFFFF)),
                Arbitraries.strings()
                        .withCharRange('a', 'z')
                        .ofMinLength(1)
                        .ofMaxLength(40)
                        .map(name -> "/dns4/" + name));
        Arbitrary<Integer> ports = Arbitraries.integers().between(0, 65_535);
        Arbitrary<Multiaddr> plain = Combinators.combine(
                        hosts, ports, Arbitraries.of("/tcp/%/ws", "/tcp/%", "/udp/%/quic-v1"))
                .as((host, port, transport) -> Multiaddr.parse(host + transport.replace("%", Integer.toString(port))));
        Arbitrary<Multiaddr> relayed = Combinators.combine(plain, peers())
                .as((relay, peer) -> relay.withPeer(peer).encapsulate(Multiaddr.parse("/p2p-circuit")));
        return Arbitraries.frequencyOf(Tuple.of(4, plain), Tuple.of(1, relayed));
    }

    static Arbitrary<PeerInfo> infos() {
        return Combinators.combine(peers(), addresses().list().ofMaxSize(6), Arbitraries.of(Connectedness.class))
                .as(PeerInfo::new);
    }

    static Arbitrary<Long> times() {
        long first = Rfc3339.parseMicros("0000-01-01T00:00:00Z").orElseThrow();
        long last = Rfc3339.parseMicros("9999-12-31T23:59:59.999999Z").orElseThrow();
        return Arbitraries.longs().between(first, last);
    }

    static Arbitrary<ValueRecord> records() {
        return Combinators.combine(
                        keys(KadQuestion.MAX_KEY),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(400).map(Bytes::of),
                        times().optional())
                .as(ValueRecord::new);
    }

    static Arbitrary<KadQuestion> questions() {
        return Arbitraries.oneOf(List.of(
                keys(KadQuestion.MAX_KEY).map(FindNode::new),
                keys(KadQuestion.MAX_KEY).map(GetValue::new),
                records().map(PutValue::new),
                keys(KadQuestion.MAX_CONTENT_KEY).map(GetProviders::new),
                Combinators.combine(
                                keys(KadQuestion.MAX_CONTENT_KEY),
                                infos().list().ofMaxSize(5))
                        .as((key, providers) -> new AddProvider(key, providers, 0)),
                Arbitraries.just(new Ping())));
    }

    static Arbitrary<KadAnswer> answers() {
        Arbitrary<List<PeerInfo>> closer = infos().list().ofMaxSize(20);
        return Arbitraries.oneOf(List.of(
                closer.map(FoundNodes::of),
                Combinators.combine(records().optional(), closer).as(FoundValue::of),
                records().map(StoredValue::new),
                Combinators.combine(infos().list().ofMaxSize(8), infos().list().ofMaxSize(8))
                        .as(FoundProviders::of),
                keys(KadQuestion.MAX_CONTENT_KEY).map(Added::new),
                Arbitraries.just(new Pong())));
    }

    /** A peer with so many addresses, each of so many bytes and other than those of other peers. */
    static PeerInfo wide(int peer, int addresses, int bytes) {
        return new PeerInfo(
                SimNet.peer(peer),
                IntStream.range(0, addresses)
                        .mapToObj(i -> address(peer, i, bytes))
                        .toList(),
                Connectedness.CAN_CONNECT);
    }

    /** Code and length of the name, the name, and 3 of the port. */
    private static Multiaddr address(int peer, int number, int bytes) {
        String name = "h" + peer + "-" + number + "-";
        int head = bytes - 3 > 130 ? 3 : 2;
        return Multiaddr.parse("/dns4/" + name + "x".repeat(bytes - head - 3 - name.length()) + "/tcp/1");
    }
}
