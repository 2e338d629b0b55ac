package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFollowerTest {

    private static final LogOptions SMALL =
            new LogOptions(2048, 64 << 20, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);

    @TempDir
    private Path folder;

    private static List<Long> inputs(LogFollower follower) {
        List<Long> inputs = new ArrayList<>();
        for (Optional<String> next = follower.next(); next.isPresent(); next = follower.next()) {
            String line = next.get();
            if (!line.startsWith("{\"type\":\"@log/")) {
                String number = line.replaceAll(".*\"meta\":\\{\"input\":(\\d+),.*", "$1");
                inputs.add(Long.parseLong(number));
            }
        }
        return inputs;
    }

    private static void take(Recorder recorder, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            recorder.take(Lamps.boot(
                    recorder.store.state().node().run() + 1,
                    recorder.store.state().now()));
        }
        recorder.writer.flush();
    }

    private Path lastSegment() throws IOException {
        try (var files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList()
                    .getLast();
        }
    }

    @Test
    void eachInputIsGivenOnceAsItComes() throws IOException {
        try (DirectoryStorage storage = DirectoryStorage.open(folder);
                LogFollower follower = LogFollower.of(DirectoryStorage.readOnly(folder))) {
            assertThat(follower.next()).isEmpty();
            Recorder recorder = Recorder.open(storage, Lamps.store(), SMALL, 1);
            List<Long> given = new ArrayList<>();
            for (int round = 0; round < 40; round++) {
                take(recorder, round % 5);
                given.addAll(inputs(follower));
                assertThat(follower.next()).isEmpty();
                if (round % 7 == 0) {
                    recorder.writer.keepHouse(0);
                }
            }
            List<Long> all = new ArrayList<>();
            for (long input = 1; input <= recorder.store.state().input(); input++) {
                all.add(input);
            }
            assertThat(given).isEqualTo(all);
            assertThat(Segments.segments(storage)).hasSizeGreaterThan(3);
            recorder.writer.close();
        }
    }

    @Test
    void aRestartLosesNothing() throws IOException {
        try (LogFollower follower = LogFollower.of(DirectoryStorage.readOnly(folder))) {
            List<Long> given = new ArrayList<>();
            for (int run = 0; run < 3; run++) {
                try (DirectoryStorage storage = DirectoryStorage.open(folder)) {
                    Recorder recorder = Recorder.open(storage, Lamps.store(), SMALL, run);
                    take(recorder, 3);
                    given.addAll(inputs(follower));
                    recorder.writer.close();
                }
                Files.write(lastSegment(), "{\"type\":\"half a li".getBytes(), StandardOpenOption.APPEND);
                given.addAll(inputs(follower));
                if (run == 1) {
                    Files.write(lastSegment(), "ne}\n".getBytes(), StandardOpenOption.APPEND);
                    given.addAll(inputs(follower));
                }
            }
            assertThat(given.stream().distinct().toList())
                    .containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L);
        }
    }

    @Test
    void aDamagedClosedSegmentIsAnError() throws IOException {
        try (DirectoryStorage storage = DirectoryStorage.open(folder)) {
            Recorder recorder = Recorder.open(storage, Lamps.store(), SMALL, 1);
            for (int i = 0; i < 20; i++) {
                take(recorder, 2);
            }
            recorder.writer.close();
            Path first = folder.resolve(Segments.segments(storage).getFirst().name());
            byte[] bytes = Files.readAllBytes(first);
            bytes[bytes.length / 2] ^= 1;
            Files.write(first, bytes);
        }
        try (LogFollower follower = LogFollower.of(DirectoryStorage.readOnly(folder))) {
            assertThatThrownBy(() -> inputs(follower))
                    .isInstanceOf(LogException.Damaged.class)
                    .hasMessageContaining("in a closed segment");
        }
    }
}
