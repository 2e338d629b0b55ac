package dev.dunlin.core.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.Quirk;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Mismatch;
import dev.dunlin.core.log.Recorder;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.JsonDifference;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class BisectTest {

    private static LogReader<Lamps.Root> log(SimDisk disk) {
        return LogReader.open(disk, Lamps.store());
    }

    private static Replayer<Lamps.Root> replayer(SimDisk disk) {
        Store<Lamps.Root> store = Lamps.store();
        return new Replayer<>(LogReader.open(disk, store), store, false);
    }

    private static SimDisk random(Quirk quirk, int inputs) throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, Lamps.store(quirk), Recorder.SMALL, 4);
        for (int i = 0; i < inputs; i += 100) {
            recorder.run(100).snapshot().writer.keepHouse(0);
        }
        recorder.writer.close();
        return disk;
    }

    private static SimDisk of(Quirk quirk, Action... actions) throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, Lamps.store(quirk), Recorder.SMALL, 4);
        for (Action action : actions) {
            recorder.take(Input.of(action));
        }
        recorder.writer.close();
        return disk;
    }

    private static LampAction on(String lamp, int brightness) {
        return new LampAction.SwitchOn(lamp, brightness, Ticket.NONE);
    }

    private static Parting parting(SimDisk first, SimDisk second) {
        return Bisect.logs(log(first), log(second)).parting().orElseThrow();
    }

    @Test
    void twoRecordsOfOneRunDoNotPart() throws IOException {
        SimDisk first = random(Quirk.NONE, 1000);
        SimDisk second = random(Quirk.NONE, 1000);
        Bisect.Compared compared = Bisect.logs(log(first), log(second));
        assertThat(compared).isEqualTo(new Bisect.Compared(1, 1001, Optional.empty()));
        assertThat(Bisect.snapshotsFirst(log(first), log(second)))
                .as("nothing stands behind the last snapshot")
                .isEqualTo(new Bisect.Compared(1002, 1001, Optional.empty()));
    }

    @Test
    void aChangedReducerIsFoundAtTheFirstInputThatShowsIt() throws IOException {
        SimDisk first = random(Quirk.NONE, 3000);
        SimDisk second = random(Quirk.BRIGHTER, 3000);
        long expected = 0;
        try (LogCursor frames = log(first).cursor(1)) {
            for (Optional<Frame> next = frames.next(); expected == 0; next = frames.next()) {
                if (next.orElseThrow() instanceof Frame.Recorded frame
                        && frame.action() instanceof LampAction.SwitchOn on
                        && on.brightness() == 42
                        && frame.rejected().isEmpty()) {
                    expected = frame.number();
                }
            }
        }
        Parting parting = parting(first, second);
        assertThat(parting.step()).isEqualTo(expected).isGreaterThan(1);
        assertThat(parting.kind()).isEqualTo(Parting.Kind.STATE);
        assertThat(parting.what()).isEqualTo("the machine lamp changes to another state");
        assertThat(parting.machines()).containsExactly("lamp");
        assertThat(parting.first()).startsWith("lamp/switchOn {").isEqualTo(parting.second());
    }

    @Test
    void whereOnlyDispatchDiffersNoMachineIsNamed() throws IOException {
        SimDisk first = of(Quirk.NONE, on("desk", 10), on("shelf", 42));
        assertThat(parting(first, of(Quirk.RINGS_TWICE, on("desk", 10), on("shelf", 42))))
                .returns(3L, Parting::step)
                .returns(Parting.Kind.DISPATCH, Parting::kind)
                .returns("it leads to other actions or effects", Parting::what)
                .returns(List.of(), Parting::machines);
        assertThat(parting(first, of(Quirk.REFUSES, on("desk", 10), on("shelf", 42))))
                .returns(Parting.Kind.STATE, Parting::kind)
                .returns(
                        "the machine lamp changes in the first log only; it leads to other numbers of actions and actions or"
                                + " effects and rejections",
                        Parting::what);
    }

    @Test
    void anotherInputIsNamedAndTheFieldsAreThoseOfBothReplays() throws IOException {
        SimDisk first = of(Quirk.NONE, on("desk", 10), on("shelf", 42));
        SimDisk second = of(Quirk.NONE, on("desk", 10), on("shelf", 44));
        Parting parting = parting(first, second);
        assertThat(parting.step()).isEqualTo(3);
        assertThat(parting.kind()).isEqualTo(Parting.Kind.INPUT);
        assertThat(parting.what())
                .isEqualTo("the inputs have other payloads; the machine lamp changes to another state");
        assertThat(parting.first()).contains("\"brightness\":42");
        assertThat(parting.second()).contains("\"brightness\":44");
        Bisect.Explained explained = Bisect.explain(parting, replayer(first), replayer(second), 100);
        assertThat(explained.fields()).contains(new JsonDifference("lamp.lamps.shelf.brightness", "42", "44"));
        assertThat(explained.first()).isEmpty();
        assertThat(explained.second()).isEmpty();
        assertThat(Bisect.explain(parting, replayer(first), replayer(second), 1).fields())
                .hasSize(1);
    }

    @Test
    void aRecordThatThisBuildDoesNotMakeIsNamed() throws IOException {
        SimDisk first = of(Quirk.NONE, on("desk", 10), on("shelf", 42));
        SimDisk second = of(Quirk.BRIGHTER, on("desk", 10), on("shelf", 42));
        Bisect.Explained explained = Bisect.explain(parting(first, second), replayer(first), replayer(second), 100);
        assertThat(explained.fields()).isEmpty();
        assertThat(explained.first()).isEmpty();
        assertThat(explained.second().map(Mismatch::machines)).contains(List.of("lamp"));
    }

    @Test
    void aShorterLogEndsWhereTheOtherGoesOn() throws IOException {
        SimDisk whole = of(Quirk.NONE, on("desk", 10), on("shelf", 42));
        SimDisk shorter = of(Quirk.NONE, on("desk", 10));
        Parting parting = parting(whole, shorter);
        assertThat(parting.step()).isEqualTo(3);
        assertThat(parting.kind()).isEqualTo(Parting.Kind.END);
        assertThat(parting.what()).isEqualTo("the second log has ended");
        assertThat(parting.second()).isEmpty();
        assertThat(parting(shorter, whole).what()).isEqualTo("the first log has ended");
        assertThat(Bisect.explain(parting, replayer(whole), replayer(shorter), 10))
                .isEqualTo(new Bisect.Explained(List.of(), Optional.empty(), Optional.empty()));
    }

    private static SimDisk parting(int at, int extra) throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, Lamps.store(), Recorder.SMALL, 4);
        for (int i = 0; i < 16; i++) {
            recorder.run(100);
            if (i == at) {
                recorder.take(Input.of(on("extra", extra)));
            }
            recorder.snapshot();
        }
        recorder.writer.close();
        return disk;
    }

    @Test
    void theSearchOverSnapshotsReadsOnlyWhatStandsBehindTheLastThatAgree() throws IOException {
        for (int at : List.of(0, 1, 7, 14, 15)) {
            SimDisk first = parting(at, 100);
            SimDisk second = parting(at, 99);
            Bisect.Compared quick = Bisect.snapshotsFirst(log(first), log(second));
            assertThat(quick.parting())
                    .isEqualTo(Bisect.logs(log(first), log(second)).parting());
            assertThat(quick.parting().orElseThrow().step()).isEqualTo(2 + 100L * (at + 1));
            assertThat(quick.from()).isEqualTo(at == 0 ? 1 : 2 + 100L * at);
        }
    }

    @Test
    void aSnapshotWhoseDigestsCannotBeReadOnlyCostsTheQuickWay() throws IOException {
        SimDisk first = parting(7, 100);
        SimDisk second = parting(7, 99);
        Parting parting = Bisect.logs(log(first), log(second)).parting().orElseThrow();
        for (String name : first.names()) {
            if (name.startsWith("snap-")) {
                second.put(name, new byte[10]);
            }
        }
        assertThat(Bisect.snapshotsFirst(log(first), log(second)))
                .returns(Optional.of(parting), Bisect.Compared::parting)
                .returns(1L, Bisect.Compared::from);
    }

    @Test
    void statesThatAgreeAgainBeforeASnapshotAreFoundByTheRecordsOnly() throws IOException {
        SimDisk[] disks = new SimDisk[2];
        for (int i = 0; i < 2; i++) {
            disks[i] = new SimDisk();
            Recorder recorder =
                    Recorder.open(disks[i], Lamps.store(i == 0 ? Quirk.NONE : Quirk.BRIGHTER), Recorder.SMALL, 4);
            recorder.take(Input.of(on("desk", 42)));
            recorder.take(Input.of(new LampAction.SwitchOff("desk")));
            recorder.snapshot().run(5).writer.close();
        }
        assertThat(parting(disks[0], disks[1]).step()).isEqualTo(2);
        assertThat(Bisect.snapshotsFirst(log(disks[0]), log(disks[1])))
                .isEqualTo(new Bisect.Compared(4, 8, Optional.empty()));
    }

    @Test
    void ringsThatHaveDroppedTheirBeginsAreComparedFromTheFirstCommonStep() throws IOException {
        SimDisk whole = random(Quirk.NONE, 2000);
        SimDisk ring = new SimDisk();
        LogOptions options = new LogOptions(8 << 10, 40 << 10, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);
        Recorder recorder = Recorder.open(ring, Lamps.store(), options, 4);
        for (int i = 0; i < 2000; i += 100) {
            recorder.run(100).snapshot().writer.keepHouse(0);
        }
        recorder.writer.close();
        Bisect.Compared compared = Bisect.logs(log(whole), log(ring));
        assertThat(compared.parting()).isEmpty();
        assertThat(compared.from()).isEqualTo(log(ring).firstInput()).isGreaterThan(1000);
        assertThat(compared.to()).isEqualTo(2001);
        SimDisk young = of(Quirk.NONE, on("desk", 10));
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> Bisect.logs(log(ring), log(young)))
                .withMessageStartingWith("the two logs have no step in common");
    }

    @Test
    void damageIsAnErrorAndNoDifference() throws IOException {
        SimDisk first = random(Quirk.NONE, 1000);
        SimDisk second = random(Quirk.NONE, 1000);
        String closed = second.names().stream()
                .filter(name -> name.endsWith(".jsonl.zst") && name.startsWith("log-"))
                .skip(1)
                .findFirst()
                .orElseThrow();
        second.put(closed, new byte[100]);
        assertThatExceptionOfType(LogException.Damaged.class).isThrownBy(() -> Bisect.logs(log(first), log(second)));
        SimDisk gap = random(Quirk.NONE, 1000);
        gap.delete(closed);
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> Bisect.logs(log(first), log(gap)))
                .withMessageContaining("are missing");
    }

    @Test
    void theBuildThatDepartsFirstIsNamed() {
        Optional<Mismatch> third = Optional.of(new Mismatch(3, "third", List.of("lamp")));
        Optional<Mismatch> fifth = Optional.of(new Mismatch(5, "fifth", List.of()));
        assertThat(Departure.of(Optional.empty(), Optional.empty()))
                .returns(Departure.Who.NEITHER, Departure::who)
                .returns(Optional.empty(), Departure::first);
        assertThat(Departure.of(third, Optional.empty()))
                .returns(Departure.Who.THIS, Departure::who)
                .returns(third, Departure::first);
        assertThat(Departure.of(fifth, third))
                .returns(Departure.Who.OTHER, Departure::who)
                .returns(third, Departure::first);
        assertThat(Departure.of(third, third)).returns(Departure.Who.BOTH, Departure::who);
    }
}
