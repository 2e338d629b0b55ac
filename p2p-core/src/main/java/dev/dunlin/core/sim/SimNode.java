package dev.dunlin.core.sim;

import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.runtime.EffectHandler;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Audit;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One simulated node: a production store, driven by hand. It does what the runtime does, on virtual time: a bounded inbox,
 * ticks, durable effects that wait for the disk, and a boot from what the disk has kept.
 *
 * @param <R> the root of its state tree
 */
public final class SimNode<R> implements Port {

    /** How many inputs may wait, new work apart from answers and ends. */
    public static final int CAPACITY = 1 << 12;

    /** The disk promises what was written at least so often, in microseconds, as the log's thread has it. */
    private static final long FORCE_EVERY = 1_000_000;

    // The trace has every input and all it led to; a state that differs shows in the next of these at the latest.
    private static final int STATE_EVERY = 512;

    private final World<R> world;
    private final int number;
    private final @Nullable Recording<R> recording;

    // In the order of their registration: so what waits for one promise of the disk is carried out.
    private final Map<Class<?>, Handling> handlers = new LinkedHashMap<>();
    private final ArrayDeque<Item> inbox = new ArrayDeque<>();
    private final Set<ActionId> requests = new HashSet<>();

    // The states that a crash may fall back to: that of the last promised input, and those after it.
    private final ArrayDeque<Kept<R>> kept = new ArrayDeque<>();

    private @Nullable Store<R> store;
    private @Nullable Audit audit;
    private Scenario.@Nullable Running running;
    private Fault.@Nullable Crash dying;
    private int effectsLeft;
    private Digest trace = Digest.ZERO;
    private boolean up;
    private boolean scheduled;
    private long generation;
    private long armed = Deadlines.NEVER;
    private long busyUntil;
    private long each;
    private long skew;
    private int drift;
    private long steps;
    private long latest;
    private long forced;
    private long forcing;

    private record Item(Action action, ActionId answers) {}

    private record Kept<R>(long at, StoreState<R> state) {}

    private record Waiting(long input, ActionId id, Effect effect) {}

    private static final class Handling {
        final EffectHandler<Effect> handler;
        final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

        Handling(EffectHandler<Effect> handler) {
            this.handler = handler;
        }
    }

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
        Hasher hasher = new Hasher().putDigest(trace);
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

    /** What its clock says, microseconds since the Unix epoch; steps of the wall clock apart. */
    public long clock() {
        long elapsed = world.now();
        long now = World.BEGINNING + skew + elapsed + elapsed / 1_000_000 * drift;
        latest = Math.max(latest, now);
        return latest;
    }

    // The world's time at which the clock says so, or a little before.
    private long worldTime(long clock) {
        long elapsed = clock - World.BEGINNING - skew;
        return elapsed - elapsed / (1_000_000 + drift) * drift;
    }

    void slow(long micros) {
        each = micros;
    }

    void stepClock(long by) {
        if (up) {
            steps += by;
            put(new Item(new NodeAction.ClockStepped(clock() + steps, steps), ActionId.NONE));
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
        generation++;
        kept.add(new Kept<>(Long.MIN_VALUE, booting.state()));
        audit = world.watchful() ? Audit.of(booting) : null;
        handlers.clear();
        handler(NodeEffect.class, (id, effect) -> {});
        running = world.services().begin(this);
        checkHandlers(booting);
        long run = booting.state().node().run() + 1;
        long seed = world.random(0x626F6F74, number, run).next();
        put(new Item(
                new NodeAction.Booted(
                        run, "sim", world.scenario().config(number, world.plan().nodes()), clock(), seed),
                ActionId.NONE));
    }

    /** The handler of all effects under a sealed interface, or of one type; to be given while the services begin. */
    public <E extends Effect> void handler(Class<E> type, EffectHandler<? super E> handler) {
        @SuppressWarnings("unchecked")
        Handling handling = new Handling((EffectHandler<Effect>) handler);
        for (Slice<?, ?, ?> slice : open().slices()) {
            for (Class<? extends Action> declared : slice.types().actions().values()) {
                if (type.isAssignableFrom(declared)) {
                    handlers.put(declared, handling);
                }
            }
        }
    }

    private void checkHandlers(Store<R> of) {
        for (Slice<?, ?, ?> slice : of.slices()) {
            for (Class<? extends Action> declared : slice.types().actions().values()) {
                if (Effect.class.isAssignableFrom(declared) && !handlers.containsKey(declared)) {
                    throw new IllegalStateException("the effect " + declared.getName() + " has no handler");
                }
            }
        }
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
        requests.clear();
        scheduled = false;
        armed = Deadlines.NEVER;
        busyUntil = 0;
        Scenario.Running was = running;
        running = null;
        if (was != null) {
            was.ended(crash.power());
        }
        StoreState<R> left = left(crash);
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
        kept.clear();
        forced = left.input();
        forcing = left.input();
        world.at(
                Math.min(
                        world.now() + crash.down(),
                        Math.max(world.now() + 1, world.plan().safe())),
                this::boot);
    }

    // Whoever only ends as a process loses nothing that was written; a power loss may take what was not promised.
    private StoreState<R> left(Fault.Crash crash) {
        StoreState<R> last = open().state();
        if (!crash.power() || kept.isEmpty()) {
            return last;
        }
        promise(world.now() - FORCE_EVERY);
        long first = kept.element().state().input();
        long unforced = last.input() - Math.max(first, forced);
        long stays = Math.max(first, forced) + unforced * crash.kept() / 1000;
        for (Kept<R> state : kept) {
            if (state.state().input() >= stays) {
                return state.state();
            }
        }
        return last;
    }

    // What was written before a time is promised by now, and no state before its last is needed any more.
    private void promise(long before) {
        while (kept.size() > 1) {
            Kept<R> first = kept.remove();
            Kept<R> second = kept.element();
            if (second.at() > before && second.state().input() > forced) {
                kept.addFirst(first);
                return;
            }
        }
    }

    // Inputs

    @Override
    public void answer(ActionId request, Action fact) {
        if (up) {
            put(new Item(fact, request));
        }
    }

    @Override
    public <A extends Action & Action.EndsHandle> void ended(A fact) {
        if (up) {
            put(new Item(fact, ActionId.NONE));
        }
    }

    @Override
    public Offer offer(Action fact) {
        if (!up) {
            return Offer.STOPPING;
        }
        if (inbox.size() >= CAPACITY) {
            return Offer.FULL;
        }
        put(new Item(fact, ActionId.NONE));
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
        // A tick that is due by now comes before whatever waits.
        long now = clock();
        Optional<Input> due = open().dueTick(now);
        Item item = due.isPresent() ? null : inbox.poll();
        if (due.isPresent()) {
            turn(due.get(), now);
        } else if (item != null) {
            if (!item.answers().isNone() && !requests.remove(item.answers())) {
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
        if (next == Deadlines.NEVER || next >= armed) {
            return;
        }
        armed = next;
        long mine = generation;
        world.at(Math.max(worldTime(next), busyUntil), () -> {
            if (mine == generation && armed == next) {
                armed = Deadlines.NEVER;
                ring();
            }
        });
    }

    private void ring() {
        long now = clock();
        Optional<Input> due = open().dueTick(now);
        if (due.isPresent()) {
            // Arms itself again, if the node still lives.
            turn(due.get(), now);
        } else if (open().nextDeadline() != Deadlines.NEVER) {
            // The clock is a little behind what was reckoned.
            armed = open().nextDeadline();
            long mine = generation;
            long expected = armed;
            world.after(Math.max(1, expected - now), () -> {
                if (mine == generation && armed == expected) {
                    armed = Deadlines.NEVER;
                    ring();
                }
            });
        }
    }

    private void turn(Input input, long now) {
        Store<R> mine = open();
        busyUntil = world.now() + each;
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
        long mineNow = generation;
        for (int i = 0; i < turn.size() && mineNow == generation; i++) {
            if (turn.entry(i) instanceof Effect effect) {
                emit(turn.number(), turn.id(i), effect);
            }
        }
        if (mineNow == generation) {
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
        world.violated(Violation.Kind.SAFETY, broken.slice() + "/" + broken.invariant(), number, broken.why());
    }

    private void keep(StoreState<R> state) {
        if (world.plan().faults().isEmpty()) {
            return;
        }
        kept.add(new Kept<>(world.now(), state));
        if (kept.size() > 64) {
            promise(world.now() - FORCE_EVERY);
        }
    }

    private void traced(Turn turn) {
        Hasher hasher = new Hasher();
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

    private void emit(long input, ActionId id, Effect effect) {
        Handling handling = handlers.get(effect.getClass());
        if (handling == null) {
            throw new IllegalStateException(
                    "no handler for " + effect.getClass().getName());
        }
        if (effect instanceof Effect.Request) {
            requests.add(id);
        }
        boolean durable = effect instanceof Effect.Durable;
        if ((durable && world.holdsDurable()) || !handling.waiting.isEmpty()) {
            handling.waiting.add(new Waiting(durable ? input : 0, id, effect));
            force(input);
        } else {
            carryOut(handling, id, effect);
        }
    }

    private void force(long input) {
        if (forcing >= input) {
            return;
        }
        forcing = input;
        long mine = generation;
        world.after(world.plan().net().force(), () -> {
            if (mine == generation) {
                forced = Math.max(forced, input);
                handlers.values().forEach(this::release);
            }
        });
    }

    private void release(Handling handling) {
        long mine = generation;
        while (mine == generation
                && !handling.waiting.isEmpty()
                && handling.waiting.element().input() <= forced) {
            Waiting next = handling.waiting.remove();
            carryOut(handling, next.id(), next.effect());
        }
    }

    private void carryOut(Handling handling, ActionId id, Effect effect) {
        try {
            handling.handler.handle(id, effect);
        } catch (RuntimeException | AssertionError thrown) {
            world.violated(
                    Violation.Kind.CRASH,
                    "no-service-throws",
                    number,
                    "the handler of " + effect.getClass().getSimpleName() + " threw " + thrown);
            return;
        }
        Fault.Crash crash = dying;
        if (crash != null && --effectsLeft <= 0) {
            die(crash);
        }
    }
}
