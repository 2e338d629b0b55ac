package dev.dunlin.core.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdInputStream;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Store;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Opens and verifies every log of the corpus: what earlier builds wrote is read for ever, or it is said why not. */
final class CorpusTest {

    private static final String ACCEPT = "dunlin.corpus.accept";

    /**
     * One log.
     *
     * @param folder where it is
     * @param change what has changed since it was written
     */
    private record Entry(Path folder, Change change) {
        @Override
        public String toString() {
            return String.valueOf(folder.getFileName());
        }

        SimDisk log() throws IOException {
            SimDisk disk = new SimDisk();
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.sorted().toList()) {
                    String name = String.valueOf(file.getFileName());
                    if (!name.equals(Reading.EXPECTED)) {
                        disk.put(name, Files.readAllBytes(file));
                    }
                }
            }
            return disk;
        }

        String expected() throws IOException {
            return Files.readString(folder.resolve(Reading.EXPECTED));
        }
    }

    static List<Entry> logs() throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (Stream<Path> folders = Files.list(CorpusWriter.CORPUS)) {
            for (Path folder : folders.sorted().toList()) {
                String name = String.valueOf(folder.getFileName());
                String kind = name.substring(name.indexOf('-') + 1);
                Change change = Arrays.stream(Change.values())
                        .filter(one -> one.folder(0).equals("format0-" + kind))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError("nobody knows what changes in " + name));
                entries.add(new Entry(folder, change));
            }
        }
        return entries;
    }

    @Test
    void thereIsALogOfEachFormatAndOfEachChange() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int format = Frame.OLDEST; format <= Frame.FORMAT; format++) {
            for (Change change : Change.values()) {
                expected.add(change.folder(format));
            }
        }
        assertThat(logs()).extracting(Entry::toString).containsExactlyInAnyOrderElementsOf(expected);
    }

    /**
     * A difference here is one in what a log of an earlier build means to this one. If only the wording is another, run this with
     * {@code -Ddunlin.corpus.accept=true}, which writes the words and never a log.
     */
    @ParameterizedTest
    @MethodSource("logs")
    void isReadAsExpected(Entry entry) throws IOException {
        String reading = Reading.of(entry.change(), entry.log());
        if (Boolean.getBoolean(ACCEPT)) {
            Files.writeString(entry.folder().resolve(Reading.EXPECTED), reading);
        }
        assertThat(reading).isEqualTo(entry.expected());
    }

    // What was accepted says what it must.
    @ParameterizedTest
    @MethodSource("logs")
    void whatIsExpectedIsRight(Entry entry) throws IOException {
        String expected = entry.expected();
        assertThat(expected).startsWith("fit:\n  " + entry.change().fit() + "\ndifferences:\n");
        switch (entry.change().fit()) {
            case FINE -> {
                assertThat(expected)
                        .doesNotContain("RISKY", "IMPOSSIBLE", "replay:", " diverges")
                        .contains("going on:\n  behind input ", "opened again:\n  to the same state");
                assertThat(expected.split("0 divergences", -1))
                        .as("before and after it was gone on with")
                        .hasSize(3);
            }
            case RISKY ->
                assertThat(expected)
                        .contains(
                                "\n  RISKY: ",
                                "replay:\n  the log does not fit this build",
                                "if the losses are accepted")
                        .contains("verified:", "opened again:\n  to the same state")
                        .doesNotContain("IMPOSSIBLE");
            case IMPOSSIBLE ->
                assertThat(expected)
                        .contains("\n  IMPOSSIBLE: ", ", or replay it with the build that wrote it")
                        .containsPattern("going on:\n  this build cannot (go on from the log|read the snapshot) .*"
                                + "( was removed| has no default| and is )")
                        .doesNotContain("verified:", "it is read");
        }
        if (expected.contains("verified:")) {
            assertThat(expected)
                    .contains("failed then: step ", "shelf/put failed: java.lang.IllegalStateException: 13 is unlucky")
                    .contains("the last line is cut short", "cut ");
            assertThat(expected.split("it is read, and is what the inputs before it lead to", -1))
                    .as("snapshots are read across the change")
                    .hasSize(3);
        }
    }

    @Test
    void aRenamedClassChangesNothing() throws IOException {
        Store<Object[]> before = Change.RENAMED_CLASS.before();
        Store<Object[]> after = Change.RENAMED_CLASS.after();
        assertThat(Schema.of(after)).isEqualTo(Schema.of(before));
        for (Entry entry : logs()) {
            if (entry.change() == Change.RENAMED_CLASS) {
                assertThat(entry.expected())
                        .contains("differences:\n  FINE: type node/configure was added\n"
                                + "  FINE: type node/configured was added\nverified:");
                Digest old = new Replayer<>(LogReader.open(entry.log(), before), before, false)
                        .verify(step -> {})
                        .digest();
                assertThat(entry.expected()).contains("digest " + old);
            }
        }
    }

    @Test
    void thePlainLogHasAllThatALogCanHave() throws IOException {
        for (Entry entry : logs()) {
            if (entry.change() == Change.PLAIN) {
                List<String> names = entry.log().names();
                assertThat(names).filteredOn(name -> name.startsWith("log-")).hasSizeGreaterThan(2);
                assertThat(names).filteredOn(name -> name.matches("log-.*zst")).isNotEmpty();
                assertThat(names)
                        .filteredOn(name -> name.matches("log-.*jsonl"))
                        .hasSizeGreaterThan(1);
                assertThat(names).filteredOn(name -> name.startsWith("snap-")).hasSize(2);
                String text = String.join("\n", content(entry.log()));
                assertThat(text)
                        .contains("\"type\":\"@log/header\"", "\"type\":\"@log/forced\"", "\"type\":\"node/booted\"")
                        .contains("\"type\":\"node/clockStepped\"", "\"type\":\"node/tick\"", "\"failed\":\"step ")
                        .contains("\"rejected\":[", "\"operands\":{", "\"answers\":", "\"durable\":true")
                        .contains("\"type\":\"@snapshot/header\"", "\"type\":\"@snapshot/value\"")
                        .contains("\"type\":\"@snapshot/entries\"", "\"type\":\"@snapshot/record\"")
                        .contains("\"type\":\"@snapshot/end\"")
                        .contains("\"wallOffset\":3600000000", "\"wallOffset\":0");
            }
        }
    }

    /**
     * What this build writes is what its format's logs have. If this fails, either something is broken, or the format is another:
     * then {@link Frame#FORMAT} goes up, and {@link CorpusWriter} makes its folders.
     */
    @ParameterizedTest
    @MethodSource("logs")
    void thisBuildWritesThePresentFormat(Entry entry) throws IOException {
        if (entry.toString().startsWith("format" + Frame.FORMAT + "-")) {
            assertThat(inputs(CorpusWriter.log(entry.change()))).isNotEmpty().isEqualTo(inputs(entry.log()));
        }
    }

    // The inputs' lines. Where a file ends and a snapshot is made goes by the bytes of the headers, too, which grow
    // with each
    // type that is added.
    private static List<String> inputs(SimDisk disk) throws IOException {
        return content(disk).stream()
                .filter(line -> line.startsWith("{") && !line.startsWith("{\"type\":\"@"))
                .toList();
    }

    // The files by name, and their lines as they are before compression.
    private static List<String> content(SimDisk disk) throws IOException {
        List<String> lines = new ArrayList<>();
        for (String name : disk.names()) {
            lines.add(name);
            byte[] bytes = disk.content(name);
            if (name.endsWith(".zst")) {
                try (ZstdInputStream in = new ZstdInputStream(new ByteArrayInputStream(bytes))) {
                    bytes = in.readAllBytes();
                }
            }
            new String(bytes, StandardCharsets.UTF_8).lines().forEach(lines::add);
        }
        return lines;
    }

    @Test
    void theWriterNeverWritesWhatIsThere(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("format2-plain");
        assertThat(CorpusWriter.make(log, Change.PLAIN)).isTrue();
        Path expected = log.resolve(Reading.EXPECTED);
        Files.writeString(expected, "as it is");
        Files.delete(log.resolve("log-000000000000001.jsonl.zst"));
        assertThat(CorpusWriter.make(log, Change.PLAIN)).isFalse();
        assertThat(Files.readString(expected)).isEqualTo("as it is");
        assertThat(log.resolve("log-000000000000001.jsonl.zst")).doesNotExist();
    }

    @Test
    void itIsSmall() throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(CorpusWriter.CORPUS)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                bytes += Files.size(file);
            }
        }
        assertThat(bytes).isLessThan((Frame.FORMAT - Frame.OLDEST + 1) * 300_000L);
    }
}
