package dev.dunlin.dht.record;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.PeerInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints how much memory 300,000 provider records take, and how long the store takes for one more, one again, one question, and what has
 * expired: {@code -Ddunlin.bench=true}. Each message is made of objects of its own, as one from the wire is.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
final class RecordsBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");

    private static final int ROUND = 20_000;

    private final Store<Shelf.Root> store = Store.of(new Shelf.Root(new Silent.Nothing(), RecordsState.INITIAL))
            .mount(
                    Silent.exchange(List.of(KadQuestion.class, KadAnswer.class)),
                    Shelf.Root::silent,
                    (root, same) -> root)
            .mount(Silent.of("routing", RoutingAction.class), Shelf.Root::silent, (root, same) -> root)
            .mount(
                    RecordsMachine.of(Validators.STANDARD),
                    Shelf.Root::records,
                    (root, changed) -> new Shelf.Root(root.silent(), changed))
            .build();

    private int keys;
    private int each;
    private int peers;
    private long now = StoreDriver.START;

    @ParameterizedTest
    @CsvSource({"30000, 10, 1000", "300000, 1, 1000", "300000, 1, 300000"})
    void records(int manyKeys, int providersOfEach, int manyPeers) {
        keys = manyKeys;
        each = providersOfEach;
        peers = manyPeers;
        FIGURES.info("{} keys of {} providers each, {} peers", keys, each, peers);
        run();
    }

    private void run() {
        apply(new NodeAction.Booted(1, "bench", Table.of("records.maxProvidersOfPeer", "1000000"), now, 1));
        // Warm, and all of it goes again.
        for (int i = 0; i < ROUND; i++) {
            apply(message(i % 2000, i % peers));
        }
        now += 60 * Shelf.HOUR;
        drop();
        long before = heap();
        long begin = System.nanoTime();
        for (int provider = 0; provider < each; provider++) {
            for (int key = 0; key < keys; key++) {
                apply(message(key, peer(key, provider)));
            }
        }
        int records = own().providers().records();
        told("put", System.nanoTime() - begin, records);
        long used = heap() - before;
        FIGURES.info(records + " records of " + own().providers().keys().size() + " keys and "
                + own().providers().peers().size() + " peers take " + used / records + " bytes of heap each, "
                + used / (1 << 20) + " MiB; canonical content " + Content.bytes(own()) / records + " bytes each");
        told(
                "put with digest",
                timed(i -> {
                    apply(message(i % keys, peer(i % keys, 0)));
                    return Content.digest(own()).low();
                }),
                ROUND);
        told(
                "put again",
                timed(i -> {
                    apply(message(i % keys, peer(i % keys, 0)));
                    return 0;
                }),
                ROUND);
        told(
                "get",
                timed(i -> {
                    apply(new RoutingAction.RecordsAsked(
                            TypeArbitraries.peer(1),
                            Network.WIDE,
                            1,
                            new KadQuestion.GetProviders(key(i % keys)),
                            List.of()));
                    return 0;
                }),
                ROUND);
        long boot = System.nanoTime();
        apply(new NodeAction.Booted(2, "bench", Table.empty(), now + Shelf.HOUR, 2));
        told("boot", System.nanoTime() - boot, 1);
        now += 60 * Shelf.HOUR;
        long end = System.nanoTime();
        long longest = drop();
        told("expiry of one", System.nanoTime() - end, records);
        FIGURES.info("the longest step of it takes " + longest / 1000 + " us");
    }

    private int peer(int key, int provider) {
        return (int) ((key * 31L + provider * 7919L) % peers);
    }

    @FunctionalInterface
    private interface Step {
        long at(int number);
    }

    private static long timed(Step step) {
        long sink = 0;
        long begin = System.nanoTime();
        for (int i = 0; i < ROUND; i++) {
            sink += step.at(i);
        }
        long took = System.nanoTime() - begin;
        if (sink == 42) {
            FIGURES.info("never mind {}", sink);
        }
        return took;
    }

    private static void told(String what, long nanos, int times) {
        FIGURES.info(what + ": " + nanos / times + " ns");
    }

    private long drop() {
        long longest = 0;
        LongSupplier due = store::nextDeadline;
        while (due.getAsLong() <= now) {
            long begin = System.nanoTime();
            store.apply(store.dueTick(now).orElseThrow(), now);
            longest = Math.max(longest, System.nanoTime() - begin);
            now += 1_000;
        }
        return longest;
    }

    private RecordsState own() {
        return store.state().root().records();
    }

    private void apply(Action action) {
        now += 100;
        store.apply(Input.of(action), now);
    }

    private static Bytes key(int number) {
        return Bytes.of(ByteBuffer.allocate(34)
                .put(new byte[] {18, 32})
                .putInt(number * 0x9E3779B1)
                .putInt(number)
                .array());
    }

    private static RoutingAction.RecordsAsked message(int key, int peer) {
        PeerId sender = PeerId.fromBytes(TypeArbitraries.peer(peer).toBytes());
        String host = "/ip4/8." + (peer >> 16 & 255) + "." + (peer >> 8 & 255) + "." + (peer & 255);
        List<Multiaddr> addresses = List.of(
                Multiaddr.parse(host + "/tcp/4001"),
                Multiaddr.parse(host + "/udp/4001/quic-v1"),
                Multiaddr.parse("/ip6/2a00::" + Integer.toHexString(peer & 0xFFFF) + "/tcp/4001"));
        return new RoutingAction.RecordsAsked(
                sender,
                Network.WIDE,
                1,
                KadQuestion.AddProvider.of(key(key), new PeerInfo(sender, addresses, Connectedness.NOT_CONNECTED)),
                List.of());
    }

    private static long heap() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            used = Math.min(
                    used,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return used;
    }
}
