package dev.dunlin.node.bench;

import dev.dunlin.connection.netty.RawPeer;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Hostile peers, with attacks of {@link Attack} by turns: who is thrown out comes back when it is its turn. On virtual threads. */
final class Hostiles implements AutoCloseable {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int FIRST_NETWORK = 150;

    /** So small that what is not read stays with the node. */
    private static final int RECEIVE_BUFFER = 8 << 10;

    private final int port;
    private final Pace dials;
    private final Map<Attack, Counts> counts = new EnumMap<>(Attack.class);
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean over;

    private static final class Counts {
        final LongAdder begun = new LongAdder();
        final LongAdder refused = new LongAdder();
        final LongAdder thrownOut = new LongAdder();
    }

    private Hostiles(int port, int size, List<Attack> attacks, int dialsPerSecond) {
        this.port = port;
        this.dials = new Pace(dialsPerSecond);
        for (int i = 0; i < size; i++) {
            Attack attack = attacks.get(i % attacks.size());
            String from = Crowd.address(FIRST_NETWORK, i);
            Counts counted = counts.computeIfAbsent(attack, any -> new Counts());
            threads.add(Thread.ofVirtual().start(() -> live(attack, counted, from)));
        }
    }

    /**
     * Begins.
     *
     * @param attacks what they do, by turns
     * @param dialsPerSecond how many of them dial each second, all together
     */
    static Hostiles start(int port, int size, List<Attack> attacks, int dialsPerSecond) {
        return new Hostiles(port, size, attacks, dialsPerSecond);
    }

    private void live(Attack attack, Counts counted, String from) {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, RANDOM);
        while (!over) {
            boolean begun = false;
            try {
                dials.turn();
                int receiveBuffer = attack == Attack.NO_READS ? RECEIVE_BUFFER : 0;
                try (RawPeer peer = RawPeer.connect(port, receiveBuffer, from, key)) {
                    if (attack.isUpgraded()) {
                        peer.negotiated().secured(true);
                    }
                    counted.begun.increment();
                    begun = true;
                    attack.on(peer);
                    counted.thrownOut.increment();
                }
            } catch (IOException e) {
                if (!over) {
                    (begun ? counted.thrownOut : counted.refused).increment();
                }
            }
        }
    }

    /** How often each attack began, was refused before that, and was thrown out. */
    String counts() {
        StringBuilder text = new StringBuilder();
        counts.forEach((attack, counted) -> text.append(text.isEmpty() ? "" : ", ")
                .append(attack)
                .append(' ')
                .append(counted.begun)
                .append('/')
                .append(counted.refused)
                .append('/')
                .append(counted.thrownOut));
        return text.toString();
    }

    @Override
    public void close() throws InterruptedException {
        over = true;
        // An interrupt closes the socket on which a virtual thread waits.
        for (Thread thread : threads) {
            thread.interrupt();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }
}
