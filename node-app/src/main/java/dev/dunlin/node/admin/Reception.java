package dev.dunlin.node.admin;

import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.node.admin.netty.Door;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests: lets in those who may, reads what they bring, has each answered on a virtual thread, so a slow answer delays no other,
 * and answers all that are there when the node stops.
 */
final class Reception {

    /** The most bytes of a request's body. */
    static final int MAX_BODY = 64 << 10;

    /** The most requests that are answered at once; more are told that there is no room. */
    static final int MAX_AT_ONCE = 256;

    /** How long whatever is in work when the node stops may take still. */
    static final Duration GRACE = Duration.ofSeconds(3);

    // What is sent at the end is small.
    private static final Duration SENDING = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Reception.class);

    /** What can be asked, once somebody was let in. */
    interface Desk {
        /** Answers a question; on a virtual thread. */
        void get(Exchange exchange, boolean verbose);

        /** Carries out an order; on a virtual thread. */
        void post(Exchange exchange, byte[] body);

        /** Whether orders are given at a path; nothing in it waits or throws. */
        boolean takesOrders(String path);

        /** Answers what is neither; on a virtual thread. */
        void other(Exchange exchange);
    }

    private final Entrance entrance;
    private final Desk desk;
    private final Exchange.Watch watch;
    private final Consumer<HttpConnection> trusts;
    private final Semaphore room = new Semaphore(MAX_AT_ONCE);
    private final Set<Exchange> open = ConcurrentHashMap.newKeySet();
    private volatile boolean stopping;

    /**
     * One that has yet to take its first request.
     *
     * @param trusts is told of each connection on which somebody has asked who may
     */
    Reception(Entrance entrance, Desk desk, Exchange.Watch watch, Consumer<HttpConnection> trusts) {
        this.entrance = entrance;
        this.trusts = trusts;
        this.desk = desk;
        this.watch = watch;
    }

    /** How many requests are being answered. */
    int atOnce() {
        return open.size();
    }

    private Exchange opened(HttpServerRequest request) {
        Exchange exchange = new Exchange(request, watch);
        open.add(exchange);
        exchange.done().thenRun(() -> open.remove(exchange));
        return exchange;
    }

    /** Takes a request whose head cannot be understood; on the event loop. */
    void takeBad(HttpServerRequest request) {
        Door.Trouble trouble = Door.trouble(request);
        Problem problem = trouble.isTooLong()
                ? Problem.of(
                        431, "too-long", "The head of the request is too long", "send a shorter URL and fewer headers")
                : Problem.of(
                        NoAnswerException.Kind.BAD_REQUEST,
                        trouble.why().orElse("the head of the request is not as HTTP/1.1 has it: see what sends it"));
        opened(request).answer(problem, true);
    }

    /** Takes a request; on the event loop, so nothing here waits. */
    void take(HttpServerRequest request) {
        Exchange exchange = opened(request);
        if (stopping) {
            exchange.answer(stops(request), true);
            return;
        }
        try {
            // Read once here: what cannot be decoded fails now.
            request.params();
            admit(exchange);
        } catch (IllegalArgumentException undecodable) {
            exchange.answer(Problem.of(NoAnswerException.Kind.BAD_REQUEST, Routes.UNDECODABLE));
        }
    }

    private void admit(Exchange exchange) {
        HttpServerRequest request = exchange.request();
        String path = exchange.path();
        boolean verbose = path.equals("/readyz")
                && request.getParam("verbose") != null
                && !request.getParam("verbose").equals("false");
        boolean isOpen = path.equals("/livez") || (path.equals("/readyz") && !verbose);
        boolean isOrder = request.method().equals(HttpMethod.POST) && desk.takesOrders(path);
        Optional<Problem> refusal = entrance.refusal(new Entrance.Request(
                isOrder,
                request.getHeader("Host"),
                request.getHeader("Origin"),
                request.getHeader("Authorization"),
                request.getHeader("Content-Type"),
                isOpen));
        if (refusal.isPresent()) {
            LOG.info(
                    "the admin API refused {} {} from {}: {}",
                    Exchange.shown(request.method().name()),
                    Exchange.shown(path),
                    request.remoteAddress(),
                    refusal.get().title());
            exchange.answer(refusal.get());
            return;
        }
        if (!isOpen) {
            trusts.accept(request.connection());
        }
        if (isOrder) {
            body(exchange, bytes -> onThread(exchange, () -> desk.post(exchange, bytes)));
        } else if (!request.method().equals(HttpMethod.GET)) {
            onThread(exchange, () -> desk.other(exchange));
        } else if (path.equals("/livez")) {
            // Whatever else there is to do.
            exchange.text(200, "text/plain; charset=utf-8", "ok\n".getBytes(StandardCharsets.UTF_8));
        } else {
            onThread(exchange, () -> desk.get(exchange, verbose));
        }
    }

    private static void body(Exchange exchange, Consumer<byte[]> then) {
        HttpServerRequest request = exchange.request();
        Buffer body = Buffer.buffer();
        boolean[] over = {false};
        request.handler(part -> {
            if (!over[0] && body.length() + part.length() > MAX_BODY) {
                over[0] = true;
                // What comes still is not read.
                request.pause();
                exchange.answer(
                        Problem.of(413, "too-long", "What was sent is too long", "send at most " + MAX_BODY + " bytes"),
                        true);
            } else if (!over[0]) {
                body.appendBuffer(part);
            }
        });
        request.endHandler(end -> {
            if (!over[0]) {
                then.accept(body.getBytes());
            }
        });
    }

    private void onThread(Exchange exchange, Runnable work) {
        if (!room.tryAcquire()) {
            exchange.answer(Problem.of(
                    NoAnswerException.Kind.UNAVAILABLE, MAX_AT_ONCE + " requests are being answered: try again later"));
            return;
        }
        Thread.ofVirtual().name("dunlin-admin").start(() -> {
            try {
                work.run();
            } catch (NoAnswerException failure) {
                exchange.answer(Problem.of(failure));
            } catch (RuntimeException | Error bug) {
                // What it says may be a peer's text, and the stack trace is for whoever asks for it.
                String why = Exchange.shown(bug.toString());
                LOG.error(
                        "a bug, at {} {}: {}", exchange.request().method(), Exchange.shown(exchange.path()), why, bug);
                exchange.answer(Problem.of(
                        NoAnswerException.Kind.FAULT,
                        "what was to answer has a bug: " + why + "; report it to whoever made that, with the log of the"
                                + " process"));
            } finally {
                room.release();
            }
        });
    }

    /** Something that lasts leaves its place among the requests to others while it runs. */
    void outside(Runnable lasting) {
        room.release();
        try {
            lasting.run();
        } finally {
            room.acquireUninterruptibly();
        }
    }

    /** Takes no more requests. */
    void stop() {
        stopping = true;
    }

    /** Waits until all that were taken are answered; those that take too long are told that the node stops. */
    void finish() {
        if (!isFinished(GRACE)) {
            open.forEach(exchange -> exchange.answer(stops(exchange.request()), true));
            isFinished(SENDING);
        }
    }

    private boolean isFinished(Duration within) {
        try {
            CompletableFuture.allOf(open.stream().map(Exchange::done).toArray(CompletableFuture<?>[]::new))
                    .get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException | TimeoutException late) {
            return false;
        }
    }

    private Problem stops(HttpServerRequest request) {
        return Problem.of(
                NoAnswerException.Kind.UNAVAILABLE,
                request.method().equals(HttpMethod.POST) && request.isEnded()
                        ? "the node is stopping, and what was ordered may or may not have been carried out: 'dunlin log'"
                                + " tells"
                        : "the node is stopping: ask again when it runs");
    }
}
