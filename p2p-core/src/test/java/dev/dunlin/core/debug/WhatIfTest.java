package dev.dunlin.core.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.Quirk;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Recorder;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.JsonDifference;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class WhatIfTest {

    private static final long ALL = Long.MAX_VALUE;

    private static LampAction on(String lamp, int brightness) {
        return new LampAction.SwitchOn(lamp, brightness, Ticket.NONE);
    }

    private static LoggedAction logged(Action action) {
        return new LoggedAction(action, Optional.empty());
    }

    private static WhatIf<Lamps.Root> whatIf(SimDisk disk, Quirk quirk) {
        return new WhatIf<>(LogReader.open(disk, Lamps.store()), () -> Lamps.store(quirk), false);
    }

    private static WhatIf.Outcome run(SimDisk disk, long at, Edit edit) {
        return whatIf(disk, Quirk.NONE).run(at, edit, ALL, 100);
    }

    /** 1 boot, 2 desk on, 3 desk measured, 4 shelf on, 5 a line, 6 its end. */
    private static SimDisk day() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, Lamps.store(), Recorder.SMALL, 4);
        recorder.take(Input.of(on("desk", 10)));
        recorder.take(new Input(new LampAction.Measured("desk", 5), new ActionId(2, 3)));
        recorder.take(Input.of(on("shelf", 50)));
        recorder.take(Input.of(new LampAction.Wired(new Handle("line", 1, 1), "desk")));
        recorder.take(Input.of(new LampAction.Cut(new Handle("line", 1, 1))));
        recorder.writer.close();
        return disk;
    }

    private static SimDisk random(int inputs) throws IOException {
        SimDisk disk = new SimDisk();
        Recorder.open(disk, 6).run(inputs / 2).snapshot().writer.close();
        Recorder.open(disk, 7).run(inputs / 2).writer.close();
        return disk;
    }

    private static Action recorded(SimDisk disk, long step) {
        Store<Lamps.Root> store = Lamps.store();
        Replayer<Lamps.Root> replayer = new Replayer<>(LogReader.open(disk, store), store, false);
        return replayer.recordedAt(step).map(Frame.Recorded::action).orElseThrow();
    }

    @Test
    void anInputChangedToItselfChangesNothingWhereverItStands() throws IOException {
        SimDisk disk = random(400);
        for (long at = 1; at <= 402; at += 7) {
            WhatIf.Outcome outcome = run(disk, at, new Edit.Change(logged(recorded(disk, at))));
            assertThat(outcome)
                    .as("at %s", at)
                    .isEqualTo(new WhatIf.Outcome(
                            402,
                            OptionalLong.empty(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            List.of(),
                            0,
                            0,
                            0,
                            0,
                            0,
                            Optional.empty()));
            assertThat(outcome.openLoop()).isFalse();
        }
    }

    @Test
    void anInsertedInputThatIsRefusedIsAllThatComes() throws IOException {
        SimDisk disk = random(400);
        for (long at = 1; at <= 403; at += 11) {
            WhatIf.Outcome outcome = run(disk, at, new Edit.Insert(logged(new LampAction.Glow("none", 1))));
            assertThat(outcome.parted()).as("at %s", at).isEmpty();
            assertThat(outcome.actions()).isEmpty();
            assertThat(outcome.rejections()).containsExactly(new WhatIf.Moved("lamp/glow by lamp-is-lit", 1, 0));
            assertThat(outcome.openLoop()).isFalse();
        }
    }

    @Test
    void aChangedInputPartsTheFuturesAtItsStep() throws IOException {
        WhatIf.Outcome outcome = run(day(), 2, new Edit.Change(logged(on("desk", 12))));
        assertThat(outcome.parted()).hasValue(2);
        assertThat(outcome.partedIn()).containsExactly("lamp");
        assertThat(outcome.machines()).containsExactly("lamp");
        assertThat(outcome.last()).isEqualTo(6);
        assertThat(outcome.fields())
                .contains(new JsonDifference("lamp.lamps.desk.brightness", "10", "12"))
                .noneMatch(field -> field.path().contains("shelf"));
        assertThat(outcome.actions()).containsExactly(new WhatIf.Moved("lamp/switchOn", 1, 1));
        assertThat(outcome.openLoop())
                .as("the request is still made, and its answer comes")
                .isFalse();
    }

    @Test
    void theAnswerToARequestThatIsNotMadeGoesWithIt() throws IOException {
        WhatIf.Outcome outcome = run(day(), 2, new Edit.Drop());
        assertThat(outcome.parted()).hasValue(2);
        assertThat(outcome.droppedAnswers()).isOne();
        assertThat(outcome.openLoop()).isTrue();
        assertThat(outcome.unanswered()).isZero();
        assertThat(outcome.actions())
                .containsExactly(
                        new WhatIf.Moved("lamp/glow", 0, 2),
                        new WhatIf.Moved("lamp/measured", 0, 1),
                        new WhatIf.Moved("lamp/switchOn", 0, 1),
                        new WhatIf.Moved("lamp/switchedOn", 0, 1));
        assertThat(outcome.effects())
                .containsExactly(new WhatIf.Moved("lamp/measure", 0, 1), new WhatIf.Moved("lamp/ring", 0, 1));
        assertThat(outcome.fields())
                .as("the draws of later steps are what they were")
                .noneMatch(field -> field.path().contains("shelf"));
    }

    @Test
    void theEndOfAHandleThatIsNotOpenedGoesWithIt() throws IOException {
        WhatIf.Outcome outcome = run(day(), 5, new Edit.Drop());
        assertThat(outcome.droppedEnds()).isOne();
        assertThat(outcome.openLoop()).isTrue();
        assertThat(outcome.parted()).hasValue(5);
        assertThat(outcome.partedIn()).containsExactly("node", "lamp");
        assertThat(outcome.machines()).as("after the end they meet again").isEmpty();
        assertThat(outcome.fields()).isEmpty();
    }

    @Test
    void ticksFollowTheChangedFuturesDeadlines() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, Lamps.store(), Recorder.SMALL, 4);
        recorder.take(Input.of(on("desk", 10)));
        recorder.run(40).writer.close();
        WhatIf.Outcome dropped = run(disk, 2, new Edit.Drop());
        assertThat(dropped.droppedTicks()).isOne();
        assertThat(dropped.addedTicks()).isZero();
        WhatIf.Outcome inserted = run(disk, 10, new Edit.Insert(logged(on("cellar", 20))));
        assertThat(inserted.addedTicks()).isOne();
        assertThat(inserted.unanswered()).isOne();
        assertThat(inserted.openLoop()).isTrue();
        assertThat(inserted.fields())
                .anyMatch(field -> field.path().equals("lamp.lamps.cellar")
                        && field.after().contains("\"kind\":\"dark\""));
    }

    @Test
    void aFutureThatABugStopsSaysSo() throws IOException {
        WhatIf.Outcome outcome = whatIf(day(), Quirk.THROWS).run(3, new Edit.Insert(logged(on("cellar", 42))), ALL, 9);
        assertThat(outcome.stopped().orElseThrow()).contains("42 is too bright");
    }

    @Test
    void itRunsToTheStepAsked() throws IOException {
        WhatIf.Outcome outcome = whatIf(day(), Quirk.NONE).run(2, new Edit.Drop(), 2, 1);
        assertThat(outcome.last()).isEqualTo(2);
        assertThat(outcome.droppedAnswers()).isZero();
        assertThat(outcome.fields()).hasSize(1);
    }

    @Test
    void aFailedRunOfTheRecordIsStepOver() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, Lamps.store(), Recorder.SMALL, 1);
        recorder.take(Input.of(on("desk", 10)));
        recorder.fail(Input.of(new LampAction.Burst("bang")));
        recorder.writer.close();
        Recorder.open(disk, Lamps.store(), Recorder.SMALL, 2).run(5).writer.close();
        WhatIf.Outcome outcome = run(disk, 2, new Edit.Change(logged(on("desk", 10))));
        assertThat(outcome.parted()).isEmpty();
        assertThat(outcome.last()).isEqualTo(9);
    }

    @Test
    void aStepThatTheLogDoesNotHaveIsRefused() throws IOException {
        SimDisk disk = day();
        for (Edit edit : List.of(new Edit.Drop(), new Edit.Change(logged(on("desk", 1))))) {
            assertThatExceptionOfType(LogException.class)
                    .isThrownBy(() -> run(disk, 7, edit))
                    .withMessage("the log ends at step 6: there is no step 7");
        }
        assertThat(run(disk, 7, new Edit.Insert(logged(on("cellar", 1)))).parted())
                .hasValue(7);
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> run(disk, 99, new Edit.Drop()))
                .withMessage("the log ends at step 6: there is no step 99");
        assertThatExceptionOfType(LogException.class).isThrownBy(() -> run(disk, 0, new Edit.Drop()));
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> whatIf(disk, Quirk.NONE).run(3, new Edit.Drop(), 2, 1));
    }

    @Test
    void requestsThatWaitAreBounded() {
        Store<Lamps.Root> store = Lamps.store();
        Asked asked = new Asked(2);
        asked.add(store.apply(Input.of(on("desk", 10)), 1));
        asked.add(store.apply(Input.of(on("shelf", 10)), 1));
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> asked.add(store.apply(Input.of(on("cellar", 10)), 1)))
                .withMessageStartingWith("more than 2 requests wait");
        assertThat(asked.answered(new ActionId(1, 3))).isPresent();
        assertThat(asked.answered(new ActionId(1, 3))).isEmpty();
        asked.add(store.apply(Input.of(on("attic", 10)), 1));
        assertThat(asked.without(new Asked(1))).isEqualTo(2);
    }

    @Test
    void anActionIsReadAsTheLogWritesIt() {
        LoggedAction plain =
                LoggedAction.parse(Lamps.codec(), "{\"type\":\"lamp/switchOff\",\"payload\":{\"lamp\":\"desk\"}}");
        assertThat(plain).isEqualTo(logged(new LampAction.SwitchOff("desk")));
        LoggedAction answer = LoggedAction.parse(
                Lamps.codec(),
                "{\"type\":\"lamp/measured\",\"payload\":{\"lamp\":\"desk\",\"watts\":5},\"meta\":{\"input\":3,"
                        + "\"answers\":\"2.3\"},\"crc\":\"00000000\"}");
        assertThat(answer.answers()).contains(new ActionId(2, 3));
        refused("is written as", "{}");
        refused("is written as", "[1]");
        refused("is no JSON", "{\"type\"");
        refused("is none of this build: lamp/none", "{\"type\":\"lamp/none\",\"payload\":{}}");
        refused("is none of this build", "{\"type\":\"lamp/switchOff\",\"payload\":{}}");
        refused("is an effect", "{\"type\":\"lamp/ring\",\"payload\":{\"lamp\":\"desk\"}}");
        refused(
                "an action id",
                "{\"type\":\"lamp/switchOff\",\"payload\":{\"lamp\":\"desk\"},\"meta\":{\"answers\":\"x\"}}");
        refused("is no JSON", "{\"type\":\"lamp/switchOff\",\"payload\":{\"lamp\":\"desk\"}} {}");
        refused("at most", " ".repeat(LoggedAction.MAX_TEXT + 1));
    }

    private static void refused(String why, String text) {
        assertThatExceptionOfType(LoggedAction.Unreadable.class)
                .isThrownBy(() -> LoggedAction.parse(Lamps.codec(), text))
                .withMessageContaining(why);
    }
}
