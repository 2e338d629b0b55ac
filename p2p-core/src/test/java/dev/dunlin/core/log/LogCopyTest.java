package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A log is copied while its node works: after each file the node goes on, closes, compresses and drops. */
final class LogCopyTest {

    private static final LogOptions TIGHT =
            new LogOptions(8 << 10, 24 << 10, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);

    private final SimDisk disk = new SimDisk();

    /** A copy in memory, between whose files something happens. */
    private static final class Kept implements LogCopy.To {
        private final Meanwhile meanwhile;
        private SimDisk copy = new SimDisk();
        private int begun;

        Kept(Meanwhile meanwhile) {
            this.meanwhile = meanwhile;
        }

        @Override
        public void begin() {
            begun++;
            copy = new SimDisk();
        }

        @Override
        public void file(String name, long size, InputStream content) throws IOException {
            byte[] bytes = content.readNBytes((int) size);
            assertThat(bytes).hasSize((int) size);
            copy.put(name, bytes);
            meanwhile.happens(begun);
        }
    }

    private interface Meanwhile {
        void happens(int attempt) throws IOException;
    }

    private static Replayer.Verified verified(SimDisk copy) {
        Store<Lamps.Root> store = Lamps.store();
        return new Replayer<>(LogReader.open(copy, store), store, false).verify(step -> {});
    }

    private static void isWhole(SimDisk copy, LogOptions ring) throws IOException {
        assertThat(LogCheck.of(copy, Lamps.store(), ring, LogCheck.Depth.WHOLE, false)
                        .findings())
                .isEmpty();
        Replayer.Verified verified = verified(copy);
        assertThat(verified.divergence()).isEmpty();
        assertThat(verified.tail()).isEmpty();
        try (LogWriter writer =
                ActionLog.open(copy, Lamps.store(), ring, "test").writer()) {
            assertThat(writer.taken()).isEqualTo(verified.last());
        }
    }

    @Test
    void aLogThatRestsIsCopiedWhole() throws IOException {
        Recorder recorder = Recorder.open(disk, 1).run(200).snapshot();
        recorder.writer.keepHouse(0);
        recorder.run(30).writer.close();
        disk.put(Segments.cutName(17, 1), new byte[] {1, 2});
        Kept kept = new Kept(attempt -> {});
        LogCopy.copy(disk, kept);
        assertThat(kept.copy.names()).isEqualTo(disk.names());
        for (String name : disk.names()) {
            assertThat(kept.copy.content(name)).isEqualTo(disk.content(name));
        }
        isWhole(kept.copy, Recorder.SMALL);
        assertThat(verified(kept.copy).last()).isEqualTo(recorder.store.state().input());
    }

    @Test
    void whatIsHalfWrittenIsLeftOut() throws IOException {
        Recorder.open(disk, 1).run(20).writer.flush();
        String name = Segments.segmentName(1);
        byte[] content = disk.content(name);
        for (int cut : new int[] {1, 2, 50, 300}) {
            disk.put(name, Arrays.copyOf(content, content.length - cut));
            Kept kept = new Kept(attempt -> {});
            LogCopy.copy(disk, kept);
            isWhole(kept.copy, Recorder.SMALL);
        }
        disk.put(name, Arrays.copyOf(content, 20));
        Kept kept = new Kept(attempt -> {});
        LogCopy.copy(disk, kept);
        assertThat(kept.copy.names()).isEmpty();
    }

    @Test
    void aNodeThatGoesOnMeanwhileLeavesNoHole() throws IOException {
        Recorder recorder =
                Recorder.open(disk, Lamps.store(), TIGHT, 1).run(400).snapshot();
        recorder.writer.keepHouse(0);
        for (int round = 0; round < 30; round++) {
            int many = 10 + 7 * round;
            // The first attempt meets a busy node, the later ones a quiet one.
            Kept kept = new Kept(attempt -> {
                if (attempt == 1) {
                    recorder.run(many).snapshot();
                    recorder.writer.keepHouse(0);
                }
                recorder.run(1).writer.flush();
            });
            LogCopy.copy(disk, kept);
            isWhole(kept.copy, TIGHT);
        }
    }

    @Test
    void aLogThatIsNeverStillIsGivenUp() throws IOException {
        Recorder recorder =
                Recorder.open(disk, Lamps.store(), TIGHT, 1).run(400).snapshot();
        Kept kept = new Kept(attempt -> {
            recorder.run(400).snapshot();
            recorder.writer.keepHouse(0);
        });
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> LogCopy.copy(disk, kept))
                .withMessageContaining("faster than they can be copied");
        assertThat(kept.begun).isEqualTo(5);
    }
}
