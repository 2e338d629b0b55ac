package dev.dunlin.node;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What {@code dunlin doctor} asks of the machine and the JVM. */
final class MachineExam {

    private static final int JAVA = 25;
    private static final long MIB = 1L << 20;
    private static final int USUAL_CONNECTIONS = 1024;

    // Beside the connections: jars, the log's files, event loops, pipes.
    private static final int OTHER_DESCRIPTORS = 256;

    // Beside the heap: code, threads, the buffers of connections.
    private static final double MOST_HEAP = 0.75;

    private static final Duration LITTLE = Duration.ofMinutes(1);
    private static final Duration MUCH = Duration.ofDays(1);
    private static final Duration LONG_AGO = Duration.ofDays(90);

    private MachineExam() {}

    /**
     * All of it but the clock.
     *
     * @param config how the node was configured at its last boot
     */
    static List<Diagnosis> of(Map<String, String> config) {
        List<Diagnosis> found = new ArrayList<>();
        found.add(java(Runtime.version().feature()));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            found.add(heap(Runtime.getRuntime().maxMemory(), system.getTotalMemorySize()));
        }
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system) {
            found.add(descriptors(system.getMaxFileDescriptorCount(), connections(config)));
        }
        return found;
    }

    private static int connections(Map<String, String> config) {
        try {
            return Integer.parseInt(config.getOrDefault("connection.maxConnections", "" + USUAL_CONNECTIONS));
        } catch (NumberFormatException usual) {
            return USUAL_CONNECTIONS;
        }
    }

    static Diagnosis java(int version) {
        String running = "Java " + Runtime.version() + " of " + System.getProperty("java.vendor", "an unknown vendor");
        return version >= JAVA
                ? Diagnosis.ok("java", running)
                : Diagnosis.fail("java", running + " is too old", "install a JDK " + JAVA + " or later");
    }

    /**
     * The heap against what there is.
     *
     * @param heap the most that the heap takes, bytes
     * @param memory of the machine, or of the container if that has less, bytes
     */
    static Diagnosis heap(long heap, long memory) {
        String seen = "a heap of at most " + heap / MIB + " MiB, " + memory / MIB + " MiB of memory here";
        if (heap >= memory) {
            return Diagnosis.fail(
                    "memory", seen + ": the node will be killed when it fills its heap", smallerHeap(memory));
        }
        return heap > memory * MOST_HEAP
                ? Diagnosis.warn("memory", seen + ": little is left for what is not heap", smallerHeap(memory))
                : Diagnosis.ok("memory", seen);
    }

    private static String smallerHeap(long memory) {
        return "set DUNLIN_JAVA_OPTS=-Xmx" + memory / 2 / MIB + "m";
    }

    /**
     * File descriptors against connections.
     *
     * @param most how many this process may have open
     * @param connections how many the node may have open
     */
    static Diagnosis descriptors(long most, int connections) {
        long needed = (long) connections + OTHER_DESCRIPTORS;
        String seen = most + " open files are allowed, and " + connections + " connections are configured";
        if (most >= needed) {
            return Diagnosis.ok("files", seen);
        }
        String fix = "raise the limit (ulimit -n " + needed + ", or LimitNOFILE=" + needed
                + " in the service), or run with --set connection.maxConnections="
                + Math.max(1, most - OTHER_DESCRIPTORS);
        return most < OTHER_DESCRIPTORS
                ? Diagnosis.fail("files", seen, fix)
                : Diagnosis.warn("files", seen + ": " + needed + " would be needed", fix);
    }

    /**
     * The system's clock against the time that the log ends with.
     *
     * @param now microseconds of the wall clock
     * @param last the same at the last input, as the node knew it
     */
    static Diagnosis clock(long now, long last) {
        Duration since = Duration.of(now, ChronoUnit.MICROS).minus(Duration.of(last, ChronoUnit.MICROS));
        Duration behind = since.negated();
        String fix = "set the clock, or let it be set (timedatectl set-ntp true)";
        if (behind.compareTo(LITTLE) > 0) {
            String seen = "the clock says " + LogLine.time(now) + ", " + words(behind) + " before the log's last input";
            return behind.compareTo(MUCH) > 0 ? Diagnosis.fail("clock", seen, fix) : Diagnosis.warn("clock", seen, fix);
        }
        String seen = "the clock says " + LogLine.time(now) + ", " + words(since) + " after the log's last input";
        return since.compareTo(LONG_AGO) > 0
                ? Diagnosis.warn("clock", seen, "if the node has not been off for so long: " + fix)
                : Diagnosis.ok("clock", seen);
    }

    private static String words(Duration time) {
        if (time.toDays() > 1) {
            return time.toDays() + " days";
        }
        if (time.toMinutes() > 1) {
            return time.toHours() > 1 ? time.toHours() + " h" : time.toMinutes() + " min";
        }
        return Math.max(0, time.toSeconds()) + " s";
    }
}
