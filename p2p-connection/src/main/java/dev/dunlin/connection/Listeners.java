package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.Listen;
import dev.dunlin.connection.ConnectionAction.ListenDone;
import dev.dunlin.connection.ConnectionAction.ListenFailed;
import dev.dunlin.connection.ConnectionAction.ListenGaveUp;
import dev.dunlin.connection.ConnectionAction.ListenRefused;
import dev.dunlin.connection.ConnectionAction.ListenTimedOut;
import dev.dunlin.connection.ConnectionAction.ListenerClosed;
import dev.dunlin.connection.ConnectionAction.Listening;
import dev.dunlin.connection.ConnectionAction.StopListening;
import dev.dunlin.connection.ConnectionAction.StopTimedOut;
import dev.dunlin.connection.ConnectionState.Listener;
import dev.dunlin.connection.ConnectionState.Opening;
import dev.dunlin.connection.ConnectionState.Stopping;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.Map;
import java.util.Optional;

/** The part of the connection machine's reducer that is about listeners. */
final class Listeners {

    private Listeners() {}

    /** The address asked for of an open listener. */
    static Optional<Multiaddr> addressOf(ConnectionState own, Handle listener) {
        for (Map.Entry<Multiaddr, Listener> entry : own.listeners()) {
            if (handleOf(entry.getValue()).filter(listener::equals).isPresent()) {
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    /** The handle of a listener that has one. */
    static Optional<Handle> handleOf(Listener listener) {
        return switch (listener) {
            case Opening _ -> Optional.empty();
            case ConnectionState.Listening listening -> Optional.of(listening.listener());
            case Stopping stopping -> Optional.of(stopping.listener());
        };
    }

    static ConnectionState listen(ConnectionState own, Listen wish, Context ctx) {
        Optional<String> refusal = ConnectionGuards.LISTEN.refusal(own, wish);
        if (refusal.isPresent()) {
            ctx.then(new ListenRefused(wish.ticket(), wish.address(), refusal.get()));
            return own;
        }
        long number = own.lastNumber() + 1;
        ctx.effect(new ConnectionEffect.ListenInit(number, wish.address()));
        return with(own.withLastNumber(number), wish.address(), new Opening(number, wish.ticket()))
                .withDue(
                        due -> due.with(wish.address(), ctx.now() + own.config().listenTimeout()));
    }

    static ConnectionState listening(ConnectionState own, Listening fact, Context ctx) {
        if (own.listeners().at(fact.requested()) instanceof Opening opening && isAsked(opening.ticket())) {
            ctx.then(new ListenDone(opening.ticket(), fact.requested(), fact.bound()));
        }
        return with(own, fact.requested(), new ConnectionState.Listening(fact.listener(), fact.bound()))
                .withDue(due -> due.without(fact.requested()));
    }

    static ConnectionState failed(ConnectionState own, ListenFailed fact, Context ctx) {
        if (own.listeners().at(fact.requested()) instanceof Opening opening && isAsked(opening.ticket())) {
            ctx.then(new ListenGaveUp(opening.ticket(), fact.requested(), fact.error()));
        }
        return without(own, fact.requested());
    }

    static ConnectionState stop(ConnectionState own, StopListening wish, Context ctx) {
        Handle listener = handleOf(own.listeners().at(wish.address())).orElseThrow();
        return stopping(own, wish.address(), listener, ctx);
    }

    static ConnectionState closed(ConnectionState own, ListenerClosed fact) {
        return without(own, addressOf(own, fact.listener()).orElseThrow());
    }

    static ConnectionState timedOut(ConnectionState own, ListenTimedOut due, Context ctx) {
        ctx.then(new ListenFailed(
                due.number(),
                due.requested(),
                ConnectionError.of(ConnectionError.Kind.TIMED_OUT, "the listener did not open in time")));
        return own;
    }

    static ConnectionState stopTimedOut(ConnectionState own, StopTimedOut due, Context ctx) {
        return stopping(own, due.requested(), due.listener(), ctx);
    }

    private static ConnectionState stopping(ConnectionState own, Multiaddr address, Handle listener, Context ctx) {
        ctx.effect(new ConnectionEffect.StopListenInit(listener));
        return with(own, address, new Stopping(listener))
                .withDue(due -> due.with(address, ctx.now() + own.config().closeTimeout()));
    }

    private static boolean isAsked(Ticket ticket) {
        return !ticket.equals(Ticket.NONE);
    }

    private static ConnectionState with(ConnectionState own, Multiaddr address, Listener listener) {
        return own.withListeners(own.listeners().with(address, listener));
    }

    private static ConnectionState without(ConnectionState own, Multiaddr address) {
        return own.withListeners(own.listeners().without(address)).withDue(due -> due.without(address));
    }
}
