package dev.dunlin.node.interop;

import static dev.dunlin.connection.ConnectionMachine.CONNECTION;
import static dev.dunlin.connection.peer.PeerMachine.PEER;
import static dev.dunlin.connection.stream.StreamMachine.STREAM;
import static dev.dunlin.core.store.Guards.clause;

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
import dev.dunlin.connection.protocols.DunlinProtocols;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/**
 * The root of a node that serves the echo protocol as a channel, its machine sending every message back, once it is told that it
 * may take any. It owns one channel, which another node has opened; those that this node opens belong to the test.
 */
record EchoChannel(ConnectionState connection, PeerState peer, StreamState stream, ChannelState channel, Own own)
        implements StreamView {

    static final String NAME = "echo";

    /** Messages that may be on their way back at once: together less than the outbox. */
    static final int CREDIT = 4;

    /** A message: any bytes. */
    record Text(Bytes bytes) implements Message {}

    /**
     * The machine's state.
     *
     * @param willing whether messages are asked for
     * @param channel the channel, from when it is open
     * @param came how many messages came
     */
    record Own(boolean willing, Optional<Handle> channel, long came) {}

    /** What happens to the machine. */
    sealed interface Step extends Action {

        @Override
        default Subject about() {
            return Subject.of("echo", 0);
        }

        /** A step about a channel, which may be another's. */
        sealed interface OfChannel extends Step {
            /** Which. */
            Handle channel();
        }

        /** Wish: take messages from now on. */
        record Take() implements Step {}

        /** A peer has opened a channel. */
        record Opened(Handle channel) implements Step {}

        /** A message came. */
        record Came(Handle channel, Text text) implements OfChannel {}

        /** One is written: there is room for another. */
        record Back(Handle channel) implements OfChannel {}

        /** The peer sends no more. */
        record NoMore(Handle channel) implements OfChannel {}
    }

    /** The protocol; both sides send alike. */
    static ChannelProtocol<Text, Text> protocol(Framing framing) {
        MessageCodec<Text> codec = MessageCodec.of(Text.class, framing, Text::bytes, Text::new);
        return new ChannelProtocol<>(NAME, List.of(DunlinProtocols.ECHO), codec, codec, ChannelLimits.DEFAULT);
    }

    private static final Machine<Object, Own, Step> ECHOING = Machine.of("echoing", new Own(false, Optional.empty(), 0))
            .actions(Step.class)
            .boots((own, booted, ctx) -> {
                ctx.then(new ChannelAction.Serve(NAME));
                return new Own(false, Optional.empty(), 0);
            })
            .guards(Guards.<Object, Own, Step>of()
                    .always(Step.Take.class)
                    .always(Step.Opened.class)
                    .on(Step.Came.class, clause("ours", EchoChannel::ours))
                    .on(Step.Back.class, clause("ours", EchoChannel::ours))
                    .on(Step.NoMore.class, clause("ours", EchoChannel::ours))
                    .build())
            .reduces(EchoChannel::reduce)
            .on(ChannelAction.Accepted.class, fact -> new Step.Opened(fact.channel()))
            .on(ChannelAction.Received.class, fact -> new Step.Came(fact.channel(), (Text) fact.message()))
            .on(ChannelAction.Written.class, fact -> new Step.Back(fact.channel()))
            .on(ChannelAction.PeerFinished.class, fact -> new Step.NoMore(fact.channel()))
            .transitions("ready: take, opened, came, back, noMore")
            .phases((own, subject) -> "ready")
            .budget(256);

    private static boolean ours(Object view, Own own, Step.OfChannel step, long now) {
        return own.channel.equals(Optional.of(step.channel()));
    }

    private static Own reduce(Own own, Step step, Context ctx) {
        return switch (step) {
            case Step.Take _ -> {
                own.channel.ifPresent(channel -> ctx.then(new ChannelAction.More(channel, CREDIT)));
                yield new Own(true, own.channel, own.came);
            }
            case Step.Opened(Handle channel) -> {
                if (own.willing) {
                    ctx.then(new ChannelAction.More(channel, CREDIT));
                }
                yield new Own(own.willing, Optional.of(channel), own.came);
            }
            case Step.Came(Handle channel, Text text) -> {
                ctx.then(new ChannelAction.Send(Ticket.NONE, channel, text));
                yield new Own(own.willing, own.channel, own.came + 1);
            }
            case Step.Back(Handle channel) -> {
                ctx.then(new ChannelAction.More(channel, 1));
                yield own;
            }
            case Step.NoMore(Handle channel) -> {
                ctx.then(new ChannelAction.Finish(channel));
                yield own;
            }
        };
    }

    /** All machines in one store. */
    static Store<EchoChannel> store(ChannelProtocol<?, ?> protocol) {
        return Store.of(new EchoChannel(
                        ConnectionState.INITIAL,
                        PeerState.INITIAL,
                        StreamState.INITIAL,
                        ChannelState.INITIAL,
                        ECHOING.initial()))
                .mount(
                        CONNECTION,
                        EchoChannel::connection,
                        (r, changed) -> new EchoChannel(changed, r.peer, r.stream, r.channel, r.own))
                .mount(
                        PEER,
                        EchoChannel::peer,
                        (r, changed) -> new EchoChannel(r.connection, changed, r.stream, r.channel, r.own))
                .mount(
                        STREAM,
                        EchoChannel::stream,
                        (r, changed) -> new EchoChannel(r.connection, r.peer, changed, r.channel, r.own))
                .mount(
                        ChannelMachine.of(List.of(protocol)),
                        EchoChannel::channel,
                        (r, changed) -> new EchoChannel(r.connection, r.peer, r.stream, changed, r.own))
                .mount(
                        ECHOING,
                        EchoChannel::own,
                        (r, changed) -> new EchoChannel(r.connection, r.peer, r.stream, r.channel, changed))
                .build();
    }
}
