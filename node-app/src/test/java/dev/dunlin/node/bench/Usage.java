package dev.dunlin.node.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * How much each process has computed up to a moment, and the node's threads one by one; times are nanoseconds.
 *
 * @param wall of a clock that only runs forward
 * @param node of the node's process
 * @param bench of this process
 * @param machine of the whole machine, where it tells
 * @param threads of the node's threads by name, as far as the machine tells
 */
record Usage(long wall, long node, long bench, OptionalLong machine, Map<String, Ran> threads) {

    private static final long NANOS_PER_TICK = 10_000_000;
    private static final String OWN_THREADS = "dunlin-";

    /**
     * What a thread got of the processors.
     *
     * @param ran how long it ran
     * @param waited how long it could have run and had no processor, for the sake of others
     */
    record Ran(long ran, long waited) {}

    /** Up to now. */
    static Usage now(NodeUnderTest node) {
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Usage(
                System.nanoTime(),
                node.figures().at("cpuNanos"),
                system.getProcessCpuTime(),
                machineNow(),
                threadsNow(Path.of("/proc", String.valueOf(node.pid()), "task")));
    }

    // The first line of Linux: user, nice, system, idle, iowait, irq, softirq, steal, all in ticks.
    private static OptionalLong machineNow() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
            long[] ticks = lines.findFirst().stream()
                    .flatMap(line -> Stream.of(line.split(" +")))
                    .skip(1)
                    .mapToLong(Long::parseLong)
                    .toArray();
            return OptionalLong.of(NANOS_PER_TICK
                    * LongStream.of(ticks[0], ticks[1], ticks[2], ticks[5], ticks[6])
                            .sum());
        } catch (IOException | RuntimeException e) {
            return OptionalLong.empty();
        }
    }

    private static Map<String, Ran> threadsNow(Path tasks) {
        Map<String, Ran> threads = new TreeMap<>();
        try (Stream<Path> all = Files.list(tasks)) {
            for (Path task : (Iterable<Path>) all::iterator) {
                String name = Files.readString(task.resolve("comm")).strip();
                if (name.startsWith(OWN_THREADS)) {
                    String[] times =
                            Files.readString(task.resolve("schedstat")).strip().split(" ");
                    threads.put(name, new Ran(Long.parseLong(times[0]), Long.parseLong(times[1])));
                }
            }
        } catch (IOException | RuntimeException e) {
            // This machine does not tell.
        }
        return threads;
    }

    /** The shares of one processor since an earlier moment. */
    String since(Usage earlier) {
        double time = wall - earlier.wall;
        double ofNode = (node - earlier.node) / time;
        double ofBench = (bench - earlier.bench) / time;
        String others = machine.isPresent() && earlier.machine.isPresent()
                ? text((machine.getAsLong() - earlier.machine.getAsLong()) / time - ofNode - ofBench)
                : "?";
        List<String> ofThreads = threads.entrySet().stream()
                .filter(thread -> earlier.threads.containsKey(thread.getKey()))
                .map(thread -> {
                    Ran before = earlier.threads.getOrDefault(thread.getKey(), new Ran(0, 0));
                    Ran now = thread.getValue();
                    return thread.getKey() + " ran " + text((now.ran - before.ran) / time) + " and waited "
                            + text((now.waited - before.waited) / time);
                })
                .toList();
        return "processors: node " + text(ofNode) + ", bench " + text(ofBench) + ", others " + others + " of "
                + Runtime.getRuntime().availableProcessors() + "; " + String.join(", ", ofThreads);
    }

    private static String text(double share) {
        return String.format(Locale.ROOT, "%.2f", share);
    }
}
