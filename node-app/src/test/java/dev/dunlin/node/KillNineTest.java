package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.NodeAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A busy node, killed with SIGKILL at random moments; {@code -Ddunlin.kills=200} for how often. */
class KillNineTest {

    private static final int KILLS = Integer.getInteger("dunlin.kills", 5);
    private static final long SEED = Long.getLong("dunlin.seed", 9);
    private static final int MOST_MILLIS = 1500;

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    private Path dataDir() {
        return folder.resolve("node");
    }

    private NodeProcess start(int index) throws IOException {
        Path output = Files.createDirectories(folder.resolve("output"));
        return NodeProcess.start(
                output, "start-" + index, List.of(), NodeProcess.run(dataDir(), "--set", "ping.interval=100ms"));
    }

    private Replayer.Verified verified(long bootAt, long run) throws IOException {
        try (DirectoryStorage storage = DirectoryStorage.readOnly(DataDirectory.log(dataDir()))) {
            Replayer<NodeRoot> replayer = new Replayer<>(
                    LogReader.open(storage, new Machines().newStore()), new Machines().newStore(), false);
            Replayer.Verified verified = replayer.verify(step -> {});
            assertThat(verified.divergence()).isEmpty();
            assertThat(verified.inputs()).isEqualTo(verified.last() - verified.first() + 1);
            assertThat(verified.last()).isGreaterThanOrEqualTo(verified.forced());
            // The run's boot stands right behind the last whole frame of the run that was killed.
            assertThat(replayer.recordedAt(bootAt).orElseThrow().action())
                    .isInstanceOfSatisfying(
                            NodeAction.Booted.class,
                            boot -> assertThat(boot.run()).isEqualTo(run));
            replayer.close();
            return verified;
        }
    }

    @Test
    void everyLogOpensVerifiesAndIsContinued() throws Exception {
        Random random = new Random(SEED);
        long last = 0;
        long torn = 0;
        long rounds = 0;
        for (int kill = 1; kill <= KILLS; kill++) {
            try (NodeProcess node = start(kill)) {
                try (Traffic traffic = Traffic.of(3, Multiaddr.parse(node.address()))) {
                    NodeProcess.eventually(
                            "a round", () -> traffic.rounds() > 0 ? Optional.of(true) : Optional.empty());
                    new CompletableFuture<Boolean>()
                            .completeOnTimeout(true, random.nextInt(MOST_MILLIS), TimeUnit.MILLISECONDS)
                            .join();
                    node.kill();
                    rounds += traffic.rounds();
                }
            }
            Replayer.Verified verified = verified(last + 1, kill);
            assertThat(verified.last()).isGreaterThan(last);
            last = verified.last();
            torn += verified.tail().isPresent() ? 1 : 0;
            Bar.LOG.info(
                    "kill {} of {}: {} inputs verified, forced up to {}, {} rounds of traffic, {} torn tails",
                    kill,
                    KILLS,
                    last,
                    verified.forced(),
                    rounds,
                    torn);
        }
        try (NodeProcess node = start(KILLS + 1)) {
            assertThat(node.address()).contains("/p2p/");
            // It closed in order.
            assertThat(node.stop()).isZero();
        }
        Replayer.Verified whole = verified(last + 1, KILLS + 1L);
        assertThat(whole.tail()).isEmpty();
        assertThat(whole.forced()).isEqualTo(whole.last());
        Bar.LOG.info(
                "{} kills, seed {}: 0 divergences, 0 inputs lost, {} inputs in the ring", KILLS, SEED, whole.inputs());
    }
}
