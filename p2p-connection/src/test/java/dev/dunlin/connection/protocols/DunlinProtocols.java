package dev.dunlin.connection.protocols;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/** What a node serves in tests. Give {@link #all} to the node's options. */
public final class DunlinProtocols {

    /** Answers each byte, half-closes after the opener did. */
    public static final String ECHO = "/dunlin/echo/1.0.0";

    /** Reads to the half-close, answers the 32 bytes of SHA-256, closes. */
    public static final String SINK = "/dunlin/sink/1.0.0";

    /** Reads a u64 n and the half-close, sends n bytes of the pattern, closes. */
    public static final String SOURCE = "/dunlin/source/1.0.0";

    /** Gives no window back until {@link #release}, otherwise as {@link #SINK}. */
    public static final String STALL = "/dunlin/stall/1.0.0";

    /** Reads a u64 n, then n bytes, then resets the stream. */
    public static final String RESET = "/dunlin/reset/1.0.0";

    /** Sends {@code hello} and half-closes at once, then reads to the end. */
    public static final String HALF_CLOSE = "/dunlin/half-close/1.0.0";

    private final Consumer<Served> over;
    private final Queue<Runnable> stalled = new ConcurrentLinkedQueue<>();

    /** Serves; each stream's end is told, on its connection's event loop. */
    public DunlinProtocols(Consumer<Served> over) {
        this.over = over;
    }

    /** All protocols by their names. */
    public Map<String, Function<StreamChannel, StreamReader>> all() {
        return Map.of(
                ECHO, stream -> told(new Echo()),
                SINK, stream -> told(new Sink(false)),
                SOURCE, stream -> told(new Source()),
                STALL, this::stall,
                RESET, stream -> told(new ResetAfter()),
                HALF_CLOSE, stream -> told(HalfClose.begun(stream)));
    }

    private StreamReader stall(StreamChannel stream) {
        Sink sink = new Sink(true);
        stalled.add(() -> stream.execute(() -> sink.release(stream)));
        return told(sink);
    }

    private StreamReader told(StreamReader reader) {
        return new Counted(reader, over);
    }

    /** Lets the stalled streams go on; those that come later stall again. */
    public void release() {
        for (Runnable next = stalled.poll(); next != null; next = stalled.poll()) {
            next.run();
        }
    }
}
