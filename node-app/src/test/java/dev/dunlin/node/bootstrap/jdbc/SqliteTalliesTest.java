package dev.dunlin.node.bootstrap.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.connection.bootstrap.wire.BootstrapCodec;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.node.bootstrap.DatabaseException;
import dev.dunlin.node.bootstrap.Provisioner.Usage;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies.Limits;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies.Step;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteTalliesTest {

    private static final Limits AMPLE = HaltingTallies.AMPLE;
    private static final String NAME = HaltingTallies.name(0);
    private static final Set<Step> MAKING = EnumSet.range(Step.CLEAR, Step.FORCE_NAMES);

    @TempDir
    private Path folder = Path.of("");

    private final List<SqliteTallies> opened = new ArrayList<>();

    @AfterEach
    void close() {
        opened.forEach(SqliteTallies::close);
    }

    private Path directory() {
        return folder.resolve(SqliteTallies.DIRECTORY);
    }

    private Path file(String name) {
        return directory().resolve(name + ".db");
    }

    private Path part(String name) {
        return directory().resolve(TallyDirectory.PARTS).resolve(name + ".db");
    }

    private SqliteTallies open() {
        return open(AMPLE);
    }

    private SqliteTallies open(Limits limits) {
        SqliteTallies tallies = SqliteTallies.open(directory(), limits);
        opened.add(tallies);
        return tallies;
    }

    private SqliteTallies open(SqliteTallies.Probe probe) {
        SqliteTallies tallies = SqliteTallies.open(directory(), AMPLE, probe);
        opened.add(tallies);
        return tallies;
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(directory())) {
            return all.filter(Files::isRegularFile)
                    .map(path -> directory().relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private void assumePermissions() throws IOException {
        assumeTrue(
                Files.getFileStore(folder).supportsFileAttributeView("posix"),
                "permissions are not tested: this file system has none");
    }

    private static String permissions(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static Connection other(Path file) throws SQLException {
        return DriverManager.getConnection("jdbc:sqlite:" + file);
    }

    private static String ask(Path file, String sql) throws SQLException {
        try (Connection connection = other(file);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.next() ? row.getString(1) : "nothing";
        }
    }

    private static void run(Path file, String... sql) throws SQLException {
        try (Connection connection = other(file);
                Statement statement = connection.createStatement()) {
            for (String each : sql) {
                statement.execute(each);
            }
        }
    }

    // What is made

    @Test
    void oneThatIsMadeIsAFileOfItsOwnWhichOthersCanRead() throws Exception {
        SqliteTallies tallies = open();
        long before = System.currentTimeMillis() * 1000;
        Tally tally = tallies.make(NAME, Role.FOIL);
        assertThat(tally).isEqualTo(new Tally(NAME, Role.FOIL, "sqlite:" + NAME, ""));
        assertThat(BootstrapCodec.problem(tally)).isEmpty();
        assertThat(files()).containsExactly(NAME + ".db");
        assertThat(tallies.find(NAME)).contains(tally);
        assertThat(tallies.names("", 10)).containsExactly(NAME);
        assertThat(Files.size(file(NAME))).isEqualTo(SqliteTallies.FRESH_BYTES);
        assertThat(tallies.usage()).isEqualTo(new Usage(1, SqliteTallies.FRESH_BYTES));
        assertThat(ask(file(NAME), "SELECT id || ' ' || created_by || ' ' || version FROM tally"))
                .isEqualTo(NAME + " FOIL 1");
        assertThat(Long.parseLong(ask(file(NAME), "SELECT created FROM tally")))
                .isBetween(before, System.currentTimeMillis() * 1000 + 999);
        assertThat(ask(file(NAME), "PRAGMA application_id")).isEqualTo(Integer.toString(0x44756e6c));
        assertThat(ask(file(NAME), "PRAGMA user_version")).isEqualTo("1");
        assertThat(ask(file(NAME), "PRAGMA integrity_check")).isEqualTo("ok");
    }

    @Test
    void oneThatIsThereIsGivenAsItStandsInItsFile() throws Exception {
        SqliteTallies tallies = open();
        Tally made = tallies.make(NAME, Role.STOCK);
        run(file(NAME), "CREATE TABLE mine (x)", "INSERT INTO mine VALUES (7)");
        assertThat(tallies.make(NAME, Role.FOIL)).isEqualTo(made);
        SqliteTallies again = open();
        assertThat(again.make(NAME, Role.FOIL)).isEqualTo(made);
        assertThat(again.find(NAME)).contains(made);
        assertThat(ask(file(NAME), "SELECT x FROM mine")).isEqualTo("7");
    }

    @Test
    void whatIsRemovedIsGone() throws Exception {
        SqliteTallies tallies = open();
        tallies.make(NAME, Role.STOCK);
        tallies.make(HaltingTallies.name(1), Role.STOCK);
        for (String end : new String[] {"", "-wal", "-shm", "-journal"}) {
            Files.writeString(part(NAME).resolveSibling(NAME + ".db" + end), "an earlier try");
            if (!end.isEmpty()) {
                Files.writeString(directory().resolve(NAME + ".db" + end), "");
            }
        }
        tallies.remove(NAME);
        tallies.remove(NAME);
        assertThat(tallies.find(NAME)).isEmpty();
        assertThat(files()).containsExactly(HaltingTallies.name(1) + ".db");
        assertThat(tallies.usage()).isEqualTo(new Usage(1, SqliteTallies.FRESH_BYTES));
    }

    @Test
    void onlyNamesOfRedemptionsAreNames() throws Exception {
        SqliteTallies tallies = open();
        List<String> hostile = List.of(
                "../x",
                "",
                ".",
                "tmp",
                "a".repeat(25),
                "a".repeat(27),
                "A" + "a".repeat(25),
                "a".repeat(25) + "\0",
                "a".repeat(25) + "1",
                "a".repeat(25) + "/",
                "a".repeat(25) + "é",
                "'; DROP TABLE tally; -----",
                "../" + "a".repeat(23));
        for (String name : hostile) {
            for (Callable<?> call :
                    List.<Callable<?>>of(() -> tallies.make(name, Role.STOCK), () -> tallies.find(name), () -> {
                        tallies.remove(name);
                        return "";
                    })) {
                assertThatThrownBy(call::call)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessage("a database has a name of 26 characters of a to z and 2 to 7");
            }
        }
        assertThat(files()).isEmpty();
        try (Stream<Path> all = Files.list(folder)) {
            assertThat(all).containsExactly(directory());
        }
    }

    // The directory

    @Test
    void nobodyButItsOwnerMayReadAnythingOfItFromItsFirstMomentOn() throws Exception {
        assumePermissions();
        List<String> seen = Collections.synchronizedList(new ArrayList<>());
        SqliteTallies tallies = open((step, isDone) -> {
            for (String file : files()) {
                seen.add(permissions(directory().resolve(file)));
            }
        });
        tallies.make(NAME, Role.STOCK);
        assertThat(seen).hasSizeGreaterThan(8).containsOnly("rw-------");
        assertThat(permissions(directory())).isEqualTo("rwx------");
        assertThat(permissions(directory().resolve(TallyDirectory.PARTS))).isEqualTo("rwx------");
        run(file(NAME), "PRAGMA journal_mode = WAL");
        try (Connection connection = other(file(NAME));
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE mine (x)");
            assertThat(permissions(directory().resolve(NAME + ".db-wal"))).isEqualTo("rw-------");
        }
    }

    @Test
    void aDirectoryThatOthersMayUseIsRefused() throws Exception {
        assumePermissions();
        Path parts = directory().resolve(TallyDirectory.PARTS);
        open();
        for (Path each : List.of(directory(), parts)) {
            for (String open :
                    new String[] {"rwxr-----", "rwx-w----", "rwx---r--", "rwx----w-", "rwx--x--x", "rwxrwxrwx"}) {
                Files.setPosixFilePermissions(each, PosixFilePermissions.fromString(open));
                assertThatThrownBy(this::open)
                        .isInstanceOf(DatabaseException.class)
                        .hasMessage(each + " may be read or written by others than its owner: run 'chmod 700 " + each
                                + "'");
            }
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwx------"));
        }
        open().make(NAME, Role.STOCK);
    }

    @Test
    void aLinkOrAFileIsNoDirectory() throws Exception {
        Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
        Files.createSymbolicLink(directory(), elsewhere);
        assertThatThrownBy(this::open)
                .isInstanceOf(DatabaseException.class)
                .hasMessage(directory() + " is a symbolic link: put the directory itself there, or delete the link");
        Files.delete(directory());
        Files.writeString(directory(), "a file");
        assertThatThrownBy(this::open)
                .isInstanceOf(DatabaseException.class)
                .hasMessage(directory() + " is no directory: move it away, and one is made");
        Files.delete(directory());
        open();
        Path parts = directory().resolve(TallyDirectory.PARTS);
        Files.delete(parts);
        Files.createSymbolicLink(parts, elsewhere);
        assertThatThrownBy(this::open)
                .isInstanceOf(DatabaseException.class)
                .hasMessageStartingWith(parts + " is a symbolic link");
        assertThat(elsewhere).isEmptyDirectory();
    }

    @Test
    void aDirectoryWhoseParentIsNotThereIsNotMade() {
        assertThatThrownBy(() -> SqliteTallies.open(folder.resolve("no").resolve("tallies"), AMPLE))
                .isInstanceOf(DatabaseException.class)
                .hasMessageEndingWith(" is not there: somebody has removed it, or never made it");
    }

    @Test
    void whatIsOfOthersIsNotTouchedAndHasNoName() throws Exception {
        SqliteTallies tallies = open();
        List<String> others = List.of(
                "README",
                "mine.db",
                NAME,
                NAME + ".DB",
                NAME + ".db.bak",
                NAME + ".db-old",
                NAME.toUpperCase(Locale.ROOT) + ".db",
                "x" + NAME + ".db",
                "tmp/README",
                "tmp/" + NAME + ".part");
        for (String other : others) {
            Files.writeString(directory().resolve(other), "of another");
        }
        Path folderOfOthers = Files.createDirectory(file(HaltingTallies.name(1)));
        Path linked = folder.resolve("linked");
        Files.writeString(linked, "of another");
        Files.createSymbolicLink(file(HaltingTallies.name(2)), linked);
        assertThat(tallies.names("", 100)).containsExactly(HaltingTallies.name(2));
        assertThat(tallies.usage().databases()).isEqualTo(1);
        for (int number = 0; number < 3; number++) {
            assertThat(tallies.find(HaltingTallies.name(number))).isEmpty();
            tallies.remove(HaltingTallies.name(number));
        }
        assertThat(tallies.names("", 100)).isEmpty();
        assertThat(folderOfOthers).isDirectory();
        assertThat(linked).hasContent("of another");
        tallies.make(NAME, Role.STOCK);
        assertThatThrownBy(() -> tallies.make(HaltingTallies.name(1), Role.STOCK))
                .isInstanceOf(DatabaseException.class)
                .hasMessage(file(HaltingTallies.name(1)) + " cannot be made: it is a directory, and no file");
        tallies.remove(NAME);
        assertThat(files()).containsExactlyInAnyOrderElementsOf(others);
    }

    // What is no whole database

    @Test
    void whatIsNoneIsNotFoundAndIsMadeAnew() throws Exception {
        SqliteTallies tallies = open();
        String otherName = HaltingTallies.name(1);
        tallies.make(otherName, Role.STOCK);
        List<Callable<?>> made = List.of(
                () -> Files.createFile(file(NAME)),
                () -> Files.writeString(file(NAME), "x"),
                () -> Files.write(file(NAME), new byte[8192]),
                () -> Files.copy(file(otherName), file(NAME)),
                () -> {
                    run(
                            file(NAME),
                            "CREATE TABLE tally (id, created_by)",
                            "INSERT INTO tally VALUES ('" + NAME + "', 'STOCK')");
                    return "";
                },
                () -> {
                    SqliteLedger.open(file(NAME)).close();
                    return "";
                },
                () -> {
                    tallies.make(NAME, Role.STOCK);
                    run(file(NAME), "UPDATE tally SET created_by = 'NOBODY'");
                    return "";
                },
                () -> {
                    tallies.make(NAME, Role.STOCK);
                    run(file(NAME), "DELETE FROM tally");
                    return "";
                });
        for (Callable<?> none : made) {
            none.call();
            assertThat(tallies.find(NAME)).isEmpty();
            assertThat(tallies.names("", 10)).contains(NAME);
            tallies.usage();
            tallies.make(NAME, Role.FOIL);
            assertThat(tallies.find(NAME).map(Tally::createdBy)).contains(Role.FOIL);
            assertThat(files()).containsExactlyInAnyOrder(NAME + ".db", otherName + ".db");
            tallies.remove(NAME);
        }
    }

    /** It may be whole: whoever puts the ledger in order must not remove it. */
    @Test
    void whatCannotBeReadNowIsNotCalledNone() throws Exception {
        SqliteTallies tallies = open();
        Tally made = tallies.make(NAME, Role.STOCK);
        try (Connection other = other(file(NAME));
                Statement statement = other.createStatement()) {
            statement.execute("BEGIN EXCLUSIVE");
            assertThatThrownBy(() -> tallies.find(NAME))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessage(file(NAME) + " cannot be read: another program has locked it: see which has it open");
            statement.execute("ROLLBACK");
        }
        assertThat(tallies.find(NAME)).contains(made);
        run(file(NAME), "PRAGMA user_version = 2");
        for (Callable<?> call : List.<Callable<?>>of(() -> tallies.find(NAME), () -> tallies.make(NAME, Role.STOCK))) {
            assertThatThrownBy(call::call)
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("a later version of this program");
        }
        assertThat(file(NAME)).exists();
        tallies.remove(NAME);
        assertThat(files()).isEmpty();
    }

    /** The parties use it as they like, and are killed as it comes. */
    @Test
    void whatOthersHaveWrittenAndNotYetMovedIntoTheFileIsKept() throws Exception {
        SqliteTallies tallies = open();
        String copy = HaltingTallies.name(1);
        tallies.make(NAME, Role.STOCK);
        run(file(NAME), "PRAGMA journal_mode = WAL");
        try (Connection other = other(file(NAME));
                Statement statement = other.createStatement()) {
            statement.execute("UPDATE tally SET id = '" + copy + "'");
            statement.execute("CREATE TABLE mine (x)");
            assertThat(tallies.find(NAME)).isEmpty();
            Files.copy(file(NAME), file(copy));
            Files.copy(directory().resolve(NAME + ".db-wal"), directory().resolve(copy + ".db-wal"));
        }
        assertThat(tallies.find(copy)).isPresent();
        assertThat(ask(file(copy), "SELECT count(*) FROM mine")).isEqualTo("0");
    }

    /** SQLite would take it for the new one's, and write it into it. */
    @Test
    void whatAnEarlierOneHasLeftBesideItIsNotTakenForAnothers() throws Exception {
        SqliteTallies tallies = open();
        tallies.make(NAME, Role.STOCK);
        run(file(NAME), "PRAGMA journal_mode = WAL");
        Path saved = folder.resolve("wal");
        try (Connection other = other(file(NAME));
                Statement statement = other.createStatement()) {
            statement.execute("UPDATE tally SET created_by = 'NOBODY'");
            Files.copy(directory().resolve(NAME + ".db-wal"), saved);
        }
        tallies.remove(NAME);
        Files.copy(saved, directory().resolve(NAME + ".db-wal"));
        Files.copy(saved, directory().resolve(TallyDirectory.PARTS).resolve(NAME + ".db-wal"));
        assertThat(tallies.names("", 10)).containsExactly(NAME);
        tallies.make(NAME, Role.FOIL);
        assertThat(files()).containsExactly(NAME + ".db");
        assertThat(tallies.find(NAME).map(Tally::createdBy)).contains(Role.FOIL);
        assertThat(ask(file(NAME), "PRAGMA integrity_check")).isEqualTo("ok");
    }

    // Limits

    @Test
    void thereAreNoMoreThanThereMayBe() throws Exception {
        SqliteTallies tallies = open(new Limits(2, 1L << 40, 0));
        tallies.make(NAME, Role.STOCK);
        tallies.make(HaltingTallies.name(1), Role.STOCK);
        for (SqliteTallies each : List.of(tallies, open(new Limits(2, 1L << 40, 0)))) {
            assertThatThrownBy(() -> each.make(HaltingTallies.name(2), Role.STOCK))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessage("there are 2 databases of tallies in " + directory()
                            + ", and no more may be made: raise tally.maxDatabases, or remove some");
            assertThat(each.make(NAME, Role.STOCK)).isNotNull();
        }
        tallies.remove(NAME);
        tallies.remove(NAME);
        tallies.make(HaltingTallies.name(2), Role.STOCK);
        assertThatThrownBy(() -> tallies.make(NAME, Role.STOCK)).isInstanceOf(DatabaseException.class);
        assertThat(files()).hasSize(2);
    }

    @Test
    void theyTakeNoMoreBytesThanTheyMay() throws Exception {
        long most = 10 * SqliteTallies.FRESH_BYTES;
        SqliteTallies tallies = open(new Limits(100, most, 0));
        for (int number = 0; number < 10; number++) {
            tallies.make(HaltingTallies.name(number), Role.STOCK);
        }
        assertThatThrownBy(() -> tallies.make(HaltingTallies.name(10), Role.STOCK))
                .isInstanceOf(DatabaseException.class)
                .hasMessage("the databases of tallies in " + directory() + " take " + most
                        + " bytes, and with another one they would be more than " + most
                        + ": raise tally.maxBytes, or remove some");
        tallies.remove(NAME);
        tallies.make(NAME, Role.STOCK);
        tallies.remove(NAME);
        Path grown = file(HaltingTallies.name(1));
        run(grown, "CREATE TABLE mine (x)", "INSERT INTO mine VALUES (zeroblob(100000))");
        long bytes = 8 * SqliteTallies.FRESH_BYTES + Files.size(grown);
        assertThat(tallies.usage()).isEqualTo(new Usage(9, bytes));
        assertThatThrownBy(() -> tallies.make(NAME, Role.STOCK))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("tally.maxBytes");
        tallies.remove(HaltingTallies.name(1));
        tallies.make(NAME, Role.STOCK);
        assertThat(tallies.usage()).isEqualTo(new Usage(9, 9 * SqliteTallies.FRESH_BYTES));
    }

    @Test
    void someOfTheDiskIsLeft() {
        SqliteTallies tallies = open(new Limits(1, 1L << 40, Long.MAX_VALUE));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> tallies.make(NAME, Role.STOCK))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageMatching(
                            "on the disk of .* \\d+ bytes are free, and no database is made that would leave"
                                    + " less than 9223372036854775807: free some of it, or lower tally.minFree");
        }
    }

    @Test
    void limitsAreInTheirRanges() {
        for (Supplier<Limits> wrong : List.<Supplier<Limits>>of(
                () -> new Limits(0, 1, 0), () -> new Limits(1, 0, 0), () -> new Limits(1, 1, -1))) {
            assertThatThrownBy(wrong::get).isInstanceOf(IllegalArgumentException.class);
        }
    }

    // Many at once

    private static <T> List<Future<T>> atOnce(int threads, IntFunction<Callable<T>> calls) throws InterruptedException {
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            CountDownLatch ready = new CountDownLatch(threads);
            List<Callable<T>> all = IntStream.range(0, threads)
                    .mapToObj(calls)
                    .<Callable<T>>map(call -> () -> {
                        ready.countDown();
                        ready.await();
                        return call.call();
                    })
                    .toList();
            return pool.invokeAll(all);
        }
    }

    @Test
    void manyThatMakeOneGetTheSame() throws Exception {
        AtomicReference<String> firsts = new AtomicReference<>("");
        SqliteTallies tallies = open((step, isDone) -> {
            if (step == Step.NAME && isDone) {
                firsts.accumulateAndGet("made ", String::concat);
            }
        });
        Set<Tally> all = Collections.synchronizedSet(new HashSet<>());
        for (Future<Tally> each :
                atOnce(64, number -> () -> tallies.make(NAME, number % 2 == 0 ? Role.STOCK : Role.FOIL))) {
            all.add(each.get());
        }
        assertThat(all).hasSize(1);
        assertThat(firsts).hasValue("made ");
        assertThat(tallies.find(NAME)).contains(all.iterator().next());
        assertThat(files()).containsExactly(NAME + ".db");
    }

    @Test
    void manyAreMadeAtOnceAndAreAsManyAsThereMayBe() throws Exception {
        SqliteTallies tallies = open(new Limits(64, 64 * SqliteTallies.FRESH_BYTES, 0));
        for (Future<Tally> each : atOnce(64, number -> () -> tallies.make(HaltingTallies.name(number), Role.STOCK))) {
            assertThat(each.get().createdBy()).isEqualTo(Role.STOCK);
        }
        assertThat(files()).hasSize(64);
        assertThat(tallies.usage()).isEqualTo(new Usage(64, 64 * SqliteTallies.FRESH_BYTES));
        assertThat(tallies.names("", 100)).hasSize(64).isSorted();
    }

    @Test
    void ofManyThatAreAskedForAtOnceNoMoreAreMadeThanThereMayBe() throws Exception {
        for (Limits limits :
                List.of(new Limits(20, 1L << 40, 0), new Limits(100, 21 * SqliteTallies.FRESH_BYTES - 1, 0))) {
            SqliteTallies tallies = open(limits);
            AtomicBoolean isOver = new AtomicBoolean();
            Thread counter = Thread.ofPlatform().start(() -> {
                while (!isOver.get()) {
                    tallies.usage();
                }
            });
            int made = 0;
            for (Future<Tally> each :
                    atOnce(64, number -> () -> tallies.make(HaltingTallies.name(number), Role.STOCK))) {
                try {
                    each.get();
                    made++;
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(DatabaseException.class);
                }
            }
            isOver.set(true);
            counter.join();
            assertThat(made).isEqualTo(20);
            assertThat(files()).hasSize(20);
            assertThatThrownBy(() -> tallies.make(HaltingTallies.name(64), Role.STOCK))
                    .isInstanceOf(DatabaseException.class);
            tallies.names("", 100).forEach(tallies::remove);
            assertThat(tallies.usage()).isEqualTo(new Usage(0, 0));
        }
    }

    // What fails

    @Test
    void whoeverIsInterruptedLeavesNothing() throws Exception {
        Set<Step> interruptible = EnumSet.range(Step.CLEAR, Step.FORCE);
        for (Step interrupted : MAKING) {
            for (boolean whenDone : new boolean[] {false, true}) {
                SqliteTallies tallies = open((step, isDone) -> {
                    if (step == interrupted && isDone == whenDone) {
                        Thread.currentThread().interrupt();
                    }
                });
                if (interruptible.contains(interrupted)) {
                    assertThatThrownBy(() -> tallies.make(NAME, Role.STOCK))
                            .as("%s, %s", interrupted, whenDone)
                            .isInstanceOf(InterruptedException.class);
                    assertThat(Thread.interrupted()).isFalse();
                    assertThat(files()).isEmpty();
                    assertThat(tallies.find(NAME)).isEmpty();
                } else {
                    // It has its name: it is made, and whoever wanted to stop it sees so.
                    assertThat(tallies.make(NAME, Role.STOCK)).isNotNull();
                    assertThat(Thread.interrupted()).isTrue();
                    assertThat(tallies.find(NAME)).isPresent();
                    tallies.remove(NAME);
                }
                assertThat(tallies.usage()).isEqualTo(new Usage(0, 0));
            }
        }
    }

    @Test
    void whoeverWaitsForAnotherIsInterruptedToo() throws Exception {
        CountDownLatch isIn = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);
        SqliteTallies tallies = open((step, isDone) -> {
            if (step == Step.FILL && isDone) {
                isIn.countDown();
                try {
                    goesOn.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        });
        try (ExecutorService pool = Executors.newFixedThreadPool(2)) {
            Future<Tally> first = pool.submit(() -> tallies.make(NAME, Role.STOCK));
            isIn.await();
            AtomicReference<Thread> second = new AtomicReference<>(Thread.currentThread());
            CountDownLatch started = new CountDownLatch(1);
            Future<Tally> waiting = pool.submit(() -> {
                second.set(Thread.currentThread());
                started.countDown();
                return tallies.make(NAME, Role.FOIL);
            });
            started.await();
            second.get().interrupt();
            assertThatThrownBy(() -> waiting.get(60, TimeUnit.SECONDS)).hasCauseInstanceOf(InterruptedException.class);
            goesOn.countDown();
            assertThat(first.get(60, TimeUnit.SECONDS).createdBy()).isEqualTo(Role.STOCK);
        }
        assertThat(files()).containsExactly(NAME + ".db");
    }

    /** Also what is interrupted meanwhile is removed and forced to disk. */
    @Test
    void whoeverIsInterruptedStillRemoves() throws Exception {
        SqliteTallies tallies = open();
        tallies.make(NAME, Role.STOCK);
        Thread.currentThread().interrupt();
        assertThat(tallies.find(NAME)).isPresent();
        tallies.remove(NAME);
        assertThat(tallies.names("", 10)).isEmpty();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(files()).isEmpty();
    }

    @Test
    void whateverStepFailsNothingIsLeftAndTheReasonIsTold() throws Exception {
        for (Step failing : MAKING) {
            for (boolean whenDone : new boolean[] {false, true}) {
                AtomicBoolean fails = new AtomicBoolean(true);
                SqliteTallies tallies = open((step, isDone) -> {
                    if (step == failing && isDone == whenDone && fails.get()) {
                        throw new FileSystemException("x", null, "No space left on device");
                    }
                });
                assertThatThrownBy(() -> tallies.make(NAME, Role.STOCK))
                        .as("%s, %s", failing, whenDone)
                        .isInstanceOf(DatabaseException.class)
                        .hasMessage(file(NAME) + " cannot be made: the disk is full: free some of it");
                assertThat(files()).isEmpty();
                assertThat(tallies.find(NAME)).isEmpty();
                assertThat(tallies.names("", 10)).isEmpty();
                fails.set(false);
                tallies.make(NAME, Role.STOCK);
                assertThat(tallies.usage()).isEqualTo(new Usage(1, SqliteTallies.FRESH_BYTES));
                tallies.remove(NAME);
            }
        }
    }

    @Test
    void whatFailsTakesNoPlaceOfAnother() throws Exception {
        AtomicBoolean fails = new AtomicBoolean(true);
        SqliteTallies tallies =
                SqliteTallies.open(directory(), new Limits(1, SqliteTallies.FRESH_BYTES, 0), (step, isDone) -> {
                    if (step == Step.FORCE_NAMES && fails.get()) {
                        throw new IllegalStateException("a bug");
                    }
                });
        opened.add(tallies);
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> tallies.make(NAME, Role.STOCK)).isInstanceOf(IllegalStateException.class);
            assertThat(files()).isEmpty();
        }
        fails.set(false);
        tallies.make(NAME, Role.STOCK);
        assertThatThrownBy(() -> tallies.make(HaltingTallies.name(1), Role.STOCK))
                .isInstanceOf(DatabaseException.class);
    }

    @Test
    void whatThePlaceOfADatabaseDoesNotAllowIsTold() throws Exception {
        SqliteTallies tallies = open();
        Files.createDirectory(part(NAME));
        assertThatThrownBy(() -> tallies.make(NAME, Role.STOCK))
                .isInstanceOf(DatabaseException.class)
                .hasMessage(file(NAME) + " cannot be made: " + part(NAME) + " is in the way: move it away");
        Files.delete(part(NAME));
        Files.delete(directory().resolve(TallyDirectory.PARTS));
        assertThatThrownBy(() -> tallies.make(NAME, Role.STOCK))
                .isInstanceOf(DatabaseException.class)
                .hasMessage(file(NAME) + " cannot be made: " + part(NAME)
                        + " is not there: somebody has removed it, or never made it");
        assertThatThrownBy(() -> tallies.names("", 1))
                .isInstanceOf(DatabaseException.class)
                .hasMessage("the directory of databases " + directory() + " cannot be read: "
                        + directory().resolve(TallyDirectory.PARTS)
                        + " is not there: somebody has removed it, or never made it");
        assertThat(open().make(NAME, Role.STOCK)).isNotNull();
    }

    @Test
    void aDirectoryThatMayNotBeWrittenIsTold() throws Exception {
        assumePermissions();
        SqliteTallies tallies = open();
        Path parts = directory().resolve(TallyDirectory.PARTS);
        Files.setPosixFilePermissions(parts, PosixFilePermissions.fromString("r-x------"));
        assumeTrue(!Files.isWritable(parts), "a directory that may not be written is not tested: root may write it");
        assertThatThrownBy(() -> tallies.make(NAME, Role.STOCK))
                .isInstanceOf(DatabaseException.class)
                .hasMessage(file(NAME)
                        + " cannot be made: the permissions forbid it: give the directory to the user of the node");
        Files.setPosixFilePermissions(parts, PosixFilePermissions.fromString("rwx------"));
        assertThat(files()).isEmpty();
    }

    @Test
    void aFailedRemovalIsToldAndCanBeDoneAgain() throws Exception {
        for (Step failing : EnumSet.range(Step.REMOVE, Step.FORCE_REMOVED)) {
            AtomicBoolean fails = new AtomicBoolean(true);
            SqliteTallies tallies = open((step, isDone) -> {
                if (step == failing && !isDone && fails.get()) {
                    throw new FileSystemException("x", null, "Read-only file system");
                }
            });
            tallies.make(NAME, Role.STOCK);
            assertThatThrownBy(() -> tallies.remove(NAME))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessage(file(NAME) + " cannot be removed: the file system is read-only: mount it for writing");
            fails.set(false);
            tallies.remove(NAME);
            assertThat(files()).isEmpty();
            assertThat(tallies.usage()).isEqualTo(new Usage(0, 0));
        }
    }

    @Test
    void whatIsClosedRefuses() throws Exception {
        SqliteTallies tallies = open();
        tallies.make(NAME, Role.STOCK);
        tallies.close();
        tallies.close();
        for (Callable<?> call : List.<Callable<?>>of(
                () -> tallies.make(NAME, Role.STOCK),
                () -> tallies.find(NAME),
                () -> tallies.names("", 1),
                tallies::usage,
                () -> {
                    tallies.remove(NAME);
                    return "";
                })) {
            assertThatThrownBy(call::call)
                    .isInstanceOf(DatabaseException.class)
                    .hasMessage("the directory of databases " + directory() + " is closed");
        }
        assertThat(open().find(NAME)).isPresent();
    }

    private List<Path> descriptors() throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            for (Path link : links.toList()) {
                try {
                    Path leadsTo = Files.readSymbolicLink(link);
                    if (leadsTo.startsWith(directory().toRealPath())) {
                        all.add(leadsTo);
                    }
                } catch (IOException gone) {
                    // Of another thread, or of the list itself.
                }
            }
        }
        return all;
    }

    @Test
    void noFileStaysOpen() throws Exception {
        assumeTrue(Files.isDirectory(Path.of("/proc/self/fd")), "open files are not tested: this system has no /proc");
        List<Path> during = new ArrayList<>();
        AtomicBoolean fails = new AtomicBoolean();
        SqliteTallies tallies = open((step, isDone) -> {
            if (step == Step.CHECK) {
                during.addAll(descriptors());
                if (fails.get()) {
                    throw new IOException("bad");
                }
            }
        });
        for (int number = 0; number < 20; number++) {
            String name = HaltingTallies.name(number);
            Optional<Tally> made = Optional.of(tallies.make(name, Role.STOCK));
            assertThat(tallies.find(name)).isEqualTo(made);
        }
        fails.set(true);
        assertThatThrownBy(() -> tallies.make(HaltingTallies.name(20), Role.STOCK))
                .isInstanceOf(DatabaseException.class);
        Files.writeString(file(HaltingTallies.name(21)), "not ours".repeat(1000));
        assertThat(tallies.find(HaltingTallies.name(21))).isEmpty();
        tallies.names("", 10);
        tallies.usage();
        tallies.remove(NAME);
        assertThat(during).as("while one is made, its file is open").hasSizeGreaterThanOrEqualTo(21);
        assertThat(descriptors()).isEmpty();
    }
}
