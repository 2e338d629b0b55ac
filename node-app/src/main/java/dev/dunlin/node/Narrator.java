package dev.dunlin.node;

import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.words.Story;
import dev.dunlin.connection.words.StoryLine;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.words.Counts;
import dev.dunlin.core.words.Spans;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Says what happens to a running node, a line an event, on the log {@value #LOG_NAME}. The store's thread hands turns over and never
 * waits; what does not fit is counted.
 */
final class Narrator implements AutoCloseable {

    /** The logger of the lines. */
    static final String LOG_NAME = "dunlin.peers";

    /** The most turns that wait. */
    static final int QUEUE = 4096;

    private static final Logger LOG = LoggerFactory.getLogger(LOG_NAME);

    private final Node node;
    private final BlockingQueue<Told> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong lost = new AtomicLong();
    private final Consumer<Turn> watcher = this::watch;
    private final Thread thread;
    private volatile boolean ended;

    private record Told(Turn turn, ConnectionState after) {}

    private Narrator(Node node) {
        this.node = node;
        thread = Thread.ofPlatform().daemon().name("dunlin-narrator").unstarted(this::run);
    }

    /** Begins to tell of a node. */
    static Narrator of(Node node) {
        Narrator narrator = new Narrator(node);
        narrator.thread.start();
        node.runtime().watch(narrator.watcher);
        return narrator;
    }

    private void watch(Turn turn) {
        if (Story.isWorthTelling(turn)
                && !queue.offer(new Told(turn, node.runtime().state().root().connection()))) {
            lost.incrementAndGet();
        }
    }

    private void run() {
        Narration narration =
                new Narration(micros(), () -> standing(node.runtime().state()));
        while (!ended || !queue.isEmpty()) {
            @Nullable Told next = poll();
            if (next != null) {
                for (StoryLine line : Story.of(next.turn(), next.after())) {
                    narration.accept(line, micros()).forEach(Narrator::say);
                }
            }
            long count = lost.getAndSet(0);
            if (count > 0) {
                LOG.warn("{} came too fast to be told, and are in the log", Counts.of(count, "more event"));
            }
            narration.tick(micros()).forEach(Narrator::say);
        }
    }

    private @Nullable Told poll() {
        try {
            return queue.poll(500, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            ended = true;
            return null;
        }
    }

    private static long micros() {
        return TimeUnit.NANOSECONDS.toMicros(System.nanoTime());
    }

    private static void say(StoryLine line) {
        Level level = switch (line.kind()) {
            case FAILED, REFUSED -> Level.WARN;
            case CLOSED -> Level.DEBUG;
            case LISTENING, DIALLING, CONNECTED, DESCRIBED, LOST, BANNED, STOPPING -> Level.INFO;
        };
        LoggingEventBuilder event =
                LOG.atLevel(level).addKeyValue("event", line.kind().name().toLowerCase(Locale.ROOT));
        line.peer()
                .map(peer -> event.addKeyValue("peer", peer.toString()))
                .orElse(event)
                .log(line.text());
    }

    /** How things stand, on one line. */
    static String standing(StoreState<NodeRoot> state) {
        ConnectionState own = state.root().connection();
        int connected = own.connectedPeers();
        int missing = own.lostKept();
        long next = Due.NEVER;
        for (ConnectionState.Phase phase : own.peers().values()) {
            if (phase instanceof ConnectionState.ConnectionFailed failed) {
                next = Math.min(next, failed.at());
            }
        }
        String again = next == Due.NEVER ? "" : ", the next try in " + Spans.of(next - state.now());
        List<String> parts = List.of(
                Counts.of(connected, "peer is", "peers are") + " connected",
                Counts.of(own.connections().size(), "connection"),
                Counts.of(state.root().stream().streams().size(), "stream"),
                Counts.of(own.listenAddresses().size(), "address", "addresses") + " to be reached at");
        return String.join(", ", parts)
                + (missing == 0
                        ? ""
                        : "; " + Counts.of(missing, "kept peer is", "kept peers are") + " not connected" + again);
    }

    /** Tells what is left, and ends. */
    @Override
    public void close() {
        node.runtime().unwatch(watcher);
        ended = true;
        try {
            thread.join(TimeUnit.SECONDS.toMillis(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
