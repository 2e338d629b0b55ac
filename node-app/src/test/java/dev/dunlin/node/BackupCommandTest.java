package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupCommandTest {

    @TempDir
    @SuppressWarnings("NullAway.Init") // JUnit sets it
    Path home;

    private final Program program = new Program();

    private Path data() {
        return home.resolve("node");
    }

    private Path restored() {
        return home.resolve("restored");
    }

    private PeerId node() throws IOException {
        PeerId self = Identity.create(data()).peerId();
        try (RecordedNode node = RecordedNode.in(data())) {
            node.boot(self);
            node.connect(RecordedNode.ANN);
            node.snapshot();
            node.connect(RecordedNode.BEN);
        }
        return self;
    }

    private void refused(ExitCode code, String says, Object... args) {
        assertThat(program.run(args)).as(program.err()).isEqualTo(code);
        assertThat(program.sentence()).contains(says);
    }

    private void isOwnersAlone(Path place) throws IOException {
        try (Stream<Path> all = Files.walk(place)) {
            for (Path one : all.toList()) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
                        .as("%s", one)
                        .isEqualTo(Files.isDirectory(one) ? "rwx------" : "rw-------");
            }
        }
    }

    private List<String> inHome() throws IOException {
        try (Stream<Path> all = Files.list(home)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** A file with a name that not every system has is left out, and told. */
    @Test
    void filesOfOtherNamesAreLeftOut() throws IOException {
        node();
        Files.writeString(data().resolve("my notes (1).txt"), "x");
        Files.writeString(data().resolve("notes.txt"), "x");
        Path copy = home.resolve("copy.tar.zst");
        assertThat(program.run("backup", data(), copy)).as(program.err()).isEqualTo(ExitCode.OK);
        assertThat(program.err())
                .isEqualToIgnoringNewLines("dunlin: my notes (1).txt is not in the backup: a file in it has a name of"
                        + " letters, digits, '.', '_' and '-'; rename it, or copy it by hand");
        Path to = home.resolve("of-copy");
        assertThat(program.run("restore", copy, to)).as(program.err()).isEqualTo(ExitCode.OK);
        assertThat(to.resolve("notes.txt")).hasContent("x");
        assertThat(to.resolve("my notes (1).txt")).doesNotExist();
    }

    /** A copy of a file that a node writes would be torn, and others tell their records again. */
    @Test
    void theRecordsOfOthersAreLeftOut() throws IOException {
        node();
        List<String> records = List.of("records.db", "records.db-wal", "records.db-shm", "records.db.damaged");
        for (String name : records) {
            Files.writeString(data().resolve(name), "x");
        }
        Path copy = home.resolve("copy");
        assertThat(program.run("backup", data(), copy)).as(program.err()).isEqualTo(ExitCode.OK);
        for (String name : records) {
            assertThat(copy.resolve(name)).doesNotExist();
        }
        Path to = home.resolve("of-copy");
        assertThat(program.run("restore", copy, to)).as(program.err()).isEqualTo(ExitCode.OK);
    }

    @Test
    void aNodeIsBackedUpAndRestoredInBothForms() throws IOException {
        PeerId self = node();
        Files.writeString(data().resolve("dunlin.toml"), "x = 1\n");
        for (String form : List.of("copy.tar.zst", "copy")) {
            Path copy = home.resolve(form);
            assertThat(program.run("backup", data(), copy)).as(program.err()).isEqualTo(ExitCode.OK);
            assertThat(program.err()).isEmpty();
            assertThat(program.out()).contains(self.toString(), "its key among them: whoever has it is this node");
            isOwnersAlone(copy);
            Path to = home.resolve("of-" + form);
            assertThat(program.run("restore", copy, to)).as(program.err()).isEqualTo(ExitCode.OK);
            assertThat(program.err()).isEmpty();
            assertThat(program.out()).contains("Two nodes with one key must never run at once");
            isOwnersAlone(to);
            assertThat(Identity.load(to).peerId()).isEqualTo(self);
            assertThat(to.resolve("dunlin.toml")).hasContent("x = 1\n");
            assertThat(program.run("replay", to, "--verify")).isEqualTo(ExitCode.OK);
            assertThat(program.out()).contains("last       3", "result     clean");
            OpenDirectory.open(
                            to, "test", Table.empty(), peer -> assertThat(peer).contains(self))
                    .close();
        }
        assertThat(inHome()).containsExactly("copy", "copy.tar.zst", "node", "of-copy", "of-copy.tar.zst");
    }

    /** The copy of a busy node is a log that a node goes on from. */
    @Test
    void aRunningNodeIsBackedUp() throws Exception {
        try (NodeProcess node =
                NodeProcess.start(home, "node", List.of(), NodeProcess.run(data(), "--set", "ping.interval=100ms"))) {
            try (Traffic traffic = Traffic.of(2, Multiaddr.parse(node.address()))) {
                for (int i = 0; i < 5; i++) {
                    long rounds = traffic.rounds();
                    NodeProcess.eventually(
                            "traffic", () -> traffic.rounds() > rounds + 3 ? Optional.of(true) : Optional.empty());
                    Path copy = home.resolve("copy-" + i + ".tar.zst");
                    assertThat(program.run("backup", data(), copy))
                            .as(program.err())
                            .isEqualTo(ExitCode.OK);
                    assertThat(program.err()).isEmpty();
                }
            }
            assertThat(node.stop()).isZero();
        }
        for (int i = 0; i < 5; i++) {
            Path to = home.resolve("restored-" + i);
            assertThat(program.run("restore", home.resolve("copy-" + i + ".tar.zst"), to))
                    .isEqualTo(ExitCode.OK);
            assertThat(program.run("replay", to, "--verify")).as(program.err()).isEqualTo(ExitCode.OK);
            assertThat(program.out()).contains("result     clean").doesNotContain("tail");
        }
        try (NodeProcess again =
                NodeProcess.start(home, "again", List.of(), NodeProcess.run(home.resolve("restored-4")))) {
            assertThat(again.address()).contains(Identity.load(data()).peerId().toString());
            assertThat(again.stop()).isZero();
        }
    }

    @Test
    void withoutTheKeyNoSecretGoesAlong() throws IOException {
        PeerId self = node();
        Files.writeString(data().resolve("api.token"), "very secret");
        Path copy = home.resolve("copy");
        assertThat(program.run("backup", data(), copy, "--without-key")).isEqualTo(ExitCode.OK);
        try (Stream<Path> all = Files.list(copy)) {
            assertThat(all.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("log", BackupManifest.FILE);
        }
        assertThat(program.run("restore", copy, restored())).isEqualTo(ExitCode.OK);
        assertThat(program.out())
                .contains(self.toString(), "The backup was made without the key: put identity.key into");
        refused(ExitCode.NO_INPUT, "the key of the node in", "run", "--data-dir", restored());
        Files.copy(data().resolve(Identity.FILE), restored().resolve(Identity.FILE));
        OpenDirectory.open(restored(), "test", Table.empty(), peer -> {}).close();
    }

    @Test
    void nothingIsOverwritten() throws IOException {
        node();
        Path copy = home.resolve("copy.tar.zst");
        Files.writeString(copy, "mine");
        refused(ExitCode.CANNOT_CREATE, "is there already, and nothing is overwritten", "backup", data(), copy);
        assertThat(copy).hasContent("mine");
        Files.delete(copy);
        program.run("backup", data(), copy);
        refused(ExitCode.CANNOT_CREATE, "there is a node in " + data() + " already", "restore", copy, data());
        Files.createDirectories(restored());
        Files.writeString(restored().resolve("x"), "mine");
        refused(ExitCode.CANNOT_CREATE, restored() + " is not empty", "restore", copy, restored());
        Files.delete(restored().resolve("x"));
        assertThat(program.run("restore", copy, restored())).isEqualTo(ExitCode.OK);
        assertThat(inHome()).containsExactly("copy.tar.zst", "node", "restored");
    }

    @Test
    void badInputIsOneSentence() throws IOException {
        refused(ExitCode.NO_INPUT, "there is no directory", "backup", data(), home.resolve("copy"));
        Files.createDirectories(data());
        refused(ExitCode.NO_INPUT, "there is no node in", "backup", data(), home.resolve("copy"));
        node();
        refused(ExitCode.USAGE, "let it end with .tar.zst", "backup", data(), home.resolve("copy.zip"));
        refused(ExitCode.USAGE, "is in the data directory itself", "backup", data(), data().resolve("copy"));
        refused(
                ExitCode.NO_INPUT,
                "none",
                "backup",
                data(),
                home.resolve("none").resolve("copy"));
        refused(ExitCode.NO_INPUT, "there is no backup", "restore", home.resolve("none"), restored());
        Path nonsense = Files.writeString(home.resolve("nonsense"), "x".repeat(5000));
        refused(ExitCode.DATA_ERROR, "cannot be used, it cannot be unpacked", "restore", nonsense, restored());
        Files.writeString(nonsense, "");
        refused(ExitCode.DATA_ERROR, "cannot be used", "restore", nonsense, restored());
        Path empty = Files.createDirectories(home.resolve("empty"));
        refused(ExitCode.DATA_ERROR, "it has no backup.json", "restore", empty, restored());
        assertThat(inHome()).containsExactly("empty", "node", "nonsense");
        try (FolderLock held = FolderLock.take(data(), "it", "test")) {
            assertThat(program.run("backup", data(), home.resolve("copy"))).isEqualTo(ExitCode.OK);
        }
    }

    /** Whatever byte of a backup is another, nothing is made of it. */
    @Test
    void aDamagedBackupIsRefused() throws IOException {
        node();
        Path copy = home.resolve("copy.tar.zst");
        program.run("backup", data(), copy);
        byte[] whole = Files.readAllBytes(copy);
        Path damaged = home.resolve("damaged.tar.zst");
        for (int at = 0; at < whole.length; at += 1 + whole.length / 40) {
            byte[] bytes = whole.clone();
            bytes[at] ^= 16;
            Files.write(damaged, bytes);
            ExitCode code = program.run("restore", damaged, restored());
            assertThat(code).as("byte %d: %s", at, program.err()).isEqualTo(ExitCode.DATA_ERROR);
            program.sentence();
            Files.write(damaged, Arrays.copyOf(whole, at));
            refused(ExitCode.DATA_ERROR, "cannot be used", "restore", damaged, restored());
        }
        assertThat(inHome()).containsExactly("copy.tar.zst", "damaged.tar.zst", "node");
    }

    private static void tar(Path file, TarArchiveEntry entry, String content) throws IOException {
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new ZstdOutputStream(Files.newOutputStream(file)), "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
            entry.setSize(entry.isSymbolicLink() ? 0 : bytes.length);
            tar.putArchiveEntry(entry);
            if (!entry.isSymbolicLink()) {
                new ByteArrayInputStream(bytes).transferTo(tar);
            }
            tar.closeArchiveEntry();
        }
    }

    /** An archive of a stranger writes nothing but the files of a data directory. */
    @Test
    void namesThatLeadElsewhereAreRefused() throws IOException {
        Path bad = home.resolve("bad.tar.zst");
        for (String name : List.of(
                "../out",
                "/tmp/out",
                "log/../../out",
                "log/a/b",
                "a b",
                ".bashrc",
                "log/.x",
                "a\u001b[2J",
                "x".repeat(300))) {
            tar(bad, new TarArchiveEntry(name, true), "x");
            refused(ExitCode.DATA_ERROR, "it holds a file of the name", "restore", bad, restored());
            assertThat(program.err()).doesNotContain("\u001b");
        }
        TarArchiveEntry link = new TarArchiveEntry("log", TarArchiveEntry.LF_SYMLINK);
        link.setLinkName("/etc");
        tar(bad, link, "");
        refused(ExitCode.DATA_ERROR, "is no plain file", "restore", bad, restored());
        tar(bad, new TarArchiveEntry(BackupManifest.FILE), "{\"format\":7}");
        refused(ExitCode.DATA_ERROR, "the backup has format 7", "restore", bad, restored());
        tar(bad, new TarArchiveEntry(BackupManifest.FILE), "{");
        refused(ExitCode.DATA_ERROR, "backup.json is damaged", "restore", bad, restored());
        tar(bad, new TarArchiveEntry(BackupManifest.FILE), "{\"format\":1,\"sha256\":{\"identity.key\":\"00\"}}");
        refused(ExitCode.DATA_ERROR, "identity.key is missing in it", "restore", bad, restored());
        assertThat(inHome()).containsExactly("bad.tar.zst");
    }

    @Test
    void aDamagedLogIsCopiedAndSaidToBe() throws IOException {
        node();
        Path segment = RecordedNode.segment(data());
        byte[] bytes = Files.readAllBytes(segment);
        bytes[bytes.length / 2] ^= 1;
        Files.write(segment, bytes);
        Path copy = home.resolve("copy");
        assertThat(program.run("backup", data(), copy)).isEqualTo(ExitCode.DATA_ERROR);
        List<String> said = new ArrayList<>(program.err().lines().toList());
        assertThat(said).hasSize(2);
        assertThat(said.get(0)).contains("is damaged at byte 0");
        assertThat(said.get(1)).contains("is a copy of a log that is damaged: keep older backups");
        assertThat(copy.resolve("log").resolve(segment.getFileName())).hasBinaryContent(bytes);
        assertThat(new TreeMap<>(BackupReader.read(copy, Optional.empty()).files()))
                .hasSizeGreaterThan(2);
    }

    /** What somebody else has made to be restored: a sentence each, nothing is left, and no disk is filled. */
    @Test
    void aHostileBackupIsRefused() throws IOException {
        String empty = "{\"format\":1,\"sha256\":{}}";
        hostile("it has two lists of its files", "backup.json", empty, "backup.json", empty);
        hostile("a file and a folder of the name log", "log", "x", "log/a", "y");
        hostile("backup.json is damaged", "backup.json", "{\"format\":1,\"sha256\":[1]}");
        String sum = HexFormat.of().formatHex(Backup.sha256().digest("no key".getBytes(StandardCharsets.UTF_8)));
        hostile(
                "cannot be used, it is no key: use another backup",
                "identity.key",
                "no key",
                "backup.json",
                "{\"format\":1,\"sha256\":{\"identity.key\":\"" + sum + "\"}}");
        hostile("more than 1000 times its size", "log/a", "0".repeat(80 << 20));
    }

    private void hostile(String told, String... files) throws IOException {
        Path made = home.resolve("hostile.tar.zst");
        try (OutputStream file = Files.newOutputStream(made);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(new ZstdOutputStream(file))) {
            for (int i = 0; i < files.length; i += 2) {
                byte[] content = files[i + 1].getBytes(StandardCharsets.UTF_8);
                TarArchiveEntry entry = new TarArchiveEntry(files[i]);
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        Path to = home.resolve("of-hostile");
        assertThat(program.run("restore", made, to)).as(told).isEqualTo(ExitCode.DATA_ERROR);
        assertThat(program.sentence()).contains(told).doesNotContain(".of-hostile");
        try (Stream<Path> left = Files.list(home)) {
            assertThat(left.map(one -> one.getFileName().toString())).noneMatch(name -> name.contains("of-hostile"));
        }
    }
}
