package dev.dunlin.connection.stream;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionOutcome.ConnectDone;
import dev.dunlin.connection.ConnectionOutcome.ConnectGaveUp;
import dev.dunlin.connection.stream.StreamAction.CloseTimedOut;
import dev.dunlin.connection.stream.StreamAction.ConnectionMissing;
import dev.dunlin.connection.stream.StreamAction.ConnectionReady;
import dev.dunlin.connection.stream.StreamAction.OpenTimedOut;
import dev.dunlin.connection.stream.StreamAction.QuietDue;
import dev.dunlin.connection.stream.StreamAction.StreamDue;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.Ticket;

/** The stream machine, to be mounted after the connection machine on a root that is a {@link StreamView}. */
public final class StreamMachine {

    /** Its name. */
    public static final String NAME = "stream";

    /** The machine. Its budget is what {@link StreamConfig#MOST_STREAMS} openings take at their longest, twice over. */
    public static final Machine<StreamView, StreamState, StreamAction> STREAM = Machine.of(NAME, StreamState.INITIAL)
            .actions(StreamAction.class, StreamEffect.class)
            .settings(StreamConfig.SETTINGS)
            .boots(StreamReducer::boot)
            .configures((own, config, now) -> own.with(StreamConfig.of(config)))
            .guards(StreamGuards.ALL)
            .reduces(StreamReducer::reduce)
            .due(OpenTimedOut.class, StreamState::opens, (number, open) -> new OpenTimedOut(number, open.peer()))
            .due(StreamDue.class, StreamState::streams, StreamMachine::due)
            .onOutcome(
                    ConnectDone.class,
                    (ticket, done) -> new ConnectionReady(ticket.key(), done.peer(), done.connection()))
            .onOutcome(
                    ConnectGaveUp.class,
                    (ticket, failed) -> new ConnectionMissing(ticket.key(), failed.peer(), failed.error()))
            .onOutcome(Refused.class, StreamMachine::refused)
            .transitions("""
                    running: openStream, streamsRefused

                    waiting > opening: connectionReady
                    waiting: connectionReady, connectionMissing, openTimedOut
                    opening: openTimedOut
                    waiting, opening > absent: openFailed
                    opening > absent: streamOpened, booted
                    absent > open: streamOpened, streamAccepted

                    open: quietDue, streamSeen
                    open > closing: closeStream
                    open, closing > resetting: closeStream
                    closing: closeTimedOut, streamSeen
                    resetting: closeTimedOut
                    open, closing, resetting > absent: streamClosed, booted""")
            .phases(StreamState::nameOf)
            .invariants(StreamInvariants.ALL)
            .handles(own -> own.streams().keys())
            .defaulted("stream/streamOpened", "wireId", "0")
            .defaulted("stream/streamAccepted", "wireId", "0")
            .defaulted("stream/streamClosed", "detail", "\"\"")
            .budget(128L << 20);

    private StreamMachine() {}

    private static StreamDue due(Handle handle, StreamState.Stream stream) {
        return stream.phase() == StreamState.Phase.OPEN ? new QuietDue(handle) : new CloseTimedOut(handle);
    }

    private static ConnectionMissing refused(Ticket ticket, Refused refused) {
        String text = "no connection: " + refused.clause();
        return new ConnectionMissing(
                ticket.key(),
                PeerId.parse(refused.subject().key()),
                ConnectionError.of(ConnectionError.Kind.NOT_CONNECTED, text));
    }
}
