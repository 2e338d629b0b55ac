package dev.dunlin.connection.netty;

import static dev.dunlin.connection.ConnectionMachine.CONNECTION;
import static dev.dunlin.connection.peer.PeerMachine.PEER;
import static dev.dunlin.connection.stream.StreamMachine.STREAM;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.channel.ChannelMachine;
import dev.dunlin.connection.channel.ChannelState;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.exchange.ExchangeState;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Store;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What does not fit together is refused before a node starts. */
class NettyNodeTest {

    record Text(Bytes bytes) implements Message {}

    record Root(
            ConnectionState connection,
            PeerState peer,
            StreamState stream,
            ExchangeState exchange,
            ChannelState channel)
            implements StreamView {
        static final Root INITIAL = new Root(
                ConnectionState.INITIAL,
                PeerState.INITIAL,
                StreamState.INITIAL,
                ExchangeState.INITIAL,
                ChannelState.INITIAL);
    }

    private static final MessageCodec<Text> CODEC =
            MessageCodec.of(Text.class, new Framing.LengthPrefixed(100), Text::bytes, Text::new);
    private static final Protocol<Text, Text> ECHO = echo("echo", "/echo/1");
    private static final ChannelProtocol<Text, Text> FLOW = flow("/flow/1");

    private static Protocol<Text, Text> echo(String name, String id) {
        return new Protocol<>(name, List.of(id), CODEC, CODEC, ProtocolLimits.DEFAULT);
    }

    private static ChannelProtocol<Text, Text> flow(String id) {
        return new ChannelProtocol<>("flow", List.of(id), CODEC, CODEC, ChannelLimits.DEFAULT);
    }

    private static Store<Root> store(boolean peers) {
        Store.Builder<Root> builder = Store.of(Root.INITIAL)
                .mount(CONNECTION, Root::connection, (r, own) -> new Root(own, r.peer, r.stream, r.exchange, r.channel))
                .mount(STREAM, Root::stream, (r, own) -> new Root(r.connection, r.peer, own, r.exchange, r.channel));
        if (peers) {
            builder.mount(PEER, Root::peer, (r, own) -> new Root(r.connection, own, r.stream, r.exchange, r.channel));
        }
        return builder.mount(
                        ChannelMachine.of(List.of(FLOW)),
                        Root::channel,
                        (r, own) -> new Root(r.connection, r.peer, r.stream, r.exchange, own))
                .build();
    }

    private static Store<Root> asking() {
        return Store.of(Root.INITIAL)
                .mount(CONNECTION, Root::connection, (r, own) -> new Root(own, r.peer, r.stream, r.exchange, r.channel))
                .mount(PEER, Root::peer, (r, own) -> new Root(r.connection, own, r.stream, r.exchange, r.channel))
                .mount(STREAM, Root::stream, (r, own) -> new Root(r.connection, r.peer, own, r.exchange, r.channel))
                .mount(
                        ExchangeMachine.of(List.of(ECHO)),
                        Root::exchange,
                        (r, own) -> new Root(r.connection, r.peer, r.stream, own, r.channel))
                .build();
    }

    private static NettyNode.Builder<Root> node(Store<Root> store) {
        return NettyNode.of(store, PrivateKey.generate(KeyType.ED25519, new SecureRandom()));
    }

    private static void isRefused(NettyNode.Builder<Root> node, String... why) {
        assertThatThrownBy(node::start)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll(why);
    }

    @Test
    void protocolsWithoutTheirMachineAreRefused() {
        isRefused(
                node(store(true)).channels(List.of(FLOW)).exchanges(List.of(ECHO)),
                "no exchange machine",
                "echo",
                "mount ExchangeMachine.of");
        isRefused(
                node(asking()).exchanges(List.of(ECHO)).channels(List.of(FLOW)),
                "no channel machine",
                "flow",
                "mount ChannelMachine.of");
    }

    @Test
    void aProtocolThatItsMachineWasMadeWithoutIsRefused() {
        isRefused(
                node(asking()).exchanges(List.of(ECHO, echo("other", "/other/1"))),
                "made without the protocol other",
                "ExchangeMachine.of");
    }

    @Test
    void aMachineWithoutThoseThatItNeedsMakesNoStore() {
        assertThatThrownBy(() -> store(false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContainingAll("channel", "PeerAction", "which no mounted machine owns");
    }

    @Test
    void oneNameOnTheWireBelongsToOne() {
        isRefused(
                node(asking()).exchanges(List.of(ECHO)).served(Map.of("/echo/1", channel -> {
                    throw new AssertionError();
                })),
                "/echo/1",
                "byte streams");
    }

    @Test
    void aNodeHasAnEventLoop() {
        assertThatThrownBy(() -> node(asking()).threads(0)).hasMessageContaining("at least one event loop");
    }
}
