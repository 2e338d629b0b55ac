package dev.dunlin.connection;

import dev.dunlin.connection.ConnectionAction.Listen;
import dev.dunlin.connection.ConnectionAction.ListenFailed;
import dev.dunlin.connection.ConnectionAction.ListenTimedOut;
import dev.dunlin.connection.ConnectionAction.ListenerClosed;
import dev.dunlin.connection.ConnectionAction.ListenerDue;
import dev.dunlin.connection.ConnectionAction.Listening;
import dev.dunlin.connection.ConnectionAction.Rebound;
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
import java.util.OptionalInt;

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

    /**
     * The key of the open listener that was asked for by an address, or has it in truth.
     *
     * <p>One on port 0 goes by the port it got as soon as another is asked for, on port 0 too.
     */
    static Optional<Multiaddr> at(ConnectionState own, Multiaddr address) {
        if (own.listeners().find(address).orElse(null) instanceof Listener.Listening) {
            return Optional.of(address);
        }
        for (Map.Entry<Multiaddr, Listener> entry : own.listeners()) {
            if (entry.getValue() instanceof Listener.Listening open
                    && open.bound().contains(address)) {
                return Optional.of(entry.getKey());
            }
        }
        return Optional.empty();
    }

    /** Whether an address may be listened on: nobody does, or it is that of any port and whoever has it has got a port. */
    static boolean isFree(ConnectionState own, Multiaddr address) {
        return !own.listeners().has(address) || got(own, address).isPresent();
    }

    /** The real address, which nobody else has asked for, of a listener on port 0. */
    private static Optional<Multiaddr> got(ConnectionState own, Multiaddr anyPort) {
        return own.listeners().find(anyPort).orElse(null) instanceof Listener.Listening open
                        && anyPort.port().equals(OptionalInt.of(0))
                ? open.bound().stream()
                        .findFirst()
                        .filter(bound -> !own.listeners().has(bound))
                : Optional.empty();
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
        ConnectionState before = own.withLastNumber(number);
        ConnectionState moved = got(own, wish.address())
                .map(bound -> with(before, bound, own.listeners().at(wish.address())))
                .orElse(before);
        return with(moved, wish.address(), opening);
    }

    static ConnectionState listening(ConnectionState own, Listening fact, Context ctx) {
        waiting(own, fact.requested())
                .ifPresent(ticket -> ctx.then(new ListenDone(ticket, fact.requested(), fact.bound())));
        return with(own, fact.requested(), new Listener.Listening(fact.listener(), fact.bound()));
    }

    /** An open listener has other addresses; one that is being closed keeps those that it had. */
    static ConnectionState rebound(ConnectionState own, Rebound fact) {
        Multiaddr key = addressOf(own, fact.listener()).orElseThrow();
        return own.listeners().at(key) instanceof Listener.Listening
                ? with(own, key, new Listener.Listening(fact.listener(), fact.bound()))
                : own;
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
        Multiaddr key = at(own, wish.address()).orElseThrow();
        return stopping(own, key, own.listeners().at(key).handle().orElseThrow(), ctx);
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
