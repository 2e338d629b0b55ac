package dev.dunlin.connection.stream;

import dev.dunlin.connection.Admission;
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
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/** The enabling conditions of the stream machine. */
final class StreamGuards {

    private StreamGuards() {}

    /** When an {@link OpenStream} is taken on. */
    static final Admission<StreamState, OpenStream> OPEN = Admission.<StreamState, OpenStream>of(OpenStream::ticket)
            .rule(
                    "opens-not-full",
                    (own, wish) -> own.opens().size() < own.config().maxOpens(),
                    (own, wish) -> List.of(Operand.of("maxOpens", own.config().maxOpens())))
            .rule(
                    "streams-not-full",
                    (own, wish) -> own.total() < own.config().maxStreams(),
                    (own, wish) -> List.of(Operand.of("maxStreams", own.config().maxStreams())))
            .rule(
                    "peer-streams-not-full",
                    (own, wish) -> hasRoom(own, wish.peer()),
                    (own, wish) -> List.of(Operand.of("maxPerPeer", own.config().maxPerPeer())));

    /** All guards. */
    static final Guards<StreamView, StreamState, StreamAction> GUARDS = build();

    private static Guards<StreamView, StreamState, StreamAction> build() {
        return OPEN.guard(Guards.<StreamView, StreamState, StreamAction>of(), OpenStream.class)
                .always(Started.class)
                .on(
                        ConnectionReady.class,
                        Clauses.when(
                                "open-waits-for-connection",
                                (own, a) -> waits(own, a.number()),
                                "number",
                                ConnectionReady::number))
                .on(
                        ConnectionMissing.class,
                        Clauses.when(
                                "open-waits-for-connection",
                                (own, a) -> waits(own, a.number()),
                                "number",
                                ConnectionMissing::number))
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
                                "open-is-current",
                                (own, a) -> own.opens().has(a.number()),
                                "number",
                                OpenFailed::number),
                        Clauses.when(
                                "ticket-fits",
                                (own, a) -> fits(own, a.number(), a.ticket()),
                                "key",
                                a -> a.ticket().key()))
                .always(StreamRefused.class)
                .on(
                        StreamAccepted.class,
                        Guards.clause(
                                "connection-is-open",
                                (view, own, a, now) -> isOpen(view, a.connection(), a.peer()),
                                (view, own, a, now) -> List.of(Operand.of("connection", a.connection()))),
                        Clauses.below(
                                "streams-not-full",
                                own -> own.total(),
                                "maxStreams",
                                own -> own.config().maxStreams()),
                        Clauses.when(
                                "peer-streams-not-full",
                                (own, a) -> hasRoom(own, a.peer()),
                                (own, a) -> List.of(
                                        Operand.of("maxPerPeer", own.config().maxPerPeer()))),
                        Clauses.when(
                                "connection-streams-not-full",
                                (own, a) -> hasRoom(own, a.connection()),
                                (own, a) -> List.of(Operand.of(
                                        "maxPerConnection", own.config().maxPerConnection()))))
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
                        StreamClosed.class,
                        Clauses.when(
                                "stream-is-known",
                                (own, a) -> own.streams().has(a.stream()),
                                "stream",
                                StreamClosed::stream))
                .on(Tick.class, Clauses.due("deadline-has-come", StreamState::nextDeadline))
                .on(
                        OpenTimedOut.class,
                        Guards.clause(
                                "deadline-has-come",
                                (view, own, a, now) -> own.openDeadlines().isDue(a.number(), now),
                                (view, own, a, now) -> List.of(Operand.of("number", a.number()))))
                .on(
                        CloseTimedOut.class,
                        Guards.clause(
                                "deadline-has-come",
                                (view, own, a, now) -> own.closeDeadlines().isDue(a.stream(), now),
                                (view, own, a, now) -> List.of(Operand.of("stream", a.stream()))))
                .build();
    }

    /** Whether another stream on a connection is allowed. */
    static boolean hasRoom(StreamState own, Handle connection) {
        return own.perConnection().or(connection, 0) < own.config().maxPerConnection();
    }

    private static boolean hasRoom(StreamState own, PeerId peer) {
        return own.perPeer().or(peer, 0) < own.config().maxPerPeer();
    }

    private static boolean waits(StreamState own, long number) {
        return own.opens()
                .find(number)
                .filter(open -> open.connection().isEmpty())
                .isPresent();
    }

    private static boolean fits(StreamState own, long number, Ticket ticket) {
        return own.opens().at(number).ticket().equals(ticket);
    }

    private static boolean isOpen(StreamView view, Handle connection, PeerId peer) {
        return view.connection().isOpen(connection)
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
