package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import dev.dunlin.node.stepper.Past;
import dev.dunlin.node.stepper.Row;
import dev.dunlin.node.stepper.Wanted;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log of many segments, each answer held to the plain list of its steps. */
class RecordedPastTest {

    private static final int STEPS = 300;

    @TempDir
    private Path data;

    private RecordedPast past;

    @BeforeEach
    void record(@TempDir Path other) throws IOException {
        LogOptions usual = LogOptions.DEFAULT;
        LogOptions small = new LogOptions(
                headBytes(other) + (8 << 10),
                usual.ringBytes(),
                usual.ringAgeMicros(),
                usual.snapshotBytes(),
                usual.snapshotMicros(),
                1);
        try (RecordedNode node = RecordedNode.in(data, small)) {
            node.boot();
            for (int i = 2; i <= STEPS; i++) {
                node.connect(i % 50 == 0 ? RecordedNode.BEN : RecordedNode.ANN);
            }
        }
        Store<NodeRoot> store = NodeRoot.newStore();
        LogReader<NodeRoot> log = LogReader.open(DirectoryStorage.readOnly(data.resolve("log")), store);
        assertThat(log.segmentStarts()).hasSizeGreaterThan(10);
        past = new RecordedPast("log", log, new Replayer<>(log, store, false));
    }

    // A segment's head has the whole schema in it, which grows: how much stands behind it is what matters here.
    private static int headBytes(Path other) throws IOException {
        try (RecordedNode node = RecordedNode.in(other)) {
            node.boot();
        }
        try (Stream<Path> files = Files.list(other.resolve("log"))) {
            Path segment = files.filter(file -> file.getFileName().toString().startsWith("log-"))
                    .findFirst()
                    .orElseThrow();
            return Files.readString(segment).indexOf('\n');
        }
    }

    private static List<Long> steps(List<Row> rows) {
        return rows.stream().map(Row::step).toList();
    }

    @Test
    void eachStepHasItsRow() {
        assertThat(past.first()).isZero();
        assertThat(past.last()).isEqualTo(STEPS);
        for (long step = STEPS; step >= 1; step -= 13) {
            Row row = past.row(step);
            assertThat(row.step()).isEqualTo(step);
            assertThat(row.at()).isEqualTo(RecordedNode.BEGAN + step * 1_000_000);
        }
    }

    @Test
    void rowsAroundAnyStep() {
        for (long step = 0; step <= STEPS; step += 7) {
            long at = step;
            assertThat(steps(past.around(Wanted.ALL, step, 5, 6)))
                    .isEqualTo(LongStream.range(Math.max(1, at - 5), Math.min(STEPS + 1, Math.max(1, at) + 6))
                            .boxed()
                            .toList());
        }
    }

    @Test
    void whatFitsIsFoundInEitherDirection() {
        Wanted ben = new Wanted("", false, RecordedNode.BEN.toString(), "", false, "");
        Wanted aboutBen = new Wanted("", false, "", "peer:" + RecordedNode.BEN, false, "");
        for (Wanted wanted : List.of(ben, aboutBen)) {
            for (long step = 0; step <= STEPS; step += 11) {
                long at = step;
                assertThat(past.find(wanted, step, true))
                        .isEqualTo(LongStream.rangeClosed(at + 1, STEPS)
                                .filter(each -> each % 50 == 0)
                                .findFirst());
                assertThat(past.find(wanted, step, false))
                        .isEqualTo(LongStream.range(1, at)
                                .filter(each -> each % 50 == 0)
                                .max());
            }
            assertThat(steps(past.around(wanted, 100, 1, 1))).containsExactly(50L, 100L);
        }
        assertThat(past.find(Wanted.ALL, 299, true)).hasValue(300);
        assertThat(past.find(new Wanted("node/booted", true, "", "", false, ""), STEPS, false))
                .hasValue(1);
        assertThat(past.find(new Wanted("node/boo", true, "", "", false, ""), STEPS, false))
                .isEqualTo(OptionalLong.empty());
        // A second dial of a peer while the first goes on is refused.
        assertThat(past.find(new Wanted("", false, "", "", true, ""), 0, true))
                .isEqualTo(LongStream.rangeClosed(1, STEPS)
                        .filter(step -> past.row(step).text().contains("[refused "))
                        .findFirst())
                .isPresent();
    }

    @Test
    void whatAStepIsAbout() {
        assertThat(past.subject(50)).contains("peer:" + RecordedNode.BEN);
        assertThat(past.peer(50)).contains(RecordedNode.BEN.toString());
        assertThat(past.subject(1)).isEqualTo(Optional.empty());
        assertThat(past.peer(1)).isEqualTo(Optional.empty());
    }

    @Test
    void allInputsAreCounted() {
        assertThat(past.density().orElseThrow().inputs(1)).containsExactly(STEPS);
    }

    /** Whoever is tired of a long way stops it, and goes on from there; nothing of it is replayed twice. */
    @Test
    void aLongWayCanBeStopped() {
        List<Long> asked = new ArrayList<>();
        past.watched((step, to) -> {
            assertThat(to).isEqualTo(STEPS - 1);
            asked.add(step);
            return asked.size() > 1;
        });
        assertThatThrownBy(() -> past.state(STEPS))
                .isInstanceOf(Past.Unreadable.class)
                .hasMessage("stopped at step 256, on the way to step 299: what is shown next goes on from there");
        assertThat(past.state(STEPS)).anyMatch(line -> line.contains(RecordedNode.ANN.toString()));
        assertThat(asked).containsExactly(256L);
    }

    /** The way back begins at a state that was passed before, and leads to the same. */
    @Test
    void goingBackDoesNotBeginAnew(@TempDir Path longer) throws IOException {
        try (RecordedNode node = RecordedNode.in(longer)) {
            node.boot();
            for (int i = 2; i <= 3000; i++) {
                node.connect(i % 50 == 0 ? RecordedNode.BEN : RecordedNode.ANN);
            }
        }
        RecordedPast gone = of(longer);
        List<String> late = gone.state(2900);
        List<Long> asked = new ArrayList<>();
        gone.watched((step, to) -> asked.add(step));
        List<String> early = gone.state(2400);
        assertThat(asked).isNotEmpty().allMatch(step -> step > 2048);
        asked.clear();
        assertThat(gone.state(1025)).isEqualTo(of(longer).state(1025));
        assertThat(asked).isEmpty();
        assertThat(gone.state(2900)).isEqualTo(late);
        assertThat(asked).isNotEmpty().allMatch(step -> step > 2048);
        assertThat(early).isEqualTo(of(longer).state(2400));
    }

    private static RecordedPast of(Path data) {
        Store<NodeRoot> store = NodeRoot.newStore();
        LogReader<NodeRoot> log = LogReader.open(DirectoryStorage.readOnly(data.resolve("log")), store);
        return new RecordedPast("log", log, new Replayer<>(log, store, false));
    }
}
