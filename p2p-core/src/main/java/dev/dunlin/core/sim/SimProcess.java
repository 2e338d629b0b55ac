package dev.dunlin.core.sim;

import dev.dunlin.core.runtime.Door;
import dev.dunlin.core.runtime.EffectDesk;
import dev.dunlin.core.runtime.EffectHandlers;
import dev.dunlin.core.runtime.Inbox;
import dev.dunlin.core.runtime.NodeTime;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.Turn;
import org.jspecify.annotations.Nullable;

/**
 * One run of a simulated node, from its boot until it dies: the runtime's loop, on virtual time. The same door, inbox, desk and
 * time as in the runtime; a turn takes no time, unless the node is slow.
 *
 * @param <R> the root of the state tree
 */
final class SimProcess<R> {

    private final SimNode<R> node;
    private final World<R> world;
    private final Store<R> store;
    private final SimClock clock;
    private final EffectHandlers handlers;
    private final NodeTime time;
    private final Inbox inbox;
    private final Door door;
    private final EffectDesk desk;

    private @Nullable Input boot;
    private boolean dead;
    private boolean scheduled;
    private boolean ringing;
    private boolean midRound;
    private long armed = Due.NEVER;
    private long busyUntil;
    private long forcing;
    private long forced;
    private Fault.@Nullable Crash dying;
    private int effectsLeft;

    /** A process that boots at once; its handlers are complete. */
    SimProcess(
            SimNode<R> node, World<R> world, Store<R> store, SimClock clock, EffectHandlers handlers, NodeTime time) {
        this.node = node;
        this.world = world;
        this.store = store;
        this.clock = clock;
        this.handlers = handlers;
        this.time = time;
        this.inbox = Inbox.ofOneThread(world.budgets(), this::schedule);
        this.door = new Door(store, inbox, world.budgets(), world.refusals());
        this.desk = new EffectDesk(handlers, world.holdsDurable(), store.state().input());
        this.forcing = store.state().input();
    }

    /** Its first input, whatever else comes. */
    void begin(Input booted) {
        boot = booted;
        schedule();
    }

    /** Nothing happens in it any more. */
    void end() {
        dead = true;
    }

    /** It ends when it has carried out some more effects; at once if there are none to wait for. */
    void endAfter(Fault.Crash crash) {
        if (crash.effects() == 0) {
            node.die(crash);
            return;
        }
        dying = crash;
        effectsLeft = crash.effects();
        // Who has not died by the end of the faults lives.
        world.at(world.plan().safe(), () -> dying = null);
    }

    // Has something happen, if the process still lives then.
    private void later(long at, Runnable happens) {
        world.at(at, () -> {
            if (!dead) {
                happens.run();
            }
        });
    }

    // Time

    /** The node's time, in microseconds. */
    long now() {
        return time.at(monotonic());
    }

    private long monotonic() {
        return clock.monotonic(world.now());
    }

    /** The wall clock is about to be stepped: it is noticed when it is read next, within a second, as in the runtime. */
    void clockSteps() {
        if (!isBusy()) {
            lookAround();
        }
        later(clock.world(time.nextCheck()), this::ring);
    }

    // Once a second: the wall clock, and requests that wait too long. In a node that is idle nothing is done for it: it
    // is made up for when something comes.
    private void lookAround() {
        long monotonic = monotonic();
        if (time.checks(monotonic)) {
            long looked = lookedLast(monotonic);
            time.check(monotonic, clock.wall(world.now())).ifPresent(stepped -> turn(Input.of(stepped), now()));
            desk.loseOld(looked);
        }
    }

    // When a node that is idle looked around last: at a whole second, or as soon as it had done what it was at then.
    private long lookedLast(long monotonic) {
        return time.at(Math.max(time.lastSecond(monotonic), clock.monotonic(busyUntil)));
    }

    private boolean isBusy() {
        return midRound || inTurn();
    }

    private boolean inTurn() {
        return world.now() < busyUntil;
    }

    private boolean goesOn() {
        return !dead && world.violation().isEmpty();
    }

    // Inputs

    /** Takes the answer to a request. */
    void answer(ActionId request, Action fact) {
        check(fact);
        inbox.answer(request, fact);
    }

    /** Takes the end of a handle. */
    void ended(Action fact) {
        check(fact);
        inbox.end(fact);
    }

    /** Takes new work, if there is room for it. */
    Port.Offer offer(Action fact, boolean fairly) {
        check(fact);
        long monotonic = monotonic();
        if (!isBusy() && time.checks(monotonic)) {
            desk.loseOld(lookedLast(monotonic));
        }
        return door.offer(
                fact,
                fairly,
                new Door.Load(desk.requests(), store.state().node().handles().size(), false));
    }

    // What services hand in is looked over as everything else is: not where only digests count.
    private void check(Action fact) {
        if (world.watchful()) {
            door.check(fact);
        }
    }

    private void schedule() {
        if (!scheduled && !dead && (boot != null || !inbox.isEmpty())) {
            scheduled = true;
            later(busyUntil, this::take);
        }
    }

    private void take() {
        if (isBusy()) {
            // The round in which this was scheduled has taken another input since.
            later(busyUntil, this::take);
            return;
        }
        scheduled = false;
        Input first = boot;
        if (first != null) {
            // Before whatever is due by then.
            boot = null;
            turn(first, now());
            schedule();
        } else {
            round(inbox.poll());
        }
    }

    // In the runtime's order: the clock, one tick that is due by now, what fsync let go, one input that waits. None
    // keeps
    // another from its turn, and each waits until the node is done with the one before.
    private void round(Inbox.@Nullable Item item) {
        long now = now();
        lookAround();
        if (inTurn()) {
            pause(() -> tickOf(item, now));
        } else {
            tickOf(item, now);
        }
    }

    private void tickOf(Inbox.@Nullable Item item, long now) {
        if (goesOn()) {
            store.dueTick(now).ifPresent(due -> turn(due, now));
        }
        if (inTurn()) {
            pause(() -> finishRound(item, now));
        } else {
            finishRound(item, now);
        }
    }

    private void pause(Runnable rest) {
        midRound = true;
        later(busyUntil, () -> {
            midRound = false;
            rest.run();
        });
    }

    private void finishRound(Inbox.@Nullable Item item, long now) {
        if (goesOn()) {
            desk.forced(forced);
            carryOut();
        }
        if (item != null && goesOn()) {
            take(item, now);
        }
        if (!dead) {
            arm();
        }
        schedule();
    }

    private void take(Inbox.Item item, long now) {
        if (item.kind() == Inbox.Kind.ANSWER && !desk.answered(item.answers())) {
            violated(
                    "service-answers-once",
                    "a simulated service answered " + item.answers() + " twice, too late, or from before the boot: "
                            + item.action());
            return;
        }
        turn(new Input(item.action(), item.answers()), now);
    }

    private void arm() {
        long next = store.nextDeadline();
        if (next == Due.NEVER || next >= armed) {
            return;
        }
        armed = next;
        later(Math.max(clock.world(time.monotonic(next)), busyUntil), () -> {
            if (armed == next) {
                armed = Due.NEVER;
                ring();
            }
        });
    }

    // Something may be due, the clock is to be read, or the disk has forced what was written.
    private void ring() {
        if (scheduled) {
            // The round that comes looks for all of it.
            return;
        }
        if (isBusy()) {
            if (!ringing) {
                ringing = true;
                later(busyUntil, () -> {
                    ringing = false;
                    ring();
                });
            }
            return;
        }
        round(null);
    }

    private void turn(Input input, long now) {
        busyUntil = Math.max(busyUntil, world.now()) + node.each();
        Turn turn;
        try {
            turn = store.apply(input, Math.max(now, store.state().now()));
        } catch (StoreFailure failure) {
            node.failed(failure);
            violated("no-reducer-throws", String.valueOf(failure.getMessage()));
            return;
        }
        node.turned(turn);
        desk.take(turn);
        force(desk.wanted());
        carryOut();
        if (!dead) {
            arm();
        }
    }

    // Effects

    private void force(long input) {
        if (forcing < input) {
            forcing = input;
            node.kept().wanted(input);
            later(world.now() + world.plan().net().force(), () -> forced(input));
        }
    }

    /** The disk has forced what came up to an input; what waited for it is carried out as soon as the node is not busy. */
    void forced(long input) {
        node.kept().forced(input);
        forced = Math.max(forced, input);
        ring();
    }

    // Until nothing is ready, or the process dies of it.
    private void carryOut() {
        for (EffectDesk.Ready ready = desk.next(); ready != null && !dead; ready = desk.next()) {
            try {
                handlers.handle(ready);
            } catch (RuntimeException | AssertionError thrown) {
                violated(
                        "no-service-throws",
                        "the handler of " + store.nameOf(ready.effect().getClass()) + " threw " + thrown);
                continue;
            }
            Fault.Crash crash = dying;
            if (crash != null && !dead && --effectsLeft <= 0) {
                node.die(crash);
            }
        }
    }

    private void violated(String name, String why) {
        world.violated(Violation.Kind.CRASH, name, node.number(), why);
    }
}
