package dev.dunlin.node.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class AdminFilesTest {

    private static String mode(Path file) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    @Test
    void aTokenIsMadeOnceAndForItsOwnerAlone(@TempDir Path data) throws Exception {
        String token = AdminFiles.token(data);
        assertThat(token).hasSize(43).matches("[A-Za-z0-9_-]+");
        assertThat(mode(data.resolve(AdminFiles.TOKEN))).isEqualTo("rw-------");
        assertThat(AdminFiles.token(data)).isEqualTo(token);
        assertThat(AdminFiles.knownToken(data)).contains(token);
        Files.delete(data.resolve(AdminFiles.TOKEN));
        assertThat(AdminFiles.token(data)).isNotEqualTo(token);
    }

    @Test
    void aTokenThatOthersMayReadIsNotUsed(@TempDir Path data) throws Exception {
        AdminFiles.token(data);
        Path file = data.resolve(AdminFiles.TOKEN);
        for (String open : new String[] {"rw-r-----", "rw----r--", "rw--w----", "rwx------"}) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(open));
            assertThatThrownBy(() -> AdminFiles.token(data))
                    .isInstanceOf(UnusableFileException.class)
                    .hasMessageContaining("chmod 600")
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void whatIsNoTokenIsNotUsed(@TempDir Path data) throws Exception {
        AdminFiles.token(data);
        Path file = data.resolve(AdminFiles.TOKEN);
        for (String other : new String[] {"secret", "x".repeat(44), "x".repeat(4000), "é".repeat(43)}) {
            Files.writeString(file, other);
            assertThatThrownBy(() -> AdminFiles.token(data))
                    .isInstanceOf(UnusableFileException.class)
                    .hasMessageContaining("does not hold a token");
        }
    }

    @Test
    void theAddressIsThereUntilItIsForgotten(@TempDir Path data) throws Exception {
        assertThat(AdminFiles.address(data)).isEmpty();
        AdminFiles.say(data, "http://127.0.0.1:4002");
        AdminFiles.say(data, "http://127.0.0.1:4003");
        assertThat(AdminFiles.address(data)).contains("http://127.0.0.1:4003");
        assertThat(mode(data.resolve(AdminFiles.ADDRESS))).isEqualTo("rw-------");
        assertThat(AdminFiles.address(data, Instant.now().minusSeconds(60))).contains("http://127.0.0.1:4003");
        assertThat(AdminFiles.address(data, Instant.now().plusSeconds(60)))
                .as("what a run before this one has left")
                .isEmpty();
        AdminFiles.forget(data);
        AdminFiles.forget(data);
        assertThat(AdminFiles.address(data)).isEmpty();
    }

    private static void refused(Path data, String why) {
        for (ThrowingCallable reading : List.<ThrowingCallable>of(
                () -> AdminFiles.token(data), () -> AdminFiles.knownToken(data), () -> AdminFiles.address(data))) {
            assertThatThrownBy(reading)
                    .isInstanceOf(UnusableFileException.class)
                    .hasMessageContaining(why)
                    .hasMessageContaining(data.toString());
        }
        assertThatThrownBy(() -> AdminClient.of("https://127.0.0.1:4002", "t", data.resolve(AdminFiles.CERTIFICATE)))
                .isInstanceOf(UnusableFileException.class)
                .hasMessageContaining(why);
    }

    private static final List<String> FILES = List.of(AdminFiles.TOKEN, AdminFiles.ADDRESS, AdminFiles.CERTIFICATE);

    /** What stands there instead of a file is never opened: a pipe would be waited for without end. */
    @Test
    @Timeout(60)
    void whatIsNoPlainFileIsRefusedAtOnce(@TempDir Path data) throws Exception {
        for (String name : FILES) {
            Files.createDirectory(data.resolve(name));
        }
        refused(data, "is a folder");
        for (String name : FILES) {
            Files.delete(data.resolve(name));
            Process made =
                    new ProcessBuilder("mkfifo", "-m", "600", data.resolve(name).toString()).start();
            assertThat(made.waitFor()).isZero();
        }
        refused(data, "is a pipe");
        Path other = Files.writeString(data.resolve("other"), "x".repeat(43));
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rw-------"));
        for (Path target : List.of(other, Path.of("/dev/zero"), data.resolve("nowhere"))) {
            for (String name : FILES) {
                Files.delete(data.resolve(name));
                Files.createSymbolicLink(data.resolve(name), target);
            }
            refused(data, "is a link");
        }
        for (String name : FILES) {
            Files.delete(data.resolve(name));
            Files.createFile(
                    data.resolve(name),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        refused(data, "is empty");
        for (String name : FILES) {
            Files.writeString(data.resolve(name), "x".repeat(2 << 20));
        }
        refused(data, "bytes");
    }

    @Test
    void whatAnotherUserHasPutThereIsRefused(@TempDir Path data) throws Exception {
        UserPrincipal nobody;
        try {
            nobody = data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody");
            for (String name : FILES) {
                Files.writeString(data.resolve(name), "x".repeat(43));
                Files.setPosixFilePermissions(data.resolve(name), PosixFilePermissions.fromString("rw-------"));
                Files.setOwner(data.resolve(name), nobody);
            }
        } catch (IOException | UnsupportedOperationException forbidden) {
            assumeTrue(false, "only root can give files away");
            return;
        }
        refused(data, "belongs to another user");
        Files.setOwner(data, nobody);
        assertThat(AdminFiles.knownToken(data)).as("whose folder it is").isPresent();
    }

    @Test
    void certificatesOfOthersMayBeLinksAndNothingElse(@TempDir Path data) throws Exception {
        Certificates.Made made = Certificates.of(data, "a", "EC");
        Path link = Files.createSymbolicLink(data.resolve("link"), made.certificate());
        assertThat(TlsMaterial.certificates(link)).hasSize(1);
        assertThatThrownBy(() -> TlsMaterial.certificates(Path.of("/dev/zero")))
                .isInstanceOf(UnusableFileException.class)
                .hasMessageContaining("device");
        assertThatThrownBy(() -> TlsMaterial.key(data))
                .isInstanceOf(UnusableFileException.class)
                .hasMessageContaining("is a folder");
    }
}
