package dev.dunlin.node.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
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
                    .isInstanceOf(AdminFiles.NotPrivateException.class)
                    .hasMessageContaining("chmod 600")
                    .hasMessageContaining(file.toString());
        }
    }

    @Test
    void whatIsNoTokenIsNotUsed(@TempDir Path data) throws Exception {
        AdminFiles.token(data);
        Path file = data.resolve(AdminFiles.TOKEN);
        for (String other : new String[] {"", "secret", "x".repeat(44), "x".repeat(10_000), "é".repeat(43)}) {
            Files.writeString(file, other);
            assertThatThrownBy(() -> AdminFiles.token(data))
                    .isInstanceOf(AdminFiles.NotPrivateException.class)
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
}
