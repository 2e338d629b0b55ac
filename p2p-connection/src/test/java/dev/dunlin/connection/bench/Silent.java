package dev.dunlin.connection.bench;

import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeEffect;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Outcome;
import java.util.List;

/** A machine that takes every action of another and does nothing, in its place: what it would say, the test says. */
public final class Silent {

    private Silent() {}

    /** Its state. */
    public record Nothing() {}

    /** In place of the machine of a name and actions, a sealed interface of records. */
    public static <A extends Action> Machine<Object, Nothing, A> of(String name, Class<A> actions) {
        return finished(Machine.of(name, new Nothing()).actions(actions), actions);
    }

    /** As above, with what that machine tells. */
    public static <A extends Action> Machine<Object, Nothing, A> of(
            String name, Class<A> actions, Class<? extends Outcome> outcomes) {
        return finished(Machine.of(name, new Nothing()).actions(actions, outcomes), actions);
    }

    /** In place of the exchange machine, for protocols with these messages. */
    public static Machine<Object, Nothing, ExchangeAction> exchange(List<Class<? extends Message>> messages) {
        return finished(
                Machine.of(ExchangeMachine.NAME, new Nothing())
                        .actions(ExchangeAction.class, ExchangeEffect.class, ExchangeOutcome.class)
                        .union(Message.class, messages),
                ExchangeAction.class);
    }

    private static <A extends Action> Machine<Object, Nothing, A> finished(
            Machine.Draft<Object, Nothing, A> draft, Class<A> actions) {
        Guards.Builder<Object, Nothing, A> always = Guards.of();
        enable(actions, actions, always);
        return draft.guards(always.build()).phases((own, subject) -> "silent").budget(1024);
    }

    private static <A extends Action> void enable(
            Class<?> type, Class<A> actions, Guards.Builder<Object, Nothing, A> always) {
        if (!type.isSealed()) {
            always.always(type.asSubclass(actions));
            return;
        }
        for (Class<?> one : type.getPermittedSubclasses()) {
            enable(one, actions, always);
        }
    }
}
