package dev.dunlin.connection.stream;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.connection.stream.StreamAction.CloseTimedOut;
import dev.dunlin.connection.stream.StreamAction.ConnectionMissing;
import dev.dunlin.connection.stream.StreamAction.ConnectionReady;
import dev.dunlin.connection.stream.StreamAction.OpenFailed;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.connection.stream.StreamAction.OpenTimedOut;
import dev.dunlin.connection.stream.StreamAction.QuietDue;
import dev.dunlin.connection.stream.StreamAction.StreamAccepted;
import dev.dunlin.connection.stream.StreamAction.StreamClosed;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.connection.stream.StreamAction.StreamSeen;
import dev.dunlin.connection.stream.StreamAction.StreamsRefused;
import dev.dunlin.connection.stream.StreamState.Counts;
import dev.dunlin.connection.stream.StreamState.PendingOpen;
import dev.dunlin.connection.stream.StreamState.Phase;
import dev.dunlin.connection.stream.StreamState.Stream;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import java.util.Optional;

/** The pure function of the stream machine. */
final class StreamReducer {

    private StreamReducer() {}

    static StreamState reduce(StreamState own, StreamAction action, Context ctx) {
        return switch (action) {
            case OpenStream wish -> open(own, wish, ctx);
            case ConnectionReady(long number, PeerId _, Handle connection) -> ready(own, number, connection, ctx);
            case ConnectionMissing(long number, PeerId _, ConnectionError error) -> failing(own, number, error, ctx);
            case StreamOpened fact -> opened(own, fact, ctx);
            case OpenFailed fact -> openFailed(own, fact.number(), ctx);
            case StreamAccepted fact -> accepted(own, fact, ctx);
            case CloseStream(Handle stream, CloseMode mode) -> close(own, stream, mode, ctx);
            case StreamClosed fact -> closed(own, fact.stream(), ctx);
            case StreamSeen fact -> seen(own, fact, ctx);
            case QuietDue(Handle stream) -> look(own, stream, ctx);
            case StreamsRefused _ -> own;
            case OpenTimedOut(long number, PeerId _) -> openTimedOut(own, number, ctx);
            case CloseTimedOut(Handle stream) -> closeTimedOut(own, stream, ctx);
        };
    }

    // The streams of the last run are gone, and so are those who waited for one.
    static StreamState boot(StreamState own, NodeAction.Booted booted, Context ctx) {
        return new StreamState(
                StreamConfig.of(booted.config()), Table.empty(), Table.empty(), Counts.NONE, own.lastNumber());
    }

    private static StreamState open(StreamState own, OpenStream wish, Context ctx) {
        long number = own.lastNumber() + 1;
        ctx.then(new ConnectionAction.Await(wish.peer(), new Ticket(StreamMachine.NAME, number)));
        long until = ctx.now() + own.config().openTimeout();
        PendingOpen open =
                new PendingOpen(wish.ticket(), wish.peer(), wish.protocols(), wish.lazy(), Optional.empty(), until);
        return own.withOpen(number, open).withCounts(own.counts().of(wish.peer(), Direction.OUTBOUND, 1));
    }

    private static StreamState ready(StreamState own, long number, Handle connection, Context ctx) {
        PendingOpen open = own.opens().at(number);
        if (!StreamGuards.hasRoom(own, connection)) {
            String text = "the connection has " + own.config().maxOutboundPerConnection() + " streams of ours already";
            return failing(own, number, ConnectionError.of(ConnectionError.Kind.LIMIT, text), ctx);
        }
        ctx.effect(new StreamEffect.OpenInit(
                number, open.ticket(), open.peer(), connection, open.protocols(), open.lazy()));
        if (holds(own, open)) {
            ctx.then(new ConnectionAction.Hold(connection, open.peer()));
        }
        return own.withOpen(number, open.on(connection)).withCounts(own.counts().on(connection, Direction.OUTBOUND, 1));
    }

    private static StreamState opened(StreamState own, StreamOpened fact, Context ctx) {
        PendingOpen open = own.opens().at(fact.number());
        Handle connection = open.connection().orElseThrow();
        Stream stream = stream(own, connection, open.peer(), fact.protocol(), Direction.OUTBOUND, ctx);
        // What was held for the opening is held for the stream, unless that is in the background.
        if (holds(own, open) && !holds(own, stream)) {
            ctx.then(new ConnectionAction.Release(connection, open.peer()));
        }
        return own.withoutOpen(fact.number()).withStream(fact.stream(), stream);
    }

    private static StreamState accepted(StreamState own, StreamAccepted fact, Context ctx) {
        Stream stream = stream(own, fact.connection(), fact.peer(), fact.protocol(), Direction.INBOUND, ctx);
        if (holds(own, stream)) {
            ctx.then(new ConnectionAction.Hold(stream.connection(), stream.peer()));
        }
        return counted(own.withStream(fact.stream(), stream), stream, 1);
    }

    private static Stream stream(
            StreamState own, Handle connection, PeerId peer, String protocol, Direction direction, Context ctx) {
        long quiet = own.config().quietTimeout(protocol);
        long at = quiet == 0 ? Due.NEVER : ctx.now() + quiet;
        return new Stream(connection, peer, protocol, direction, ctx.now(), Phase.OPEN, at);
    }

    private static StreamState look(StreamState own, Handle handle, Context ctx) {
        ctx.effect(new StreamEffect.LookInit(handle));
        Stream stream = own.streams().at(handle);
        long again = ctx.now() + own.config().quietTimeout(stream.protocol());
        return own.withStream(handle, stream.in(Phase.OPEN, again));
    }

    private static StreamState seen(StreamState own, StreamSeen fact, Context ctx) {
        Stream stream = own.streams().at(fact.stream());
        boolean closing = stream.phase() == Phase.CLOSING;
        long allowed = closing ? own.config().closeTimeout() : own.config().quietTimeout(stream.protocol());
        if (allowed == 0) {
            return own;
        }
        if (fact.quiet() >= allowed) {
            ctx.then(new CloseStream(fact.stream(), CloseMode.RESET));
            return own;
        }
        return own.withStream(fact.stream(), stream.in(stream.phase(), ctx.now() + allowed - fact.quiet()));
    }

    // What was written may take its time, as long as the other side reads: a stream that is being closed is looked at,
    // too.
    private static StreamState closeTimedOut(StreamState own, Handle handle, Context ctx) {
        Stream stream = own.streams().at(handle);
        if (stream.phase() == Phase.RESETTING) {
            return close(own, handle, CloseMode.RESET, ctx);
        }
        ctx.effect(new StreamEffect.LookInit(handle));
        return own.withStream(
                handle, stream.in(Phase.CLOSING, ctx.now() + own.config().closeTimeout()));
    }

    private static StreamState close(StreamState own, Handle handle, CloseMode mode, Context ctx) {
        ctx.effect(new StreamEffect.CloseInit(handle, mode));
        Phase phase = mode == CloseMode.RESET ? Phase.RESETTING : Phase.CLOSING;
        long until = ctx.now() + own.config().closeTimeout();
        return own.withStream(handle, own.streams().at(handle).in(phase, until));
    }

    private static StreamState closed(StreamState own, Handle handle, Context ctx) {
        Stream stream = own.streams().at(handle);
        if (holds(own, stream)) {
            ctx.then(new ConnectionAction.Release(stream.connection(), stream.peer()));
        }
        return counted(own.withoutStream(handle), stream, -1);
    }

    private static StreamState counted(StreamState own, Stream stream, int change) {
        return own.withCounts(own.counts()
                .of(stream.peer(), stream.direction(), change)
                .on(stream.connection(), stream.direction(), change));
    }

    // Keeping a connection alive is not using it.
    private static boolean holds(StreamState own, Stream stream) {
        return !own.config().isBackground(stream.protocol());
    }

    private static boolean holds(StreamState own, PendingOpen open) {
        return !open.protocols().stream().allMatch(own.config()::isBackground);
    }

    private static StreamState openTimedOut(StreamState own, long number, Context ctx) {
        if (own.opens().at(number).connection().isPresent()) {
            ctx.effect(new StreamEffect.CancelOpen(number));
        }
        String text = "the stream did not open in time";
        return failing(own, number, ConnectionError.of(ConnectionError.Kind.TIMED_OUT, text), ctx);
    }

    private static StreamState failing(StreamState own, long number, ConnectionError error, Context ctx) {
        PendingOpen open = own.opens().at(number);
        ctx.then(new OpenFailed(number, open.ticket(), open.peer(), error));
        return own;
    }

    private static StreamState openFailed(StreamState own, long number, Context ctx) {
        PendingOpen open = own.opens().at(number);
        Counts counts = own.counts().of(open.peer(), Direction.OUTBOUND, -1);
        if (open.connection().isPresent()) {
            Handle connection = open.connection().get();
            counts = counts.on(connection, Direction.OUTBOUND, -1);
            if (holds(own, open)) {
                ctx.then(new ConnectionAction.Release(connection, open.peer()));
            }
        }
        return own.withoutOpen(number).withCounts(counts);
    }
}
