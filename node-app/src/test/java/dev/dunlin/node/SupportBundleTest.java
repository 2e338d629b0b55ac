package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.testkit.CanaryScan;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class SupportBundleTest {

    private static final String TOKEN = "canary-token-5f0e1d2c3b4a";
    private static final String PASSWORD = "canary-password-77aa";

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path home;

    private final Program program = new Program();

    private Path data() {
        return home.resolve("node");
    }

    private Path unpacked(Path bundle) throws IOException {
        Path folder = Files.createDirectories(home.resolve("unpacked"));
        Archive.read(bundle, (name, size, content) -> Files.copy(content, folder.resolve(name)));
        return folder;
    }

    /** Every byte of it is searched for what is secret, while the node runs that has it. */
    @Test
    void noSecretIsInIt() throws Exception {
        PrivateKey key = Identity.create(data()).key();
        byte[] protobuf = key.toProtobuf();
        byte[] seed = Arrays.copyOfRange(protobuf, 4, 36);
        byte[] token = TOKEN.getBytes(StandardCharsets.UTF_8);
        Map<String, byte[]> secrets = Map.of(
                "the key's seed",
                seed,
                "the key",
                Arrays.copyOf(protobuf, 36),
                "the token",
                token,
                "the password",
                PASSWORD.getBytes(StandardCharsets.UTF_8));
        Path tokenFile = Files.write(data().resolve("api.token"), token);
        Files.writeString(data().resolve("dunlin.toml"), "# " + PASSWORD + "\n");
        Path bundle = home.resolve("bundle.tar.zst");
        List<String> run = NodeProcess.run(
                data(), "--set", "identify.protocolVersion=file:" + tokenFile, "--set", "ping.interval=100ms");
        try (NodeProcess node = NodeProcess.start(home, "node", List.of(), run)) {
            try (Traffic traffic = Traffic.of(2, Multiaddr.parse(node.address()))) {
                NodeProcess.eventually("traffic", () -> traffic.rounds() >= 5 ? Optional.of(true) : Optional.empty());
            }
            assertThat(program.run(
                            "support-bundle", data(), bundle, "--inputs", 50, "--listen", "/ip4/127.0.0.1/tcp/0"))
                    .as(program.err())
                    .isEqualTo(ExitCode.OK);
            assertThat(node.stop()).isZero();
        }
        assertThat(program.out()).contains("without the key");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(bundle)))
                .isEqualTo("rw-------");
        Path folder = unpacked(bundle);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "README.txt",
                            "versions.txt",
                            "doctor.json",
                            "configuration.json",
                            "files.txt",
                            "log.json",
                            "inputs.jsonl");
        }
        assertThat(CanaryScan.of(secrets).in(folder)).isEmpty();
        assertThat(CanaryScan.of(secrets).in(data())).as("where they are").isNotEmpty();
        // And it has what it is for.
        assertThat(Files.readAllLines(folder.resolve("inputs.jsonl")))
                .hasSize(50)
                .allMatch(line -> line.contains("\"meta\":{\"input\":"));
        assertThat(folder.resolve("configuration.json")).content().contains("ping.interval", "file:" + tokenFile);
        assertThat(folder.resolve("files.txt")).content().contains("identity.key");
        assertThat(folder.resolve("versions.txt")).content().startsWith("dunlin ");
        assertThat(JsonMapper.shared()
                        .readTree(Files.readString(folder.resolve("doctor.json")))
                        .path("checks")
                        .size())
                .isGreaterThan(10);
    }

    @Test
    void aSettingThatHoldsASecretIsLeftOut() throws IOException {
        Identity.create(data());
        try (RecordedNode node = RecordedNode.in(data())) {
            node.boot("db.password", PASSWORD);
            node.connect(RecordedNode.ANN);
        }
        Path bundle = home.resolve("bundle.tar.zst");
        program.run("support-bundle", data(), bundle);
        Path folder = unpacked(bundle);
        assertThat(CanaryScan.of(Map.of("the password", PASSWORD.getBytes(StandardCharsets.UTF_8)))
                        .in(folder))
                .isEmpty();
        assertThat(folder.resolve("configuration.json")).content().contains("\"db.password\" : \"(left out)\"");
        assertThat(Files.readAllLines(folder.resolve("inputs.jsonl"))).hasSize(2);
    }

    @Test
    void aBrokenNodeHasABundleToo() throws IOException {
        Identity.create(data());
        RecordedNode.day(data());
        Path segment = RecordedNode.segment(data());
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);
        Files.writeString(data().resolve(Identity.FILE), "nonsense");
        Path bundle = home.resolve("bundle.tar.zst");
        assertThat(program.run("support-bundle", data(), bundle))
                .as(program.err())
                .isEqualTo(ExitCode.OK);
        Path folder = unpacked(bundle);
        assertThat(folder.resolve("doctor.json")).content().contains("is damaged at byte", "cannot be used, it is no");
        assertThat(folder.resolve("log.json")).content().contains("unreadable");
    }

    @Test
    void badInputIsOneSentence() throws IOException {
        Identity.create(data());
        for (Object[] args : new Object[][] {
            {"support-bundle", data(), home.resolve("bundle")},
            {"support-bundle", data(), home.resolve("b.tar.zst"), "--inputs", "-1"},
            {"support-bundle", data(), home.resolve("b.tar.zst"), "--inputs", "100001"},
            {"support-bundle", data(), data().resolve("b.tar.zst")},
        }) {
            assertThat(program.run(args)).isEqualTo(ExitCode.USAGE);
            program.sentence();
        }
        Files.writeString(home.resolve("b.tar.zst"), "mine");
        assertThat(program.run("support-bundle", data(), home.resolve("b.tar.zst")))
                .isEqualTo(ExitCode.CANNOT_CREATE);
        assertThat(program.run("support-bundle", home.resolve("none"), home.resolve("c.tar.zst")))
                .isEqualTo(ExitCode.NO_INPUT);
    }
}
