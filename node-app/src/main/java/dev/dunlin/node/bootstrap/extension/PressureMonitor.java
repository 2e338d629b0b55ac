package dev.dunlin.node.bootstrap.extension;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.dunlin.connection.bootstrap.admission.Level;
import dev.dunlin.connection.bootstrap.session.SessionAction;
import dev.dunlin.core.runtime.Port;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks how much of memory and file descriptors is used, and tells the session machine when that has another {@link Level}. Thread-safe.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/operations/overload_manager/overload_manager">Envoy, overload manager</a>
 */
final class PressureMonitor implements AutoCloseable {

    /** From this part on of what there is a node is loaded. */
    static final double ELEVATED = 0.80;

    /** From this part on it takes nothing more. */
    static final double CRITICAL = 0.92;

    /** So much less it has to be before the level falls again. */
    static final double HYSTERESIS = 0.05;

    private static final Duration EVERY = Duration.ofMillis(250);
    private static final Logger LOG = LoggerFactory.getLogger(PressureMonitor.class);

    private final Port port;
    private final DoubleSupplier used;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("dunlin-pressure").daemon().factory());
    private Level told = Level.NORMAL;

    /**
     * Begins.
     *
     * @param used the greatest part of anything that is used, 0 to 1
     */
    PressureMonitor(Port port, DoubleSupplier used) {
        this.port = port;
        this.used = used;
    }

    /** Of this process: of the heap what a collection has left, and of file descriptors those that are open. */
    static DoubleSupplier ofProcess() {
        List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .toList();
        long most = Runtime.getRuntime().maxMemory();
        return () -> Math.max(heap(pools, most), files());
    }

    private static double heap(List<MemoryPoolMXBean> pools, long most) {
        long left = 0;
        for (MemoryPoolMXBean pool : pools) {
            MemoryUsage usage = pool.getCollectionUsage();
            left += usage == null ? 0 : usage.getUsed();
        }
        return most <= 0 ? 0 : (double) left / most;
    }

    private static double files() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean system
                        && system.getMaxFileDescriptorCount() > 0
                ? (double) system.getOpenFileDescriptorCount() / system.getMaxFileDescriptorCount()
                : 0;
    }

    /** Looks from now on. */
    void start() {
        timer.scheduleWithFixedDelay(this::look, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Looks once. */
    void look() {
        double part = used.getAsDouble();
        Level level = level(part, told);
        // What is not taken is told at the next look.
        if (level != told && port.offer(new SessionAction.Pressed(level)) == Port.Offer.TAKEN) {
            told = level;
            if (level == Level.NORMAL) {
                LOG.info("memory and file descriptors suffice again: peers with tokens are let in as usual");
            } else {
                LOG.warn(
                        "{} % of memory or file descriptors are used: {}",
                        Math.round(part * 100),
                        level == Level.CRITICAL
                                ? "no peer with a token is let in"
                                : "fewer peers with tokens are let in, and they have half the time");
            }
        }
    }

    /** Which level a part is, after another one: that does not fall before there is some room again. */
    static Level level(double part, Level before) {
        if (part >= (before == Level.CRITICAL ? CRITICAL - HYSTERESIS : CRITICAL)) {
            return Level.CRITICAL;
        }
        return part >= (before == Level.NORMAL ? ELEVATED : ELEVATED - HYSTERESIS) ? Level.ELEVATED : Level.NORMAL;
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
