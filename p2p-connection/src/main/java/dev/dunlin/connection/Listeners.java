package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.Listen;
import dev.dunlin.connection.ConnectionAction.ListenFailed;
import dev.dunlin.connection.ConnectionAction.ListenTimedOut;
import dev.dunlin.connection.ConnectionAction.ListenerClosed;
import dev.dunlin.connection.ConnectionAction.ListenerDue;
import dev.dunlin.connection.ConnectionAction.Listening;
import dev.dunlin.connection.ConnectionAction.StopListening;
import dev.dunlin.connection.ConnectionAction.StopTimedOut;
import dev.dunlin.connection.ConnectionOutcome.ListenDone;
import dev.dunlin.connection.ConnectionOutcome.ListenGaveUp;
import dev.dunlin.connection.Listener.Opening;
import dev.dunlin.connection.Listener.Stopping;
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
            if (entry.getValue().handle().filter(listener::equals).isPresent()) {
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    /** What a listener that is due becomes; an open one never is. */
    static ListenerDue due(Multiaddr address, Listener listener) {
        return switch (listener) {
            case Opening opening -> new ListenTimedOut(opening.number(), address);
            case Listener.Listening open -> new StopTimedOut(open.listener(), address);
            case Stopping stopping -> new StopTimedOut(stopping.listener(), address);
        };
    }

    static ConnectionState listen(ConnectionState own, Listen wish, Context ctx) {
        long number = own.lastNumber() + 1;
        ctx.effect(new ConnectionEffect.ListenInit(number, wish.address()));
        Opening opening =
                new Opening(number, wish.ticket(), ctx.now() + own.config().listenTimeout());
        return with(own.withLastNumber(number), wish.address(), opening);
    }

    static ConnectionState listening(ConnectionState own, Listening fact, Context ctx) {
        waiting(own, fact.requested())
                .ifPresent(ticket -> ctx.then(new ListenDone(ticket, fact.requested(), fact.bound())));
        return with(own, fact.requested(), new Listener.Listening(fact.listener(), fact.bound()));
    }

    static ConnectionState failed(ConnectionState own, ListenFailed fact, Context ctx) {
        waiting(own, fact.requested())
                .ifPresent(ticket -> ctx.then(new ListenGaveUp(ticket, fact.requested(), fact.error())));
        return without(own, fact.requested());
    }

    private static Optional<Ticket> waiting(ConnectionState own, Multiaddr address) {
        return own.listeners().at(address) instanceof Opening opening
                        && !opening.ticket().isNone()
                ? Optional.of(opening.ticket())
                : Optional.empty();
    }

    static ConnectionState stop(ConnectionState own, StopListening wish, Context ctx) {
        Handle listener = own.listeners().at(wish.address()).handle().orElseThrow();
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
        return with(
                own, address, new Stopping(listener, ctx.now() + own.config().closeTimeout()));
    }

    private static ConnectionState with(ConnectionState own, Multiaddr address, Listener listener) {
        return own.withListeners(own.listeners().with(address, listener));
    }

    private static ConnectionState without(ConnectionState own, Multiaddr address) {
        return own.withListeners(own.listeners().without(address));
    }
}
