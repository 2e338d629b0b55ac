package dev.dunlin.core.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Recorder;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index of a log of a million actions: how long it takes to make, to open, to go to any step, and to ask why. With
 * {@code -Ddunlin.bench.folder=DIR} log and index are kept there for the next run. Opening and the first going to a step
 * are measured in JVMs of their own, too.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true", disabledReason = "a benchmark: -Ddunlin.bench=true")
final class IndexBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int ACTIONS = Integer.getInteger("dunlin.bench.actions", 1_000_000);
    private static final int TRIES = 50;
    private static final int JVMS = 10;
    private static final String PRINTED = "milliseconds";

    @TempDir
    private Path temporary;

    @Test
    void aMillionActions() throws IOException, InterruptedException {
        String kept = System.getProperty("dunlin.bench.folder", "");
        Path log = (kept.isEmpty() ? temporary : Path.of(kept)).resolve("log");
        Path beside = log.resolve("index");
        if (!Files.exists(log)) {
            record(log);
        }
        Store<Lamps.Root> store = Lamps.store();
        try (DirectoryStorage files = DirectoryStorage.open(beside)) {
            long begun = System.nanoTime();
            LogIndex<Lamps.Root> index = open(log, files, store);
            FIGURES.info(
                    "index of {} actions, {} inputs, log {}: {} in {} ms, {} ({} bytes an action)",
                    index.actions(),
                    index.last(),
                    mebibytes(bytes(log) - bytes(beside)),
                    index.made(),
                    millis(begun),
                    mebibytes(bytes(beside)),
                    bytes(beside) / index.actions());
            assertThat(index.actions()).isGreaterThanOrEqualTo(ACTIONS);
        }
        startedAnew(log);
        try (DirectoryStorage files = DirectoryStorage.open(beside)) {
            List<Long> opens = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                long begun = System.nanoTime();
                assertThat(open(log, files, store).made()).isEqualTo(LogIndex.Made.FOUND);
                opens.add(millis(begun));
            }
            LogIndex<Lamps.Root> index = open(log, files, store);
            print("open", opens);
            print("seek anywhere", seeks(index, store));
            List<Long> whys = new ArrayList<>();
            for (int i = 0; i < TRIES; i++) {
                long begun = System.nanoTime();
                assertThat(Why.of(index, new Subject("lamp", "lamp" + i % 12), 1000)
                                .chain())
                        .hasSize(1000);
                whys.add(millis(begun));
            }
            print("why, the last 1,000", whys);
            long begun = System.nanoTime();
            Blame.of(index, StatePath.parse("lamp.lamps.lamp3.brightness"), index.last());
            FIGURES.info("blame of what changed lately: {} ms", millis(begun));
            begun = System.nanoTime();
            Blame.of(index, StatePath.parse("lamp.lamps.nobody"), index.last());
            FIGURES.info("blame of what never changed: {} ms", millis(begun));
        }
    }

    /** A JVM of its own: opens the index, then goes to one step, which nothing has gone to before. */
    static final class StartedAnew {
        private StartedAnew() {}

        /** Prints how long opening took, and going to the step. */
        public static void main(String[] arguments) throws IOException {
            Path log = Path.of(arguments[0]);
            Random random = new Random(Long.parseLong(arguments[1]));
            long begun = System.nanoTime();
            Store<Lamps.Root> store = Lamps.store();
            try (DirectoryStorage files = DirectoryStorage.open(log.resolve("index"))) {
                LogIndex<Lamps.Root> index = open(log, files, store);
                long opened = millis(begun);
                long step = 1 + random.nextLong(index.last());
                begun = System.nanoTime();
                Replayer<Lamps.Root> replayer = new Replayer<>(index.log(), store, false);
                replayer.seek(step);
                FIGURES.info("{} {} {} {}", PRINTED, index.made(), opened, millis(begun));
                replayer.close();
            }
        }
    }

    private static void startedAnew(Path log) throws IOException, InterruptedException {
        List<Long> opens = new ArrayList<>();
        List<Long> seeks = new ArrayList<>();
        for (int i = 0; i < JVMS; i++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path")
                                    + File.pathSeparator
                                    + System.getProperty("surefire.test.class.path", ""),
                            StartedAnew.class.getName(),
                            log.toString(),
                            Integer.toString(i))
                    .redirectErrorStream(true)
                    .start();
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(printed).isZero();
            String[] figures =
                    printed.substring(printed.indexOf(PRINTED)).strip().split(" ");
            assertThat(figures[1]).isEqualTo(LogIndex.Made.FOUND.name());
            opens.add(Long.parseLong(figures[2]));
            seeks.add(Long.parseLong(figures[3]));
        }
        print("a new JVM each: open", opens);
        print("a new JVM each: then its first seek", seeks);
    }

    private static LogIndex<Lamps.Root> open(Path log, DirectoryStorage files, Store<Lamps.Root> store) {
        LogReader<Lamps.Root> reader = LogReader.open(DirectoryStorage.readOnly(log), store);
        return LogIndex.open(reader, store, files, "bench", LogIndex.Options.DEFAULT, step -> {});
    }

    private static List<Long> seeks(LogIndex<Lamps.Root> index, Store<Lamps.Root> store) {
        Random random = new Random(1);
        List<Long> seeks = new ArrayList<>();
        for (int i = 0; i < TRIES; i++) {
            long step = 1 + random.nextLong(index.last());
            Replayer<Lamps.Root> replayer = new Replayer<>(index.log(), store, false);
            long begun = System.nanoTime();
            replayer.seek(step);
            seeks.add(millis(begun));
            replayer.close();
        }
        return seeks;
    }

    private static void record(Path log) throws IOException {
        try (DirectoryStorage storage = DirectoryStorage.open(log)) {
            Recorder recorder = Recorder.open(storage, Lamps.store(), LogOptions.DEFAULT, 1);
            long actions = 1;
            while (actions < ACTIONS) {
                actions += recorder.step();
            }
            recorder.writer.force();
            recorder.writer.keepHouse(0);
            recorder.writer.close();
        }
    }

    private static long bytes(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    private static long millis(long begun) {
        return (System.nanoTime() - begun) / 1_000_000;
    }

    private static String mebibytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
    }

    private static void print(String what, List<Long> millis) {
        List<Long> sorted = millis.stream().sorted().toList();
        FIGURES.info(
                "{}: first {} ms, then median {} ms, longest {} ms of {}",
                what,
                millis.getFirst(),
                sorted.get(sorted.size() / 2),
                sorted.getLast(),
                sorted.size());
    }
}
