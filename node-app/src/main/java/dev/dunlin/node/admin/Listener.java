package dev.dunlin.node.admin;

import dev.dunlin.core.operate.NoAnswerException;
import dev.dunlin.node.admin.netty.Door;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.Http1ServerConfig;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The socket of an admin API, and the connections to it: TLS, and what each of them may take. */
final class Listener implements AutoCloseable {

    /** Within what a connection must have asked something, its handshake included. */
    static final Duration SILENCE = Duration.ofSeconds(10);

    /** Within what a request must be whole. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How many requests of one connection are read before the first of them is begun. */
    static final int AHEAD = 16;

    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);
    // Longer than any order is waited for.
    private static final int IDLE_SECONDS = 180;

    private static final int LONGEST_LINE = 8192;
    private static final int LONGEST_HEAD = 16_384;

    // So much of a client that does not read waits in the system.
    private static final int SEND_BUFFER = 256 << 10;
    private static final long CLOSING_SECONDS = 5;

    // How often it is told at most that connections were closed at the door.
    private static final long TELLING_MILLIS = 10_000;

    private final Door door;
    private final Vertx vertx;
    private final AdminSettings.Endpoint bound;
    private final AtomicReference<Consumer<HttpServerRequest>> take = new AtomicReference<>(Listener::early);
    private final AtomicReference<Consumer<HttpServerRequest>> takeBad = new AtomicReference<>(Listener::early);
    private long told;

    private Listener(Door.Bounds bounds, Optional<AdminSettings.Endpoint> endpoint, Optional<TlsMaterial> tls)
            throws IOException {
        this.door = new Door(bounds);
        this.vertx = door.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setUseDaemonThread(true)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
        boolean done = false;
        try {
            HttpServer server = bind(endpoint, tls);
            vertx.setPeriodic(TELLING_MILLIS, now -> tell());
            this.bound = new AdminSettings.Endpoint(
                    endpoint.orElse(AdminSettings.STANDARD).host(), server.actualPort());
            done = true;
        } finally {
            if (!done) {
                vertx.close();
            }
        }
    }

    /**
     * Listens.
     *
     * @param endpoint where; empty for the standard one, or any port if that is taken
     * @throws IOException if it cannot
     */
    static Listener start(Door.Bounds bounds, Optional<AdminSettings.Endpoint> endpoint, Optional<TlsMaterial> tls)
            throws IOException {
        return new Listener(bounds, endpoint, tls);
    }

    private HttpServer bind(Optional<AdminSettings.Endpoint> endpoint, Optional<TlsMaterial> tls) throws IOException {
        if (endpoint.isPresent()) {
            return listen(endpoint.get(), tls);
        }
        try {
            return listen(AdminSettings.STANDARD, tls);
        } catch (BindException taken) {
            return listen(new AdminSettings.Endpoint(AdminSettings.STANDARD.host(), 0), tls);
        }
    }

    private HttpServer listen(AdminSettings.Endpoint at, Optional<TlsMaterial> tls) throws IOException {
        HttpServerOptions how = new HttpServerOptions()
                .setHttp2ClearTextEnabled(false)
                .setUseAlpn(false)
                .setCompressionSupported(false)
                .setHandle100ContinueAutomatically(true)
                .setMaxInitialLineLength(LONGEST_LINE)
                .setMaxHeaderSize(LONGEST_HEAD)
                .setIdleTimeout(IDLE_SECONDS)
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setSendBufferSize(SEND_BUFFER)
                .setReuseAddress(true);
        tls.ifPresent(material -> how.setSsl(true)
                .setSslHandshakeTimeout(SILENCE.toSeconds())
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                .setKeyCertOptions(KeyCertOptions.wrap(material.keys())));
        Http1ServerConfig heads =
                new Http1ServerConfig().setMaxInitialLineLength(LONGEST_LINE).setMaxHeaderSize(LONGEST_HEAD);
        HttpServer made = vertx.createHttpServer(how);
        made.connectionHandler(connection -> door.watch(connection, heads));
        made.invalidRequestHandler(request -> {
            door.asked(request.connection());
            takeBad.get().accept(request);
        });
        made.requestHandler(request -> {
            door.asked(request.connection());
            take.get().accept(request);
        });
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

    private static void early(HttpServerRequest request) {
        new Exchange(request, (status, nanos) -> {})
                .answer(Problem.of(NoAnswerException.Kind.UNAVAILABLE, "the node is starting: ask again"), true);
    }

    private void tell() {
        Door.Stats stats = door.stats();
        long refused = stats.full() + stats.share();
        if (refused > told) {
            LOG.warn(
                    "the admin API has {} connections, and closed {} more: admin.maxConnections and"
                            + " admin.maxConnectionsPerAddress say how many it takes",
                    stats.open(),
                    refused - told);
            told = refused;
        }
    }

    /** Says who takes requests, and those whose heads cannot be understood; on the event loop. */
    void serve(Consumer<HttpServerRequest> good, Consumer<HttpServerRequest> bad) {
        takeBad.set(bad);
        take.set(good);
    }

    /** Where it listens, with its real port. */
    AdminSettings.Endpoint bound() {
        return bound;
    }

    /** Somebody with the token asks on a connection. */
    void trusts(HttpConnection connection) {
        door.trusts(connection);
    }

    /** Figures of its connections. */
    Door.Stats stats() {
        return door.stats();
    }

    /** Closes the socket and all connections. */
    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(CLOSING_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException late) {
            LOG.warn("the admin API did not close in order: {}", late.getMessage());
        }
    }
}
