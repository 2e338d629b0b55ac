package dev.dunlin.node.bench;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.node.Node;
import dev.dunlin.node.NodeOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A program: a Dunlin node that serves {@code /perf/1.0.0}, controlled by lines as the peers of other implementations are
 * ({@code src/interop/js/README.md}). Its requests are {@code perf}, {@code dial}, {@code connectTimes}, {@code hangup} and
 * {@code stop}, and {@code perf} gives no figures: whoever asks looks at the clock.
 */
final class PerfPeer {

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final JsonMapper JSON = JsonMapper.shared();

    private final Node node;
    private final PrintStream out;

    private PerfPeer(Node node, PrintStream out) {
        this.node = node;
        this.out = out;
    }

    /** Runs until standard input ends or it is asked to stop. */
    public static void main(String[] args) throws IOException {
        // Standard output is for answers; what is logged goes elsewhere.
        PrintStream answers = System.out;
        System.setOut(System.err);
        NodeOptions options = NodeOptions.DEFAULT
                .serving(Map.of(Perf.PROTOCOL, stream -> Perf.server()))
                .with("ping.interval", "0");
        try (Node node = Node.start(PrivateKey.generate(KeyType.ED25519, new SecureRandom()), options);
                BufferedReader requests =
                        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            PerfPeer peer = new PerfPeer(node, answers);
            List<String> addresses = node.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).stream()
                    .map(Multiaddr::toString)
                    .toList();
            peer.say(Map.of("event", "listening", "peerId", node.self().toString(), "addrs", addresses));
            for (String line = requests.readLine(); line != null; line = requests.readLine()) {
                JsonNode request = JSON.readTree(line);
                if (request.path("op").asString().equals("stop")) {
                    peer.say(Map.of("id", request.path("id").asLong(), "ok", true, "result", Map.of()));
                    break;
                }
                Thread.ofVirtual().start(() -> peer.answer(request));
            }
        }
    }

    private synchronized void say(Map<String, Object> message) {
        out.println(JSON.writeValueAsString(message));
        out.flush();
    }

    private void answer(JsonNode request) {
        Map<String, Object> answer = new TreeMap<>();
        answer.put("id", request.path("id").asLong());
        try {
            answer.put("result", result(request.path("op").asString(), request));
            answer.put("ok", true);
        } catch (RuntimeException e) {
            answer.put("ok", false);
            answer.put("error", Map.of("name", "Error", "message", String.valueOf(e.getMessage())));
        }
        say(answer);
    }

    private Map<String, Object> result(String op, JsonNode request) {
        return switch (op) {
            case "dial" -> {
                node.connect(Multiaddr.parse(request.path("addr").asString()), PATIENCE);
                yield Map.of();
            }
            case "perf" -> {
                PeerId peer = PeerId.parse(request.path("peer").asString());
                long upload = request.path("upload").asLong(0);
                long download = request.path("download").asLong(0);
                Perf.client(node.open(peer, List.of(Perf.PROTOCOL), PATIENCE), upload, download)
                        .done()
                        .join();
                yield Map.of("upload", upload, "download", download);
            }
            case "connectTimes" ->
                connectTimes(
                        Multiaddr.parse(request.path("addr").asString()),
                        request.path("count").asInt());
            case "hangup" -> {
                hangup(PeerId.parse(request.path("peer").asString()));
                yield Map.of();
            }
            default -> throw new IllegalArgumentException("no such request: " + op);
        };
    }

    private Map<String, Object> connectTimes(Multiaddr address, int count) {
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long begun = System.nanoTime();
            PeerId peer = node.connect(address, PATIENCE);
            millis.add((System.nanoTime() - begun) / 1e6);
            hangup(peer);
        }
        List<Double> sorted = millis.stream().sorted().toList();
        return Map.of(
                "count",
                count,
                "medianMs",
                sorted.get(count / 2),
                "minMs",
                sorted.getFirst(),
                "maxMs",
                sorted.getLast());
    }

    private void hangup(PeerId peer) {
        node.disconnect(peer);
        if (!node.await(
                state -> state.node().handles().size() == 1
                        && !state.root().connection().isConnected(peer),
                PATIENCE)) {
            throw new IllegalStateException("the connection to " + peer + " does not close");
        }
    }
}
