package dev.dunlin.node.bench;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.dunlin.connection.netty.TransportStats;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.runtime.RuntimeStats;
import dev.dunlin.node.Node;
import dev.dunlin.node.NodeOptions;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.internal.PlatformDependent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The program of {@link NodeUnderTest}: a node that is configured by its arguments, each {@code key=value}, and tells its figures for
 * each line of its standard input. Its answers are lines that begin with {@link #MARK}; what else it prints is its log.
 */
final class BenchNode {

    static final String MARK = "= ";

    /** A line that asks for the figures as they are. */
    static final String FIGURES = "figures";

    /** A line that asks for the figures behind a garbage collection. */
    static final String COLLECTED = "collected";

    private BenchNode() {}

    /** Runs until its standard input ends. */
    public static void main(String[] args) throws IOException {
        NodeOptions options = NodeOptions.DEFAULT;
        for (String setting : args) {
            int equals = setting.indexOf('=');
            options = options.with(setting.substring(0, equals), setting.substring(equals + 1));
        }
        try (Node node = Node.start(PrivateKey.generate(KeyType.ED25519, new SecureRandom()), options);
                BufferedReader asking = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            say(node.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).getFirst().toString());
            for (String line = asking.readLine(); line != null; line = asking.readLine()) {
                if (line.equals(COLLECTED)) {
                    System.gc();
                }
                say(figures(node));
            }
        }
    }

    /** Says figures on one line. */
    static void say(Map<String, Long> figures) {
        say(figures.entrySet().stream()
                .map(figure -> figure.getKey() + "=" + figure.getValue())
                .collect(Collectors.joining(" ")));
    }

    @SuppressWarnings("SystemOut")
    static void say(String line) {
        System.out.println(MARK + line);
    }

    /** What a node costs, by name. */
    static Map<String, Long> figures(Node node) {
        Map<String, Long> figures = new TreeMap<>();
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        figures.put("cpuNanos", system.getProcessCpuTime());
        figures.put("descriptors", system.getOpenFileDescriptorCount());
        figures.put(
                "heap", ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        figures.put("maxHeap", Runtime.getRuntime().maxMemory());
        figures.put("maxDirect", PlatformDependent.maxDirectMemory());
        figures.put("nettyDirect", PlatformDependent.usedDirectMemory());
        figures.put("poolDirect", PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory());
        figures.put("poolHeap", PooledByteBufAllocator.DEFAULT.metric().usedHeapMemory());
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                figures.put("jdkDirect", pool.getMemoryUsed());
            }
        }
        long collections = 0;
        long collecting = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            collections += collector.getCollectionCount();
            collecting += collector.getCollectionTime();
        }
        figures.put("collections", collections);
        figures.put("collectingMillis", collecting);
        figures.put("threads", (long) ManagementFactory.getThreadMXBean().getThreadCount());
        TransportStats transport = node.net().stats();
        figures.put("sockets", (long) transport.sockets());
        figures.put("connections", (long) transport.connections());
        figures.put("streams", (long) transport.streams());
        figures.put("pendingInbound", (long) transport.pendingInbound());
        figures.put("accepted", transport.accepted());
        figures.put("refusedPending", transport.refusedPending());
        figures.put("refusedByNode", transport.refusedByNode());
        figures.put("upgradeFailures", transport.upgradeFailures());
        RuntimeStats runtime = node.runtime().stats();
        figures.put("inputs", runtime.inputs());
        figures.put("slowInputs", runtime.slow());
        figures.put("queued", (long) runtime.queued());
        figures.put("highestQueued", runtime.highestQueued());
        figures.put("requests", (long) runtime.requests());
        figures.put("handles", (long) runtime.handles());
        figures.put(
                "refusedInputs",
                runtime.refused() + runtime.refusedPeer() + runtime.refusedRequests() + runtime.refusedHandles());
        figures.put("handlerFailures", runtime.handlerFailures());
        return figures;
    }
}
