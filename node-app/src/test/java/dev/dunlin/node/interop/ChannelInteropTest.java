package dev.dunlin.node.interop;

import static dev.dunlin.connection.protocols.DunlinProtocols.SINK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.channel.ChannelAction;
import dev.dunlin.connection.channel.ChannelEnd;
import dev.dunlin.connection.channel.ChannelOutcome;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocols.DunlinProtocols;
import dev.dunlin.connection.protocols.Payload;
import dev.dunlin.connection.protocols.Transfer;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * A channel between Dunlin and other implementations, over their echo protocol, in both directions. What the other can send while
 * Dunlin asks for no message is counted on the wire, by a proxy between the two.
 */
@ExtendWith(Matrix.class)
final class ChannelInteropTest {

    private static final Duration SOON = Counterpart.DEADLINE;
    private static final Multiaddr ANY_PORT = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");

    /** A new stream's window (libp2p yamux spec), which Dunlin does not grow before something is read. */
    private static final long WINDOW = 256 << 10;

    /** Handshake, frame headers, identify and what else is not the stream's own bytes. */
    private static final long OTHER_BYTES = 64 << 10;

    private static final int ASIDE = 1 << 20;

    private static NettyNode<EchoChannel> node(ChannelProtocol<?, ?> protocol, Recording<EchoChannel> recording) {
        Store<EchoChannel> store = EchoChannel.store(protocol);
        return NettyNode.of(store, PrivateKey.generate(KeyType.ED25519, new SecureRandom()))
                // A channel that nobody asks for messages shall not be reset for it.
                .config(Table.of("channel.takeWithin", String.valueOf(TimeUnit.HOURS.toMicros(1))))
                .channels(List.of(protocol))
                .with(builder -> recording.record(builder, store))
                .served(Map.of(SINK, new DunlinProtocols(served -> {}).all().get(SINK)))
                .start();
    }

    private static void assumeThere(Implementation implementation) {
        assumeTrue(
                implementation.missing().isEmpty(),
                () -> implementation.missing().orElse(""));
    }

    private static void await(String what, BooleanSupplier holds) {
        await(() -> what, holds);
    }

    private static void await(Supplier<String> what, BooleanSupplier holds) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!holds.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    @ParameterizedTest
    @EnumSource(Implementation.class)
    @Cell("a channel with back-pressure, opened by the other")
    void theOtherOpensAndSendsNoMoreThanAWindowUntilItIsAsked(Implementation implementation) throws IOException {
        assumeThere(implementation);
        int message = 8192;
        int messages = 1024;
        ChannelProtocol<?, ?> protocol = EchoChannel.protocol(new Framing.Fixed(message));
        Recording<EchoChannel> recording = new Recording<>(() -> EchoChannel.store(protocol));
        try (NettyNode<EchoChannel> dunlin = node(protocol, recording);
                Counterpart other = Counterpart.start(implementation, Counterpart.Key.ED25519, true)) {
            ConnectionOutcome.ListenDone listening = (ConnectionOutcome.ListenDone) dunlin.runtime()
                    .ask("listen", ticket -> new ConnectionAction.Listen(ANY_PORT, ticket), SOON)
                    .join();
            int port = listening.bound().getFirst().port().orElseThrow();
            try (DelayingProxy proxy = new DelayingProxy(port, Duration.ZERO)) {
                other.dial(at(proxy).withPeer(dunlin.self()));
                String peer = dunlin.self().toString();
                CompletableFuture<JsonNode> echoing =
                        other.asking("echo", Map.of("peer", peer, "streams", 1, "bytes", (long) message * messages));
                await("a window is sent", () -> proxy.towardsListener() >= WINDOW);
                // The same connection carries others, and not a byte more of this stream.
                assertThat(other.ask("sink", Map.of("peer", peer, "bytes", ASIDE))
                                .path("match")
                                .asBoolean())
                        .isTrue();
                assertThat(proxy.towardsListener()).isBetween(WINDOW + ASIDE, WINDOW + ASIDE + OTHER_BYTES);
                assertThat(came(dunlin)).isZero();
                assertThat(echoing).isNotDone();

                dunlin.runtime().offer(new EchoChannel.Step.Take());
                JsonNode echoed =
                        echoing.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
                assertThat(echoed.path("ok").asInt()).as(echoed.toString()).isOne();
                assertThat(came(dunlin)).isEqualTo(messages);
            }
        }
        recording.verify();
    }

    private static long came(NettyNode<EchoChannel> node) {
        return node.runtime().state().root().own().came();
    }

    private static Multiaddr at(DelayingProxy proxy) {
        return Multiaddr.parse("/ip4/127.0.0.1/tcp/" + proxy.listeningPort());
    }

    /** Sends so many messages on a channel, a few at once, and takes them back one by one once it is told to. */
    private static final class Talk {
        private static final int AT_ONCE = 3;
        private static final int LONGEST = 16_000;

        private final NettyNode<EchoChannel> node;
        private final Handle channel;
        private final int messages;
        private final CompletableFuture<ChannelAction.Ended> ended = new CompletableFuture<>();
        private final AtomicInteger written = new AtomicInteger();
        private final AtomicInteger received = new AtomicInteger();
        private int sent;

        Talk(NettyNode<EchoChannel> node, Handle channel, int messages) {
            this.node = node;
            this.channel = channel;
            this.messages = messages;
        }

        private static EchoChannel.Text message(int number) {
            byte[] bytes = new byte[1 + number * 7919 % LONGEST];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (number + i * 31);
            }
            return new EchoChannel.Text(Bytes.of(bytes));
        }

        @Override
        public String toString() {
            return sent + " messages sent, " + written + " written, " + received + " received; "
                    + node.runtime().state().root().channel().channels() + "; "
                    + node.runtime().state().root().stream().streams();
        }

        void begin() {
            node.runtime().watch(this::look);
            for (int i = 0; i < AT_ONCE; i++) {
                send();
            }
        }

        private synchronized void send() {
            node.runtime().offer(new ChannelAction.Send(Ticket.NONE, channel, message(sent)));
            sent++;
        }

        /** On one thread, after {@link #begin}: a message is sent for each that is written. */
        private void look(Turn turn) {
            for (int i = 0; i < turn.size(); i++) {
                if (turn.rejection(i) != null) {
                    continue;
                }
                switch (turn.entry(i)) {
                    case ChannelAction.Written _ -> written();
                    case ChannelAction.Received came -> received(came);
                    case ChannelAction.Ended end -> ended.complete(end);
                    default -> {}
                }
            }
        }

        private void written() {
            int now = written.incrementAndGet();
            if (now + AT_ONCE <= messages) {
                send();
            } else if (now == messages) {
                node.runtime().offer(new ChannelAction.Finish(channel));
            }
        }

        private void received(ChannelAction.Received came) {
            int before = received.getAndIncrement();
            if (came.number() != before + 1 || !came.message().equals(message(before))) {
                ended.completeExceptionally(new AssertionError("another message " + came.number() + " came back"));
            }
            node.runtime().offer(new ChannelAction.More(channel, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(Implementation.class)
    @Cell("a channel with back-pressure, opened by Dunlin")
    void dunlinOpensAndIsSentNoMoreThanAWindowUntilItAsks(Implementation implementation) throws IOException {
        assumeThere(implementation);
        // More than every window and buffer on both ways.
        int messages = 4000;
        ChannelProtocol<?, ?> protocol = EchoChannel.protocol(new Framing.LengthPrefixed(1 << 16));
        Recording<EchoChannel> recording = new Recording<>(() -> EchoChannel.store(protocol));
        try (NettyNode<EchoChannel> dunlin = node(protocol, recording);
                Counterpart other = Counterpart.start(implementation, Counterpart.Key.ED25519, true);
                DelayingProxy proxy = new DelayingProxy(other.address().port().orElseThrow(), Duration.ZERO)) {
            ChannelOutcome.ChannelOpened opened = (ChannelOutcome.ChannelOpened) dunlin.runtime()
                    .ask(
                            "open",
                            ticket -> new ChannelAction.Open(
                                    ticket,
                                    other.id(),
                                    List.of(at(proxy)),
                                    EchoChannel.NAME,
                                    TimeUnit.NANOSECONDS.toMicros(SOON.toNanos())),
                            SOON)
                    .join();
            Talk talk = new Talk(dunlin, opened.channel(), messages);
            talk.begin();
            await("a window comes back", () -> proxy.towardsDialler() >= WINDOW);
            // The same connection carries others, and not a byte more of this stream.
            StreamAction.StreamOpened aside = (StreamAction.StreamOpened) dunlin.runtime()
                    .ask("aside", ticket -> new StreamAction.OpenStream(ticket, other.id(), List.of(SINK)), SOON)
                    .join();
            Transfer.Done done = DunlinPeer.await(Transfer.sending(Payload.pattern(ASIDE))
                    .on(dunlin.net().stream(aside.stream()).orElseThrow()));
            assertThat(done.head()).isEqualTo(Payload.sha256(ASIDE));
            assertThat(proxy.towardsDialler()).isBetween(WINDOW, WINDOW + OTHER_BYTES);
            assertThat(talk.received.get()).isZero();
            assertThat(talk.written.get()).isLessThan(messages);

            dunlin.runtime().offer(new ChannelAction.More(opened.channel(), EchoChannel.CREDIT));
            await(() -> "the channel's end: " + talk, talk.ended::isDone);
            ChannelAction.Ended ended = talk.ended.join();
            assertThat(ended.reason()).as(ended.detail()).isEqualTo(ChannelEnd.FINISHED);
            assertThat(talk.received.get()).isEqualTo(messages);
        }
        recording.verify();
    }
}
