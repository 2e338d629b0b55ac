package dev.dunlin.core.sim;

import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.runtime.EffectHandler;
import dev.dunlin.core.runtime.EffectHandlers;
import dev.dunlin.core.runtime.NodeTime;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Audit;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One simulated node: a production store, driven by hand, from boot to boot. What a crash leaves is what the disk has kept.
 *
 * @param <R> the root of its state tree
 */
public final class SimNode<R> implements Port {

    // The trace has every input and all it led to; a state that differs shows in the next of these at the latest.
    private static final int STATE_EVERY = 512;

    private final World<R> world;
    private final int number;
    private final @Nullable Recording<R> recording;
    private final KeptStates<R> kept = new KeptStates<>();

    private SimClock clock = new SimClock(0, 0);
    private @Nullable Store<R> store;
    private @Nullable EffectHandlers handlers;
    private @Nullable NodeTime time;
    private @Nullable Audit audit;
    private @Nullable SimProcess<R> process;
    private Scenario.@Nullable Running running;
    private Digest trace = Digest.ZERO;
    private long each;
    private long wires;

    SimNode(World<R> world, int number, boolean records) {
        this.world = world;
        this.number = number;
        this.recording = records ? new Recording<>(world.scenario()) : null;
    }

    /** Its number, from 0. */
    public int number() {
        return number;
    }

    /** Whether its process runs. */
    public boolean isUp() {
        return process != null;
    }

    /** Its present state, if it has ever booted; that of a node that is down is what its log has kept. */
    public Optional<StoreState<R>> state() {
        return store == null ? Optional.empty() : Optional.of(store.state());
    }

    /** The state tree of a node that has booted. */
    public R root() {
        return open().state().root();
    }

    /** Its last input's number. */
    public long input() {
        return store == null ? 0 : store.state().input();
    }

    /** The number of its present run. */
    public long run() {
        return open().state().node().run();
    }

    /** Its disk, if its log is written. */
    public Optional<SimDisk> disk() {
        return Optional.ofNullable(recording).map(Recording::disk);
    }

    /** The node's time, in microseconds. */
    public long clock() {
        NodeTime present = time;
        if (present == null) {
            throw hasNotBooted();
        }
        return present.at(clock.monotonic(world.now()));
    }

    /** The digest of all its inputs and all that they led to, and of its states, the last one among them. */
    Digest trace() {
        if (store == null) {
            return trace;
        }
        Hasher hasher = new Hasher(false).putDigest(trace);
        feedState(hasher);
        return hasher.finish();
    }

    private Store<R> open() {
        Store<R> present = store;
        if (present == null) {
            throw hasNotBooted();
        }
        return present;
    }

    private IllegalStateException hasNotBooted() {
        return new IllegalStateException("node " + number + " has not booted");
    }

    /** The number of the next connection that it makes, from 1. */
    long nextWire() {
        return ++wires;
    }

    // Clocks

    /** Its clocks from the first boot on. */
    void clock(SimClock other) {
        clock = other;
    }

    /** Steps its wall clock. */
    void stepClock(long by) {
        if (process != null) {
            process.clockSteps();
        }
        clock.step(by);
    }

    /** So many microseconds it takes for an input from now on. */
    void slow(long micros) {
        each = micros;
    }

    long each() {
        return each;
    }

    // Life

    void boot() {
        Store<R> booting = store;
        if (booting == null) {
            booting = world.newStore();
            store = booting;
            if (recording != null) {
                recording.open(booting);
            }
        }
        kept.begin(booting.state());
        audit = world.watchful() ? Audit.of(booting) : null;
        long wall = clock.wall(world.now());
        NodeTime times = new NodeTime(booting.state().now(), wall, clock.monotonic(world.now()));
        time = times;
        EffectHandlers all = world.newHandlers(booting);
        handlers = all;
        all.with(NodeEffect.class, (id, effect) -> {});
        running = world.services().begin(this);
        handlers = null;
        SimProcess<R> begun = new SimProcess<>(this, world, booting, clock, all.checked(), times);
        process = begun;
        long run = booting.state().node().run() + 1;
        long seed = world.random(0x626F6F74, number, run).next();
        begun.begin(Input.of(new NodeAction.Booted(
                run, "sim", world.scenario().config(number, world.plan().nodes()), wall, seed)));
    }

    /** The handler of all effects under a sealed interface, or of one type; to be given while the services begin. */
    public <E extends Effect> void handler(Class<E> type, EffectHandler<? super E> handler) {
        EffectHandlers all = handlers;
        if (all == null) {
            throw new IllegalStateException("handlers are given while the services begin");
        }
        all.with(type, handler);
    }

    void crash(Fault.Crash crash) {
        if (process != null) {
            process.endAfter(crash);
        }
    }

    void die(Fault.Crash crash) {
        if (process != null) {
            process.end();
            process = null;
        }
        world.crashed();
        Scenario.Running was = running;
        running = null;
        if (was != null) {
            was.ended(crash.power());
        }
        StoreState<R> left = kept.left(crash, world.now());
        if (recording != null) {
            store = recording.fallBack(world, left, crash);
            StoreState<R> read = open().state();
            if (!Content.digest(read.root()).equals(Content.digest(left.root())) || read.input() != left.input()) {
                world.violated(
                        Violation.Kind.SAFETY,
                        "log-recovers-what-was-kept",
                        number,
                        "the log gives input " + read.input() + ", and input " + left.input() + " was kept");
            }
        } else {
            open().restore(left);
        }
        world.at(
                Math.min(
                        world.now() + Math.min(crash.down(), world.plan().live()),
                        Math.max(world.now() + 1, world.plan().safe())),
                this::boot);
    }

    // Inputs. A process that does not run is handed nothing: what comes for it is lost.

    @Override
    public void answer(ActionId request, Action fact) {
        if (process != null) {
            process.answer(request, fact);
        }
    }

    @Override
    public <A extends Action & Action.EndsHandle> void ended(A fact) {
        if (process != null) {
            process.ended(fact);
        }
    }

    @Override
    public Offer offer(Action fact) {
        return process == null ? Offer.STOPPING : process.offer(fact, true);
    }

    /** New work that a user wishes: it takes nothing of the share of the peer that it is about. */
    public Offer wish(Action wish) {
        return process == null ? Offer.STOPPING : process.offer(wish, false);
    }

    /** An input was taken. */
    void turned(Turn turn) {
        if (!world.plan().faults().isEmpty()) {
            kept.add(world.now(), open().state());
        }
        trace(turn);
        if (recording != null) {
            recording.append(turn);
        }
        if (audit != null) {
            audit.after(turn).ifPresent(this::broke);
        }
        world.turned(this, turn);
    }

    /** An input stopped the store. */
    void failed(StoreFailure failure) {
        if (recording != null) {
            recording.append(failure);
        }
    }

    /** Asks all invariants, those too that no late action is said to break. */
    void sweep() {
        if (audit != null && process != null) {
            audit.sweep().ifPresent(this::broke);
        }
    }

    private void broke(Audit.Broken broken) {
        world.violated(Violation.Kind.SAFETY, broken.machine() + "/" + broken.invariant(), number, broken.why());
    }

    private void trace(Turn turn) {
        Hasher hasher = new Hasher(false);
        hasher.putDigest(trace).putLong(turn.number()).putLong(turn.now());
        Content.feed(turn.input().action(), hasher);
        turn.feedDerived(hasher);
        if (turn.number() % STATE_EVERY == 0) {
            feedState(hasher);
        }
        trace = hasher.finish();
    }

    private void feedState(Hasher hasher) {
        StoreState<R> state = open().state();
        Content.feed(state.node(), hasher);
        Content.feed(state.root(), hasher);
    }

    // Disk

    /** Forces to disk now what came up to an input: for tests that hold the force. */
    void forceNow(long input) {
        if (process != null) {
            process.forced(input);
        }
    }

    /** What a crash may fall back to. */
    KeptStates<R> kept() {
        return kept;
    }
}
