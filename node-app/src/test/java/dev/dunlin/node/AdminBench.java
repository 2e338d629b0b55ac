package dev.dunlin.node;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.node.admin.AdminFiles;
import dev.dunlin.node.config.Configuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event stream with many clients at many events a second, all of them reading and then one of them not; and how long the status
 * takes meanwhile. Node and clients are in one process, and share its cores.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true", disabledReason = "a benchmark: -Ddunlin.bench=true")
class AdminBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final int CLIENTS = Integer.getInteger("dunlin.bench.clients", 100);
    private static final int PER_SECOND = Integer.getInteger("dunlin.bench.events", 10_000);
    private static final int SECONDS = Integer.getInteger("dunlin.bench.seconds", 15);
    private static final int ASKED_PER_SECOND = 100;

    /** A client that reads as fast as it can. */
    private static final class Client {
        private final SocketChannel channel;
        private final boolean reads;
        private long events;
        private long gaps;

        Client(SocketChannel channel, boolean reads) {
            this.channel = channel;
            this.reads = reads;
        }
    }

    private final List<Long> delays = new ArrayList<>();
    private volatile boolean over;

    @Test
    void eventClients(@TempDir Path folder) throws Exception {
        Configuration said = Configuration.read(
                ConfigurationOptions.settings(new Machines()),
                List.of(new Configuration.Option("--set", "admin.listen", "127.0.0.1:0")),
                Map.of(),
                Optional.empty());
        try (Node node = Node.start(
                        PrivateKey.generate(KeyType.ED25519, new SecureRandom()),
                        NodeOptions.DEFAULT.withLog(DataDirectory.log(folder)).withAll(said.recorded()));
                AdminApi api = AdminApi.start(node, folder, said).orElseThrow()) {
            URI url = URI.create(AdminFiles.address(folder).orElseThrow());
            String token = AdminFiles.knownToken(folder).orElseThrow();
            FIGURES.info("status, the node at rest: {}", asked(url, token, 5));
            for (int round = 0; round < 2; round++) {
                played(node, url, token, false);
                played(node, url, token, true);
            }
        }
    }

    private void played(Node node, URI url, String token, boolean oneStops) throws Exception {
        over = false;
        delays.clear();
        List<Client> clients = new ArrayList<>();
        Selector selector = Selector.open();
        for (int i = 0; i < CLIENTS; i++) {
            SocketChannel channel = SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()));
            channel.write(ByteBuffer.wrap(("GET /v1/events HTTP/1.1\r\nHost: " + url.getAuthority()
                            + "\r\nAuthorization: Bearer " + token + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII)));
            channel.configureBlocking(false);
            Client client = new Client(channel, !oneStops || i > 0);
            clients.add(client);
            if (client.reads) {
                channel.register(selector, SelectionKey.OP_READ, client);
            }
        }
        Thread reader = Thread.ofPlatform().start(() -> read(selector, clients.getLast()));
        TimeUnit.SECONDS.sleep(1);
        long before = node.runtime().state().input();
        Thread writer = Thread.ofPlatform().start(() -> offer(node));
        String status = asked(url, token, SECONDS);
        over = true;
        writer.join();
        long inputs = node.runtime().state().input() - before;
        TimeUnit.SECONDS.sleep(1);
        selector.close();
        reader.join();
        long least = Long.MAX_VALUE;
        long gaps = 0;
        for (Client client : clients) {
            if (client.reads) {
                least = Math.min(least, client.events);
                gaps += client.gaps;
            }
        }
        long missed = oneStops ? tail(clients.getFirst()) : 0;
        for (Client client : clients) {
            client.channel.close();
        }
        awaitNoClients(url, token);
        FIGURES.info(
                "{} clients, {}: {} inputs a second; the slowest reader got {} of {} events, gaps of readers {}; delay from input"
                        + " to client {}; {}status {}",
                CLIENTS,
                oneStops ? "one of them does not read" : "all read",
                inputs / SECONDS,
                least,
                inputs,
                gaps,
                spread(delays),
                oneStops ? "gap markers of the one that did not read " + missed + "; " : "",
                status);
    }

    // There may be no more at once than these: the next ones come when all of these are seen to have gone.
    private static void awaitNoClients(URI url, String token) throws Exception {
        HttpRequest metrics = HttpRequest.newBuilder(url.resolve("/metrics"))
                .header("Authorization", "Bearer " + token)
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            NodeProcess.eventually("no client of the event stream", () -> {
                try {
                    String text = client.send(metrics, HttpResponse.BodyHandlers.ofString())
                            .body();
                    return Optional.of(text).filter(all -> all.contains("\ndunlin_event_clients 0"));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    private void offer(Node node) {
        long began = System.nanoTime();
        for (long i = 0; !over; i++) {
            long due = began + i * 1_000_000_000L / PER_SECOND;
            if (due > System.nanoTime()) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            node.runtime().offer(new ConnectionAction.AddressesLearned(RecordedNode.ANN, List.of()));
        }
    }

    // One thread reads for all; the delays are measured at one of them.
    private void read(Selector selector, Client measured) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
        byte[] bytes = new byte[1 << 20];
        try {
            while (selector.isOpen()) {
                selector.select(50);
                if (!selector.isOpen()) {
                    return;
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    Client client = (Client) key.attachment();
                    buffer.clear();
                    int read = client.channel.read(buffer);
                    if (read < 0) {
                        key.cancel();
                        continue;
                    }
                    buffer.flip();
                    buffer.get(bytes, 0, read);
                    count(client, bytes, read, client == measured);
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException | ClosedSelectorException ended) {
            // The round is over.
        }
    }

    private void count(Client client, byte[] bytes, int length, boolean measures) {
        for (int i = 1; i < length; i++) {
            if (bytes[i] == '\n' && bytes[i - 1] == '\n') {
                client.events++;
            } else if (bytes[i] == ':' && bytes[i - 1] == 't' && i + 4 < length && bytes[i + 2] == 'g') {
                client.gaps++;
            }
        }
        if (measures) {
            String text = new String(bytes, 0, length, StandardCharsets.US_ASCII);
            int at = text.indexOf("\"at\":");
            int end = at < 0 ? -1 : text.indexOf(',', at);
            if (end > 0) {
                long now = System.currentTimeMillis() * 1000;
                delays.add(Math.max(0, now - Long.parseLong(text, at + 5, end, 10)) * 1000);
            }
        }
    }

    // What the one that did not read finds when it does.
    private static long tail(Client client) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
        long gaps = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(3);
        while (System.nanoTime() < end) {
            buffer.clear();
            int read = client.channel.read(buffer);
            String text = new String(buffer.array(), 0, Math.max(0, read), StandardCharsets.US_ASCII);
            gaps += text.split("event: gap", -1).length - 1;
            if (read <= 0) {
                LockSupport.parkNanos(1_000_000);
            }
        }
        return gaps;
    }

    private static String asked(URI url, String token, int seconds) throws Exception {
        List<Long> took = new ArrayList<>();
        byte[] request = ("GET /v1/status HTTP/1.1\r\nHost: " + url.getAuthority() + "\r\nAuthorization: Bearer "
                        + token + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        try (SocketChannel channel = SocketChannel.open(new InetSocketAddress(url.getHost(), url.getPort()))) {
            ByteBuffer answer = ByteBuffer.allocate(1 << 16);
            long began = System.nanoTime();
            for (int i = 0; i < seconds * ASKED_PER_SECOND; i++) {
                long due = began + i * 1_000_000_000L / ASKED_PER_SECOND;
                LockSupport.parkNanos(Math.max(0, due - System.nanoTime()));
                channel.write(ByteBuffer.wrap(request));
                answer.clear();
                do {
                    channel.read(answer);
                } while (answer.get(answer.position() - 1) != '}');
                // From when it was due: who waits for the one before it waits, too.
                took.add(System.nanoTime() - due);
            }
        }
        return spread(took.subList(ASKED_PER_SECOND, took.size()));
    }

    private static String spread(List<Long> nanos) {
        long[] sorted = nanos.stream().mapToLong(Long::longValue).toArray();
        Arrays.sort(sorted);
        return sorted.length == 0
                ? "none"
                : String.format(
                        Locale.ROOT,
                        "p50 %.2f, p99 %.2f, max %.2f ms (%d)",
                        sorted[sorted.length / 2] / 1e6,
                        sorted[(int) (sorted.length * 0.99)] / 1e6,
                        sorted[sorted.length - 1] / 1e6,
                        sorted.length);
    }
}
