package dev.dunlin.core.debug;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The changed history, one step at a time beside the recorded one. Recorded steps keep their numbers, so that ids and random
 * draws stay what they were; what the record does not have gets numbers beyond all of a log's.
 */
final class ChangedHistory<R> {

    /** The number before the first of those that no log has. */
    static final long BEYOND = 1L << 52;

    private final Store<R> store;
    private final Asked recordedAsked = new Asked(Asked.MAX);
    private final Asked asked = new Asked(Asked.MAX);

    private long beyond = BEYOND;
    private long droppedAnswers;
    private long droppedEnds;
    private long droppedTicks;
    private long addedTicks;
    private long unanswered;

    /** From a state on, which a store of the same machines is brought to. */
    ChangedHistory(Store<R> store, StoreState<R> from) {
        this.store = store;
        store.restore(from);
    }

    StoreState<R> state() {
        return store.state();
    }

    /** The machines' states. */
    Map<String, Object> statesOf(StoreState<R> of) {
        return store.statesOf(of);
    }

    /** From here on with the machines that the recorded node had. */
    void only(Set<String> machines) {
        store.only(machines);
    }

    /** What the record has not. */
    Turn insert(Input input, long at) {
        return beyond(input, at);
    }

    /** Leaves a recorded step out; its number stays unused. */
    void skip(long number) {
        store.skip(number, store.state().now());
    }

    /** An input in the place of a recorded one. */
    Turn replace(Frame.Recorded frame, Input input) {
        return numbered(frame.number(), input, frame.at());
    }

    /**
     * The ticks that fall due in this history before a recorded input and did not in the recorded one.
     *
     * @param before the recorded history's state before that input
     */
    List<Turn> ticksBefore(Frame.Recorded frame, StoreState<R> before) {
        List<Turn> turns = new ArrayList<>();
        while (isTickMissing(frame, before)) {
            long at = Math.max(store.state().now(), store.nextDeadline());
            turns.add(beyond(Input.of(new NodeAction.Tick()), at));
            addedTicks++;
        }
        return turns;
    }

    // A deadline that the recorded history has, too, waits for its recorded tick, which may have come late.
    private boolean isTickMissing(Frame.Recorded frame, StoreState<R> before) {
        long mine = store.nextDeadline();
        return mine <= frame.at() && !(frame.action() instanceof NodeAction.Tick) && mine != store.nextDeadline(before);
    }

    /**
     * A recorded step; empty if it cannot come to pass here, because the request that it answers was never made, the handle that
     * it ends never opened, or the deadline that it tells not due.
     *
     * @param before the recorded history's state before it
     * @param branch the step at which the histories part: what was asked before is asked in both
     */
    Optional<Turn> take(Frame.Recorded frame, StoreState<R> before, long branch) {
        Optional<Input> input = possible(frame, before, branch);
        if (input.isEmpty()) {
            skip(frame.number());
            return Optional.empty();
        }
        return Optional.of(numbered(frame.number(), input.get(), frame.at()));
    }

    private Optional<Input> possible(Frame.Recorded frame, StoreState<R> before, long branch) {
        Action action = frame.action();
        if (action instanceof NodeAction.Tick && store.nextDeadline() > frame.at()) {
            droppedTicks++;
            return Optional.empty();
        }
        if (frame.answers().input() >= branch) {
            Optional<ActionId> request = recordedAsked.answered(frame.answers()).flatMap(asked::sameAs);
            if (request.isEmpty()) {
                droppedAnswers++;
                return Optional.empty();
            }
            asked.answered(request.get());
            return Optional.of(new Input(action, request.get()));
        }
        if (action instanceof Action.EndsHandle ends
                && before.node().handles().has(ends.ended())
                && !store.state().node().handles().has(ends.ended())) {
            droppedEnds++;
            return Optional.empty();
        }
        return Optional.of(frame.input());
    }

    /** The recorded history has taken a step. */
    void recorded(Turn turn) {
        if (turn.input().action() instanceof NodeAction.Booted) {
            unanswered += unansweredNow();
            recordedAsked.clear();
            asked.clear();
        }
        recordedAsked.add(turn);
    }

    private Turn beyond(Input input, long at) {
        long next = store.state().input();
        Turn turn = numbered(++beyond, input, at);
        skip(next);
        return turn;
    }

    private Turn numbered(long number, Input input, long at) {
        if (store.state().input() != number - 1) {
            skip(number - 1);
        }
        Turn turn = store.apply(input, Math.max(at, store.state().now()));
        asked.add(turn);
        return turn;
    }

    private long unansweredNow() {
        return asked.without(recordedAsked);
    }

    /** How many answers were left out because nobody asked. */
    long droppedAnswers() {
        return droppedAnswers;
    }

    /** How many ends of handles were left out because nobody opened them. */
    long droppedEnds() {
        return droppedEnds;
    }

    /** How many ticks were left out because nothing was due. */
    long droppedTicks() {
        return droppedTicks;
    }

    /** How many ticks the record does not have. */
    long addedTicks() {
        return addedTicks;
    }

    /** How many requests there are to which the record has no answer. */
    long unanswered() {
        return unanswered + unansweredNow();
    }
}
