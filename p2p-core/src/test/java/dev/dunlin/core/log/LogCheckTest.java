package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.log.LogCheck.Depth;
import dev.dunlin.core.log.LogFinding.Lost;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Ticket;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every file of a log, harmed in every way: what the check says, and that it agrees with what a node and a reader do. */
final class LogCheckTest {

    /**
     * A log as a stopped node leaves it: closed segments, compressed and not, two snapshots, the second at the very end, and a
     * tail that was cut.
     */
    private static SimDisk log() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 1).run(130).snapshot();
        recorder.writer.keepHouse(0);
        recorder.run(130);
        recorder.snapshot().writer.close();
        disk.put(Segments.cutName(17, 1), "{\"type\":".getBytes(StandardCharsets.UTF_8));
        return disk;
    }

    private static LogCheck.Result check(LogStorage disk, Depth depth) throws IOException {
        return LogCheck.of(disk, Lamps.store(), Recorder.SMALL, depth, false);
    }

    private static LogCheck.Result whole(LogStorage disk) throws IOException {
        return check(disk, Depth.WHOLE);
    }

    private static long lastInput(SimDisk disk) throws IOException {
        return ActionLog.open(disk.copy(), Lamps.store(), Recorder.SMALL, "test")
                .lastInput();
    }

    /** The inputs of each segment, as a reader of the whole log has them. */
    private static Map<String, long[]> ranges(SimDisk disk) throws IOException {
        Map<String, long[]> ranges = new TreeMap<>();
        List<Segments.Segment> segments = Segments.segments(disk);
        for (int i = 0; i < segments.size(); i++) {
            long end = i + 1 < segments.size() ? segments.get(i + 1).first() - 1 : lastInput(disk);
            ranges.put(segments.get(i).name(), new long[] {segments.get(i).first(), end});
        }
        return ranges;
    }

    @Test
    void aWholeLogHasNothingWrong() throws IOException {
        SimDisk disk = log();
        for (Depth depth : Depth.values()) {
            LogCheck.Result result = check(disk, depth);
            assertThat(result.findings()).isEmpty();
            assertThat(result.first()).isEqualTo(1);
            assertThat(result.last()).isEqualTo(lastInput(disk));
            assertThat(result.segments()).isEqualTo(Segments.segments(disk).size());
            assertThat(result.snapshots()).isEqualTo(2);
            assertThat(result.end()).isPresent();
        }
    }

    // The matrix

    private enum Harm {
        MISSING,
        TRUNCATED,
        FLIPPED,
        EXCHANGED,
        EMPTY,
        UNREADABLE
    }

    @TestFactory
    Stream<DynamicTest> everyFileHarmedInEveryWay() throws IOException {
        SimDisk disk = log();
        List<DynamicTest> tests = new ArrayList<>();
        for (String name : disk.names()) {
            for (Harm harm : Harm.values()) {
                tests.add(DynamicTest.dynamicTest(name + " " + harm, () -> harmed(disk, name, harm)));
            }
        }
        assertThat(Segments.segments(disk).stream()
                        .filter(Segments.Segment::compressed)
                        .count())
                .isGreaterThan(2);
        assertThat(Segments.segments(disk).stream()
                        .filter(one -> !one.compressed())
                        .count())
                .isGreaterThan(2);
        return tests.stream();
    }

    private static LogStorage harm(SimDisk disk, String name, Harm harm) throws IOException {
        byte[] content = disk.content(name);
        switch (harm) {
            case MISSING -> disk.delete(name);
            case TRUNCATED -> disk.put(name, Arrays.copyOf(content, content.length / 2));
            case FLIPPED -> {
                content[content.length / 2] ^= 4;
                disk.put(name, content);
            }
            case EXCHANGED -> {
                List<String> names = disk.names();
                int at = names.indexOf(name);
                String neighbour = names.get(at == 0 ? 1 : at - 1);
                disk.put(name, disk.content(neighbour));
                disk.put(neighbour, content);
            }
            case EMPTY -> disk.put(name, new byte[0]);
            case UNREADABLE -> {
                return Reads.denying(disk, name);
            }
        }
        return disk;
    }

    private static void harmed(SimDisk whole, String name, Harm harm) throws IOException {
        SimDisk disk = whole.copy();
        LogStorage storage = harm(disk, name, harm);
        LogCheck.Result result = whole(storage);
        List<LogFinding> findings = result.findings();
        long[] range = ranges(whole).get(name);
        boolean last = name.equals(Segments.segments(whole).getLast().name());
        if (range == null) {
            isOfNoSegment(name, harm, findings);
        } else {
            if (harm != Harm.TRUNCATED || !last) {
                assertThat(findings).anyMatch(LogFinding::loses);
            }
            assertThat(lost(findings, range, harm, last)).as("%s", findings).isTrue();
        }
        // What it says of going on is what a node does.
        boolean starts = starts(storage);
        assertThat(result.stops()).as("%s", findings).isEqualTo(!starts);
        // What a start sees at once is among it.
        LogCheck.Result quick = check(storage, Depth.START);
        assertThat(quick.stops()).isEqualTo(result.stops());
        assertThat(findings).allSatisfy(finding -> {
            assertThat(finding.file()).isNotEmpty();
            assertThat(finding.sentence()).doesNotContain("Exception", "\n").contains("; ");
        });
    }

    private static void isOfNoSegment(String name, Harm harm, List<LogFinding> findings) {
        boolean cut = name.startsWith("cut-");
        if (harm == Harm.MISSING || cut && harm != Harm.EXCHANGED) {
            // No input is lost with a snapshot, nor with what had been cut off.
            assertThat(findings).isEmpty();
        } else if (cut) {
            assertThat(findings).isNotEmpty();
        } else {
            assertThat(findings)
                    .anySatisfy(finding -> assertThat(finding)
                            .isInstanceOf(LogFinding.BadSnapshot.class)
                            .returns(name, LogFinding::file));
        }
    }

    private static boolean lost(List<LogFinding> findings, long[] range, Harm harm, boolean last) {
        return findings.stream().anyMatch(finding -> switch (finding) {
            case LogFinding.Missing(String file, Lost lost) ->
                harm == Harm.MISSING && lost.from() == range[0] && lost.to() == range[1];
            case LogFinding.BeginsLate(String file, long first) -> harm == Harm.MISSING && first == range[1] + 1;
            case LogFinding.Damaged(String file, long offset, String why, Lost lost) ->
                lost.from() >= range[0] && (lost.to() <= range[1] || lost.to() == Lost.OPEN);
            case LogFinding.Misplaced(String file, long first, Lost lost) ->
                harm == Harm.EXCHANGED && lost.from() == range[0];
            case LogFinding.Empty(String file, Lost lost) -> harm == Harm.EMPTY;
            case LogFinding.Unreadable unreadable -> harm == Harm.UNREADABLE && unreadable.forbidden();
            case LogFinding.Torn torn -> harm == Harm.TRUNCATED && last;
            default -> false;
        });
    }

    private static boolean starts(LogStorage storage) {
        try {
            ActionLog.open(storage, Lamps.store(), Recorder.SMALL, "test")
                    .writer()
                    .close();
            return true;
        } catch (IOException | RuntimeException e) {
            return false;
        }
    }

    /** How a file is read. */
    private interface Reading {
        InputStream of(String name, InputStream in) throws IOException;
    }

    /** A disk that is read in another way. */
    private record Reads(SimDisk disk, Reading reading) implements LogStorage {

        static Reads denying(SimDisk disk, String denied) {
            return new Reads(disk, (name, in) -> {
                if (name.equals(denied)) {
                    throw new AccessDeniedException(name);
                }
                return in;
            });
        }

        static Reads counting(SimDisk disk, AtomicLong read) {
            return new Reads(disk, (name, in) -> new FilterInputStream(in) {
                @Override
                public int read(byte[] bytes, int from, int length) throws IOException {
                    int count = super.read(bytes, from, length);
                    read.addAndGet(count);
                    return count;
                }
            });
        }

        @Override
        public List<String> names() throws IOException {
            return disk.names();
        }

        @Override
        public long size(String name) throws IOException {
            return disk.size(name);
        }

        @Override
        public InputStream read(String name, long from) throws IOException {
            return reading.of(name, disk.read(name, from));
        }

        @Override
        public Appender append(String name) throws IOException {
            return disk.append(name);
        }

        @Override
        public void truncate(String name, long size) throws IOException {
            disk.truncate(name, size);
        }

        @Override
        public void rename(String from, String to) throws IOException {
            disk.rename(from, to);
        }

        @Override
        public void delete(String name) throws IOException {
            disk.delete(name);
        }

        @Override
        public void forceNames() throws IOException {
            disk.forceNames();
        }

        @Override
        public boolean isPassing(IOException why) {
            return disk.isPassing(why);
        }

        @Override
        public void close() {}
    }

    // Bits

    /** Every bit of a closed segment that is not compressed: none flips unseen. */
    @Test
    void noFlippedBitOfAnUncompressedSegmentIsUnseen() throws IOException {
        SimDisk disk = log();
        Segments.Segment closed = Segments.segments(disk).stream()
                .filter(one -> !one.compressed())
                .findFirst()
                .orElseThrow();
        byte[] content = disk.content(closed.name());
        for (int at = 0; at < content.length; at += 7) {
            byte[] flipped = content.clone();
            flipped[at] ^= (byte) (1 << at % 8);
            disk.put(closed.name(), flipped);
            assertThat(whole(disk).loses()).as("byte " + at).isTrue();
        }
    }

    @Test
    void whatIsLostIsToldToTheInput() throws IOException {
        SimDisk disk = new SimDisk();
        LogOptions one = new LogOptions(1 << 20, 1 << 24, 1L << 60, 1000, Long.MAX_VALUE / 4, 1);
        Recorder recorder = Recorder.open(disk, Lamps.store(), one, 1).run(30);
        recorder.take(Input.of(new Lamps.LampAction.SwitchOn("durable", 95, new Ticket("api", 1))));
        recorder.writer.force();
        recorder.writer.close();
        String name = Segments.segmentName(1);
        List<String> lines = new ArrayList<>(
                new String(disk.content(name), StandardCharsets.UTF_8).lines().toList());
        lines.set(10, lines.get(10).replaceFirst("\"", "'"));
        lines.set(11, lines.get(11).replaceFirst("\"", "'"));
        lines.remove(20);
        disk.put(name, (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        assertThat(whole(disk).findings())
                .extracting(finding -> ((LogFinding.Damaged) finding).lost())
                .containsExactly(new Lost(10, 11, true), new Lost(20, 20, true));
        assertThat(whole(disk).findings().getFirst().sentence())
                .matches(
                        "log-000000000000001.jsonl is damaged at byte \\d+ \\(the checksum does not hold\\); inputs 10 to 11"
                                + " are lost, and no node starts from this log: put log-000000000000001.jsonl back from a backup,"
                                + " or move the log folder away to begin without its past");
    }

    // Formats, foreign files, ends

    /** A line with a checksum that holds. */
    private static String checked(String line) {
        String body = line.replaceFirst(",\"crc\":\"[0-9a-f]{8}\"\\}$", "");
        CRC32C crc = new CRC32C();
        crc.update(body.getBytes(StandardCharsets.UTF_8));
        return body + ",\"crc\":\"%08x\"}".formatted(crc.getValue());
    }

    @Test
    void aNewerFormatIsSaid() throws IOException {
        SimDisk disk = log();
        String name = Segments.segments(disk).getLast().name();
        String text = new String(disk.content(name), StandardCharsets.UTF_8);
        String header = text.lines().findFirst().orElseThrow();
        disk.put(
                name,
                text.replace(header, checked(header.replace("\"format\":2", "\"format\":99")))
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(whole(disk).findings())
                .containsExactly(new LogFinding.OtherFormat(name, 99))
                .allSatisfy(finding -> assertThat(finding.sentence())
                        .isEqualTo(name
                                + " has format 99, and this build reads format 2; nothing is lost: use a newer build of"
                                + " Dunlin for this folder"));
        assertThat(starts(disk)).isFalse();
    }

    @Test
    void foreignFilesAreSaid() throws IOException {
        SimDisk disk = log();
        disk.put("log-1.jsonl", new byte[10]);
        disk.put("notes.txt", new byte[10]);
        disk.put(Segments.unfinished(Segments.snapshotName(7)), new byte[100]);
        assertThat(whole(disk).findings())
                .containsExactly(new LogFinding.Foreign("log-1.jsonl"), new LogFinding.Foreign("notes.txt"));
        assertThat(starts(disk)).isTrue();
    }

    @Test
    void theEndOfALogThatIsWrittenMayBeTorn() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder.open(disk, 1).run(30).writer.flush();
        String name = Segments.segments(disk).getLast().name();
        disk.put(name, Arrays.copyOf(disk.content(name), disk.content(name).length - 9));
        assertThat(whole(disk).findings())
                .hasOnlyElementsOfType(LogFinding.Torn.class)
                .hasSize(1);
        assertThat(LogCheck.of(disk, Lamps.store(), Recorder.SMALL, Depth.WHOLE, true)
                        .findings())
                .isEmpty();
        // A node that begins a segment.
        disk.put(Segments.segmentName(31), new byte[0]);
        assertThat(LogCheck.of(disk, Lamps.store(), Recorder.SMALL, Depth.WHOLE, true)
                        .findings())
                .hasOnlyElementsOfType(LogFinding.Damaged.class);
    }

    @Test
    void aBeginningThatTheRingDroppedIsNotMissing() throws IOException {
        LogOptions small = new LogOptions(8 << 10, 32 << 10, 1L << 60, 1000, Long.MAX_VALUE / 4, 1);
        SimDisk disk = new SimDisk();
        Recorder recorder =
                Recorder.open(disk, Lamps.store(), small, 1).run(900).snapshot();
        assertThat(recorder.writer.keepHouse(0)).isPositive();
        recorder.writer.close();
        assertThat(LogCheck.of(disk, Lamps.store(), small, Depth.WHOLE, false).findings())
                .isEmpty();
        // The same files under bounds that would have dropped nothing.
        assertThat(LogCheck.of(disk, Lamps.store(), Recorder.SMALL, Depth.WHOLE, false)
                        .findings())
                .hasOnlyElementsOfType(LogFinding.BeginsLate.class);
        for (Segments.Snapshot snapshot : Segments.snapshots(disk)) {
            disk.delete(snapshot.name());
        }
        assertThat(LogCheck.of(disk, Lamps.store(), small, Depth.WHOLE, false).findings())
                .hasOnlyElementsOfType(LogFinding.NoStart.class);
        assertThat(starts(disk)).isFalse();
    }

    @Test
    void thereAreNoMoreFindingsThanABound() throws IOException {
        SimDisk disk = log();
        for (int i = 0; i < LogCheck.MOST + 5; i++) {
            disk.put("foreign-" + i, new byte[1]);
        }
        LogCheck.Result result = whole(disk);
        assertThat(result.findings()).hasSize(LogCheck.MOST);
        assertThat(result.more()).isEqualTo(5);
    }

    /** A start looks at few bytes, however long the log is. */
    @Test
    void aStartReadsLittleOfALongLog() throws IOException {
        SimDisk disk = new SimDisk();
        LogOptions big = new LogOptions(2 << 20, 1 << 30, 1L << 60, 1L << 40, Long.MAX_VALUE / 4, 1);
        Recorder recorder = Recorder.open(disk, Lamps.store(), big, 1);
        while (recorder.writer.bytes() < 24 << 20) {
            recorder.run(1000);
        }
        recorder.writer.force();
        recorder.writer.close();
        AtomicLong read = new AtomicLong();
        LogStorage counted = Reads.counting(disk, read);
        assertThat(check(counted, Depth.START).findings()).isEmpty();
        assertThat(read).hasValueLessThan(6 << 20);
        read.set(0);
        whole(counted);
        assertThat(read).hasValueGreaterThan(23 << 20);
    }

    // Which boot was the last

    @Test
    void theLastBootIsFoundInItsSegment() throws IOException {
        SimDisk disk = log();
        assertThat(LastBoot.config(disk))
                .hasValueSatisfying(config -> assertThat(config).isNotEmpty());
        Segments.Segment first = Segments.segments(disk).getFirst();
        assertThat(first.first()).isEqualTo(1);
        // Without that segment the snapshots tell, and without these nothing does.
        Map<String, String> config = LastBoot.config(disk).orElseThrow();
        disk.delete(first.name());
        assertThat(LastBoot.config(disk)).contains(config);
        Predicate<String> snapshot = name -> name.startsWith("snap-");
        for (String name : disk.names().stream().filter(snapshot).toList()) {
            disk.delete(name);
        }
        assertThat(LastBoot.config(disk)).isEmpty();
        assertThat(LastBoot.config(new SimDisk())).isEmpty();
    }

    @Test
    void whatCannotBeListedFails() {
        FaultyStorage faulty =
                new FaultyStorage(new SimDisk()).failing(FaultyStorage.BROKEN, call -> call.startsWith("names"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> whole(faulty));
        assertThatCode(() ->
                        whole(new FaultyStorage(log()).failing(FaultyStorage.BROKEN, call -> call.startsWith("take"))))
                .doesNotThrowAnyException();
    }
}
