package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class LogTest {

    private static Lamps.LampAction switchOn(String lamp, int brightness) {
        return new Lamps.LampAction.SwitchOn(lamp, brightness, new Ticket("api", 1));
    }

    private static Replayer.Verified verified(LogStorage disk) {
        return verified(disk, Lamps.store());
    }

    private static Replayer.Verified verified(LogStorage disk, Store<Lamps.Root> store) {
        return new Replayer<>(LogReader.open(disk, store), store, false).verify(step -> {});
    }

    private static Digest digest(StoreState<Lamps.Root> state) {
        return Content.digest(state);
    }

    private static List<Frame> frames(LogStorage disk) {
        List<Frame> frames = new ArrayList<>();
        try (LogCursor cursor = LogReader.open(disk, Lamps.store()).cursor(1)) {
            for (Optional<Frame> next = cursor.next(); next.isPresent(); next = cursor.next()) {
                frames.add(next.get());
            }
        }
        return frames;
    }

    private static List<String> segments(SimDisk disk) {
        return disk.names().stream().filter(name -> name.startsWith("log-")).toList();
    }

    private static String last(List<String> names) {
        return names.getLast();
    }

    @Test
    void theLinesAreTheContract() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1);
        recorder.take(Input.of(switchOn("desk", 95)));
        recorder.take(Input.of(switchOn("desk", 20)));
        recorder.take(Input.of(new Lamps.LampAction.Wired(new Handle("line", 1, 9), "desk")));
        recorder.take(new Input(new Lamps.LampAction.Measured("desk", 5), new ActionId(2, 3)));
        recorder.take(Input.of(new NodeAction.ClockStepped(1_700_000_003_600_000L, 3_600_000)));
        recorder.take(Input.of(new NodeAction.Tick()));
        recorder.fail(Input.of(new Lamps.LampAction.Burst("bang")));
        recorder.writer.close();
        List<String> lines = new String(disk.content("log-000000000000001.jsonl"), StandardCharsets.UTF_8)
                .lines()
                .toList();
        assertThat(lines).hasSize(10);
        assertThat(lines.get(0))
                .startsWith(
                        "{\"type\":\"@log/header\",\"payload\":{\"format\":2,\"build\":\"test\",\"first\":1,\"forced\":0,"
                                + "\"wallOffset\":0,\"schema\":{\"!lamp/count\":{\"lamp\":\"string\",\"count\":\"long\"},")
                .matches(".*}},\"crc\":\"[0-9a-f]{8}\"}");
        assertThat(lines.subList(1, 10)).isEqualTo(GOLDEN.lines().toList());
    }

    // A change here is a change of the format: docs/log-format.md, the corpus and Frame.FORMAT change with it.
    private static final String GOLDEN = """
            {"type":"node/booted","payload":{"run":1,"build":"test","config":{"name":"lamps"},\
            "wallTime":1700000000000000,"seed":7},"meta":{"input":1,"at":1700000000000000,"size":1,\
            "changed":{"node":"f958a8020a3ad330b038f397d277f53d"}},"crc":"b3eb5dcb"}
            {"type":"lamp/switchOn","payload":{"lamp":"desk","brightness":95,"ticket":"api#1"},\
            "meta":{"input":2,"at":1700000000000000,"size":7,"derived":"ace5323df1263b1968d073f3f3040138",\
            "changed":{"lamp":"5e54b10bc0b8162bba48544e2712dc12"},"durable":true},"crc":"989ad01b"}
            {"type":"lamp/switchOn","payload":{"lamp":"desk","brightness":20,"ticket":"api#1"},\
            "meta":{"input":3,"at":1700000000000000,"rejected":[{"index":0,"type":"lamp/switchOn",\
            "subject":"lamp","key":"desk","clause":"lamp-is-dark","operands":{"lamp":"desk"}}],"size":2,\
            "derived":"bbe4d3fd23a0bc2d47e5eee27582f3fd"},"crc":"e3d38447"}
            {"type":"lamp/wired","payload":{"line":"line:1:9","lamp":"desk"},"meta":{"input":4,\
            "at":1700000000000000,"size":1,"changed":{"node":"72b58d84795bf98656621490b4dada0a",\
            "lamp":"e354d6d4c479296de15bff8c0afc0258"}},"crc":"f5d99cc4"}
            {"type":"lamp/measured","payload":{"lamp":"desk","watts":5},"meta":{"input":5,\
            "at":1700000000000000,"answers":"2.3","size":1,\
            "changed":{"lamp":"338555a7d94010e42c80df25202f40b0"}},"crc":"4996cffe"}
            {"type":"node/clockStepped","payload":{"wallTime":1700000003600000,"by":3600000},\
            "meta":{"input":6,"at":1700000000000000,"size":1,\
            "changed":{"node":"dc03bb1def719900f6b8b4ef66f37b24"}},"crc":"27e22de8"}
            {"type":"node/tick","payload":{},"meta":{"input":7,"at":1700000000000000,"size":1},"crc":"4f9fc720"}
            {"type":"lamp/burst","payload":{"what":"bang"},"meta":{"input":8,"at":1700000000000000,"size":1,\
            "failed":"step 8.0: lamp/burst failed: java.lang.IllegalStateException: bang"},"crc":"4708afd2"}
            {"type":"@log/forced","payload":{"input":8},"crc":"6e554e75"}
            """;

    @Test
    void restartsGoOnInTheSameRingAndNeverOverwrite() throws IOException {
        SimDisk disk = new SimDisk();
        TreeMap<String, byte[]> seen = new TreeMap<>();
        long last = 0;
        Digest digest = Digest.ZERO;
        for (int run = 1; run <= 5; run++) {
            Recorder recorder = Recorder.open(disk, run);
            assertThat(recorder.opened.lastInput()).isEqualTo(last);
            assertThat(recorder.store.state().node().run()).isEqualTo(run);
            recorder.run(150);
            if (run == 3) {
                recorder.snapshot();
            }
            recorder.writer.close();
            last = recorder.store.state().input();
            digest = digest(recorder.store.state());
            for (String name : segments(disk)) {
                byte[] content = disk.content(name);
                byte[] before = seen.put(name, content);
                assertThat(before == null || Arrays.equals(before, Arrays.copyOf(content, before.length)))
                        .as(name)
                        .isTrue();
            }
        }
        assertThat(segments(disk)).hasSizeGreaterThan(10);
        Store<Lamps.Root> store = Lamps.store();
        Replayer.Verified verified = verified(disk, store);
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.tail()).isEmpty();
        assertThat(verified.last()).isEqualTo(last).isEqualTo(5 * 151);
        assertThat(verified.forced()).isEqualTo(last);
        assertThat(digest(store.state())).isEqualTo(digest);
    }

    @Test
    void segmentsBeginWithTheirHeaderAndAreBounded() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1).run(2000);
        recorder.writer.close();
        long next = 1;
        for (String name : segments(disk)) {
            String text = new String(disk.content(name), StandardCharsets.UTF_8);
            assertThat(text)
                    .startsWith("{\"type\":\"@log/header\",\"payload\":{\"format\":2,\"build\":\"test\",\"first\":"
                            + next + ",");
            assertThat(text.length()).isLessThan((8 << 10) + 2048);
            next += text.lines()
                    .filter(line -> !line.startsWith("{\"type\":\"@log/"))
                    .count();
        }
        assertThat(next).isEqualTo(2002);
    }

    @Test
    void aTailThatWasCutShortIsKeptAsideAndReported() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1).run(10);
        recorder.writer.force();
        recorder.run(3).writer.flush();
        String name = last(segments(disk));
        byte[] whole = disk.content(name);
        byte[] torn = Arrays.copyOf(whole, whole.length - 5);
        disk.put(name, torn);
        assertThat(verified(disk).tail().orElseThrow().why()).isEqualTo("the last line is cut short");

        Recorder again = Recorder.open(disk, 2);
        assertThat(again.opened.lastInput()).isEqualTo(13);
        assertThat(again.opened.notes().toString()).contains("behind the last whole frame of " + name);
        long cutFrom = again.opened.tail().orElseThrow().offset();
        assertThat(disk.content("cut-000000000000014-1.bytes"))
                .isEqualTo(Arrays.copyOfRange(torn, (int) cutFrom, torn.length));
        assertThat(disk.content(name)).isEqualTo(Arrays.copyOf(torn, (int) cutFrom));
        again.run(5).writer.close();
        assertThat(verified(disk).last()).isEqualTo(13 + 6);
    }

    @Test
    void aBrokenHeaderOfTheLastSegmentIsATailToo() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder.open(disk, 1).run(10).writer.close();
        Recorder.open(disk, 2).writer.flush();
        String name = last(segments(disk));
        disk.put(name, new byte[3000]);
        Recorder again = Recorder.open(disk, 3);
        assertThat(again.opened.lastInput()).isEqualTo(11);
        assertThat(disk.content("cut-000000000000012-1.bytes")).hasSize(3000);
        again.writer.close();
        assertThat(verified(disk).last()).isEqualTo(12);
    }

    @Test
    void anEmptyLastSegmentIsWrittenAnew() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder.open(disk, 1).run(10).writer.close();
        disk.put("log-000000000000012.jsonl", new byte[0]);
        Recorder.open(disk, 2).writer.close();
        assertThat(verified(disk).last()).isEqualTo(12);
    }

    @Test
    void damageBeforeAForceMarkOrInAClosedSegmentIsAnErrorThatSaysWhere() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(
                disk, Lamps.store(), new LogOptions(1 << 20, 1 << 20, 1L << 60, 1000, Long.MAX_VALUE / 4, 1), 1);
        recorder.run(10).writer.force();
        recorder.run(3).writer.close();
        String name = last(segments(disk));
        byte[] whole = disk.content(name);
        int marked = new String(whole, StandardCharsets.UTF_8).indexOf("\"input\":5,");
        byte[] bad = whole.clone();
        bad[marked] ^= 1;
        disk.put(name, bad);
        assertThatExceptionOfType(LogException.Damaged.class)
                .isThrownBy(() -> verified(disk))
                .withMessageStartingWith("the log is damaged in " + name + " at byte ")
                .withMessageContaining("the checksum does not hold, and a later force mark covers it")
                .satisfies(damaged -> assertThat(damaged.offset()).isBetween(1L, (long) marked));
        assertThatExceptionOfType(LogException.Damaged.class).isThrownBy(() -> Recorder.open(disk, 2));
        assertThat(disk.content(name)).as("nothing was cut").isEqualTo(bad);

        disk.put(name, whole);
        Recorder.open(disk, 2).writer.close();
        disk.put(name, bad);
        assertThatExceptionOfType(LogException.Damaged.class)
                .isThrownBy(() -> verified(disk))
                .withMessageContaining("in a closed segment");
    }

    @Test
    void aMissingSegmentIsAnErrorThatSaysWhich() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder.open(disk, 1).run(500).writer.close();
        List<String> names = segments(disk);
        SimDisk without = disk.copy();
        without.delete(names.get(2));
        assertThatExceptionOfType(LogException.Damaged.class)
                .isThrownBy(() -> verified(without))
                .withMessageContaining(" are missing");
        SimDisk snapped = new SimDisk();
        Recorder recorder = Recorder.open(snapped, 1).run(500).snapshot();
        recorder.writer.close();
        snapped.delete(last(segments(snapped)));
        assertThatExceptionOfType(LogException.Damaged.class)
                .isThrownBy(() -> Recorder.open(snapped, 2))
                .withMessageContaining(" to 501 are missing before this snapshot");
        segments(snapped).forEach(snapped::delete);
        assertThatExceptionOfType(LogException.Damaged.class)
                .isThrownBy(() -> Recorder.open(snapped, 2))
                .withMessageContaining("there are snapshots and no segment");
    }

    @Test
    void anyFlippedByteIsFoundOrDoesNoHarm() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(
                disk, Lamps.store(), new LogOptions(4 << 10, 1 << 20, 1L << 60, 1000, Long.MAX_VALUE / 4, 1), 1);
        recorder.run(8).writer.force();
        recorder.run(2).writer.keepHouse(0);
        recorder.run(2).snapshot().run(2).writer.flush();
        Store<Lamps.Root> straight = Lamps.store();
        TreeMap<Long, Digest> digests = new TreeMap<>();
        Replayer<Lamps.Root> replayer = new Replayer<>(LogReader.open(disk, straight), straight, false);
        replayer.seek(0);
        do {
            digests.put(replayer.step(), digest(straight.state()));
        } while (replayer.forward());
        int damaged = 0;
        int cut = 0;
        int harmless = 0;
        for (String name : disk.names()) {
            byte[] whole = disk.content(name);
            for (int i = 0; i < whole.length; i++) {
                byte[] flipped = whole.clone();
                flipped[i] ^= (byte) (1 << (i % 8));
                SimDisk bad = disk.copy();
                bad.put(name, flipped);
                try {
                    Store<Lamps.Root> store = Lamps.store();
                    Replayer.Verified verified =
                            new Replayer<>(LogReader.open(bad, store), store, false).verify(step -> {});
                    assertThat(verified.divergence()).isEmpty();
                    assertThat(digest(store.state())).as("%s %d", name, i).isEqualTo(digests.get(verified.last()));
                    if (verified.tail().isPresent()) {
                        cut++;
                    } else {
                        assertThat(verified.last()).isEqualTo(digests.lastKey());
                        harmless++;
                    }
                    if (i % 10 != 0) {
                        continue;
                    }
                    Store<Lamps.Root> recovered = Lamps.store();
                    ActionLog.Opened opened = ActionLog.open(bad, recovered, Recorder.SMALL, "test");
                    assertThat(digest(recovered.state()))
                            .as("%s %d", name, i)
                            .isEqualTo(digests.get(opened.lastInput()));
                } catch (LogException e) {
                    damaged++;
                }
            }
        }
        assertThat(damaged).isGreaterThan(1000);
        assertThat(cut).isPositive();
        assertThat(harmless).as("of the snapshot and of what can be made again").isPositive();
    }

    @Test
    void everyStepOfCompressionMayBeTheLast() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1).run(150);
        recorder.writer.force();
        List<String> before = segments(disk);
        int crashes = 0;
        for (int crashAt = 0; ; crashAt++) {
            for (int seed = 0; seed < 4; seed++) {
                SimDisk trial = disk.copy();
                Store<Lamps.Root> store = Lamps.store();
                LogWriter writer =
                        ActionLog.open(trial, store, Recorder.SMALL, "test").writer();
                int[] left = {crashAt};
                trial.beforeStep(() -> {
                    if (left[0]-- == 0) {
                        throw new Crash();
                    }
                });
                boolean crashed = false;
                try {
                    writer.keepHouse(0);
                } catch (Crash e) {
                    crashed = true;
                    crashes++;
                }
                trial.beforeStep(() -> {});
                if (seed == 0) {
                    trial.kill();
                } else {
                    trial.powerLoss(new Random(seed));
                }
                Recorder again = Recorder.open(trial, 2);
                assertThat(again.opened.lastInput()).isEqualTo(151);
                again.run(5).writer.close();
                assertThat(verified(trial).last()).isEqualTo(157);
                assertThat(trial.names()).noneMatch(name -> name.endsWith(".part"));
                if (!crashed && seed == 3) {
                    assertThat(segments(trial))
                            .filteredOn(name -> name.endsWith(".zst"))
                            .hasSizeGreaterThan(before.size() - 3);
                    assertThat(crashes).isGreaterThan(4 * 4 * (before.size() - 2));
                    return;
                }
            }
        }
    }

    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @Test
    void aCompressedSegmentIsStillFoundByWhoHasListedItBefore() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1).run(400);
        recorder.writer.force();
        Store<Lamps.Root> store = Lamps.store();
        LogReader<Lamps.Root> reader = LogReader.open(disk, store);
        recorder.writer.keepHouse(0);
        assertThat(new Replayer<>(reader, store, false).verify(step -> {}).last())
                .isEqualTo(401);
    }

    @Test
    void theRingIsBoundedAndKeepsTheLastGoodSnapshotAndWhatFollowsIt() throws IOException {
        SimDisk disk = new SimDisk();
        LogOptions options = new LogOptions(8 << 10, 60 << 10, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);
        Recorder recorder = Recorder.open(disk, Lamps.store(), options, 1);
        for (int round = 0; round < 30; round++) {
            recorder.run(100).snapshot().writer.keepHouse(0);
            assertThat(total(disk)).isLessThan(60L << 10);
            Replayer.Verified verified = verified(disk);
            assertThat(verified.divergence()).isEmpty();
            assertThat(verified.last()).isEqualTo(recorder.store.state().input());
        }
        assertThat(segments(disk).getFirst()).isNotEqualTo("log-000000000000001.jsonl.zst");

        long kept = recorder.store.state().input();
        for (int round = 0; round < 20; round++) {
            recorder.run(100).writer.force();
            recorder.writer.keepHouse(0);
        }
        assertThat(disk.names()).as("without a newer snapshot").contains("snap-%015d.jsonl.zst".formatted(kept));
        assertThat(total(disk)).isGreaterThan(60L << 10);
        assertThat(verified(disk).last()).isEqualTo(recorder.store.state().input());

        recorder.snapshot();
        String newest = disk.names().getLast();
        disk.put(newest, new byte[100]);
        recorder.writer.keepHouse(0);
        assertThat(disk.names()).as("the newest snapshot is no good").contains("snap-%015d.jsonl.zst".formatted(kept));
        assertThat(verified(disk).last()).isEqualTo(recorder.store.state().input());
    }

    private static long total(SimDisk disk) throws IOException {
        long total = 0;
        for (String name : disk.names()) {
            total += disk.size(name);
        }
        return total;
    }

    @Test
    void theRingForgetsByAge() throws IOException {
        SimDisk disk = new SimDisk();
        long age = 60_000_000;
        LogOptions options = new LogOptions(8 << 10, 64 << 20, age, 100, Long.MAX_VALUE / 4, 1);
        Recorder recorder = Recorder.open(disk, Lamps.store(), options, 1).run(3000);
        recorder.snapshot();
        long now = recorder.store.state().now();
        assertThat(recorder.writer.keepHouse(now)).isPositive();
        Frame.Recorded first = frames(disk).stream()
                .filter(Frame.Recorded.class::isInstance)
                .map(Frame.Recorded.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(now - first.at()).isBetween(age - 30_000_000, age + 30_000_000);
        assertThat(recorder.writer.keepHouse(now)).isZero();
        assertThat(recorder.writer.keepHouse(now + 10 * age)).isPositive();
        assertThat(segments(disk)).as("the last segment is never dropped").hasSize(1);
        Recorder again = Recorder.open(disk, 2);
        assertThat(again.opened.lastInput()).isEqualTo(3001);
    }

    @Test
    void cutTailsAreTheFirstToGo() throws IOException {
        SimDisk disk = new SimDisk();
        LogOptions options = new LogOptions(8 << 10, 40 << 10, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);
        Recorder recorder = Recorder.open(disk, Lamps.store(), options, 1).run(50);
        recorder.snapshot();
        disk.put("cut-000000000000009-1.bytes", new byte[39 << 10]);
        recorder.writer.keepHouse(0);
        assertThat(disk.names()).noneMatch(name -> name.startsWith("cut-"));
        assertThat(segments(disk)).contains("log-000000000000001.jsonl.zst").hasSizeGreaterThan(1);
    }

    @Test
    void aDamagedSnapshotGivesWayToAnOlderOne() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder =
                Recorder.open(disk, 1).run(100).snapshot().run(100).snapshot().run(50);
        recorder.writer.close();
        Digest digest = digest(recorder.store.state());
        String newest = disk.names().getLast();
        assertThat(newest).isEqualTo("snap-000000000000201.jsonl.zst");
        byte[] whole = disk.content(newest);
        for (byte[] bad : List.of(
                new byte[0],
                new byte[300],
                Arrays.copyOf(whole, whole.length / 2),
                Arrays.copyOf(whole, whole.length - 1))) {
            SimDisk trial = disk.copy();
            trial.put(newest, bad);
            Store<Lamps.Root> store = Lamps.store();
            LogReader<Lamps.Root> reader = LogReader.open(trial, store);
            assertThat(reader.stateBefore(1000).input()).isEqualTo(101);
            assertThat(reader.snapshotAt(201)).isEmpty();
            ActionLog.open(trial, store, Recorder.SMALL, "test");
            assertThat(digest(store.state())).isEqualTo(digest);
        }
    }

    @Test
    void snapshotsOfBigTablesComeInChunksAndComeBack() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1);
        for (int i = 0; i < 2500; i++) {
            recorder.take(Input.of(new Lamps.LampAction.Wired(new Handle("line", 1, i), "lamp")));
        }
        recorder.snapshot();
        LogReader<Lamps.Root> reader = LogReader.open(disk, Lamps.store());
        assertThat(digest(reader.snapshotAt(2501).orElseThrow())).isEqualTo(digest(recorder.store.state()));
    }

    @Test
    void aFullDiskLosesNothingAndIsWrittenAgainWhenThereIsSpace() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(
                disk, Lamps.store(), new LogOptions(16 << 10, 1 << 20, 1L << 60, 1000, Long.MAX_VALUE / 4, 1), 1);
        recorder.run(20).writer.force();
        disk.capacity(total(disk) + 700);
        recorder.run(10);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> recorder.writer.flush())
                .satisfies(why -> assertThat(recorder.writer.isPassing(why)).isTrue());
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> recorder.writer.force());
        assertThat(recorder.writer.forced()).isEqualTo(21);
        assertThat(verified(disk).last()).isEqualTo(21);
        assertThat(verified(disk).tail())
                .as("the part that was written was taken back")
                .isEmpty();
        disk.capacity(1 << 20);
        recorder.run(10);
        assertThat(recorder.writer.force()).isEqualTo(41);
        recorder.run(200).writer.close();
        assertThat(verified(disk).last()).isEqualTo(241);
    }

    @Test
    void aFullDiskAtTheBeginOfASegmentLosesNothing() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1);
        boolean[] full = {false};
        disk.beforeStep(() -> {
            if (full[0]) {
                throw new java.io.UncheckedIOException(new IOException("No space left on device"));
            }
        });
        full[0] = true;
        int failed = 0;
        for (int i = 0; i < 300; i++) {
            try {
                recorder.run(1);
            } catch (java.io.UncheckedIOException e) {
                failed++;
            }
        }
        assertThat(failed).isPositive();
        full[0] = false;
        recorder.run(100).writer.close();
        Replayer.Verified verified = verified(disk);
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.last()).isEqualTo(recorder.store.state().input());
    }

    @Test
    void afterAFailedForceNothingIsForcedAnyMore() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1).run(10);
        assertThat(recorder.writer.force()).isEqualTo(11);
        recorder.run(10);
        disk.failForces(1);
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> recorder.writer.force())
                .withMessageContaining("could not force to disk the inputs 12 to 21 of the log in the simulated disk");
        assertThatExceptionOfType(LogException.class)
                .as("though the disk says that it can again")
                .isThrownBy(() -> recorder.writer.force());
        assertThat(recorder.writer.forced()).isEqualTo(11);
        recorder.writer.close();
        assertThat(frames(disk)).filteredOn(Frame.Force.class::isInstance).containsExactly(new Frame.Force(11));
        assertThat(verified(disk).last()).as("what was written stands").isEqualTo(21);
    }

    @Test
    void whatAKilledProcessWroteIsForcedBeforeTheNextRunSaysSo() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1).run(10);
        recorder.writer.flush();
        disk.kill();
        Recorder again = Recorder.open(disk, 2);
        again.run(3).writer.force();
        for (int seed = 0; seed < 20; seed++) {
            disk.powerLoss(new Random(seed));
            assertThat(verified(disk).last()).isEqualTo(15);
        }
    }

    @Test
    void powerLossesAndKillsAtRandomMoments() throws IOException {
        Random random = new Random(20_251_121);
        int tails = 0;
        long inputs = 0;
        for (int crash = 0; crash < 134; crash++) {
            boolean power = crash % 2 == 0;
            SimDisk disk = new SimDisk();
            long forced = 0;
            long taken = 0;
            for (int run = 0; run < 3; run++) {
                Recorder recorder = Recorder.open(disk, Lamps.store(), Recorder.SMALL, crash * 10L + run);
                if (recorder.opened.tail().isPresent()) {
                    tails++;
                }
                assertThat(recorder.opened.lastInput()).isBetween(forced, taken);
                forced = recorder.opened.lastInput();
                int[] left = {random.nextInt(300)};
                disk.beforeStep(() -> {
                    if (left[0]-- == 0) {
                        throw new Crash();
                    }
                });
                try {
                    int steps = random.nextInt(60);
                    for (int step = 0; step < steps; step++) {
                        recorder.run(random.nextInt(20));
                        switch (random.nextInt(6)) {
                            case 0 -> forced = recorder.writer.force();
                            case 1, 2 -> recorder.writer.flush();
                            case 3 -> recorder.writer.keepHouse(0);
                            case 4 -> {
                                if (random.nextInt(4) == 0) {
                                    recorder.snapshot();
                                }
                            }
                            default -> {
                                // On it goes.
                            }
                        }
                        forced = Math.max(forced, recorder.writer.forced());
                    }
                } catch (Crash e) {
                    forced = Math.max(forced, recorder.writer.forced());
                }
                taken = recorder.store.state().input();
                disk.beforeStep(() -> {});
                if (power) {
                    disk.powerLoss(random);
                } else {
                    disk.kill();
                }
            }
            Recorder last = Recorder.open(disk, Lamps.store(), Recorder.SMALL, crash);
            assertThat(last.opened.lastInput()).isBetween(forced, taken);
            last.run(20).writer.close();
            Store<Lamps.Root> store = Lamps.store();
            Replayer.Verified verified = verified(disk, store);
            assertThat(verified.divergence()).isEmpty();
            assertThat(verified.tail()).isEmpty();
            assertThat(verified.last()).isEqualTo(last.store.state().input());
            assertThat(digest(store.state())).isEqualTo(digest(last.store.state()));
            inputs += verified.inputs();
        }
        assertThat(tails).as("torn tails were really met").isGreaterThan(20);
        org.slf4j.LoggerFactory.getLogger("figures")
                .info(
                        "201 power losses and 201 kills in 134 logs: all open, verify ({} inputs, 0 divergences), nothing "
                                + "forced is lost, {} torn tails were cut",
                        inputs,
                        tails);
    }

    @Test
    void aBuildThatReplaysADurableInputToAnotherResultRefuses() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1);
        recorder.take(Input.of(switchOn("desk", 42)));
        recorder.writer.close();
        SimDisk durable = disk.copy();
        Store<Lamps.Root> brighter = Lamps.store(Lamps.Quirk.BRIGHTER);
        ActionLog.Opened opened = ActionLog.open(disk, brighter, Recorder.SMALL, "other");
        assertThat(opened.notes())
                .containsExactly(
                        "1 inputs after the last snapshot gave another result than recorded; none of them led to a durable effect");

        Recorder counting = Recorder.open(durable, 2);
        counting.take(Input.of(switchOn("shelf", 95)));
        counting.writer.close();
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> ActionLog.open(durable, Lamps.store(Lamps.Quirk.BRIGHTER), Recorder.SMALL, "other"))
                .withMessageContaining("this build replays input 4, which led to a durable effect, to another result: "
                        + "the machine lamp changes to another state")
                .withMessageContaining("Seal the log with the build that wrote it (ActionLog.seal)");
        assertThat(ActionLog.seal(durable, Lamps.store(), Recorder.SMALL, "test"))
                .isEqualTo(4);
        Store<Lamps.Root> sealed = Lamps.store(Lamps.Quirk.BRIGHTER);
        assertThat(ActionLog.open(durable, sealed, Recorder.SMALL, "other").notes())
                .isEmpty();
        assertThat(digest(sealed.state())).isEqualTo(digest(counting.store.state()));
    }

    @Test
    void aBuildThatFailsAtARecordedInputSaysSo() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1);
        recorder.take(Input.of(switchOn("desk", 42)));
        recorder.writer.close();
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> ActionLog.open(disk, Lamps.store(Lamps.Quirk.THROWS), Recorder.SMALL, "other"))
                .withMessageContaining("this build fails at input 2 of the log")
                .withMessageContaining("42 is too bright");
    }

    @Test
    void aFailedInputIsSkippedAtRecoveryAndItsNumberStaysTaken() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1).run(5);
        recorder.fail(Input.of(new Lamps.LampAction.Burst("bang")));
        recorder.writer.close();
        Recorder again = Recorder.open(disk, 2);
        assertThat(again.opened.lastInput()).isEqualTo(7);
        assertThat(again.opened.notes().toString())
                .contains("input 7 stopped the last run: step 7.0: lamp/burst failed");
        again.run(5).writer.close();
        Replayer.Verified verified = verified(disk);
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.last()).isEqualTo(13);
    }

    @Test
    void aNewerFormatIsRefused() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder.open(disk, 1).writer.close();
        String name = segments(disk).getFirst();
        String text = new String(disk.content(name), StandardCharsets.UTF_8);
        String header = text.lines().findFirst().orElseThrow().replace("\"format\":2", "\"format\":3");
        disk.put(name, Sealed.line(header));
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> LogReader.open(disk, Lamps.store()))
                .withMessageContaining("the log has format 3 and this build reads up to 2: use a newer build");
    }

    @Test
    void aFormatOfBeforeTheFirstReleaseIsRefused() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder.open(disk, 1).writer.close();
        String name = segments(disk).getFirst();
        String text = new String(disk.content(name), StandardCharsets.UTF_8);
        disk.put(name, Sealed.line(text.lines().findFirst().orElseThrow().replace("\"format\":2", "\"format\":1")));
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> LogReader.open(disk, Lamps.store()))
                .withMessageContaining("the log has format 1")
                .withMessageContaining("start with another data folder");
    }

    @Test
    void aFrameThatIsNoneIsNamedByItsPlace() throws IOException {
        for (String bad : List.of(
                "{\"type\":\"lamp/nudge\"}",
                "{\"type\":\"lamp/gone\",\"payload\":{},\"meta\":{}}",
                "{\"type\":\"lamp/nudge\",\"payload\":{},\"meta\":{\"input\":\"x\"}}",
                "{\"type\":\"lamp/nudge\",\"payload\":{},\"meta\":{\"input\":2,\"answers\":\"x\"}}",
                "{\"type\":\"lamp/nudge\",\"payload\":{},\"meta\":{\"input\":2,\"derived\":\"x\"}}",
                "{\"type\":\"lamp/nudge\",\"payload\":{},\"meta\":{\"input\":3,\"at\":5}}",
                "[1,2]",
                "{\"type\":\"lamp/ti")) {
            SimDisk disk = new SimDisk();
            Recorder.open(disk, 1).writer.close();
            String name = segments(disk).getFirst();
            LogStorage.Appender file = disk.append(name);
            byte[] line = Sealed.line(bad + (bad.endsWith("}") ? "" : "}"));
            file.write(line, 0, line.length);
            assertThatExceptionOfType(LogException.class)
                    .as(bad)
                    .isThrownBy(() -> verified(disk))
                    .withMessageContaining(name + " at byte ");
        }
    }

    /** Lines with a good checksum and other faults. */
    private static final class Sealed {
        static byte[] line(String json) {
            String body = json.contains(",\"crc\":")
                    ? json.substring(0, json.indexOf(",\"crc\":"))
                    : json.substring(0, json.length() - 1);
            java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
            crc.update(body.getBytes(StandardCharsets.UTF_8));
            return (body + ",\"crc\":\"%08x\"}\n".formatted(crc.getValue())).getBytes(StandardCharsets.UTF_8);
        }
    }

    @Test
    void aFrameThatCouldNotBeReadBackIsRefusedAndLeavesNothingBehind() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1).run(3);
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> recorder.take(Input.of(new Lamps.LampAction.SwitchOff("x".repeat(64 << 20)))))
                .withMessageContaining("an input and its rejections have at most 67108864 bytes");
        recorder.writer.close();
        assertThat(verified(disk).last()).isEqualTo(4);
        assertThat(verified(disk).tail()).isEmpty();
    }

    @Test
    void optionsHaveRanges() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogOptions(1023, 1 << 20, 1, 1, Long.MAX_VALUE / 4, 1));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new LogOptions(1 << 20, (1 << 20) - 1, 1, 1, Long.MAX_VALUE / 4, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new LogOptions(1024, 1024, 0, 1, Long.MAX_VALUE / 4, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new LogOptions(1024, 1024, 1, 0, Long.MAX_VALUE / 4, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new LogOptions(1024, 1024, 1, 1, Long.MAX_VALUE / 4, 20));
        assertThat(new LogOptions(1024, 1024, 1, 1, Long.MAX_VALUE / 4, 19).zstdLevel())
                .isEqualTo(19);
        assertThat(Schema.Fit.values()).hasSize(3);
    }

    @Test
    void thereIsNoLog() {
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> LogReader.open(new SimDisk(), Lamps.store()))
                .withMessage("there is no log in the simulated disk: run a node with this folder first");
    }
}
