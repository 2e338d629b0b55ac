package dev.dunlin.core.sim;

import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.runtime.EffectDesk;
import dev.dunlin.core.runtime.EffectHandler;
import dev.dunlin.core.runtime.EffectHandlers;
import dev.dunlin.core.runtime.NodeTime;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Due;
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
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One simulated node: a production store, driven by hand. It does what the runtime does, on virtual time: a bounded inbox,
 * ticks, durable effects that wait for the disk, and a boot from what the disk has kept.
 *
 * @param <R> the root of its state tree
 */
public final class SimNode<R> implements Port {

    /** How much new work may wait; answers and ends have room always, as in the runtime. */
    public static final int CAPACITY = 1 << 12;

    // The trace has every input and all it led to; a state that differs shows in the next of these at the latest.
    private static final int STATE_EVERY = 512;

    private final World<R> world;
    private final int number;
    private final @Nullable Recording<R> recording;
    private final ArrayDeque<Item> inbox = new ArrayDeque<>(2);
    private final KeptStates<R> kept = new KeptStates<>();

    private @Nullable Store<R> store;
    private @Nullable EffectHandlers handlers;
    private @Nullable EffectDesk desk;
    private @Nullable NodeTime time;
    private @Nullable Audit audit;
    private Scenario.@Nullable Running running;
    private Fault.@Nullable Crash dying;
    private int effectsLeft;
    private Digest trace = Digest.ZERO;
    private boolean up;
    private boolean beforeBoot;
    private boolean scheduled;
    private long generation;
    private long armed = Due.NEVER;
    private long busyUntil;
    private long each;
    private long skew;
    private int drift;
    private long steps;
    private long forcing;
    private int work;
    private long wires;

    private record Item(Action action, ActionId answers, boolean isWork) {}

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
        return up;
    }

    /** Its present state, if it has ever booted; that of a node that is down is what it had when it died. */
    public Optional<StoreState<R>> state() {
        return store == null ? Optional.empty() : Optional.of(store.state());
    }

    /** The state tree of a node that is up. */
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
            throw new IllegalStateException("node " + number + " has not booted");
        }
        return present;
    }

    // Time

    void skew(long by, int perSecond) {
        skew = by;
        drift = perSecond;
    }

    // What its clock says that is never stepped; it gains or loses as its drift is.
    private long monotonic() {
        long elapsed = world.now();
        return elapsed + elapsed / 1_000_000 * drift;
    }

    private long wall() {
        return World.BEGINNING + skew + monotonic() + steps;
    }

    private NodeTime time() {
        NodeTime present = time;
        if (present == null) {
            throw new IllegalStateException("node " + number + " has not booted");
        }
        return present;
    }

    /** The node's time, in microseconds. */
    public long clock() {
        return time().at(monotonic());
    }

    // The world's time at which the node's is so, or a little before.
    private long worldTime(long clock) {
        long monotonic = time().monotonic(clock);
        return monotonic - monotonic / (1_000_000 + drift) * drift;
    }

    /** The number of the next connection that it makes, from 1. */
    long nextWire() {
        return ++wires;
    }

    void slow(long micros) {
        each = micros;
    }

    void stepClock(long by) {
        if (up) {
            steps += by;
            time().check(monotonic(), wall()).ifPresent(stepped -> put(new Item(stepped, ActionId.NONE, false)));
        }
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
        up = true;
        beforeBoot = true;
        generation++;
        kept.begin(booting.state());
        audit = world.watchful() ? Audit.of(booting) : null;
        time = new NodeTime(booting.state().now(), wall(), monotonic());
        EffectHandlers all = world.newHandlers(booting);
        handlers = all;
        all.with(NodeEffect.class, (id, effect) -> {});
        running = world.services().begin(this);
        desk = new EffectDesk(
                all.checked(), world.holdsDurable(), booting.state().input());
        long run = booting.state().node().run() + 1;
        long seed = world.random(0x626F6F74, number, run).next();
        put(new Item(
                new NodeAction.Booted(
                        run, "sim", world.scenario().config(number, world.plan().nodes()), wall(), seed),
                ActionId.NONE,
                false));
    }

    /** The handler of all effects under a sealed interface, or of one type; to be given while the services begin. */
    public <E extends Effect> void handler(Class<E> type, EffectHandler<? super E> handler) {
        EffectHandlers all = handlers;
        if (all == null) {
            throw new IllegalStateException("handlers are given while the services begin");
        }
        all.with(type, handler);
    }

    private EffectDesk desk() {
        EffectDesk present = desk;
        if (present == null) {
            throw new IllegalStateException("node " + number + " has not booted");
        }
        return present;
    }

    void crash(Fault.Crash crash) {
        if (!up) {
            return;
        }
        if (crash.effects() > 0) {
            dying = crash;
            effectsLeft = crash.effects();
            // Who has not died by the end of the faults lives.
            world.at(world.plan().safe(), () -> dying = null);
        } else {
            die(crash);
        }
    }

    private void die(Fault.Crash crash) {
        dying = null;
        up = false;
        generation++;
        world.crashed();
        inbox.clear();
        work = 0;
        desk = null;
        scheduled = false;
        armed = Due.NEVER;
        busyUntil = 0;
        Scenario.Running was = running;
        running = null;
        if (was != null) {
            was.ended(crash.power());
        }
        StoreState<R> left = kept.left(crash, world.now());
        Store<R> mine = open();
        if (recording != null) {
            store = recording.fallBack(world, left, crash);
            if (!Content.digest(open().state().root()).equals(Content.digest(left.root()))
                    || open().state().input() != left.input()) {
                world.violated(
                        Violation.Kind.SAFETY,
                        "log-recovers-what-was-kept",
                        number,
                        "the log gives input " + open().state().input() + ", and input " + left.input() + " was kept");
            }
        } else {
            mine.restore(left);
        }
        forcing = left.input();
        world.at(
                Math.min(
                        world.now() + crash.down(),
                        Math.max(world.now() + 1, world.plan().safe())),
                this::boot);
    }

    // Inputs

    @Override
    public void answer(ActionId request, Action fact) {
        if (up) {
            put(new Item(fact, request, false));
        }
    }

    @Override
    public <A extends Action & Action.EndsHandle> void ended(A fact) {
        if (up) {
            put(new Item(fact, ActionId.NONE, false));
        }
    }

    @Override
    public Offer offer(Action fact) {
        if (!up) {
            return Offer.STOPPING;
        }
        if (work >= CAPACITY) {
            return Offer.FULL;
        }
        work++;
        put(new Item(fact, ActionId.NONE, true));
        return Offer.TAKEN;
    }

    private void put(Item item) {
        inbox.add(item);
        schedule();
    }

    private void schedule() {
        if (!scheduled && !inbox.isEmpty()) {
            scheduled = true;
            long mine = generation;
            world.at(busyUntil, () -> {
                if (mine == generation) {
                    scheduled = false;
                    take();
                }
            });
        }
    }

    private void take() {
        // One tick that is due by now, and then what waits, as the runtime does: neither keeps the other from its turn.
        long now = clock();
        long mine = generation;
        if (beforeBoot) {
            // The first input of every run is its boot, whatever is due by then.
            beforeBoot = false;
        } else {
            open().dueTick(now).ifPresent(due -> turn(due, now));
        }
        Item item = mine == generation && world.violation().isEmpty() ? inbox.poll() : null;
        if (item != null) {
            work -= item.isWork() ? 1 : 0;
            if (!item.answers().isNone() && !desk().answered(item.answers())) {
                world.violated(
                        Violation.Kind.CRASH,
                        "service-answers-once",
                        number,
                        "a simulated service answered " + item.answers() + " twice: " + item.action());
                return;
            }
            turn(new Input(item.action(), item.answers()), now);
        }
        schedule();
    }

    private void arm() {
        long next = open().nextDeadline();
        if (next == Due.NEVER || next >= armed) {
            return;
        }
        armed = next;
        long mine = generation;
        world.at(Math.max(worldTime(next), busyUntil), () -> {
            if (mine == generation && armed == next) {
                armed = Due.NEVER;
                ring();
            }
        });
    }

    private void ring() {
        if (scheduled) {
            // Before what waits, and not before what is in work is done.
            return;
        }
        if (world.now() < busyUntil) {
            ringAfter(busyUntil - world.now());
            return;
        }
        long now = clock();
        Optional<Input> due = open().dueTick(now);
        if (due.isPresent()) {
            // Arms itself again, if the node still lives.
            turn(due.get(), now);
        } else if (open().nextDeadline() != Due.NEVER) {
            // The clock is a little behind what was reckoned.
            ringAfter(Math.max(1, open().nextDeadline() - now));
        }
    }

    private void ringAfter(long micros) {
        armed = open().nextDeadline();
        long mine = generation;
        long expected = armed;
        world.after(micros, () -> {
            if (mine == generation && armed == expected) {
                armed = Due.NEVER;
                ring();
            }
        });
    }

    private void turn(Input input, long now) {
        Store<R> mine = open();
        busyUntil = Math.max(busyUntil, world.now()) + each;
        Turn turn;
        try {
            turn = mine.apply(input, Math.max(now, mine.state().now()));
        } catch (StoreFailure failure) {
            if (recording != null) {
                recording.append(failure);
            }
            world.violated(Violation.Kind.CRASH, "no-reducer-throws", number, String.valueOf(failure.getMessage()));
            return;
        }
        keep(mine.state());
        traced(turn);
        if (recording != null) {
            recording.append(turn);
        }
        if (audit != null) {
            audit.after(turn).ifPresent(this::broke);
        }
        world.turned(this, turn);
        desk().take(turn);
        force(desk().wanted());
        if (carryOut()) {
            arm();
        }
    }

    /** Asks all invariants, those too that no late action is said to break. */
    void sweep() {
        if (audit != null && up) {
            audit.sweep().ifPresent(this::broke);
        }
    }

    private void broke(Audit.Broken broken) {
        world.violated(Violation.Kind.SAFETY, broken.machine() + "/" + broken.invariant(), number, broken.why());
    }

    private void keep(StoreState<R> state) {
        if (!world.plan().faults().isEmpty()) {
            kept.add(world.now(), state);
        }
    }

    private void traced(Turn turn) {
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

    // Effects

    private void force(long input) {
        if (forcing >= input) {
            return;
        }
        forcing = input;
        kept.wanted(input);
        long mine = generation;
        world.after(world.plan().net().force(), () -> {
            if (mine == generation) {
                forced(input);
            }
        });
    }

    private void forced(long input) {
        kept.forced(input);
        desk().forced(input);
        carryOut();
    }

    /** Forces to disk now what came up to an input: for tests that hold the force. */
    void forceNow(long input) {
        forced(input);
    }

    /** What a crash may fall back to. */
    KeptStates<R> kept() {
        return kept;
    }

    // False if the node died of it.
    private boolean carryOut() {
        long mine = generation;
        EffectDesk open = desk();
        EffectHandlers all = handlers;
        for (EffectDesk.Ready ready = open.next(); ready != null && all != null; ready = open.next()) {
            try {
                all.handle(ready);
            } catch (RuntimeException | AssertionError thrown) {
                world.violated(
                        Violation.Kind.CRASH,
                        "no-service-throws",
                        number,
                        "the handler of " + open().nameOf(ready.effect().getClass()) + " threw " + thrown);
                continue;
            }
            Fault.Crash crash = dying;
            if (crash != null && --effectsLeft <= 0) {
                die(crash);
            }
            if (mine != generation) {
                return false;
            }
        }
        return mine == generation;
    }
}
