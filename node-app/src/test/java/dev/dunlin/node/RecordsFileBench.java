package dev.dunlin.node;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsMachine;
import dev.dunlin.dht.record.RecordsState;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.wire.Connectedness;
import dev.dunlin.dht.wire.PeerInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prints what many provider records cost a node in its state and in a file: heap, time and size of a snapshot, time of a restart, and how
 * fast records come in, each recorded in the log: {@code -Ddunlin.bench=true}, {@code -Ddunlin.records=300000}. Every peer provides a
 * hundred keys; all records are of the last hours, so that none expires.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true")
final class RecordsFileBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int RECORDS = Integer.getInteger("dunlin.records", 300_000);
    private static final int KEYS_OF_PEER = 100;
    private static final Machine<Object, RecordsState, RecordsAction> MACHINE = RecordsMachine.of(Validators.STANDARD);
    private static final long MIB = 1 << 20;
    private static final Duration LONG = Duration.ofMinutes(30);

    /** So many may be on their way: less than may wait for the file. */
    private static final int UNDER_WAY = 512;

    private final PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());

    @ParameterizedTest
    @ValueSource(strings = {"memory", "sqlite"})
    void records(String store, @TempDir Path home) throws IOException {
        Path log = home.resolve("log");
        long before = heap();
        Node node = started(store, log);
        long begin = System.nanoTime();
        fill(node);
        double seconds = since(begin);
        long used = heap() - before;
        RecordsState records = records(node);
        FIGURES.info(
                "{}: {} provider records of {} peers in {} s, {} a second; {} MiB of heap, and {} MiB of files",
                store,
                records.stock().providers(),
                records.stock().peers(),
                rounded(seconds),
                Math.round(RECORDS / seconds),
                used / MIB,
                records.stock().fileBytes() / MIB);
        begin = System.nanoTime();
        node.close();
        FIGURES.info(
                "{}: a stop with its snapshot takes {} s, the last snapshot has {} bytes",
                store,
                rounded(since(begin)),
                snapshot(log));
        begin = System.nanoTime();
        Node again = started(store, log);
        if (!again.await(state -> records(again).stock().providers() == RECORDS, LONG)) {
            throw new AssertionError("there are " + records(again).stock());
        }
        FIGURES.info("{}: a restart takes {} s", store, rounded(since(begin)));
        again.close();
    }

    private Node started(String store, Path log) {
        return Node.start(
                key,
                NodeOptions.DEFAULT
                        .withExtensions(Extensions.of(new KadExtension()))
                        .withLog(log)
                        .with("records.store", store)
                        .with("records.maxProviders", Integer.toString(8_000_000))
                        .with("records.maxProviderKeys", Integer.toString(8_000_000)));
    }

    private static RecordsState records(Node node) {
        return node.host().state(MACHINE);
    }

    /** As they come in from many peers: as many at once as the machine and the queue take. */
    private static void fill(Node node) {
        for (int i = 0; i < RECORDS; i++) {
            RecordsAction sent = message(i);
            while (i - stored(node) - refused(node) >= UNDER_WAY
                    || node.runtime().offer(sent) != Port.Offer.TAKEN) {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(50));
            }
        }
        if (!node.await(state -> stored(node) == RECORDS || refused(node) > 0, LONG) || refused(node) > 0) {
            throw new AssertionError("stored are " + stored(node) + ", refused "
                    + records(node).tally().refused());
        }
    }

    private static long refused(Node node) {
        long refused = 0;
        for (long each : records(node).tally().refused().values()) {
            refused += each;
        }
        return refused;
    }

    private static long stored(Node node) {
        long stored = 0;
        for (long each : records(node).tally().stored().values()) {
            stored += each;
        }
        return stored;
    }

    private static RecordsAction message(int number) {
        // Of all in turn: of one peer only some may wait for the file.
        int provider = number % Math.max(1, RECORDS / KEYS_OF_PEER);
        PeerId peer = TypeArbitraries.peer(provider);
        String host = "/ip4/8." + (provider >> 16 & 255) + "." + (provider >> 8 & 255) + "." + (provider & 255);
        List<Multiaddr> addresses =
                List.of(Multiaddr.parse(host + "/tcp/4001"), Multiaddr.parse(host + "/udp/4001/quic-v1"));
        Bytes content = Bytes.of(ByteBuffer.allocate(34)
                .put(new byte[] {18, 32})
                .putInt(number * 0x9E3779B1)
                .putInt(number)
                .array());
        return new RecordsAction.ProvidersSent(
                peer,
                Network.WIDE,
                number,
                content,
                List.of(new PeerInfo(peer, addresses, Connectedness.NOT_CONNECTED)));
    }

    private static long snapshot(Path log) throws IOException {
        try (Stream<Path> files = Files.list(log)) {
            Path last = files.filter(each -> each.getFileName().toString().startsWith("snap-"))
                    .max(Path::compareTo)
                    .orElseThrow();
            return Files.size(last);
        }
    }

    private static double since(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }

    private static String rounded(double seconds) {
        return String.format(Locale.ROOT, "%.2f", seconds);
    }

    private static long heap() {
        long used = Long.MAX_VALUE;
        for (int i = 0; i < 4; i++) {
            System.gc();
            used = Math.min(
                    used,
                    Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
        }
        return used;
    }
}
