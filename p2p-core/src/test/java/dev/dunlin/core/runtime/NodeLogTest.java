package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The runtime and its log: what waits for the disk, what a full or broken disk does, and when snapshots are taken. */
@Timeout(60)
final class NodeLogTest extends RunningLamps {

    @Test
    void durableEffectsWaitForTheDiskAndLaterOnesOfTheirServiceBehindThem() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        CountDownLatch release = latch();
        CountDownLatch forcing = new CountDownLatch(1);
        disk.beforeForce(() -> {
            forcing.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        node.offer(on("desk", 95));
        node.offer(on("shelf", 10));
        node.offer(on("stove", 96));
        assertThat(next().effect()).isEqualTo(new LampEffect.Measure("desk"));
        assertThat(next().effect()).isEqualTo(new LampEffect.Ring("desk"));
        forcing.await();
        await(() -> node.stats().inputs() == 4);
        assertThat(done).isEmpty();
        assertThat(node.forced()).isEqualTo(1);
        long forces = disk.forces();
        release.countDown();
        List<Effect> rest = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            rest.add(next().effect());
        }
        assertThat(rest)
                .containsExactly(
                        new LampEffect.Count("desk", 1),
                        new LampEffect.Measure("shelf"),
                        new LampEffect.Ring("shelf"),
                        new LampEffect.Measure("stove"),
                        new LampEffect.Ring("stove"),
                        new LampEffect.Count("stove", 2));
        assertThat(node.forced()).isEqualTo(4);
        assertThat(disk.forces() - forces).as("one force serves all that wait").isLessThanOrEqualTo(3);
    }

    @Test
    void withoutALogDurableEffectsDoNotWait() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        node.offer(on("desk", 95));
        next();
        next();
        assertThat(next().effect()).isEqualTo(new LampEffect.Count("desk", 1));
        assertThat(node.forced()).isEqualTo(2);
    }

    @Test
    void durableEffectsAreCarriedOutBeforeTheNodeStops() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.stats().inputs() == 1);
        CountDownLatch release = hold(node);
        node.offer(on("desk", 95));
        CompletableFuture<Void> ended = node.stop();
        release.countDown();
        ended.get(30, TimeUnit.SECONDS);
        assertThat(done).extracting(Turn.Emitted::effect).contains(new LampEffect.Count("desk", 1));
    }

    @Test
    void aFailingReducerEndsTheNodeAndTheLogReplaysToTheSameFailure() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        node.offer(on("desk", 1));
        node.offer(new LampAction.Burst("bang"));
        node.offer(on("shelf", 1));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> node.ended().get(30, TimeUnit.SECONDS))
                .havingCause()
                .isInstanceOf(NodeFailure.class)
                .withMessageContaining("the node stopped at step 3.0: lamp/burst failed")
                .withMessageContaining("The input is in the log the simulated disk: replay it to step 3");
        assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.STOPPING);
        Replayer.Verified verified = verified();
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.last()).isEqualTo(3);
        assertThat(verified.forced()).isEqualTo(3);
        Store<Lamps.Root> store = Lamps.store();
        assertThat(new Replayer<>(LogReader.open(disk, store), store, false)
                        .recordedAt(3)
                        .orElseThrow()
                        .failed())
                .hasValueSatisfying(text -> assertThat(text).contains("bang"));
    }

    @Test
    void aFailedForceEndsTheNodeAndNoDurableEffectRuns() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        disk.failAfterForces(0);
        node.offer(on("desk", 95));
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> node.ended().get(30, TimeUnit.SECONDS))
                .havingCause()
                .isInstanceOf(NodeFailure.class)
                .withMessageContaining("its log the simulated disk cannot be written; it is safe up to input 1")
                .withCauseInstanceOf(LogException.class);
        assertThat(done).extracting(Turn.Emitted::effect).doesNotContain(new LampEffect.Count("desk", 1));
    }

    @Test
    void aFullDiskRefusesNewWorkAndLosesNothing() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded(OPTIONS, 2000);
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        long used = 0;
        for (String name : disk.names()) {
            used += disk.size(name);
        }
        disk.capacity(used + 100);
        int taken = 0;
        Port.Offer offer;
        while ((offer = node.offer(on("lamp" + taken, 1))) == Port.Offer.TAKEN) {
            taken++;
        }
        assertThat(offer).isIn(Port.Offer.LOG_UNWRITABLE, Port.Offer.FULL);
        await(() -> node.offer(new LampAction.Cut(new Handle("line", 1, 1))) == Port.Offer.LOG_UNWRITABLE);
        assertThat(node.stats().refusedUnwritable()).isPositive();
        disk.capacity(Long.MAX_VALUE);
        turns.stream().flatMap(turn -> turn.effects().stream()).forEach(emitted -> {
            if (emitted.effect() instanceof LampEffect.Measure measure) {
                node.answer(emitted.id(), new LampAction.Measured(measure.lamp(), 1));
            }
        });
        await(() -> node.offer(new LampAction.Nudge()) == Port.Offer.TAKEN);
        node.stop().get(30, TimeUnit.SECONDS);
        assertThat(verified().divergence()).isEmpty();
        assertThat(verified().last()).isEqualTo(node.state().input()).isGreaterThan(taken);
    }

    @Test
    void stoppingOnAFullDiskEndsAllTheSame() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        disk.capacity(10);
        node.offer(on("desk", 1));
        await(() -> node.offer(new LampAction.Nudge()) == Port.Offer.LOG_UNWRITABLE);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> node.stop().get(30, TimeUnit.SECONDS))
                .havingCause()
                .withMessageContaining("the disk is full");
    }

    @Test
    void theLogsQueueIsBoundedStallsTheStoreAndLosesNothing() throws Exception {
        NodeRuntime<Lamps.Root> node =
                recorded(new LogOptions(1 << 24, 1 << 30, 1L << 60, 1 << 30, Long.MAX_VALUE / 4, 1), 1000);
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        CountDownLatch release = latch();
        CountDownLatch forcing = new CountDownLatch(1);
        disk.beforeForce(() -> {
            forcing.countDown();
            try {
                release.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        node.offer(on("desk", 95));
        forcing.await();
        int taken = 0;
        while (node.stats().logStalls() == 0) {
            if (node.offer(new LampAction.Glow("none", 0)) == Port.Offer.TAKEN) {
                taken++;
            }
        }
        assertThat(node.stats().logQueued()).isEqualTo(LogThread.QUEUE);
        assertThat(taken).isLessThanOrEqualTo(LogThread.QUEUE + 1000 + 2);
        release.countDown();
        node.stop().get(30, TimeUnit.SECONDS);
        assertThat(verified().last()).isEqualTo(taken + 2);
    }

    @Test
    void snapshotsAreTakenAtTheBootAsTheLogGrowsByTimeAndAtAnOrderlyStop() throws Exception {
        long bytes = 20_000;
        LogOptions options = new LogOptions(1 << 20, 1 << 30, 1L << 60, bytes, 600_000_000, 1);
        NodeRuntime<Lamps.Root> node = recorded(options, 1000);
        await(() -> node.stats().snapshots() == 1);
        for (int i = 0; i < 200; i++) {
            await(() -> node.offer(new LampAction.Glow("none", 0)) == Port.Offer.TAKEN);
        }
        // A frame has some 200 bytes. The state after the next input is taken.
        await(() -> {
            settle(node);
            return node.stats().snapshots() > 1;
        });
        // Nothing more is in work that growth has asked for.
        settle(node);
        long grown = node.stats().snapshots();
        clock.run(600_000_001);
        await(() -> {
            settle(node);
            return node.stats().snapshots() > grown;
        });
        node.stop().get(30, TimeUnit.SECONDS);
        List<Long> snapshots = LogReader.open(disk, Lamps.store()).snapshots();
        assertThat(snapshots).startsWith(1L).endsWith(node.state().input()).hasSizeBetween(3, 8);
    }

    /** Seen to fail without {@code ending} in {@code waitForSpace}: the store's thread waits for a disk that is never forced. */
    @Test
    void stoppingOnAFullDiskEndsThoughADurableEffectWaits() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        await(() -> node.forced() == 1 && node.stats().snapshots() == 1);
        disk.capacity(10);
        node.offer(on("desk", 95));
        await(() -> node.offer(new LampAction.Nudge()) == Port.Offer.LOG_UNWRITABLE);
        assertThatExceptionOfType(ExecutionException.class)
                .isThrownBy(() -> node.stop().get(20, TimeUnit.SECONDS))
                .havingCause()
                .isInstanceOf(NodeFailure.class)
                .withMessageContaining("the disk is full");
        assertThat(done).extracting(Turn.Emitted::effect).doesNotContain(new LampEffect.Count("desk", 1));
    }

    @Test
    void aLogThatWasOpenedWithAnotherStoreIsRefused() throws Exception {
        recorded().stop().get(30, TimeUnit.SECONDS);
        ActionLog.Opened opened = ActionLog.open(disk, Lamps.store(), LogOptions.DEFAULT, "test");
        assertThatThrownBy(() -> builder(Lamps.store())
                        .log(opened.writer(), LogOptions.DEFAULT)
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("open the log with the store that the node runs on");
        opened.writer().close();
    }
}
