package dev.dunlin.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.node.admin.netty.Door;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The bounds on sockets, on real ones. */
@Timeout(120)
class ListenerTest {

    private static final Duration SHORT = Duration.ofMillis(400);

    /** Long enough for a machine with much to do to answer within it. */
    private static final Duration ENOUGH = Duration.ofSeconds(2);

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final String ASK = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

    @TempDir
    private Path folder;

    private final List<Socket> sockets = new ArrayList<>();
    private final Queue<HttpServerRequest> taken = new ConcurrentLinkedQueue<>();

    @SuppressWarnings("NullAway.Init") // each test begins with listen
    private Listener listener;

    private void listen(Door.Bounds bounds, boolean tls) throws Exception {
        Optional<TlsMaterial> material = Optional.empty();
        if (tls) {
            Certificates.Made made = Certificates.of(folder, "c", "EC");
            material = Optional.of(TlsMaterial.of(TlsMaterial.certificates(made.certificate()), made.key()));
        }
        listener = Listener.start(bounds, Optional.of(new AdminSettings.Endpoint("127.0.0.1", 0)), material);
        listener.serve(taken::add, taken::add);
    }

    @AfterEach
    void close() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        listener.close();
    }

    private Socket socket(String from) throws IOException {
        Socket socket =
                new Socket(InetAddress.getByName("127.0.0.1"), listener.bound().port(), InetAddress.getByName(from), 0);
        socket.setSoTimeout(60_000);
        sockets.add(socket);
        return socket;
    }

    private Socket say(String text) throws IOException {
        Socket socket = socket("127.0.0.1");
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }

    private static void eventually(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static boolean isClosed(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException reset) {
            return true;
        }
    }

    private HttpServerRequest next() {
        eventually("a request", () -> !taken.isEmpty());
        return taken.remove();
    }

    /** Who connects and says nothing counts, though no handshake tells of him, and is closed in time. */
    @Test
    void silentSocketsCountFromTheirAccept() throws Exception {
        for (boolean tls : new boolean[] {true, false}) {
            listen(new Door.Bounds(20, 20, LONG, LONG, 16), tls);
            for (int i = 0; i < 60; i++) {
                say(i % 2 == 0 || !tls ? "" : "\u0016\u0003\u0001\u0002\u0000\u0001");
            }
            eventually("the rest closed", () -> listener.stats().full() == 40);
            assertThat(listener.stats().open()).isEqualTo(20);
            for (Socket socket : sockets.subList(20, 60)) {
                assertThat(isClosed(socket)).isTrue();
            }
            close();
            sockets.clear();
        }
    }

    @Test
    void whoAsksNothingInTimeIsClosed() throws Exception {
        for (boolean tls : new boolean[] {true, false}) {
            listen(new Door.Bounds(20, 20, SHORT, LONG, 16), tls);
            for (int i = 0; i < 10; i++) {
                say(i % 2 == 0 || !tls ? "" : "\u0016\u0003\u0001\u0002\u0000\u0001");
            }
            for (Socket socket : sockets) {
                assertThat(isClosed(socket)).isTrue();
            }
            eventually("free places", () -> listener.stats().open() == 0);
            assertThat(listener.stats().silent()).isEqualTo(10);
            close();
            sockets.clear();
        }
    }

    /** What anybody may ask keeps no place: else whoever has no token could take them all. */
    @Test
    void whoHasAskedWithoutATokenIsSilentStill() throws Exception {
        listen(new Door.Bounds(20, 20, ENOUGH, LONG, 16), false);
        Socket asked = say(ASK);
        next().response().end();
        assertThat(asked.getInputStream().read()).isEqualTo('H');
        asked.getInputStream().transferTo(OutputStream.nullOutputStream());
        eventually("a free place", () -> listener.stats().open() == 0);
        assertThat(listener.stats().silent()).isEqualTo(1);
    }

    @Test
    void whoHasAskedWithATokenStays() throws Exception {
        listen(new Door.Bounds(20, 20, ENOUGH, LONG, 16), false);
        Socket asked = say(ASK);
        HttpServerRequest first = next();
        listener.trusts(first.connection());
        first.response().end();
        assertThat(asked.getInputStream().read()).isEqualTo('H');
        assertThat(isClosed(say(""))).as("one that came later is closed").isTrue();
        asked.getOutputStream().write(ASK.getBytes(StandardCharsets.UTF_8));
        next().response().end();
        assertThat(listener.stats().silent()).isEqualTo(1);
    }

    @Test
    void anAddressHasItsShare() throws Exception {
        listen(new Door.Bounds(10, 2, LONG, LONG, 16), false);
        say(ASK);
        say(ASK);
        next();
        next();
        assertThat(isClosed(say(ASK))).isTrue();
        assertThat(listener.stats().share()).isEqualTo(1);
        socket("127.0.0.2").getOutputStream().write(ASK.getBytes(StandardCharsets.UTF_8));
        next();
        sockets.getFirst().close();
        eventually("a free place", () -> listener.stats().open() == 2);
        say(ASK);
        next();
    }

    @Test
    void aRequestThatIsNotWholeInTimeIsClosed() throws Exception {
        for (String part : List.of(
                "GET /x HTTP/1.1\r\nHos",
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
                "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab")) {
            listen(new Door.Bounds(20, 20, LONG, SHORT, 16), false);
            Socket slow = say(ASK);
            next().response().end();
            slow.getOutputStream().write(part.getBytes(StandardCharsets.UTF_8));
            eventually("it is closed", () -> listener.stats().open() == 0);
            assertThat(listener.stats().slow()).as(part).isEqualTo(1);
            close();
            // What is cut short comes as a request, too, until the listener is closed.
            taken.clear();
            sockets.clear();
        }
    }

    /** Requests that are sent without waiting for answers are begun one by one, and only so many of them are read. */
    @Test
    void whatIsPipelinedIsReadSoFarOnly() throws Exception {
        listen(new Door.Bounds(20, 20, LONG, LONG, 4), false);
        Socket socket = say(ASK.repeat(200));
        HttpServerRequest first = next();
        eventually("read no further", () -> listener.stats().held() > 0);
        assertThat(taken).as("begun before the first is answered").isEmpty();
        first.response().end("0");
        for (int i = 1; i < 200; i++) {
            HttpServerRequest one = next();
            assertThat(taken).isEmpty();
            one.response().end(Integer.toString(i));
        }
        InputStream in = socket.getInputStream();
        StringBuilder answers = new StringBuilder();
        while (!answers.toString().endsWith("\r\n\r\n199")) {
            answers.append((char) in.read());
        }
        assertThat(answers.toString().split("200 OK", -1)).hasSize(201);
    }
}
