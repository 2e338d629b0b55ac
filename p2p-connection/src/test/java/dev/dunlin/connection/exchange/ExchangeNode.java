package dev.dunlin.connection.exchange;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.connection.netty.NettyTransport;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Turn;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A node with exchanges on real sockets, whose questions a test answers. */
final class ExchangeNode implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(30);

    final NettyNode<ExchangeRoot> node;
    final NodeRuntime<ExchangeRoot> runtime;
    final NettyTransport transport;
    final PeerId self;
    final Multiaddr address;
    volatile Function<ExchangeAction.Asked, Optional<Message>> answers = asked -> Optional.empty();
    private final AtomicLong asked = new AtomicLong();

    /** With settings: names and values by turns. */
    ExchangeNode(List<Protocol<?, ?>> protocols, String... settings) {
        Table<String, String> config = Table.empty();
        for (int i = 0; i < settings.length; i += 2) {
            config = config.with(settings[i], settings[i + 1]);
        }
        node = NettyNode.of(
                        ExchangeRoot.store(ExchangeMachine.of(protocols)),
                        PrivateKey.generate(KeyType.ED25519, new SecureRandom()))
                .exchanges(protocols)
                .config(config)
                .start();
        self = node.self();
        runtime = node.runtime();
        transport = node.net();
        runtime.watch(this::answer);
        ConnectionOutcome.ListenDone bound = (ConnectionOutcome.ListenDone) runtime.ask(
                        "listen",
                        ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                        SOON)
                .join();
        address = bound.bound().getFirst();
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
        node.close();
    }
}
