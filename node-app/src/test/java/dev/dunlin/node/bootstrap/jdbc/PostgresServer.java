package dev.dunlin.node.bootstrap.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/**
 * A PostgreSQL server of the programs on this machine, at a free port of the loopback, with its files in a folder of its own. It ends with this JVM,
 * however that ends. A superuser of the machine cannot run one: then another user does.
 */
final class PostgresServer {

    /** Role of the node: no superuser, may make roles, and owns the databases of tests. */
    static final String USER = "dunlin";

    /** Its password. */
    static final String PASSWORD = "never-in-a-log";

    private static final String ADMIN = "admin";
    private static final Map<Boolean, PostgresServer> STARTED = new HashMap<>();
    // Their input stays open for as long as they are held.
    private static final List<Process> WARDENS = new CopyOnWriteArrayList<>();
    private static final AtomicInteger DATABASES = new AtomicInteger();

    private final Path programs;
    private final List<String> as;
    private final Path folder;
    private final int port;
    private final boolean isDurable;

    private PostgresServer(Path programs, List<String> as, Path folder, int port, boolean isDurable) {
        this.programs = programs;
        this.as = as;
        this.folder = folder;
        this.port = port;
        this.isDurable = isDurable;
    }

    /** Why there can be none here; empty if there can. */
    static Optional<String> missing() {
        if (programs().isEmpty()) {
            return Optional.of("PostgreSQL is not installed: there is no initdb in PATH or /usr/lib/postgresql");
        }
        return isSuperuser() && other().isEmpty()
                ? Optional.of("PostgreSQL does not run as root, and there is no setpriv with a user postgres or nobody")
                : Optional.empty();
    }

    /** The one of this JVM for tests, which forces nothing to the disk. */
    static PostgresServer shared() {
        return shared(false);
    }

    /**
     * The one of this JVM.
     *
     * @param isDurable whether what is committed is forced to the disk
     * @throws TestAbortedException if there can be none here
     */
    static PostgresServer shared(boolean isDurable) {
        missing().ifPresent(why -> {
            throw new TestAbortedException(why);
        });
        synchronized (STARTED) {
            return STARTED.computeIfAbsent(isDurable, PostgresServer::start);
        }
    }

    private static PostgresServer start(boolean isDurable) {
        try {
            List<String> as = new ArrayList<>();
            Path folder = Files.createTempDirectory("dunlin-postgres");
            Path secret = Files.writeString(folder.resolve("secret"), PASSWORD);
            if (isSuperuser()) {
                String name = other().orElseThrow();
                as.addAll(List.of("setpriv", "--reuid=" + name, "--regid=" + said("id", "-g", name), "--clear-groups"));
                UserPrincipal owner =
                        folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name);
                Files.setOwner(folder, owner);
                Files.setOwner(secret, owner);
            }
            PostgresServer server = new PostgresServer(programs().orElseThrow(), as, folder, freePort(), isDurable);
            server.run(
                    "initdb",
                    "--username=" + ADMIN,
                    "--pwfile=" + secret,
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C",
                    "--no-sync");
            server.ward();
            server.begin();
            server.admin("postgres", "CREATE ROLE " + USER + " LOGIN CREATEROLE PASSWORD '" + PASSWORD + "'");
            return server;
        } catch (IOException | SQLException e) {
            throw new TestAbortedException("PostgreSQL cannot be started here: " + e.getMessage(), e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** A process that reads the end of its input when this JVM has ended, and then ends the server and removes its files. */
    private void ward() throws IOException {
        List<String> command = new ArrayList<>(as);
        command.addAll(List.of(
                "sh",
                "-c",
                "cat >/dev/null; \"$1\" -D \"$2/data\" -m immediate stop >/dev/null 2>&1; rm -rf \"$2\"",
                "sh"));
        command.addAll(List.of(programs.resolve("pg_ctl").toString(), folder.toString()));
        WARDENS.add(new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    /** Starts it, again if it was ended. */
    void begin() throws IOException {
        run(
                "pg_ctl",
                "-w",
                "-t",
                "60",
                "-l",
                folder.resolve("log").toString(),
                "-o",
                "-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200 -c shared_buffers=64MB"
                        + " -c port=" + port + " -c fsync=" + (isDurable ? "on" : "off"),
                "start");
    }

    /** Ends it as a crash does: nothing is brought to its end, and every connection is lost. */
    void crash() throws IOException {
        run("pg_ctl", "-w", "-m", "immediate", "stop");
    }

    /** All that it has logged. */
    String log() throws IOException {
        return Files.readString(folder.resolve("log"));
    }

    /** Where it listens, on the loopback. */
    int port() {
        return port;
    }

    /** Makes a database of the node's, whose language orders texts unlike their bytes if the server can; its name. */
    String database() throws SQLException {
        String name = "test" + DATABASES.incrementAndGet();
        String made = "CREATE DATABASE " + name + " OWNER " + USER + " TEMPLATE template0";
        try {
            admin("postgres", made + " LOCALE_PROVIDER icu ICU_LOCALE 'en'");
        } catch (SQLException withoutLanguages) {
            admin("postgres", made);
        }
        return name;
    }

    /** How a node comes to a database. */
    PostgresSettings settings(String database) {
        return settings(database, port);
    }

    /** How it does by another port. */
    PostgresSettings settings(String database, int by) {
        return new PostgresSettings(
                "jdbc:postgresql://127.0.0.1:" + by + "/" + database,
                USER,
                PASSWORD,
                8,
                PostgresSettings.SCHEMA,
                Optional.empty());
    }

    /** A connection of the node's role, in the schema of its tables. */
    Connection connect(String database, String schema) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?currentSchema=" + schema, USER, PASSWORD);
    }

    /** Does something as the server's superuser. */
    void admin(String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, ADMIN, PASSWORD);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void run(String program, String... args) throws IOException {
        List<String> command = new ArrayList<>(as);
        command.addAll(List.of(
                programs.resolve(program).toString(),
                "-D",
                folder.resolve("data").toString()));
        command.addAll(List.of(args));
        // Into a file: the server goes on having what it was started with.
        Path printed = Files.createTempFile("dunlin-postgres", ".out");
        try {
            Process process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(printed.toFile())
                    .start();
            process.getOutputStream().close();
            if (process.waitFor() != 0) {
                throw new IOException(
                        program + " says: " + Files.readString(printed).strip().replaceAll("\\s+", " "));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            Files.delete(printed);
        }
    }

    private static Optional<Path> programs() {
        List<Path> folders = new ArrayList<>();
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            folders.add(Path.of(folder));
        }
        Path versions = Path.of("/usr/lib/postgresql");
        if (Files.isDirectory(versions)) {
            try (Stream<Path> all = Files.list(versions)) {
                all.sorted(Comparator.reverseOrder()).forEach(version -> folders.add(version.resolve("bin")));
            } catch (IOException nobodyMayLook) {
                return Optional.empty();
            }
        }
        for (Path folder : folders) {
            try {
                Path initdb = folder.resolve("initdb");
                // What stands in PATH may be a link into the folder where the others are.
                Path real = Files.isExecutable(initdb) ? initdb.toRealPath().resolveSibling("postgres") : initdb;
                if (Files.isExecutable(real)) {
                    return Optional.of(real.resolveSibling("")).map(Path::toAbsolutePath);
                }
            } catch (IOException notHere) {
                // The next.
            }
        }
        return Optional.empty();
    }

    private static boolean isSuperuser() {
        return said("id", "-u").equals("0");
    }

    private static Optional<String> other() {
        return said("setpriv", "--version").isEmpty()
                ? Optional.empty()
                : Stream.of("postgres", "nobody")
                        .filter(name -> !said("id", "-u", name).isEmpty())
                        .findFirst();
    }

    /** What a command prints; empty if there is no such command, or it fails. */
    private static String said(String... command) {
        try {
            Process asked = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }
}
