package dev.dunlin.node.admin;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.log.LogStorage;
import dev.dunlin.core.operate.Arguments;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.operate.Registry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.BindException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The admin API of a node: what its registry offers, over HTTP/1.1. Each request is answered on a virtual thread, so a slow answer
 * delays no other.
 *
 * @param <R> the root of the state tree
 */
public final class AdminServer<R> implements AutoCloseable {

    /** The most bytes of a request's body. */
    static final int MAX_BODY = 64 << 10;

    /** The most requests that are answered at once; more are told that there is no room. */
    static final int MAX_AT_ONCE = 256;

    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    // Longer than any order is waited for.
    private static final int IDLE_SECONDS = 180;

    // Who connects and asks nothing gives his place to others.
    private static final long FIRST_REQUEST_MILLIS = 10_000;

    private static final String UNDECODABLE =
            "what follows a '%' in the path or behind the '?' is no two hexadecimal digits, or no UTF-8: encode it again";

    // So much of a client that does not read waits in the system.
    private static final int SEND_BUFFER = 256 << 10;
    private static final long CLOSING_SECONDS = 5;

    private static final Parameter VERBOSE =
            Parameter.optional("verbose", new Kind.Flag(), "false", "whether each check is told");
    private static final Parameter FROM = Parameter.optional(
            "from", new Kind.Count(0, Long.MAX_VALUE), "the first input to be told; without it, those from now on");
    private static final Parameter TYPE = Parameter.optional(
            "type",
            new Kind.Several("beginnings", 16, 100),
            "only inputs whose types begin so, with commas between them");

    /** The routes that every API has. */
    static final List<OpenApi.Fixed> FIXED = List.of(
            new OpenApi.Fixed("/livez", true, "Answers as long as the process lives.", "text/plain", List.of()),
            new OpenApi.Fixed(
                    "/readyz",
                    true,
                    "Tells whether the node is ready for work; status 503 if it is not. With verbose, which needs the token,"
                            + " each check.",
                    "application/json",
                    List.of(VERBOSE)),
            new OpenApi.Fixed("/metrics", false, "All metrics, in Prometheus's text format.", "text/plain", List.of()),
            new OpenApi.Fixed(OpenApi.ROOT + "/openapi.json", false, "This document.", "application/json", List.of()),
            new OpenApi.Fixed(
                    OpenApi.ROOT + "/events",
                    false,
                    "The inputs of the node as they come, as server-sent events: the id is the input's number, the data its line"
                            + " in the log. An event 'gap' stands where inputs were dropped, because this client was too slow or"
                            + " the log has them no longer.",
                    "text/event-stream",
                    List.of(FROM, TYPE)));

    private final Registry<R> registry;
    private final Live<R> node;
    private final Scrape<R> scrape;
    private final EventRing ring;
    private final EventSource events;
    private final int maxStreams;
    private final byte[] openApi;
    private final Vertx vertx;
    private final HttpServer server;
    private final Entrance entrance;
    private final AdminSettings.Endpoint bound;
    private final boolean tls;
    private final Semaphore room = new Semaphore(MAX_AT_ONCE);
    private final AtomicInteger streams = new AtomicInteger();
    private final AtomicLong asked = new AtomicLong();
    private final Set<HttpConnection> asking = ConcurrentHashMap.newKeySet();
    private volatile boolean closing;

    /**
     * How an API is set up.
     *
     * @param endpoint where it listens; empty for the standard one, or any port if that is taken
     * @param tls certificate and key, in PEM; empty for none
     * @param maxConnections most connections to it
     * @param maxStreams most clients of the event stream
     * @param eventBytes most bytes of events that are kept
     * @param version of the program
     */
    public record Options(
            Optional<AdminSettings.Endpoint> endpoint,
            Optional<Tls> tls,
            int maxConnections,
            int maxStreams,
            long eventBytes,
            String version) {}

    /** Files in PEM. */
    public record Tls(Path certificate, Path key) {}

    /**
     * How the node is.
     *
     * @param status the worst of the checks
     * @param checks each of them, by name; only if they were asked for
     */
    public record Readiness(
            @Means("ok, warn, or fail: the worst of the checks")
            Health.Status status,

            @Means("each check, by name; only if asked for") Optional<Map<String, Health>> checks) {}

    private AdminServer(
            Registry<R> registry, Live<R> node, ActionCounts counts, LogStorage log, String token, Options options)
            throws IOException {
        this.registry = registry;
        this.node = node;
        this.ring = new EventRing(options.eventBytes());
        this.events = new EventSource(log, () -> node.state().input(), ring);
        this.scrape = new Scrape<>(registry, node, counts, events);
        this.maxStreams = options.maxStreams();
        this.openApi =
                Answers.write(OpenApi.of(registry, FIXED, options.version())).getBytes(StandardCharsets.UTF_8);
        this.tls = options.tls().isPresent();
        this.vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        boolean done = false;
        try {
            this.server = bind(options);
            AdminSettings.Endpoint wanted = options.endpoint().orElse(AdminSettings.STANDARD);
            this.bound = new AdminSettings.Endpoint(wanted.host(), server.actualPort());
            this.entrance = new Entrance(token, bound, tls, names(options.tls()));
            done = true;
        } finally {
            if (!done) {
                vertx.close();
            }
        }
    }

    /**
     * Starts an API.
     *
     * @param log the node's log, to be read
     * @param token what whoever asks must know
     * @throws IOException if it cannot listen
     */
    public static <R> AdminServer<R> start(
            Registry<R> registry, Live<R> node, ActionCounts counts, LogStorage log, String token, Options options)
            throws IOException {
        return new AdminServer<>(registry, node, counts, log, token, options);
    }

    private HttpServer bind(Options options) throws IOException {
        if (options.endpoint().isPresent()) {
            return listen(options, options.endpoint().get());
        }
        try {
            return listen(options, AdminSettings.STANDARD);
        } catch (BindException taken) {
            return listen(options, new AdminSettings.Endpoint(AdminSettings.STANDARD.host(), 0));
        }
    }

    private HttpServer listen(Options options, AdminSettings.Endpoint at) throws IOException {
        HttpServerOptions how = new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setUseAlpn(false)
                .setCompressionSupported(false)
                .setHandle100ContinueAutomatically(true)
                .setMaxInitialLineLength(8192)
                .setMaxHeaderSize(16_384)
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setSendBufferSize(SEND_BUFFER)
                .setReuseAddress(true);
        options.tls()
                .ifPresent(files -> how.setSsl(true)
                        .setKeyCertOptions(new PemKeyCertOptions()
                                .setCertPath(files.certificate().toString())
                                .setKeyPath(files.key().toString())));
        HttpServer made = vertx.createHttpServer(how);
        AtomicInteger connections = new AtomicInteger();
        made.connectionHandler(connection -> {
            if (connections.incrementAndGet() > options.maxConnections()) {
                LOG.warn(
                        "the admin API has {} connections, as many as admin.maxConnections allows: one more is closed",
                        options.maxConnections());
                connection.close();
            }
            vertx.setTimer(FIRST_REQUEST_MILLIS, late -> {
                if (!asking.contains(connection)) {
                    connection.close();
                }
            });
            connection.closeHandler(gone -> {
                connections.decrementAndGet();
                asking.remove(connection);
            });
        });
        made.requestHandler(this::take);
        try {
            return made.listen(at.port(), at.host())
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (ExecutionException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            throw cause instanceof IOException io ? io : new IOException(String.valueOf(cause.getMessage()), cause);
        } catch (TimeoutException late) {
            throw new IOException("listening at " + at + " took too long", late);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("stopped while the admin API was started", stopped);
        }
    }

    // The names in the certificate, by which others know this machine.
    private static Set<String> names(Optional<Tls> tls) throws IOException {
        Set<String> names = new TreeSet<>();
        if (tls.isPresent()) {
            try (InputStream in = Files.newInputStream(tls.get().certificate())) {
                X509Certificate certificate = (X509Certificate)
                        CertificateFactory.getInstance("X.509").generateCertificate(in);
                Collection<List<?>> all = certificate.getSubjectAlternativeNames();
                for (List<?> one : all == null ? List.<List<?>>of() : all) {
                    if (one.get(1) instanceof String name) {
                        names.add(name);
                    }
                }
            } catch (CertificateException none) {
                throw new IOException("it holds no certificate", none);
            }
        }
        return names;
    }

    /** Where it is: {@code http://127.0.0.1:4002}. */
    public String url() {
        return (tls ? "https://" : "http://") + bound.own();
    }

    // On the event loop: nothing here waits.
    private void take(HttpServerRequest request) {
        long began = System.nanoTime();
        asking.add(request.connection());
        request.response().exceptionHandler(gone -> {});
        request.exceptionHandler(gone -> {});
        try {
            // Read once here: what cannot be decoded fails now.
            request.params();
            take(request, request.path() == null ? "" : request.path(), began);
        } catch (IllegalArgumentException undecodable) {
            answer(request, Problem.of(NoAnswerException.Kind.BAD_REQUEST, UNDECODABLE), began);
        }
    }

    private void take(HttpServerRequest request, String path, long began) {
        boolean verbose = path.equals("/readyz")
                && request.getParam("verbose") != null
                && !request.getParam("verbose").equals("false");
        boolean open = path.equals("/livez") || (path.equals("/readyz") && !verbose);
        Optional<Problem> refusal = entrance.refusal(new Entrance.Request(
                request.method().name(),
                request.getHeader("Host"),
                request.getHeader("Origin"),
                request.getHeader("Authorization"),
                request.getHeader("Content-Type"),
                open));
        if (refusal.isPresent()) {
            LOG.info(
                    "the admin API refused {} {} from {}: {}",
                    shown(request.method().name()),
                    shown(path),
                    request.remoteAddress(),
                    refusal.get().title());
            answer(request, refusal.get(), began);
        } else if (request.method().equals(HttpMethod.POST)) {
            body(request, began, bytes -> onThread(request, began, () -> post(request, path, bytes, began)));
        } else if (!request.method().equals(HttpMethod.GET)) {
            answer(
                    request,
                    Problem.of(
                            405,
                            "wrong-method",
                            "Not with this method",
                            "this API is asked with GET and ordered with POST"),
                    began);
        } else if (path.equals("/livez")) {
            // Whatever else there is to do.
            text(request, 200, "text/plain; charset=utf-8", "ok\n".getBytes(StandardCharsets.UTF_8), began);
        } else {
            onThread(request, began, () -> get(request, path, verbose, began));
        }
    }

    private void body(HttpServerRequest request, long began, Consumer<Buffer> then) {
        Buffer body = Buffer.buffer();
        boolean[] over = {false};
        request.handler(part -> {
            if (!over[0] && body.length() + part.length() > MAX_BODY) {
                over[0] = true;
                // What comes still is not read.
                request.pause();
                request.response().putHeader("Connection", "close");
                answer(
                        request,
                        Problem.of(413, "too-long", "What was sent is too long", "send at most " + MAX_BODY + " bytes"),
                        began);
            } else if (!over[0]) {
                body.appendBuffer(part);
            }
        });
        request.endHandler(end -> {
            if (!over[0]) {
                then.accept(body);
            }
        });
    }

    private void onThread(HttpServerRequest request, long began, Runnable work) {
        if (!room.tryAcquire()) {
            answer(
                    request,
                    Problem.of(
                            NoAnswerException.Kind.UNAVAILABLE,
                            MAX_AT_ONCE + " requests are being answered: try again later"),
                    began);
            return;
        }
        Thread.ofVirtual().name("dunlin-admin").start(() -> {
            try {
                work.run();
            } catch (NoAnswerException failure) {
                answer(request, Problem.of(failure), began);

            } catch (RuntimeException | Error bug) {
                LOG.error("a fault in the admin API, at {} {}", request.method(), shown(request.path()), bug);
                answer(
                        request,
                        Problem.of(
                                500,
                                "fault",
                                "A fault in Dunlin itself",
                                "look into the log of the process, and report it"),
                        began);
            } finally {
                room.release();
            }
        });
    }

    private static String shown(@Nullable String path) {
        String bare = String.valueOf(path).replaceAll("\\p{Cntrl}", "?");
        return bare.length() > 200 ? bare.substring(0, 200) + "…" : bare;
    }

    private void get(HttpServerRequest request, String path, boolean verbose, long began) {
        switch (path) {
            case "/readyz" -> ready(request, verbose, began);
            case "/metrics" -> text(request, 200, "text/plain; version=0.0.4; charset=utf-8", scrape.text(), began);
            case OpenApi.ROOT + "/openapi.json" -> text(request, 200, "application/json", openApi, began);
            case OpenApi.ROOT + "/events" -> stream(request);
            default -> operation(request, path, query(request), began);
        }
    }

    private void ready(HttpServerRequest request, boolean verbose, long began) {
        Map<String, Health> checks = node.health();
        Health.Status worst = Health.Status.OK;
        for (Health health : checks.values()) {
            worst = health.status().compareTo(worst) > 0 ? health.status() : worst;
        }
        text(
                request,
                worst == Health.Status.FAIL ? 503 : 200,
                "application/json",
                Answers.write(new Readiness(worst, verbose ? Optional.of(checks) : Optional.empty()))
                        .getBytes(StandardCharsets.UTF_8),
                began);
    }

    private static Map<String, String> query(HttpServerRequest request) {
        Map<String, String> given = new LinkedHashMap<>();
        request.params().forEach(one -> {
            String before = given.put(one.getKey(), one.getValue());
            if (before != null) {
                throw NoAnswerException.badRequest(shown(one.getKey()) + " is given twice: give it once");
            }
        });
        return given;
    }

    private void post(HttpServerRequest request, String path, Buffer body, long began) {
        Map<String, String> given = new LinkedHashMap<>();
        if (!request.params().isEmpty()) {
            throw NoAnswerException.badRequest("what is given with an order stands in its body, not behind a '?'");
        }
        if (body.length() > 0) {
            ObjectNode object = Answers.object(body.toString(StandardCharsets.UTF_8));
            if (object == null) {
                throw NoAnswerException.badRequest("the body is no JSON object: send one, such as {}");
            }
            for (Map.Entry<String, JsonNode> one : object.properties()) {
                given.put(one.getKey(), written(one.getKey(), one.getValue()));
            }
        }
        operation(request, path, given, began);
    }

    private static String written(String name, JsonNode value) {
        if (value.isString() || value.isIntegralNumber() || value.isBoolean()) {
            return value.asString();
        }
        if (value.isArray()) {
            List<String> all = new ArrayList<>();
            value.forEach(one -> all.add(written(name, one)));
            return String.join(",", all);
        }
        throw NoAnswerException.badRequest(
                shown(name) + " is neither a text, a whole number, true or false, nor a list of these");
    }

    private void operation(HttpServerRequest request, String path, Map<String, String> given, long began) {
        boolean found = false;
        for (Registry.Offered<R, ?, ?, ?> offered : registry.operations()) {
            Optional<Map<String, String>> inPath = matched(offered.operation().path(), path);
            if (inPath.isPresent()) {
                found = true;
                String method = offered.operation() instanceof Operation.Query<?, ?, ?> ? "GET" : "POST";
                if (method.equals(request.method().name())) {
                    Map<String, String> all = new LinkedHashMap<>(given);
                    inPath.get().forEach((name, value) -> {
                        if (all.put(name, value) != null) {
                            throw NoAnswerException.badRequest(name + " stands in the path: do not give it again");
                        }
                    });
                    run(request, offered, all, began);
                    return;
                }
            }
        }
        boolean fixed = FIXED.stream().anyMatch(route -> route.path().equals(path));
        if (found || fixed) {
            answer(
                    request,
                    Problem.of(
                            405,
                            "wrong-method",
                            "Not with this method",
                            fixed || request.method().equals(HttpMethod.POST)
                                    ? "this is asked with GET"
                                    : "this is ordered with POST, or asked under another path"),
                    began);
        } else {
            throw NoAnswerException.notFound(
                    "there is no " + shown(path) + " here: " + OpenApi.ROOT
                            + "/openapi.json lists what there is, which is what the machines offer that the node was started with");
        }
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException undecodable) {
            throw NoAnswerException.badRequest(UNDECODABLE);
        }
    }

    private static Optional<Map<String, String>> matched(String template, String path) {
        if (!path.startsWith(OpenApi.ROOT + "/")) {
            return Optional.empty();
        }
        String[] wanted = template.split("/", -1);
        String[] there = path.substring(OpenApi.ROOT.length()).split("/", -1);
        if (wanted.length != there.length) {
            return Optional.empty();
        }
        Map<String, String> values = new LinkedHashMap<>();
        for (int i = 0; i < wanted.length; i++) {
            if (wanted[i].startsWith("{")) {
                values.put(wanted[i].substring(1, wanted[i].length() - 1), decoded(there[i]));
            } else if (!wanted[i].equals(there[i])) {
                return Optional.empty();
            }
        }
        return Optional.of(values);
    }

    private <V, S, A extends Record> void run(
            HttpServerRequest request, Registry.Offered<R, V, S, A> offered, Map<String, String> written, long began) {
        Arguments given = Arguments.of(offered.operation().parameters(), written);
        A told = switch (offered.operation()) {
            case Operation.Query<V, S, A> query -> offered.answer(node.state(), given, node::clock);
            case Operation.Order<V, S, A> order -> {
                String key = request.getHeader("Idempotency-Key");
                CompletableFuture<A> answer = node.order(
                        offered,
                        order,
                        given,
                        key == null
                                ? "admin-" + asked.incrementAndGet()
                                : "admin-key-" + order.name() + "-" + key + "-" + written);
                yield joined(answer);
            }
        };
        text(request, 200, "application/json", Answers.write(told).getBytes(StandardCharsets.UTF_8), began);
    }

    private static <A> A joined(CompletableFuture<A> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof NoAnswerException known ? known : e;
        }
    }

    private void stream(HttpServerRequest request) {
        Arguments given = Arguments.of(List.of(FROM, TYPE), query(request));
        String seen = request.getHeader("Last-Event-ID");
        if (seen != null && !seen.matches("\\d{1,18}")) {
            throw NoAnswerException.badRequest("Last-Event-ID is no number of an input");
        }
        long from = seen != null
                ? Long.parseLong(seen) + 1
                : given.find("from").map(Long::parseLong).orElse(-1L);
        List<String> types = given.find("type")
                .filter(text -> !text.isEmpty())
                .map(text -> List.of(text.split(",")))
                .orElse(List.of());
        if (ring.isClosed() && !closing) {
            throw new NoAnswerException(
                    NoAnswerException.Kind.UNAVAILABLE,
                    "the log cannot be followed, and no events are told: see the log of the process, and 'dunlin doctor'");
        }
        if (streams.incrementAndGet() > maxStreams) {
            streams.decrementAndGet();
            throw new NoAnswerException(
                    NoAnswerException.Kind.UNAVAILABLE,
                    maxStreams + " clients read events, as many as admin.maxEventStreams allows: end one, or raise it");
        }
        // It lasts: its place among the requests is for others.
        room.release();
        events.enter();
        try {
            new EventStream(request.response(), ring, types)
                    .run(from, events.storage(), node.state().input(), () -> closing);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            events.leave();
            streams.decrementAndGet();
            room.acquireUninterruptibly();
        }
    }

    private void answer(HttpServerRequest request, Problem problem, long began) {
        if (problem.status() == 401) {
            request.response().putHeader("WWW-Authenticate", "Bearer");
        }
        text(
                request,
                problem.status(),
                Problem.CONTENT_TYPE,
                Answers.write(problem).getBytes(StandardCharsets.UTF_8),
                began);
    }

    private void text(HttpServerRequest request, int status, String contentType, byte[] body, long began) {
        scrape.answered(status, System.nanoTime() - began);
        HttpServerResponse response = request.response();
        if (response.ended() || response.closed()) {
            return;
        }
        response.setStatusCode(status)
                .putHeader("Content-Type", contentType)
                .putHeader("Cache-Control", "no-store")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(Buffer.buffer(body));
    }

    /** Ends all streams and takes no more requests. */
    @Override
    public void close() {
        closing = true;
        events.close();
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            LOG.warn("the admin API did not close in order: {}", late.getMessage());
        }
    }
}
