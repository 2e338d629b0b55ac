package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Flipped bytes in what was forced, calls of the disk that fail while a log is opened, and inputs that fail. */
final class LogDamageTest {

    private static final LogOptions ONE_SEGMENT =
            new LogOptions(1 << 20, 1 << 24, 1L << 60, 1000, Long.MAX_VALUE / 4, 1);

    private final SimDisk disk = new SimDisk();

    private static String last(SimDisk disk) throws IOException {
        return Segments.segments(disk).getLast().name();
    }

    private static Replayer.Verified verified(LogStorage disk) {
        Store<Lamps.Root> store = Lamps.store();
        return new Replayer<>(LogReader.open(disk, store), store, false).verify(step -> {});
    }

    // A flipped byte before a force mark

    private static final String MARK = "{\"type\":\"@log/forced\"";

    /** Opens a log of one segment whose content is another; it must be refused, and nothing be cut. */
    private static void isRefused(String name, byte[] content, String what) throws IOException {
        SimDisk rotten = new SimDisk();
        rotten.put(name, content);
        assertThatExceptionOfType(LogException.class)
                .as(what)
                .isThrownBy(() -> ActionLog.open(rotten, Lamps.store(), ONE_SEGMENT, "test"));
        assertThat(rotten.names()).as(what).containsExactly(name);
        assertThat(rotten.content(name)).as(what).isEqualTo(content);
    }

    private static void everyFlipIsRefused(SimDisk disk, int step) throws IOException {
        String name = last(disk);
        byte[] whole = disk.content(name);
        int mark = new String(whole, StandardCharsets.ISO_8859_1).lastIndexOf(MARK);
        assertThat(mark).isGreaterThan(2_000);
        for (int i = 0; i < mark; i++) {
            boolean newline = whole[i] == '\n';
            for (int bit = 0; bit < 8; bit++) {
                // Each bit of each newline, and of the others one bit.
                if (newline || bit == i % 8 && i % step == 0) {
                    byte[] flipped = whole.clone();
                    flipped[i] ^= (byte) (1 << bit);
                    isRefused(name, flipped, "byte " + i + " of " + mark + ", bit " + bit);
                }
            }
            if (!newline && i % (17 * step) == 0) {
                byte[] broken = whole.clone();
                broken[i] = '\n';
                isRefused(name, broken, "byte " + i + " of " + mark + " became a newline");
            }
        }
    }

    @Test
    void everyFlippedByteBeforeTheLastForceMarkIsRefused() throws IOException {
        Recorder recorder = Recorder.open(disk, Lamps.store(), ONE_SEGMENT, 1).run(4);
        recorder.take(Input.of(new LampAction.SwitchOn("durable", 95, new Ticket("api", 1))));
        recorder.writer.force();
        everyFlipIsRefused(disk, 1);
        byte[] whole = disk.content(last(disk));
        whole[whole.length / 2] ^= 1;
        disk.put(last(disk), whole);
        assertThatExceptionOfType(LogException.Damaged.class).isThrownBy(() -> verified(disk));
    }

    @Test
    void everyFlippedByteBeforeTheLastForceMarkIsRefusedWhereMarksAndATailStandBehind() throws IOException {
        Recorder recorder = Recorder.open(disk, Lamps.store(), ONE_SEGMENT, 1).run(2);
        recorder.writer.force();
        recorder.take(Input.of(new LampAction.SwitchOn("durable", 95, new Ticket("api", 1))));
        recorder.writer.force();
        recorder.run(3).writer.flush();
        everyFlipIsRefused(disk, 19);
        // The power went while the tail was written, too.
        byte[] whole = disk.content(last(disk));
        disk.put(last(disk), Arrays.copyOf(whole, whole.length - 30));
        everyFlipIsRefused(disk, 19);
    }

    /** What the mark covers was forced before the mark was written, and the mark itself was not. */
    @Test
    void aForceMarkThatIsTornIsATailAndNoMark() throws IOException {
        Recorder recorder = Recorder.open(disk, Lamps.store(), ONE_SEGMENT, 1).run(3);
        recorder.writer.force();
        String name = last(disk);
        byte[] whole = disk.content(name);
        int mark = new String(whole, StandardCharsets.ISO_8859_1).lastIndexOf(MARK);
        for (int length = mark + 1; length < whole.length; length++) {
            byte[] zeros = whole.clone();
            Arrays.fill(zeros, length, whole.length, (byte) 0);
            for (byte[] torn : List.of(Arrays.copyOf(whole, length), zeros)) {
                SimDisk trial = new SimDisk();
                trial.put(name, torn);
                ActionLog.Opened opened = ActionLog.open(trial, Lamps.store(), ONE_SEGMENT, "test");
                assertThat(opened.lastInput()).isEqualTo(4);
                assertThat(opened.tail()).isPresent();
            }
        }
    }

    @Test
    void aTextThatLooksLikeAForceMarkIsNone() throws IOException {
        Recorder recorder = Recorder.open(disk, Lamps.store(), ONE_SEGMENT, 1).run(3);
        recorder.writer.force();
        recorder.take(Input.of(new LampAction.SwitchOff("a")));
        recorder.take(
                Input.of(new LampAction.SwitchOff("\n" + MARK + ",\"payload\":{\"input\":5},\"crc\":\"00000000\"}\n")));
        recorder.writer.flush();
        byte[] whole = disk.content(last(disk));
        // The first of the two that were never forced is damaged: a tail, whatever the second says.
        int at = new String(whole, StandardCharsets.ISO_8859_1).indexOf("\"lamp\":\"a\"");
        whole[at + 3] ^= 1;
        disk.put(last(disk), whole);
        ActionLog.Opened opened = ActionLog.open(disk, Lamps.store(), ONE_SEGMENT, "test");
        assertThat(opened.lastInput()).isEqualTo(4);
        assertThat(opened.tail()).isPresent();
    }

    // A flipped bit in what is not needed

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFlippedBitInASegmentBeforeTheSnapshotDoesNotStopANode(boolean compressed) throws IOException {
        Recorder recorder = Recorder.open(disk, 1).run(80);
        long snapshot = recorder.snapshot().store.state().input();
        if (compressed) {
            recorder.writer.keepHouse(0);
        }
        recorder.run(30).writer.close();
        Digest digest = Content.digest(recorder.store.state());
        List<Segments.Segment> segments = Segments.segments(disk);
        int old = 0;
        int damaged = 0;
        int trials = 0;
        for (int i = 0; i + 1 < segments.size() && segments.get(i + 1).first() <= snapshot + 1; i++) {
            old++;
            String name = segments.get(i).name();
            assertThat(name.endsWith(".zst")).isEqualTo(compressed);
            byte[] whole = disk.content(name);
            for (int at = 0; at < whole.length; at += at < 24 ? 1 : whole.length / 60) {
                byte[] flipped = whole.clone();
                flipped[at] ^= (byte) (1 << at % 8);
                SimDisk rotten = disk.copy();
                rotten.put(name, flipped);
                trials++;
                String what = name + " at byte " + at;
                Store<Lamps.Root> store = Lamps.store();
                try (LogWriter writer =
                        ActionLog.open(rotten, store, Recorder.SMALL, "test").writer()) {
                    assertThat(writer.taken()).as(what).isEqualTo(111);
                    assertThat(Content.digest(store.state())).as(what).isEqualTo(digest);
                }
                try {
                    Replayer.Verified verified = verified(rotten);
                    assertThat(verified.last()).as(what).isEqualTo(111);
                    assertThat(verified.divergence()).as(what).isEmpty();
                } catch (LogException e) {
                    damaged++;
                }
            }
        }
        assertThat(old).isGreaterThan(1);
        assertThat(damaged)
                .as("the damage is told to whoever reads that part")
                .isGreaterThan(compressed ? trials * 9 / 10 : trials - 1);
    }

    @Test
    void aFlippedBitBehindTheSnapshotStopsANode() throws IOException {
        Recorder recorder = Recorder.open(disk, 1).run(80);
        long snapshot = recorder.snapshot().store.state().input();
        recorder.run(80).writer.close();
        int needed = 0;
        List<Segments.Segment> segments = Segments.segments(disk);
        for (int i = 0; i + 1 < segments.size(); i++) {
            if (segments.get(i + 1).first() > snapshot + 1) {
                needed++;
                byte[] whole = disk.content(segments.get(i).name());
                for (int at : new int[] {5, whole.length / 2, whole.length - 1}) {
                    byte[] flipped = whole.clone();
                    flipped[at] ^= 1;
                    SimDisk rotten = disk.copy();
                    rotten.put(segments.get(i).name(), flipped);
                    assertThatExceptionOfType(LogException.Damaged.class)
                            .isThrownBy(() -> ActionLog.open(rotten, Lamps.store(), Recorder.SMALL, "test"));
                }
            }
        }
        assertThat(needed).isGreaterThan(1);
    }

    @Test
    void theRingDropsADamagedSegmentAsAnyOther() throws IOException {
        LogOptions small = new LogOptions(8 << 10, 16 << 10, 1L << 60, 1000, Long.MAX_VALUE / 4, 1);
        Recorder recorder = Recorder.open(disk, Lamps.store(), small, 1).run(300);
        recorder.writer.force();
        recorder.writer.keepHouse(0);
        recorder.snapshot();
        List<Segments.Segment> segments = Segments.segments(disk);
        assertThat(segments).hasSizeGreaterThan(5);
        for (int i = 0; i < 3; i++) {
            byte[] flipped = disk.content(segments.get(i).name());
            flipped[i] ^= 1;
            disk.put(segments.get(i).name(), flipped);
        }
        assertThat(recorder.writer.keepHouse(0)).isGreaterThan(2);
        recorder.writer.close();
        assertThat(ActionLog.open(disk, Lamps.store(), small, "test").lastInput())
                .isEqualTo(301);
    }

    // Calls that fail while a log is opened

    private static final List<String> READING = List.of("names", "size", "read", "take");
    private static final List<String> ALL = List.of(
            "names",
            "size",
            "read",
            "take",
            "append",
            "write",
            "force",
            "truncate",
            "rename",
            "delete",
            "forceNames",
            "close");

    /** A log as a crash leaves it: closed segments, snapshots, something torn at the end. */
    private SimDisk crashed() throws IOException {
        Recorder recorder = Recorder.open(disk, 1).run(60).snapshot();
        recorder.writer.keepHouse(0);
        recorder.run(60).writer.force();
        recorder.run(5).writer.flush();
        byte[] whole = disk.content(last(disk));
        disk.put(last(disk), Arrays.copyOf(whole, whole.length - 7));
        disk.put(Segments.unfinished(Segments.snapshotName(7)), new byte[100]);
        return disk;
    }

    @Test
    void anOpenWhoseReadingFailsSaysSoWithAnIoExceptionOrALogException() throws IOException {
        eachFails(READING);
    }

    @Test
    void anOpenOfWhichAnyCallFailsSaysSoAndHarmsNothing() throws IOException {
        eachFails(ALL);
    }

    private void eachFails(List<String> methods) throws IOException {
        SimDisk crashed = crashed();
        int failed = 0;
        for (int n = 0; n == failed; n++) {
            SimDisk trial = crashed.copy();
            FaultyStorage storage = new FaultyStorage(trial).failingAt(FaultyStorage.BROKEN, n, methods);
            try {
                ActionLog.open(storage, Lamps.store(), Recorder.SMALL, "test")
                        .writer()
                        .close();
            } catch (IOException | LogException e) {
                assertThat(storage.failed()).as("call %d, %s", n, e).isEqualTo(1);
            } catch (RuntimeException e) {
                throw new AssertionError("call " + n + " of " + methods + ": " + e, e);
            }
            failed += storage.failed();
            trial.kill();
            ActionLog.Opened opened = ActionLog.open(trial, Lamps.store(), Recorder.SMALL, "test");
            assertThat(opened.lastInput()).as("call " + n).isEqualTo(125);
        }
        assertThat(failed).isGreaterThan(10);
    }

    @Test
    void anOpenThatFailsLeavesNoFileOpen() throws IOException {
        SimDisk crashed = crashed();
        int failed = 0;
        for (int n = 0; n == failed; n++) {
            FaultyStorage storage = new FaultyStorage(crashed.copy()).failingAt(FaultyStorage.BROKEN, n, ALL);
            try {
                ActionLog.open(storage, Lamps.store(), Recorder.SMALL, "test")
                        .writer()
                        .close();
            } catch (IOException | RuntimeException e) {
                assertThat(storage.failed()).isEqualTo(1);
            }
            failed += storage.failed();
            assertThat(storage.openForAppending()).as("call " + n).isZero();
            assertThat(storage.openForReading()).as("call " + n).isZero();
        }
    }

    // Segments

    @Test
    void aForceMarkAtTheEndOfAClosedSegmentIsForcedToo() throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            SimDisk trial = new SimDisk();
            Recorder recorder =
                    Recorder.open(trial, Lamps.store(), ONE_SEGMENT, 1).run(20);
            recorder.writer.force();
            // The mark is written, and nothing behind it.
            recorder.writer.beginSegment();
            recorder.run(3).writer.flush();
            trial.powerLoss(new Random(seed));
            ActionLog.Opened opened = ActionLog.open(trial, Lamps.store(), ONE_SEGMENT, "test");
            assertThat(opened.lastInput()).as("seed " + seed).isGreaterThanOrEqualTo(21);
            opened.writer().close();
            assertThat(verified(trial).divergence()).isEmpty();
        }
    }

    // Another build

    sealed interface Act extends Action {
        record Counted(boolean keeps) implements Act {}
    }

    sealed interface Out extends Effect {
        record Keep(long count) implements Out, Effect.Fire, Effect.Durable {}
    }

    record Tally(long count) {}

    /** As another build has it. */
    record Wider(long count, boolean open) {}

    private static Store<Probes.Root<Tally>> before() {
        Machine.Draft<Object, Tally, Act> draft = Machine.of("tally", new Tally(0))
                .actions(Act.class, Out.class)
                .guards(Guards.<Object, Tally, Act>of()
                        .always(Act.Counted.class)
                        .build())
                .reduces((own, action, ctx) -> {
                    if (action instanceof Act.Counted(boolean keeps) && keeps) {
                        ctx.effect(new Out.Keep(own.count()));
                    }
                    return new Tally(own.count() + 1);
                });
        return Probes.mounted(new Tally(0), draft);
    }

    private static Store<Probes.Root<Wider>> after() {
        Machine.Draft<Object, Wider, Act> draft = Machine.of("tally", new Wider(0, true))
                .actions(Act.class, Out.class)
                .defaulted("tally", "open", "true")
                .guards(Guards.<Object, Wider, Act>of()
                        .always(Act.Counted.class)
                        .build())
                .reduces((own, action, ctx) -> {
                    if (action instanceof Act.Counted(boolean keeps) && keeps) {
                        ctx.effect(new Out.Keep(own.count()));
                    }
                    return new Wider(own.count() + 1, own.open());
                });
        return Probes.mounted(new Wider(0, true), draft);
    }

    @Test
    void anInputThatLedToADurableEffectIsHeldToDigestsThatCannotBeCompared() throws IOException {
        Store<Probes.Root<Tally>> store = before();
        LogWriter writer = ActionLog.open(disk, store, ONE_SEGMENT, "old").writer();
        writer.append(store.apply(Input.of(new Act.Counted(false)), 1));
        writer.flush();
        Store<Probes.Root<Wider>> fine = after();
        ActionLog.Opened opened = ActionLog.open(disk.copy(), fine, ONE_SEGMENT, "new");
        assertThat(opened.lastInput()).isEqualTo(1);
        assertThat(opened.notes()).as("what cannot be compared is none").noneMatch(note -> note.contains("result"));
        assertThat(fine.state().root().own()).isEqualTo(new Wider(1, true));

        writer.append(store.apply(Input.of(new Act.Counted(true)), 2));
        writer.close();
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> ActionLog.open(disk, after(), ONE_SEGMENT, "new"))
                .withMessageContaining("this build replays input 2, which led to a durable effect, to another result");
        ActionLog.seal(disk, before(), ONE_SEGMENT, "old");
        Store<Probes.Root<Wider>> sealed = after();
        assertThat(ActionLog.open(disk, sealed, ONE_SEGMENT, "new").lastInput()).isEqualTo(2);
        assertThat(sealed.state().root().own()).isEqualTo(new Wider(2, true));
    }

    // Inputs that fail

    record Nothing(long count) {}

    /** A log whose second input fails with a message; opened again. */
    private ActionLog.Opened afterFailure(String message) throws IOException {
        Probes.Step<Nothing> step = (own, where) -> {
            if (where.equals("over")) {
                throw new IllegalStateException(message);
            }
            return new Nothing(own.count() + 1);
        };
        Store<Probes.Root<Nothing>> store = Probes.store(new Nothing(0), step);
        try (LogWriter writer = ActionLog.open(disk, store, ONE_SEGMENT, "test").writer()) {
            writer.append(store.apply(Probes.went("there"), 1));
            try {
                store.apply(Probes.went("over"), 2);
                throw new AssertionError("it does not fail");
            } catch (StoreFailure failure) {
                writer.append(failure);
            }
            assertThat(writer.force()).isEqualTo(2);
        }
        return ActionLog.open(disk, Probes.store(new Nothing(0), step), ONE_SEGMENT, "test");
    }

    private String failed() {
        Store<Probes.Root<Nothing>> store = Probes.store(new Nothing(0));
        try (LogCursor cursor = LogReader.open(disk, store).cursor(1)) {
            for (Optional<Frame> next = cursor.next(); next.isPresent(); next = cursor.next()) {
                if (next.get() instanceof Frame.Recorded recorded
                        && recorded.failed().isPresent()) {
                    return recorded.failed().get();
                }
            }
        }
        throw new AssertionError("no failed input is in the log");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 500, 900, 1_000, 1_001, 5_000, 1 << 20, 70 << 20})
    void theMessageOfAFailedInputIsCutAndTheInputIsInTheLog(int length) throws IOException {
        ActionLog.Opened opened = afterFailure("m".repeat(length));
        assertThat(opened.lastInput()).isEqualTo(2);
        assertThat(opened.notes().toString()).contains("input 2 stopped the last run: step 2.0: ");
        assertThat(failed()).startsWith("step 2.0: probe/went failed: java.lang.IllegalStateException");
        if (length <= 900) {
            assertThat(failed()).endsWith("IllegalStateException: " + "m".repeat(length));
        } else {
            // A word of how long it was may stand behind.
            assertThat(failed().length()).isBetween(900, 1_100);
        }
        assertThat(disk.size(last(disk))).isLessThan(5_000);
    }

    @Test
    void theMessageOfAFailedInputIsNotCutInTheMidstOfAPair() throws IOException {
        for (String before : List.of("", "x", "xy", "xyz")) {
            afterFailure(before + "😀".repeat(3_000)).writer().close();
            String cut = failed();
            assertThat(cut.length()).isBetween(900, 1_100);
            assertThat(new String(cut.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8))
                    .isEqualTo(cut);
            disk.names().forEach(disk::delete);
        }
    }

    @Test
    void aMessageWithHalfAPairAndLinesAndQuotesIsInTheLog() throws IOException {
        assertThat(afterFailure("a\ud800b\n\"c\"\0\u2028").lastInput()).isEqualTo(2);
        assertThat(failed()).contains("IllegalStateException: a").contains("b\n\"c\"\0\u2028");
    }
}
