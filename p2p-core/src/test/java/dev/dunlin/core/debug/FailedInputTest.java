package dev.dunlin.core.debug;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.Quirk;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Recorder;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An input that stopped a run changed nothing, and the node went on behind it at its next start. So does whoever asks the log,
 * also with a build that carries it out.
 */
final class FailedInputTest {

    private static final String BROKE = ".0: lamp/switchOn failed: java.lang.IllegalStateException: 42 is too bright";

    private final SimDisk disk = new SimDisk();
    private final List<Digest> states = new ArrayList<>();

    // 1: boot, 2: the desk lights up, 3: the shelf breaks the node, 4: boot, 5: again, 6: boot, 7: the shelf lights up,
    // 8: its measure is answered, 9: the desk is out
    FailedInputTest() throws IOException {
        states.add(digest(Lamps.store(Quirk.THROWS)));
        Recorder first = boot(1);
        take(first, new LampAction.SwitchOn("desk", 95, Ticket.NONE));
        fail(first);
        fail(boot(2));
        Recorder last = boot(3);
        take(last, new LampAction.SwitchOn("shelf", 10, Ticket.NONE));
        last.take(new Input(new LampAction.Measured("shelf", 5), new ActionId(7, 3)));
        states.add(digest(last.store));
        take(last, new LampAction.SwitchOff("desk"));
        last.writer.close();
    }

    private Recorder boot(long seed) throws IOException {
        Recorder recorder = Recorder.open(disk, Lamps.store(Quirk.THROWS), Recorder.SMALL, seed);
        states.add(digest(recorder.store));
        return recorder;
    }

    private void take(Recorder recorder, LampAction action) throws IOException {
        recorder.take(Input.of(action));
        states.add(digest(recorder.store));
    }

    private void fail(Recorder recorder) throws IOException {
        StoreFailure failure = recorder.fail(Input.of(new LampAction.SwitchOn("shelf", 42, Ticket.NONE)));
        assertThat(failure.number()).isEqualTo(states.size());
        states.add(states.getLast());
        recorder.writer.close();
    }

    // All but the number and the time of the last input.
    private static Digest digest(Store<Lamps.Root> store) {
        return Content.digest(List.copyOf(store.statesOf(store.state()).values()));
    }

    private Replayer<Lamps.Root> replayer(Store<Lamps.Root> store) {
        return new Replayer<>(LogReader.open(disk, store), store, false);
    }

    private static Optional<String> now(Quirk build, long step) {
        return build == Quirk.THROWS ? Optional.of("step " + step + BROKE) : Optional.empty();
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "NONE"})
    void verifyGoesOnBehindItAndTellsIt(Quirk build) {
        Store<Lamps.Root> store = Lamps.store(build);
        Replayer<Lamps.Root> replayer = replayer(store);
        for (int time = 0; time < 2; time++) {
            Replayer.Verified verified = replayer.verify(step -> {});
            assertThat(verified.divergence()).isEmpty();
            assertThat(verified.last()).isEqualTo(9);
            assertThat(verified.inputs()).isEqualTo(9);
            assertThat(verified.failures())
                    .containsExactly(
                            new Replayer.Failed(3, "step 3" + BROKE, now(build, 3)),
                            new Replayer.Failed(5, "step 5" + BROKE, now(build, 5)));
            assertThat(digest(store)).isEqualTo(states.getLast());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "NONE"})
    void seekingAndSteppingStandWhereTheNodeStood(Quirk build) {
        Store<Lamps.Root> store = Lamps.store(build);
        Replayer<Lamps.Root> replayer = replayer(store);
        for (int step = 0; step <= 9; step++) {
            replayer.seek(step);
            assertThat(digest(store)).as("step " + step).isEqualTo(states.get(step));
            assertThat(replayer.step()).isEqualTo(step);
        }
        for (int step = 8; step >= 0; step--) {
            assertThat(replayer.back()).isTrue();
            assertThat(digest(store)).as("back to " + step).isEqualTo(states.get(step));
        }
        for (int step = 1; step <= 9; step++) {
            assertThat(replayer.forward()).isTrue();
            assertThat(digest(store)).as("forward to " + step).isEqualTo(states.get(step));
            boolean failed = step == 3 || step == 5;
            assertThat(replayer.turn().isEmpty()).as("nothing came of it").isEqualTo(failed);
            assertThat(replayer.recordedAt(step).orElseThrow().failed().isPresent())
                    .isEqualTo(failed);
        }
        for (int step = 1; step <= 9; step++) {
            assertThat(replayer.mismatchAt(step)).as("step " + step).isEmpty();
        }
        assertThat(replayer.difference(2, 3, 10)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "NONE"})
    void theNextRunGoesOnBehindIt(Quirk build) throws IOException {
        Store<Lamps.Root> store = Lamps.store(build);
        ActionLog.Opened opened = ActionLog.open(disk, store, Recorder.SMALL, "test");
        assertThat(opened.lastInput()).isEqualTo(9);
        assertThat(opened.notes())
                .containsExactly(
                        "input 3 stopped the last run: step 3" + BROKE, "input 5 stopped the last run: step 5" + BROKE);
        assertThat(digest(store)).isEqualTo(states.getLast());
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "NONE"})
    void theIndexTellsIt(Quirk build) {
        Store<Lamps.Root> store = Lamps.store(build);
        LogIndex<Lamps.Root> index = LogIndex.open(
                LogReader.open(disk, store), store, new SimDisk(), Indexed.BUILD, Indexed.DENSE, step -> {});
        assertThat(index.last()).isEqualTo(9);
        assertThat(index.size(3)).isEqualTo(1);
        Entry failed = index.entry(new ActionId(3, 0));
        assertThat(failed.failed()).contains("step 3" + BROKE);
        assertThat(failed.rejection()).isEmpty();

        Why why = Why.of(index, new Subject("lamp", "shelf"), 3);
        assertThat(why.phases()).isEqualTo(Map.of("lamp", "lit"));
        assertThat(Why.of(index, new Subject("lamp", "shelf"), 100).chain())
                .filteredOn(entry -> entry.id().index() == 0)
                .extracting(entry -> entry.id().input())
                .containsExactly(3L, 5L, 7L, 8L);

        assertThat(Blame.of(index, StatePath.parse("lamp.lamps.shelf.brightness"), 9))
                .isInstanceOfSatisfying(Blame.Changed.class, changed -> {
                    assertThat(changed.action().id()).isEqualTo(new ActionId(7, 0));
                    assertThat(changed.before()).isEmpty();
                    assertThat(changed.after()).contains("10");
                });
        assertThat(Blame.of(index, StatePath.parse("lamp.lamps.shelf"), 6)).isInstanceOf(Blame.NeverThere.class);
        assertThat(CauseTree.of(index, new ActionId(3, 0), 100).action().led()).isEmpty();
        assertThat(CauseTree.of(index, new ActionId(8, 0), 100).causes())
                .extracting(Entry::id)
                .containsExactly(new ActionId(7, 3), new ActionId(7, 0));
        assertThat(Cost.of(index, () -> 0, step -> {}).all().inputs()).isEqualTo(9);
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "NONE"})
    void aClusterIsJoinedBehindIt(Quirk build) {
        Store<Lamps.Root> store = Lamps.store(build);
        List<Long> steps = new ArrayList<>();
        try (ClusterLog.Turns turns =
                ClusterLog.of("a", LogReader.open(disk, store), store, false).turns()) {
            for (Optional<Turn> next = turns.next(); next.isPresent(); next = turns.next()) {
                steps.add(next.get().number());
            }
        }
        assertThat(steps).containsExactly(1L, 2L, 4L, 6L, 7L, 8L, 9L);
        assertThat(digest(store)).isEqualTo(states.getLast());
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "NONE"})
    void anotherHistoryPassesItToo(Quirk build) {
        Store<Lamps.Root> store = Lamps.store(build);
        WhatIf.Outcome outcome = new WhatIf<>(LogReader.open(disk, store), () -> Lamps.store(build), false)
                .run(2, new Edit.Drop(), 9, 10);
        assertThat(outcome.stopped()).isEmpty();
        assertThat(outcome.last()).isEqualTo(9);
        assertThat(outcome.fields())
                .isNotEmpty()
                .allSatisfy(field -> assertThat(field.path()).doesNotContain("shelf"));
    }

    @ParameterizedTest
    @EnumSource(names = {"THROWS", "NONE"})
    void bisectComparesItByItsRecord(Quirk build) {
        Store<Lamps.Root> store = Lamps.store(build);
        LogReader<Lamps.Root> log = LogReader.open(disk, store);
        assertThat(Bisect.logs(log, LogReader.open(disk.copy(), store)).parting())
                .isEmpty();
    }
}
