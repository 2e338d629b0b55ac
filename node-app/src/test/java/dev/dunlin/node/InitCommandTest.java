package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.log.FolderLock;
import dev.dunlin.core.multiformats.PeerId;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InitCommandTest {

    @TempDir
    private Path home;

    private final Program program = new Program();

    private Path data() {
        return home.resolve("deep").resolve("node");
    }

    private Path key() {
        return data().resolve(Identity.FILE);
    }

    @Test
    void aNewNodeIsItsPeerId() throws IOException {
        assertThat(program.run("init", "--data-dir", data())).isEqualTo(ExitCode.OK);
        PeerId printed = PeerId.parse(program.out().strip());
        assertThat(Identity.load(data()).peerId()).isEqualTo(printed);
        assertThat(Identity.loadOrCreate(data()).peerId()).isEqualTo(printed);
        assertThat(program.err()).isEmpty();
        String text = Files.readString(key());
        assertThat(text).endsWith("\n").doesNotContain(" ");
        PrivateKey key = PrivateKey.fromProtobuf(Base64.getDecoder().decode(text.strip()));
        assertThat(key.publicKey().peerId()).isEqualTo(printed);
        assertThat(key.type()).isEqualTo(KeyType.ED25519);
    }

    @Test
    void onlyTheOwnerReadsIt() throws IOException {
        program.run("init", "--data-dir", data());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key())))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data())))
                .isEqualTo("rwx------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data().getParent())))
                .isEqualTo("rwx------");
        try (var files = Files.list(data())) {
            assertThat(files).containsExactlyInAnyOrder(key(), data().resolve(FolderLock.FILE));
        }
    }

    @Test
    void thereIsANodeAlready() throws IOException {
        program.run("init", "--data-dir", data());
        String before = Files.readString(key());
        assertThat(program.run("init", "--data-dir", data())).isEqualTo(ExitCode.CANNOT_CREATE);
        assertThat(program.sentence()).startsWith("there is a node in " + data() + " already");
        assertThat(Files.readString(key())).isEqualTo(before);
    }

    /** Otherwise it would go on with another's past. */
    @Test
    void aKeyThatIsGoneIsNotMadeAnewBesideItsLog() throws IOException {
        Identity.create(data());
        Path log = Files.createDirectories(DataDirectory.log(data()));
        Files.writeString(log.resolve("1.log"), "x");
        Files.delete(key());
        assertThat(program.run("run", "--data-dir", data())).isEqualTo(ExitCode.NO_INPUT);
        assertThat(program.sentence())
                .isEqualTo("the key of the node in " + data() + " is missing, and its log is there: put identity.key"
                        + " back from a copy, or begin as a new node without its past: mv " + log + " " + log + ".old");
        assertThat(program.run("init", "--data-dir", data())).isEqualTo(ExitCode.NO_INPUT);
        assertThat(Files.exists(key())).isFalse();
        Files.delete(log.resolve("1.log"));
        Files.delete(log);
        Files.createSymbolicLink(log, home.resolve("elsewhere"));
        assertThat(program.run("run", "--data-dir", data())).isEqualTo(ExitCode.NO_INPUT);
        assertThat(Files.exists(key())).isFalse();
        Files.delete(log);
        Files.createDirectory(log);
        Identity.loadOrCreate(data());
        assertThat(Files.exists(key())).isTrue();
    }

    private void isBadUsage(String says, Object... args) {
        assertThat(program.run(args)).as(program.err()).isEqualTo(ExitCode.USAGE);
        assertThat(program.sentence()).contains(says);
    }

    /** Nothing is started, and nothing made, where the command line cannot be meant. */
    @Test
    void addressesThatCannotBeMeantAreRefusedBeforeTheStart() {
        PeerId other = PrivateKey.generate(KeyType.ED25519, new SecureRandom())
                .publicKey()
                .peerId();
        String somewhere = "/ip4/127.0.0.1/tcp/4001";
        isBadUsage("does not say which peer is there", "run", "--data-dir", data(), "--connect", somewhere);
        for (String never : List.of("", "/ip4/127.0.0.1/tcp/0", "/ip4/127.0.0.1/udp/4001/quic-v1")) {
            isBadUsage("cannot be dialled", "run", "--data-dir", data(), "--connect", never + "/p2p/" + other);
        }
        isBadUsage("has no key yet", "run", "--data-dir", data(), "--listen", somewhere + "/p2p/" + other);
        assertThat(Files.exists(data())).isFalse();

        PeerId self = Identity.create(data()).peerId();
        isBadUsage("is this node itself", "run", "--data-dir", data(), "--connect", somewhere + "/p2p/" + self);
        isBadUsage(
                "another peer than this node, which is " + self,
                "run",
                "--data-dir",
                data(),
                "--listen",
                somewhere + "/p2p/" + other);
        assertThat(Files.exists(DataDirectory.log(data()))).isFalse();
    }

    @Test
    void aKeyOpenToOthersIsRefused() throws IOException {
        Identity.create(data());
        for (String open : List.of("rw-r-----", "rw----r--", "rw--w----", "rw-----w-")) {
            Files.setPosixFilePermissions(key(), PosixFilePermissions.fromString(open));
            assertThatThrownBy(() -> Identity.loadOrCreate(data()))
                    .as(open)
                    .isInstanceOfSatisfying(
                            CommandFailure.class,
                            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.NOT_PERMITTED))
                    .hasMessageEndingWith("chmod 600 " + key());
        }
    }

    @Test
    void aDamagedKeyIsRefusedAndNotShown() throws IOException {
        Identity.create(data());
        String good = Files.readString(key());
        for (String bad : List.of("", "?" + good, good.substring(0, 40), "AAAA\n", "A".repeat(20_000))) {
            Files.writeString(key(), bad);
            assertThatThrownBy(() -> Identity.load(data()))
                    .isInstanceOfSatisfying(
                            CommandFailure.class,
                            failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.DATA_ERROR))
                    .hasMessageNotContaining(good.substring(8, 24))
                    .hasNoCause();
        }
    }

    @Test
    void theLongestKeyCanBeRead() throws IOException {
        Identity.create(data());
        PrivateKey rsa = PrivateKey.generate(KeyType.RSA, new SecureRandom());
        Files.writeString(key(), Base64.getEncoder().encodeToString(rsa.toProtobuf()) + "\n");
        assertThat(Identity.load(data()).peerId()).isEqualTo(rsa.publicKey().peerId());
    }

    @Test
    void noNodeIsNoInput() {
        assertThatThrownBy(() -> Identity.load(data()))
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.exitCode()).isEqualTo(ExitCode.NO_INPUT))
                .hasMessageContaining("dunlin init");
    }

    @Test
    void aFolderInThePlaceOfTheKeyIsRefused() throws IOException {
        Files.createDirectories(key());
        assertThatThrownBy(() -> Identity.loadOrCreate(data())).hasMessageContaining("it is no plain file");
    }

    @Test
    void aFileInThePlaceOfTheDirectoryIsRefused() throws IOException {
        Path file = Files.writeString(home.resolve("file"), "x");
        assertThat(program.run("init", "--data-dir", file)).isEqualTo(ExitCode.CANNOT_CREATE);
        assertThat(program.sentence()).contains(file + " is in the way");
        assertThat(program.run("init", "--data-dir", file.resolve("below"))).isNotEqualTo(ExitCode.OK);
        assertThat(program.sentence()).contains("cannot make the directory");
    }

    @Test
    void whatThePermissionsForbidIsSaid() {
        CommandFailure failure = FileFailure.of("write the key to there", new AccessDeniedException("there"));
        assertThat(failure.exitCode()).isEqualTo(ExitCode.NOT_PERMITTED);
        assertThat(failure)
                .hasMessage("cannot write the key to there: there does not permit it; run it as the owner,"
                        + " or use another directory");
    }

    /** A variable of the shell that is not set does not make the present folder a node. */
    @Test
    void anEmptyNameIsNoDirectory() {
        isBadUsage("an empty text is no path", "init", "--data-dir", "");
        isBadUsage("an empty text is no path", "run", "--data-dir", "");
        isBadUsage("an empty text is no path", "doctor", "");
        isBadUsage("an empty text is no path", "backup", "", home.resolve("copy"));
        isBadUsage("an empty text is no path", "restore", home, "");
    }

    @Test
    void aDirectoryInUseIsLeftAlone() throws IOException {
        Files.createDirectories(data());
        try (FolderLock held = FolderLock.take(data(), "it", "test")) {
            for (String command : List.of("init", "run")) {
                assertThat(program.run(command, "--data-dir", data())).isEqualTo(ExitCode.BUSY);
                assertThat(program.sentence()).startsWith("the data directory " + data() + " is in use by");
                assertThat(key()).doesNotExist();
            }
        }
        assertThat(program.run("init", "--data-dir", data())).isEqualTo(ExitCode.OK);
    }

    @Test
    void manyAtOnceAreOneNode() throws Exception {
        List<Callable<PeerId>> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            all.add(() -> Identity.loadOrCreate(data()).peerId());
        }
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            for (Future<PeerId> one : pool.invokeAll(all)) {
                assertThat(one.get()).isEqualTo(Identity.load(data()).peerId());
            }
        }
    }
}
