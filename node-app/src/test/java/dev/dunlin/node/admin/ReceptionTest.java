package dev.dunlin.node.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.node.admin.netty.Door;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** What is let in, on real sockets. */
@Timeout(120)
class ReceptionTest {

    private static final String TOKEN = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";
    private static final Duration LONG = Duration.ofMinutes(10);

    private final CountDownLatch ordered = new CountDownLatch(1);
    private final CountDownLatch mayEnd = new CountDownLatch(1);
    private Listener listener;
    private Reception reception;

    @BeforeEach
    void listen() throws IOException {
        listener = Listener.start(
                new Door.Bounds(100, 100, LONG, LONG, 16),
                Optional.of(new AdminSettings.Endpoint("127.0.0.1", 0)),
                Optional.empty());
        Reception.Desk desk = new Reception.Desk() {
            @Override
            public void get(Exchange exchange, boolean verbose) {
                exchange.text(200, "text/plain", "LETIN".getBytes(StandardCharsets.UTF_8));
            }

            @Override
            public boolean takesOrders(String path) {
                return true;
            }

            @Override
            public void post(Exchange exchange, byte[] body) {
                if (exchange.path().equals("/bug")) {
                    throw new IllegalStateException("meant: a verb\nthat breaks");
                }
                if (exchange.path().equals("/wait")) {
                    ordered.countDown();
                    try {
                        mayEnd.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
                exchange.text(200, "text/plain", body);
            }

            @Override
            public void other(Exchange exchange) {
                exchange.wrongMethod(Set.of("GET", "POST"), "neither asked nor ordered");
            }
        };
        reception = new Reception(
                new Entrance(TOKEN, listener.bound(), false, Set.of()), desk, (status, nanos) -> {}, listener::trusts);
        listener.serve(reception::take, reception::takeBad);
    }

    @AfterEach
    void close() {
        mayEnd.countDown();
        listener.close();
    }

    private String host() {
        return "127.0.0.1:" + listener.bound().port();
    }

    // The status and the rest of what is answered, up to the end of the connection.
    private String sent(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", listener.bound().port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(request.replace("\n", "\r\n")
                            .replace("HOST", host())
                            .replace("TOKEN", "Authorization: Bearer " + TOKEN)
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Whoever has a bug is named, to who asked and in the log, and the rest goes on. */
    @Test
    void aBugIsToldWithWhatItSays() throws IOException {
        String post = "POST /bug HTTP/1.1\nHost: HOST\nTOKEN\nContent-Type: application/json\nConnection: close\n"
                + "Content-Length: 2\n\n{}";
        assertThat(sent(post))
                .startsWith("HTTP/1.1 500")
                .contains("urn:dunlin:problem:fault")
                .contains("what was to answer has a bug: java.lang.IllegalStateException: meant: a verb?that breaks;");
        assertThat(sent(post.replace("/bug", "/x"))).startsWith("HTTP/1.1 200");
    }

    /** What two readers could understand in two ways is understood in none. */
    @TestFactory
    Stream<DynamicTest> headsOfTwoMeaningsAreRefused() {
        String get = "GET /x HTTP/1.1\nHost: HOST\nTOKEN\n";
        String post = "POST /x HTTP/1.1\nHost: HOST\nTOKEN\nContent-Type: application/json\n";
        Map<String, String> bad = new LinkedHashMap<>();
        bad.put(get + "Host: HOST\n\n", "Host is given twice");
        bad.put(get + "host: evil.example\n\n", "Host is given twice");
        bad.put("GET /x HTTP/1.1\nHost: evil.example\nHost: HOST\nTOKEN\n\n", "Host is given twice");
        bad.put(get + "Origin: http://HOST\nOrigin: http://evil\n\n", "Origin is given twice");
        bad.put(get + "TOKEN\n\n", "Authorization is given twice");
        bad.put("GET /x HTTP/1.1\nHost: HOST\nAuthorization: Bearer no\nTOKEN\n\n", "Authorization is given twice");
        bad.put(post + "Content-Type: text/plain\nContent-Length: 2\n\n{}", "Content-Type is given twice");
        bad.put(post + "Content-Length: 2\nContent-Length: 2\n\n{}", "");
        bad.put(post + "Content-Length: 2\nContent-Length: 0\n\n{}", "");
        bad.put(post + "Content-Length: 2, 2\n\n{}", "");
        bad.put(post + "Content-Length: +2\n\n{}", "");
        bad.put(post + "Content-Length: -2\n\n{}", "");
        bad.put(post + "Content-Length: 0x2\n\n{}", "");
        bad.put(
                post + "Content-Length: 2\nTransfer-Encoding: chunked\n\n2\n{}\n0\n\n",
                "Content-Length and Transfer-Encoding are both given");
        bad.put(
                post + "Transfer-Encoding: chunked\nContent-Length: 2\n\n2\n{}\n0\n\n",
                "Content-Length and Transfer-Encoding are both given");
        bad.put(
                post + "Transfer-Encoding: chunked\nTransfer-Encoding: identity\n\n2\n{}\n0\n\n",
                "Transfer-Encoding is given twice");
        bad.put(post + "Idempotency-Key: a\nIdempotency-Key: b\nContent-Length: 2\n\n{}", "Idempotency-Key");
        bad.put(get + "Last-Event-ID: 1\nLast-Event-ID: 2\n\n", "Last-Event-Id");
        bad.put("GET http://evil.example/x HTTP/1.1\nHost: HOST\nTOKEN\n\n", "another host");
        bad.put("GET http://a@HOST/x HTTP/1.1\nHost: HOST\nTOKEN\n\n", "another host");
        bad.put("GET http://evil.example?x HTTP/1.1\nHost: HOST\nTOKEN\n\n", "another host");
        bad.put("GET x HTTP/1.1\nHost: HOST\nTOKEN\n\n", "no path");
        bad.put(get + "X-Note: one\n two\n\n", "begins with a space or a tab");
        bad.put(get + "X-Note: one\n\ttwo\n\n", "begins with a space or a tab");
        bad.put("GET /x HTTP/1.1\nHost:\n HOST\nTOKEN\n\n", "begins with a space or a tab");
        bad.put("GET /x HTTP/1.1\n Host: HOST\nTOKEN\n\n", "");
        bad.put("GET /x HTTP/1.1\nHost : HOST\nTOKEN\n\n", "");
        bad.put("GET /x HTTP/1.1\nHost: HOST\nTOKEN\nno colon\n\n", "");
        bad.put("nonsense\n\n", "");
        return Stream.concat(
                bad.entrySet().stream()
                        .map(one -> DynamicTest.dynamicTest(one.getKey(), () -> {
                            // Whatever is behind it is no request: the connection ends.
                            assertThat(sent(one.getKey() + get + "\n"))
                                    .matches("(?s)HTTP/1\\.[01] 400 .*")
                                    .contains("application/problem+json", one.getValue())
                                    .doesNotContain("LETIN", "Exception");
                        })),
                Stream.of(
                                "GET /x HTTP/1.1\nHost: HOST\nTOKEN\nConnection: close\n\n",
                                "\nGET /x HTTP/1.1\nHost: HOST\nTOKEN\nConnection: close\n\n",
                                "GET http://HOST/x HTTP/1.1\nHost: HOST\nTOKEN\nConnection: close\n\n",
                                post + "Connection: close\nContent-Length: 4\n\n\n {",
                                post + "Connection: close\nTransfer-Encoding: chunked\n\n4\n\n {\n0\n\n",
                                post + "Accept: a\nAccept: b\nContent-Length: 3\n\n\n {" + get
                                        + "Connection: close\n\n")
                        .map(good -> DynamicTest.dynamicTest(
                                good, () -> assertThat(sent(good)).startsWith("HTTP/1.1 200 "))));
    }

    /** However a head is cut into pieces, it is understood alike. */
    @Test
    void aHeadThatComesByteByByteIsReadAlike() throws IOException {
        for (String head : new String[] {
            "GET /x HTTP/1.1\r\nHost: HOST\r\nX: a\r\n b\r\nTOKEN\r\nConnection: close\r\n\r\n",
            "GET /x HTTP/1.1\r\nHost: HOST\r\nX: a\r\nTOKEN\r\nConnection: close\r\n\r\n"
        }) {
            byte[] bytes = head.replace("HOST", host())
                    .replace("TOKEN", "Authorization: Bearer " + TOKEN)
                    .getBytes(StandardCharsets.ISO_8859_1);
            try (Socket socket = new Socket("127.0.0.1", listener.bound().port())) {
                socket.setSoTimeout(60_000);
                socket.setTcpNoDelay(true);
                for (byte one : bytes) {
                    socket.getOutputStream().write(one);
                }
                assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith(head.contains(" b") ? "HTTP/1.1 400 " : "HTTP/1.1 200 ");
            }
        }
    }

    @Test
    void aHeadThatIsTooLongSaysSo() throws IOException {
        assertThat(sent("GET /" + "x".repeat(9000) + " HTTP/1.1\nHost: HOST\n\n"))
                .contains(" 431 ")
                .contains("send a shorter URL");
        assertThat(sent("GET /x HTTP/1.1\nHost: HOST\nX: " + "x".repeat(20_000) + "\n\n"))
                .contains(" 431 ")
                .contains("send a shorter URL");
    }

    private CompletableFuture<String> order() {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return sent("POST /wait HTTP/1.1\nHost: HOST\nTOKEN\nContent-Type: application/json\n"
                        + "Content-Length: 2\nConnection: close\n\n{}");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void whatIsDoneSoonAfterTheNodeWasToldToStopIsAnswered() throws Exception {
        CompletableFuture<String> order = order();
        ordered.await();
        reception.stop();
        assertThat(sent("GET /livez HTTP/1.1\nHost: HOST\n\n"))
                .startsWith("HTTP/1.1 503 ")
                .contains("the node is stopping");
        CompletableFuture<Void> finished = CompletableFuture.runAsync(reception::finish);
        mayEnd.countDown();
        finished.get();
        assertThat(order.get()).startsWith("HTTP/1.1 200 ");
        assertThat(reception.atOnce()).isZero();
    }

    @Test
    void whatIsNotDoneSoonIsToldSo() throws Exception {
        CompletableFuture<String> order = order();
        try (Socket half = new Socket("127.0.0.1", listener.bound().port())) {
            half.setSoTimeout(60_000);
            half.getOutputStream()
                    .write(("POST /x HTTP/1.1\r\nHost: " + host() + "\r\nAuthorization: Bearer " + TOKEN
                                    + "\r\nContent-Type: application/json\r\nContent-Length: 5\r\n\r\n{")
                            .getBytes(StandardCharsets.UTF_8));
            ordered.await();
            while (reception.atOnce() < 2) {
                Thread.onSpinWait();
            }
            reception.stop();
            reception.finish();
            assertThat(order.get()).startsWith("HTTP/1.1 503 ").contains("may or may not have been carried out");
            assertThat(new BufferedReader(new InputStreamReader(half.getInputStream(), StandardCharsets.UTF_8))
                            .readLine())
                    .startsWith("HTTP/1.1 503 ");
        }
    }
}
