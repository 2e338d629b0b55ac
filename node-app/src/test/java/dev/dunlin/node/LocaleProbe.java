package dev.dunlin.node;

import dev.dunlin.core.system.SystemErrors;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@link LocalesTest} runs in JVMs of other languages: prints what must be the same in each of them to standard output, and what
 * the system says of itself to standard error.
 */
final class LocaleProbe {

    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);

    private LocaleProbe() {}

    /** The argument is an empty folder. */
    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        Path data = folder.resolve("data");
        RecordedNode.day(data);
        try (Stream<Path> files = Files.list(data.resolve("log"))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                OUT.println(file.getFileName() + " " + sha256(Files.readAllBytes(file)));
            }
        }
        command(folder, "replay", "--verify", data);
        command(folder, "why", data, "--peer", RecordedNode.ANN);
        command(folder, "log", data);
        command(folder, "log", folder.resolve("missing"));
        command(
                folder,
                "config",
                "show",
                "--data-dir",
                folder,
                "--set",
                "connection.retryMax=90s",
                "--set",
                "log.ringBytes=3GiB");
        command(folder, "config", "check", "--data-dir", folder, "--set", "ping.interval=\u0663s");
        Path noDay = Files.createDirectory(folder.resolve("forbidden"));
        Files.setPosixFilePermissions(noDay, java.util.Set.of());
        command(folder, "log", noDay);
        command(folder, "init", "--data-dir", noDay.resolve("x").resolve("y"));
        command(folder, "init", "--data-dir", "/dev/null/x");
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            commandAt(
                    port,
                    folder,
                    "run",
                    "--quiet",
                    "--data-dir",
                    folder.resolve("node"),
                    "--listen",
                    "/ip4/127.0.0.1/tcp/" + port);
        }
        full(folder, data);
        refused();
        System.exit(0);
    }

    private static void command(Path folder, Object... args) {
        commandAt("no port", folder, args);
    }

    private static void commandAt(String port, Path folder, Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.run(Stream.of(args).map(Object::toString).toArray(String[]::new), out, err);
        told(args[0] + " ended with " + code, folder, port, List.of(out, err));
    }

    // How long it took, where the folder is and which port was free differ from run to run.
    private static void told(String what, Path folder, String port, List<ByteArrayOutputStream> printed) {
        OUT.println("== " + what);
        for (ByteArrayOutputStream each : printed) {
            OUT.println(each.toString(StandardCharsets.UTF_8)
                    .replace(folder.toString(), "FOLDER")
                    .replace(port, "PORT")
                    .replaceAll("12D3KooW\\w+(?=\\R|$)", "PEER")
                    .replaceAll("(?m)^index .*$", "index")
                    .replaceAll("(?m)^.*((inputs|actions)/s| in \\d+[.,]?\\d* m?s).*$", "TIME"));
        }
    }

    private static void full(Path folder, Path data) throws IOException {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            int code = Main.run(new String[] {"log", data.toString()}, full, err);
            told("log to a full disk ended with " + code, folder, "no port", List.of(err));
        }
    }

    private static void refused() throws IOException {
        int port;
        try (ServerSocket once = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = once.getLocalPort();
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        } catch (IOException e) {
            OUT.println("== " + SystemErrors.of(e) + ": " + SystemErrors.sentence(e));
            System.err.println("the system says: " + e.getMessage());
        }
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
