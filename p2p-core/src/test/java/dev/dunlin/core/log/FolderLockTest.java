package dev.dunlin.core.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FolderLockTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    /** A process that takes the lock, says how that went, and keeps it until its input ends. */
    public static final class Taker {
        private Taker() {}

        /** Prints {@code taken}, or {@code used} with the pid and command of whoever has it. */
        public static void main(String[] arguments) throws IOException {
            try (FolderLock lock = FolderLock.take(Path.of(arguments[0]), "the folder", "taker " + arguments[1])) {
                System.out.println("taken");
                System.in.read();
            } catch (LogException.InUse e) {
                System.out.println("used " + e.by().pid() + " " + e.by().command());
            }
        }
    }

    private Process taker(int number) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path")
                                + File.pathSeparator
                                + System.getProperty("surefire.test.class.path", ""),
                        Taker.class.getName(),
                        folder.toString(),
                        Integer.toString(number))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static String line(Process process) throws IOException {
        BufferedReader lines = process.inputReader();
        return String.valueOf(lines.readLine());
    }

    private String text() throws IOException {
        return Files.readString(folder.resolve(FolderLock.FILE));
    }

    @Test
    void ofManyThatStartAtOnceOneWinsAndTheOthersSayWho() throws Exception {
        List<Process> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(taker(i));
        }
        int taken = -1;
        List<String> said = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            said.add(line(all.get(i)));
            taken = said.get(i).equals("taken") ? i : taken;
        }
        assertThat(taken).as("%s", said).isNotNegative();
        String used = "used " + all.get(taken).pid() + " taker " + taken;
        said.remove(taken);
        assertThat(said).hasSize(3).containsOnly(used);
        for (Process process : all) {
            process.getOutputStream().close();
            process.waitFor();
        }
        FolderLock.take(folder, "the folder", "test").close();
    }

    @Test
    void whoeverWasKilledIsNotInTheWay() throws Exception {
        Process process = taker(1);
        assertThat(line(process)).isEqualTo("taken");
        assertThat(FolderLock.holder(folder)).hasValueSatisfying(by -> {
            assertThat(by.pid()).isEqualTo(process.pid());
            assertThat(by.toString()).matches("'taker 1' \\(pid " + process.pid() + ", since \\d\\d:\\d\\d:\\d\\d\\)");
        });
        assertThatExceptionOfType(LogException.InUse.class)
                .isThrownBy(() -> FolderLock.take(folder, "the folder", "test"))
                .withMessageMatching(
                        "the folder is in use by 'taker 1' \\(pid (\\d+), since .*\\): stop that \\(kill \\1\\)"
                                + " and try again, or use another folder");
        process.destroyForcibly().waitFor();
        assertThat(text()).contains("pid " + process.pid());
        assertThat(FolderLock.holder(folder)).isEmpty();
        try (FolderLock taken = FolderLock.take(folder, "the folder", "test")) {
            assertThat(text())
                    .startsWith("pid " + ProcessHandle.current().pid() + "\n")
                    .endsWith("command test\n");
        }
        assertThat(text()).isEmpty();
    }

    /** What a killed process has left is no answer to who holds the lock now. */
    @Test
    void anOldNameIsNotTakenForTheHolders() throws Exception {
        Process process = taker(1);
        assertThat(line(process)).isEqualTo("taken");
        for (String old : List.of("", "nonsense\n")) {
            Files.writeString(folder.resolve(FolderLock.FILE), old);
            assertThatExceptionOfType(LogException.InUse.class)
                    .isThrownBy(() -> FolderLock.take(folder, "the folder", "test"))
                    .withMessageStartingWith(
                            "the folder is in use by a process that has not said who it is: stop that and");
        }
        Files.writeString(
                folder.resolve(FolderLock.FILE),
                "pid " + Long.MAX_VALUE + "\nsince 2026-01-01T12:00:00Z\ncommand dunlin run\n");
        assertThatExceptionOfType(LogException.InUse.class)
                .isThrownBy(() -> FolderLock.take(folder, "the folder", "test"))
                .withMessageMatching(
                        "the folder is in use by 'dunlin run' \\(pid \\d+, since 2026-01-0.*\\), in another"
                                + " container or machine: stop it there and try again, or use another folder");
        process.destroyForcibly().waitFor();
    }

    @Test
    void oneProcessTakesItOnce() throws IOException {
        assertThat(FolderLock.holder(folder)).isEmpty();
        assertThat(folder.resolve(FolderLock.FILE)).doesNotExist();
        try (FolderLock taken = FolderLock.take(folder, "the folder", "dunlin\nrun " + "x".repeat(500))) {
            Optional<FolderLock.Holder> holder = FolderLock.holder(folder);
            assertThat(holder).hasValueSatisfying(by -> {
                assertThat(by.isHere()).isTrue();
                assertThat(by.command()).hasSize(200).startsWith("dunlin run xxx");
            });
            assertThatExceptionOfType(LogException.InUse.class)
                    .isThrownBy(() -> FolderLock.take(folder, "the folder", "test"))
                    .withMessage("the folder is in use by this process already");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(FolderLock.FILE))))
                    .isEqualTo("rw-------");
            // Looking has not given it up.
            Process other = taker(1);
            assertThat(line(other)).startsWith("used " + ProcessHandle.current().pid());
        }
        try (FolderLock again = FolderLock.take(folder, "the folder", "test")) {
            again.close();
        }
        assertThat(FolderLock.holder(folder)).isEmpty();
    }
}
