package dev.dunlin.connection.channel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Channels on real sockets. */
@Timeout(120)
class SocketChannelTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final List<ChannelProtocol<?, ?>> PROTOCOLS = List.of(Flow.feed(ChannelLimits.DEFAULT));

    private final Side one = new Side();
    private final Side two = new Side();
    private Handle mine = new Handle("stream", 0, 0);
    private Handle theirs = mine;

    /** A node, and what its channels' owner would observe. */
    private static final class Side implements AutoCloseable {
        final ConcurrentLinkedQueue<ChannelAction> seen = new ConcurrentLinkedQueue<>();
        final NettyNode<ChannelRoot> node = NettyNode.of(
                        ChannelRoot.store(ChannelMachine.of(PROTOCOLS)),
                        PrivateKey.generate(KeyType.ED25519, new SecureRandom()))
                .channels(PROTOCOLS)
                // No end of a channel is hurried by it.
                .config(Table.of("stream.closeTimeout", "1000"))
                .start();

        Side() {
            node.runtime().watch(this::look);
        }

        private void look(Turn turn) {
            for (int i = 0; i < turn.size(); i++) {
                if (turn.entry(i) instanceof ChannelAction action && turn.rejection(i) == null) {
                    seen.add(action);
                }
            }
        }

        <A extends ChannelAction> List<A> all(Class<A> type) {
            return seen.stream().filter(type::isInstance).map(type::cast).toList();
        }

        <A extends ChannelAction> A next(Class<A> type) {
            await(() -> !all(type).isEmpty());
            return all(type).getFirst();
        }

        void say(ChannelAction action) {
            node.runtime().offer(action);
        }

        int open() {
            return node.runtime().state().root().channel().channels().size();
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private static void await(BooleanSupplier holds) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it does not come");
            }
            Thread.onSpinWait();
        }
    }

    @BeforeEach
    void opens() {
        ConnectionOutcome.ListenDone bound = (ConnectionOutcome.ListenDone) two.node
                .runtime()
                .ask(
                        "listen",
                        ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                        SOON)
                .join();
        two.say(new ChannelAction.Serve(Flow.FEED));
        await(() -> two.node.net().protocols().contains(Flow.FEED_ID));
        Action opened = one.node
                .runtime()
                .ask(
                        "open",
                        ticket -> new ChannelAction.Open(
                                ticket, two.node.self(), bound.bound(), Flow.FEED, TimeUnit.SECONDS.toMicros(20)),
                        SOON)
                .join();
        mine = ((ChannelOutcome.ChannelOpened) opened).channel();
        theirs = two.next(ChannelAction.Accepted.class).channel();
    }

    @AfterEach
    void closes() {
        one.close();
        two.close();
    }

    private static Flow.Line line(int number) {
        return new Flow.Line(Bytes.of((byte) number, (byte) (number >> 8)));
    }

    @Test
    void messagesGoBothWaysInOrderOnePerCredit() {
        two.say(new ChannelAction.More(theirs, 10));
        for (int i = 0; i < 12; i++) {
            one.say(new ChannelAction.Send(Ticket.NONE, mine, line(i)));
        }
        await(() -> two.all(ChannelAction.Received.class).size() == 10);
        one.say(new ChannelAction.More(mine, 1));
        two.say(new ChannelAction.Send(Ticket.NONE, theirs, new Flow.Note(Bytes.of((byte) 9))));
        assertThat(one.next(ChannelAction.Received.class).message()).isEqualTo(new Flow.Note(Bytes.of((byte) 9)));
        // The two that nobody has asked for are still with the transport.
        assertThat(two.all(ChannelAction.Received.class)).hasSize(10);
        two.say(new ChannelAction.More(theirs, 2));
        await(() -> two.all(ChannelAction.Received.class).size() == 12);
        assertThat(two.all(ChannelAction.Received.class))
                .extracting(ChannelAction.Received::message)
                .containsExactly(
                        line(0), line(1), line(2), line(3), line(4), line(5), line(6), line(7), line(8), line(9),
                        line(10), line(11));
    }

    @Test
    void whatWasSentBeforeBothSidesEndedIsReadAfterwards() {
        for (int i = 0; i < 3; i++) {
            one.say(new ChannelAction.Send(Ticket.NONE, mine, line(i)));
        }
        one.say(new ChannelAction.Finish(mine));
        two.say(new ChannelAction.Finish(theirs));
        one.say(new ChannelAction.More(mine, 1));
        assertThat(one.next(ChannelAction.Ended.class).reason()).isEqualTo(ChannelEnd.FINISHED);
        // One side is done, and the other has not begun to read.
        two.say(new ChannelAction.More(theirs, 10));
        assertThat(two.next(ChannelAction.Ended.class).reason()).isEqualTo(ChannelEnd.FINISHED);
        assertThat(two.all(ChannelAction.Received.class))
                .extracting(ChannelAction.Received::message)
                .containsExactly(line(0), line(1), line(2));
    }

    @Test
    void whoReadsSlowlyGetsAllThatWasSentBeforeTheEnd() {
        two.say(new ChannelAction.Finish(theirs));
        one.say(new ChannelAction.More(mine, 1));
        one.next(ChannelAction.PeerFinished.class);
        int messages = 24;
        for (int i = 0; i < messages; i++) {
            int sent = i;
            await(() -> one.all(ChannelAction.Written.class).size() == sent);
            one.say(new ChannelAction.Send(Ticket.NONE, mine, new Flow.Line(Bytes.of(new byte[16_000]))));
        }
        one.say(new ChannelAction.Finish(mine));
        for (int i = 1; i <= messages; i++) {
            int read = i;
            two.say(new ChannelAction.More(theirs, 1));
            await(() -> two.all(ChannelAction.Received.class).size() == read);
        }
        two.say(new ChannelAction.More(theirs, 1));
        assertThat(two.next(ChannelAction.Ended.class).reason()).isEqualTo(ChannelEnd.FINISHED);
        assertThat(one.next(ChannelAction.Ended.class).reason()).isEqualTo(ChannelEnd.FINISHED);
    }

    @Test
    void aChannelMayBeQuietForAsLongAsItsLimitSays() {
        assertThat(one.node.runtime().state().root().stream().config().quiet().find(Flow.FEED_ID))
                .contains(0L);
    }

    @Test
    void aSlowReaderHoldsNoMoreThanItsWindowWhateverIsSent() {
        Flow.Line large = new Flow.Line(Bytes.of(new byte[16_000]));
        for (int i = 0; i < 1000; i++) {
            one.say(new ChannelAction.Send(Ticket.NONE, mine, large));
        }
        // All of these have been looked at when this has.
        one.say(new ChannelAction.Serve(Flow.FEED));
        await(() -> one.node.net().protocols().contains(Flow.FEED_ID));
        assertThat(one.all(ChannelAction.Send.class)).hasSizeLessThan(1000);
        // A window of the peer's, and the write buffer of the stream: 256 KiB each.
        assertThat(one.all(ChannelAction.Written.class)).hasSizeLessThanOrEqualTo((512 << 10) / 16_000);
        assertThat(two.all(ChannelAction.Received.class)).isEmpty();
        two.say(new ChannelAction.More(theirs, 4));
        await(() -> two.all(ChannelAction.Received.class).size() == 4);
        one.say(new ChannelAction.Abort(mine));
        assertThat(two.next(ChannelAction.Ended.class).reason()).isEqualTo(ChannelEnd.REMOTE_RESET);
        assertThat(one.next(ChannelAction.Ended.class).reason()).isEqualTo(ChannelEnd.LOCAL_RESET);
    }

    @Test
    void whoGoesAwayEndsTheChannel() {
        two.say(new ChannelAction.More(theirs, 1));
        one.node.net().close();
        assertThat(two.next(ChannelAction.Ended.class).reason()).isEqualTo(ChannelEnd.CONNECTION_CLOSED);
        assertThat(two.open()).isZero();
    }
}
