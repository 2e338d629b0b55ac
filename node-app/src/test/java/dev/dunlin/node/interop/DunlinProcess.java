package dev.dunlin.node.interop;

import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Store;
import dev.dunlin.node.Main;
import dev.dunlin.node.NodeRoot;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** {@code dunlin run} in a process of its own, on this test's class path. */
final class DunlinProcess implements AutoCloseable {

    private static final String LISTEN = "/ip4/127.0.0.1/tcp/0";

    private final Path dataDir;
    private final Child child;
    private final CompletableFuture<Multiaddr> address = new CompletableFuture<>();

    private DunlinProcess(Path dataDir, List<String> options) {
        this.dataDir = dataDir;
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "run",
                "--data-dir",
                dataDir.toString(),
                "--listen",
                LISTEN));
        command.addAll(options);
        child = Child.start(dataDir, command, this::printed);
        child.process()
                .onExit()
                .thenRun(() -> address.completeExceptionally(
                        new IllegalStateException("the node has exited:\n" + child.errors())));
    }

    /** Starts one on a free port of the loopback. */
    static DunlinProcess start(Path dataDir, List<String> options) {
        return new DunlinProcess(dataDir, options);
    }

    private void printed(String line) {
        if (line.startsWith("/")) {
            address.complete(Multiaddr.parse(line));
        }
    }

    /** Where it listens, as it prints it: its id at the end. */
    Multiaddr address() {
        return address.orTimeout(Counterpart.DEADLINE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    PeerId id() {
        return address().peerId().orElseThrow();
    }

    /** Its log, also while it is being written. */
    LogReader<NodeRoot> log(Store<NodeRoot> store) {
        return LogReader.open(DirectoryStorage.readOnly(dataDir.resolve("log")), store);
    }

    /** Stops it as an operator does; its exit code. */
    int terminate() {
        return child.terminate();
    }

    @Override
    public void close() {
        child.close();
    }
}
