package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
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
                Files.write(
                        lastSegment(),
                        "{\"type\":\"half a li".getBytes(StandardCharsets.UTF_8),
                        StandardOpenOption.APPEND);
                given.addAll(inputs(follower));
                if (run == 1) {
                    Files.write(lastSegment(), "ne}\n".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);
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

    /** Whoever looks after such a segment is told, and gets what stands in the next one. */
    @Test
    void whoGoesOnBehindADamagedSegmentGetsTheNext() throws IOException {
        try (DirectoryStorage storage = DirectoryStorage.open(folder)) {
            Recorder recorder = Recorder.open(storage, Lamps.store(), SMALL, 1);
            for (int i = 0; i < 20; i++) {
                take(recorder, 2);
            }
            recorder.writer.close();
            List<Segments.Segment> segments = Segments.segments(storage);
            Path second = folder.resolve(segments.get(1).name());
            byte[] bytes = Files.readAllBytes(second);
            bytes[bytes.length / 2] ^= 1;
            Files.write(second, bytes);
            try (LogFollower follower = LogFollower.of(DirectoryStorage.readOnly(folder))) {
                assertThatThrownBy(() -> inputs(follower)).isInstanceOf(LogException.Damaged.class);
                assertThat(inputs(follower))
                        .startsWith(segments.get(2).first())
                        .endsWith(recorder.store.state().input());
            }
        }
    }

    /** A damaged line in the segment being written is told of once, and what comes behind it is given. */
    @Test
    void aDamagedLineInTheOpenSegmentIsToldAndPassed() throws IOException {
        LogOptions large = new LogOptions(1 << 20, 64 << 20, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);
        try (DirectoryStorage storage = DirectoryStorage.open(folder);
                LogFollower follower = LogFollower.of(DirectoryStorage.readOnly(folder))) {
            Recorder recorder = Recorder.open(storage, Lamps.store(), large, 1);
            take(recorder, 3);
            assertThat(inputs(follower)).containsExactly(1L, 2L, 3L, 4L);
            long before = Files.size(lastSegment());
            take(recorder, 1);
            byte[] bytes = Files.readAllBytes(lastSegment());
            bytes[(int) before + 20] ^= 1;
            Files.write(lastSegment(), bytes);
            assertThat(inputs(follower)).as("nothing behind it yet").doesNotContain(5L);
            LogException.Damaged damage = follower.damage().orElseThrow();
            assertThat(damage).hasMessageContaining("the checksum does not hold");
            assertThat(follower.damage()).as("told once").isEmpty();
            take(recorder, 2);
            assertThat(inputs(follower)).endsWith(6L, 7L).doesNotContain(5L);
            take(recorder, 1);
            assertThat(inputs(follower)).containsExactly(8L);
            assertThat(follower.damage()).as("told once").isEmpty();
            recorder.writer.close();
        }
    }

    /** How often a folder is listed does not grow with what it holds, nor with how often nothing is new. */
    @Test
    void aFolderOfManySegmentsIsSeldomListed() throws IOException {
        try (DirectoryStorage storage = DirectoryStorage.open(folder)) {
            Recorder recorder = Recorder.open(storage, Lamps.store(), SMALL, 1);
            for (int i = 0; i < 300; i++) {
                take(recorder, 1);
            }
            int segments = Segments.segments(storage).size();
            assertThat(segments).isGreaterThan(20);
            AtomicInteger listings = new AtomicInteger();
            LogStorage counted = (LogStorage) Proxy.newProxyInstance(
                    LogStorage.class.getClassLoader(), new Class<?>[] {LogStorage.class}, (proxy, method, given) -> {
                        if (method.getName().equals("names")) {
                            listings.incrementAndGet();
                        }
                        try {
                            return method.invoke(storage, given);
                        } catch (InvocationTargetException failed) {
                            throw failed.getCause();
                        }
                    });
            try (LogFollower follower = LogFollower.from(counted, 1)) {
                assertThat(inputs(follower)).hasSize(301).endsWith(301L);
                assertThat(listings.get()).isLessThan(segments / 4);
                for (int i = 0; i < 50; i++) {
                    assertThat(follower.next()).isEmpty();
                }
                assertThat(listings.get()).isLessThan(segments / 4);
            }
            recorder.writer.close();
        }
    }
}
