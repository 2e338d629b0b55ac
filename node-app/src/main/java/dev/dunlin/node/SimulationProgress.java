package dev.dunlin.node;

import dev.dunlin.core.sim.Outcome;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.World;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** How far simulated runs are: a bar with rate and estimate on a terminal, otherwise a plain line now and then. */
final class SimulationProgress {

    private static final int WIDTH = 30;
    private static final long BAR_NANOS = 100_000_000L;
    private static final long LINE_NANOS = 10_000_000_000L;

    private final PrintWriter err;
    private final boolean terminal;
    private final int runs;
    private final LongSupplier nanos;
    private final long begun;
    private final AtomicLong last;
    private final AtomicInteger done = new AtomicInteger();
    private final AtomicLong events = new AtomicLong();
    private boolean shown;

    SimulationProgress(PrintWriter err, boolean terminal, int runs) {
        this(err, terminal, runs, System::nanoTime);
    }

    /** With a clock of its own. */
    SimulationProgress(PrintWriter err, boolean terminal, int runs, LongSupplier nanos) {
        this.err = err;
        this.terminal = terminal;
        this.runs = runs;
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
        this.last = new AtomicLong(begun);
    }

    /** Is told of one run while it goes on. */
    Consumer<World<?>> of(Plan plan) {
        return world -> show(
                done.get() + Math.min(1.0, (double) world.now() / plan.live()), events.get() + world.happened(), 0);
    }

    /** The only run is so far, 0 to 1. */
    void part(double share, long happened) {
        show(share, happened, 0);
    }

    /** One run is done. */
    void done(Outcome outcome, long wrong) {
        show(done.incrementAndGet(), events.addAndGet(outcome.events()), wrong);
    }

    /** A failing run is being shrunk. */
    void shrinking(int tried) {
        if (due()) {
            say("shrinking: " + tried + " runs tried");
        }
    }

    private boolean due() {
        long now = nanos.getAsLong();
        long before = last.get();
        return now - before >= (terminal ? BAR_NANOS : LINE_NANOS) && last.compareAndSet(before, now);
    }

    private void show(double part, long happened, long wrong) {
        if (!due()) {
            return;
        }
        double seconds = (nanos.getAsLong() - begun) / 1e9;
        double share = Math.min(1, part / runs);
        String left = share <= 0 ? "?" : String.format(Locale.ROOT, "%.0f s", seconds / share - seconds);
        int full = (int) (share * WIDTH);
        say(String.format(
                Locale.ROOT,
                "%s%d of %d runs, %.0f events/s, %s left%s",
                terminal ? "[" + "#".repeat(full) + "-".repeat(WIDTH - full) + "] " : "",
                done.get(),
                runs,
                happened / Math.max(0.001, seconds),
                left,
                wrong > 0 ? ", " + wrong + " wrong" : ""));
    }

    private synchronized void say(String text) {
        if (terminal) {
            err.print("\r\u001b[K" + text);
            err.flush();
            shown = true;
        } else {
            err.println(text);
        }
    }

    /** Clears the bar. */
    synchronized void end() {
        if (shown) {
            err.print("\r\u001b[K");
            err.flush();
            shown = false;
        }
    }
}
