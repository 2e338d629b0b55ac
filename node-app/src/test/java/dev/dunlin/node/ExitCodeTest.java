package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.sim.ConnectionScenario;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.PlanText;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.Wish;
import dev.dunlin.node.admin.AdminFiles;
import dev.dunlin.node.bootstrap.jdbc.SqliteLedger;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Every exit code of every command that {@code docs/exit-codes.md} lists is reached, and its sentence tells the cause. */
class ExitCodeTest {

    private static final String PEER = "12D3KooWHaHKcpZcjezK4DSMnXQVQZPJUEZDnxeanjPAWeVT4pQ3";

    @TempDir
    private Path folder;

    private final Program program = new Program();

    // What a scene spoils is a folder of its own.
    private int made;

    private record Ended(int code, String told) {}

    private interface Play {
        Ended play() throws Exception;
    }

    private record Scene(String command, ExitCode code, String told, Play play) {
        String name() {
            return command + " " + code.code();
        }
    }

    private Ended run(Object... args) {
        ExitCode code = program.run(args);
        return new Ended(code.code(), code == ExitCode.OK ? program.out() : program.sentence());
    }

    private static Ended inProcess(Path home, Object... args) throws Exception {
        try (ProgramProcess process = ProgramProcess.start(home, args)) {
            return new Ended(process.code(), process.out() + process.err());
        }
    }

    private static Ended changed(ChangedBuild build, Object... args) throws Exception {
        Process process = build.start(
                ProcessBuilder.Redirect.DISCARD,
                ProcessBuilder.Redirect.PIPE,
                Arrays.stream(args).map(Object::toString).toList());
        String told = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ended(process.waitFor(), told);
    }

    private Path day(String name) throws IOException {
        Path data = folder.resolve(name);
        if (!Files.exists(data)) {
            RecordedNode.day(data);
        }
        return data;
    }

    private Path day() throws IOException {
        return day("day");
    }

    private Path damaged() throws IOException {
        Path data = day("damaged" + made++);
        byte[] bytes = Files.readAllBytes(RecordedNode.segment(data));
        bytes[bytes.length / 2] ^= 1;
        Files.write(RecordedNode.segment(data), bytes);
        return data;
    }

    // As a build with another reducer would have recorded it.
    private Path diverging() throws IOException {
        Path data = day("diverging" + made++);
        List<String> lines = Files.readAllLines(RecordedNode.segment(data));
        int third = 0;
        while (!lines.get(third).contains("\"meta\":{\"input\":3,")) {
            third++;
        }
        RecordedNode.rewrite(data, third, "\"connection\":\"[0-9a-f]{8}", "\"connection\":\"00000000");
        return data;
    }

    private Path index(Path data) {
        return data.resolve("log").resolve("index");
    }

    private Ended whileIndexIsUsed(String command, Object... options) throws IOException {
        Path data = day("busy" + made++);
        List<Object> args = new ArrayList<>(List.of(command, data));
        args.addAll(List.of(options));
        try (DirectoryStorage busy = DirectoryStorage.open(index(data))) {
            assertThat(busy.names()).isEmpty();
            return run(args.toArray());
        }
    }

    private Path calmPlan() throws IOException {
        ConnectionScenario scenario = ConnectionScenario.of(ConnectionScenario.Profile.CALM);
        Plan plan = scenario.plan(1, new Scenario.Size(4, 20_000_000));
        long dialled = plan.wishes().stream()
                .filter(wish -> wish.action() instanceof ConnectionAction.Connect)
                .mapToLong(Wish::at)
                .min()
                .orElseThrow();
        return Files.writeString(
                folder.resolve("impatient.json"),
                PlanText.of(scenario)
                        .write(plan.withPhases(dialled + 1, dialled + 1))
                        .toString());
    }

    private Ended simulated(String source, String from, String to, Object... args) throws Exception {
        Path place = Files.createTempDirectory(folder, "build");
        List<Object> all = new ArrayList<>(List.of("simulate", "--logs", place.resolve("logs")));
        all.addAll(List.of(args));
        return changed(ChangedBuild.changed(place, source, from, to), all.toArray());
    }

    private Path forgetful() {
        return folder.resolve("forgetful");
    }

    private static final String DIALS = "p2p-connection/src/main/java/dev/dunlin/connection/Dials.java";
    private static final String AGAIN =
            "long again = attempt.isLast() ? Due.NEVER : ctx.now() + backOff(config, attempt.attempts(), ctx.random());";
    private static final String PING = "p2p-connection/src/main/java/dev/dunlin/connection/ping/PingReducer.java";

    private List<Scene> scenes() {
        List<Scene> scenes = new ArrayList<>();
        any(scenes);
        nodes(scenes);
        verbs(scenes);
        watching(scenes);
        logs(scenes);
        searches(scenes);
        copies(scenes);
        simulations(scenes);
        machines(scenes);
        return scenes;
    }

    private void verbs(List<Scene> scenes) {
        scenes.add(new Scene("verb", ExitCode.DATA_ERROR, "is damaged", () -> run("status", "--data-dir", damaged())));
        scenes.add(new Scene(
                "verb",
                ExitCode.NO_INPUT,
                "there is no directory",
                () -> run("status", "--data-dir", folder.resolve("nowhere"))));
        scenes.add(new Scene(
                "verb",
                ExitCode.UNAVAILABLE,
                "so nothing can be ordered: start it with 'dunlin run'",
                () -> run("drain", "--data-dir", day())));
        scenes.add(new Scene("verb", ExitCode.BUSY, "its queue is full: try again later", this::whileTheNodeIsFull));
        scenes.add(new Scene(
                "verb",
                ExitCode.NOTHING_FOUND,
                "did you mean ping.interval?",
                () -> run("settings", "show", "ping.intervall", "--data-dir", day())));
    }

    private void watching(List<Scene> scenes) {
        scenes.add(new Scene("top", ExitCode.UNAVAILABLE, "no node runs in", () -> run("top", "--data-dir", day())));
        scenes.add(new Scene(
                "top",
                ExitCode.NO_INPUT,
                "there is no directory",
                () -> run("top", "--data-dir", folder.resolve("nowhere"))));
    }

    // What a node says through its API that takes no new work now.
    private Ended whileTheNodeIsFull() throws IOException {
        Path data = day("full" + made++);
        HttpServer api = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        api.createContext("/", exchange -> {
            byte[] problem = ("{\"type\":\"urn:dunlin:problem:unavailable\",\"title\":\"\",\"status\":503,\"detail\":"
                            + "\"the node takes no new work now, since its queue is full: try again later\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(503, problem.length);
            exchange.getResponseBody().write(problem);
            exchange.close();
        });
        api.start();
        try (FolderLock held = DataDirectory.lock(data, "a test")) {
            AdminFiles.say(data, "http://127.0.0.1:" + api.getAddress().getPort());
            Files.writeString(data.resolve(AdminFiles.TOKEN), "t");
            return run("drain", "--data-dir", data);
        } finally {
            api.stop(0);
        }
    }

    // The log of a node that ran with machines of a jar.
    private Path lamps() throws Exception {
        Path data = folder.resolve("lamps" + made++);
        LampJar.day(data, LampJar.in(folder.resolve("jar" + made++)));
        return data.resolve("log");
    }

    private void machines(List<Scene> scenes) {
        scenes.add(new Scene(
                "any",
                ExitCode.NO_INPUT,
                "there is no file",
                () -> run("--machines", folder.resolve("none.jar"), "log", day())));
        scenes.add(new Scene(
                "any",
                ExitCode.DATA_ERROR,
                "is no jar",
                () -> run("--machines", Files.writeString(folder.resolve("text.jar"), "text"), "log", day())));
        String told =
                "has the machine lamps, which this program does not have; give the jar that brings it: --machines JAR";
        machines(scenes, told, "why", "--subject", "lamp:hall");
        machines(scenes, told, "replay", "--to", 2);
        scenes.add(new Scene("cluster", ExitCode.UNAVAILABLE, told, () -> run("cluster", lamps(), day())));
        machines(scenes, told, "bisect", "--second-build", "/bin/true");
        machines(scenes, told, "whatif", "--at", 2, "--drop");
        machines(scenes, told, "export", "--from", 1, "--to", 2, "--devtools", folder.resolve("lamps.json"));
        machines(scenes, told, "shrink");
        machines(scenes, told, "log", "--seal");
    }

    private void machines(List<Scene> scenes, String told, String command, Object... options) {
        scenes.add(new Scene(command, ExitCode.UNAVAILABLE, told, () -> {
            List<Object> args = new ArrayList<>(List.of(command, lamps()));
            args.addAll(List.of(options));
            return run(args.toArray());
        }));
    }

    private void any(List<Scene> scenes) {
        scenes.add(new Scene("any", ExitCode.OK, "dunlin ", () -> run("version")));
        scenes.add(new Scene("any", ExitCode.USAGE, "there is no option --loud", () -> run("version", "--loud")));
        scenes.add(new Scene("any", ExitCode.INTERNAL, "a fault in Dunlin itself", ExitCodeTest::failing));
        scenes.add(new Scene("any", ExitCode.IO_ERROR, "cannot write to standard output: the disk is full", () -> {
            ByteArrayOutputStream told = new ByteArrayOutputStream();
            OutputStream full = new OutputStream() {
                @Override
                public void write(int any) throws IOException {
                    throw new IOException("No space left on device");
                }
            };
            int code = Main.run(new String[] {"version"}, full, told);
            return new Ended(code, told.toString(StandardCharsets.UTF_8));
        }));
    }

    @Command(name = "failing")
    private static final class Failing implements Runnable {
        @Override
        public void run() {
            throw new IllegalStateException("a wheel is missing");
        }
    }

    private static Ended failing() {
        StringWriter told = new StringWriter();
        CommandLine program = Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(told, true));
        program.addSubcommand(new Failing());
        program.setErr(new PrintWriter(told, true));
        return new Ended(program.execute("failing"), told.toString());
    }

    private void nodes(List<Scene> scenes) {
        Path fresh = folder.resolve("fresh");
        scenes.add(new Scene("init", ExitCode.CANNOT_CREATE, "there is a node in " + fresh + " already", () -> {
            run("init", "--data-dir", fresh);
            return run("init", "--data-dir", fresh);
        }));
        scenes.add(new Scene("init", ExitCode.NOT_PERMITTED, "does not permit it", () -> {
            Path home = Files.createDirectory(folder.resolve("home"));
            Path closed = Files.createDirectory(
                    home.resolve("closed"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("r-xr-xr-x")));
            return inProcess(home, "init", "--data-dir", closed.resolve("node"));
        }));
        scenes.add(new Scene("run", ExitCode.DATA_ERROR, "it is no base64: put it back from a copy", () -> {
            Path data = folder.resolve("garbled");
            run("init", "--data-dir", data);
            Files.writeString(data.resolve(Identity.FILE), "?");
            return run("run", "--data-dir", data);
        }));
        scenes.add(new Scene(
                "run", ExitCode.NO_INPUT, "is missing, and its log is there", () -> run("run", "--data-dir", day())));
        scenes.add(new Scene("run", ExitCode.UNAVAILABLE, "listen", () -> {
            try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
                return run(
                        "run",
                        "--data-dir",
                        folder.resolve("second"),
                        "--listen",
                        "/ip4/127.0.0.1/tcp/" + taken.getLocalPort());
            }
        }));
        scenes.add(new Scene("run", ExitCode.BUSY, "in use by", () -> {
            Path data = folder.resolve("used");
            Identity.create(data);
            try (RecordedNode node = RecordedNode.in(data)) {
                node.boot();
                return run("run", "--data-dir", data, "--listen", "/ip4/127.0.0.1/tcp/0");
            }
        }));
        scenes.add(new Scene("run", ExitCode.CANNOT_CREATE, "records.db is no file: move it away", () -> {
            Path data = folder.resolve("records");
            Files.createDirectories(data.resolve("records.db"));
            return run("run", "--data-dir", data, "--set", "records.store=sqlite", "--listen", "/ip4/127.0.0.1/tcp/0");
        }));
        scenes.add(new Scene("run", ExitCode.BUSY, "records.db is in use by another program", () -> {
            Path data = Files.createDirectories(folder.resolve("held"));
            try (Connection holder = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("records.db"));
                    Statement statement = holder.createStatement()) {
                statement.execute("BEGIN EXCLUSIVE");
                return run(
                        "run", "--data-dir", data, "--set", "records.store=sqlite", "--listen", "/ip4/127.0.0.1/tcp/0");
            }
        }));
        scenes.add(new Scene("run", ExitCode.DATA_ERROR, "it is of another program", () -> {
            Path data = Files.createDirectories(folder.resolve("foreign"));
            try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + data.resolve("records.db"));
                    Statement statement = other.createStatement()) {
                statement.execute("CREATE TABLE other (id INTEGER)");
            }
            return run("run", "--data-dir", data, "--set", "records.store=sqlite", "--listen", "/ip4/127.0.0.1/tcp/0");
        }));
        scenes.add(new Scene("run", ExitCode.DATA_ERROR, "tokens.db cannot be opened: it is damaged", () -> {
            Path data = Files.createDirectories(folder.resolve("tokens"));
            Files.writeString(data.resolve(SqliteLedger.FILE), "no database at all".repeat(100));
            return run("run", "--data-dir", data, "--listen", "/ip4/127.0.0.1/tcp/0");
        }));
        scenes.add(new Scene(
                "run",
                ExitCode.CONFIGURATION,
                "ledger.url has to be like",
                () -> run("run", "--data-dir", folder.resolve("server"), "--set", "ledger.store=postgresql")));
        scenes.add(new Scene(
                "run", ExitCode.CONFIGURATION, "can be read or written by other users: run 'chmod 600", () -> {
                    Path password = Files.writeString(folder.resolve("password"), "secret");
                    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
                    return run(
                            "run",
                            "--data-dir",
                            folder.resolve("readable"),
                            "--set",
                            "ledger.store=postgresql",
                            "--set",
                            "ledger.url=jdbc:postgresql://127.0.0.1:1/dunlin",
                            "--set",
                            "ledger.user=dunlin",
                            "--set",
                            "ledger.passwordFile=" + password);
                }));
        scenes.add(new Scene("run", ExitCode.NOT_PERMITTED, "is open to other users: chmod 600", () -> {
            Path data = folder.resolve("open");
            Identity.create(data);
            Files.setPosixFilePermissions(data.resolve(Identity.FILE), PosixFilePermissions.fromString("rw-r--r--"));
            return run("run", "--data-dir", data);
        }));
        for (String command : List.of("ping", "id")) {
            scenes.add(new Scene(
                    command,
                    ExitCode.UNAVAILABLE,
                    "nobody listens there",
                    () -> run(command, "/ip4/127.0.0.1/tcp/1/p2p/" + PEER, "--timeout", 20)));
        }
    }

    private void logs(List<Scene> scenes) {
        Path missing = folder.resolve("missing");
        List<List<Object>> readers = List.of(
                List.of("log"),
                List.of("why", "--peer", RecordedNode.ANN),
                List.of("replay", "--verify"),
                List.of("cluster", "OTHER"),
                List.of("bisect", "OTHER"),
                List.of("whatif", "--at", 7, "--drop"),
                List.of("export", "--from", 1, "--to", 7, "--devtools", folder.resolve("none.json")),
                List.of("shrink"));
        for (List<Object> reader : readers) {
            String command = reader.getFirst().toString();
            scenes.add(new Scene(command, ExitCode.DATA_ERROR, "damaged", () -> run(with(reader, damaged()))));
            scenes.add(new Scene(
                    command, ExitCode.NO_INPUT, "there is no directory " + missing, () -> run(with(reader, missing))));
        }
        scenes.add(new Scene("log", ExitCode.BUSY, "in use by", () -> {
            Path data = folder.resolve("running");
            try (RecordedNode node = RecordedNode.in(data)) {
                node.boot();
                return run("log", data, "--seal");
            }
        }));
        scenes.add(new Scene(
                "export",
                ExitCode.CANNOT_CREATE,
                "there is no folder " + folder.resolve("no"),
                () -> run(
                        "export",
                        day(),
                        "--from",
                        1,
                        "--to",
                        2,
                        "--junit",
                        folder.resolve("no").resolve("T.java"))));
        scenes.add(new Scene(
                "replay",
                ExitCode.DIVERGED,
                "replays to another result than recorded",
                () -> run("replay", diverging(), "--verify")));
        scenes.add(new Scene(
                "cluster", ExitCode.DIVERGED, "does not replay at step 3", () -> run("cluster", day(), diverging())));
    }

    // The folder behind the command's name, and another log where two are needed.
    private Object[] with(List<Object> reader, Path data) throws IOException {
        List<Object> args = new ArrayList<>(reader);
        args.replaceAll(word -> word.equals("OTHER") ? folder.resolve("day") : word);
        day();
        args.add(1, data);
        return args.toArray();
    }

    private void searches(List<Scene> scenes) {
        scenes.add(new Scene(
                "why",
                ExitCode.NOTHING_FOUND,
                "says nothing of peer " + PEER,
                () -> run("why", day(), "--peer", PEER)));
        scenes.add(new Scene(
                "why",
                ExitCode.DIVERGED,
                "step 3 of the log replays to another result",
                () -> run("why", diverging(), "--peer", PEER)));
        scenes.add(new Scene(
                "why", ExitCode.BUSY, "another command uses the index", () -> whileIndexIsUsed("why", "--peer", PEER)));
        scenes.add(new Scene("why", ExitCode.CANNOT_CREATE, "cannot write the index in", () -> {
            Path data = day("blocked");
            Files.writeString(index(data), "in the way");
            return run("why", data, "--peer", PEER);
        }));
        scenes.add(new Scene(
                "replay", ExitCode.BUSY, "another command uses the index", () -> whileIndexIsUsed("replay", "--cost")));
        scenes.add(new Scene(
                "replay",
                ExitCode.UNAVAILABLE,
                "the second build",
                () -> run("replay", diverging(), "--verify", "--second-build", folder.resolve("none"))));
        scenes.add(new Scene(
                "replay",
                ExitCode.NOTHING_FOUND,
                "there is no node.wheel in the state",
                () -> run("replay", day(), "--blame", "node.wheel")));
        scenes.add(new Scene(
                "bisect", ExitCode.OK, "step 3 is the first that differs", () -> run("bisect", day(), diverging())));
        scenes.add(new Scene(
                "bisect",
                ExitCode.NOTHING_FOUND,
                "do not differ in steps 1 to 7",
                () -> run("bisect", day(), day("other"))));
        scenes.add(new Scene(
                "bisect",
                ExitCode.UNAVAILABLE,
                "the second build",
                () -> run("bisect", day(), "--second-build", folder.resolve("none"))));
        scenes.add(
                new Scene("shrink", ExitCode.NOTHING_FOUND, "there is nothing to shrink", () -> run("shrink", day())));
        scenes.add(new Scene(
                "shrink", ExitCode.CANNOT_CREATE, "is there already", () -> run("shrink", day(), "--out", day())));
        scenes.add(new Scene(
                "shrink",
                ExitCode.OK,
                "",
                () -> changed(
                        ChangedBuild.changed(forgetful(), DIALS, AGAIN, "long again = Long.MAX_VALUE;"),
                        "shrink",
                        day())));
    }

    private Path node() throws IOException {
        Path data = folder.resolve("node" + made++);
        Identity identity = Identity.create(data);
        try (RecordedNode node = RecordedNode.in(data)) {
            node.boot(identity.peerId());
        }
        return data;
    }

    private Ended all(Object... args) {
        return new Ended(program.run(args).code(), program.err());
    }

    private void copies(List<Scene> scenes) {
        Path missing = folder.resolve("missing");
        Path copy = folder.resolve("copy.tar.zst");
        scenes.add(new Scene("doctor", ExitCode.UNHEALTHY, "things are not as a node needs them", () -> {
            Path data = node();
            Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxrwxrwx"));
            return run("doctor", data, "--listen", "/ip4/127.0.0.1/tcp/0");
        }));
        scenes.add(new Scene("backup", ExitCode.DATA_ERROR, "keep older backups", () -> {
            Path data = node();
            byte[] bytes = Files.readAllBytes(RecordedNode.segment(data));
            bytes[bytes.length / 2] ^= 1;
            Files.write(RecordedNode.segment(data), bytes);
            return all("backup", data, folder.resolve("damaged.tar.zst"));
        }));
        scenes.add(new Scene("backup", ExitCode.NO_INPUT, "there is no directory", () -> run("backup", missing, copy)));
        scenes.add(new Scene(
                "backup",
                ExitCode.CANNOT_CREATE,
                "nothing is overwritten",
                () -> run("backup", node(), Files.writeString(folder.resolve("mine.tar.zst"), "mine"))));
        scenes.add(new Scene(
                "restore",
                ExitCode.DATA_ERROR,
                "it cannot be unpacked",
                () -> run(
                        "restore",
                        Files.writeString(folder.resolve("bad"), "x".repeat(5000)),
                        folder.resolve("back"))));
        scenes.add(new Scene(
                "restore",
                ExitCode.NO_INPUT,
                "there is no backup",
                () -> run("restore", missing, folder.resolve("back"))));
        scenes.add(new Scene("restore", ExitCode.CANNOT_CREATE, "there is a node in", () -> {
            Path data = node();
            run("backup", data, copy);
            return run("restore", copy, data);
        }));
        scenes.add(new Scene(
                "support-bundle",
                ExitCode.NO_INPUT,
                "there is no directory",
                () -> run("support-bundle", missing, folder.resolve("bundle.tar.zst"))));
        scenes.add(new Scene(
                "support-bundle",
                ExitCode.CANNOT_CREATE,
                "is there already",
                () -> run("support-bundle", node(), Files.writeString(folder.resolve("old.tar.zst"), "mine"))));
        scenes.add(new Scene(
                "config",
                ExitCode.NO_INPUT,
                "cannot read the configuration in",
                () -> run("config", "check", "--config", folder.resolve("none.toml"))));
        for (String command : List.of("config", "run")) {
            scenes.add(new Scene(command, ExitCode.CONFIGURATION, "ping.interval is a number without a unit", () -> {
                Path file = Files.writeString(folder.resolve("dunlin.toml"), "[ping]\ninterval = 5\n");
                return command.equals("run")
                        ? run("run", "--data-dir", folder.resolve("unmade"), "--config", file)
                        : run("config", "check", "--config", file);
            }));
        }
    }

    private void simulations(List<Scene> scenes) {
        scenes.add(new Scene(
                "simulate",
                ExitCode.DATA_ERROR,
                "this is no plan",
                () -> run("simulate", "--plan", Files.writeString(folder.resolve("bad.json"), "{"))));
        scenes.add(new Scene(
                "simulate",
                ExitCode.NO_INPUT,
                "there is no file",
                () -> run("simulate", "--plan", folder.resolve("none.json"))));
        scenes.add(new Scene(
                "simulate",
                ExitCode.LIVENESS_VIOLATED,
                "liveness violated",
                () -> run("simulate", "--profile", "calm", "--plan", calmPlan(), "--logs", folder.resolve("late"))));
        scenes.add(new Scene(
                "simulate",
                ExitCode.SAFETY_VIOLATED,
                "safety violated",
                () -> simulated(DIALS, AGAIN, "long again = Long.MAX_VALUE;", "--seeds", "1..8", "--nodes", 4)));
        scenes.add(new Scene(
                "simulate",
                ExitCode.SIMULATED_CRASH,
                "crash",
                () -> simulated(
                        PING,
                        "Math.min(peer.failures() + 1, most) : 0;",
                        "Math.min(peer.failures() + 1, most) : 1 / (most - most);",
                        "--nodes",
                        3,
                        "--time",
                        30)));
    }

    @TestFactory
    Stream<DynamicTest> isReachedWithItsCause() {
        return scenes().stream()
                .map(scene -> DynamicTest.dynamicTest(scene.name(), () -> {
                    Ended ended = scene.play().play();
                    assertThat(ended.code())
                            .as(ended.told())
                            .isEqualTo(scene.code().code());
                    assertThat(ended.told()).contains(scene.told());
                }));
    }

    @Test
    void everyCodeHasAScene() {
        Set<ExitCode> reached = EnumSet.noneOf(ExitCode.class);
        scenes().forEach(scene -> reached.add(scene.code()));
        assertThat(reached).isEqualTo(EnumSet.allOf(ExitCode.class));
    }

    @Test
    void theDocumentHasTheScenesOfEachCommandAndNoMore() throws IOException {
        Set<String> documented = new TreeSet<>();
        Set<String> commands = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("..", "docs", "exit-codes.md"))) {
            if (line.matches("\\| [a-z-]+ \\| \\d+ \\| .*")) {
                String[] cells = line.split(" \\| ");
                documented.add(cells[0].substring(2) + " " + cells[1]);
                commands.add(cells[0].substring(2));
            }
        }
        Set<String> played = new TreeSet<>();
        scenes().forEach(scene -> played.add(scene.name()));
        assertThat(played).isEqualTo(documented);
        Set<String> all =
                new TreeSet<>(Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(new StringWriter()))
                        .getSubcommands()
                        .keySet());
        // What is made of the registry has the codes of 'verb'.
        NodeOperations.described(new Machines())
                .operations()
                .forEach(offered -> all.remove(offered.operation().name().split(" ")[0]));
        all.add("verb");
        // They have no codes of their own.
        all.removeAll(Set.of("help", "version"));
        all.add("any");
        assertThat(commands).isEqualTo(all);
    }
}
