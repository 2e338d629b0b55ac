package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.state.TextType;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A snapshot is trusted, and the ring trimmed by it, only if what is read back is the state: whatever is amiss. */
final class SnapshotTrustTest {

    private final SimDisk disk = new SimDisk();

    // What is read back is another state

    /** Two numbers, of which a careless text keeps only the sum. */
    record Code(int high, int low) implements Comparable<Code> {
        @Override
        public int compareTo(Code other) {
            return high == other.high ? Integer.compare(low, other.low) : Integer.compare(high, other.high);
        }
    }

    private static final TextType<Code> CARELESS = new TextType<>(
            Code.class,
            "Code",
            code -> String.valueOf(code.high() + code.low()),
            text -> new Code(Integer.parseInt(text), 0));

    /** A record that does not keep what it is made of. */
    record Rounded(long cents) {
        static boolean rounds;

        Rounded {
            cents = rounds ? cents / 10 * 10 : cents;
        }
    }

    record Keys(Table<Code, String> table, String rest) {}

    record Values(Table<String, Code> table, String rest) {}

    record One(Code code, String rest) {}

    record Row(List<Code> row, String rest) {}

    record Maybe(Optional<Code> code, String rest) {}

    record Inside(Table<String, One> all, String rest) {}

    private static final String SHORT = "short";
    private static final String LONG = "x".repeat(300_000);

    static List<Named<Object>> lossy() {
        List<Named<Object>> states = new ArrayList<>();
        for (String rest : List.of(SHORT, LONG)) {
            String name = rest.length() > 10 ? " among much" : " among little";
            Code code = new Code(1, 2);
            states.add(Named.of("a key" + name, new Keys(Table.of(code, "a"), rest)));
            states.add(Named.of(
                    "two keys of one text" + name, new Keys(Table.of(code, "a").with(new Code(2, 1), "a"), rest)));
            states.add(Named.of("a long key" + name, new Keys(Table.of(code, LONG), rest)));
            states.add(Named.of("a value" + name, new Values(Table.of("a", code), rest)));
            states.add(Named.of("a field" + name, new One(code, rest)));
            states.add(Named.of("an element" + name, new Row(List.of(new Code(3, 0), code), rest)));
            states.add(Named.of("what is optional" + name, new Maybe(Optional.of(code), rest)));
            states.add(Named.of("what is deep" + name, new Inside(Table.of("a", new One(code, rest)), rest)));
        }
        return states;
    }

    @ParameterizedTest
    @MethodSource("lossy")
    void aStateThatIsReadBackAnotherHasNoSnapshot(Object state) {
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> Probes.write(disk, Probes.store(state, CARELESS)))
                .withMessageContaining("the snapshot after input 1 cannot be read back");
        assertThat(disk.names()).isEmpty();
    }

    record Money(Table<String, Rounded> all, Rounded one) {}

    @Test
    void aRecordThatMakesItselfAnotherWhenItIsReadHasNoSnapshot() {
        Store<Probes.Root<Money>> store = Probes.store(new Money(Table.of("a", new Rounded(17)), new Rounded(20)));
        Rounded.rounds = true;
        try {
            assertThatExceptionOfType(LogException.class).isThrownBy(() -> Probes.write(disk, store));
        } finally {
            Rounded.rounds = false;
        }
        assertThat(disk.names()).isEmpty();
    }

    @Test
    void theRingIsNotTrimmedByAStateThatIsReadBackAnother() throws IOException {
        LogOptions small = new LogOptions(4 << 10, 4 << 10, 1L << 60, 1 << 14, Long.MAX_VALUE / 4, 1);
        Probes.Step<Keys> step =
                (own, where) -> new Keys(own.table().with(new Code(own.table().size() % 50, 1), where), own.rest());
        Keys empty = new Keys(Table.empty(), "");
        Store<Probes.Root<Keys>> store = Probes.store(empty, step, CARELESS);
        LogWriter writer = ActionLog.open(disk, store, small, "test").writer();
        for (int i = 0; i < 300; i++) {
            writer.append(store.apply(Probes.went("w" + i), i));
        }
        writer.force();
        writer.keepHouse(0);
        List<String> before = disk.names();
        assertThat(before).hasSizeGreaterThan(5);
        assertThatExceptionOfType(LogException.class).isThrownBy(() -> writer.snapshot(store, store.state()));
        assertThat(writer.keepHouse(0)).isZero();
        assertThat(disk.names()).isEqualTo(before);
        writer.close();
        Store<Probes.Root<Keys>> again = Probes.store(empty, step, CARELESS);
        assertThat(ActionLog.open(disk, again, small, "test").lastInput()).isEqualTo(300);
        assertThat(again.state().root()).isEqualTo(store.state().root());
    }

    @Test
    void aRingOfOneSegmentKeepsNoMoreSnapshotsThanItHasRoomFor() throws IOException {
        LogOptions small = new LogOptions(128 << 10, 128 << 10, 1L << 60, 100, Long.MAX_VALUE / 4, 1);
        Recorder recorder = Recorder.open(disk, Lamps.store(), small, 1);
        for (int i = 0; i < 150; i++) {
            recorder.run(1).writer.force();
            recorder.writer.snapshot(recorder.store, recorder.store.state());
            recorder.writer.keepHouse(0);
        }
        assertThat(Segments.segments(disk)).hasSize(1);
        assertThat(Segments.snapshots(disk)).hasSizeLessThan(150);
        assertThat(Segments.snapshots(disk).getLast().input())
                .isEqualTo(recorder.store.state().input());
        recorder.writer.close();
        Store<Lamps.Root> store = Lamps.store();
        ActionLog.open(disk, store, small, "test").writer().close();
        assertThat(Content.digest(store.state())).isEqualTo(Content.digest(recorder.store.state()));
    }

    // A file whose lines are whole and say something else

    record Table2(Table<String, Long> table, List<String> list, long count, String rest) {}

    private static final Table2 STATE = new Table2(Table.of("a", 1L).with("b", 2L), List.of("c", "d"), 7, LONG);

    /** Two snapshots of one log of which the later one's lines become others. */
    private LogReader<Probes.Root<Table2>> changed(UnaryOperator<List<String>> how) throws IOException {
        Probes.Step<Table2> step = (own, where) -> new Table2(own.table(), own.list(), own.count() + 1, own.rest());
        Store<Probes.Root<Table2>> store = Probes.store(STATE, step);
        try (LogWriter writer =
                ActionLog.open(disk, store, LogOptions.DEFAULT, "test").writer()) {
            for (int i = 1; i <= 2; i++) {
                writer.append(store.apply(Probes.went("w" + i), i));
                writer.force();
                writer.snapshot(store, store.state());
            }
        }
        String last = Segments.snapshotName(2);
        SnapshotFiles.put(disk, last, how.apply(new ArrayList<>(SnapshotFiles.lines(disk, last))));
        return LogReader.open(disk, Probes.store(STATE, step));
    }

    private void givesWayToTheOlderOne(UnaryOperator<List<String>> how) throws IOException {
        LogReader<Probes.Root<Table2>> reader = changed(how);
        assertThat(reader.snapshotAt(2)).isEmpty();
        assertThat(reader.stateBefore(2).input()).isEqualTo(1);
        assertThat(reader.stateBefore(2).root().own().count()).isEqualTo(8);
        Store<Probes.Root<Table2>> store =
                Probes.store(STATE, (own, where) -> new Table2(own.table(), own.list(), own.count() + 1, own.rest()));
        assertThat(ActionLog.open(disk, store, LogOptions.DEFAULT, "test").lastInput())
                .isEqualTo(2);
        assertThat(store.state().root().own().count()).isEqualTo(9);
    }

    private static List<String> replaced(List<String> lines, String what, String by) {
        List<String> changed =
                lines.stream().map(line -> line.replace(what, by)).toList();
        assertThat(changed).as("the line is there").isNotEqualTo(lines);
        return changed;
    }

    @Test
    void linesThatAreWrittenAnewAsTheyWereAreRead() throws IOException {
        LogReader<Probes.Root<Table2>> reader = changed(lines -> lines);
        assertThat(reader.stateBefore(2).input()).isEqualTo(2);
        assertThat(reader.stateBefore(2).root().own().count()).isEqualTo(9);
    }

    @Test
    void aStateThatIsNotTheOneOfTheDigestsIsDamaged() throws IOException {
        for (String[] change : new String[][] {
            {"\"count\"],\"value\":9", "\"count\"],\"value\":10"},
            {"\"b\":2", "\"b\":3"},
            {"\"b\":2", "\"bb\":2"},
            {"[\"c\",\"d\"]", "[\"d\",\"c\"]"},
            {"\"run\":0", "\"run\":1"}
        }) {
            givesWayToTheOlderOne(lines -> replaced(lines, change[0], change[1]));
            disk.names().forEach(disk::delete);
        }
    }

    @Test
    void aMachineThatIsMissingIsDamage() throws IOException {
        givesWayToTheOlderOne(lines -> {
            assertThat(lines.get(1)).contains("\"path\":[\"node\"]");
            lines.remove(1);
            return lines;
        });
    }

    @Test
    void anEndThatCountsOtherLinesIsDamage() throws IOException {
        for (int more : new int[] {-1, 1, 1000}) {
            givesWayToTheOlderOne(lines -> {
                lines.set(lines.size() - 1, SnapshotFiles.end(lines.size() - 2 + more));
                return lines;
            });
            disk.names().forEach(disk::delete);
        }
        givesWayToTheOlderOne(lines -> lines.subList(0, lines.size() - 1));
    }

    static List<Named<List<String>>> oddParts() {
        List<Named<List<String>>> odd = new ArrayList<>();
        for (String[] parts : new String[][] {
            {"elements\",\"payload\":{\"path\":[\"probe\",\"count\"],\"elements\":7}"},
            {"entries\",\"payload\":{\"path\":[\"probe\",\"list\"],\"entries\":[\"e\"]}"},
            {"elements\",\"payload\":{\"path\":[\"probe\",\"table\"],\"elements\":{\"e\":5}}"},
            {"value\",\"payload\":{\"path\":[\"probe\"]}"},
            {"value\",\"payload\":{\"path\":[\"probe\",\"table\",\"b\"],\"value\":null}"},
            {"value\",\"payload\":{\"path\":[\"probe\",\"count\",\"c\"],\"value\":1}"},
            {"value\",\"payload\":{\"path\":[\"probe\",\"count\"],\"value\":{}}"},
            {"record\",\"payload\":{\"path\":[\"probe\",\"count\"],\"kind\":\"\"}"},
            {"record\",\"payload\":{\"path\":[\"probe\",\"count\"],\"kind\":\"long\"}"},
            {"record\",\"payload\":{\"path\":[\"probe\",\"table\"],\"kind\":\"\"}"},
            {"record\",\"payload\":{\"path\":[\"probe\",\"other\"],\"kind\":\"\"}"},
            {"nothing\",\"payload\":{\"path\":[\"probe\"]}"}
        }) {
            odd.add(Named.of(parts[0], List.of("{\"type\":\"@snapshot/" + parts[0] + "}")));
        }
        return odd;
    }

    @ParameterizedTest
    @MethodSource("oddParts")
    void aPartOfWhichNothingCanBeMadeIsDamageAndNoEndOfTheNode(List<String> odd) throws IOException {
        givesWayToTheOlderOne(lines -> {
            lines.addAll(lines.size() - 1, odd);
            lines.set(lines.size() - 1, SnapshotFiles.end(lines.size() - 2));
            return lines;
        });
    }

    @Test
    void aHeaderWithoutASchemaIsDamage() throws IOException {
        givesWayToTheOlderOne(lines -> replaced(lines, "\"schema\"", "\"scheme\""));
    }

    record Moody(Table<String, Guarded> all, String rest) {}

    /** Throws when it is read. */
    record Guarded(long count) {
        static Optional<RuntimeException> thrown = Optional.empty();

        Guarded {
            thrown.ifPresent(why -> {
                throw why;
            });
        }
    }

    @Test
    void aSnapshotThatThrowsWhenItIsWrittenIsNotKept() throws IOException {
        for (RuntimeException why : List.of(
                new ClassCastException("cast"),
                new NullPointerException("null"),
                new IllegalStateException("state"),
                new ArithmeticException("sum"),
                new IndexOutOfBoundsException("bounds"))) {
            for (String rest : List.of(SHORT, LONG)) {
                Store<Probes.Root<Moody>> store = Probes.store(new Moody(Table.of("a", new Guarded(1)), rest));
                Guarded.thrown = Optional.of(why);
                try {
                    assertThatExceptionOfType(LogException.class)
                            .as(why.toString())
                            .isThrownBy(() -> Probes.write(disk, store));
                } finally {
                    Guarded.thrown = Optional.empty();
                }
                assertThat(disk.names()).isEmpty();
            }
        }
    }

    /** A text type whose parser throws what it likes. */
    @Test
    void aKeyWhoseTextThrowsIsNoSnapshot() {
        TextType<Code> throwing = new TextType<>(Code.class, "Code", code -> code.high() + "." + code.low(), text -> {
            throw new IllegalStateException("no " + text);
        });
        for (Object state : List.of(
                new Keys(Table.of(new Code(1, 2), "a"), SHORT),
                new Keys(Table.of(new Code(1, 2), "a"), LONG),
                new Keys(Table.of(new Code(1, 2), LONG), LONG))) {
            assertThatExceptionOfType(LogException.class)
                    .isThrownBy(() -> Probes.write(disk, Probes.store(state, throwing)));
            assertThat(disk.names()).isEmpty();
        }
    }

    // A file that has another's name

    /** A log with two snapshots whose names are exchanged. */
    private Recorder exchanged(LogOptions options) throws IOException {
        Recorder recorder = Recorder.open(disk, Lamps.store(), options, 1);
        long first = recorder.run(100).snapshot().store.state().input();
        long second = recorder.run(100).snapshot().store.state().input();
        recorder.run(100).writer.force();
        byte[] one = disk.content(Segments.snapshotName(first));
        disk.put(Segments.snapshotName(first), disk.content(Segments.snapshotName(second)));
        disk.put(Segments.snapshotName(second), one);
        return recorder;
    }

    @Test
    void aSnapshotOfAnotherInputThanItsNameSaysIsPassedBy() throws IOException {
        Recorder recorder = exchanged(Recorder.SMALL);
        recorder.writer.close();
        Store<Lamps.Root> store = Lamps.store();
        LogReader<Lamps.Root> reader = LogReader.open(disk, store);
        for (Segments.Snapshot file : Segments.snapshots(disk)) {
            assertThat(reader.snapshotAt(file.input())).isEmpty();
            assertThat(reader.snapshotDigests(file.input())).isEmpty();
            assertThat(new SnapshotReader<>(disk, Codec.of(store), store, file).fault())
                    .isPresent();
        }
        assertThat(reader.stateBefore(1000).input()).isZero();
        Store<Lamps.Root> straight = Lamps.store();
        SimDisk without = disk.copy();
        Segments.snapshots(disk).forEach(file -> without.delete(file.name()));
        Replayer<Lamps.Root> right = new Replayer<>(LogReader.open(without, straight), straight, false);
        Replayer<Lamps.Root> replayer = new Replayer<>(reader, store, false);
        for (long step : new long[] {101, 120, 201, 210, 100, 200, 301}) {
            right.seek(step);
            replayer.seek(step);
            assertThat(replayer.step()).isEqualTo(step);
            assertThat(Content.digest(replayer.state())).as("step " + step).isEqualTo(Content.digest(right.state()));
        }
        replayer.close();
        right.close();
        Store<Lamps.Root> opened = Lamps.store();
        assertThat(ActionLog.open(disk, opened, Recorder.SMALL, "test").lastInput())
                .isEqualTo(301);
        assertThat(Content.digest(opened.state())).isEqualTo(Content.digest(recorder.store.state()));
    }

    @Test
    void theRingIsNotTrimmedByASnapshotOfAnotherInputThanItsNameSays() throws IOException {
        Recorder recorder = exchanged(new LogOptions(8 << 10, 8 << 10, 1L << 60, 100, Long.MAX_VALUE / 4, 1));
        assertThat(recorder.writer.keepHouse(0)).isZero();
        recorder.run(20).writer.close();
        Store<Lamps.Root> store = Lamps.store();
        assertThat(ActionLog.open(disk, store, Recorder.SMALL, "test").lastInput())
                .isEqualTo(321);
        assertThat(Content.digest(store.state())).isEqualTo(Content.digest(recorder.store.state()));
    }

    // The disk

    @Test
    void theNameOfASnapshotIsForcedBeforeTheRingIsTrimmedByIt() throws IOException {
        for (int seed = 0; seed < 40; seed++) {
            SimDisk trial = new SimDisk();
            LogOptions small = new LogOptions(4 << 10, 4 << 10, 1L << 60, 100, Long.MAX_VALUE / 4, 1);
            Recorder recorder = Recorder.open(trial, Lamps.store(), small, 1).run(150);
            recorder.writer.force();
            // Nothing is left to be compressed: that would force names, too.
            recorder.writer.keepHouse(0);
            recorder.writer.snapshot(recorder.store, recorder.store.state());
            assertThat(recorder.writer.keepHouse(0)).isGreaterThan(2);
            trial.powerLoss(new Random(seed));
            Store<Lamps.Root> store = Lamps.store();
            assertThat(ActionLog.open(trial, store, small, "test").lastInput())
                    .as("seed " + seed)
                    .isEqualTo(151);
            assertThat(Content.digest(store.state())).isEqualTo(Content.digest(recorder.store.state()));
        }
    }

    private static final List<String> CHANGING = List.of("append", "write", "force", "rename", "close", "read", "take");

    @Test
    void nothingStaysOpenAndNoPartStaysAfterASnapshotThatFailed() throws IOException {
        for (String why : List.of(FaultyStorage.FULL, FaultyStorage.BROKEN)) {
            int failed = 0;
            for (int n = 0; n == failed; n++) {
                SimDisk trial = new SimDisk();
                FaultyStorage storage = new FaultyStorage(trial);
                Recorder recorder = Recorder.open(storage, 1).run(50);
                recorder.writer.force();
                int open = storage.openForAppending();
                int reading = storage.openForReading();
                List<String> names = trial.names();
                storage.failingAt(why, n, CHANGING);
                try {
                    recorder.writer.snapshot(recorder.store, recorder.store.state());
                } catch (IOException | LogException e) {
                    assertThat(trial.names()).as("call %d, %s", n, e).isEqualTo(names);
                }
                failed += storage.failed();
                assertThat(trial.names()).noneMatch(Segments::isUnfinished);
                assertThat(storage.openForAppending()).as("call " + n).isEqualTo(open);
                assertThat(storage.openForReading()).as("call " + n).isEqualTo(reading);
                storage.healed();
                recorder.run(5).snapshot().writer.close();
                assertThat(storage.openForAppending()).isEqualTo(open - 1);
                Store<Lamps.Root> store = Lamps.store();
                assertThat(LogReader.open(trial, store).snapshotAt(56)).isPresent();
            }
            assertThat(failed).isGreaterThan(4);
        }
    }

    @Test
    void nothingStaysOpenAndNoPartStaysAfterACompressionThatFailed() throws IOException {
        for (String why : List.of(FaultyStorage.FULL, FaultyStorage.BROKEN)) {
            int failed = 0;
            for (int n = 0; n == failed; n++) {
                SimDisk trial = new SimDisk();
                FaultyStorage storage = new FaultyStorage(trial);
                Recorder recorder = Recorder.open(storage, 1).run(60);
                recorder.writer.force();
                int open = storage.openForAppending();
                int reading = storage.openForReading();
                List<String> names = trial.names();
                assertThat(Segments.segments(trial)).hasSizeGreaterThan(1);
                storage.failingAt(why, n, CHANGING);
                try {
                    recorder.writer.keepHouse(0);
                } catch (IOException | LogException e) {
                    assertThat(trial.names()).as("call %d, %s", n, e).noneMatch(Segments::isUnfinished);
                    assertThat(trial.names()).hasSizeGreaterThanOrEqualTo(names.size());
                }
                failed += storage.failed();
                assertThat(storage.openForAppending()).as("call " + n).isEqualTo(open);
                assertThat(storage.openForReading()).as("call " + n).isEqualTo(reading);
                storage.healed();
                recorder.writer.keepHouse(0);
                recorder.writer.close();
                Store<Lamps.Root> store = Lamps.store();
                assertThat(new Replayer<>(LogReader.open(trial, store), store, false)
                                .verify(step -> {})
                                .last())
                        .isEqualTo(61);
            }
            assertThat(failed).isGreaterThan(4);
        }
    }

    @Test
    void manySnapshotsOnAFullDiskLeaveNothingBehind() throws IOException {
        FaultyStorage storage = new FaultyStorage(disk);
        Recorder recorder = Recorder.open(storage, 1).run(50);
        recorder.writer.force();
        int open = storage.openForAppending();
        for (String method : List.of("write", "force", "append", "rename")) {
            storage.failing(FaultyStorage.FULL, call -> call.startsWith(method + " snap-"));
            for (int i = 0; i < 5; i++) {
                recorder.run(3).writer.force();
                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> recorder.writer.snapshot(recorder.store, recorder.store.state()));
            }
            assertThat(storage.openForAppending()).as(method).isEqualTo(open);
            assertThat(disk.names()).as(method).noneMatch(name -> name.startsWith("snap-"));
        }
    }
}
