package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.Store;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DirectoryStorageTest {

    @TempDir
    Path folder;

    /** Another process that opens the folder. */
    public static final class Other {
        private Other() {}

        /** Ends with 3 if the folder is in use by the process that is named. */
        public static void main(String[] arguments) throws IOException {
            try {
                DirectoryStorage.open(Path.of(arguments[0])).close();
            } catch (LogException e) {
                Runtime.getRuntime()
                        .exit(
                                e instanceof LogException.InUse inUse
                                                && inUse.by().pid() == Long.parseLong(arguments[1])
                                        ? 3
                                        : 4);
            }
        }
    }

    private int other() throws IOException, InterruptedException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path")
                                + File.pathSeparator
                                + System.getProperty("surefire.test.class.path", ""),
                        Other.class.getName(),
                        folder.toString(),
                        Long.toString(ProcessHandle.current().pid()))
                .inheritIO()
                .start()
                .waitFor();
    }

    @Test
    void oneProcessAtATimeHasTheFolderOpen() throws Exception {
        try (DirectoryStorage open = DirectoryStorage.open(folder)) {
            assertThatExceptionOfType(LogException.class)
                    .isThrownBy(() -> DirectoryStorage.open(folder))
                    .withMessage("the log in " + folder + " is in use by this process already");
            assertThat(other()).isEqualTo(3);
            assertThat(open.names()).isEmpty();
        }
        assertThat(other()).isZero();
        DirectoryStorage.open(folder).close();
    }

    @Test
    void aWholeLogLivesInAFolderAndIsReadWhileItIsWritten() throws IOException {
        long taken;
        try (DirectoryStorage storage = DirectoryStorage.open(folder.resolve("a/b"))) {
            Recorder recorder = Recorder.open(storage, 1).run(300).snapshot();
            recorder.writer.keepHouse(0);
            recorder.run(100).writer.flush();
            taken = recorder.store.state().input();
            assertThat(verified(folder.resolve("a/b")).last()).isEqualTo(taken);
            recorder.writer.close();
        }
        assertThat(verified(folder.resolve("a/b")).divergence()).isEmpty();
        try (DirectoryStorage storage = DirectoryStorage.open(folder.resolve("a/b"))) {
            assertThat(Recorder.open(storage, 2).opened.lastInput()).isEqualTo(taken);
        }
    }

    private static Replayer.Verified verified(Path log) {
        Store<Lamps.Root> store = Lamps.store();
        return new Replayer<>(LogReader.open(DirectoryStorage.readOnly(log), store), store, false).verify(step -> {});
    }

    @Test
    void filesAreAppendedCutRenamedAndDeleted() throws IOException {
        try (DirectoryStorage storage = DirectoryStorage.open(folder)) {
            for (String text : new String[] {"abc", "def"}) {
                try (LogStorage.Appender file = storage.append("one")) {
                    byte[] bytes = ("-" + text + "-").getBytes(StandardCharsets.US_ASCII);
                    file.write(bytes, 1, 3);
                    file.force();
                }
            }
            assertThat(storage.size("one")).isEqualTo(6);
            assertThat(storage.read("one", 2).readAllBytes()).asString().isEqualTo("cdef");
            storage.truncate("one", 4);
            storage.append("two").close();
            storage.rename("one", "two");
            storage.forceNames();
            assertThat(storage.names()).containsExactly("two");
            assertThat(Files.readString(folder.resolve("two"))).isEqualTo("abcd");
            storage.delete("two");
            storage.delete("two");
            assertThat(storage.names()).isEmpty();
            assertThatExceptionOfType(NoSuchFileException.class).isThrownBy(() -> storage.read("two", 0));
            assertThat(storage.isPassing(new IOException("No space left on device")))
                    .isTrue();
            assertThat(storage.isPassing(new IOException("Input/output error"))).isFalse();
        }
    }

    @Test
    void aFolderOpenedForReadingIsNotWritten() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        DirectoryStorage storage = DirectoryStorage.readOnly(folder);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> storage.append("file"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> storage.truncate("file", 0));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> storage.rename("file", "other"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> storage.delete("file"))
                .withMessageContaining("was opened for reading only");
        assertThat(file).hasContent("x");
        assertThatExceptionOfType(LogException.class)
                .isThrownBy(() -> DirectoryStorage.readOnly(folder.resolve("none")))
                .withMessageContaining("there is no log folder");
    }
}
