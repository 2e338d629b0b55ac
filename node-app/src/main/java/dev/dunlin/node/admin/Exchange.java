package dev.dunlin.node.admin;

import dev.dunlin.node.admin.netty.Door;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** One request and its one answer: of several answers the first is sent, whatever thread gives it. */
final class Exchange {

    /** Is told of each answer. */
    @FunctionalInterface
    interface Watch {
        /** Answered with a status, after so many nanoseconds. */
        void answered(int status, long nanos);
    }

    private final HttpServerRequest request;
    private final Watch watch;
    private final long began = System.nanoTime();
    private final AtomicBoolean answered = new AtomicBoolean();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Exchange(HttpServerRequest request, Watch watch) {
        this.request = request;
        this.watch = watch;
        request.response().exceptionHandler(gone -> {}).closeHandler(gone -> done.complete(null));
        request.exceptionHandler(gone -> {});
    }

    HttpServerRequest request() {
        return request;
    }

    /** The path, or an empty text. */
    String path() {
        return request.path() == null ? "" : request.path();
    }

    /** As it may stand in a log: without control characters, and not long. */
    static String shown(@Nullable String text) {
        String bare = String.valueOf(text).replaceAll("\\p{Cntrl}", "?");
        return bare.length() > 200 ? bare.substring(0, 200) + "…" : bare;
    }

    /** Done when the answer was handed to the system, or nobody waits for it any more. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** Takes the answer upon oneself, as a stream; false if there is one already. */
    boolean claim() {
        return answered.compareAndSet(false, true);
    }

    /** A stream has ended. */
    void end() {
        done.complete(null);
    }

    void answer(Problem problem) {
        answer(problem, false);
    }

    /**
     * Answers with a problem.
     *
     * @param last whether the connection is closed behind it
     */
    void answer(Problem problem, boolean last) {
        text(problem.status(), Problem.CONTENT_TYPE, Answers.write(problem).getBytes(StandardCharsets.UTF_8), last);
    }

    /** Answers that the resource has other methods (RFC 9110, section 15.5.6). */
    void wrongMethod(Set<String> allowed, String detail) {
        if (!request.response().ended()) {
            request.response().putHeader("Allow", String.join(", ", allowed));
        }
        answer(Problem.of(405, "wrong-method", "Not with this method", detail));
    }

    void json(int status, Object answer) {
        text(status, "application/json", Answers.write(answer).getBytes(StandardCharsets.UTF_8), false);
    }

    void text(int status, String contentType, byte[] body) {
        text(status, contentType, body, false);
    }

    private void text(int status, String contentType, byte[] body, boolean last) {
        if (!claim()) {
            return;
        }
        watch.answered(status, System.nanoTime() - began);
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            done.complete(null);
            return;
        }
        if (status == 401) {
            response.putHeader("WWW-Authenticate", "Bearer");
        }
        if (last) {
            response.putHeader("Connection", "close");
        }
        response.setStatusCode(status)
                .putHeader("Content-Type", contentType)
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(Buffer.buffer(body))
                .onComplete(sent -> {
                    if (last) {
                        Door.dismiss(request.connection());
                    }
                    done.complete(null);
                });
    }
}
