package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.NodeClock;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.sim.Errands.Bank;
import dev.dunlin.core.sim.Errands.ErrandAction;
import dev.dunlin.core.sim.Errands.Post;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A force that ends while the tick of a round is in work: what waited for it goes out before the round's input. */
@Timeout(60)
final class ForceInARoundTest {

    private static final long SECOND = 1_000_000;
    private static final int KEEP_POST = 5;
    private static final Action KNOCK = new ErrandAction.Knock(PeerId.ofPublicKey(new byte[] {1}), 0);
    private static final ErrandAction DUE = new ErrandAction.Begin(1, 1, 60_000, 0, 0, Ticket.NONE);
    private static final ErrandAction KEEPS = new ErrandAction.Begin(2, 1, SECOND, 0, KEEP_POST, Ticket.NONE);

    private static List<String> inTheSimulator() {
        ErrandSim sim = new ErrandSim(0, 1_000);
        sim.handler = (id, effect) -> {
            if (effect instanceof Post.KeepPost) {
                sim.turns.add(sim.world.now() + " KeepPost");
            }
        };
        sim.node.offer(DUE);
        sim.happens(59_500);
        sim.node.slow(600);
        sim.node.offer(KEEPS);
        sim.happens(100);
        // Busy until 60,100; then a tick is due and an input waits; the force ends at 60,500, the tick later.
        sim.node.offer(KNOCK);
        sim.node.slow(50_000);
        sim.happens(SECOND / 2);
        return sim.turns;
    }

    /** A runtime whose writer of the log and whose store's thread stop where a test wants it. */
    private static final class Held implements NodeClock, AutoCloseable {

        private final List<String> seen = new CopyOnWriteArrayList<>();
        private final NodeRuntime<Errands.Root> node;
        private final Semaphore force = new Semaphore(0);
        private final Semaphore keeping = new Semaphore(0);
        private final Semaphore ticking = new Semaphore(0);
        private volatile boolean holdsForces;
        private volatile boolean keeps;
        private volatile boolean ticks;
        private volatile long now;

        Held() throws IOException {
            LogOptions options =
                    new LogOptions(1L << 40, 1L << 50, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, 1);
            SimDisk disk = new SimDisk();
            Store<Errands.Root> store = Errands.store();
            ActionLog.Opened opened = ActionLog.open(disk, store, options, "sim");
            disk.beforeForce(() -> {
                if (holdsForces) {
                    force.acquireUninterruptibly();
                }
            });
            node = NodeRuntime.of(store)
                    .clock(this)
                    .budgets(Errands.BUDGETS)
                    .log(opened.writer(), options)
                    .handler(NodeEffect.class, (id, effect) -> {})
                    .handler(Post.class, this::carryOut)
                    .handler(Bank.class, (id, effect) -> {})
                    .build();
            node.watch(this::told);
            node.start("sim", Table.empty(), 1);
            await(() -> node.forced() == 1);
            seen.clear();
        }

        private void carryOut(ActionId id, Effect effect) {
            if (effect instanceof Post.KeepPost) {
                seen.add("KeepPost");
            }
        }

        private void told(Turn turn) {
            seen.add(turn.entry(0).getClass().getSimpleName());
            if (turn.entry(0).equals(KEEPS)) {
                keeps = true;
                keeping.acquireUninterruptibly();
            } else if (turn.entry(0) instanceof NodeAction.Tick) {
                ticks = true;
                ticking.acquireUninterruptibly();
            }
        }

        @Override
        public long wallMicros() {
            return World.BEGINNING + now;
        }

        @Override
        public long monotonicNanos() {
            return now * 1000;
        }

        void await(BooleanSupplier condition) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (!condition.getAsBoolean()) {
                if (System.nanoTime() - end > 0) {
                    throw new AssertionError("it does not come: " + seen);
                }
                Thread.yield();
            }
        }

        List<String> go() {
            node.offer(DUE);
            await(() -> node.state().input() == 2);
            holdsForces = true;
            node.offer(KEEPS);
            await(() -> keeps);
            node.offer(KNOCK);
            now = 60_000;
            keeping.release();
            await(() -> ticks);
            holdsForces = false;
            force.release(1 << 20);
            await(() -> node.forced() >= 3);
            ticking.release();
            await(() -> seen.size() == 5);
            return seen;
        }

        @Override
        public void close() {
            node.stop().join();
        }
    }

    @Test
    void whatItLetsGoComesBeforeTheInput() throws Exception {
        List<String> sim = inTheSimulator();
        assertThat(sim).containsExactly("0 Begin", "59500 Begin", "60100 Tick", "110100 KeepPost", "60100 Knock");
        try (Held runtime = new Held()) {
            assertThat(runtime.go())
                    .isEqualTo(sim.stream()
                            .map(turn -> turn.substring(turn.indexOf(' ') + 1))
                            .toList());
        }
    }
}
