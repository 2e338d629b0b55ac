package dev.dunlin.node;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/** A node without services, driven by hand and recorded in a data directory. */
final class RecordedNode implements AutoCloseable {

    static final PeerId ANN = PeerId.parse("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA");
    static final PeerId BEN = PeerId.parse("QmcgpsyWgH8Y8ajJz1Cu72KnS5uo2Aa2LpzU7kinSupNKC");
    static final long BEGAN = 1_700_000_000_000_000L;

    private final DirectoryStorage storage;
    private final Store<NodeRoot> store;
    private final LogWriter writer;
    private long at = BEGAN;

    private RecordedNode(Path data, LogOptions options, Store<NodeRoot> store) throws IOException {
        this.store = store;
        storage = DirectoryStorage.open(data.resolve("log"));
        writer = ActionLog.open(storage, store, options, "test+1").writer();
    }

    /** A running node in a data directory. */
    static RecordedNode in(Path data) throws IOException {
        return in(data, LogOptions.DEFAULT);
    }

    /** As {@link #in(Path)}, with the machines of extensions, too. */
    static RecordedNode in(Path data, Extensions extensions) throws IOException {
        return new RecordedNode(data, LogOptions.DEFAULT, NodeRoot.newStore(extensions));
    }

    /** As {@link #in(Path)}, with other bounds of the log. */
    static RecordedNode in(Path data, LogOptions options) throws IOException {
        return new RecordedNode(data, options, NodeRoot.newStore());
    }

    /** Seven steps of a node that has stopped: a boot, a refused retry, dials of Ann that fail, one of Ben. */
    static void day(Path data) throws IOException {
        try (RecordedNode node = in(data)) {
            node.boot();
            node.take(new ConnectionAction.Retry(BEN));
            node.connect(ANN);
            node.failed(1, ANN);
            node.connect(BEN);
            node.take(new ConnectionAction.Disconnect(BEN));
            node.take(new ConnectionAction.Reset(ANN));
        }
    }

    void boot() throws IOException {
        long run = store.state().node().run() + 1;
        take(new NodeAction.Booted(run, "test+1", Table.empty(), next(), 7));
    }

    /** A boot when the wall clock says so. */
    void bootAt(long wallTime) throws IOException {
        long run = store.state().node().run() + 1;
        take(new NodeAction.Booted(run, "test+1", Table.empty(), wallTime, 7));
    }

    /** A boot of a node that has an id. */
    void boot(PeerId self) throws IOException {
        boot("node.peerId", self.toString());
    }

    /** A boot with one setting. */
    void boot(String key, String value) throws IOException {
        long run = store.state().node().run() + 1;
        take(new NodeAction.Booted(run, "test+1", Table.of(key, value), next(), 7));
    }

    /** Closes what is closed, and writes a snapshot of the present state. */
    void snapshot() throws IOException {
        writer.keepHouse(0);
        writer.snapshot(store, store.state());
    }

    /** Drops what the ring no longer keeps: a snapshot behind it must be there. */
    void trim() throws IOException {
        writer.keepHouse(at);
    }

    void connect(PeerId peer) throws IOException {
        take(new ConnectionAction.Connect(peer, List.of(Multiaddr.parse("/ip4/192.0.2.1/tcp/4001")), Ticket.NONE));
    }

    private void failed(long dial, PeerId peer) throws IOException {
        take(new ConnectionAction.ConnectionFailed(
                dial,
                peer,
                Multiaddr.parse("/ip4/192.0.2.1/tcp/4001"),
                new ConnectionError(ConnectionError.Kind.REFUSED, "nobody listens")));
    }

    // The wall clock goes with the node's time, unless a boot says another.
    private long next() {
        return Math.max(at, store.state().now()) + 1_000_000;
    }

    void take(Action action) throws IOException {
        at = next();
        writer.append(store.apply(Input.of(action), at));
        writer.force();
    }

    @Override
    public void close() throws IOException {
        writer.close();
        storage.close();
    }

    /** The only segment of a log. */
    static Path segment(Path data) throws IOException {
        try (var files = Files.list(data.resolve("log"))) {
            return files.filter(file -> file.toString().endsWith(".jsonl"))
                    .sorted()
                    .toList()
                    .getLast();
        }
    }

    /** Changes a piece of a line, and makes its checksum hold again: what another build would have written. */
    static void rewrite(Path data, int line, String from, String to) throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(segment(data)));
        String before = lines.get(line);
        String changed = before.replaceFirst(from, to).replaceFirst(",\"crc\":\"[0-9a-f]{8}\"\\}$", "");
        if (before.startsWith(changed)) {
            throw new AssertionError(from + " is not in " + before);
        }
        CRC32C crc = new CRC32C();
        crc.update(changed.getBytes(StandardCharsets.UTF_8));
        lines.set(line, changed + ",\"crc\":\"%08x\"}".formatted(crc.getValue()));
        Files.writeString(segment(data), String.join("\n", lines) + "\n");
    }
}
