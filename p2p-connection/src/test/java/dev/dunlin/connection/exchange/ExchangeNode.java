package dev.dunlin.connection.exchange;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionEffects;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.netty.Limits;
import dev.dunlin.connection.netty.NettyMessages;
import dev.dunlin.connection.netty.NettyTransport;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.stream.StreamEffects;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.EffectHandlers;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A node with exchanges on real sockets, whose questions a test answers. */
final class ExchangeNode implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(30);

    final NodeRuntime<ExchangeRoot> runtime;
    final NettyTransport transport;
    final PeerId self;
    final Multiaddr address;
    volatile Function<ExchangeAction.Asked, Optional<Message>> answers = asked -> Optional.empty();
    private final StreamExchange exchange;
    private final AtomicLong asked = new AtomicLong();

    ExchangeNode(List<Protocol<?, ?>> protocols) {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        self = key.publicKey().peerId();
        Store<ExchangeRoot> store = ExchangeRoot.store(ExchangeMachine.of(protocols));
        runtime = NodeRuntime.of(store)
                .handler(
                        NodeEffect.class,
                        EffectHandlers.closing(Map.of(
                                ConnectionService.CONNECTION,
                                        handle -> transport().closeOrphan(handle),
                                ConnectionService.LISTENER,
                                        handle -> transport().closeOrphan(handle),
                                NettyTransport.STREAM, handle -> transport().closeOrphan(handle))))
                .handler(ConnectionEffect.class, (id, effect) -> ConnectionEffects.handle(id, effect, transport()))
                .handler(StreamEffect.class, (id, effect) -> StreamEffects.handle(id, effect, transport()))
                .handler(ExchangeEffect.class, (id, effect) -> ExchangeEffects.handle(id, effect, exchange()))
                .build();
        transport = new NettyTransport(runtime, 1, key, true, Limits.DEFAULT, StreamConfig.DEFAULT, Map.of(), 1);
        exchange = new StreamExchange(new NettyMessages(transport), runtime, new Catalogue<>(protocols));
        runtime.watch(this::answer);
        runtime.start("test", Table.<String, String>empty().with("node.peerId", self.toString()), 1);
        ConnectionOutcome.ListenDone bound = (ConnectionOutcome.ListenDone) runtime.ask(
                        "listen",
                        ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                        SOON)
                .join();
        address = bound.bound().getFirst();
    }

    private NettyTransport transport() {
        return transport;
    }

    private StreamExchange exchange() {
        return exchange;
    }

    private void answer(Turn turn) {
        for (int i = 0; i < turn.size(); i++) {
            if (turn.entry(i) instanceof ExchangeAction.Asked question && turn.rejection(i) == null) {
                Optional<Message> answer = answers.apply(question);
                runtime.offer(
                        answer.isPresent()
                                ? new ExchangeAction.Reply(question.number(), answer.get())
                                : new ExchangeAction.Refuse(question.number()));
            }
        }
    }

    /** Asks another node, and waits. */
    Action ask(ExchangeNode other, String protocol, Message message) {
        return runtime.ask(
                        "ask" + asked.incrementAndGet(),
                        ticket -> new ExchangeAction.Ask(
                                ticket,
                                other.self,
                                List.of(other.address),
                                true,
                                protocol,
                                message,
                                TimeUnit.SECONDS.toMicros(20)),
                        SOON)
                .join();
    }

    /** Serves, and waits until it does. */
    void serve(String protocol, String id) {
        runtime.offer(new ExchangeAction.Serve(protocol));
        await(() -> transport.protocols().contains(id));
    }

    static void await(java.util.function.BooleanSupplier holds) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it does not come");
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        transport.close();
        runtime.stop().join();
    }
}
