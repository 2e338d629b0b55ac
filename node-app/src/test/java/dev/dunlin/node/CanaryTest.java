package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.testkit.CanaryScan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets of a running node stand in no byte that it writes, but those of the key file. */
class CanaryTest {

    private static final String TOKEN_FILE = "token.secret";
    private static final byte[] TOKEN = "canary-token-5f0e1d2c3b4a".getBytes(StandardCharsets.UTF_8);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    private Map<String, byte[]> secrets = Map.of();

    @BeforeEach
    void makeSecrets() throws IOException {
        PrivateKey key = Identity.create(folder.resolve("node")).key();
        byte[] protobuf = key.toProtobuf();
        // Four bytes say what follows: the seed, then the public key, which is no secret.
        byte[] seed = Arrays.copyOfRange(protobuf, 4, 36);
        secrets = Map.of("the key's seed", seed, "the key", Arrays.copyOf(protobuf, 36), "the token", TOKEN);
        Files.write(folder.resolve(TOKEN_FILE), TOKEN);
    }

    private CanaryScan scan() {
        return CanaryScan.of(secrets).except(Identity.FILE).except(TOKEN_FILE);
    }

    @Test
    void noSecretIsWrittenByABusyNodeThatLogsEverything() throws Exception {
        List<String> run = List.of(
                "run",
                "--debug",
                "--log-level",
                "trace",
                "--data-dir",
                folder.resolve("node").toString(),
                "--listen",
                "/ip4/127.0.0.1/tcp/0",
                "--set",
                "identify.protocolVersion=file:" + folder.resolve(TOKEN_FILE),
                "--set",
                "ping.interval=100ms");
        for (int start = 1; start <= 2; start++) {
            try (NodeProcess node = NodeProcess.start(folder, "start-" + start, List.of(), run)) {
                try (Traffic traffic = Traffic.of(2, Multiaddr.parse(node.address()))) {
                    NodeProcess.eventually(
                            "traffic", () -> traffic.rounds() >= 10 ? Optional.of(true) : Optional.empty());
                }
                assertThat(node.stop()).isZero();
            }
        }
        // What was searched: closed and open segments, snapshots, and what was logged.
        Path log = DataDirectory.log(folder.resolve("node"));
        try (var files = Files.list(log)) {
            List<String> names =
                    files.map(file -> file.getFileName().toString()).toList();
            assertThat(names).anyMatch(name -> name.endsWith(".zst"));
        }
        assertThat(Files.readString(folder.resolve("start-1.err"))).contains("DEBUG");
        assertThat(scan().in(folder)).isEmpty();
        assertThat(CanaryScan.of(secrets).in(folder))
                .as("where the secrets are meant to be")
                .allMatch(found -> found.startsWith("node/" + Identity.FILE) || found.startsWith(TOKEN_FILE))
                .anyMatch(found -> found.contains("the key's seed in base64"))
                .anyMatch(found -> found.contains("the token in raw"));
    }

    @Test
    void aPlantedSecretIsFound() throws Exception {
        byte[] seed = secrets.get("the key's seed");
        assertThat(seed).isNotNull();
        Files.writeString(
                folder.resolve("node").resolve("planted.log"),
                "{\"key\":\"" + Base64.getEncoder().encodeToString(seed) + "\"}");
        assertThat(scan().in(folder)).containsExactly("node/planted.log: the key's seed in base64");
    }
}
