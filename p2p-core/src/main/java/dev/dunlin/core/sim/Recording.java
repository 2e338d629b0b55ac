package dev.dunlin.core.sim;

import dev.dunlin.core.log.ActionLog;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.log.LogWriter;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A simulated node's log, written and recovered by the code that does so in production. */
final class Recording<R> {

    // One segment a run: a crash never falls back behind the present one.
    private static final LogOptions OPTIONS =
            new LogOptions(1L << 40, 1L << 50, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2, 1);
    private static final String BUILD = "sim";
    private static final byte[] LOG_LINE = {'{', '"', 't', 'y', 'p', 'e', '"', ':', '"', '@'};

    private final Scenario<R> scenario;
    private final SimDisk disk = new SimDisk();
    private @Nullable LogWriter writer;

    Recording(Scenario<R> scenario) {
        this.scenario = scenario;
    }

    SimDisk disk() {
        return disk;
    }

    void open(Store<R> store) {
        try {
            writer = ActionLog.open(disk, store, OPTIONS, BUILD).writer();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LogWriter writer() {
        LogWriter present = writer;
        if (present == null) {
            throw new IllegalStateException("the log is not open");
        }
        return present;
    }

    void append(Turn turn) {
        try {
            writer().append(turn);
            writer().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void append(StoreFailure failure) {
        try {
            writer().append(failure);
            writer().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process is gone, and of its log only what reaches up to a state: a store that recovered from it. */
    Store<R> fallBack(World<R> world, StoreState<R> left, Fault.Crash crash) {
        disk.kill();
        try {
            List<String> segments = disk.names().stream()
                    .filter(name -> name.endsWith(".jsonl"))
                    .toList();
            cut(segments.getLast(), left.input(), crash);
            Store<R> store = scenario.store();
            open(store);
            return store;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void cut(String segment, long last, Fault.Crash crash) throws IOException {
        byte[] content = disk.content(segment);
        long input = Long.MIN_VALUE;
        int at = 0;
        int whole = 0;
        while (at < content.length) {
            int end = endOfLine(content, at);
            if (!Arrays.equals(
                    content, at, Math.min(content.length, at + LOG_LINE.length), LOG_LINE, 0, LOG_LINE.length)) {
                input = input == Long.MIN_VALUE ? first(segment) : input + 1;
                if (input > last) {
                    break;
                }
            }
            whole = end;
            at = end;
        }
        // Of the frame after the last that is left, a part: torn, if the power went.
        long next = at < content.length ? endOfLine(content, at) - at : 0;
        long torn = crash.power() ? next * crash.kept() / 1001 : 0;
        disk.truncate(segment, whole + torn);
    }

    private static long first(String segment) {
        return Long.parseLong(segment.replaceAll("\\D", ""), 10);
    }

    private static int endOfLine(byte[] content, int from) {
        int at = from;
        while (at < content.length && content[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, content.length);
    }
}
