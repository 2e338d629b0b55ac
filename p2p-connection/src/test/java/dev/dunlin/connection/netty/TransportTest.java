package dev.dunlin.connection.netty;

import static dev.dunlin.connection.netty.RawPeer.SYN;
import static dev.dunlin.connection.netty.RawPeer.data;
import static dev.dunlin.connection.netty.RawPeer.message;
import static dev.dunlin.connection.netty.RawPeer.upgraded;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.yamux.YamuxWrite;
import dev.dunlin.core.multiformats.Multiaddr;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Real transports on the loopback interface: the ends of connections and dials. */
class TransportTest {

    private static final String CLOSING = "/test/closing/1.0.0";
    private static final String THROWING = "/test/throwing/1.0.0";

    private static ServerSocket silent() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @Test
    void twoTransportsConnectAndBothSeeTheEnd() throws Exception {
        try (LoneTransport server = new LoneTransport(Limits.DEFAULT);
                LoneTransport client = new LoneTransport(Limits.DEFAULT)) {
            int port = server.listen();
            client.dial(server.self(), port);
            ConnectionAction.Connected connected = client.next(ConnectionAction.Connected.class);
            ConnectionAction.Accepted accepted = server.next(ConnectionAction.Accepted.class);
            assertThat(connected.peer()).isEqualTo(server.self());
            assertThat(accepted.peer()).isEqualTo(client.self());
            assertThat(accepted.handshakeHash()).isEqualTo(connected.handshakeHash());

            client.disconnect(connected.connection());
            assertThat(client.next(ConnectionAction.Closed.class).reason()).isEqualTo(CloseReason.LOCAL);
            ConnectionAction.Closed closed = server.next(ConnectionAction.Closed.class);
            assertThat(closed.connection()).isEqualTo(accepted.connection());
            assertThat(closed.reason()).isEqualTo(CloseReason.REMOTE);
            LoneTransport.await(
                    "only the listener is left", () -> server.transport.stats().sockets() == 1);
            LoneTransport.await(
                    "nothing is left", () -> client.transport.stats().sockets() == 0);
        }
    }

    /** A socket of both families would tell addresses of IPv6 only, and hold the port against an IPv6 listener. */
    @Test
    void aListenerIsOfItsFamilyAlone() throws Exception {
        try (LoneTransport node = new LoneTransport(Limits.DEFAULT)) {
            node.listen(Multiaddr.parse("/ip4/0.0.0.0/tcp/0"));
            List<Multiaddr> four = node.next(ConnectionAction.Listening.class).bound();
            int port = four.getFirst().port().orElseThrow();
            assertThat(four)
                    .contains(Multiaddr.parse("/ip4/127.0.0.1/tcp/" + port))
                    .allSatisfy(address -> assertThat(address.toString()).startsWith("/ip4/"));
            assumeTrue(hasIpv6(), "this machine has no IPv6");
            assertThatThrownBy(() -> new Socket("::1", port)).isInstanceOf(ConnectException.class);
            assumeTrue(Epoll.isAvailable(), "an IPv6 socket of the JDK takes both families");
            node.listen(Multiaddr.parse("/ip6/::/tcp/" + port));
            List<Multiaddr> six = node.next(ConnectionAction.Listening.class).bound();
            assertThat(six)
                    .contains(Multiaddr.parse("/ip6/::1/tcp/" + port))
                    .allSatisfy(address -> assertThat(address.toString()).startsWith("/ip6/"));
            new Socket("::1", port).close();
            new Socket("127.0.0.1", port).close();
        }
    }

    private static boolean hasIpv6() {
        try {
            new ServerSocket(0, 1, InetAddress.getByName("::1")).close();
            return true;
        } catch (IOException none) {
            return false;
        }
    }

    @Test
    void bothDialAtOnceAndEachSeesTwoConnections() throws Exception {
        try (LoneTransport one = new LoneTransport(Limits.DEFAULT);
                LoneTransport two = new LoneTransport(Limits.DEFAULT)) {
            int first = one.listen();
            int second = two.listen();
            one.dial(two.self(), second);
            two.dial(one.self(), first);
            LoneTransport.await(
                    "two each",
                    () -> one.transport.stats().connections() == 2
                            && two.transport.stats().connections() == 2);
            // Which of the two is kept is the machine's to say; the transport keeps what it is not told to close.
            ConnectionAction.Connected kept = one.next(ConnectionAction.Connected.class);
            one.disconnect(kept.connection());
            LoneTransport.await(
                    "one each",
                    () -> one.transport.stats().connections() == 1
                            && two.transport.stats().connections() == 1);
        }
    }

    @Test
    void anotherPeerThanExpectedIsClosed() throws Exception {
        try (LoneTransport server = new LoneTransport(Limits.DEFAULT);
                LoneTransport client = new LoneTransport(Limits.DEFAULT);
                LoneTransport other = new LoneTransport(Limits.DEFAULT)) {
            client.dial(other.self(), server.listen());
            ConnectionAction.ConnectionFailed failed = client.next(ConnectionAction.ConnectionFailed.class);
            assertThat(failed.error().kind()).isEqualTo(ConnectionError.Kind.WRONG_PEER);
            LoneTransport.await(
                    "nothing is left", () -> client.transport.stats().sockets() == 0);
            LoneTransport.await(
                    "only the listener is left", () -> server.transport.stats().sockets() == 1);
        }
    }

    @Test
    void aRemoteThatIsKilledIsAClosedConnection() throws Exception {
        try (LoneTransport node = new LoneTransport(Limits.DEFAULT)) {
            RawPeer peer = upgraded(node.listen());
            ConnectionAction.Accepted accepted = node.next(ConnectionAction.Accepted.class);
            peer.kill();
            ConnectionAction.Closed closed = node.next(ConnectionAction.Closed.class);
            assertThat(closed.connection()).isEqualTo(accepted.connection());
            assertThat(closed.reason()).isIn(CloseReason.REMOTE, CloseReason.IO_ERROR);
            LoneTransport.await(
                    "only the listener is left", () -> node.transport.stats().sockets() == 1);
        }
    }

    @Test
    void aRemoteThatLeavesDuringTheUpgradeIsForgotten() throws Exception {
        try (LoneTransport node = new LoneTransport(Limits.DEFAULT)) {
            int port = node.listen();
            RawPeer.connect(port).close();
            RawPeer.connect(port).negotiated().close();
            RawPeer inHandshake = RawPeer.connect(port).negotiated();
            inHandshake.write(RawPeer.firstHandshakeMessage());
            inHandshake.kill();
            RawPeer.connect(port).negotiated().secured(false).kill();
            LoneTransport.await("four have failed", () -> node.transport.stats().upgradeFailures() == 4);
            LoneTransport.await(
                    "only the listener is left", () -> node.transport.stats().sockets() == 1);
            LoneTransport.await("none is pending", () -> node.transport.stats().pendingInbound() == 0);
            assertThat(node.seen()).isEmpty();
        }
    }

    @Test
    void aServerThatClosesDuringTheUpgradeFailsTheDial() throws Exception {
        try (ServerSocket server = silent();
                LoneTransport client = new LoneTransport(Limits.DEFAULT)) {
            client.dial(client.self(), server.getLocalPort());
            Socket accepted = server.accept();
            assertThat(accepted.getInputStream().read()).isPositive();
            accepted.close();
            ConnectionAction.ConnectionFailed failed = client.next(ConnectionAction.ConnectionFailed.class);
            assertThat(failed.error().kind()).isIn(ConnectionError.Kind.CONNECTION_CLOSED, ConnectionError.Kind.IO);
            LoneTransport.await(
                    "nothing is left", () -> client.transport.stats().sockets() == 0);
        }
    }

    @Test
    void aDialIsCancelledInEveryStage() throws Exception {
        try (ServerSocket server = silent();
                LoneTransport client = new LoneTransport(Limits.DEFAULT)) {
            long early = client.dial(client.self(), server.getLocalPort());
            client.transport.cancel(client.nextId(), new ConnectionEffect.CancelDial(early));
            assertThat(client.next(ConnectionAction.ConnectionFailed.class)
                            .error()
                            .kind())
                    .isEqualTo(ConnectionError.Kind.CANCELLED);

            long late = client.dial(client.self(), server.getLocalPort());
            LoneTransport.await("a socket", () -> client.transport.stats().sockets() > 0);
            client.transport.cancel(client.nextId(), new ConnectionEffect.CancelDial(late));
            ConnectionAction.ConnectionFailed failed = client.next(ConnectionAction.ConnectionFailed.class);
            assertThat(failed.dial()).isEqualTo(late);
            assertThat(failed.error().kind()).isEqualTo(ConnectionError.Kind.CANCELLED);
            LoneTransport.await(
                    "nothing is left", () -> client.transport.stats().sockets() == 0);
            assertThat(client.seen()).isEmpty();
        }
    }

    @Test
    void aBusyPortIsOneSentenceAndAFreedOneIsTakenAgain() throws Exception {
        try (LoneTransport first = new LoneTransport(Limits.DEFAULT);
                LoneTransport second = new LoneTransport(Limits.DEFAULT)) {
            first.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
            ConnectionAction.Listening listening = first.next(ConnectionAction.Listening.class);
            Multiaddr busy = listening.bound().getFirst();

            second.listen(busy);
            ConnectionError error =
                    second.next(ConnectionAction.ListenFailed.class).error();
            assertThat(error.kind()).isEqualTo(ConnectionError.Kind.ADDRESS_UNAVAILABLE);
            assertThat(error.toString()).contains("in use").doesNotContain("\n");

            first.transport.stopListening(first.nextId(), new ConnectionEffect.StopListenInit(listening.listener()));
            first.next(ConnectionAction.ListenerClosed.class);
            second.listen(busy);
            assertThat(second.next(ConnectionAction.Listening.class).bound()).containsExactly(busy);
        }
    }

    @Test
    void aWriteBehindTheEndOfOurSideIsNotOneToWaitFor() throws Exception {
        CompletableFuture<List<YamuxWrite>> answers = new CompletableFuture<>();
        StreamReader silent = new StreamReader() {
            @Override
            public void data(StreamChannel from, ByteBuf bytes) {}

            @Override
            public void remoteClosed(StreamChannel from) {}

            @Override
            public void ended(StreamChannel from, EndReason reason) {}
        };
        try (LoneTransport node = new LoneTransport(Limits.DEFAULT, Map.of(CLOSING, stream -> {
                    stream.execute(() -> {
                        List<YamuxWrite> seen = new ArrayList<>();
                        seen.add(stream.write(Unpooled.wrappedBuffer(new byte[1])));
                        seen.add(stream.write(Unpooled.wrappedBuffer(new byte[1 << 20])));
                        stream.closeWrite();
                        seen.add(stream.write(Unpooled.wrappedBuffer(new byte[1])));
                        seen.add(stream.write(Unpooled.EMPTY_BUFFER));
                        stream.reset();
                        seen.add(stream.write(Unpooled.wrappedBuffer(new byte[1])));
                        answers.complete(seen);
                    });
                    return silent;
                }));
                RawPeer peer = upgraded(node.listen())) {
            peer.send(data(SYN, 1, RawPeer.joined(message(RawPeer.MULTISTREAM), message(CLOSING))));
            assertThat(answers.get(RawPeer.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .containsExactly(
                            YamuxWrite.TAKEN, YamuxWrite.FULL, YamuxWrite.CLOSED, YamuxWrite.CLOSED, YamuxWrite.CLOSED);
        }
    }

    // With a protocol that does something with each piece that comes.
    private static LoneTransport reading(String protocol, Consumer<StreamChannel> does) {
        return new LoneTransport(Limits.DEFAULT, Map.of(protocol, stream -> new StreamReader() {
            @Override
            public void data(StreamChannel from, ByteBuf bytes) {
                does.accept(from);
            }

            @Override
            public void remoteClosed(StreamChannel from) {}

            @Override
            public void ended(StreamChannel from, EndReason reason) {}
        }));
    }

    @Test
    void whatAReaderSaysAgainstItsPeerIsInTheEnd() throws Exception {
        String why = "the peer has sent more than it was asked for";
        try (LoneTransport node = reading(CLOSING, from -> from.fail(why));
                RawPeer peer = upgraded(node.listen())) {
            peer.send(data(SYN, 1, RawPeer.joined(message(RawPeer.MULTISTREAM), message(CLOSING), new byte[9])));
            StreamAction.StreamClosed closed = node.next(StreamAction.StreamClosed.class);
            assertThat(closed.reason()).isEqualTo(EndReason.PROTOCOL_ERROR);
            assertThat(closed.detail()).isEqualTo(why);
        }
    }

    @Test
    void aReaderThatThrowsClosesTheConnectionAndLosesNoBuffer() throws Exception {
        long before = PooledByteBufAllocator.DEFAULT.pinnedHeapMemory();
        try (LoneTransport node = reading(THROWING, from -> {
                    throw new IllegalStateException("a reader's bug");
                });
                RawPeer peer = upgraded(node.listen())) {
            peer.send(data(SYN, 1, RawPeer.joined(message(RawPeer.MULTISTREAM), message(THROWING), new byte[20_000])));
            assertThat(peer.isClosedWithin(RawPeer.PATIENCE)).isTrue();
            node.next(ConnectionAction.Closed.class);
        }
        LoneTransport.await("all buffers back", () -> PooledByteBufAllocator.DEFAULT.pinnedHeapMemory() <= before);
    }
}
