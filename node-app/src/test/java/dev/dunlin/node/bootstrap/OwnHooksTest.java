package dev.dunlin.node.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.session.SessionMachine;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.node.Node;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of docs/bootstrap.md is a program. */
class OwnHooksTest {

    @Test
    void aNodeHasItsOwnHooks(@TempDir Path directory) {
        OwnHooks hooks = new OwnHooks();
        try (Node node = OwnHooks.start(PrivateKey.generate(KeyType.ED25519, new SecureRandom()), directory, hooks)) {
            assertThat(node.runtime().state().root().extensions().of(SessionMachine.NAME))
                    .isPresent();
        }
        assertThat(hooks.validateIdentity(TypeArbitraries.peer(1), "{\"name\": \"Bob\"}", "Bob", Duration.ZERO))
                .isTrue();
        Tally tally = hooks.provisionDatabase("a", TypeArbitraries.peer(1), Role.STOCK, List.of(), Duration.ZERO);
        assertThat(hooks.validateDatabaseResult(TypeArbitraries.peer(1), tally, Duration.ZERO))
                .isTrue();
    }

    @Test
    void thePageHasItWordForWord() throws IOException {
        String source =
                Files.readString(Path.of("src", "test", "java", "dev", "dunlin", "node", "bootstrap", "OwnHooks.java"));
        String begin = "// tag::hooks\n";
        String hooks = source.substring(source.indexOf(begin) + begin.length(), source.indexOf("// end::hooks"));
        assertThat(Files.readString(Path.of("..", "docs", "bootstrap.md"))).contains("```java\n" + hooks + "```");
    }
}
