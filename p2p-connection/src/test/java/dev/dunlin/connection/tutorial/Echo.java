package dev.dunlin.connection.tutorial;

import static dev.dunlin.connection.ConnectionMachine.CONNECTION;
import static dev.dunlin.connection.peer.PeerMachine.PEER;
import static dev.dunlin.connection.stream.StreamMachine.STREAM;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.exchange.ExchangeState;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import java.util.List;

/** A node that sends back what it is sent: its root, with one field for each machine. */
public record Echo(ConnectionState connection, PeerState peer, StreamState stream, ExchangeState exchange, Count count)
        implements StreamView {

    /** A message: any bytes, in a question and in its answer. */
    public record Text(Bytes bytes) implements Message {}

    private static final MessageCodec<Text> CODEC =
            MessageCodec.of(Text.class, new Framing.ToTheEnd(65_536), Text::bytes, Text::new);

    /** The protocol: its name in logs, its name on the wire, both codecs, and what it may cost. */
    public static final Protocol<Text, Text> PROTOCOL =
            new Protocol<>("echo", List.of("/dunlin/echo/1.0.0"), CODEC, CODEC, ProtocolLimits.DEFAULT);

    /** The state of the answerer: how often it has answered. */
    public record Count(long answered) {}

    /** A question came. */
    public record Came(long number, Text text) implements Action {
        @Override
        public Subject about() {
            return Subject.of("question", number);
        }
    }

    /** The answerer. */
    public static final Machine<Object, Count, Came> ECHO = Machine.of("echo", new Count(0))
            .actions(Came.class)
            .boots((own, booted, ctx) -> {
                ctx.then(new ExchangeAction.Serve(PROTOCOL.name()));
                return own;
            })
            .guards(Guards.<Object, Count, Came>of().always(Came.class).build())
            .reduces((own, came, ctx) -> {
                ctx.then(new ExchangeAction.Reply(came.number(), came.text()));
                return new Count(own.answered() + 1);
            })
            .on(
                    ExchangeAction.Asked.class,
                    asked -> asked.protocol().equals(PROTOCOL.name()),
                    asked -> new Came(asked.number(), (Text) asked.message()))
            .transitions("ready: came")
            .phases((own, subject) -> "ready")
            .budget(64);

    /** All machines in one store. */
    public static Store<Echo> store() {
        return Store.of(new Echo(
                        ConnectionState.INITIAL,
                        PeerState.INITIAL,
                        StreamState.INITIAL,
                        ExchangeState.INITIAL,
                        new Count(0)))
                .mount(CONNECTION, Echo::connection, (r, own) -> new Echo(own, r.peer, r.stream, r.exchange, r.count))
                .mount(PEER, Echo::peer, (r, own) -> new Echo(r.connection, own, r.stream, r.exchange, r.count))
                .mount(STREAM, Echo::stream, (r, own) -> new Echo(r.connection, r.peer, own, r.exchange, r.count))
                .mount(
                        ExchangeMachine.of(List.of(PROTOCOL)),
                        Echo::exchange,
                        (r, own) -> new Echo(r.connection, r.peer, r.stream, own, r.count))
                .mount(ECHO, Echo::count, (r, own) -> new Echo(r.connection, r.peer, r.stream, r.exchange, own))
                .build();
    }
}
