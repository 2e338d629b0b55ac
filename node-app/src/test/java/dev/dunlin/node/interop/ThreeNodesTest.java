package dev.dunlin.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Store;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.node.Extensions;
import dev.dunlin.node.NodeRoot;
import dev.dunlin.node.bootstrap.extension.BootstrapExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two Dunlin processes and one js node ping one another in all pairs, and what the Dunlins recorded can be replayed. */
class ThreeNodesTest {

    private static final Logger LOG = LoggerFactory.getLogger(ThreeNodesTest.class);

    private static final int PONGS = 5;
    private static final List<String> OFTEN = List.of("--set", "ping.interval=100ms");

    @BeforeAll
    static void jsIsThere() {
        Optional<String> missing = Implementation.JS.missing();
        Assumptions.assumeTrue(missing.isEmpty(), () -> "the test of three nodes is skipped: " + missing.orElse(""));
    }

    @Test
    void pingInAllPairsAndReplay(@TempDir Path folder) throws IOException {
        Path firstDir = Files.createDirectory(folder.resolve("first"));
        Path secondDir = Files.createDirectory(folder.resolve("second"));
        try (Counterpart js = Counterpart.start(Implementation.JS, Counterpart.Key.ED25519, true);
                DunlinProcess first = DunlinProcess.start(firstDir, OFTEN)) {
            List<String> connecting = List.of(
                    "--set",
                    "ping.interval=100ms",
                    "--connect",
                    first.address().toString(),
                    js.address().toString());
            try (DunlinProcess second = DunlinProcess.start(secondDir, connecting)) {
                js.dial(first.address());
                js.event("connected", second.id());
                Map<PeerId, Integer> byFirst = awaitPongs(first, List.of(second.id(), js.id()));
                Map<PeerId, Integer> bySecond = awaitPongs(second, List.of(first.id(), js.id()));
                assertThat(js.ping(first.id(), PONGS)).isEqualTo(PONGS);
                assertThat(js.ping(second.id(), PONGS)).isEqualTo(PONGS);
                LOG.warn("pongs received: first {}, second {}, js {} of each", byFirst, bySecond, PONGS);

                // On SIGTERM they drain, and that is no failure.
                assertThat(second.terminate()).isZero();
                js.event("disconnected", second.id());
                assertThat(first.terminate()).isZero();
                js.event("disconnected", first.id());
                replay("first", first);
                replay("second", second);
            }
        }
    }

    /** Waits until so many pongs of each peer are in the log; how many there are. */
    private static Map<PeerId, Integer> awaitPongs(DunlinProcess node, List<PeerId> peers) {
        long end = System.nanoTime() + Counterpart.DEADLINE.toNanos();
        while (System.nanoTime() < end) {
            Map<PeerId, Integer> pongs = pongs(node);
            if (peers.stream().allMatch(peer -> pongs.getOrDefault(peer, 0) >= PONGS)) {
                return pongs;
            }
            pause();
        }
        throw new AssertionError("not " + PONGS + " pongs of each of " + peers + " in time: " + pongs(node));
    }

    // Another process writes the log: nothing tells when there is more to read.
    private static void pause() {
        try {
            assertThat(new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS)).isFalse();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    private static Map<PeerId, Integer> pongs(DunlinProcess node) {
        Map<PeerId, Integer> pongs = new TreeMap<>();
        Map<Handle, PeerId> streams = new TreeMap<>();
        LogReader<NodeRoot> log =
                node.log(NodeRoot.newStore(Extensions.of(new KadExtension(), new BootstrapExtension())));
        try (LogCursor frames = log.cursor(1)) {
            for (Optional<Frame> next = frames.next(); next.isPresent(); next = frames.next()) {
                if (!(next.get() instanceof Frame.Recorded recorded)
                        || !recorded.rejected().isEmpty()) {
                    continue;
                }
                if (recorded.action() instanceof StreamAction.StreamOpened opened) {
                    streams.put(opened.stream(), opened.peer());
                } else if (recorded.action() instanceof ExchangeAction.AnswerCame answer
                        && answer.message() instanceof PingProtocol.PingPayload) {
                    pongs.merge(streams.get(answer.stream()), 1, Integer::sum);
                }
            }
        }
        return pongs;
    }

    private static void replay(String name, DunlinProcess node) {
        Replayer.Verified once = verify(node);
        Replayer.Verified again = verify(node);
        LOG.warn(
                "{} node: {} inputs led to {} actions; divergences {}; digest {}, and {} when replayed again",
                name,
                once.inputs(),
                once.actions(),
                once.divergence().isPresent() ? 1 : 0,
                once.digest(),
                again.digest());
        assertThat(once.divergence()).isEmpty();
        assertThat(once.tail()).isEmpty();
        assertThat(once.first()).isOne();
        assertThat(once.inputs()).isEqualTo(once.last());
        assertThat(once.forced()).isEqualTo(once.last());
        assertThat(again.digest()).isEqualTo(once.digest());
    }

    private static Replayer.Verified verify(DunlinProcess node) {
        Store<NodeRoot> store = NodeRoot.newStore(Extensions.of(new KadExtension(), new BootstrapExtension()));
        Replayer<NodeRoot> replayer = new Replayer<>(node.log(store), store, false);
        Replayer.Verified verified = replayer.verify(step -> {});
        assertThat(replayer.state().node().handles().isEmpty())
                .as("the node closed all of its connections before it stopped")
                .isTrue();
        replayer.close();
        return verified;
    }
}
