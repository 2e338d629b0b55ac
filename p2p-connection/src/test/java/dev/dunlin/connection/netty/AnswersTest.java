package dev.dunlin.connection.netty;

import static dev.dunlin.connection.ConnectionMachine.CONNECTION;
import static dev.dunlin.connection.peer.PeerMachine.PEER;
import static dev.dunlin.connection.stream.StreamMachine.STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.ConnectionState.Connected;
import dev.dunlin.connection.ConnectionState.Connecting;
import dev.dunlin.connection.ConnectionState.ConnectionFailed;
import dev.dunlin.connection.ConnectionState.Disconnected;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.peer.Source;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.connection.words.PeerAnswer;
import dev.dunlin.connection.words.PeerWords;
import dev.dunlin.connection.words.Refusal;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The answers to "why is this peer not connected?", each against a real socket: what the first line says. */
class AnswersTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final PrivateKey THEIRS = key();
    private static final PeerId P = THEIRS.publicKey().peerId();

    private static final Store<Root> NAMES = Root.store();

    private final List<AutoCloseable> open = new ArrayList<>();

    record Root(ConnectionState connection, PeerState peer, StreamState stream) implements StreamView {
        static Store<Root> store() {
            return Store.of(new Root(ConnectionState.INITIAL, PeerState.INITIAL, StreamState.INITIAL))
                    .mount(CONNECTION, Root::connection, (root, own) -> new Root(own, root.peer, root.stream))
                    .mount(PEER, Root::peer, (root, own) -> new Root(root.connection, own, root.stream))
                    .mount(STREAM, Root::stream, (root, own) -> new Root(root.connection, root.peer, own))
                    .build();
        }
    }

    private static PrivateKey key() {
        return PrivateKey.generate(KeyType.ED25519, new SecureRandom());
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : open.reversed()) {
            each.close();
        }
    }

    /** A node that is asked of its peers. */
    private final class Asked implements AutoCloseable {
        private final NettyNode<Root> node;
        private final Map<PeerId, Refusal> refusals = new ConcurrentHashMap<>();

        private Asked(PrivateKey key, List<DnsServer> names, String... settings) {
            Table<String, String> config = Table.<String, String>empty().with("connection.maxAttempts", "1");
            for (int i = 0; i < settings.length; i += 2) {
                config = config.with(settings[i], settings[i + 1]);
            }
            node = NettyNode.of(Root.store(), key)
                    .config(config)
                    .limits(TransportSettings.of(config))
                    .nameServers(names.stream().map(DnsServer::address).toList())
                    .watching(this::look)
                    .start();
        }

        private void look(Turn turn) {
            for (int i = 0; i < turn.size(); i++) {
                var rejection = turn.rejection(i);
                if (rejection != null && turn.entry(i) instanceof OfPeer about) {
                    String type = NAMES.nameOf(turn.entry(i).getClass());
                    if (Refusal.isTold(type)) {
                        refusals.put(
                                about.peer(), new Refusal(turn.now(), type, rejection.clause(), rejection.operands()));
                    }
                }
            }
        }

        private Multiaddr listening() {
            ConnectionOutcome.ListenDone done = (ConnectionOutcome.ListenDone) node.runtime()
                    .ask(
                            "listen",
                            ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                            SOON)
                    .join();
            return done.bound().getFirst();
        }

        private void say(dev.dunlin.core.store.Action action) {
            node.runtime().offer(action);
        }

        private void connect(PeerId peer, Multiaddr... addresses) {
            node.runtime()
                    .ask(
                            "connect" + System.nanoTime(),
                            ticket -> new ConnectionAction.Connect(peer, List.of(addresses), ticket),
                            SOON);
        }

        private StoreState<Root> state() {
            return node.runtime().state();
        }

        private void await(Predicate<ConnectionState> wished) {
            long end = System.nanoTime() + SOON.toNanos();
            while (!wished.test(state().root().connection())) {
                if (System.nanoTime() > end) {
                    throw new AssertionError("it does not come: " + answer(P));
                }
                Thread.onSpinWait();
            }
        }

        private <T> void await(PeerId peer, Class<T> phase) {
            await(own -> phase.isInstance(own.phaseOf(peer)));
        }

        private void awaitLost(PeerId peer) {
            await(own -> own.ends().find(peer).isPresent() && !own.open().held().has(peer));
        }

        private void awaitRefused(PeerId peer) {
            await(own -> refusals.containsKey(peer));
        }

        private PeerAnswer answer(PeerId peer) {
            StoreState<Root> now = state();
            return new PeerWords(
                            now.root().connection(),
                            now.root().peer(),
                            now.now(),
                            now.node().wallOffset(),
                            micros -> "TIME")
                    .about(peer, Optional.ofNullable(refusals.get(peer)));
        }

        /** The first line, with spans and ports left out. */
        private String first(PeerId peer) {
            return answer(peer)
                    .state()
                    .replace(peer.toString(), "P")
                    .replaceAll("\\((\\d+ \\w+ ?)+( ago)?\\)", "(SPAN$2)")
                    .replaceAll("after (\\d+ (us|ms|s|min) ?)+\\b", "after SPAN")
                    .replaceAll("/tcp/\\d+", "/tcp/PORT");
        }

        @Override
        public void close() {
            node.close();
        }
    }

    private Asked asked(String... settings) {
        Asked asked = new Asked(key(), List.of(), settings);
        open.add(asked);
        return asked;
    }

    private Asked other(String... settings) {
        Asked other = new Asked(THEIRS, List.of(), settings);
        open.add(other);
        return other;
    }

    private interface Script {
        void play(RawPeer peer) throws IOException;
    }

    // Somebody who accepts, does what the script says, and then stays as it is.
    private Multiaddr server(Script script) throws IOException {
        ServerSocket socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        open.add(socket);
        Thread.ofVirtual().start(() -> {
            try {
                RawPeer peer = RawPeer.accepted(socket, THEIRS);
                open.add(peer);
                script.play(peer);
            } catch (IOException over) {
                // The test is over, or the other side is.
            }
        });
        return Multiaddr.parse("/ip4/127.0.0.1/tcp/" + socket.getLocalPort());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private String afterDialling(Multiaddr address) {
        return afterDialling(address, asked());
    }

    // Long enough for a machine with much to do to say what it has to say before.
    private String afterWaiting(Multiaddr address, String upgrade) {
        return afterDialling(address, asked("transport.upgradeTimeout", upgrade, "noise.handshakeTimeout", "3000000"));
    }

    private static String afterDialling(Multiaddr address, Asked asked) {
        asked.connect(P, address);
        asked.await(P, ConnectionFailed.class);
        return asked.first(P);
    }

    private static final String FAILED = "P is not connected: the 1st try failed at TIME (SPAN ago), ";
    private static final String LAST = " (/ip4/127.0.0.1/tcp/PORT); it was the last of 1 try";

    @Test
    void nobodyListens() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            port = closed.getLocalPort();
        }
        assertThat(afterDialling(Multiaddr.parse("/ip4/127.0.0.1/tcp/" + port)))
                .isEqualTo(FAILED + "nobody listens there" + LAST);
    }

    @Test
    void anotherPeerIsThere() throws IOException {
        Asked wrong = asked();
        assertThat(afterDialling(wrong.listening()))
                .isEqualTo(FAILED + "the peer is " + wrong.node.self() + " and not the expected P" + LAST);
    }

    @Test
    void theHostIsSilent() throws IOException {
        assertThat(afterWaiting(server(peer -> {}), "400000"))
                .matches(Pattern.quote(FAILED) + "connections are accepted there, and nothing is said for \\d+ m?s"
                        + Pattern.quote(LAST));
    }

    @Test
    void theHostIsSilentInTheHandshake() throws IOException {
        assertThat(afterWaiting(server(peer -> peer.answering("/noise")), "60000000"))
                .isEqualTo(FAILED + "the peer did not end the handshake within 3 s" + LAST);
    }

    @Test
    void aWebServerIsThere() throws IOException {
        assertThat(afterDialling(server(peer -> peer.write(ascii("HTTP/1.1 400 Bad Request\r\n\r\n")))))
                .isEqualTo(FAILED + "there is a web server at this address, and no libp2p node" + LAST);
    }

    @Test
    void anSshServerIsThere() throws IOException {
        assertThat(afterDialling(server(peer -> peer.write(ascii("SSH-2.0-OpenSSH_9.2p1\r\n")))))
                .isEqualTo(FAILED + "there is an SSH server at this address, and no libp2p node" + LAST);
    }

    @Test
    void aTlsServerIsThere() throws IOException {
        assertThat(afterDialling(server(peer -> peer.write(new byte[] {0x15, 3, 3, 0, 2, 2, 70}))))
                .isEqualTo(FAILED + "there is a TLS server at this address, and no libp2p node" + LAST);
    }

    @Test
    void somethingElseIsThere() throws IOException {
        assertThat(afterDialling(server(peer -> peer.write(ascii("\u0005HELO\n")))))
                .isEqualTo(FAILED + "the peer does not speak multistream-select 1.0.0: its first message was \"HELO\""
                        + LAST);
    }

    @Test
    void thereIsNoCommonSecurity() throws IOException {
        assertThat(afterDialling(server(peer -> peer.answering("na"))))
                .isEqualTo(FAILED + "the peer supports none of the proposed protocols [/noise]" + LAST);
    }

    @Test
    void thereIsNoCommonMuxer() throws IOException {
        assertThat(afterDialling(server(peer -> peer.answering("/noise").securedByThem(List.of("/mplex/6.7.0")))))
                .isEqualTo(FAILED + "the peer offers none of our 1 stream muxers, but 1 others" + LAST);
    }

    @Test
    void theOtherSideClosesBeforeItIsSecured() throws IOException {
        // Whoever closes with something unread resets.
        assertThat(afterDialling(server(peer -> peer.proposed().close())))
                .isEqualTo(FAILED + "the other side closed the connection before it was secured" + LAST);
    }

    @Test
    void theOtherSideResetsBeforeItIsSecured() throws IOException {
        assertThat(afterDialling(server(RawPeer::kill)))
                .startsWith(FAILED + "the other side reset the connection")
                .endsWith(LAST);
    }

    private String afterLookup(DnsServer.Reply reply) {
        DnsServer names = DnsServer.start((type, name) -> Optional.ofNullable(reply));
        open.add(names);
        Asked asked = new Asked(key(), List.of(names));
        open.add(asked);
        asked.connect(P, Multiaddr.parse("/dns4/peer.test/tcp/4001"));
        asked.await(P, ConnectionFailed.class);
        return asked.first(P);
    }

    private static final String OF_NAME = " (/dns4/peer.test/tcp/PORT); it was the last of 1 try";

    @Test
    void theNameServerFails() {
        assertThat(afterLookup(new DnsServer.Reply.Code(2)))
                .isEqualTo(FAILED + "the name server failed (SERVFAIL) for /dns4/peer.test/tcp/PORT" + OF_NAME);
    }

    @Test
    void theNameIsUnknown() {
        assertThat(afterLookup(new DnsServer.Reply.Code(3)))
                .isEqualTo(FAILED + "DNS does not know the name in /dns4/peer.test/tcp/PORT" + OF_NAME);
    }

    @Test
    void theNameLeadsNowhereWorthADial() {
        assertThat(afterLookup(new DnsServer.Reply.Records(List.of(new byte[] {0, 0, 0, 0}))))
                .isEqualTo(FAILED + "the name leads to no address that is worth a dial" + OF_NAME);
    }

    @Test
    void ourLimitRefusesTheirConnection() {
        Asked full = asked("connection.maxInbound", "1");
        Multiaddr at = full.listening();
        Asked first = asked();
        first.connect(full.node.self(), at);
        first.await(full.node.self(), Connected.class);
        Asked second = other();
        second.connect(full.node.self(), at);
        full.awaitRefused(P);
        assertThat(full.first(P))
                .isEqualTo(
                        "P is not connected: its connection was refused at TIME (SPAN ago), because as many connections"
                                + " that others opened are there as there may be (connection.maxInbound is 1); most"
                                + " connections are with 127.0.0.0/24: 1 of 1");
        second.awaitLost(full.node.self());
        assertThat(second.first(full.node.self()))
                .isEqualTo(
                        "P is not connected since TIME (SPAN): the other side closed it, after SPAN (/ip4/127.0.0.1/tcp/PORT)");
    }

    private Asked connectedTo(Asked peer, String... settings) {
        Asked asked = asked(settings);
        asked.connect(P, peer.listening());
        asked.await(P, Connected.class);
        return asked;
    }

    @Test
    void itIsConnected() {
        Asked peer = other();
        Asked asked = connectedTo(peer);
        assertThat(asked.first(P)).isEqualTo("P is connected since TIME (SPAN): by /ip4/127.0.0.1/tcp/PORT");
        peer.await(asked.node.self(), Connected.class);
        assertThat(peer.first(asked.node.self()))
                .isEqualTo("P is connected since TIME (SPAN): by /ip4/127.0.0.1/tcp/PORT, which it opened");
    }

    @Test
    void itIsLostForNobodyUsedIt() {
        Asked asked = asked("connection.idleTimeout", "1000");
        asked.connect(P, other().listening());
        asked.awaitLost(P);
        assertThat(asked.first(P))
                .isEqualTo(
                        "P is not connected since TIME (SPAN): nobody used it, after SPAN (/ip4/127.0.0.1/tcp/PORT)");
    }

    @Test
    void itIsClosedByHandHereAndThere() {
        Asked peer = other();
        Asked asked = connectedTo(peer);
        peer.await(asked.node.self(), Connected.class);
        asked.say(new ConnectionAction.Disconnect(P));
        asked.awaitLost(P);
        assertThat(asked.first(P))
                .isEqualTo("P is not connected since TIME (SPAN): this node closed it on request, after SPAN"
                        + " (/ip4/127.0.0.1/tcp/PORT)");
        peer.awaitLost(asked.node.self());
        assertThat(peer.first(asked.node.self()))
                .isEqualTo("P is not connected since TIME (SPAN): the other side closed it, after SPAN"
                        + " (/ip4/127.0.0.1/tcp/PORT)");
    }

    private Asked connectedToRaw(Script then, String... settings) throws IOException {
        Asked asked = asked(settings);
        asked.connect(P, server(peer -> then.play(peer.answering("/noise").securedByThem(List.of("/yamux/1.0.0")))));
        asked.await(own -> own.ends().find(P).isPresent() || own.isConnected(P));
        return asked;
    }

    @Test
    void itIsKilled() throws IOException {
        Asked asked = connectedToRaw(RawPeer::close);
        asked.awaitLost(P);
        assertThat(asked.first(P))
                .isEqualTo(
                        "P is not connected since TIME (SPAN): the other side closed it: it did not say that it would,"
                                + " after SPAN (/ip4/127.0.0.1/tcp/PORT)");
    }

    @Test
    void itIsReset() throws IOException {
        Asked asked = connectedToRaw(RawPeer::kill);
        asked.awaitLost(P);
        assertThat(asked.first(P))
                .isEqualTo("P is not connected since TIME (SPAN): the connection broke: the other side reset the"
                        + " connection, after SPAN (/ip4/127.0.0.1/tcp/PORT)");
    }

    @Test
    void itSaysGoAway() throws IOException {
        Asked asked = connectedToRaw(peer -> {
            peer.send(RawPeer.frame(RawPeer.GO_AWAY, 0, 0, 0));
            peer.close();
        });
        asked.awaitLost(P);
        assertThat(asked.first(P))
                .matches(
                        "P is not connected since TIME \\(SPAN\\): the other side closed it, after SPAN \\(/ip4/127.0.0.1/tcp/PORT\\)");
    }

    @Test
    void itBreaksTheProtocol() throws IOException {
        Asked asked = connectedToRaw(peer -> peer.send(RawPeer.frame(RawPeer.DATA, RawPeer.SYN, 1, 0)));
        asked.awaitLost(P);
        assertThat(asked.first(P))
                .isEqualTo(
                        "P is not connected since TIME (SPAN): the other side broke the protocol: a stream was opened"
                                + " with a number that is this node's to give, after SPAN (/ip4/127.0.0.1/tcp/PORT)");
    }

    @Test
    void itIsSilentForTooLong() throws IOException {
        Asked asked = connectedToRaw(peer -> {}, "yamux.keepaliveInterval", "50000", "yamux.pingTimeout", "50000");
        asked.awaitLost(P);
        assertThat(asked.first(P))
                .isEqualTo("P is not connected since TIME (SPAN): the other side was silent for too long: nothing came"
                        + " after a ping, after SPAN (/ip4/127.0.0.1/tcp/PORT)");
    }

    @Test
    void itIsBeingTried() throws IOException {
        Asked asked = asked("transport.upgradeTimeout", "60000000", "multistream.timeout", "60000000");
        asked.connect(P, server(peer -> {}), Multiaddr.parse("/ip4/127.0.0.1/tcp/1"));
        asked.await(P, Connecting.class);
        assertThat(asked.first(P))
                .isEqualTo("P is not connected: it is being dialled since TIME (SPAN), the 1st try, at"
                        + " /ip4/127.0.0.1/tcp/PORT, then 1 more address");
    }

    @Test
    void itIsToBeTriedAgain() {
        Asked asked = asked("connection.maxAttempts", "3");
        asked.connect(P, Multiaddr.parse("/ip4/127.0.0.1/tcp/1"));
        asked.await(P, ConnectionFailed.class);
        assertThat(asked.first(P)).isEqualTo(FAILED + "nobody listens there (/ip4/127.0.0.1/tcp/PORT)");
        assertThat(asked.answer(P).next()).matches("the 2nd try begins in \\d s");
    }

    @Test
    void nobodyAsked() {
        Asked asked = asked();
        asked.say(new PeerAction.AddAddresses(
                P, List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/1")), Source.GIVEN, 60_000_000));
        asked.await(own -> asked.state().root().peer().heard().has(P));
        assertThat(asked.first(P))
                .isEqualTo("P is not connected: nobody has asked for it; others have told of it, and it may be at"
                        + " /ip4/127.0.0.1/tcp/PORT");
    }

    @Test
    void nothingIsKnown() {
        assertThat(asked().first(P))
                .isEqualTo("P is not connected: nothing is known of it, and nobody has asked for it");
    }

    @Test
    void itIsThisNodeItself() {
        Asked asked = asked();
        asked.await(own -> own.config().self().isPresent());
        assertThat(asked.first(asked.node.self())).isEqualTo("P is this node itself");
    }

    @Test
    void theWishWasCalledOff() throws IOException {
        Asked asked = asked("transport.upgradeTimeout", "60000000", "multistream.timeout", "60000000");
        asked.connect(P, server(peer -> {}));
        asked.await(P, Connecting.class);
        asked.say(new ConnectionAction.Disconnect(P));
        asked.await(P, Disconnected.class);
        assertThat(asked.first(P))
                .isEqualTo("P is not connected since TIME (SPAN): the wish to connect was called off before there was a"
                        + " connection (/ip4/127.0.0.1/tcp/PORT)");
    }

    @Test
    void itIsKeptAlthoughSomebodyWouldDisconnectIt() {
        Asked asked = connectedTo(other());
        asked.say(new ConnectionAction.Keep(P, List.of(), "--connect"));
        asked.await(own -> own.isKept(P));
        asked.say(new ConnectionAction.Disconnect(P));
        asked.awaitRefused(P);
        assertThat(asked.first(P))
                .isEqualTo(
                        "P is connected since TIME (SPAN): by /ip4/127.0.0.1/tcp/PORT; a wish to disconnect was refused"
                                + " at TIME (SPAN ago), because it is kept by --connect");
    }

    @Test
    void itIsBannedAndComesAgain() {
        Asked other = other();
        Asked asked = connectedTo(other);
        asked.say(new ConnectionAction.Ban(P, 0, "it floods"));
        asked.awaitLost(P);
        other.connect(asked.node.self(), asked.listening());
        asked.awaitRefused(P);
        assertThat(asked.first(P)).isEqualTo("P is not connected: it is banned since TIME (SPAN), because it floods");
        asked.say(new ConnectionAction.Ban(P, 3_600_000_000L, ""));
        asked.await(own -> own.bans().at(P).why().isEmpty());
        assertThat(asked.first(P)).isEqualTo("P is not connected: it is banned since TIME (SPAN)");
        assertThat(asked.answer(P).next())
                .matches(
                        "the ban ends in (59|60) min( \\d+ s)?; it is not dialled by itself then|the ban ends in 1 h;.*");
        asked.say(new ConnectionAction.Unban(P));
        asked.await(own -> !own.isBanned(P));
        assertThat(asked.first(P))
                .as("what was refused because of the ban is not so any more")
                .startsWith(
                        "P is not connected since TIME (SPAN): this node banned it then, after SPAN, and does so no longer");
    }

    @Test
    void itIsKeptByItsIdAlone() {
        Asked other = other();
        Asked asked = connectedTo(other);
        asked.say(new ConnectionAction.Disconnect(P));
        asked.awaitLost(P);
        asked.say(new ConnectionAction.Keep(P, List.of(), "--connect"));
        asked.await(P, Connected.class);
        assertThat(asked.answer(P).next()).startsWith("kept by --connect");
    }

    @Test
    void whoHasConnectedStaysWhileThereAreFew() {
        Asked asked = asked();
        Asked other = other();
        other.connect(asked.node.self(), asked.listening());
        asked.await(P, Connected.class);
        assertThat(asked.answer(P).next())
                .isEqualTo("the connection stays, with no more than 64 of them (connection.lowWater)");
    }

    @Test
    void itIsKeptAndNoAddressIsKnown() {
        Asked asked = asked();
        asked.say(new ConnectionAction.Keep(P, List.of(), "--connect"));
        asked.await(own -> own.isKept(P));
        assertThat(asked.first(P))
                .isEqualTo(
                        "P is not connected: it is kept by --connect, and no address of it is known that can be dialled");
    }

    @Test
    void itIsKeptAndThereIsNoRoom() throws IOException {
        Asked asked = connectedTo(other(), "connection.maxPeers", "1");
        PeerId wanted = key().publicKey().peerId();
        asked.say(new ConnectionAction.Keep(wanted, List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/1")), "--connect"));
        asked.awaitRefused(wanted);
        assertThat(asked.first(wanted))
                .isEqualTo(
                        "P is not connected: the wish to connect was refused at TIME (SPAN ago), because this node has"
                                + " to do with as many peers as it may (connection.maxPeers is 1)");
    }

    @Test
    void itWasKeptAndLost() throws IOException {
        Asked asked = asked("connection.retryBase", "60000000");
        asked.say(new ConnectionAction.Keep(
                P,
                List.of(server(peer -> {
                    peer.answering("/noise").securedByThem(List.of("/yamux/1.0.0"));
                    peer.close();
                })),
                "--connect"));
        asked.awaitLost(P);
        assertThat(asked.first(P))
                .isEqualTo(
                        "P is not connected since TIME (SPAN): the connection ended: the other side closed it: it did"
                                + " not say that it would");
        assertThat(asked.answer(P).next()).matches("it is dialled in \\d+ s; kept by --connect");
    }

    @Test
    void itWasLostBecauseThisNodeStops() {
        Asked asked = connectedTo(other());
        asked.say(new ConnectionAction.Drain());
        asked.say(new ConnectionAction.Disconnect(P));
        asked.awaitLost(P);
        assertThat(asked.first(P))
                .isEqualTo(
                        "P is not connected since TIME (SPAN): this node stopped, after SPAN (/ip4/127.0.0.1/tcp/PORT)");
    }

    @Test
    void theWishComesWhileThisNodeStops() {
        Asked asked = asked();
        asked.say(new ConnectionAction.Drain());
        asked.connect(P, Multiaddr.parse("/ip4/127.0.0.1/tcp/1"));
        asked.awaitRefused(P);
        assertThat(asked.first(P))
                .isEqualTo("P is not connected: the wish to connect was refused at TIME (SPAN ago), because this node"
                        + " drains, as before a stop");
    }

    @Test
    void noAddressOfItCanBeDialled() {
        Asked asked = asked();
        asked.connect(P, Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
        asked.awaitRefused(P);
        assertThat(asked.first(P))
                .isEqualTo(
                        "P is not connected: the wish to connect was refused at TIME (SPAN ago), because no address of"
                                + " it is known that can be dialled");
    }

    @Test
    void itsAddressIsOfAnotherTransport() {
        assertThat(afterDialling(Multiaddr.parse("/ip4/127.0.0.1/udp/1/quic-v1")))
                .isEqualTo(FAILED
                        + "/ip4/127.0.0.1/udp/1/quic-v1 cannot be dialled, since it is neither /dnsaddr nor a host"
                        + " with a TCP port alone (/ip4/127.0.0.1/udp/1/quic-v1); it was the last of 1 try");
    }

    private static final Ticket NOBODY = Ticket.NONE;

    @Test
    void itWasForgottenForOthersFailedLater() {
        Asked asked = asked("connection.maxFailures", "1", "connection.maxEnds", "0");
        Multiaddr nobody = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
        asked.say(new ConnectionAction.Connect(P, List.of(nobody), NOBODY));
        asked.await(P, ConnectionFailed.class);
        asked.say(new ConnectionAction.Connect(key().publicKey().peerId(), List.of(nobody), NOBODY));
        asked.await(P, Disconnected.class);
        assertThat(asked.first(P)).isEqualTo("P is not connected: nothing is known of it, and nobody has asked for it");
    }
}
