package dev.dunlin.core.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.Quirk;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.log.Recorder;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Named;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

final class ReplayerTest {

    private static Replayer<Lamps.Root> replayer(SimDisk disk, Quirk quirk) {
        Store<Lamps.Root> store = Lamps.store(quirk);
        return new Replayer<>(LogReader.open(disk, store), store, false);
    }

    private static Replayer<Lamps.Root> replayer(SimDisk disk) {
        return replayer(disk, Quirk.NONE);
    }

    @Test
    void aLongRandomLogVerifiesTwiceToTheSameDigest() throws IOException {
        SimDisk disk = new SimDisk();
        long taken = 0;
        for (int run = 1; run <= 4; run++) {
            Recorder recorder = Recorder.open(disk, run).run(2500).snapshot().run(500);
            recorder.writer.keepHouse(0);
            recorder.writer.close();
            taken = recorder.store.state().input();
        }
        List<Long> told = new ArrayList<>();
        Replayer<Lamps.Root> replayer = replayer(disk);
        Replayer.Verified once = replayer.verify(told::add);
        assertThat(once.divergence()).isEmpty();
        assertThat(once.first()).isEqualTo(1);
        assertThat(once.inputs()).isEqualTo(taken).isEqualTo(12_004);
        assertThat(once.actions()).isGreaterThan(2 * once.inputs());
        assertThat(told).hasSize(11).isSorted();
        assertThat(replayer.verify(step -> {})).isEqualTo(once);
        assertThat(replayer(disk).verify(step -> {})).isEqualTo(once);
    }

    @Test
    void seekForwardBackAndDifferenceAgreeWithAStraightRunAtEveryStep() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder =
                Recorder.open(disk, 3).run(80).snapshot().run(70).snapshot().run(50);
        recorder.writer.close();
        List<Digest> digests = new ArrayList<>();
        List<JsonNode> jsons = new ArrayList<>();
        Replayer<Lamps.Root> straight = replayer(disk);
        straight.seek(0);
        do {
            digests.add(straight.digest());
            jsons.add(straight.json(straight.state()));
        } while (straight.forward());
        assertThat(digests).hasSize(202);
        assertThat(straight.step()).isEqualTo(201);
        assertThat(straight.forward()).isFalse();

        Replayer<Lamps.Root> replayer = replayer(disk);
        for (int step = 201; step >= 0; step--) {
            replayer.seek(step);
            assertThat(replayer.step()).isEqualTo(step);
            assertThat(replayer.digest()).isEqualTo(digests.get(step));
        }
        assertThat(replayer.back()).isFalse();
        replayer.seek(201);
        for (int step = 200; step >= 0; step--) {
            assertThat(replayer.back()).isTrue();
            assertThat(replayer.digest()).isEqualTo(digests.get(step));
        }
        Random random = new Random(5);
        for (int i = 0; i < 200; i++) {
            int step = random.nextInt(202);
            switch (random.nextInt(4)) {
                case 0 -> replayer.seek(step);
                case 1 -> replayer.forward();
                case 2 -> replayer.back();
                default -> {
                    int other = random.nextInt(202);
                    assertThat(replayer.difference(step, other, 1000))
                            .isEqualTo(JsonDifference.between(jsons.get(step), jsons.get(other), 1000));
                }
            }
            assertThat(replayer.digest()).isEqualTo(digests.get((int) replayer.step()));
        }
        assertThat(replayer.verify(step -> {}).divergence()).isEmpty();
        replayer.seek(10);
        assertThat(replayer.digest()).isEqualTo(digests.get(10));
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> replayer.seek(202))
                .withMessage("the log ends at step 201: there is no step 202");
        assertThatExceptionOfType(LogException.class).isThrownBy(() -> replayer.seek(-1));
    }

    @Test
    void aRingThatHasDroppedItsBeginIsReplayedFromItsFirstGoodSnapshot() throws IOException {
        SimDisk disk = new SimDisk();
        LogOptions options = new LogOptions(8 << 10, 40 << 10, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);
        Recorder recorder = Recorder.open(disk, Lamps.store(), options, 1);
        for (int round = 0; round < 20; round++) {
            recorder.run(100).snapshot().writer.keepHouse(0);
        }
        recorder.run(10).writer.close();
        Replayer<Lamps.Root> replayer = replayer(disk);
        Replayer.Verified verified = replayer.verify(step -> {});
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.first()).isGreaterThan(1000);
        replayer.seek(verified.first());
        assertThat(replayer.back()).isTrue();
        assertThat(replayer.back()).as("at the first replayable step").isFalse();
        long gone = verified.first() - 2;
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> replayer.seek(gone))
                .withMessageContaining("ask for a later one");

        String earliest = disk.names().stream()
                .filter(name -> name.startsWith("snap-"))
                .findFirst()
                .orElseThrow();
        disk.put(earliest, new byte[10]);
        Replayer.Verified later = replayer(disk).verify(step -> {});
        assertThat(later.divergence()).isEmpty();
        assertThat(later.first()).as("from the next snapshot").isGreaterThan(verified.first());
        assertThat(later.digest()).isEqualTo(verified.digest());
    }

    private static SimDisk planted() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 8);
        recorder.take(Input.of(new LampAction.SwitchOn("desk", 10, Ticket.NONE)));
        recorder.take(new Input(new LampAction.Measured("desk", 5), new ActionId(2, 3)));
        recorder.take(Input.of(new LampAction.SwitchOn("shelf", 42, Ticket.NONE)));
        recorder.take(new Input(new LampAction.Measured("shelf", 6), new ActionId(4, 3)));
        recorder.snapshot();
        recorder.writer.close();
        return disk;
    }

    private static Divergence divergence(SimDisk disk, Quirk quirk, Replayer.Recorded second) {
        return replayer(disk, quirk).verify(step -> {}, second).divergence().orElseThrow();
    }

    @Test
    void aPlantedFieldIsReportedAtItsStepAndMachineWithTheFields() throws IOException {
        SimDisk disk = planted();
        Replayer<Lamps.Root> first = replayer(disk);
        Divergence found = divergence(disk, Quirk.BRIGHTER, step -> {
            first.seek(step);
            return Optional.of(first.json(first.state()));
        });
        assertThat(found.mismatch().number()).isEqualTo(4);
        assertThat(found.mismatch().machines()).containsExactly("lamp");
        assertThat(found.mismatch().what()).isEqualTo("the machine lamp changes to another state");
        assertThat(found.comparedAt()).isEqualTo(4);
        assertThat(found.differences()).containsExactly(new JsonDifference("lamp.lamps.shelf.brightness", "42", "43"));
        assertThat(found.text()).isEqualTo("""
                        step 4 diverges: the machine lamp changes to another state
                          input: lamp/switchOn {"lamp":"shelf","brightness":42,"ticket":"#0"}
                          machines: lamp
                          causes:
                            4 lamp/switchOn {"lamp":"shelf","brightness":42,"ticket":"#0"}
                          fields that differ after step 4 (recorded -> replayed):
                            lamp.lamps.shelf.brightness: 42 -> 43""");

        Divergence bySnapshot = divergence(disk, Quirk.BRIGHTER, step -> Optional.empty());
        assertThat(bySnapshot.comparedAt()).isEqualTo(5);
        assertThat(bySnapshot.differences())
                .containsExactly(new JsonDifference("lamp.lamps.shelf.brightness", "42", "43"));
    }

    @Test
    void aPlantedDispatchIsReportedThoughNoMachineDiffers() throws IOException {
        Divergence found = divergence(planted(), Quirk.RINGS_TWICE, step -> Optional.empty());
        assertThat(found.mismatch().number()).isEqualTo(4);
        assertThat(found.mismatch().machines()).isEmpty();
        assertThat(found.mismatch().what()).isEqualTo("it leads to other actions or effects");
        assertThat(found.differences()).isEmpty();
    }

    @Test
    void aPlantedClauseIsReported() throws IOException {
        Divergence found = divergence(planted(), Quirk.REFUSES, step -> Optional.empty());
        assertThat(found.mismatch().number()).isEqualTo(4);
        assertThat(found.mismatch().what())
                .contains("the machine lamp does not change and did")
                .contains("it is disabled by [0 brightness-is-fit []], not by []");
    }

    @Test
    void aPlantedFailureIsReported() throws IOException {
        Divergence found = divergence(planted(), Quirk.THROWS, step -> Optional.empty());
        assertThat(found.mismatch().number()).isEqualTo(4);
        assertThat(found.mismatch().what()).startsWith("it stops this build: step 4.0: lamp/switchOn failed");
        assertThat(found.text()).doesNotContain("\tat ");
    }

    @Test
    void theCauseChainGoesBackThroughTheEffectsThatWereAnswered() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 8);
        recorder.take(Input.of(new LampAction.SwitchOn("desk", 10, Ticket.NONE)));
        recorder.take(new Input(new LampAction.SwitchOn("shelf", 42, Ticket.NONE), new ActionId(2, 3)));
        recorder.writer.close();
        assertThat(divergence(disk, Quirk.BRIGHTER, step -> Optional.empty()).causes())
                .containsExactly(
                        "3 lamp/switchOn {\"lamp\":\"shelf\",\"brightness\":42,\"ticket\":\"#0\"}",
                        "answers effect 2.3 of 2 lamp/switchOn {\"lamp\":\"desk\",\"brightness\":10,\"ticket\":\"#0\"}");
    }

    @Test
    void aFailedInputIsPassedByAsTheNodeDid() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, Lamps.store(Quirk.THROWS), Recorder.SMALL, 1)
                .run(5);
        recorder.fail(Input.of(new LampAction.Burst("bang")));
        recorder.writer.close();
        Recorder.open(disk, Lamps.store(Quirk.THROWS), Recorder.SMALL, 2).writer.close();
        Replayer.Verified verified = replayer(disk, Quirk.THROWS).verify(step -> {});
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.last()).isEqualTo(8);
        String bang = "step 7.0: lamp/burst failed: java.lang.IllegalStateException: bang";
        assertThat(verified.failures()).containsExactly(new Replayer.Failed(7, bang, Optional.of(bang)));
        Replayer<Lamps.Root> replayer = replayer(disk);
        replayer.seek(7);
        assertThat(replayer.turn()).as("nothing came of it").isEmpty();
        assertThat(replayer.recordedAt(7).orElseThrow().failed().orElseThrow())
                .startsWith("step 7.0: lamp/burst failed: java.lang.IllegalStateException: bang");

        // The same fault, and a build that does not have it any more.
        SimDisk cured = new SimDisk();
        Recorder failing = Recorder.open(cured, Lamps.store(Quirk.THROWS), Recorder.SMALL, 1);
        failing.fail(Input.of(new LampAction.SwitchOn("desk", 42, Ticket.NONE)));
        failing.writer.close();
        Recorder after = Recorder.open(cured, 2).run(20);
        after.writer.close();
        Replayer<Lamps.Root> mended = replayer(cured);
        Replayer.Verified passed = mended.verify(step -> {});
        assertThat(passed.divergence()).isEmpty();
        assertThat(passed.last()).isEqualTo(23);
        assertThat(passed.failures())
                .containsExactly(new Replayer.Failed(
                        2,
                        "step 2.0: lamp/switchOn failed: java.lang.IllegalStateException: 42 is too bright",
                        Optional.empty()));
        assertThat(Content.digest(mended.state()))
                .as("the past is the one that was")
                .isEqualTo(Content.digest(after.store.state()));
        mended.seek(2);
        assertThat(mended.state().root().lamp().lamps().isEmpty()).isTrue();
    }

    /** One machine in three builds: the second has a field more and another name for its action, the third a field less. */
    private static final class Gate {
        sealed interface First extends Action {}

        @Named("unlock")
        record OpenOld(String who) implements First {}

        sealed interface Second extends Action {}

        @Named("open")
        record OpenNew(String who, int wide) implements Second {}

        sealed interface Third extends Action {}

        @Named("unlock")
        record OpenLess() implements Third {}

        record Old(String last, long count) {}

        record New(String last, long count, boolean rusty) {}

        sealed interface Sound extends Effect {}

        record Beep(long count) implements Sound, Effect.Fire, Effect.Durable {}

        private static final Machine<Object, Old, First> ONE = Machine.of("gate", new Old("", 0))
                .actions(First.class, Sound.class)
                .guards(Guards.<Object, Old, First>of().always(OpenOld.class).build())
                .reduces((own, action, ctx) -> {
                    if (action instanceof OpenOld(var who) && who.equals("judge")) {
                        ctx.effect(new Beep(1));
                    }
                    return new Old("someone", own.count() + 1);
                })
                .budget(100);

        private static final Machine<Object, New, Second> TWO = Machine.of("gate", new New("", 0, true))
                .actions(Second.class, Sound.class)
                .renamed("unlock", "open")
                .defaulted("gate/open", "wide", "7")
                .defaulted("gate", "rusty", "true")
                .guards(Guards.<Object, New, Second>of().always(OpenNew.class).build())
                .reduces((own, action, ctx) -> new New(action.toString(), own.count() + 1, own.rusty()))
                .budget(100);

        private static final Machine<Object, Old, Third> THREE = Machine.of("gate", new Old("", 0))
                .actions(Third.class, Sound.class)
                .guards(Guards.<Object, Old, Third>of().always(OpenLess.class).build())
                .reduces((own, action, ctx) -> new Old("someone", own.count() + 1))
                .budget(100);

        static Store<Object[]> store(int build) {
            return switch (build) {
                case 1 -> store(ONE);
                case 2 -> store(TWO);
                default -> store(THREE);
            };
        }

        private static <S, A extends Action> Store<Object[]> store(Machine<Object, S, A> machine) {
            return Store.of(new Object[] {machine.initial()})
                    .mount(machine, root -> machine.state().cast(root[0]), (root, own) -> new Object[] {own})
                    .build();
        }
    }

    private static SimDisk gateLog(String... who) throws IOException {
        SimDisk disk = new SimDisk();
        Store<Object[]> store = Gate.store(1);
        var writer = ActionLog.open(disk, store, Recorder.SMALL, "one").writer();
        writer.append(store.apply(Lamps.boot(1, 5), 5));
        for (String name : who) {
            writer.append(store.apply(Input.of(new Gate.OpenOld(name)), 6));
        }
        writer.close();
        return disk;
    }

    @Test
    void aLogOfAnOlderBuildReplaysWithDefaultsAndNewNames() throws IOException {
        SimDisk disk = gateLog("ann", "bob");
        Store<Object[]> store = Gate.store(2);
        LogReader<Object[]> reader = LogReader.open(disk, store);
        assertThat(reader.fit().fit()).isEqualTo(Schema.Fit.FINE);
        assertThat(reader.fit().text())
                .contains("type gate/unlock is now gate/open")
                .contains("gate/open.wide was added; older logs get 7")
                .contains("gate.rusty was added; older logs get true");
        Replayer<Object[]> replayer = new Replayer<>(reader, store, false);
        Replayer.Verified verified = replayer.verify(step -> {});
        assertThat(verified.divergence())
                .as("a digest of another shape says nothing")
                .isEmpty();
        assertThat(store.state().root()[0]).isEqualTo(new Gate.New("OpenNew[who=bob, wide=7]", 2, true));

        Store<Object[]> running = Gate.store(2);
        ActionLog.Opened opened = ActionLog.open(disk, running, Recorder.SMALL, "two");
        assertThat(opened.lastInput()).isEqualTo(3);
        assertThat(opened.notes().toString()).contains("another build wrote the log; the differences: FINE");
        opened.writer().append(running.apply(Input.of(new Gate.OpenNew("cat", 1)), 9));
        opened.writer().close();
        Store<Object[]> again = Gate.store(2);
        assertThat(new Replayer<>(LogReader.open(disk, again), again, false)
                        .verify(step -> {})
                        .last())
                .isEqualTo(4);
        assertThat(Content.digest(again.state().root()[0]))
                .isEqualTo(Content.digest(running.state().root()[0]));
    }

    @Test
    void aDurableInputWhoseDigestCannotBeComparedIsRefusedUntilTheLogIsSealed() throws IOException {
        SimDisk disk = gateLog("ann", "judge");
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> ActionLog.open(disk, Gate.store(2), Recorder.SMALL, "two"))
                .withMessageContaining("input 3, which led to a durable effect");
        assertThat(ActionLog.seal(disk, Gate.store(1), Recorder.SMALL, "one")).isEqualTo(3);
        Store<Object[]> running = Gate.store(2);
        ActionLog.open(disk, running, Recorder.SMALL, "two");
        assertThat(running.state().root()[0]).isEqualTo(new Gate.New("someone", 2, true));
    }

    /** As after an orderly stop: nothing stands behind the snapshot, so nothing must fit. */
    @Test
    void whereNothingIsToBeReplayedNothingMustFit() throws IOException {
        SimDisk disk = gateLog("ann");
        Store<Object[]> one = Gate.store(1);
        try (LogWriter writer = ActionLog.open(disk, one, Recorder.SMALL, "one").writer()) {
            writer.append(one.apply(Input.of(new NodeAction.Tick()), one.state().now() + 1));
            writer.force();
            writer.snapshot(one, one.state());
        }
        ActionLog.Opened opened = ActionLog.open(disk, Gate.store(3), Recorder.SMALL, "three");
        assertThat(opened.notes())
                .singleElement()
                .asString()
                .startsWith(
                        "what the log has before input 4 is of another build, and can be replayed with losses only");
    }

    @Test
    void whoGoesOnFromASealedLogIsToldWhatItCannotReplay() throws IOException {
        SimDisk disk = gateLog("ann");
        ActionLog.seal(disk, Gate.store(1), Recorder.SMALL, "one");
        ActionLog.Opened opened = ActionLog.open(disk, Gate.store(3), Recorder.SMALL, "three");
        assertThat(opened.notes())
                .containsExactly("what the log has before input 3 is of another build, and can be replayed with losses"
                        + " only: gate/unlock.who was removed");
    }

    @Test
    void riskyNeedsConsentAndImpossibleCannotBeHad() throws IOException {
        SimDisk disk = gateLog("ann");
        Store<Object[]> three = Gate.store(3);
        LogReader<Object[]> reader = LogReader.open(disk, three);
        assertThat(reader.fit().fit()).isEqualTo(Schema.Fit.RISKY);
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> new Replayer<>(reader, three, false))
                .withMessageContaining("build: gate/unlock.who was removed")
                .withMessageContaining("It can be replayed if the losses are accepted");
        assertThat(new Replayer<>(reader, three, true).verify(step -> {}).last())
                .isEqualTo(2);

        Store<Lamps.Root> lamps = Lamps.store();
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> new Replayer<>(LogReader.open(disk, lamps), lamps, true))
                .withMessageContaining("other machines (gate) than this program's (lamp)");
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> ActionLog.open(disk, Lamps.store(), Recorder.SMALL, "other"))
                .withMessageContaining("other machines (gate) than this program's (lamp)");
    }

    @Test
    void differencesAreBoundedAndNameTheirPlace() {
        var mapper = Lamps.codec().mapper();
        JsonNode one = mapper.readTree("{\"a\":{\"b\":[1,2,3]},\"c\":1,\"d\":null}");
        JsonNode two = mapper.readTree("{\"a\":{\"b\":[1,5]},\"c\":\"1\",\"e\":{}}");
        assertThat(JsonDifference.between(one, two, 10))
                .extracting(JsonDifference::toString)
                .containsExactly(
                        "a.b.1: 2 -> 5",
                        "a.b.2: 3 -> (absent)",
                        "c: 1 -> \"1\"",
                        "d: null -> (absent)",
                        "e: (absent) -> {}");
        assertThat(JsonDifference.between(one, two, 2)).hasSize(2);
        assertThat(JsonDifference.between(one, one, 2)).isEmpty();
    }
}
