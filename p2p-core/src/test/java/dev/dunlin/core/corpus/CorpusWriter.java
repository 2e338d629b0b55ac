package dev.dunlin.core.corpus;

import dev.dunlin.core.corpus.before.Shelf.Place;
import dev.dunlin.core.corpus.before.Shelf.ShelfAction;
import dev.dunlin.core.corpus.before.Yard;
import dev.dunlin.core.corpus.before.Yard.YardAction;
import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Makes the logs of the corpus, as a build of the present format writes them: once for each format. What is there is never
 * written again.
 */
public final class CorpusWriter {

    /** Where the corpus is, seen from the module. */
    static final Path CORPUS = Path.of("src/test/resources/dev/dunlin/core/corpus");

    private static final LogOptions OPTIONS =
            new LogOptions(6 << 10, 64 << 20, Long.MAX_VALUE / 4, 1 << 20, Long.MAX_VALUE / 4, 1);
    private static final long BEGIN = 1_700_000_000_000_000L;
    private static final PeerId PEER = PeerId.parse("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA");
    private static final Multiaddr ADDRESS = Multiaddr.parse("/ip4/127.0.0.1/tcp/4001");

    private final SimDisk disk = new SimDisk();
    private final Store<Object[]> store;
    private LogWriter log;
    private long at = BEGIN;
    private int items;

    private CorpusWriter(Store<Object[]> store) throws IOException {
        this.store = store;
        this.log = ActionLog.open(disk, store, OPTIONS, "before").writer();
    }

    /**
     * Makes the folders of the present format that are not there yet.
     *
     * @param args the corpus's folder, if it is not that of the module in the working directory
     */
    public static void main(String[] args) throws IOException {
        Path corpus = args.length > 0 ? Path.of(args[0]) : CORPUS;
        for (Change change : Change.values()) {
            Path folder = corpus.resolve(change.folder(Frame.FORMAT));
            System.out.println(folder + (make(folder, change) ? " is new" : " is there and stays as it is"));
        }
    }

    /** Makes one folder; false if it is there. */
    static boolean make(Path folder, Change change) throws IOException {
        if (Files.exists(folder)) {
            return false;
        }
        SimDisk log = log(change);
        Files.createDirectories(folder);
        for (String name : log.names()) {
            Files.write(folder.resolve(name), log.content(name));
        }
        Files.writeString(folder.resolve(Reading.EXPECTED), Reading.of(change, log));
        return true;
    }

    /** A log as the build before a change writes it. */
    static SimDisk log(Change change) throws IOException {
        CorpusWriter writer = new CorpusWriter(change.before());
        writer.firstRun(change == Change.PLAIN);
        writer.secondRun(change == Change.PLAIN);
        return writer.disk;
    }

    private void firstRun(boolean plain) throws IOException {
        boot(0);
        take(new ShelfAction.Put("a", 5, "first", api(1)));
        take(new ShelfAction.Put("b", 60, "second \"\\/ é😀\u0007", api(2)));
        take(new ShelfAction.Put("a", 1, "again", api(3)));
        take(new ShelfAction.Move("a", new Place.Row("north", -3)));
        take(new ShelfAction.Move("b", new Place.Van("ann")));
        take(new ShelfAction.Move("c", new Place.Van("ann")));
        take(new ShelfAction.Count(9_007_199_254_740_993L));
        if (plain) {
            yard(1);
        }
        log.force();
        step(3_600_000_000L);
        take(new ShelfAction.Fill(4, 100_000));
        force();
        snapshot();
        puts(30);
        log.keepHouse(at);
        for (int i = 0; i < 4; i++) {
            take(new ShelfAction.Take("full" + i));
        }
        take(new ShelfAction.Take("full"));
        take(new ShelfAction.Put("small", 2, "", Ticket.NONE));
        puts(10);
        take(new ShelfAction.Put("last", 99, "counts", api(4)));
        force();
        fail(new ShelfAction.Put("unlucky", 13, "breaks", api(5)));
        log.close();
    }

    private void secondRun(boolean plain) throws IOException {
        at += 10_000_000;
        log = ActionLog.open(disk, store, OPTIONS, "before").writer();
        boot(-7_000_000);
        step(250_000_000);
        if (plain) {
            yard(2);
        }
        take(new ShelfAction.Put("c", 70, "before the last snapshot", api(6)));
        force();
        snapshot();
        take(new ShelfAction.Move("c", new Place.Van("bob")));
        if (plain) {
            take(new ShelfAction.Put("d", 80, "waits for the disk", api(7)));
        }
        force();
        puts(5);
        take(new ShelfAction.Take("nothing"));
        log.flush();
        disk.kill();
        String segment = disk.names().stream()
                .filter(name -> name.startsWith("log-"))
                .reduce((one, other) -> other)
                .orElseThrow();
        byte[] whole = disk.content(segment);
        disk.put(segment, Arrays.copyOf(whole, whole.length - 9));
    }

    // Every kind of value and of action.
    private void yard(long run) throws IOException {
        Handle north = new Handle("gate", run, 1);
        List<Yard.Badge> badges = List.of(new Yard.Badge("guest", 7), new Yard.Badge("é", -1));
        take(new YardAction.Enter(PEER, ADDRESS, badges, new Ticket("shelf", 77)));
        take(new Input(
                new YardAction.Weighed(PEER, Long.MIN_VALUE),
                new ActionId(store.state().input(), 2)));
        take(new YardAction.Enter(PEER, ADDRESS, List.of(), api(8)));
        take(new YardAction.GateOpened(north, "north"));
        take(new YardAction.GateOpened(new Handle("gate", run, 2), ""));
        take(new YardAction.GateClosed(new Handle("gate", run, 2)));
        take(new YardAction.Boxed(Yard.Kind.TOOLS, Long.MAX_VALUE, Bytes.of(new byte[] {0, -1, 127})));
        take(new YardAction.Boxed(Yard.Kind.LETTERS, -1, Bytes.of(new byte[0])));
        take(new YardAction.Said(new Yard.Plain(0.1, true, 'ß', (short) -300, (byte) 9, "\n\t\u2028")));
        at += Yard.STAYS;
        take(store.dueTick(at).orElseThrow());
        take(new YardAction.Enter(PEER, ADDRESS, List.of(), Ticket.NONE));
        if (run == 1) {
            take(new YardAction.GateClosed(north));
        }
    }

    private static Ticket api(long key) {
        return new Ticket(Ticket.API, key);
    }

    private void boot(long wallOffset) throws IOException {
        long run = store.state().node().run() + 1;
        take(new NodeAction.Booted(run, "before", Table.of("name", "corpus"), at + wallOffset, 1_000 + run));
    }

    private void step(long wallOffset) throws IOException {
        take(new NodeAction.ClockStepped(at + wallOffset, wallOffset));
    }

    private void puts(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            items++;
            take(new ShelfAction.Put("item" + items, items % 12, "label " + items, api(100 + items)));
        }
    }

    private void take(Action action) throws IOException {
        take(Input.of(action));
    }

    private void take(Input input) throws IOException {
        Turn turn = store.apply(input, at);
        log.append(turn);
        at += 1_000;
    }

    private void fail(Action action) throws IOException {
        try {
            store.apply(Input.of(action), at);
            throw new IllegalStateException("it does not fail");
        } catch (StoreFailure failure) {
            log.append(failure);
            store.skip(failure.number(), failure.now());
        }
    }

    private void force() throws IOException {
        log.force();
    }

    private void snapshot() throws IOException {
        log.snapshot(store, store.state());
    }
}
