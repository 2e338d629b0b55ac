package dev.dunlin.node.admin;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogFollower;
import dev.dunlin.core.log.LogStorage;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** One client of the event stream, on a virtual thread of its own: it waits when the client does not read, and nobody waits for it. */
final class EventStream {

    private static final long PING_MILLIS = 10_000;
    private static final int LINES = 256;
    private static final int MAX_UNSENT = 256 << 10;
    private static final Buffer PING = Buffer.buffer(": nothing happened\n\n");

    private final HttpServerResponse response;
    private final EventRing ring;
    private final EventSource source;
    private final List<String> types;
    private final Semaphore drained = new Semaphore(0);
    private volatile boolean gone;
    // The last damage that this client has met itself.
    private String met = "";

    EventStream(HttpServerResponse response, EventRing ring, EventSource source, List<String> types) {
        this.response = response;
        this.ring = ring;
        this.source = source;
        this.types = types;
    }

    /**
     * Sends events until the client is gone or the API is closed.
     *
     * @param from the first input to be sent; negative for those from now on
     * @param now the node's last input
     * @param before the number of the last notice that is not for this client
     */
    void run(long from, long now, long before, BooleanSupplier closing) throws InterruptedException {
        response.setWriteQueueMaxSize(MAX_UNSENT);
        response.closeHandler(closed -> {
            gone = true;
            drained.release();
            ring.wake();
        });
        response.drainHandler(room -> drained.release());
        response.setChunked(true)
                .putHeader("Content-Type", "text/event-stream; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff");
        send(Buffer.buffer("retry: 1000\n\n"));
        long told = before;
        long seen = from < 0 ? now : past(Math.max(1, from), source.storage(), now) - 1;
        while (!isGone() && !closing.getAsBoolean() && !ring.isClosed()) {
            long known = told;
            EventRing.Batch batch = ring.next(
                    seen, LINES, PING_MILLIS, () -> isGone() || ring.notice().number() != known);
            EventRing.Notice notice = ring.notice();
            if (notice.number() != told) {
                told = notice.number();
                tell(notice);
            } else if (batch.lines().isEmpty()) {
                send(PING);
            }
            if (batch.lines().isEmpty()) {
                continue;
            }
            Buffer buffer = Buffer.buffer();
            if (batch.missed() > 0) {
                gap(buffer, seen + 1, seen + batch.missed());
            }
            for (EventRing.Line line : batch.lines()) {
                if (isWanted(line)) {
                    buffer.appendBytes(line.text());
                }
                seen = line.input();
            }
            if (buffer.length() > 0) {
                send(buffer);
            }
        }
        if (!isGone()) {
            EventRing.Notice last = ring.notice();
            if (last.number() != told) {
                tell(last);
            }
            response.end();
        }
    }

    // What it has met itself in the log, the source meets too, and tells all clients.
    private void tell(EventRing.Notice notice) throws InterruptedException {
        if (!notice.reason().equals(met)) {
            send(damage(notice.reason()));
        }
    }

    private static Buffer damage(String reason) {
        return Buffer.buffer("event: damage\ndata: " + Answers.write(Map.of("reason", reason)) + "\n\n");
    }

    /** Sends what stands in the log up to the ring; the number of the first input that was not sent. */
    private long past(long from, LogStorage log, long now) throws InterruptedException {
        long next = from;
        if (next > now) {
            return next;
        }
        try (LogFollower follower = LogFollower.from(log, from)) {
            Buffer buffer = Buffer.buffer();
            while (!isGone() && next <= now) {
                Optional<String> raw;
                try {
                    raw = follower.next();
                } catch (LogException.Damaged closed) {
                    damaged(buffer, closed);
                    continue;
                }
                Buffer sofar = buffer;
                follower.damage().ifPresent(met -> damaged(sofar, met));
                if (raw.isEmpty()) {
                    // The node is ahead of what is written.
                    send(buffer);
                    buffer = Buffer.buffer();
                    drained.tryAcquire(2, TimeUnit.MILLISECONDS);
                    continue;
                }
                if (Frame.isOwn(raw.get())) {
                    continue;
                }
                EventRing.Line line = EventSource.line(raw.get());
                if (line.input() < next) {
                    continue;
                }
                if (line.input() > next) {
                    gap(buffer, next, line.input() - 1);
                }
                if (isWanted(line)) {
                    buffer.appendBytes(line.text());
                }
                next = line.input() + 1;
                if (buffer.length() >= MAX_UNSENT) {
                    send(buffer);
                    buffer = Buffer.buffer();
                }
            }
            send(buffer);
        } catch (LogException | UncheckedIOException failure) {
            Buffer buffer = damage(String.valueOf(failure.getMessage()));
            gap(buffer, next, now);
            send(buffer);
            return now + 1;
        }
        return next;
    }

    private void damaged(Buffer to, LogException.Damaged where) {
        source.met();
        met = String.valueOf(where.getMessage());
        to.appendBuffer(damage(met));
    }

    // Who has gone before this began is never told of by the handler.
    private boolean isGone() {
        return gone || response.closed();
    }

    private boolean isWanted(EventRing.Line line) {
        return types.isEmpty() || types.stream().anyMatch(line.type()::startsWith);
    }

    private static void gap(Buffer to, long first, long last) {
        to.appendString(
                "event: gap\nid: " + last + "\ndata: {\"from\":" + first + ",\"to\":" + last + "}\n\n",
                StandardCharsets.UTF_8.name());
    }

    // Waits as long as the client does not read what was sent before.
    private void send(Buffer buffer) throws InterruptedException {
        if (buffer.length() == 0) {
            return;
        }
        while (!isGone() && response.writeQueueFull()) {
            drained.tryAcquire(100, TimeUnit.MILLISECONDS);
        }
        if (!isGone()) {
            response.write(buffer);
        }
    }
}
