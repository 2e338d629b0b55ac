package dev.dunlin.connection.netty;

import static dev.dunlin.connection.netty.RawPeer.ACK;
import static dev.dunlin.connection.netty.RawPeer.DATA;
import static dev.dunlin.connection.netty.RawPeer.PING;
import static dev.dunlin.connection.netty.RawPeer.RST;
import static dev.dunlin.connection.netty.RawPeer.SYN;
import static dev.dunlin.connection.netty.RawPeer.WINDOW;
import static dev.dunlin.connection.netty.RawPeer.data;
import static dev.dunlin.connection.netty.RawPeer.frame;
import static dev.dunlin.connection.netty.RawPeer.message;
import static dev.dunlin.connection.netty.RawPeer.repeated;
import static dev.dunlin.connection.netty.RawPeer.upgraded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.multistream.MultistreamLimits;
import dev.dunlin.connection.noise.NoiseLimits;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamEffect;
import dev.dunlin.connection.yamux.YamuxLimits;
import dev.dunlin.connection.yamux.YamuxWrite;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Ticket;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Hostile peers on real sockets. Each test runs twice: with the limit, and with it lifted, when the harm is to be seen. What a
 * protocol core does by itself has its test beside the core.
 */
class HostileSocketTest {

    private static final Duration SOON = RawPeer.PATIENCE;

    /** How long the harm of a lifted time limit is looked at: longer than the limit. */
    private static final Duration A_WHILE = Duration.ofMillis(2500);

    private static final long SHORT = 1_500_000;
    private static final long LONG = 3_600_000_000L;

    private static final Limits NORMAL = Limits.DEFAULT;
    private static final String SINK = "/test/sink/1.0.0";
    private static final String SOURCE = "/test/source/1.0.0";

    private static Limits upgrade(long micros) {
        return limits(NORMAL.multistream(), NORMAL.noise(), micros, NORMAL.maxPendingInbound(), 1024);
    }

    private static Limits limits(
            MultistreamLimits multistream,
            NoiseLimits noise,
            long upgradeMicros,
            int pendingInbound,
            int pendingOpens) {
        return new Limits(
                multistream,
                noise,
                NORMAL.yamux(),
                NORMAL.resolver(),
                upgradeMicros,
                NORMAL.connectMicros(),
                pendingInbound,
                pendingInbound,
                pendingOpens,
                NORMAL.maxHeldBytes(),
                NORMAL.maxHeldBytesPerConnection());
    }

    private static Limits multistream(int maxMessageBytes, int maxRefusals, long deadlineMicros) {
        return limits(
                new MultistreamLimits(maxMessageBytes, maxRefusals, deadlineMicros), NORMAL.noise(), LONG, 128, 1024);
    }

    private static Limits yamux(UnaryOperator<YamuxLimits.Builder> change) {
        return NORMAL.withYamux(change.apply(NORMAL.yamux().toBuilder()).build());
    }

    /** Takes bytes and never asks for more. */
    private static final class Sink implements StreamReader {
        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {}

        @Override
        public void remoteClosed(StreamChannel stream) {}

        @Override
        public void ended(StreamChannel stream, EndReason reason) {}
    }

    /** Writes as much as is taken. */
    private static final class Source implements StreamReader {
        private static final int CHUNK = 16 << 10;
        final AtomicLong taken = new AtomicLong();

        Source begin(StreamChannel stream) {
            stream.execute(() -> writable(stream));
            return this;
        }

        @Override
        public void data(StreamChannel stream, ByteBuf bytes) {
            stream.consumed(bytes.readableBytes());
        }

        @Override
        public void writable(StreamChannel stream) {
            boolean whole = true;
            while (whole && taken.get() < 64 << 20) {
                ByteBuf chunk = Unpooled.wrappedBuffer(new byte[CHUNK]);
                whole = stream.write(chunk) == YamuxWrite.TAKEN;
                taken.addAndGet(CHUNK - chunk.readableBytes());
                chunk.release();
            }
        }

        @Override
        public void remoteClosed(StreamChannel stream) {}

        @Override
        public void ended(StreamChannel stream, EndReason reason) {}
    }

    private static Map<String, Function<StreamChannel, StreamReader>> sink() {
        return Map.of(SINK, stream -> new Sink());
    }

    private interface Attack {
        void on(RawPeer peer) throws IOException;
    }

    /** Peers that stop in each stage of the upgrade. */
    private static List<Attack> slow() {
        byte[] header = message(RawPeer.MULTISTREAM);
        byte[] first = RawPeer.firstHandshakeMessage();
        return List.of(
                peer -> {},
                peer -> peer.write(Arrays.copyOf(header, 5)),
                peer -> peer.write(header),
                peer -> peer.negotiated(),
                peer -> peer.negotiated().write(Arrays.copyOf(first, 20)),
                peer -> peer.negotiated().write(first),
                peer -> peer.negotiated().secured(false),
                peer -> peer.negotiated().secured(false).send(Arrays.copyOf(header, 5)));
    }

    private static List<RawPeer> attack(int port, List<Attack> attacks) throws IOException {
        List<RawPeer> peers = new ArrayList<>();
        for (Attack attack : attacks) {
            RawPeer peer = RawPeer.connect(port);
            peers.add(peer);
            attack.on(peer);
        }
        return peers;
    }

    private static void close(List<RawPeer> peers) throws IOException {
        for (RawPeer peer : peers) {
            peer.close();
        }
    }

    @Test
    void aPeerThatIsSlowInAnyStageOfTheUpgradeIsClosedAtItsDeadline() throws Exception {
        try (LoneTransport node = new LoneTransport(upgrade(SHORT))) {
            int port = node.listen();
            for (Attack attack : slow()) {
                RawPeer peer = RawPeer.connect(port);
                attack.on(peer);
                assertThat(peer.isClosedWithin(SOON)).isTrue();
                peer.close();
            }
            LoneTransport.await("all gone", () -> node.transport.stats().sockets() == 1);
            LoneTransport.await("none is pending", () -> node.transport.stats().pendingInbound() == 0);
            assertThat(node.transport.stats().upgradeFailures()).isEqualTo(slow().size());
        }
    }

    @Test
    void withoutTheUpgradesDeadlineSlowPeersStay() throws Exception {
        try (LoneTransport node = new LoneTransport(
                limits(new MultistreamLimits(1024, 16, LONG), new NoiseLimits(8192, 64, LONG), LONG, 128, 1024))) {
            List<RawPeer> peers = attack(node.listen(), slow());
            assertThat(peers.getFirst().isClosedWithin(A_WHILE)).isFalse();
            assertThat(node.transport.stats().pendingInbound()).isEqualTo(peers.size());
            close(peers);
        }
    }

    @Test
    void theDeadlineOfTheHandshakeIsHeldInsideThatOfTheUpgrade() throws Exception {
        List<Attack> inHandshake = List.of(peer -> peer.negotiated().write(RawPeer.firstHandshakeMessage()));
        NoiseLimits shortOne = new NoiseLimits(8192, 64, SHORT);
        try (LoneTransport node = new LoneTransport(limits(NORMAL.multistream(), shortOne, LONG, 128, 1024))) {
            List<RawPeer> peers = attack(node.listen(), inHandshake);
            assertThat(peers.getFirst().isClosedWithin(SOON)).isTrue();
            close(peers);
        }
        NoiseLimits lifted = new NoiseLimits(8192, 64, LONG);
        try (LoneTransport node = new LoneTransport(limits(NORMAL.multistream(), lifted, LONG, 128, 1024))) {
            List<RawPeer> peers = attack(node.listen(), inHandshake);
            assertThat(peers.getFirst().isClosedWithin(A_WHILE)).isFalse();
            close(peers);
        }
    }

    @Test
    void theDeadlineOfANegotiationIsHeldInsideThatOfTheUpgrade() throws Exception {
        List<Attack> negotiating = List.of(peer -> {}, peer -> peer.negotiated().secured(false));
        try (LoneTransport node = new LoneTransport(multistream(1024, 16, SHORT))) {
            List<RawPeer> peers = attack(node.listen(), negotiating);
            for (RawPeer peer : peers) {
                assertThat(peer.isClosedWithin(SOON)).isTrue();
            }
            close(peers);
        }
        try (LoneTransport node = new LoneTransport(multistream(1024, 16, LONG))) {
            List<RawPeer> peers = attack(node.listen(), negotiating);
            assertThat(peers.getFirst().isClosedWithin(A_WHILE)).isFalse();
            assertThat(node.transport.stats().pendingInbound()).isEqualTo(2);
            close(peers);
        }
    }

    @Test
    void tooManyPendingInboundAreClosedUnread() throws Exception {
        assertThat(refusedOfSix(2)).isEqualTo(4);
        assertThat(refusedOfSix(1000)).isZero();
    }

    private static long refusedOfSix(int maxPending) throws Exception {
        try (LoneTransport node =
                new LoneTransport(limits(NORMAL.multistream(), NORMAL.noise(), LONG, maxPending, 1024))) {
            int port = node.listen();
            List<RawPeer> peers = attack(port, List.of(p -> {}, p -> {}, p -> {}, p -> {}, p -> {}, p -> {}));
            LoneTransport.await("accepted", () -> node.transport.stats().accepted() == 6);
            LoneTransport.await(
                    "refused or pending",
                    () -> node.transport.stats().pendingInbound()
                                    + node.transport.stats().refusedPending()
                            == 6);
            long refused = node.transport.stats().refusedPending();
            assertThat(node.transport.stats().pendingInbound()).isEqualTo(Math.min(6, maxPending));
            close(peers);
            LoneTransport.await(
                    "places free again", () -> node.transport.stats().pendingInbound() == 0);
            try (RawPeer honest = upgraded(port)) {
                honest.pingPong(7);
            }
            return refused;
        }
    }

    @Test
    void garbageClosesTheConnectionInEveryStage() throws Exception {
        byte[] garbage = new byte[300];
        Arrays.fill(garbage, (byte) 0x5a);
        List<Attack> attacks = List.of(
                peer -> peer.write(garbage),
                peer -> peer.negotiated().write(garbage),
                peer -> peer.negotiated().thirdMessage(garbage),
                peer -> peer.negotiated().secured(false).write(garbage, repeated(400, garbage)),
                peer -> peer.negotiated().secured(false).send(garbage),
                peer -> peer.negotiated().secured(true).write(garbage, repeated(400, garbage)),
                peer -> peer.negotiated().secured(true).send(garbage));
        try (LoneTransport node = new LoneTransport(upgrade(LONG))) {
            int port = node.listen();
            for (Attack attack : attacks) {
                RawPeer peer = RawPeer.connect(port);
                attack.on(peer);
                assertThat(peer.isClosedWithin(SOON)).isTrue();
                peer.close();
            }
            LoneTransport.await("all gone", () -> node.transport.stats().sockets() == 1);
        }
    }

    @Test
    void aLengthOverTheLimitIsNotWaitedFor() throws Exception {
        // 16,000 as a varint.
        Attack multistream = peer -> peer.write(new byte[] {(byte) 0x80, 0x7d});
        assertThat(closesOn(multistream(1024, 16, LONG), multistream, SOON)).isTrue();
        assertThat(closesOn(multistream(0x3fff, 16, LONG), multistream, A_WHILE))
                .isFalse();

        Attack noise = peer -> peer.negotiated().thirdMessage(new byte[] {(byte) 0xea, 0x60});
        assertThat(closesOn(noise(8192), noise, SOON)).isTrue();
        assertThat(closesOn(noise(65535), noise, A_WHILE)).isFalse();
    }

    private static Limits noise(int maxPayload) {
        return limits(NORMAL.multistream(), new NoiseLimits(maxPayload, 64, LONG), LONG, 128, 1024);
    }

    private static boolean closesOn(Limits limits, Attack attack, Duration within) throws Exception {
        try (LoneTransport node = new LoneTransport(limits, sink());
                RawPeer peer = RawPeer.connect(node.listen())) {
            attack.on(peer);
            return peer.isClosedWithin(within);
        }
    }

    @Test
    void unknownProposalsAreRefusedOnlySoOften() throws Exception {
        Attack flood = peer -> peer.write(message(RawPeer.MULTISTREAM), repeated(200, message("/none/1.0.0")));
        assertThat(closesOn(multistream(1024, 16, LONG), flood, SOON)).isTrue();
        assertThat(closesOn(multistream(1024, Integer.MAX_VALUE, LONG), flood, A_WHILE))
                .isFalse();

        assertThat(streamEnds(multistream(1024, 16, LONG), repeated(200, message("/none/1.0.0"))))
                .isTrue();
        assertThat(streamEnds(multistream(1024, Integer.MAX_VALUE, LONG), repeated(200, message("/none/1.0.0"))))
                .isFalse();
    }

    /** Whether the node resets a stream before it answers a ping that was sent behind these bytes. */
    private static boolean streamEnds(Limits limits, byte[] saying) throws Exception {
        try (LoneTransport node = new LoneTransport(limits, sink());
                RawPeer peer = upgraded(node.listen())) {
            peer.send(data(SYN, 1, message(RawPeer.MULTISTREAM)), data(0, 1, saying));
            return resetBeforePong(peer) > 0;
        }
    }

    private static int resetBeforePong(RawPeer peer) throws IOException {
        peer.send(frame(PING, SYN, 0, 4711));
        int resets = 0;
        for (RawPeer.Frame seen = peer.read(); ; seen = peer.read()) {
            if (seen.has(RST)) {
                resets++;
            }
            if (seen.type() == PING && seen.has(ACK)) {
                return resets;
            }
        }
    }

    @Test
    void aStreamThatNeverAgreesOnAProtocolIsReset() throws Exception {
        try (LoneTransport node = new LoneTransport(multistream(1024, 16, SHORT));
                RawPeer peer = upgraded(node.listen())) {
            peer.send(frame(WINDOW, SYN, 1, 0));
            RawPeer.Frame seen = peer.read();
            while (!(seen.has(RST) && seen.id() == 1)) {
                seen = peer.read();
            }
            assertThat(node.transport.stats().streamFailures()).isEqualTo(1);
        }
        try (LoneTransport node = new LoneTransport(multistream(1024, 16, LONG));
                RawPeer peer = upgraded(node.listen())) {
            peer.send(frame(WINDOW, SYN, 1, 0));
            assertThat(peer.isClosedWithin(A_WHILE)).isFalse();
            assertThat(node.transport.stats().streamFailures()).isZero();
        }
    }

    @Test
    void streamsOverTheCapAreReset() throws Exception {
        assertThat(resetsOfTwenty(8)).isEqualTo(12);
        assertThat(resetsOfTwenty(1000)).isZero();
    }

    private static int resetsOfTwenty(int cap) throws Exception {
        try (LoneTransport node = new LoneTransport(yamux(b -> b.maxInboundStreams(cap)));
                RawPeer peer = upgraded(node.listen())) {
            for (int i = 0; i < 20; i++) {
                peer.send(frame(WINDOW, SYN, 1 + 2 * i, 0));
            }
            return resetBeforePong(peer);
        }
    }

    @Test
    void streamsOpenedOverTheCapForEverEndTheSession() throws Exception {
        assertThat(endsSession(yamux(b -> b.maxInboundStreams(1)), tooMany(4000)))
                .isTrue();
        assertThat(endsSession(yamux(b -> b.maxInboundStreams(1).wastedOpenBurst(1 << 30)), tooMany(4000)))
                .isFalse();
    }

    private static byte[] tooMany(int streams) {
        byte[][] opens = new byte[streams][];
        for (int i = 0; i < streams; i++) {
            opens[i] = frame(WINDOW, SYN, 1 + 2 * i, 0);
        }
        return RawPeer.joined(opens);
    }

    /** Whether these bytes make the node say GoAway and close; if not, it answers a ping behind them. */
    private static boolean endsSession(Limits limits, byte[] saying) throws Exception {
        try (LoneTransport node = new LoneTransport(limits, sink());
                RawPeer peer = upgraded(node.listen())) {
            try {
                peer.send(saying);
                peer.send(frame(PING, SYN, 0, 4711));
                for (RawPeer.Frame seen = peer.read(); ; seen = peer.read()) {
                    if (seen.type() == PING && seen.has(ACK) && seen.length() == 4711) {
                        return false;
                    }
                    if (seen.type() == RawPeer.GO_AWAY) {
                        break;
                    }
                }
            } catch (IOException closed) {
                // Closed with bytes of ours unread: TCP may lose the farewell.
            }
            assertThat(peer.isClosedWithin(SOON)).isTrue();
            LoneTransport.await("gone", () -> node.transport.stats().connections() == 0);
            return true;
        }
    }

    @Test
    void aFloodOfPingsEndsTheSession() throws Exception {
        byte[] flood = repeated(500, frame(PING, SYN, 0, 1));
        assertThat(endsSession(yamux(b -> b.pingBurst(64).pingsPerSecond(1)), flood))
                .isTrue();
        assertThat(endsSession(
                        yamux(b -> b.pingBurst(1 << 30).pingsPerSecond(1 << 30).maxPendingPongs(1 << 20)), flood))
                .isFalse();
    }

    @Test
    void aFloodOfEmptyFramesEndsTheSession() throws Exception {
        byte[] flood = RawPeer.joined(frame(WINDOW, SYN, 1, 0), repeated(5000, frame(DATA, 0, 1, 0)));
        assertThat(endsSession(yamux(b -> b.emptyFrameBurst(1000).emptyFramesPerSecond(1)), flood))
                .isTrue();
        assertThat(endsSession(yamux(b -> b.emptyFrameBurst(1 << 30)), flood)).isFalse();
    }

    @Test
    void bytesOverTheWindowEndTheSession() throws Exception {
        byte[] agreed = RawPeer.joined(message(RawPeer.MULTISTREAM), message(SINK));
        byte[] flood = RawPeer.joined(data(SYN, 1, agreed), repeated(5, data(0, 1, new byte[60_000])));
        assertThat(endsSession(NORMAL, flood)).isTrue();
        assertThat(endsSession(yamux(b -> b.initialWindow(1 << 20)), flood)).isFalse();
    }

    @Test
    void whatIsNotConsumedHasABoundForAllStreamsOfAConnection() throws Exception {
        assertThat(resetsOfTenUnread(NORMAL.withHeldBytes(1 << 30, 200_000))).isEqualTo(6);
        assertThat(resetsOfTenUnread(NORMAL.withHeldBytes(200_000, 1 << 30))).isEqualTo(6);
        assertThat(resetsOfTenUnread(NORMAL)).isZero();
    }

    /** How many of ten streams are reset, each with 50,000 bytes that nobody consumes. */
    private static int resetsOfTenUnread(Limits limits) throws Exception {
        byte[] agreed = RawPeer.joined(message(RawPeer.MULTISTREAM), message(SINK));
        try (LoneTransport node = new LoneTransport(limits, sink());
                RawPeer peer = upgraded(node.listen())) {
            for (int i = 0; i < 10; i++) {
                peer.send(data(SYN, 1 + 2 * i, agreed), data(0, 1 + 2 * i, new byte[50_000]));
            }
            return resetBeforePong(peer);
        }
    }

    @Test
    void aPeerThatGivesWindowAndReadsNothingMakesTheWriterWait() throws Exception {
        long bounded = takenFromSource(64 << 10);
        assertThat(bounded).isLessThan(16 << 20);
        assertThat(takenFromSource(64 << 20)).isEqualTo(64 << 20);
    }

    /** How many bytes a server's writes are taken of, for a peer that gives window without end and reads nothing. */
    private static long takenFromSource(int writeBuffer) throws Exception {
        CompletableFuture<Source> serving = new CompletableFuture<>();
        Limits limits = yamux(b -> b.writeBufferPerStream(writeBuffer)
                        .writeBufferPerConnection(writeBuffer)
                        .maxWritesPerStream(1 << 20))
                .withHeldBytes(1L << 30, 1L << 30);
        try (LoneTransport node = new LoneTransport(limits, Map.of(SOURCE, stream -> {
                    Source source = new Source().begin(stream);
                    serving.complete(source);
                    return source;
                }));
                RawPeer peer = upgraded(node.listen())) {
            peer.send(
                    data(SYN, 1, RawPeer.joined(message(RawPeer.MULTISTREAM), message(SOURCE))),
                    frame(WINDOW, 0, 1, Integer.MAX_VALUE));
            Source source = serving.get(SOON.toSeconds(), TimeUnit.SECONDS);
            return settled(source.taken);
        }
    }

    /** The value at which a counter stays: seen unchanged for a while. */
    private static long settled(AtomicLong counter) {
        long[] last = {counter.get(), System.nanoTime()};
        LoneTransport.await("a counter at rest", () -> {
            long now = counter.get();
            if (now != last[0]) {
                last[0] = now;
                last[1] = System.nanoTime();
            }
            return now > 0 && System.nanoTime() - last[1] > A_WHILE.toNanos();
        });
        return counter.get();
    }

    @Test
    void whoProvokesAnswersAndReadsNoneIsReadNoFurther() throws Exception {
        long bounded = sentWithoutReading(64);
        assertThat(bounded).isLessThan(FLOOD);
        assertThat(sentWithoutReading(1 << 30)).isEqualTo(FLOOD);
    }

    private static final long FLOOD = 48L << 20;

    /** How many bytes of streams over the cap a peer gets rid of that reads none of the refusals. */
    private static long sentWithoutReading(int maxControlFrames) throws Exception {
        Limits limits = yamux(b -> b.maxInboundStreams(1)
                .maxControlFrames(maxControlFrames)
                .wastedOpenBurst(1 << 30)
                .emptyFrameBurst(1 << 30)
                .pingTimeout(YamuxLimits.NEVER));
        AtomicLong sent = new AtomicLong();
        try (LoneTransport node = new LoneTransport(limits);
                RawPeer peer =
                        RawPeer.connect(node.listen(), 8 << 10).negotiated().secured(true)) {
            Thread flooding = Thread.ofVirtual().start(() -> {
                try {
                    int id = 1;
                    while (sent.get() < FLOOD) {
                        byte[][] opens = new byte[4096][];
                        for (int i = 0; i < opens.length; i++) {
                            opens[i] = frame(WINDOW, SYN, id, 0);
                            id += 2;
                        }
                        byte[] bytes = RawPeer.joined(opens);
                        peer.send(bytes);
                        sent.addAndGet(Math.min(bytes.length, FLOOD - sent.get()));
                    }
                } catch (IOException closed) {
                    // The test is over.
                }
            });
            long reached = settled(sent);
            peer.kill();
            flooding.join();
            return reached;
        }
    }

    @Test
    void aSilentPeerIsClosedWhenItAnswersNoPing() throws Exception {
        try (LoneTransport node = new LoneTransport(
                        yamux(b -> b.keepaliveInterval(100_000).pingTimeout(SHORT)));
                RawPeer peer = upgraded(node.listen())) {
            assertThat(peer.isClosedWithin(SOON)).isTrue();
            assertThat(node.next(ConnectionAction.Closed.class).peer()).isNotNull();
        }
        try (LoneTransport node = new LoneTransport(
                        yamux(b -> b.keepaliveInterval(100_000).pingTimeout(YamuxLimits.NEVER)));
                RawPeer peer = upgraded(node.listen())) {
            assertThat(peer.isClosedWithin(A_WHILE)).isFalse();
        }
    }

    @Test
    void onlySoManyStreamsWaitToBeOpened() throws Exception {
        assertThat(failedOpensOfTwenty(8, 8)).isEqualTo(8);
        assertThat(failedOpensOfTwenty(1000, 0)).isZero();
    }

    /** Of twenty streams that the node opens to a peer that accepts none, how many fail at once. */
    private static long failedOpensOfTwenty(int maxPendingOpens, int awaited) throws Exception {
        Limits limits = limits(new MultistreamLimits(1024, 16, LONG), NORMAL.noise(), LONG, 128, maxPendingOpens)
                .withYamux(NORMAL.yamux().toBuilder().ackBacklog(4).build());
        try (LoneTransport node = new LoneTransport(limits);
                RawPeer peer = upgraded(node.listen())) {
            ConnectionAction.Accepted accepted = node.next(ConnectionAction.Accepted.class);
            for (int i = 0; i < 20; i++) {
                ActionId id = node.nextId();
                node.transport.open(
                        id,
                        new StreamEffect.OpenInit(
                                id.input(), Ticket.NONE, accepted.peer(), accepted.connection(), List.of(SINK), false));
            }
            List<Action> failed = new ArrayList<>();
            for (int i = 0; i < awaited; i++) {
                failed.add(node.next(StreamAction.OpenFailed.class));
            }
            // Behind the opens on the connection's event loop.
            peer.pingPong(1);
            failed.addAll(node.seen());
            return failed.stream()
                    .filter(StreamAction.OpenFailed.class::isInstance)
                    .map(StreamAction.OpenFailed.class::cast)
                    .filter(open -> open.error().kind() == ConnectionError.Kind.LIMIT)
                    .count();
        }
    }

    @Test
    void whatAFullNodeDoesNotTakeIsClosedAndCounted() throws Exception {
        try (LoneTransport node = new LoneTransport(NORMAL, sink())) {
            int port = node.listen();
            try (RawPeer early = upgraded(port)) {
                node.next(ConnectionAction.Accepted.class);
                node.offers = Port.Offer.FULL;
                early.send(data(SYN, 1, RawPeer.joined(message(RawPeer.MULTISTREAM), message(SINK))));
                RawPeer.Frame seen = early.read();
                while (!seen.has(RST)) {
                    seen = early.read();
                }
                assertThat(node.transport.stats().refusedByNode()).isEqualTo(1);
                try (RawPeer late = upgraded(port)) {
                    assertThat(late.isClosedWithin(SOON)).isTrue();
                }
                assertThat(node.transport.stats().refusedByNode()).isEqualTo(2);
                LoneTransport.await(
                        "only the first is left", () -> node.transport.stats().connections() == 1);
                assertThat(node.transport.stats().streams()).isZero();
                node.offers = Port.Offer.TAKEN;
                early.pingPong(3);
            }
            assertThat(node.next(ConnectionAction.Closed.class)).isNotNull();
            assertThat(node.seen()).noneMatch(StreamAction.class::isInstance);
        }
    }
}
