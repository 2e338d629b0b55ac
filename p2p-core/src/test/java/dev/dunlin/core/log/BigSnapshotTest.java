package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.Shelves.Shelf;
import dev.dunlin.core.log.Shelves.ShelfAction;
import dev.dunlin.core.log.Shelves.State;
import dev.dunlin.core.log.Shelves.Thing;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * 600,000 records one record deep, and 900 values of 60 KB: the snapshot is written and read back in a JVM of its own that has 64
 * MiB of heap beside the state, comes back equal here, and the ring is trimmed by it. Prints the figures.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true", disabledReason = "long: -Ddunlin.bench=true")
final class BigSnapshotTest {

    private static final int MIB = 1 << 20;
    private static final int BESIDE = 64;

    @TempDir
    Path folder = Path.of("");

    private static State nested() {
        Table<Long, Thing> records = Table.empty();
        for (long i = 0; i < 600_000; i++) {
            records = records.with(i, new Thing.Book("record " + i, OptionalLong.of(i), Bytes.EMPTY));
        }
        Thing.Box box = new Thing.Box(records, List.of());
        return new State(
                Table.of("deep", new Shelf(Optional.of(box), Table.empty(), List.of())),
                Table.empty(),
                Optional.empty(),
                1);
    }

    private static State longValues() {
        Table<String, Thing> values = Table.empty();
        for (int i = 0; i < 900; i++) {
            values =
                    values.with("k" + i, new Thing.Book(("v" + i).repeat(60_000 / 4), OptionalLong.of(i), Bytes.EMPTY));
        }
        return new State(
                Table.of("wide", new Shelf(Optional.empty(), values, List.of())), Table.empty(), Optional.empty(), 1);
    }

    private static State state(String which) {
        return which.equals("nested") ? nested() : longValues();
    }

    private static long used() {
        for (int i = 0; i < 4; i++) {
            System.gc();
        }
        Runtime runtime = Runtime.getRuntime();
        return (runtime.totalMemory() - runtime.freeMemory()) / MIB;
    }

    /** In a JVM of its own: the state, what it takes, and with a folder its snapshot. */
    public static void main(String[] arguments) throws IOException {
        Store<Shelves.Root> store = Shelves.store(state(arguments[0]));
        Turn turn = store.apply(Input.of(new ShelfAction.Filled(1)), 5);
        System.out.println("used " + used());
        if (arguments.length > 1) {
            long begun = System.nanoTime();
            try (DirectoryStorage storage = DirectoryStorage.open(Path.of(arguments[1]))) {
                LogOptions options = new LogOptions(1024, 2048, 1L << 60, 1L << 60, 1L << 60, 1);
                LogWriter writer = new LogWriter(storage, store, options, "test", 0, 0);
                writer.beginSegment();
                writer.append(turn);
                writer.force();
                writer.snapshot(store, store.state());
                System.out.println("millis " + (System.nanoTime() - begun) / 1_000_000);
                for (int i = 0; i < 20; i++) {
                    writer.append(store.apply(Input.of(new NodeAction.Tick()), 6 + i));
                    writer.force();
                }
                System.out.println("dropped " + writer.keepHouse(100));
                writer.close();
            }
        }
    }

    private static List<String> child(int heapMib, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx" + heapMib + "m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                BigSnapshotTest.class.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said.lines().toList();
    }

    private static long figure(List<String> said, String name) {
        return said.stream()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> Long.parseLong(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aBigStateIsWrittenInLittleMemoryAndTrimsTheRing() throws Exception {
        for (String which : List.of("nested", "long")) {
            long used = figure(child(4096, which), "used");
            Path here = folder.resolve(which);
            List<String> said = child((int) used + BESIDE, which, here.toString());
            State state = state(which);
            Store<Shelves.Root> store = Shelves.store(state);
            try (DirectoryStorage storage = DirectoryStorage.readOnly(here)) {
                Segments.Snapshot file = Segments.snapshots(storage).getLast();
                State read = LogReader.open(storage, store)
                        .snapshotAt(1)
                        .orElseThrow()
                        .root()
                        .shelves();
                assertThat(Content.digest(read)).isEqualTo(Content.digest(state));
                assertThat(figure(said, "dropped")).isPositive();
                System.out.println("snapshot, " + which + ": state " + used + " MiB of heap, written and read back in "
                        + figure(said, "millis") + " ms within " + (used + BESIDE) + " MiB, "
                        + storage.size(file.name())
                        + " bytes; " + figure(said, "dropped") + " segments dropped");
            }
        }
    }
}
