package dev.dunlin.connection.tutorial;

import static dev.dunlin.connection.ConnectionMachine.CONNECTION;
import static dev.dunlin.connection.peer.PeerMachine.PEER;
import static dev.dunlin.connection.stream.StreamMachine.STREAM;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.channel.ChannelAction;
import dev.dunlin.connection.channel.ChannelMachine;
import dev.dunlin.connection.channel.ChannelState;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.nio.ByteBuffer;
import java.util.List;

/** A node that counts the lines that it is sent: its root, with one field for each machine. */
public record Lines(ConnectionState connection, PeerState peer, StreamState stream, ChannelState channel, Open open)
        implements StreamView {

    /** What the side says that opens a channel: a line. */
    public record Line(Bytes text) implements Message {}

    /** What the other side says: how many lines came. */
    public record Total(long lines) implements Message {}

    /** The protocol: its name in logs, its name on the wire, the codec of each side, and what it may cost. */
    public static final ChannelProtocol<Line, Total> PROTOCOL = new ChannelProtocol<>(
            "lines",
            List.of("/dunlin/lines/1.0.0"),
            MessageCodec.of(Line.class, new Framing.LengthPrefixed(1024), Line::text, Line::new),
            MessageCodec.of(
                    Total.class,
                    new Framing.Fixed(Long.BYTES),
                    said -> Bytes.of(ByteBuffer.allocate(Long.BYTES)
                            .putLong(said.lines())
                            .array()),
                    body -> new Total(ByteBuffer.wrap(body.toArray()).getLong())),
            ChannelLimits.DEFAULT);

    /** So many lines of one channel this node has room for. */
    private static final int ROOM = 16;

    /** The state of who counts: how many lines came on each channel that is open. */
    public record Open(Table<Handle, Long> channels) {}

    /** What happens on a channel. */
    public sealed interface Happened extends Action {

        /** The channel. */
        Handle channel();

        @Override
        default Subject about() {
            return Subject.of("stream", channel());
        }

        /** A peer has opened it. */
        record Came(Handle channel) implements Happened {}

        /** A line came. */
        record Said(Handle channel) implements Happened {}

        /** The peer will say no more. */
        record Silent(Handle channel) implements Happened {}

        /** It is over. */
        record Gone(Handle channel) implements Happened {}
    }

    /** Who counts. */
    public static final Machine<Object, Open, Happened> LINES = Machine.of("lines", new Open(Table.empty()))
            .actions(Happened.class)
            .boots((own, booted, ctx) -> {
                ctx.then(new ChannelAction.Serve(PROTOCOL.name()));
                // A boot ends all channels, and tells of none.
                return new Open(Table.empty());
            })
            .guards(Guards.<Object, Open, Happened>of()
                    .always(Happened.Came.class)
                    .on(Happened.Said.class, isOpen())
                    .on(Happened.Silent.class, isOpen())
                    .on(Happened.Gone.class, isOpen())
                    .build())
            .reduces(Lines::reduced)
            .on(
                    ChannelAction.Accepted.class,
                    accepted -> accepted.protocol().equals(PROTOCOL.name()),
                    accepted -> new Happened.Came(accepted.channel()))
            .on(
                    ChannelAction.Received.class,
                    received -> received.message() instanceof Line,
                    received -> new Happened.Said(received.channel()))
            .on(
                    ChannelAction.PeerFinished.class,
                    finished -> finished.protocol().equals(PROTOCOL.name()),
                    finished -> new Happened.Silent(finished.channel()))
            .on(
                    ChannelAction.Ended.class,
                    ended -> ended.protocol().equals(PROTOCOL.name()),
                    ended -> new Happened.Gone(ended.channel()))
            .transitions("""
                    gone > open: came
                    open: said, silent
                    open > gone: gone, booted""")
            .phases((own, subject) -> own.channels().has(Handle.parse(subject.key())) ? "open" : "gone")
            .budget(1 << 20);

    private static <A extends Happened> Guards.Clause<Object, Open, A> isOpen() {
        return Clauses.when(
                "channel-is-open", (own, a) -> own.channels().has(a.channel()), "channel", Happened::channel);
    }

    private static Open reduced(Open own, Happened happened, Context ctx) {
        Table<Handle, Long> channels = own.channels();
        return switch (happened) {
            case Happened.Came(Handle channel) -> {
                ctx.then(new ChannelAction.More(channel, ROOM));
                yield new Open(channels.with(channel, 0L));
            }
            case Happened.Said(Handle channel) -> {
                ctx.then(new ChannelAction.More(channel, 1));
                yield new Open(channels.with(channel, channels.at(channel) + 1));
            }
            case Happened.Silent(Handle channel) -> {
                ctx.then(new ChannelAction.Send(Ticket.NONE, channel, new Total(channels.at(channel))));
                ctx.then(new ChannelAction.Finish(channel));
                yield own;
            }
            case Happened.Gone(Handle channel) -> new Open(channels.without(channel));
        };
    }

    /** All machines in one store. */
    public static Store<Lines> store() {
        return Store.of(new Lines(
                        ConnectionState.INITIAL,
                        PeerState.INITIAL,
                        StreamState.INITIAL,
                        ChannelState.INITIAL,
                        new Open(Table.empty())))
                .mount(CONNECTION, Lines::connection, (r, own) -> new Lines(own, r.peer, r.stream, r.channel, r.open))
                .mount(PEER, Lines::peer, (r, own) -> new Lines(r.connection, own, r.stream, r.channel, r.open))
                .mount(STREAM, Lines::stream, (r, own) -> new Lines(r.connection, r.peer, own, r.channel, r.open))
                .mount(
                        ChannelMachine.of(List.of(PROTOCOL)),
                        Lines::channel,
                        (r, own) -> new Lines(r.connection, r.peer, r.stream, own, r.open))
                .mount(LINES, Lines::open, (r, own) -> new Lines(r.connection, r.peer, r.stream, r.channel, own))
                .build();
    }
}
