package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogCheck;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.dht.extension.KadExtension;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code --machines}: each command that reads or writes a log has the machines of a jar, and says so where it lacks them. */
@Timeout(240)
class MachinesTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path home;

    private final Program program = new Program();
    private Path jar = Path.of("");
    private Path log = Path.of("");

    @BeforeEach
    void aDay() throws IOException {
        jar = LampJar.in(home.resolve("lamps"));
        log = home.resolve("node").resolve("log");
        LampJar.day(home.resolve("node"), jar);
    }

    private ExitCode run(List<Object> args) {
        return program.run(args.toArray());
    }

    /** What each command that opens a log is given, behind its name; those with nothing cannot lack machines. */
    private List<List<Object>> withLog() throws IOException {
        Path other = home.resolve("other");
        RecordedNode.day(other);
        return List.of(
                List.of("why", log, "--subject", "lamp:hall"),
                List.of("replay", log),
                List.of("replay", log, "--verify"),
                List.of("replay", log, "--to", 2),
                List.of("replay", log, "--diff", 1, 2),
                List.of("replay", log, "--cause", 2),
                List.of("replay", log, "--blame", "lamps.lamps.hall.on"),
                List.of("replay", log, "--cost"),
                List.of("replay", log, "--step"),
                List.of("cluster", log, other),
                List.of("bisect", log, log),
                List.of("bisect", log, "--second-build", "/bin/true"),
                List.of("whatif", log, "--at", 2, "--drop"),
                List.of("export", log, "--from", 1, "--to", 2, "--devtools", "/dev/null"),
                List.of("export", log, "--from", 1, "--to", 2, "--junit", newTest()),
                List.of("shrink", log),
                List.of("log", log, "--seal"));
    }

    private int made;

    private Path newTest() {
        return home.resolve("Test" + made++ + "Test.java");
    }

    @TestFactory
    Stream<DynamicTest> everyCommandSaysWhichMachineNobodyHasBrought() throws IOException {
        return withLog().stream()
                .map(args -> DynamicTest.dynamicTest(args.toString(), () -> {
                    aDay();
                    ExitCode code = run(args);
                    // Two logs are compared without being replayed.
                    if (args.equals(List.of("bisect", log, log))) {
                        assertThat(code).isEqualTo(ExitCode.NOTHING_FOUND);
                        return;
                    }
                    assertThat(code).as(program.out() + program.err()).isEqualTo(ExitCode.UNAVAILABLE);
                    assertThat(program.sentence())
                            .contains("has the machine lamps, which this program does not have")
                            .endsWith("; give the jar that brings it: --machines JAR");
                }));
    }

    @TestFactory
    Stream<DynamicTest> everyCommandHasTheMachinesOfAJar() throws IOException {
        return withLog().stream()
                .map(args -> DynamicTest.dynamicTest(args.toString(), () -> {
                    aDay();
                    List<Object> all = new ArrayList<>(List.of("--machines", jar));
                    all.addAll(args);
                    ExitCode code = run(all);
                    assertThat(program.err()).doesNotContain("lamps", "fault");
                    assertThat(code).isIn(ExitCode.OK, ExitCode.NOTHING_FOUND, ExitCode.UNAVAILABLE);
                    assertThat(code == ExitCode.UNAVAILABLE).isEqualTo(args.contains("--second-build"));
                }));
    }

    @Test
    void noCommandThatOpensALogIsForgotten() throws IOException {
        Set<String> tried = new TreeSet<>();
        for (List<Object> args : withLog()) {
            tried.add(args.getFirst().toString());
        }
        // They are tried below, and these need no machines: they run no log, or read its lines only.
        tried.addAll(Set.of("run", "config", "doctor", "support-bundle"));
        tried.addAll(Set.of("help", "version", "init", "backup", "restore", "ping", "id", "simulate"));
        // The verbs that are made of the registry open it in one place, and have a test of their own.
        NodeOperations.described(new Machines())
                .operations()
                .forEach(offered -> tried.add(offered.operation().name().split(" ")[0]));
        tried.add("top");
        assertThat(Main.commandLine(new PrintWriter(Writer.nullWriter()), new PrintWriter(Writer.nullWriter()))
                        .getSubcommands()
                        .keySet())
                .isEqualTo(tried);
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            assertThat(sources.filter(Files::isRegularFile)
                            .filter(source -> contains(source, "NodeRoot.newStore("))
                            .map(source -> source.getFileName().toString()))
                    .containsExactlyInAnyOrder("Extensions.java", "LogHealth.java", "Machines.java", "Node.java");
        }
    }

    private static boolean contains(Path source, String text) {
        try {
            return Files.readString(source).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A jar's verbs are those of its machines. */
    @Test
    void whatAMachineOffersIsAVerb() {
        assertThat(program.run("lamps", "--data-dir", log)).isEqualTo(ExitCode.USAGE);
        assertThat(program.run("--machines", jar, "lamps", "--data-dir", Objects.requireNonNull(log.getParent())))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).isEqualTo("1 lamps\n");
        assertThat(program.run("lamps", "--help", "--machines=" + jar)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("Lists the lamps.");
    }

    /** What cannot be a verb beside the program's own is told in one sentence, by every command. */
    @Test
    void aVerbWhoseNameIsTakenIsRefused(@TempDir Path folder) throws Exception {
        for (String verb : List.of("run", "log", "top", "peers", "help")) {
            Path bad = LampJar.with(
                    folder.resolve(verb),
                    "\"lamps\", \"/lamps\", List.of()",
                    "\"" + verb + "\", \"/lamps\", List.of()");
            assertThat(program.run("--machines", bad, "log", log)).as(verb).isEqualTo(ExitCode.DATA_ERROR);
            assertThat(program.sentence()).contains("does not go with dunlin").contains(verb);
            assertThat(program.run("--machines", bad, "version")).isEqualTo(ExitCode.OK);
        }
        assertThat(program.run("--machines", folder.resolve("none.jar"), "lamps"))
                .isEqualTo(ExitCode.NO_INPUT);
        assertThat(program.sentence()).contains("there is no file");
    }

    @Test
    void theMachinesAnswer() {
        assertThat(program.run("why", "--machines", jar, log, "--subject", "lamp:hall"))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("lamp hall after step", "lamps lit", "lamps/light", "lamps/burn");
        assertThat(program.run("replay", log, "--blame", "lamps.lamps.hall.on", "--machines=" + jar))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("lamps/lit");
        assertThat(program.run("--machines", jar, "replay", log, "--verify")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("clean");
        assertThat(program.run("--machines", jar, "config", "keys")).isEqualTo(ExitCode.OK);
    }

    @Test
    void anyLogIsListedAndLookedAtWithoutMachines() {
        assertThat(program.run("log", log)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("lamps/light");
        assertThat(program.err()).isEmpty();
        assertThat(LogHealth.look(log, LogOptions.DEFAULT, LogCheck.Depth.WHOLE).findings())
                .isEmpty();
    }

    /** What they do at a boot is not what the node has done. */
    @Test
    void aLogThatNeverHadTheMachinesReplaysWithoutThem() throws Exception {
        Path before = home.resolve("before");
        RecordedNode.day(before);
        assertThat(program.run("--machines", jar, "replay", before, "--verify")).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("clean");
        assertThat(program.run("--machines", jar, "replay", before, "--to", 3)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).doesNotContain("\"lamps\"");
        Path generated = Files.createDirectory(home.resolve("generated"));
        Path test = generated.resolve("BeforeTest.java");
        assertThat(program.run("--machines", jar, "export", before, "--from", 1, "--to", 3, "--junit", test))
                .isEqualTo(ExitCode.OK);
        List<Path> classPath = new ArrayList<>(ChangedBuild.testClassPath());
        classPath.add(jar);
        ChangedBuild.compile(test, classPath, generated);
        assertThat(new ChangedBuild(jar, classPath).tested(generated, "BeforeTest", "replaysAsRecorded"))
                .isEmpty();
    }

    /** Its snapshot alone would do, and what the machine knows would be lost for good. */
    @Test
    void aNodeDoesNotGoOnWithoutAMachineThatItHad() {
        CommandFailure failure = refused();
        assertThat(failure.exitCode()).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(failure).hasMessageContaining("has the machines ").hasMessageContaining(" lamps, ");
    }

    /** What each command answers of a log which was begun without machines that serve protocols, as one of before they were brought. */
    @TestFactory
    Stream<DynamicTest> aLogIsReadWhoseFirstRunHadFewerMachines(@TempDir Path fresh) {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        Extensions more = Extensions.of(new KadExtension());
        long fewer = 0;
        for (Extensions with : List.of(Extensions.NONE, more, more)) {
            NodeRuntime<NodeRoot> runtime;
            try (Node node = Node.start(
                    key,
                    NodeOptions.DEFAULT
                            .withLog(fresh)
                            .withExtensions(with)
                            .with("routing.mode", "server")
                            .with("routing.addresses", "any"))) {
                assertThat(node.await(
                                state -> state.root()
                                                .connection()
                                                .config()
                                                .self()
                                                .isPresent()
                                        && state.root().exchange().uses().has("kad") != with.isEmpty(),
                                Duration.ofSeconds(20)))
                        .isTrue();
                runtime = node.runtime();
            }
            fewer = with.isEmpty() ? runtime.state().input() : fewer;
        }
        long last = fewer + 3;
        Map<List<Object>, ExitCode> asked = new LinkedHashMap<>();
        asked.put(List.of("replay", fresh, "--verify"), ExitCode.OK);
        asked.put(List.of("why", fresh, "--subject", "query:1"), ExitCode.NOTHING_FOUND);
        for (long step : List.of(1L, last)) {
            asked.put(List.of("replay", fresh, "--to", step), ExitCode.OK);
            asked.put(List.of("replay", fresh, "--blame", "connection.config.self", "--to", step), ExitCode.OK);
            asked.put(List.of("replay", fresh, "--cause", step), ExitCode.OK);
            asked.put(List.of("whatif", fresh, "--at", step, "--drop"), ExitCode.OK);
        }
        asked.put(List.of("replay", fresh, "--diff", 1, last), ExitCode.OK);
        asked.put(List.of("replay", fresh, "--cost"), ExitCode.OK);
        asked.put(List.of("shrink", fresh), ExitCode.NOTHING_FOUND);
        asked.put(List.of("cluster", fresh, home.resolve("node").resolve("log")), ExitCode.OK);
        // What the first run knew of protocols has another shape.
        asked.put(List.of("export", fresh, "--from", 1, "--to", 2, "--junit", newTest()), ExitCode.DATA_ERROR);
        asked.put(List.of("export", fresh, "--from", fewer + 1, "--to", last, "--junit", newTest()), ExitCode.OK);
        return asked.entrySet().stream()
                .map(command -> DynamicTest.dynamicTest(command.getKey().toString(), () -> {
                    List<Object> args = new ArrayList<>(command.getKey());
                    if (args.getFirst().equals("cluster")) {
                        args.addAll(0, List.of("--machines", jar));
                    }
                    assertThat(run(args)).as(program.out() + program.err()).isEqualTo(command.getValue());
                    if (args.contains("--verify")) {
                        assertThat(program.out()).contains("clean");
                    }
                }));
    }

    private CommandFailure refused() {
        try (Node node = Node.start(
                PrivateKey.generate(KeyType.ED25519, new SecureRandom()), NodeOptions.DEFAULT.withLog(log))) {
            throw new AssertionError("it started: " + node.self());
        } catch (LogException cannot) {
            return LogFailure.of(cannot);
        }
    }

    /** Of another jar the index is made anew, as of another build. */
    @Test
    void anotherJarIsAnotherBuildToTheIndex() throws IOException {
        assertThat(program.run("--machines", jar, "why", log, "--subject", "lamp:hall"))
                .isEqualTo(ExitCode.OK);
        assertThat(program.run("--machines", jar, "why", log, "--subject", "lamp:hall"))
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("index      found");
        Path other = LampJar.with(home.resolve("others"), "\"lit\" : \"wanted\"", "\"bright\" : \"wanted\"");
        assertThat(program.run("--machines", other, "why", log, "--subject", "lamp:hall"))
                .as(program.err())
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("lamps bright", "index      built");
    }

    @Test
    void aSecondBuildHasTheJarToo() throws Exception {
        Path folder = Files.createDirectory(home.resolve("build"));
        ChangedBuild same = ChangedBuild.original(folder);
        assertThat(program.run("--machines", jar, "bisect", log, "--second-build", same.launcher()))
                .as(program.err())
                .isEqualTo(ExitCode.NOTHING_FOUND);
        assertThat(program.sentence()).contains("both builds replay the log");
    }

    /** The test that is written names what makes the same store. */
    @Test
    void anExportedTestHasTheMachines() throws IOException {
        Path test = home.resolve("HallTest.java");
        assertThat(program.run("--machines", jar, "export", log, "--from", 1, "--to", 3, "--junit", test))
                .as(program.err())
                .isEqualTo(ExitCode.OK);
        assertThat(Files.readString(test))
                .contains("dev.dunlin.node.NodeRoot.newStore(dev.dunlin.node.Extensions.of("
                        + "new dev.dunlin.dht.extension.KadExtension(), new dev.dunlin.node.bootstrap.extension.BootstrapExtension(),"
                        + " new com.example.lamps.Lamps()))");
        List<Path> classPath = new ArrayList<>(ChangedBuild.testClassPath());
        classPath.add(jar);
        ChangedBuild.compile(test, classPath, Files.createDirectory(home.resolve("compiled")));
    }

    /** Each jar is told with its version, as its manifest or else Maven says it; so is one that brings nothing. */
    @Test
    void whatWasLoadedIsTold() throws IOException {
        Path hollow = Files.createDirectory(home.resolve("hollow"));
        assertThat(told(versioned("Implementation-Version: 1.2.3\n", ""), hollow))
                .containsExactly(
                        "the extension lamps of " + home.resolve("versioned.jar")
                                + ", version 1.2.3: the machine lamps",
                        "there are no machines in the folder " + hollow
                                + "; what else is in it is at hand to the others");
        assertThat(told(versioned("", "version=4.5\n")).getFirst()).contains("versioned.jar, version 4.5: ");
        assertThat(told(versioned("", "")).getFirst()).contains("versioned.jar, which does not say its version: ");
        assertThat(told(versioned("Implementation-Version: \u001b[2J\n", "")).getFirst())
                .contains(", version \\u{1b}[2J: ");
        Path classes = home.resolve("lamps/classes");
        Path services = Files.createDirectories(classes.resolve("META-INF/services"));
        Files.writeString(services.resolve("dev.dunlin.connection.extension.Extension"), "com.example.lamps.Lamps");
        assertThat(told(classes))
                .containsExactly(
                        "the extension lamps of " + classes + ", a folder, which has no version: the machine lamps");
    }

    private static List<String> told(Path... jars) {
        Machines machines = new Machines();
        machines.bring(List.of(jars));
        return machines.told();
    }

    private Path versioned(String manifest, String maven) throws IOException {
        Path made = Files.copy(jar, home.resolve("versioned.jar"), StandardCopyOption.REPLACE_EXISTING);
        try (FileSystem inside = FileSystems.newFileSystem(made)) {
            if (!manifest.isEmpty()) {
                Files.writeString(inside.getPath("META-INF/MANIFEST.MF"), "Manifest-Version: 1.0\n" + manifest);
            }
            if (!maven.isEmpty()) {
                Path folder = Files.createDirectories(inside.getPath("META-INF/maven/com.example/lamps"));
                Files.writeString(folder.resolve("pom.properties"), maven);
            }
        }
        return made;
    }

    @Test
    void runHasThemToo() throws Exception {
        Path data = home.resolve("runs");
        try (ProgramProcess node = ProgramProcess.start(
                home,
                Files.createTempFile(home, "printed", ".out"),
                Map.of("DUNLIN_MACHINES", jar.toString()),
                "run",
                "--data-dir",
                data,
                "--listen",
                "/ip4/127.0.0.1/tcp/0")) {
            node.printed("/ip4/127.0.0.1/tcp/");
            NodeProcess.eventually("a lit lamp", () -> {
                program.run("log", data, "--type", "lamps/lit");
                return Optional.of(program.out()).filter(out -> out.contains("lamps/lit"));
            });
            node.signal("TERM");
            assertThat(node.code()).isZero();
            assertThat(node.err())
                    .contains("INFO  the extension lamps of " + jar
                            + ", which does not say its version: the machine lamps\n");
        }
        assertThat(program.run("run", "--data-dir", data)).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.sentence())
                .isEqualTo("the log in " + data.resolve("log")
                        + " has the machine lamps, which this program does not have; give the jar that brings it:"
                        + " --machines JAR");
        assertThat(program.run("--machines", jar, "doctor", data)).isNotNull();
        assertThat(program.out()).doesNotContain("fail  log");
    }

    /** Of a program that embeds its own machines, and has none of the node's. */
    @Test
    void theLogOfAnotherProgramIsReadWithTheMachinesAlone() throws IOException {
        Path own = home.resolve("own");
        Machines machines = new Machines();
        machines.bring(List.of(LampJar.with(home.resolve("x"), "ctx.then(new ExchangeAction.Serve(\"switch\"));", "")));
        Store<NodeRoot> store =
                NodeRoot.storeOf(Extensions.of(machines.extensions().all().getLast()));
        try (DirectoryStorage storage = DirectoryStorage.open(own);
                LogWriter writer = ActionLog.open(storage, store, LogOptions.DEFAULT, "own 1.0")
                        .writer()) {
            writer.append(store.apply(
                    Input.of(new NodeAction.Booted(1, "own 1.0", Table.empty(), 1_700_000_000_000_000L, 7)), 1));
            writer.force();
        }
        Path lamps = home.resolve("x/lamps.jar");
        assertThat(program.run("--machines", lamps, "replay", own, "--verify"))
                .as(program.out() + program.err())
                .isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("clean");
        assertThat(program.run("--machines", lamps, "replay", own, "--to", 1)).isEqualTo(ExitCode.OK);
        assertThat(program.out()).contains("\"lamps\"").doesNotContain("\"connection\"");
        Path test = home.resolve("OwnTest.java");
        assertThat(program.run("--machines", lamps, "export", own, "--from", 1, "--to", 1, "--junit", test))
                .isEqualTo(ExitCode.OK);
        assertThat(Files.readString(test)).contains("dev.dunlin.node.NodeRoot.storeOf(dev.dunlin.node.Extensions.of(");
        assertThat(program.run("replay", own)).isEqualTo(ExitCode.UNAVAILABLE);
        assertThat(program.sentence()).contains("is of other machines (lamps)", "--machines JAR");
    }

    private void refuses(ExitCode code, Object machines, String told) {
        assertThat(program.run("--machines", machines, "replay", log))
                .as(program.out())
                .isEqualTo(code);
        assertThat(program.sentence()).contains(told);
    }

    @Test
    void whatIsNoJarOfMachinesIsRefused() throws IOException {
        refuses(ExitCode.NO_INPUT, home.resolve("none.jar"), "there is no file " + home.resolve("none.jar"));
        refuses(ExitCode.DATA_ERROR, Files.writeString(home.resolve("text.jar"), "no jar"), "text.jar is no jar");
        refuses(ExitCode.DATA_ERROR, Files.createFile(home.resolve("empty.jar")), "empty.jar is no jar");
        Path classes = home.resolve("lamps/classes");
        Path hollow = Files.createDirectory(home.resolve("hollow"));
        refuses(ExitCode.DATA_ERROR, hollow, "there are no machines in the folder " + hollow + "; a jar or");
        refuses(
                ExitCode.DATA_ERROR,
                home.resolve("lamps"),
                "there are no machines in the folder " + home.resolve("lamps")
                        + ": jars in it are not looked into, so name them, as --machines " + jar + "; a jar or");
        refuses(
                ExitCode.DATA_ERROR,
                LampJar.packed(home.resolve("unnamed.jar"), classes, ""),
                "there are no machines in " + home.resolve("unnamed.jar")
                        + "; a jar or folder of classes with machines names its");
        refuses(
                ExitCode.DATA_ERROR,
                LampJar.packed(home.resolve("wrong.jar"), classes, "com.example.Gone"),
                "com.example.Gone");
        assertThat(program.run("--machines", "", "replay", log)).isEqualTo(ExitCode.USAGE);
        assertThat(program.run("--machines", ",", "replay", log)).isEqualTo(ExitCode.USAGE);
        assertThat(program.run("replay", "--machines", ",", log)).isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).contains("--machines names no jar");
        assertThat(program.run("--machines", jar, "simulate", "--seeds", "1..1"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).contains("simulate plays Dunlin's own machines");
        // Help needs no jar.
        assertThat(program.run("--machines", home.resolve("none.jar"), "replay", "--help"))
                .isEqualTo(ExitCode.OK);
        assertThat(program.run("--machines", home.resolve("none.jar"), "version"))
                .isEqualTo(ExitCode.OK);
    }

    @Test
    void namesThatAreTakenAreRefused() throws IOException {
        refuses(
                ExitCode.DATA_ERROR,
                LampJar.with(home.resolve("a"), "Machine.of(\"lamps\"", "Machine.of(\"ping\""),
                "the extension lamps brings a machine named ping, as one of the node's own is: rename it");
        refuses(
                ExitCode.DATA_ERROR,
                LampJar.with(home.resolve("b"), "List.of(LAMPS)", "List.of(LAMPS, LAMPS)"),
                "the extension lamps brings a second machine named lamps: rename one");
        refuses(
                ExitCode.DATA_ERROR,
                LampJar.with(home.resolve("c"), "new Protocol<>(\"switch\"", "new Protocol<>(\"ping\""),
                "two protocols are named ping: rename one");
        refuses(
                ExitCode.DATA_ERROR,
                LampJar.with(home.resolve("d"), "Machine.of(\"lamps\"", "Machine.of(\"api\""),
                "no machine may be named api");
        Path twice = LampJar.in(home.resolve("e"));
        refuses(ExitCode.DATA_ERROR, jar + "," + renamed(twice), "two extensions are named lamps");
    }

    // The same extension by another class, so that both are found.
    private Path renamed(Path other) throws IOException {
        String source =
                Files.readString(other.resolveSibling("Lamps.java")).replace("com.example.lamps", "com.example.more");
        Path file = Files.writeString(other.resolveSibling("More.java"), source);
        Path renamed =
                Files.move(file, Files.createDirectory(home.resolve("more")).resolve("Lamps.java"));
        Path classes = Files.createDirectory(home.resolve("more/classes"));
        ChangedBuild.compile(renamed, ChangedBuild.testClassPath(), classes);
        return LampJar.packed(home.resolve("more/more.jar"), classes, "com.example.more.Lamps");
    }

    @Test
    void whatAJarThrowsIsTold() throws IOException {
        refuses(
                ExitCode.DATA_ERROR,
                LampJar.with(
                        home.resolve("a"),
                        "public String name() { return \"lamps\"; }",
                        "public String name() { throw new IllegalStateException(\"no oil\"); }"),
                "the machines of " + home.resolve("a/lamps.jar") + " cannot be used: no oil");
        refuses(
                ExitCode.DATA_ERROR,
                LampJar.with(
                        home.resolve("b"),
                        "public record Own",
                        "public Lamps() { throw new IllegalStateException(\"no oil\"); }\n    public record Own"),
                "cannot be used: no oil");
        refuses(
                ExitCode.DATA_ERROR,
                LampJar.with(
                        home.resolve("c"),
                        "public record Own",
                        "static final String OIL = List.of(\"none\").get(1);\n    public record Own"),
                "cannot be used: Index: 1 Size: 1");
    }

    /** A jar compiled with a Dunlin whose machines had a method more. */
    @Test
    void aJarOfAnotherBuildIsRefused() throws IOException {
        Path other = Files.createDirectory(home.resolve("other-dunlin"));
        String source = Files.readString(Path.of("../p2p-core/src/main/java/dev/dunlin/core/store/Ticket.java"));
        Path changed = Files.writeString(
                Files.createDirectory(home.resolve("source")).resolve("Ticket.java"),
                source.replace(
                        "Ticket NONE =", "Ticket NOBODY = new Ticket(\"\", 0); public static final Ticket NONE ="));
        ChangedBuild.compile(changed, ChangedBuild.testClassPath(), other);
        Path made = home.resolve("made");
        Files.createDirectories(made);
        Path old = LampJar.against(
                made,
                other,
                "public record Own(",
                "static final Ticket NOBODY = Ticket.NOBODY;\n    public record Own(");
        assertThat(old).exists();
        refuses(ExitCode.DATA_ERROR, old, "compiled with another version of Dunlin");
    }

    @Test
    void anExtensionThatCannotStartIsTold() throws IOException {
        Path stuck = LampJar.with(
                home.resolve("a"),
                "host.offer(new LampAction.Light(\"hall\", Ticket.NONE));",
                "throw new IllegalStateException(\"no switch is free\");");
        Path deaf = LampJar.with(
                home.resolve("b"), "host.handler(LampEffect.class", "if (false) host.handler(LampEffect.class");
        startRefused(stuck, ExitCode.UNAVAILABLE, "the extension lamps cannot start: no switch is free");
        startRefused(deaf, ExitCode.DATA_ERROR, "the node cannot run with lamps: the effect");
    }

    private void startRefused(Path machines, ExitCode code, String told) {
        Path data = home.resolve("refused-" + code);
        assertThat(program.run("--machines", machines, "run", "--data-dir", data, "--listen", "/ip4/127.0.0.1/tcp/0"))
                .isEqualTo(code);
        assertThat(program.sentence()).contains(told);
    }
}
