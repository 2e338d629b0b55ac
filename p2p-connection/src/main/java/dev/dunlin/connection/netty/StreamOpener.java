package dev.dunlin.connection.netty;

import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.yamux.YamuxOpen;
import dev.dunlin.connection.yamux.YamuxSession;
import dev.dunlin.connection.yamux.YamuxStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiConsumer;

/** The streams that the node wants and a session cannot open yet, in their order. */
final class StreamOpener {

    private final YamuxSession session;
    private final StreamFacts facts;
    private final int most;
    private final BiConsumer<YamuxStream, PendingOpen> begins;
    private final Deque<PendingOpen> waiting = new ArrayDeque<>();

    /**
     * Nothing waits.
     *
     * @param most how many may wait
     * @param begins what begins with a stream that is open
     */
    StreamOpener(YamuxSession session, StreamFacts facts, int most, BiConsumer<YamuxStream, PendingOpen> begins) {
        this.session = session;
        this.facts = facts;
        this.most = most;
        this.begins = begins;
    }

    /** One more is wanted. */
    void open(PendingOpen wish) {
        if (waiting.size() >= most) {
            facts.failed(wish, ConnectionError.Kind.LIMIT, "too many streams wait to be opened on this connection");
            return;
        }
        waiting.add(wish);
        openWaiting();
    }

    /** Opens those that the session lets. */
    void openWaiting() {
        while (!waiting.isEmpty()) {
            PendingOpen wish = waiting.element();
            if (wish.answered) {
                waiting.remove();
                continue;
            }
            switch (session.open(NettyTransport.micros())) {
                case YamuxOpen.Opened(YamuxStream stream) -> {
                    waiting.remove();
                    begins.accept(stream, wish);
                }
                case YamuxOpen.Refused(var why) -> {
                    switch (why) {
                        case ACK_BACKLOG_FULL, STREAMS_FULL -> {
                            return;
                        }
                        case PEER_WENT_AWAY, SESSION_ENDED, IDS_USED_UP -> {
                            waiting.remove();
                            facts.failed(
                                    wish,
                                    ConnectionError.Kind.CONNECTION_CLOSED,
                                    "the connection takes no new streams (" + why + ")");
                        }
                    }
                }
            }
        }
    }

    /** The node no longer wants a stream that it asked for; false if it does not wait here. */
    boolean cancel(long number) {
        for (PendingOpen wish : waiting) {
            if (wish.effect.number() == number) {
                facts.failed(wish, ConnectionError.Kind.CANCELLED, "it is no longer wanted");
                return true;
            }
        }
        return false;
    }

    /** Whether any wait. */
    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** The connection is closed: those that wait will never be opened. */
    void close() {
        waiting.forEach(wish ->
                facts.failed(wish, ConnectionError.Kind.CONNECTION_CLOSED, "the connection was closed meanwhile"));
        waiting.clear();
    }
}
