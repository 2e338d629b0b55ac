package dev.dunlin.core.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Recorder;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

final class LogIndexTest {

    private static SimDisk log(int runs, int inputs) throws IOException {
        SimDisk disk = new SimDisk();
        for (int run = 1; run <= runs; run++) {
            Recorder recorder = Recorder.open(disk, run).run(inputs);
            recorder.writer.keepHouse(0);
            recorder.writer.close();
        }
        return disk;
    }

    // What the index should hold, by a straight replay.
    private static List<Entry> replayed(SimDisk disk) {
        Replayer<Lamps.Root> replayer = Indexed.straight(disk);
        Codec codec = Lamps.codec();
        List<Entry> entries = new ArrayList<>();
        replayer.seek(0);
        while (replayer.forward()) {
            Turn turn = replayer.turn().orElseThrow();
            List<Subject> about = new ArrayList<>();
            for (int i = 0; i < turn.size(); i++) {
                Action action = turn.entry(i);
                boolean effect = action instanceof Effect;
                Subject own = effect ? about.get(turn.cause(i).index()) : action.about();
                about.add(own);
                Verdict.Disabled why = turn.rejection(i);
                entries.add(new Entry(
                        turn.id(i),
                        turn.now(),
                        turn.cause(i),
                        i == 0 ? Entry.Kind.INPUT : effect ? Entry.Kind.EFFECT : Entry.Kind.ACTION,
                        codec.nameOf(action),
                        own,
                        codec.tree(action).toString(),
                        Optional.ofNullable(why).map(it -> new Entry.Rejection(it.clause(), it.operands())),
                        Optional.empty()));
            }
        }
        return entries;
    }

    private static List<Entry> all(LogIndex<?> index) {
        List<Entry> entries = new ArrayList<>();
        for (long step = index.first(); step <= index.last(); step++) {
            for (int i = 0; i < index.size(step); i++) {
                entries.add(index.entry(new ActionId(step, i)));
            }
        }
        return entries;
    }

    @Test
    void holdsEveryActionOfAStraightReplay() throws IOException {
        SimDisk disk = log(3, 700);
        SimDisk folder = new SimDisk();
        List<Long> told = new ArrayList<>();
        LogIndex<Lamps.Root> index = Indexed.open(disk, folder, Indexed.BUILD, told);
        List<Entry> wanted = replayed(disk);
        assertThat(index.made()).isEqualTo(LogIndex.Made.BUILT);
        assertThat(index.first()).isEqualTo(1);
        assertThat(index.last()).isEqualTo(2103);
        assertThat(index.actions()).isEqualTo(wanted.size());
        assertThat(told).containsExactly(1024L, 2048L);
        assertThat(all(index)).isEqualTo(wanted);
        assertThat(wanted).anyMatch(entry -> entry.rejection().isPresent());
        LogIndex<Lamps.Root> again = Indexed.open(disk, folder);
        assertThat(again.made()).isEqualTo(LogIndex.Made.FOUND);
        assertThat(all(again)).isEqualTo(wanted);
        assertThat(again.kinds()).containsExactly("lamp");
        assertThat(folder.names())
                .containsOnlyOnce(
                        "actions.bin", "head.json", "postings.bin", "steps.bin", "subjects-2103", "texts.bin");
    }

    @Test
    void concernsAreOwnActionsTheirEffectsAndWhateverNamesTheSubject() throws IOException {
        SimDisk disk = log(2, 800);
        LogIndex<Lamps.Root> index = Indexed.open(disk, new SimDisk());
        List<Entry> all = replayed(disk);
        boolean known = false;
        List<Entry> wanted = new ArrayList<>();
        for (Entry entry : all) {
            boolean own = entry.about().equals(new Subject("lamp", "lamp3"));
            known |= own;
            if (own || known && entry.payload().contains("\"lamp3\"")) {
                wanted.add(entry);
            }
        }
        assertThat(wanted).anyMatch(entry -> entry.type().equals("lamp/measured"));
        assertThat(wanted).anyMatch(entry -> entry.type().equals("lamp/ring"));
        assertThat(index.about(new Subject("lamp", "lamp3"), 10_000)).isEqualTo(wanted);
        assertThat(index.about(new Subject("lamp", "lamp3"), 7))
                .isEqualTo(wanted.subList(wanted.size() - 7, wanted.size()));
        assertThat(index.about(new Subject("lamp", "none"), 7)).isEmpty();
    }

    @Test
    void growsWithTheLogAndIsThenAsIfMadeAtOnce() throws IOException {
        SimDisk disk = new SimDisk();
        SimDisk folder = new SimDisk();
        for (int run = 1; run <= 6; run++) {
            Recorder recorder = Recorder.open(disk, run).run(130 * run);
            recorder.writer.force();
            LogIndex<Lamps.Root> running = Indexed.open(disk, folder);
            assertThat(running.made()).isEqualTo(run == 1 ? LogIndex.Made.BUILT : LogIndex.Made.EXTENDED);
            recorder.run(40).writer.keepHouse(0);
            recorder.writer.close();
            assertThat(Indexed.open(disk, folder).made()).isEqualTo(LogIndex.Made.EXTENDED);
        }
        SimDisk fresh = new SimDisk();
        LogIndex<Lamps.Root> grown = Indexed.open(disk, folder);
        LogIndex<Lamps.Root> made = Indexed.open(disk, fresh);
        assertThat(grown.made()).isEqualTo(LogIndex.Made.FOUND);
        assertThat(all(grown)).isEqualTo(all(made));
        for (int lamp = 0; lamp < 12; lamp++) {
            Subject subject = new Subject("lamp", "lamp" + lamp);
            assertThat(Why.of(grown, subject, 100)).isEqualTo(Why.of(made, subject, 100));
        }
        assertThat(folder.names().stream().filter(name -> name.startsWith("snap-")))
                .isEqualTo(fresh.names().stream()
                        .filter(name -> name.startsWith("snap-"))
                        .toList());
    }

    @Test
    void anyStepIsReachedFromASnapshotNearIt() throws IOException {
        SimDisk disk = log(2, 600);
        LogIndex<Lamps.Root> index = Indexed.open(disk, new SimDisk());
        List<Digest> digests = new ArrayList<>();
        Replayer<Lamps.Root> straight = Indexed.straight(disk);
        straight.seek(0);
        do {
            digests.add(straight.digest());
        } while (straight.forward());
        Replayer<Lamps.Root> replayer = new Replayer<>(index.log(), index.store(), false);
        Random random = new Random(4);
        for (int i = 0; i < 300; i++) {
            int step = random.nextInt(digests.size());
            replayer.seek(step);
            assertThat(replayer.digest()).isEqualTo(digests.get(step));
            assertThat(step == 0 || replayer.recordedAt(step).orElseThrow().number() == step)
                    .isTrue();
        }
        List<Long> snapshots = index.log().snapshots();
        assertThat(IntStream.range(1, snapshots.size()).allMatch(i -> snapshots.get(i) - snapshots.get(i - 1) <= 50))
                .isTrue();
        assertThat(snapshots.getFirst()).isLessThanOrEqualTo(50);
        assertThat(snapshots.getLast()).isEqualTo(1202);
        assertThat(new Replayer<>(index.log(), index.store(), false)
                        .verify(step -> {})
                        .divergence())
                .isEmpty();
    }

    @Test
    void whoOnlyLooksForAnIndexNeitherMakesNorExtendsOne() throws IOException {
        SimDisk disk = log(1, 300);
        SimDisk folder = new SimDisk();
        assertThat(found(disk, folder, Indexed.BUILD)).isEmpty();
        assertThat(folder.names()).isEmpty();
        Indexed.open(disk, folder);
        Recorder recorder = Recorder.open(disk, 9).run(120);
        recorder.writer.close();
        LogIndex<Lamps.Root> index = found(disk, folder, Indexed.BUILD).orElseThrow();
        assertThat(index.made()).isEqualTo(LogIndex.Made.FOUND);
        assertThat(index.last()).isEqualTo(301);
        Replayer<Lamps.Root> replayer = new Replayer<>(index.log(), index.store(), false);
        Replayer<Lamps.Root> straight = Indexed.straight(disk);
        for (long step : List.of(422L, 1L, 301L, 302L)) {
            replayer.seek(step);
            straight.seek(step);
            assertThat(replayer.digest()).isEqualTo(straight.digest());
        }
        assertThat(found(disk, folder, "another")).isEmpty();
    }

    private static Optional<LogIndex<Lamps.Root>> found(SimDisk disk, SimDisk folder, String build) {
        Store<Lamps.Root> store = Lamps.store();
        return LogIndex.find(LogReader.open(disk, store), store, folder, build, Indexed.DENSE);
    }

    @Test
    void anotherLogBuildOrFormatIsNotTaken() throws IOException {
        SimDisk disk = log(1, 300);
        SimDisk folder = new SimDisk();
        Indexed.open(disk, folder);
        SimDisk other = new SimDisk();
        Recorder recorder = Recorder.open(other, 77).run(300);
        recorder.writer.close();
        for (SimDisk foreign : List.of(other, log(1, 200), log(1, 400))) {
            SimDisk copy = folder.copy();
            LogIndex<Lamps.Root> index = Indexed.open(foreign, copy);
            assertThat(all(index)).isEqualTo(replayed(foreign));
        }
        assertThat(Indexed.open(other, folder.copy()).made()).isEqualTo(LogIndex.Made.BUILT);
        assertThat(Indexed.open(log(1, 200), folder.copy()).made()).isEqualTo(LogIndex.Made.BUILT);
        assertThat(Indexed.open(disk, folder.copy(), "test+2", new ArrayList<>())
                        .made())
                .isEqualTo(LogIndex.Made.BUILT);
        SimDisk newer = folder.copy();
        String head = new String(newer.content("head.json"), StandardCharsets.UTF_8);
        String text = head.lines()
                .findFirst()
                .orElseThrow()
                .replace("\"format\":" + IndexFiles.FORMAT, "\"format\":" + (IndexFiles.FORMAT + 1));
        CRC32C crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.UTF_8));
        newer.put("head.json", "%s\n%08x".formatted(text, crc.getValue()).getBytes(StandardCharsets.UTF_8));
        assertThat(Indexed.open(disk, newer).made()).isEqualTo(LogIndex.Made.BUILT);
    }

    @Test
    void aFlippedByteInAnyFileIsFound() throws IOException {
        SimDisk disk = log(1, 200);
        SimDisk folder = new SimDisk();
        List<Entry> wanted = all(Indexed.open(disk, folder));
        Random random = new Random(6);
        for (String name : folder.names()) {
            for (int i = 0; i < 20; i++) {
                SimDisk bad = folder.copy();
                byte[] content = bad.content(name);
                switch (random.nextInt(4)) {
                    case 0 -> content = Arrays.copyOf(content, random.nextInt(content.length));
                    case 1 -> content = Arrays.copyOf(content, content.length + 1 + random.nextInt(100));
                    default -> content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
                }
                bad.put(name, content);
                LogIndex<Lamps.Root> index = Indexed.open(disk, bad);
                assertThat(all(index)).as(name).isEqualTo(wanted);
                assertThat(Why.of(index, new Subject("lamp", "lamp1"), 5).phases())
                        .containsOnlyKeys("lamp");
            }
        }
    }

    @Test
    void aCrashAtAnyPointOfMakingOrExtendingDoesNoHarm() throws IOException {
        SimDisk disk = log(1, 150);
        SimDisk half = new SimDisk();
        Indexed.open(disk, half);
        Recorder recorder = Recorder.open(disk, 9).run(120);
        recorder.writer.close();
        List<Entry> wanted = replayed(disk);
        int crashes = 0;
        for (SimDisk before : List.of(new SimDisk(), half)) {
            for (int point = 0; ; point++) {
                SimDisk folder = before.copy();
                int[] left = {point};
                folder.beforeStep(() -> {
                    if (left[0]-- == 0) {
                        throw new IllegalStateException("the power is gone");
                    }
                });
                boolean crashed = false;
                try {
                    Indexed.open(disk, folder);
                } catch (IllegalStateException gone) {
                    crashed = true;
                    crashes++;
                }
                folder.beforeStep(() -> {});
                folder.powerLoss(new Random(point));
                assertThat(all(Indexed.open(disk, folder))).isEqualTo(wanted);
                if (!crashed) {
                    break;
                }
            }
        }
        assertThat(crashes).isGreaterThan(30);
    }

    @Test
    void aSnapshotOfFramesThatACrashTookIsNotUsed() throws IOException {
        SimDisk lost = log(1, 200);
        SimDisk kept = lost.copy();
        SimDisk folder = new SimDisk();
        Indexed.open(kept, folder);
        SimDisk ahead = folder.copy();
        for (SimDisk disk : List.of(lost, kept)) {
            Recorder recorder = Recorder.open(disk, disk == lost ? 5 : 6).run(100);
            recorder.writer.close();
        }
        Indexed.open(lost, ahead);
        folder.put("snap-000000000000250.jsonl.zst", ahead.content("snap-000000000000250.jsonl.zst"));
        LogIndex<Lamps.Root> index = Indexed.open(kept, folder);
        assertThat(index.made()).isEqualTo(LogIndex.Made.EXTENDED);
        assertThat(all(index)).isEqualTo(replayed(kept));
        Replayer<Lamps.Root> straight = Indexed.straight(kept);
        Replayer<Lamps.Root> replayer = new Replayer<>(index.log(), index.store(), false);
        for (int step = 240; step <= 302; step++) {
            straight.seek(step);
            replayer.seek(step);
            assertThat(replayer.digest()).isEqualTo(straight.digest());
        }
    }

    @Test
    void snapshotsAreAsDenseAsTheStateIsSmall() throws IOException {
        SimDisk disk = log(1, 3000);
        Store<Lamps.Root> store = Lamps.store();
        LogReader<Lamps.Root> reader = LogReader.open(disk, store);
        LogIndex<Lamps.Root> index =
                LogIndex.open(reader, store, new SimDisk(), "b", new LogIndex.Options(10, 700, 100, false), step -> {});
        List<Long> steps = index.log().snapshots();
        List<Long> gaps = IntStream.range(1, steps.size() - 1)
                .mapToObj(i -> steps.get(i) - steps.get(i - 1))
                .toList();
        assertThat(steps.getFirst()).isEqualTo(10);
        assertThat(gaps).allMatch(gap -> gap > 100 && gap <= 700);
    }

    @Test
    void aRingThatDropsItsBeginKeepsTheIndexUntilMostIsGone() throws IOException {
        SimDisk disk = new SimDisk();
        SimDisk folder = new SimDisk();
        LogOptions options = new LogOptions(8 << 10, 40 << 10, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);
        Recorder recorder = Recorder.open(disk, Lamps.store(), options, 1);
        List<LogIndex.Made> made = new ArrayList<>();
        for (int round = 0; round < 40; round++) {
            recorder.run(100).snapshot().writer.keepHouse(0);
            recorder.writer.force();
            LogIndex<Lamps.Root> index = Indexed.open(disk, folder);
            made.add(index.made());
            assertThat(index.last()).isEqualTo(recorder.store.state().input());
            long earliest = index.log().earliestState().input();
            Replayer<Lamps.Root> replayer = new Replayer<>(index.log(), index.store(), false);
            assertThat(replayer.verify(step -> {}).divergence()).isEmpty();
            replayer.seek(earliest);
            replayer.close();
            assertThat(index.log().snapshots())
                    .allMatch(input -> input >= index.log().firstInput() - 1);
            assertThat(index.entry(new ActionId(index.first(), 0)).kind()).isEqualTo(Entry.Kind.INPUT);
        }
        recorder.writer.close();
        assertThat(made.getFirst()).isEqualTo(LogIndex.Made.BUILT);
        assertThat(made.stream().filter(LogIndex.Made.BUILT::equals).count()).isBetween(2L, 15L);
        assertThat(made).contains(LogIndex.Made.EXTENDED);
    }

    @Test
    void aLogWithMoreSubjectsThanAllowedIsRefused() throws IOException {
        SimDisk disk = log(1, 200);
        Store<Lamps.Root> store = Lamps.store();
        LogReader<Lamps.Root> reader = LogReader.open(disk, store);
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> LogIndex.open(
                        reader, store, new SimDisk(), "b", new LogIndex.Options(50, 60, 8, false), step -> {}))
                .withMessageContaining("more than 8 subjects");
        LogIndex<Lamps.Root> enough =
                LogIndex.open(reader, store, new SimDisk(), "b", new LogIndex.Options(50, 60, 13, false), step -> {});
        assertThat(enough.last()).isEqualTo(201);
    }

    @Test
    void anInputThatEndedTheRunAndAPayloadThatIsLong() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 3);
        recorder.take(Input.of(new LampAction.SwitchOff("x".repeat(10_000))));
        recorder.take(Input.of(new LampAction.SwitchOff("desk")));
        recorder.fail(Input.of(new LampAction.Burst("it is\ntoo much")));
        recorder.writer.close();
        LogIndex<Lamps.Root> index = Indexed.open(disk, new SimDisk());
        Entry last = index.entry(new ActionId(4, 0));
        assertThat(last.type()).isEqualTo("lamp/burst");
        assertThat(last.failed().orElseThrow()).contains("it is\ntoo much");
        assertThat(index.size(4)).isEqualTo(1);
        Entry cut = index.entry(new ActionId(2, 0));
        assertThat(cut.payload()).hasSize(4096).endsWith(LogIndex.CUT);
        assertThat(cut.about()).isEqualTo(Subject.MACHINE);
        assertThat(cut.rejection().orElseThrow().clause()).isEqualTo("lamp-is-lit");
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> index.entry(new ActionId(4, 1)))
                .withMessageContaining("step 4 has no action 1");
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> index.entry(new ActionId(5, 0)))
                .withMessageContaining("the log has no step 5");
    }

    @Test
    void aLogThatReplaysToAnotherResultIsNotIndexed() throws IOException {
        SimDisk disk = new SimDisk();
        Recorder recorder = Recorder.open(disk, 8);
        recorder.take(Input.of(new LampAction.SwitchOn("desk", 42, Ticket.NONE)));
        recorder.writer.close();
        for (Lamps.Quirk quirk : List.of(Lamps.Quirk.BRIGHTER, Lamps.Quirk.RINGS_TWICE, Lamps.Quirk.THROWS)) {
            Store<Lamps.Root> store = Lamps.store(quirk);
            LogReader<Lamps.Root> reader = LogReader.open(disk, store);
            assertThatExceptionOfType(LogException.class)
                    .isThrownBy(() ->
                            LogIndex.open(reader, store, new SimDisk(), "b", LogIndex.Options.DEFAULT, step -> {}))
                    .withMessageContaining("step 2 of the log replays to another result");
        }
    }

    @Test
    void anIndexThatABuildOfTheSameNameMadeWithOtherCodeIsNotTaken() throws IOException {
        SimDisk disk = log(1, 30);
        Recorder recorder = Recorder.open(disk, 2);
        recorder.take(Input.of(new LampAction.SwitchOn("shelf", 42, Ticket.NONE)));
        recorder.writer.close();
        SimDisk folder = new SimDisk();
        Indexed.open(disk, folder);
        Store<Lamps.Root> changed = Lamps.store(Lamps.Quirk.BRIGHTER);
        LogReader<Lamps.Root> reader = LogReader.open(disk, changed);
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() ->
                        LogIndex.open(reader, changed, folder, Indexed.BUILD, LogIndex.Options.DEFAULT, step -> {}))
                .withMessageContaining("replays to another result than recorded");
        assertThat(Indexed.open(disk, folder).made()).isEqualTo(LogIndex.Made.BUILT);
    }

    @Test
    void anEmptyLogHasAnEmptyIndex() throws IOException {
        SimDisk disk = new SimDisk();
        ActionLog.open(disk, Lamps.store(), Recorder.SMALL, "test").writer().close();
        LogIndex<Lamps.Root> index = Indexed.open(disk, new SimDisk());
        assertThat(index.last()).isZero();
        assertThat(index.actions()).isZero();
        assertThat(Stream.of(Why.of(index, new Subject("lamp", "desk"), 5)))
                .allMatch(why -> why.chain().isEmpty() && why.total() == 0);
    }
}
