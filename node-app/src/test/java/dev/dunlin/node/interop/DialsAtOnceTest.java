package dev.dunlin.node.interop;

import static dev.dunlin.connection.protocols.DunlinProtocols.ECHO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.protocols.Payload;
import dev.dunlin.connection.protocols.Transfer;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.multiformats.PeerId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/**
 * Two nodes that dial each other at the same moment, again and again: whatever they come to, no dial fails, and nothing fails that is
 * begun as soon as one's own dial is answered. A thousand times with {@code -Ddunlin.dials=1000}.
 */
@ExtendWith(Matrix.class)
class DialsAtOnceTest {

    private static final int DIALS = Integer.getInteger("dunlin.dials", 25);
    private static final int BYTES = 1000;
    // A counterpart remembers its events.
    private static final int ROUNDS_OF_ONE = 250;

    private static final Executor SOON = task -> Thread.ofVirtual().start(task);

    private int both;

    /** Starts both as closely together as threads allow. */
    private static <A, B> CompletableFuture<Void> atOnce(Supplier<A> one, Supplier<B> other) {
        CyclicBarrier barrier = new CyclicBarrier(2);
        return CompletableFuture.allOf(
                CompletableFuture.supplyAsync(behind(barrier, one), SOON),
                CompletableFuture.supplyAsync(behind(barrier, other), SOON));
    }

    private static <T> Supplier<T> behind(CyclicBarrier barrier, Supplier<T> what) {
        return () -> {
            try {
                barrier.await();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return what.get();
        };
    }

    private static boolean dialsAndEchoes(DunlinPeer dunlin, DunlinPeer other) {
        dunlin.connect(other.address());
        return echoes(dunlin, other.id());
    }

    private static boolean echoes(DunlinPeer dunlin, PeerId other) {
        Transfer.Done done = dunlin.transfer(other, ECHO, Transfer.sending(Payload.pattern(BYTES)));
        assertThat(done.reason()).isEqualTo(EndReason.CLOSED);
        assertThat(done.received()).isEqualTo(BYTES);
        return true;
    }

    private static boolean echoes(Counterpart other, PeerId dunlin) {
        JsonNode echoed = other.ask("echo", Map.of("peer", dunlin.toString(), "streams", 1, "bytes", BYTES));
        assertThat(echoed.path("ok").asInt()).as(echoed.toString()).isOne();
        return true;
    }

    private static boolean dialsAndEchoes(Counterpart other, DunlinPeer dunlin) {
        other.dial(dunlin.address());
        return echoes(other, dunlin.id());
    }

    private static boolean dialsAndEchoes(DunlinPeer dunlin, Counterpart other) {
        dunlin.connect(other.address());
        return echoes(dunlin, other.id());
    }

    private void count(DunlinPeer dunlin) {
        if (dunlin.node().runtime().state().root().connection().connections().size() > 1) {
            both++;
        }
    }

    private void report(String peer) {
        System.out.printf("%s: %d dials at once, %d brought up two connections, nothing failed%n", peer, DIALS, both);
    }

    @Test
    void withDunlin() {
        try (DunlinPeer one = DunlinPeer.start(KeyType.ED25519, true);
                DunlinPeer other = DunlinPeer.start(KeyType.ED25519, true)) {
            for (int round = 0; round < DIALS; round++) {
                DunlinPeer.await(atOnce(() -> dialsAndEchoes(one, other), () -> dialsAndEchoes(other, one)));
                count(one);
                one.node().disconnect(other.id());
                other.node().disconnect(one.id());
                one.assertClean();
                other.assertClean();
            }
            report("dunlin");
        }
    }

    @ParameterizedTest
    @EnumSource
    @Cell("both dial at the same moment, again and again")
    void with(Implementation implementation) {
        Assumptions.assumeTrue(
                implementation.missing().isEmpty(),
                () -> implementation + "-libp2p is skipped: "
                        + implementation.missing().orElse(""));
        for (int done = 0; done < DIALS; done += ROUNDS_OF_ONE) {
            some(implementation, Math.min(ROUNDS_OF_ONE, DIALS - done));
        }
        report(implementation + "-libp2p");
    }

    // Until it has happened: a wish that is still in the queue would cut what comes up next.
    private static void disconnects(DunlinPeer dunlin, PeerId other) {
        dunlin.node().disconnect(other);
        dunlin.node()
                .runtime()
                .ask("behind", ticket -> new ConnectionAction.Await(other, ticket), DunlinPeer.DEADLINE)
                .handle((connected, refused) -> true)
                .join();
    }

    // The other's dial may be answered by the connection that came in, and bring up its own later.
    private static void parted(DunlinPeer dunlin, Counterpart other) {
        long end = System.nanoTime() + DunlinPeer.DEADLINE.toNanos();
        boolean apart = false;
        while (!apart) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("the two do not part: " + other.events());
            }
            disconnects(dunlin, other.id());
            apart = dunlin.node()
                            .runtime()
                            .state()
                            .root()
                            .connection()
                            .connections()
                            .isEmpty()
                    && other.ask("connections", Map.of("peer", dunlin.id().toString()))
                                    .path("count")
                                    .asInt()
                            == 0;
        }
        dunlin.assertClean();
    }

    private void some(Implementation implementation, int rounds) {
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart other = Counterpart.start(implementation, Counterpart.Key.ED25519, true)) {
            for (int round = 0; round < rounds; round++) {
                DunlinPeer.await(atOnce(() -> dialsAndEchoes(dunlin, other), () -> dialsAndEchoes(other, dunlin)));
                count(dunlin);
                parted(dunlin, other);
            }
        }
    }
}
