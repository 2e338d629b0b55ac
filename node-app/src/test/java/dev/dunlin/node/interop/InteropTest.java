package dev.dunlin.node.interop;

import static dev.dunlin.connection.protocols.DunlinProtocols.ECHO;
import static dev.dunlin.connection.protocols.DunlinProtocols.HALF_CLOSE;
import static dev.dunlin.connection.protocols.DunlinProtocols.RESET;
import static dev.dunlin.connection.protocols.DunlinProtocols.SINK;
import static dev.dunlin.connection.protocols.DunlinProtocols.SOURCE;
import static dev.dunlin.connection.protocols.DunlinProtocols.STALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.Connection;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.IdentifyProtocol;
import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.peer.Description;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.ping.PingOutcome;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.protocols.Payload;
import dev.dunlin.connection.protocols.Served;
import dev.dunlin.connection.protocols.Transfer;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.node.CommandFailure;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * The real node against another implementation of libp2p over loopback TCP, in both directions.
 *
 * <p>What differs from one to the other is in the subclasses.
 */
@ExtendWith(Matrix.class)
abstract class InteropTest {

    private static final String YAMUX = "/yamux/1.0.0";
    private static final long BULK = 64L << 20;

    /** More than every window and buffer between two nodes: js and go may grow a window to 16 MiB. */
    static final long MORE_THAN_WINDOWS = 24L << 20;

    /** Who dials, and so has the odd stream numbers. */
    enum Dialer {
        DUNLIN,
        OTHER
    }

    private final Implementation implementation;

    InteropTest(Implementation implementation) {
        this.implementation = implementation;
    }

    /** Whose peers it is run against. */
    final Implementation implementation() {
        return implementation;
    }

    /** Whether the other takes part in Noise's stream_muxers, as far as it is not told otherwise. */
    boolean choosesTheMuxerEarly() {
        return true;
    }

    /** Whether the other's identify holds a signed record of the common format. */
    boolean signsItsRecord() {
        return true;
    }

    /** What the other knows of Dunlin, its signed record too. */
    JsonNode known(Counterpart other, DunlinPeer dunlin) {
        return other.identify(dunlin.id());
    }

    /** Skips the tests, and says why, where the other implementation is missing. */
    static void assumeThere(Implementation implementation) {
        Optional<String> missing = implementation.missing();
        Assumptions.assumeTrue(
                missing.isEmpty(), () -> implementation + "-libp2p interop is skipped: " + missing.orElse(""));
    }

    /** Starts a peer of the other implementation. */
    final Counterpart start(Counterpart.Key key, boolean earlyMuxer, String... more) {
        return Counterpart.start(implementation, key, earlyMuxer, more);
    }

    static void connect(Dialer dialer, DunlinPeer dunlin, Counterpart other) {
        long before = other.count("connected", dunlin.id());
        switch (dialer) {
            case DUNLIN -> dunlin.connect(other.address());
            case OTHER -> other.dial(dunlin.address());
        }
        // Who dials is ready first; the other side still has the handshake's last message to read.
        other.events("connected", dunlin.id(), before + 1);
        dunlin.await(
                "connected", state -> state.root().connection().open().held().has(other.id()));
    }

    private static void disconnected(DunlinPeer dunlin, Counterpart other) {
        other.event("disconnected", dunlin.id());
        dunlin.assertClean();
    }

    @ParameterizedTest(name = "other: {0}, its early muxer: {1}; Dunlin: {2}, its early muxer: {3}; dialer: {4}")
    @CsvSource({
        "ED25519,   true,  ED25519,   true,  DUNLIN",
        "ED25519,   true,  RSA,       true,  OTHER",
        "ED25519,   true,  SECP256K1, false, DUNLIN",
        "ED25519,   false, ED25519,   true,  OTHER",
        "RSA,       true,  ED25519,   false, OTHER",
        "RSA,       false, ED25519,   true,  DUNLIN",
        "RSA,       true,  ED25519,   true,  DUNLIN",
        "SECP256K1, true,  ED25519,   true,  OTHER",
        "SECP256K1, false, ED25519,   false, DUNLIN",
        "SECP256K1, false, ED25519,   false, OTHER",
    })
    @Cell("connect, identify and ping: identities, early muxer on and off, both directions")
    final void connectsIdentifiesAndPings(
            Counterpart.Key otherKey, boolean otherEarly, KeyType dunlinKey, boolean dunlinEarly, Dialer dialer) {
        try (DunlinPeer dunlin = DunlinPeer.start(dunlinKey, dunlinEarly);
                Counterpart other = start(otherKey, otherEarly, "--agent", "other/" + otherKey)) {
            connect(dialer, dunlin, other);
            JsonNode connection = other.connection(dunlin.id());
            assertThat(connection.path("encryption").asString()).isEqualTo("/noise");
            assertThat(connection.path("muxer").asString()).isEqualTo(YAMUX);
            assertThat(connection.path("earlyMuxer").asBoolean())
                    .isEqualTo(choosesTheMuxerEarly() && otherEarly && dunlinEarly);
            assertThat(connection.path("direction").asString())
                    .isEqualTo(dialer == Dialer.OTHER ? "outbound" : "inbound");

            learnt(dunlin.identified(other.id()), dunlin.addresses(other.id()), other, "other/" + otherKey);
            learnt(known(other, dunlin), dunlin, dunlinKey);

            PingOutcome.PingDone pinged = dunlin.node().ping(other.id(), 5, Duration.ZERO, DunlinPeer.DEADLINE);
            assertThat(pinged.rttsMicros()).hasSize(5).allMatch(rtt -> rtt > 0);
            assertThat(pinged.lost()).isZero();
            assertThat(other.ping(dunlin.id(), 5)).isEqualTo(5);

            switch (dialer) {
                case DUNLIN -> other.hangup(dunlin.id(), false);
                case OTHER -> dunlin.node().disconnect(other.id());
            }
            disconnected(dunlin, other);
            assertThat(other.stop()).isZero();
        }
    }

    private void learnt(Description told, List<Multiaddr> addresses, Counterpart other, String agent) {
        assertThat(told.agentVersion()).isEqualTo(agent);
        assertThat(told.protocols()).contains(IdentifyProtocol.ID, IdentifyProtocol.PUSH_ID, PingProtocol.ID, ECHO);
        assertThat(told.record().isPresent()).isEqualTo(signsItsRecord());
        assertThat(addresses).contains(other.address().withoutPeer().orElseThrow());
        assertThat(told.skipped()).isZero();
    }

    private static void learnt(JsonNode known, DunlinPeer dunlin, KeyType key) {
        assertThat(known.path("keyType").asString()).isEqualToIgnoringCase(key.name());
        assertThat(known.path("publicKey").asString()).isEqualTo(dunlin.publicKey());
        assertThat(known.path("agentVersion").asString()).startsWith("dunlin/");
        assertThat(known.path("protocolVersion").asString()).isEqualTo("ipfs/0.1.0");
        assertThat(texts(known.path("protocols")))
                .contains(IdentifyProtocol.ID, IdentifyProtocol.PUSH_ID, PingProtocol.ID, ECHO);
        assertThat(known.path("hasSignedRecord").asBoolean()).isTrue();
        String address = dunlin.address().withoutPeer().orElseThrow().toString();
        assertThat(known.path("addresses").values())
                .anyMatch(entry -> entry.path("addr").asString().equals(address)
                        && entry.path("certified").asBoolean());
        assertThat(known.path("last").path("observedAddr").asString()).startsWith("/ip4/127.0.0.1/tcp/");
    }

    private static List<String> texts(JsonNode list) {
        return list.values().stream().map(JsonNode::asString).toList();
    }

    @ParameterizedTest
    @EnumSource
    @Cell("identify push, both ways")
    void pushesAndIsPushedTo(Dialer dialer) {
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, other);
            dunlin.identified(other.id());
            other.identify(dunlin.id());

            other.ask("handle", Map.of("protocol", "/dunlin/new/1.0.0"));
            dunlin.await(
                    "the protocol that the other pushed is known",
                    state -> speaks(state.root().peer(), other.id(), "/dunlin/new/1.0.0"));
            other.ask("unhandle", Map.of("protocol", "/dunlin/new/1.0.0"));
            dunlin.await(
                    "the protocol that the other took back is forgotten",
                    state -> !speaks(state.root().peer(), other.id(), "/dunlin/new/1.0.0"));

            List<String> spoken = new ArrayList<>(
                    dunlin.node().runtime().state().root().identify().own().spoken());
            spoken.add("/dunlin/other/1.0.0");
            dunlin.node().runtime().offer(new IdentifyAction.Speak(spoken));
            JsonNode known =
                    other.ask("waitPush", Map.of("peer", dunlin.id().toString(), "present", "/dunlin/other/1.0.0"));
            assertThat(texts(known.path("protocols"))).contains(ECHO, "/dunlin/other/1.0.0");

            spoken.remove("/dunlin/other/1.0.0");
            dunlin.node().runtime().offer(new IdentifyAction.Speak(spoken));
            other.ask("waitPush", Map.of("peer", dunlin.id().toString(), "absent", "/dunlin/other/1.0.0"));
        }
    }

    static boolean speaks(PeerState peers, PeerId peer, String protocol) {
        return peers.description(peer).filter(told -> told.speaks(protocol)).isPresent();
    }

    @ParameterizedTest
    @EnumSource
    @Cell("64 MiB each way, checksums equal")
    void moves64MiBEachWay(Dialer dialer) {
        String sha256 = Payload.sha256(BULK);
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, other);

            Transfer.Done pushed = dunlin.transfer(other.id(), SINK, Transfer.sending(Payload.pattern(BULK)));
            assertThat(pushed.reason()).isEqualTo(EndReason.CLOSED);
            assertThat(pushed.sent()).isEqualTo(BULK);
            assertThat(pushed.head()).isEqualTo(sha256);

            Transfer.Done pulled =
                    dunlin.transfer(other.id(), SOURCE, Transfer.sending(Payload.u64ThenPattern(BULK, 0)));
            assertThat(pulled.reason()).isEqualTo(EndReason.CLOSED);
            assertThat(pulled.received()).isEqualTo(BULK);
            assertThat(pulled.receivedSha256()).isEqualTo(sha256);

            Map<String, Object> bulk = Map.of("peer", dunlin.id().toString(), "bytes", BULK);
            assertThat(other.ask("sink", bulk).path("match").asBoolean()).isTrue();
            Served sunk = dunlin.served(SINK);
            assertThat(sunk.received()).isEqualTo(BULK);
            assertThat(sunk.reason()).isEqualTo(EndReason.CLOSED);

            JsonNode sourced = other.ask("source", bulk);
            assertThat(sourced.path("match").asBoolean()).isTrue();
            assertThat(sourced.path("sha256").asString()).isEqualTo(sha256);
            assertThat(dunlin.served(SOURCE).reason()).isEqualTo(EndReason.CLOSED);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Cell("16 MiB both ways at once on one stream")
    void movesBothWaysOnOneStreamAtOnce(Dialer dialer) {
        long bytes = 16L << 20;
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, other);
            Transfer.Done echoed = dunlin.transfer(other.id(), ECHO, Transfer.sending(Payload.pattern(bytes)));
            assertThat(echoed.received()).isEqualTo(bytes);
            assertThat(echoed.receivedSha256()).isEqualTo(echoed.sentSha256());
            JsonNode back = other.ask("echo", Map.of("peer", dunlin.id().toString(), "streams", 1, "bytes", bytes));
            assertThat(back.path("ok").asInt()).as(back.toString()).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Cell("1,000 streams at once, each way")
    void opensAThousandStreamsAtOnce(Dialer dialer) {
        int streams = 1000;
        int bytes = 1024;
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, other);
            dunlin.identified(other.id());
            other.identify(dunlin.id());

            Executor perStream = task -> Thread.ofVirtual().start(task);
            List<CompletableFuture<StreamChannel>> opening = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                opening.add(CompletableFuture.supplyAsync(() -> dunlin.open(other.id(), ECHO), perStream));
            }
            List<StreamChannel> open = opening.stream().map(DunlinPeer::await).toList();
            assertThat(dunlin.node().net().stats().streams()).isGreaterThanOrEqualTo(streams);
            List<CompletableFuture<Transfer.Done>> echoing = open.stream()
                    .map(stream -> Transfer.sending(Payload.pattern(bytes)).on(stream))
                    .toList();
            String sha256 = Payload.sha256(bytes);
            assertThat(echoing)
                    .map(DunlinPeer::await)
                    .allMatch(done -> done.receivedSha256().equals(sha256) && done.reason() == EndReason.CLOSED);

            JsonNode back =
                    other.ask("echo", Map.of("peer", dunlin.id().toString(), "streams", streams, "bytes", bytes));
            assertThat(back.path("ok").asInt()).as(back.toString()).isEqualTo(streams);
            dunlin.await(
                    "all streams are over",
                    state -> state.root().stream().streams().isEmpty());
            dunlin.awaitTransport("no stream in the transport", stats -> stats.streams() == 0);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Cell("half-close, each way")
    void halfClosesBothWays(Dialer dialer) {
        int bytes = 1 << 20;
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, other);

            Transfer.Done answered =
                    dunlin.transfer(other.id(), HALF_CLOSE, Transfer.answering(Payload.pattern(bytes)));
            assertThat(answered.head()).isEqualTo(hex("hello"));
            assertThat(answered.reason()).isEqualTo(EndReason.CLOSED);
            JsonNode received = other.event("received", dunlin.id());
            assertThat(received.path("bytes").asLong()).isEqualTo(bytes);
            assertThat(received.path("sha256").asString()).isEqualTo(answered.sentSha256());

            JsonNode asked = other.ask("halfClose", Map.of("peer", dunlin.id().toString(), "bytes", bytes));
            assertThat(asked.path("greeting").asString()).isEqualTo("hello");
            Served served = dunlin.served(HALF_CLOSE);
            assertThat(served.received()).isEqualTo(bytes);
            assertThat(served.sha256()).isEqualTo(asked.path("sha256").asString());
            assertThat(served.reason()).isEqualTo(EndReason.CLOSED);
        }
    }

    private static String hex(String text) {
        return HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @EnumSource
    @Cell("reset, by either side, of streams that either has opened")
    void resetsAndIsReset(Dialer dialer) {
        int bytes = 100_000;
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, other);

            // Each of the four: who opened the stream, and who resets it.
            Transfer.Done ours =
                    dunlin.transfer(other.id(), ECHO, Transfer.resettingAt(bytes, Payload.pattern(MORE_THAN_WINDOWS)));
            assertThat(ours.reason()).isEqualTo(EndReason.LOCAL_RESET);
            assertThat(other.event("stream-reset", dunlin.id()).path("protocol").asString())
                    .isEqualTo(ECHO);

            Transfer.Done theirs = dunlin.transfer(
                    other.id(), RESET, Transfer.sending(Payload.u64ThenPattern(bytes, MORE_THAN_WINDOWS)));
            assertThat(theirs.reason()).isEqualTo(EndReason.REMOTE_RESET);
            assertThat(theirs.sent()).isGreaterThanOrEqualTo(bytes);

            other.ask("reset", Map.of("peer", dunlin.id().toString(), "bytes", bytes));
            Served byOpener = dunlin.served(ECHO);
            assertThat(byOpener.reason()).isEqualTo(EndReason.REMOTE_RESET);
            assertThat(byOpener.received()).isEqualTo(bytes);

            JsonNode awaited =
                    other.ask("awaitReset", Map.of("peer", dunlin.id().toString(), "bytes", bytes));
            assertThat(awaited.path("reset").asBoolean()).isTrue();
            assertThat(dunlin.served(RESET).reason()).isEqualTo(EndReason.LOCAL_RESET);

            // The connection is none the worse.
            assertThat(other.ping(dunlin.id(), 1)).isOne();
            dunlin.await(
                    "all streams are over",
                    state -> state.root().stream().streams().isEmpty());
        }
    }

    @Test
    @Cell("a reset before anybody reads")
    void aReaderOfAStreamThatIsOverIsToldSo() {
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(Dialer.DUNLIN, dunlin, other);
            StreamChannel stream = dunlin.open(other.id(), RESET);
            stream.execute(() -> stream.write(Unpooled.buffer().writeLong(0)));
            dunlin.await(
                    "the stream is reset",
                    state -> !state.root().stream().streams().has(stream.handle()));
            Transfer.Done late =
                    DunlinPeer.await(Transfer.sending(Payload.pattern(1)).on(stream));
            assertThat(late.reason()).isEqualTo(EndReason.REMOTE_RESET);
            assertThat(late.sent()).isZero();
        }
    }

    @Test
    @Cell("an unknown protocol and a wrong id are refused")
    void refusesAnUnknownProtocolAndAWrongId() {
        String unknown = "/dunlin/unknown/1.0.0";
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true);
                DunlinPeer third = DunlinPeer.start(KeyType.ED25519, true)) {
            Multiaddr wrong = other.address().withoutPeer().orElseThrow().withPeer(third.id());
            assertThatThrownBy(() -> dunlin.connect(wrong))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining(other.id().toString());
            Multiaddr wrongBack = dunlin.address().withoutPeer().orElseThrow().withPeer(third.id());
            assertThatThrownBy(() -> other.dial(wrongBack)).isInstanceOf(Counterpart.Failed.class);
            dunlin.assertClean();

            connect(Dialer.DUNLIN, dunlin, other);
            assertThatThrownBy(() -> dunlin.open(other.id(), unknown)).isInstanceOf(CommandFailure.class);
            JsonNode refused = other.ask("echo", Map.of("peer", dunlin.id().toString(), "protocol", unknown));
            assertThat(refused.path("failed").asInt()).isOne();
            assertThat(other.ping(dunlin.id(), 1)).isOne();
        }
    }

    /** Whatever the two come to, no dial is taken back, and what is begun on either connection goes through. */
    @Test
    @Cell("both dial at once")
    void whenBothDialAtOnceNothingFailsAndOneConnectionStays() {
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true, Map.of("connection.spareTimeout", "1000000"));
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            CompletableFuture<JsonNode> back =
                    other.asking("dial", Map.of("addr", dunlin.address().toString()));
            dunlin.connect(other.address());
            assertThat(dunlin.node()
                            .ping(other.id(), 1, Duration.ZERO, DunlinPeer.DEADLINE)
                            .lost())
                    .isZero();
            DunlinPeer.await(back);
            assertThat(other.ping(dunlin.id(), 1)).isOne();
            dunlin.await(
                    "one connection",
                    state -> state.root().connection().connections().size() == 1);
            long closed = other.count("connected", dunlin.id()) - 1;
            if (closed > 0) {
                other.events("disconnected", dunlin.id(), closed);
            }
            assertThat(other.ping(dunlin.id(), 1)).isOne();
            assertThat(dunlin.node()
                            .ping(other.id(), 1, Duration.ZERO, DunlinPeer.DEADLINE)
                            .lost())
                    .isZero();
        }
    }

    @Test
    @Cell("back-pressure: who does not read stops that stream only")
    void aPeerThatDoesNotReadStopsTheSenderOfThatStreamOnly() {
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(Dialer.DUNLIN, dunlin, other);
            Transfer stalled = Transfer.sending(Payload.pattern(MORE_THAN_WINDOWS));
            CompletableFuture<Transfer.Done> stalling = stalled.on(dunlin.open(other.id(), STALL));
            CompletableFuture<JsonNode> stalledBack = other.asking(
                    "sink", Map.of("peer", dunlin.id().toString(), "bytes", MORE_THAN_WINDOWS, "protocol", STALL));

            // Beside the two that stand still, others move.
            Transfer.Done moved = dunlin.transfer(other.id(), SINK, Transfer.sending(Payload.pattern(4 << 20)));
            assertThat(moved.head()).isEqualTo(Payload.sha256(4 << 20));
            Map<String, Object> less = Map.of("peer", dunlin.id().toString(), "bytes", 4 << 20);
            assertThat(other.ask("sink", less).path("match").asBoolean()).isTrue();
            assertThat(stalling).isNotDone();
            assertThat(stalledBack).isNotDone();
            assertThat(stalled.sent()).isLessThan(MORE_THAN_WINDOWS);

            other.ask("release", Map.of());
            assertThat(DunlinPeer.await(stalling).head()).isEqualTo(Payload.sha256(MORE_THAN_WINDOWS));
            dunlin.protocols().release();
            assertThat(DunlinPeer.await(stalledBack).path("match").asBoolean()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Cell("a kill in mid-transfer")
    void aPeerKilledMidTransferLeavesNothingBehind(Dialer dialer) {
        long endless = 8L << 30;
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, other);
            Transfer up = Transfer.sending(Payload.pattern(endless));
            Transfer down = Transfer.sending(Payload.u64ThenPattern(endless, 0));
            CompletableFuture<Transfer.Done> sending = up.on(dunlin.open(other.id(), SINK));
            CompletableFuture<Transfer.Done> receiving = down.on(dunlin.open(other.id(), SOURCE));
            other.asking("source", Map.of("peer", dunlin.id().toString(), "bytes", endless));
            // All are under way when an echo of some size has come back.
            dunlin.transfer(other.id(), ECHO, Transfer.sending(Payload.pattern(4 << 20)));
            assertThat(up.sent()).isPositive();
            assertThat(down.received()).isPositive();

            other.kill();
            assertThat(DunlinPeer.await(sending).reason()).isEqualTo(EndReason.CONNECTION_CLOSED);
            assertThat(DunlinPeer.await(receiving).reason()).isEqualTo(EndReason.CONNECTION_CLOSED);
            assertThat(dunlin.served(SOURCE).reason()).isEqualTo(EndReason.CONNECTION_CLOSED);
            dunlin.assertClean();
        }
    }

    private static boolean isGoing(ConnectionState own) {
        for (Map.Entry<Handle, Connection> each : own.connections()) {
            if (each.getValue().isOpen()) {
                return false;
            }
        }
        return true;
    }

    @ParameterizedTest
    @EnumSource
    @Cell("Dunlin goes away: what runs goes on, GoAway behind it")
    void whatRunsGoesOnWhenDunlinGoesAway(Dialer dialer) {
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, other);
            CompletableFuture<Transfer.Done> stalled =
                    Transfer.sending(Payload.pattern(MORE_THAN_WINDOWS)).on(dunlin.open(other.id(), STALL));
            dunlin.transfer(other.id(), ECHO, Transfer.sending(Payload.pattern(1 << 20)));
            dunlin.node().disconnect(other.id());
            dunlin.await(
                    "the connection takes no new streams",
                    state -> isGoing(state.root().connection()));
            other.ask("release", Map.of());
            Transfer.Done done = DunlinPeer.await(stalled);
            assertThat(done.reason()).isEqualTo(EndReason.CLOSED);
            assertThat(done.head()).isEqualTo(Payload.sha256(MORE_THAN_WINDOWS));
            disconnected(dunlin, other);
        }
    }

    @ParameterizedTest
    @EnumSource
    @Cell("a connection that is reset and made anew")
    void aBrokenConnectionIsMadeAnew(Dialer dialer) {
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, other);
            other.identify(dunlin.id());
            other.hangup(dunlin.id(), true);
            disconnected(dunlin, other);
            connect(dialer, dunlin, other);
            assertThat(other.ping(dunlin.id(), 1)).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource
    @Cell("the default limits of the other")
    void livesWithTheDefaultLimitsOfTheOther(Dialer dialer) {
        long bytes = 8 << 20;
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = start(Counterpart.Key.ED25519, true, "--default-limits")) {
            connect(dialer, dunlin, other);
            dunlin.identified(other.id());
            other.identify(dunlin.id());
            assertThat(dunlin.node()
                            .ping(other.id(), 3, Duration.ZERO, DunlinPeer.DEADLINE)
                            .lost())
                    .isZero();
            assertThat(other.ping(dunlin.id(), 3)).isEqualTo(3);
            Transfer.Done pushed = dunlin.transfer(other.id(), SINK, Transfer.sending(Payload.pattern(bytes)));
            assertThat(pushed.head()).isEqualTo(Payload.sha256(bytes));
            JsonNode back = other.ask("sink", Map.of("peer", dunlin.id().toString(), "bytes", bytes));
            assertThat(back.path("match").asBoolean()).isTrue();
        }
    }
}
