package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.node.admin.AdminFiles;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The verbs that are made of the registry, against a node that runs and one that has stopped. */
@Timeout(180)
class VerbsTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> ADMIN = List.of("--set", "admin.listen=127.0.0.1:0", "--set", "ping.interval=0");

    private final Program program = new Program();

    private static NodeProcess started(Path folder, String name, String... more) throws Exception {
        Path data = folder.resolve(name);
        List<String> args = NodeProcess.run(data, more);
        args.addAll(ADMIN);
        NodeProcess node = NodeProcess.start(folder, name, List.of(), args);
        NodeProcess.eventually("the admin API of " + name, () -> {
            node.address();
            return Files.exists(data.resolve(AdminFiles.ADDRESS)) ? Optional.of(true) : Optional.empty();
        });
        return node;
    }

    private JsonNode json(Object... args) {
        assertThat(program.run(args)).as(program.err()).isEqualTo(ExitCode.OK);
        return JSON.readTree(program.out());
    }

    /** Every operation is a verb, with all that can be given. */
    @Test
    void everyOperationIsAVerb() {
        CommandLine main = Main.commandLine(new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter()));
        for (Registry.Offered<NodeRoot, ?, ?, ?> offered :
                NodeOperations.described(new Machines()).operations()) {
            Operation<?, ?, ?> operation = offered.operation();
            CommandLine verb = main;
            for (String word : operation.name().split(" ")) {
                verb = Objects.requireNonNull(verb.getSubcommands().get(word), operation.name());
            }
            List<String> given = verb.getCommandSpec().positionalParameters().stream()
                    .map(CommandLine.Model.PositionalParamSpec::paramLabel)
                    .toList();
            assertThat(given)
                    .hasSameSizeAs(operation.parameters().stream()
                            .filter(Parameter::isRequired)
                            .toList());
            assertThat(verb.getCommandSpec().optionsMap()).containsKeys("--data-dir", "--json");
        }
    }

    /** What a wish is about and is not there has a code of its own, and says where to look. */
    @Test
    void whatIsNotThereIsNotFound(@TempDir Path folder) throws Exception {
        try (NodeProcess node = started(folder, "a")) {
            String self = node.address().substring(node.address().lastIndexOf('/') + 1);
            String content = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";
            assertNotFound(
                    folder,
                    content + " is not kept provided: see 'dht published' for what is, by its multihash",
                    "forget",
                    content);
            assertNotFound(
                    folder, "no value is kept under this key: see 'dht published'", "forget-value", "/ipns/" + self);
            assertNotFound(folder, "the crawl is over, or there never was one", "stop-crawl", "api#999");
        }
    }

    private void assertNotFound(Path folder, String why, String verb, String what) {
        assertThat(program.run("dht", verb, what, "--data-dir", folder.resolve("a")))
                .isEqualTo(ExitCode.NOTHING_FOUND);
        assertThat(program.sentence()).isEqualTo(why);
    }

    @Test
    void aRunningNodeIsAskedAndSteeredAndAStoppedOneIsAskedTheSame(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("a");
        String address;
        try (NodeProcess other = started(folder, "b");
                NodeProcess node = started(folder, "a")) {
            address = other.address();
            String peer = address.substring(address.lastIndexOf('/') + 1);
            JsonNode status = json("status", "--data-dir", data, "--json");
            assertThat(status.path("state").asString()).isEqualTo("running");
            assertThat(status.path("addresses").toString()).contains(node.address());
            assertThat(program.run("status", "--data-dir", data)).isEqualTo(ExitCode.OK);
            assertThat(program.outLines().getFirst()).endsWith(" is running");

            assertThat(program.run("top", "--once", "--data-dir", data)).isEqualTo(ExitCode.OK);
            assertThat(program.out())
                    .contains("   running for ")
                    .contains("what is refused")
                    .contains("connected 0");

            assertThat(program.run("connect", address, "--data-dir", data)).isEqualTo(ExitCode.OK);
            assertThat(program.out()).startsWith(peer + " is connected since ");
            assertThat(program.run("peers", "--data-dir", data)).isEqualTo(ExitCode.OK);
            assertThat(program.outLines()).hasSize(2);
            assertThat(program.outLines().getLast()).startsWith(peer + "  connected");
            assertThat(program.run("peers", "show", peer, "--data-dir", data)).isEqualTo(ExitCode.OK);
            assertThat(program.out()).contains("\nnext: ").contains("\ndo: ").contains("connections:");
            assertThat(json("connections", "--data-dir", data, "--json").path("connections"))
                    .hasSize(1);

            assertThat(program.run("keep", address, "--data-dir", data)).isEqualTo(ExitCode.OK);
            assertThat(program.run("disconnect", peer, "--data-dir", data)).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(program.sentence())
                    .isEqualTo("it is refused: it is kept by an operator, and that is to be ended first");
            assertThat(program.run("unkeep", peer, "--data-dir", data)).isEqualTo(ExitCode.OK);
            assertThat(program.run("disconnect", peer, "--data-dir", data)).isEqualTo(ExitCode.OK);
            NodeProcess.eventually(
                    "no connection",
                    () -> json("connections", "--data-dir", data, "--json")
                                    .path("connections")
                                    .isEmpty()
                            ? Optional.of(true)
                            : Optional.empty());

            assertThat(program.run("ban", peer, "--for", "1h", "--why", "it floods", "--data-dir", data))
                    .isEqualTo(ExitCode.OK);
            assertThat(program.out())
                    .startsWith(peer + " is not connected: it is banned since ")
                    .contains("because it floods");
            assertThat(program.run("connect", address, "--data-dir", data)).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(program.sentence()).isEqualTo("it is refused: this node has banned it");
            assertThat(json("bans", "--data-dir", data, "--json")
                            .path("bans")
                            .path(0)
                            .path("why")
                            .asString())
                    .isEqualTo("it floods");
            assertThat(program.run("peers", "--state", "banned", "--data-dir", data))
                    .isEqualTo(ExitCode.OK);
            assertThat(program.outLines().getLast()).startsWith(peer + "  banned");

            assertThat(program.run("settings", "set", "ping.failures", "9", "--data-dir", data))
                    .isEqualTo(ExitCode.OK);
            assertThat(json("settings", "show", "ping.failures", "--data-dir", data, "--json")
                            .path("value")
                            .asString())
                    .isEqualTo("9");
            assertThat(program.run("settings", "show", "ping.failure", "--data-dir", data))
                    .isEqualTo(ExitCode.NOTHING_FOUND);
            assertThat(program.sentence()).contains("did you mean ping.failures?");
            assertThat(program.run("peers", "--limit", "none", "--data-dir", data))
                    .isEqualTo(ExitCode.USAGE);
            assertThat(program.sentence()).contains("limit = none");
            assertThat(node.stop()).isZero();
            assertThat(data.resolve(AdminFiles.ADDRESS)).doesNotExist();

            JsonNode after = json("status", "--data-dir", data, "--json");
            assertThat(after.path("state").asString()).isEqualTo("stopped");
            assertThat(after.path("peer")).isEqualTo(status.path("peer"));
            assertThat(program.err()).startsWith("the node in " + data + " is stopped: this is as of its last input, ");
            assertThat(json("peers", "show", peer, "--data-dir", data, "--json")
                            .path("state")
                            .asString())
                    .isEqualTo("banned");
            assertThat(json("settings", "show", "ping.failures", "--data-dir", data, "--json")
                            .path("value")
                            .asString())
                    .isEqualTo("3");
            assertThat(program.run("connect", address, "--data-dir", data)).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(program.sentence()).contains("no node runs in " + data);
        }
    }

    /** What was ordered is in the log like all else, and the log replays. */
    @Test
    void whatWasOrderedIsInTheLog(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("a");
        try (NodeProcess node = started(folder, "a")) {
            assertThat(program.run("settings", "set", "ping.failures", "9", "--data-dir", data))
                    .isEqualTo(ExitCode.OK);
            assertThat(program.run("settings", "set", "connection.maxListeners", "0", "--data-dir", data))
                    .isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(node.stop()).isZero();
        }
        assertThat(program.run("log", data, "--type", "node/configure")).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains("{\"changes\":{\"ping.failures\":\"9\"}")
                .contains("[refused node/configure: what is there now does not fit the new values: ");
        assertThat(program.run("replay", data, "--verify")).isEqualTo(ExitCode.OK);
    }

    @Test
    void whatCannotBeAskedSaysWhy(@TempDir Path folder) throws Exception {
        Path nothing = folder.resolve("nothing");
        assertThat(program.run("status", "--data-dir", nothing)).isEqualTo(ExitCode.NO_INPUT);
        assertThat(program.sentence()).contains("there is no directory " + nothing);
        Path empty = Files.createDirectory(folder.resolve("empty"));
        assertThat(program.run("status", "--data-dir", empty)).isEqualTo(ExitCode.NO_INPUT);
        assertThat(program.sentence()).contains("there is no log of one");
        Path data = folder.resolve("a");
        List<String> args = NodeProcess.run(data, "--set", "admin.on=false");
        try (NodeProcess node = NodeProcess.start(folder, "a", List.of(), args)) {
            node.address();
            assertThat(program.run("status", "--data-dir", data)).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(program.sentence()).contains("without an admin API (admin.on)");
        }
    }

    /** Of a node that was killed the address stays: who asks there is told that it is stopped. */
    @Test
    void aKilledNodeIsAskedThroughItsLog(@TempDir Path folder) throws Exception {
        Path data = folder.resolve("a");
        try (NodeProcess node = started(folder, "a")) {
            node.kill();
        }
        assertThat(data.resolve(AdminFiles.ADDRESS)).exists();
        assertThat(json("status", "--data-dir", data, "--json").path("state").asString())
                .isEqualTo("stopped");
    }
}
