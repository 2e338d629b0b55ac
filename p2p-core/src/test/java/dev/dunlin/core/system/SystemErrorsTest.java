package dev.dunlin.core.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SystemErrorsTest {

    private static final Map<Integer, String> GERMAN = Map.of(
            28, "Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
            24, "Zu viele offene Dateien",
            23, "Zu viele offene Dateien im System",
            98, "Die Adresse wird bereits verwendet",
            111, "Verbindungsaufbau abgelehnt");

    private final SystemErrors german = new SystemErrors(false, code -> GERMAN.getOrDefault(code, ""));

    @Test
    void theCodeIsFoundInTheLanguageOfTheSystem() {
        assertThat(german.find(new IOException(GERMAN.get(28)))).contains(SystemError.ENOSPC);
        assertThat(german.find(new FileSystemException("/log", null, GERMAN.get(24))))
                .contains(SystemError.EMFILE);
        assertThat(german.find(new FileSystemException("/log", null, GERMAN.get(23))))
                .contains(SystemError.ENFILE);
        assertThat(german.find(new BindException("bind(..) failed with error(-98): " + GERMAN.get(98))))
                .contains(SystemError.EADDRINUSE);
        assertThat(german.find(new ConnectException(GERMAN.get(111) + ": /127.0.0.1:1")))
                .contains(SystemError.ECONNREFUSED);
        assertThat(german.find(new RuntimeException("it", new IOException(GERMAN.get(28)))))
                .contains(SystemError.ENOSPC);
    }

    /** A process may run in the POSIX locale whatever its system speaks. */
    @ParameterizedTest
    @EnumSource
    void englishIsAlwaysKnown(SystemError error) {
        Optional<SystemError> found = german.find(new IOException(error.english()));
        assertThat(found).isEqualTo(error.english().isEmpty() ? Optional.empty() : Optional.of(error));
    }

    @Test
    void typesTellWhereNoTextIsKnown() {
        assertThat(german.find(new AccessDeniedException("/root"))).contains(SystemError.EACCES);
        assertThat(german.find(new NoRouteToHostException())).contains(SystemError.EHOSTUNREACH);
        assertThat(german.find(new ConnectException("connexion refusée"))).contains(SystemError.ECONNREFUSED);
        assertThat(german.find(new IOException("quelque chose"))).isEmpty();
        assertThat(german.find(new IOException())).isEmpty();
    }

    @Test
    void aSentenceSaysWhatIsTheCase() {
        assertThat(SystemErrors.sentence(new FileSystemException("/log", null, "Disk quota exceeded")))
                .isEqualTo("the quota of disk space is used up");
        assertThat(SystemErrors.sentence(new IOException("the end of it"))).isEqualTo("the end of it");
        assertThat(SystemErrors.sentence(new IOException())).isEqualTo("it failed without a reason (IOException)");
    }

    /** What is wrong with a path is told in English, too. */
    @Test
    void aPathIsToldInEnglish() {
        SystemErrors spanish = new SystemErrors(false, code -> code == 20 ? "No es un directorio" : "");
        assertThat(spanish.sentenceOf(new FileSystemException("/a/b", null, "No es un directorio")))
                .isEqualTo("a part of the path is no directory");
        assertThat(SystemErrors.sentence(new FileSystemException("/a/b", null, "File name too long")))
                .isEqualTo("a name in the path is too long");
        assertThatThrownBy(() -> Files.createDirectory(Path.of("/dev/null/x")))
                .satisfies(failure -> assertThat(SystemErrors.sentence(failure))
                        .isIn("a part of the path is no directory", "the permissions forbid it"));
        // Words of somebody else's that happen to be in it mean nothing.
        assertThat(SystemErrors.sentence(new IOException("the entry File exists twice")))
                .isEqualTo("the entry File exists twice");
    }

    /** macOS counts otherwise. */
    @Test
    void codesAreThoseOfTheSystem() {
        assertThat(SystemError.of(98, false)).contains(SystemError.EADDRINUSE);
        assertThat(SystemError.of(48, true)).contains(SystemError.EADDRINUSE);
        assertThat(SystemError.of(0, false)).isEmpty();
        assertThat(SystemError.of(-1, false)).isEmpty();
    }

    static boolean hasFullDevice() {
        return Files.exists(Path.of("/dev/full"));
    }

    /** A real failure of this system, in its own language. */
    @Test
    @EnabledIf("hasFullDevice")
    void aFullDeviceIsFull() throws IOException {
        try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
            assertThatThrownBy(() -> full.write(ByteBuffer.allocate(1)))
                    .satisfies(failure -> assertThat(SystemErrors.of(failure)).contains(SystemError.ENOSPC));
        }
    }
}
