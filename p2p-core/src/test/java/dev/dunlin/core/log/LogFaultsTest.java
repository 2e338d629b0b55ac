package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Disks that fail at an awkward moment, and what must not come of it. */
final class LogFaultsTest {

    private static final LogOptions ONE_SEGMENT =
            new LogOptions(1 << 20, 1 << 24, 1L << 60, 1000, Long.MAX_VALUE / 4, 1);

    private final SimDisk disk = new SimDisk();
    private final Awkward storage = new Awkward(disk);

    /** A simulated disk, some of whose calls fail while a test says so. */
    private static final class Awkward implements LogStorage {
        private final SimDisk disk;
        private boolean truncatesFail;
        private boolean namesFail;
        private IoRunnable beforeNames = () -> {};

        Awkward(SimDisk disk) {
            this.disk = disk;
        }

        @Override
        public List<String> names() {
            return disk.names();
        }

        @Override
        public long size(String name) throws IOException {
            return disk.size(name);
        }

        @Override
        public InputStream read(String name, long from) throws IOException {
            return disk.read(name, from);
        }

        @Override
        public Appender append(String name) throws IOException {
            return disk.append(name);
        }

        @Override
        public void truncate(String name, long size) throws IOException {
            if (truncatesFail) {
                throw new IOException("Input/output error");
            }
            disk.truncate(name, size);
        }

        @Override
        public void rename(String from, String to) throws IOException {
            disk.rename(from, to);
        }

        @Override
        public void delete(String name) {
            disk.delete(name);
        }

        @Override
        public void forceNames() throws IOException {
            beforeNames.run();
            if (namesFail) {
                throw new IOException("Input/output error");
            }
            disk.forceNames();
        }

        @Override
        public boolean isPassing(IOException why) {
            return disk.isPassing(why);
        }

        @Override
        public void close() {
            disk.close();
        }
    }

    @FunctionalInterface
    private interface IoRunnable {
        void run() throws IOException;
    }

    private Replayer.Verified verified() {
        return verified(disk, Lamps.store());
    }

    private static Replayer.Verified verified(LogStorage of, Store<Lamps.Root> store) {
        return new Replayer<>(LogReader.open(of, store), store, false).verify(step -> {});
    }

    private static String last(SimDisk disk) {
        return disk.names().stream()
                .filter(name -> name.startsWith("log-"))
                .reduce((one, other) -> other)
                .orElseThrow();
    }

    private List<String> lines() throws IOException {
        return new String(disk.content(last(disk)), StandardCharsets.UTF_8)
                .lines()
                .toList();
    }

    private long room() throws IOException {
        long total = 0;
        for (String name : disk.names()) {
            total += disk.size(name);
        }
        return total;
    }

    @Test
    void aForceMarkIsInTheFileAtOnce() throws IOException {
        Recorder recorder =
                Recorder.open(storage, Lamps.store(), ONE_SEGMENT, 1).run(10);
        recorder.writer.force();
        assertThat(lines().getLast()).startsWith("{\"type\":\"@log/forced\",\"payload\":{\"input\":11}");
        recorder.run(3).writer.force();
        disk.kill();

        byte[] whole = disk.content(last(disk));
        int forced = new String(whole, StandardCharsets.UTF_8).indexOf("\"meta\":{\"input\":14,");
        assertThat(forced).isPositive();
        SimDisk rotten = disk.copy();
        byte[] bad = whole.clone();
        bad[forced + 10] ^= 1;
        rotten.put(last(disk), bad);
        assertThatExceptionOfType(LogException.Damaged.class)
                .as("the last forced frame is no tail that may be cut")
                .isThrownBy(() -> Recorder.open(rotten, 2))
                .withMessageContaining("a later force mark covers it");
        assertThat(rotten.content(last(rotten))).as("nothing was cut").isEqualTo(bad);

        for (int seed = 0; seed < 20; seed++) {
            SimDisk trial = disk.copy();
            trial.powerLoss(new Random(seed));
            assertThat(verified(trial, Lamps.store()).last()).isEqualTo(14);
        }
    }

    @Test
    void aForceMarkForWhichThereIsNoRoomStandsBeforeTheNextFrames() throws IOException {
        Recorder recorder =
                Recorder.open(storage, Lamps.store(), ONE_SEGMENT, 1).run(10);
        recorder.writer.flush();
        disk.capacity(room());
        assertThat(recorder.writer.force()).as("it is forced all the same").isEqualTo(11);
        assertThat(lines()).noneMatch(line -> line.contains("@log/forced"));
        assertThat(verified().tail()).isEmpty();
        disk.capacity(1 << 24);
        recorder.run(1).writer.flush();
        List<String> lines = lines();
        assertThat(lines.get(lines.size() - 2)).contains("@log/forced\",\"payload\":{\"input\":11}");
        assertThat(lines.getLast()).contains("\"meta\":{\"input\":12,");
    }

    @Test
    void aTruncateThatFailsAfterAWriteThatFailedLeavesNothingInMidFile() throws IOException {
        Recorder recorder =
                Recorder.open(storage, Lamps.store(), ONE_SEGMENT, 1).run(20);
        recorder.writer.force();
        long whole = disk.size(last(disk));
        disk.capacity(room() + 700);
        storage.truncatesFail = true;
        recorder.run(10);
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> recorder.writer.flush())
                .satisfies(why -> assertThat(recorder.writer.isPassing(why)).isTrue())
                .satisfies(why -> assertThat(why.getSuppressed()).hasSize(1));
        assertThat(disk.size(last(disk))).as("a part of a frame stands there").isEqualTo(whole + 700);
        assertThat(verified().last()).isGreaterThanOrEqualTo(21);

        // There is room again, and the part still cannot be cut off: nothing may be written behind it.
        disk.capacity(1 << 24);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> recorder.writer.flush());
        assertThat(disk.size(last(disk))).isEqualTo(whole + 700);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> recorder.writer.force());
        assertThat(recorder.writer.forced()).isEqualTo(21);

        storage.truncatesFail = false;
        recorder.run(10);
        assertThat(recorder.writer.force()).isEqualTo(41);
        recorder.run(10).writer.close();
        Store<Lamps.Root> store = Lamps.store();
        Replayer.Verified verified = verified(disk, store);
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.tail()).isEmpty();
        assertThat(verified.last()).isEqualTo(51);
        assertThat(Content.digest(store.state())).isEqualTo(Content.digest(recorder.store.state()));
    }

    @Test
    void aProcessThatEndsBeforeItCouldCutLeavesATailAndNoMore() throws IOException {
        Recorder recorder =
                Recorder.open(storage, Lamps.store(), ONE_SEGMENT, 1).run(20);
        recorder.writer.force();
        disk.capacity(room() + 700);
        storage.truncatesFail = true;
        recorder.run(10);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> recorder.writer.close());
        disk.kill();
        disk.capacity(1 << 24);
        Recorder again = Recorder.open(disk, 2);
        assertThat(again.opened.lastInput()).isBetween(21L, 31L);
        assertThat(again.opened.tail()).isPresent();
        again.run(5).writer.close();
        assertThat(verified().last()).isEqualTo(again.store.state().input());
    }

    @Test
    void houseKeepingLeavesTheSegmentThatIsBeingWrittenAlone() throws IOException {
        Recorder recorder = Recorder.open(storage, 1).run(100);
        int[] kept = {0};
        // Another thread keeps house while the next segment is there by name, and is then taken back.
        storage.beforeNames = () -> {
            if (storage.namesFail) {
                storage.namesFail = false;
                String written = disk.names().stream()
                        .filter(name -> name.endsWith(".jsonl"))
                        .toList()
                        .reversed()
                        .get(1);
                recorder.writer.keepHouse(0);
                kept[0]++;
                assertThat(disk.names()).contains(written).doesNotContain(written + ".zst");
                storage.namesFail = true;
            }
        };
        storage.namesFail = true;
        int failed = 0;
        while (failed == 0) {
            try {
                recorder.run(1);
            } catch (IOException e) {
                failed++;
            }
        }
        assertThat(kept[0]).isPositive();
        storage.namesFail = false;
        recorder.writer.keepHouse(0);
        recorder.run(100).writer.close();
        assertThat(disk.names()).filteredOn(name -> name.endsWith(".zst")).hasSizeGreaterThan(2);
        Store<Lamps.Root> store = Lamps.store();
        Replayer.Verified verified = verified(disk, store);
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.tail()).isEmpty();
        assertThat(verified.last()).isEqualTo(recorder.store.state().input());
        assertThat(Content.digest(store.state())).isEqualTo(Content.digest(recorder.store.state()));
    }

    @Test
    void operandsAndSubjectsOfAnyLengthAreCut() throws IOException {
        for (int length : new int[] {999, 1_000, 1_001, 5_000, 1_000_000}) {
            Operand operand = Operand.of("lamp", "x".repeat(length));
            if (length <= Operand.MAX_VALUE) {
                assertThat(operand.value()).isEqualTo("x".repeat(length));
            } else {
                assertThat(operand.value()).hasSize(Operand.MAX_VALUE).matches("x+… \\(" + length + " characters\\)");
            }
            assertThat(new Operand("lamp", operand.value())).as("once").isEqualTo(operand);
        }
        String pairs = "😀".repeat(600);
        for (String text : List.of(pairs, "x" + pairs)) {
            String cut = new Operand("lamp", text).value();
            assertThat(new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .as("no half of a pair is left")
                    .isEqualTo(cut)
                    .endsWith("😀… (" + text.length() + " characters)");
        }

        Recorder recorder = Recorder.open(storage, Lamps.store(), ONE_SEGMENT, 1);
        String name = "l".repeat(200_000);
        LampAction on = new LampAction.SwitchOn(name, 5, Ticket.NONE);
        recorder.take(Input.of(on));
        recorder.take(Input.of(on));
        recorder.writer.close();
        String line = lines().get(3);
        assertThat(line).contains("\"clause\":\"lamp-is-dark\",\"operands\":{\"lamp\":\"l");
        assertThat(line.length()).as("the payload, and what is bounded").isBetween(200_000, 203_000);
        assertThat(verified().divergence()).isEmpty();
    }

    /** What a power loss brings back of dropped files is a piece at the log's beginning, never one with a hole behind it. */
    @Test
    void aPowerLossAfterTheRingWasTrimmedLeavesNoHole() throws IOException {
        LogOptions aging = new LogOptions(8 << 10, 64 << 20, 1_000_000, 100, Long.MAX_VALUE / 4, 1);
        for (int seed = 0; seed < 50; seed++) {
            SimDisk trimmed = new SimDisk();
            Recorder recorder =
                    Recorder.open(trimmed, Lamps.store(), aging, seed).run(2_000);
            recorder.snapshot();
            assertThat(recorder.writer.keepHouse(recorder.store.state().now())).isGreaterThan(3);
            recorder.writer.flush();
            trimmed.powerLoss(new Random(seed));
            Store<Lamps.Root> store = Lamps.store();
            ActionLog.open(trimmed, store, aging, "test").writer().close();
            Store<Lamps.Root> again = Lamps.store();
            assertThat(new Replayer<>(LogReader.open(trimmed, again), again, false)
                            .verify(step -> {})
                            .divergence())
                    .isEmpty();
        }
    }
}
