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
import dev.dunlin.connection.stream.StreamAction.Started;
import dev.dunlin.connection.stream.StreamAction.StreamAccepted;
import dev.dunlin.connection.stream.StreamAction.StreamClosed;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.connection.stream.StreamAction.StreamRefused;
import dev.dunlin.connection.stream.StreamAction.Tick;
import dev.dunlin.connection.stream.StreamState.PendingOpen;
import dev.dunlin.connection.stream.StreamState.Phase;
import dev.dunlin.connection.stream.StreamState.Stream;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.Optional;

/** The pure function of the stream machine. */
final class StreamReducer {

    /** The most deadlines of each kind that one tick handles. */
    static final int MAX_DUE = 128;

    private StreamReducer() {}

    static StreamState reduce(StreamState own, StreamAction action, Context ctx) {
        return switch (action) {
            case Started(StreamConfig config) -> started(own, config);
            case OpenStream wish -> open(own, wish, ctx);
            case ConnectionReady(long number, PeerId _, Handle connection) -> ready(own, number, connection, ctx);
            case ConnectionMissing(long number, PeerId _, ConnectionError error) -> {
                fail(own, number, error, ctx);
                yield own;
            }
            case StreamOpened fact -> opened(own, fact, ctx);
            case OpenFailed fact -> withoutOpen(own, fact.number());
            case StreamRefused _ -> own;
            case StreamAccepted fact -> accepted(own, fact, ctx);
            case CloseStream(Handle stream, CloseMode mode) -> close(own, stream, mode, ctx);
            case StreamClosed fact -> closed(own, fact.stream(), ctx);
            case Tick _ -> tick(own, ctx);
            case OpenTimedOut(long number, PeerId _) -> openTimedOut(own, number, ctx);
            case CloseTimedOut(Handle stream) -> close(own, stream, CloseMode.RESET, ctx);
        };
    }

    private static StreamState started(StreamState own, StreamConfig config) {
        StreamState none = StreamState.INITIAL;
        return new StreamState(
                config,
                none.streams(),
                none.opens(),
                none.perPeer(),
                none.perConnection(),
                own.lastNumber(),
                none.openDeadlines(),
                none.closeDeadlines());
    }

    private static StreamState open(StreamState own, OpenStream wish, Context ctx) {
        Optional<String> refusal = StreamGuards.OPEN.refusal(own, wish);
        if (refusal.isPresent()) {
            ctx.then(new StreamRefused(wish.ticket(), wish.peer(), refusal.get()));
            return own;
        }
        long number = own.lastNumber() + 1;
        ctx.then(new ConnectionAction.Await(wish.peer(), new Ticket(StreamSlice.NAME, number)));
        PendingOpen open = new PendingOpen(wish.ticket(), wish.peer(), wish.protocols(), Optional.empty());
        return new StreamState(
                own.config(),
                own.streams(),
                own.opens().with(number, open),
                counted(own.perPeer(), wish.peer(), 1),
                own.perConnection(),
                number,
                own.openDeadlines().with(number, ctx.now() + own.config().openTimeout()),
                own.closeDeadlines());
    }

    private static StreamState ready(StreamState own, long number, Handle connection, Context ctx) {
        PendingOpen open = own.opens().at(number);
        if (!StreamGuards.hasRoom(own, connection)) {
            String text = "the connection has " + own.config().maxPerConnection() + " streams already";
            fail(own, number, ConnectionError.of(ConnectionError.Kind.LIMIT, text), ctx);
            return own;
        }
        ctx.effect(new StreamEffect.OpenInit(number, open.ticket(), open.peer(), connection, open.protocols()));
        return with(
                own,
                own.streams(),
                own.opens().with(number, open.on(connection)),
                own.perPeer(),
                counted(own.perConnection(), connection, 1));
    }

    private static StreamState opened(StreamState own, StreamOpened fact, Context ctx) {
        PendingOpen open = own.opens().at(fact.number());
        Handle connection = open.connection().orElseThrow();
        StreamState left = withoutOpen(own, fact.number());
        return added(
                left,
                fact.stream(),
                new Stream(connection, open.peer(), fact.protocol(), Direction.OUTBOUND, ctx.now(), Phase.OPEN),
                ctx);
    }

    private static StreamState accepted(StreamState own, StreamAccepted fact, Context ctx) {
        return added(
                own,
                fact.stream(),
                new Stream(fact.connection(), fact.peer(), fact.protocol(), Direction.INBOUND, ctx.now(), Phase.OPEN),
                ctx);
    }

    private static StreamState added(StreamState own, Handle handle, Stream stream, Context ctx) {
        if (holds(own, stream)) {
            ctx.then(new ConnectionAction.Hold(stream.connection(), stream.peer()));
        }
        return with(
                own,
                own.streams().with(handle, stream),
                own.opens(),
                counted(own.perPeer(), stream.peer(), 1),
                counted(own.perConnection(), stream.connection(), 1));
    }

    private static StreamState close(StreamState own, Handle handle, CloseMode mode, Context ctx) {
        ctx.effect(new StreamEffect.CloseInit(handle, mode));
        Phase phase = mode == CloseMode.RESET ? Phase.RESETTING : Phase.CLOSING;
        return new StreamState(
                own.config(),
                own.streams().updated(handle, stream -> stream.in(phase)),
                own.opens(),
                own.perPeer(),
                own.perConnection(),
                own.lastNumber(),
                own.openDeadlines(),
                own.closeDeadlines().with(handle, ctx.now() + own.config().closeTimeout()));
    }

    private static StreamState closed(StreamState own, Handle handle, Context ctx) {
        Stream stream = own.streams().at(handle);
        if (holds(own, stream)) {
            ctx.then(new ConnectionAction.Release(stream.connection(), stream.peer()));
        }
        return new StreamState(
                own.config(),
                own.streams().without(handle),
                own.opens(),
                counted(own.perPeer(), stream.peer(), -1),
                counted(own.perConnection(), stream.connection(), -1),
                own.lastNumber(),
                own.openDeadlines(),
                own.closeDeadlines().without(handle));
    }

    // Keeping a connection alive is not using it.
    private static boolean holds(StreamState own, Stream stream) {
        return !own.config().background().contains(stream.protocol());
    }

    private static StreamState tick(StreamState own, Context ctx) {
        for (long number : own.openDeadlines().due(ctx.now(), MAX_DUE)) {
            ctx.then(new OpenTimedOut(number, own.opens().at(number).peer()));
        }
        for (Handle handle : own.closeDeadlines().due(ctx.now(), MAX_DUE)) {
            ctx.then(new CloseTimedOut(handle));
        }
        return own;
    }

    private static StreamState openTimedOut(StreamState own, long number, Context ctx) {
        if (own.opens().at(number).connection().isPresent()) {
            ctx.effect(new StreamEffect.CancelOpen(number));
        }
        String text = "the stream did not open in time";
        fail(own, number, ConnectionError.of(ConnectionError.Kind.TIMED_OUT, text), ctx);
        return own;
    }

    private static void fail(StreamState own, long number, ConnectionError error, Context ctx) {
        PendingOpen open = own.opens().at(number);
        ctx.then(new OpenFailed(number, open.ticket(), open.peer(), error));
    }

    private static StreamState withoutOpen(StreamState own, long number) {
        PendingOpen open = own.opens().at(number);
        return new StreamState(
                own.config(),
                own.streams(),
                own.opens().without(number),
                counted(own.perPeer(), open.peer(), -1),
                open.connection()
                        .map(connection -> counted(own.perConnection(), connection, -1))
                        .orElse(own.perConnection()),
                own.lastNumber(),
                own.openDeadlines().without(number),
                own.closeDeadlines());
    }

    private static StreamState with(
            StreamState own,
            Table<Handle, Stream> streams,
            Table<Long, PendingOpen> opens,
            Table<PeerId, Integer> perPeer,
            Table<Handle, Integer> perConnection) {
        return new StreamState(
                own.config(),
                streams,
                opens,
                perPeer,
                perConnection,
                own.lastNumber(),
                own.openDeadlines(),
                own.closeDeadlines());
    }

    private static <K extends Comparable<? super K>> Table<K, Integer> counted(
            Table<K, Integer> counts, K key, int change) {
        int count = counts.or(key, 0) + change;
        return count == 0 ? counts.without(key) : counts.with(key, count);
    }
}
