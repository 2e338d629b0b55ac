package dev.dunlin.connection.stream;

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
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/** The enabling conditions of the stream machine. */
final class StreamGuards {

    private StreamGuards() {}

    /** All guards. */
    static final Guards<StreamView, StreamState, StreamAction> ALL = Guards.<StreamView, StreamState, StreamAction>of()
            .on(
                    OpenStream.class,
                    Clauses.below(
                            "opens-not-full",
                            own -> own.opens().size(),
                            "maxOpens",
                            own -> own.config().maxOpens()),
                    streamsNotFull(Direction.OUTBOUND, "maxOutbound", StreamConfig::maxOutbound),
                    peerStreamsNotFull(
                            Direction.OUTBOUND,
                            OpenStream::peer,
                            "maxOutboundPerPeer",
                            StreamConfig::maxOutboundPerPeer))
            .on(ConnectionReady.class, openWaits(ConnectionReady::number))
            .on(ConnectionMissing.class, openWaits(ConnectionMissing::number))
            .on(
                    StreamOpened.class,
                    Clauses.when(
                            "open-is-current",
                            (own, a) -> own.opens()
                                    .find(a.number())
                                    .filter(open -> open.connection().isPresent())
                                    .isPresent(),
                            "number",
                            StreamOpened::number),
                    Clauses.when(
                            "ticket-fits",
                            (own, a) -> fits(own, a.number(), a.ticket()),
                            "key",
                            a -> a.ticket().key()))
            .on(
                    OpenFailed.class,
                    Clauses.when(
                            "open-is-current", (own, a) -> own.opens().has(a.number()), "number", OpenFailed::number),
                    Clauses.when(
                            "ticket-fits",
                            (own, a) -> fits(own, a.number(), a.ticket()),
                            "key",
                            a -> a.ticket().key()))
            .on(
                    StreamAccepted.class,
                    Guards.clause(
                            "connection-is-usable",
                            (view, own, a, now) -> isOpen(view, a.connection(), a.peer()),
                            (view, own, a, now) -> List.of(Operand.of("connection", a.connection()))),
                    streamsNotFull(Direction.INBOUND, "maxInbound", StreamConfig::maxInbound),
                    peerStreamsNotFull(
                            Direction.INBOUND,
                            StreamAccepted::peer,
                            "maxInboundPerPeer",
                            StreamConfig::maxInboundPerPeer),
                    Clauses.when(
                            "connection-streams-not-full",
                            (own, a) -> own.counts()
                                            .perConnection()
                                            .or(a.connection(), StreamState.Tally.NONE)
                                            .inbound()
                                    < own.config().maxInboundPerConnection(),
                            (own, a) -> List.of(Operand.of(
                                    "maxInboundPerConnection", own.config().maxInboundPerConnection()))))
            .on(
                    CloseStream.class,
                    Clauses.when(
                            "stream-is-known",
                            (own, a) -> own.streams().has(a.stream()),
                            "stream",
                            CloseStream::stream),
                    Clauses.when(
                            "not-asked-before",
                            (own, a) -> isNew(own, a.stream(), a.mode()),
                            "mode",
                            CloseStream::mode))
            .on(
                    StreamSeen.class,
                    Clauses.when(
                            "stream-is-not-reset",
                            (own, a) -> own.isNotReset(a.stream()),
                            "stream",
                            StreamSeen::stream))
            .on(
                    StreamClosed.class,
                    Clauses.when(
                            "stream-is-known",
                            (own, a) -> own.streams().has(a.stream()),
                            "stream",
                            StreamClosed::stream))
            .always(StreamsRefused.class)
            .always(OpenTimedOut.class)
            .always(QuietDue.class)
            .always(CloseTimedOut.class)
            .build();

    private static <A> Clause<StreamView, StreamState, A> openWaits(ToLongFunction<A> number) {
        return Clauses.when(
                "open-waits-for-connection",
                (own, a) -> own.opens()
                        .find(number.applyAsLong(a))
                        .filter(open -> open.connection().isEmpty())
                        .isPresent(),
                "number",
                number::applyAsLong);
    }

    private static <A> Clause<StreamView, StreamState, A> streamsNotFull(
            Direction direction, String limit, ToIntFunction<StreamConfig> most) {
        return Clauses.below(
                "streams-not-full",
                own -> own.counts().all().of(direction),
                limit,
                own -> most.applyAsInt(own.config()));
    }

    private static <A> Clause<StreamView, StreamState, A> peerStreamsNotFull(
            Direction direction, Function<A, PeerId> peer, String limit, ToIntFunction<StreamConfig> most) {
        return Clauses.when(
                "peer-streams-not-full",
                (own, a) -> own.counts()
                                .perPeer()
                                .or(peer.apply(a), StreamState.Tally.NONE)
                                .of(direction)
                        < most.applyAsInt(own.config()),
                (own, a) -> List.of(Operand.of(limit, most.applyAsInt(own.config()))));
    }

    /** Whether this node may open another stream on a connection. */
    static boolean hasRoom(StreamState own, Handle connection) {
        return own.counts()
                        .perConnection()
                        .or(connection, StreamState.Tally.NONE)
                        .outbound()
                < own.config().maxOutboundPerConnection();
    }

    private static boolean fits(StreamState own, long number, Ticket ticket) {
        return own.opens().at(number).ticket().equals(ticket);
    }

    private static boolean isOpen(StreamView view, Handle connection, PeerId peer) {
        return view.connection().isUsable(connection)
                && view.connection().connections().at(connection).peer().equals(peer);
    }

    private static boolean isNew(StreamState own, Handle stream, CloseMode mode) {
        return switch (own.streams().at(stream).phase()) {
            case OPEN -> true;
            case CLOSING -> mode == CloseMode.RESET;
            case RESETTING -> false;
        };
    }
}
