package dev.dunlin.node;

import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Nodes that keep another one busy: connect, ping, open streams, disconnect, and again. */
final class Traffic implements AutoCloseable {

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicInteger rounds = new AtomicInteger();
    private volatile boolean over;

    private Traffic() {}

    static Traffic of(int clients, Multiaddr target) {
        Traffic traffic = new Traffic();
        for (int i = 0; i < clients; i++) {
            traffic.threads.add(Thread.ofVirtual().start(() -> traffic.run(target)));
        }
        return traffic;
    }

    private void run(Multiaddr target) {
        NodeOptions options =
                NodeOptions.DEFAULT.with("connection.maxAttempts", "1").with("ping.interval", "0");
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        try (Node node = Node.start(key, options)) {
            while (!over) {
                try {
                    round(node, target);
                } catch (CommandFailure gone) {
                    // The target was killed in the middle of something: what this is for.
                }
            }
        }
    }

    private void round(Node node, Multiaddr target) {
        Duration soon = Duration.ofSeconds(5);
        PeerId peer = node.connect(target, soon);
        node.ping(peer, 3, Duration.ZERO, soon);
        node.open(peer, List.of(PingProtocol.ID), soon);
        node.disconnect(peer);
        node.await(state -> state.root().connection().connections().isEmpty(), soon);
        rounds.incrementAndGet();
    }

    /** How often everything was done so far, by all. */
    int rounds() {
        return rounds.get();
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
