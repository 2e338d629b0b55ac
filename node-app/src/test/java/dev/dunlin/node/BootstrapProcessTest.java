package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.wire.BootstrapLink;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.testkit.CanaryScan;
import dev.dunlin.node.admin.AdminFiles;
import dev.dunlin.node.bootstrap.jdbc.SqliteLedger;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Bootstraps between processes of the program, by its verbs, and what they leave behind: in directories, in answers, in what is printed. */
@Timeout(300)
class BootstrapProcessTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final String IDENTITY = "{\"name\":\"canary-identity-9a8b7c6d5e\"}";
    private static final byte[] IN_IDENTITY = "canary-identity-9a8b7c6d5e".getBytes(StandardCharsets.UTF_8);

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path folder;

    private final Program program = new Program();
    private final List<BootstrapLink> links = new ArrayList<>();

    /** The files of databases that each must have, and no others. */
    private final Map<String, Set<String>> databases = new HashMap<>();

    private Path data(String name) {
        return folder.resolve(name);
    }

    private NodeProcess started(String name) throws Exception {
        List<String> args = NodeProcess.run(
                data(name),
                "--debug",
                "--log-level",
                "trace",
                "--set",
                "admin.listen=127.0.0.1:0",
                "--set",
                "ping.interval=0");
        NodeProcess node = NodeProcess.start(folder, name, List.of(), args);
        NodeProcess.eventually("the admin API of " + name, () -> {
            node.address();
            return Files.exists(data(name).resolve(AdminFiles.ADDRESS)) ? Optional.of(true) : Optional.empty();
        });
        return node;
    }

    private JsonNode json(Object... args) {
        assertThat(program.run(args)).as(program.err()).isEqualTo(ExitCode.OK);
        return JSON.readTree(program.out());
    }

    private String link(String role, int uses) {
        JsonNode made = json("token", "create", "--role", role, "--uses", uses, "--data-dir", data("a"), "--json");
        BootstrapLink link = BootstrapLink.parse(made.path("link").stringValue());
        links.add(link);
        // All that is ever told of it again is of its SHA-256.
        assertThat(hash(link)).startsWith(made.path("token").stringValue());
        return link.text();
    }

    private static String hash(BootstrapLink link) {
        return HexFormat.of().formatHex(Hashes.sha256(link.token()).toArray());
    }

    private JsonNode redeemed(String by, String link) {
        return json("bootstrap", link, "--identity", IDENTITY, "--data-dir", data(by), "--json");
    }

    /** What a peer is answered, and again; its database is where it must be. */
    private String redeemedTwice(String by, String link, String role) {
        JsonNode first = redeemed(by, link);
        assertThat(redeemed(by, link)).isEqualTo(first);
        String tally = first.path("tally").stringValue();
        assertThat(first.path("createdBy").stringValue()).isEqualTo(role);
        assertThat(first.path("endpoint").stringValue()).isEqualTo("sqlite:" + tally);
        databases
                .computeIfAbsent(role.equals("stock") ? "a/stock" : by + "/foil", none -> new TreeSet<>())
                .add(tally + ".db");
        return tally;
    }

    private void allFourKinds() {
        for (String role : List.of("stock", "foil")) {
            String once = link(role, 1);
            redeemedTwice("b", once, role);
            assertThat(program.run("bootstrap", once, "--data-dir", data("c"))).isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(program.sentence())
                    .isEqualTo("the other party does not take the link: it is used, revoked, not its own, or its time"
                            + " is over; ask it for another");
            String often = link(role, 0);
            assertThat(redeemedTwice("b", often, role)).isNotEqualTo(redeemedTwice("c", often, role));
        }
    }

    private void theDatabasesAreThere() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            for (String side : List.of("stock", "foil")) {
                Path directory = data(name).resolve(SqliteTallies.DIRECTORY).resolve(side);
                Set<String> there = new TreeSet<>();
                if (Files.exists(directory)) {
                    try (Stream<Path> files = Files.walk(directory)) {
                        files.filter(Files::isRegularFile)
                                .forEach(file ->
                                        there.add(directory.relativize(file).toString()));
                    }
                }
                assertThat(there)
                        .as("%s of %s", side, name)
                        .isEqualTo(databases.getOrDefault(name + "/" + side, Set.of()));
            }
        }
        assertThat(databases.keySet()).containsExactlyInAnyOrder("a/stock", "b/foil", "c/foil");
    }

    private void whatCannotBeIsToldSo() {
        List<String> from = List.of("--data-dir", data("a").toString());
        refused(
                ExitCode.USAGE,
                "the requirements are no JSON object",
                from,
                "token",
                "create",
                "--requirements",
                "[1]");
        refused(ExitCode.NOTHING_FOUND, "no bootstrap of this number goes on", from, "sessions", "cancel", "99999");
        JsonNode made = json("token", "create", "--data-dir", data("a"), "--json");
        refused(
                ExitCode.UNAVAILABLE,
                "the link is this node's own",
                from,
                "bootstrap",
                made.path("link").asString());
        assertThat(program.run("token", "revoke", made.path("token").asString(), "--data-dir", data("a")))
                .isEqualTo(ExitCode.OK);
    }

    private void refused(ExitCode code, String sentence, List<String> from, Object... verb) {
        List<Object> command = new ArrayList<>(List.of(verb));
        command.addAll(from);
        assertThat(program.run(command.toArray())).as(program.err()).isEqualTo(code);
        assertThat(program.err()).contains(sentence);
    }

    private List<String> export() {
        assertThat(program.run("audit", "export", "--data-dir", data("a")))
                .as(program.err())
                .isEqualTo(ExitCode.OK);
        return program.outLines();
    }

    /** Keeps all that the admin API says of its own accord, in a file. */
    private void listens(HttpClient http, String name) throws Exception {
        http.sendAsync(
                HttpRequest.newBuilder(URI.create(AdminFiles.address(data(name)).orElseThrow() + "/v1/events"))
                        .header(
                                "Authorization",
                                "Bearer " + AdminFiles.knownToken(data(name)).orElseThrow())
                        .build(),
                HttpResponse.BodyHandlers.ofFile(folder.resolve("events-" + name)));
    }

    /** Keeps what the verbs answer that ask for nothing in particular, and some more, in files. */
    private void ask(String name) throws IOException {
        List<List<String>> verbs = new ArrayList<>(List.of(
                List.of("token", "list"),
                List.of("audit", "tail"),
                List.of("audit", "verify"),
                List.of("why", "none")));
        for (Registry.Offered<NodeRoot, ?, ?, ?> offered :
                NodeOperations.described(new Machines()).operations()) {
            if (offered.operation() instanceof Query<?, ?, ?> query
                    && query.parameters().stream().noneMatch(Parameter::isRequired)) {
                verbs.add(List.of(query.name().split(" ")));
            }
        }
        StringBuilder all = new StringBuilder();
        int answers = 0;
        for (List<String> verb : verbs) {
            for (List<String> form : List.of(List.<String>of(), List.of("--json"))) {
                List<Object> args = new ArrayList<>(verb);
                args.addAll(form);
                args.addAll(List.of("--data-dir", data(name)));
                answers += program.run(args.toArray()) == ExitCode.OK ? 1 : 0;
                all.append(args).append('\n').append(program.out()).append(program.err());
            }
        }
        assertThat(answers).isGreaterThan(30);
        Files.writeString(folder.resolve("answers-" + name), all);
    }

    private void bundle(String name) throws IOException {
        Path bundle = folder.resolve(name + ".tar.zst");
        assertThat(program.run(
                        "support-bundle", data(name), bundle, "--inputs", 1000, "--listen", "/ip4/127.0.0.1/tcp/0"))
                .as(program.err())
                .isEqualTo(ExitCode.OK);
        Path unpacked = Files.createDirectories(folder.resolve("bundle-" + name));
        Archive.read(bundle, (file, size, content) -> Files.copy(content, unpacked.resolve(file)));
    }

    private void nothingIsSecret() throws IOException {
        Map<String, byte[]> secrets = new HashMap<>();
        secrets.put("the identity", IN_IDENTITY);
        for (int i = 0; i < links.size(); i++) {
            String token = links.get(i).token();
            secrets.put("token " + i, token.getBytes(StandardCharsets.UTF_8));
            secrets.put("link " + i, links.get(i).text().getBytes(StandardCharsets.UTF_8));
        }
        assertThat(CanaryScan.of(secrets).in(folder)).isEmpty();
        // What was searched is what it was meant to be.
        Map<String, byte[]> known = new HashMap<>();
        links.forEach(link -> known.put(hash(link), Hashes.sha256(link.token()).toArray()));
        List<String> found = CanaryScan.of(known).in(folder);
        for (BootstrapLink link : links) {
            assertThat(found)
                    .anyMatch(line -> line.startsWith("a/" + SqliteLedger.FILE) && line.contains(hash(link)))
                    .anyMatch(line -> line.startsWith("a/log/") && line.contains(hash(link)))
                    .anyMatch(line -> line.startsWith("b/log/") && line.contains(hash(link)))
                    .anyMatch(line -> line.startsWith("answers-a") && line.contains(hash(link)));
        }
        for (String file : List.of("a.err", "b.err", "events-a", "events-b", "bundle-a/inputs.jsonl")) {
            assertThat(folder.resolve(file)).isNotEmptyFile();
        }
    }

    @Test
    void bothKindsOfBothRolesAndNothingSecretIsLeft() throws Exception {
        List<String> running;
        try (NodeProcess a = started("a");
                NodeProcess b = started("b");
                NodeProcess c = started("c")) {
            try (HttpClient http = HttpClient.newHttpClient()) {
                listens(http, "a");
                listens(http, "b");
                allFourKinds();
                theDatabasesAreThere();
                JsonNode verified = json("audit", "verify", "--data-dir", data("a"), "--json");
                assertThat(verified.path("entries").intValue()).isPositive();
                whatCannotBeIsToldSo();
                running = export();
                assertThat(running.size()).isLessThanOrEqualTo(export().size());
                assertThat(verified.path("entries").intValue()).isLessThanOrEqualTo(running.size());
                ask("a");
                ask("b");
                bundle("a");
                bundle("b");
                for (NodeProcess each : List.of(c, b, a)) {
                    assertThat(each.stop()).isZero();
                }
                http.shutdownNow();
            }
        }
        assertThat(export()).startsWith(running.toArray(String[]::new));
        theDatabasesAreThere();
        for (String name : List.of("a", "b", "c")) {
            assertThat(program.run("replay", data(name), "--verify"))
                    .as(program.err())
                    .isEqualTo(ExitCode.OK);
        }
        nothingIsSecret();
    }
}
