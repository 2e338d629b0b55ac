package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.multiformats.Multiaddr;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class DoctorCommandTest {

    private static final Multiaddr ANY = Multiaddr.parse("/ip4/127.0.0.1/tcp/0");

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path home;

    private final Program program = new Program();

    private Path data() {
        return home.resolve("node");
    }

    private void node() throws IOException {
        Identity identity = Identity.create(data());
        try (RecordedNode node = RecordedNode.in(data())) {
            node.boot(identity.peerId());
            node.connect(RecordedNode.ANN);
        }
    }

    private static Clock after(long seconds) {
        return Clock.fixed(
                Instant.EPOCH.plus(RecordedNode.BEGAN, ChronoUnit.MICROS).plusSeconds(seconds), ZoneOffset.UTC);
    }

    private List<Diagnosis> examined() {
        return Doctor.examine(data(), List.of(ANY), () -> ConfigurationOptions.of(data(), new Machines()), after(60));
    }

    private Diagnosis of(String name) {
        return examined().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private void is(Diagnosis one, Diagnosis.Level level, String says) {
        assertThat(one.level()).as("%s", one).isEqualTo(level);
        assertThat(one.reason() + " -> " + one.fix()).contains(says);
        assertThat(one.fix().isEmpty()).isEqualTo(level == Diagnosis.Level.OK);
    }

    private Map<Path, Long> files() throws IOException {
        Map<Path, Long> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(home)) {
            for (Path file : all.toList()) {
                files.put(file, Files.isDirectory(file) ? 0 : Files.size(file));
            }
        }
        return files;
    }

    @Test
    void aGoodNodeHasNothingWrongAndIsLeftAsItWas() throws IOException {
        node();
        Map<Path, Long> before = files();
        List<Diagnosis> found = examined();
        // What the machine of the test is like is its own affair.
        assertThat(found.stream()
                        .filter(one ->
                                !List.of("space", "fsync", "memory", "files").contains(one.name())))
                .allMatch(one -> one.level() == Diagnosis.Level.OK);
        assertThat(found)
                .extracting(Diagnosis::name)
                .containsExactly(
                        "java", "memory", "files", "node", "config", "port", "owner", "mode", "space", "fsync", "key",
                        "log", "clock");
        is(of("log"), Diagnosis.Level.OK, "inputs 1 to 2, every byte of which was read, in 1 segments");
        is(of("node"), Diagnosis.Level.OK, "no node runs here");
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void whatIsWrongIsSaidWithWhatToDoAndFails() throws IOException {
        node();
        Path key = data().resolve(Identity.FILE);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rwxrwxrwx"));
        is(of("key"), Diagnosis.Level.FAIL, "is open to other users -> chmod 600 " + key);
        is(of("mode"), Diagnosis.Level.FAIL, "-> chmod 700 " + data());
        Files.setPosixFilePermissions(data(), PosixFilePermissions.fromString("rwxr-xr-x"));
        is(of("mode"), Diagnosis.Level.WARN, "-> chmod 700 " + data());
        assertThat(program.run("doctor", data(), "--listen", ANY)).isEqualTo(ExitCode.UNHEALTHY);
        assertThat(program.sentence()).matches("\\d+ of \\d+ things are not as a node needs them: .*");
        assertThat(program.outLines())
                .anyMatch(line -> line.equals("fail  key        the key in " + key + " is open to other users"))
                .anyMatch(line -> line.equals("                 -> chmod 600 " + key));
        assertThat(program.run("doctor", data(), "--json", "--listen", ANY)).isEqualTo(ExitCode.UNHEALTHY);
        JsonNode report = JsonMapper.shared().readTree(program.out());
        assertThat(report.path("worst").asString()).isEqualTo("fail");
        assertThat(report.path("checks")
                        .valueStream()
                        .map(one -> one.path("name").asString()))
                .contains("java", "key", "log");
    }

    @Test
    void keyAndLogMustBeOfOneNode() throws IOException {
        node();
        Files.delete(data().resolve(Identity.FILE));
        is(of("key"), Diagnosis.Level.FAIL, "the key of the node is missing, and its log is there: that of 12D3Koo");
        Path other = home.resolve("other");
        Identity.create(other);
        Files.move(other.resolve(Identity.FILE), data().resolve(Identity.FILE));
        is(of("key"), Diagnosis.Level.FAIL, "put the key of that node back from a copy");
    }

    @Test
    void aDamagedLogIsTold() throws IOException {
        node();
        Path segment = RecordedNode.segment(data());
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);
        is(
                of("log"),
                Diagnosis.Level.FAIL,
                "is damaged at byte 0 (the checksum does not hold) -> inputs 1 to 2 are lost");
    }

    /** What the ring has dropped by its own bounds is not missing, whoever says them. */
    @Test
    void theRingOfTheDirectoryIsTheOneThatCounts() throws IOException {
        ringOfAMinute(node -> node.boot());
        String late = "though neither its size nor its age made it drop what was before";
        is(of("log"), Diagnosis.Level.FAIL, late);
        assertThat(program.run("log", data(), "--type", "node/")).isEqualTo(ExitCode.DATA_ERROR);
        assertThat(program.run("replay", data())).isEqualTo(ExitCode.DATA_ERROR);
        assertThat(program.sentence()).contains(late);
        assertThat(program.run("doctor", data(), "--listen", ANY, "--set", "log.ringAge=60s"))
                .as(program.out())
                .isEqualTo(ExitCode.OK);
        Path elsewhere = Files.writeString(home.resolve("other.toml"), "[log]\nringAge = \"60s\"\n");
        assertThat(program.run("doctor", data(), "--listen", ANY, "--config", elsewhere))
                .as(program.out())
                .isEqualTo(ExitCode.OK);
        Files.writeString(data().resolve("dunlin.toml"), "[log]\nringAge = \"60s\"\nringBytes = \"2GiB\"\n");
        is(of("log"), Diagnosis.Level.OK, "every byte of which was read");
        assertThat(DirectoryExam.of(data(), Long.MAX_VALUE))
                .anyMatch(one -> one.reason().contains("MiB are free") && one.level() == Diagnosis.Level.WARN);
        for (Object[] args : new Object[][] {
            {"log", data()},
            {"log", data().resolve("log")},
            {"replay", data()},
            {"replay", data(), "--verify"},
            {"backup", data(), home.resolve("backup")},
            {"support-bundle", data(), home.resolve("bundle.tar.zst")},
            {"restore", home.resolve("backup"), home.resolve("restored")},
        }) {
            assertThat(program.run(args)).as(List.of(args) + program.err()).isEqualTo(ExitCode.OK);
            assertThat(program.err()).as("%s", List.of(args)).isEmpty();
        }
    }

    /** A run that was given its ring on the command line has recorded it. */
    @Test
    void soIsTheRingOfTheLastRun() throws IOException {
        ringOfAMinute(node -> node.boot("log.ringAge", "60000000"));
        is(of("log"), Diagnosis.Level.OK, "every byte of which was read");
        assertThat(program.run("replay", data())).as(program.err()).isEqualTo(ExitCode.OK);
    }

    private interface Boot {
        void of(RecordedNode node) throws IOException;
    }

    private void ringOfAMinute(Boot boot) throws IOException {
        Identity.create(data());
        LogOptions ring = new LogOptions(40 << 10, 1 << 30, 60_000_000, 1 << 30, 1L << 60, 1);
        try (RecordedNode node = RecordedNode.in(data(), ring)) {
            boot.of(node);
            for (int i = 0; i < 200; i++) {
                node.connect(RecordedNode.ANN);
            }
            node.snapshot();
            node.connect(RecordedNode.ANN);
            node.trim();
        }
        assertThat(program.run("log", data(), "--last", 1000)).isEqualTo(ExitCode.OK);
        assertThat(program.outLines()).hasSizeBetween(1, 190);
    }

    @Test
    void aNodeThatRunsHasItsPort() throws IOException {
        node();
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Multiaddr taken = Multiaddr.parse("/ip4/127.0.0.1/tcp/" + socket.getLocalPort());
            is(PortExam.of(taken, false), Diagnosis.Level.FAIL, "is in use by another program -> stop it (ss -ltnp");
            is(PortExam.of(taken, true), Diagnosis.Level.OK, "most likely by the node that runs here");
        }
        is(PortExam.of(Multiaddr.parse("/ip4/192.0.2.1/tcp/0"), false), Diagnosis.Level.FAIL, "no interface of this");
        is(
                PortExam.of(Multiaddr.parse("/ip4/127.0.0.1/udp/1"), false),
                Diagnosis.Level.FAIL,
                "is no address to listen at");
        try (FolderLock held = FolderLock.take(data(), "it", "dunlin run")) {
            is(
                    of("node"),
                    Diagnosis.Level.OK,
                    "'dunlin run' (pid " + ProcessHandle.current().pid() + ", since ");
        }
    }

    @Test
    void aDirectoryThatIsNotThereIsToldAndNotMade() throws IOException {
        is(of("directory"), Diagnosis.Level.WARN, "'dunlin run' makes it");
        assertThat(data()).doesNotExist();
        Files.writeString(data(), "x");
        is(of("directory"), Diagnosis.Level.FAIL, "is no directory");
        Files.delete(data());
        Identity.create(data());
        is(of("log"), Diagnosis.Level.OK, "there is no log yet");
    }

    @Test
    void memoryFilesDiskAndClockHaveTheirBounds() {
        long gib = 1L << 30;
        is(MachineExam.java(25), Diagnosis.Level.OK, "Java ");
        is(MachineExam.java(24), Diagnosis.Level.FAIL, "install a JDK 25");
        is(MachineExam.heap(gib, 4 * gib), Diagnosis.Level.OK, "1024 MiB, 4096 MiB of memory");
        is(MachineExam.heap(7 * gib / 2, 4 * gib), Diagnosis.Level.WARN, "-Xmx2048m");
        is(MachineExam.heap(4 * gib, 4 * gib), Diagnosis.Level.FAIL, "will be killed");
        is(MachineExam.descriptors(65536, 1024), Diagnosis.Level.OK, "65536 open files");
        is(MachineExam.descriptors(1024, 1024), Diagnosis.Level.WARN, "ulimit -n 1280");
        is(MachineExam.descriptors(100, 1024), Diagnosis.Level.FAIL, "connection.maxConnections=1");
        is(DirectoryExam.space(5 * gib, "ext4", gib), Diagnosis.Level.OK, "5120 MiB are free");
        is(DirectoryExam.space(gib / 2, "ext4", gib), Diagnosis.Level.WARN, "make room");
        is(DirectoryExam.space(0, "tmpfs", gib), Diagnosis.Level.FAIL, "make room");
        is(DirectoryExam.space(5 * gib, "tmpfs", gib), Diagnosis.Level.WARN, "is lost when the machine restarts");
        is(DirectoryExam.disk(2, 80), Diagnosis.Level.OK, "takes 2.0 ms, at worst 80.0 ms");
        is(DirectoryExam.disk(60, 80), Diagnosis.Level.WARN, "faster disk");
        is(DirectoryExam.disk(1200, 2000), Diagnosis.Level.FAIL, "faster disk");
        long day = 86_400_000_000L;
        long at = RecordedNode.BEGAN;
        is(MachineExam.clock(at + day, at), Diagnosis.Level.OK, "24 h after the log's last input");
        is(MachineExam.clock(at - 10, at), Diagnosis.Level.OK, "0 s after");
        is(MachineExam.clock(at - day / 24, at), Diagnosis.Level.WARN, "60 min before the log's last input");
        is(MachineExam.clock(at - 3 * day, at), Diagnosis.Level.FAIL, "3 days before");
        is(MachineExam.clock(at + 100 * day, at), Diagnosis.Level.WARN, "100 days after");
        is(MachineExam.clock(Long.MAX_VALUE, -5), Diagnosis.Level.WARN, "days after");
    }
}
