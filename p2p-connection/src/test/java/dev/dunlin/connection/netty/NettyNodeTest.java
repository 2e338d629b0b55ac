package dev.dunlin.connection.netty;

import static dev.dunlin.connection.ConnectionMachine.CONNECTION;
import static dev.dunlin.connection.peer.PeerMachine.PEER;
import static dev.dunlin.connection.stream.StreamMachine.STREAM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.channel.ChannelAction;
import dev.dunlin.connection.channel.ChannelEnd;
import dev.dunlin.connection.channel.ChannelMachine;
import dev.dunlin.connection.channel.ChannelOutcome;
import dev.dunlin.connection.channel.ChannelState;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.exchange.ExchangeOutcome;
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
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What does not fit together is refused before a node starts, or fails at once. */
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

    private static final Duration SOON = Duration.ofSeconds(30);
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

    private static Store.Builder<Root> connections() {
        return Store.of(Root.INITIAL)
                .mount(CONNECTION, Root::connection, (r, own) -> new Root(own, r.peer, r.stream, r.exchange, r.channel))
                .mount(STREAM, Root::stream, (r, own) -> new Root(r.connection, r.peer, own, r.exchange, r.channel));
    }

    private static Store.Builder<Root> peers() {
        return connections()
                .mount(PEER, Root::peer, (r, own) -> new Root(r.connection, own, r.stream, r.exchange, r.channel));
    }

    private static Store<Root> channelling(Store.Builder<Root> others) {
        return others.mount(
                        ChannelMachine.of(List.of(FLOW)),
                        Root::channel,
                        (r, own) -> new Root(r.connection, r.peer, r.stream, r.exchange, own))
                .build();
    }

    private static Store<Root> asking() {
        return peers().mount(
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
                node(channelling(peers())).channels(List.of(FLOW)).exchanges(List.of(ECHO)),
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
        assertThatThrownBy(() -> channelling(connections()))
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

    /** Also of one that its machine speaks and the node was not given: streams go by the machine. */
    @Test
    void aNameThatAMachineTakesIsNotForByteStreams() {
        Map<String, Function<StreamChannel, StreamReader>> served = Map.of("/flow/1", stream -> {
            throw new AssertionError();
        });
        isRefused(node(channelling(peers())).served(served), "/flow/1", "byte streams");
    }

    @Test
    void aProtocolIsCalledByOneNameOnTheWire() {
        isRefused(
                node(asking()).exchanges(List.of(echo("echo", "/echo/2"))),
                "a protocol echo that is not called /echo/2",
                "give the same protocol to both");
    }

    @Test
    void aNameOfQuestionsIsNotForChannels() {
        Store<Root> both = peers().mount(
                        ExchangeMachine.of(List.of(ECHO)),
                        Root::exchange,
                        (r, own) -> new Root(r.connection, r.peer, r.stream, own, r.channel))
                .mount(
                        ChannelMachine.of(List.of(flow("/echo/1"))),
                        Root::channel,
                        (r, own) -> new Root(r.connection, r.peer, r.stream, r.exchange, own))
                .build();
        isRefused(node(both).channels(List.of(flow("/echo/1"))), "/echo/1", "of two protocols");
        isRefused(node(both).exchanges(List.of(ECHO)), "/echo/1", "of two protocols");
    }

    /** What is found only when it is used fails at once, and says why. */
    @Test
    void aProtocolThatTheNodeWasStartedWithoutFailsAtOnce() {
        try (NettyNode<Root> one = node(asking()).start();
                NettyNode<Root> two = node(asking()).exchanges(List.of(ECHO)).start()) {
            // Served before anybody can dial it.
            two.runtime().offer(new ExchangeAction.Serve("echo"));
            List<Multiaddr> where = listening(two);
            ExchangeOutcome.AskFailed failed = (ExchangeOutcome.AskFailed) one.runtime()
                    .ask(
                            "ask",
                            ticket -> new ExchangeAction.Ask(
                                    ticket, two.self(), where, true, "echo", new Text(Bytes.EMPTY), 3_600_000_000L),
                            SOON)
                    .join();
            assertThat(failed.why()).isEqualTo(AskFailure.UNSUPPORTED);
            assertThat(failed.detail()).contains("started without");
            one.runtime().offer(new ExchangeAction.Serve("echo"));
            assertThat(one.net().protocols()).isEmpty();
        }
    }

    @Test
    void aChannelThatTheNodeWasStartedWithoutEndsAtOnce() throws InterruptedException {
        try (NettyNode<Root> one = node(channelling(peers())).start();
                NettyNode<Root> two =
                        node(channelling(peers())).channels(List.of(FLOW)).start()) {
            two.runtime().offer(new ChannelAction.Serve("flow"));
            List<Multiaddr> where = listening(two);
            LinkedBlockingQueue<ChannelAction.Ended> ends = new LinkedBlockingQueue<>();
            one.runtime().watch(turn -> {
                for (int i = 0; i < turn.size(); i++) {
                    if (turn.entry(i) instanceof ChannelAction.Ended ended) {
                        ends.add(ended);
                    }
                }
            });
            for (ChannelAction wish : List.<ChannelAction>of(
                    new ChannelAction.More(opened(one, two.self(), where), 1),
                    new ChannelAction.Send(Ticket.NONE, opened(one, two.self(), where), new Text(Bytes.EMPTY)))) {
                one.runtime().offer(wish);
                ChannelAction.Ended ended = ends.poll(SOON.toSeconds(), TimeUnit.SECONDS);
                assertThat(ended).isNotNull();
                assertThat(ended.reason()).isEqualTo(ChannelEnd.LOCAL_RESET);
            }
        }
    }

    private static Handle opened(NettyNode<Root> node, PeerId peer, List<Multiaddr> where) {
        return ((ChannelOutcome.ChannelOpened) node.runtime()
                        .ask("open", ticket -> new ChannelAction.Open(ticket, peer, where, "flow", 20_000_000), SOON)
                        .join())
                .channel();
    }

    private static List<Multiaddr> listening(NettyNode<Root> node) {
        return ((ConnectionOutcome.ListenDone) node.runtime()
                        .ask(
                                "listen",
                                ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                                SOON)
                        .join())
                .bound();
    }

    @Test
    void aNodeHasAnEventLoop() {
        assertThatThrownBy(() -> node(asking()).threads(0)).hasMessageContaining("at least one event loop");
    }
}
