package dev.dunlin.core.store;

import dev.dunlin.core.state.Deadlines;
import java.util.List;
import java.util.Optional;

/**
 * One state machine: the single registration of its state, actions, guards, reducer, effects, deadlines and observers.
 *
 * @param <V> what of the root its guards may see, beside its own state
 * @param <S> its state: a record, serialisable, of bounded size
 * @param <A> its actions: a sealed interface of records
 */
public interface Slice<V, S, A extends Action> {

    /** Its name, in camel case: the first part of its types' names. */
    String name();

    /** The sealed interface of its actions. */
    Class<A> actions();

    /** The type of its state. */
    Class<S> state();

    /** The names of its actions, effects, and the variants inside them and its state. */
    TypeTable types();

    /** The state before the first boot. */
    S initial();

    /** The enabling conditions, one explicit entry for each action type. */
    Guards<V, S, A> guards();

    /** The state after an enabled action. Pure and total; throwing is a bug that stops the store. */
    S reduce(S own, A action, Context ctx);

    /**
     * When the machine next wants its {@link #tick}, microseconds since the Unix epoch; {@link Deadlines#NEVER} if it waits
     * for nothing. After a tick at t it is later than t, or the state has changed (a cap per tick).
     */
    default long nextDeadline(S own) {
        return Deadlines.NEVER;
    }

    /** The action that says that {@link #nextDeadline} has come; every machine that has deadlines has one. */
    default Optional<A> tick() {
        return Optional.empty();
    }

    /** Other machines' facts that it makes its own actions of. */
    default List<On<?, ? extends A>> observes() {
        return List.of();
    }

    /** Every arrow of its state diagram. */
    List<Transition> transitions();

    /** The phase of a subject, as the diagram names it. */
    String phase(S own, Subject subject);

    /** What an action is about. */
    default Subject about(A action) {
        return action.about();
    }

    /** The state after a boot: what of it survives. */
    default S boot(S own, NodeAction.Booted booted, Context ctx) {
        return own;
    }

    /** The tables whose entries may be due. */
    default List<Dues<S, ?, ?, A>> dues() {
        return List.of();
    }

    /** What always holds. */
    default List<Invariant<S>> invariants() {
        return List.of();
    }

    /** The handles to things open in the world that the state holds. */
    default Iterable<Handle> handles(S own) {
        return List.of();
    }

    /** The most bytes that the state's canonical content may have, whatever the world does. */
    long byteBudget();
}
