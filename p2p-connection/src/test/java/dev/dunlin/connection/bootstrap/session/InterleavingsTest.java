package dev.dunlin.connection.bootstrap.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Peers, hooks, the ledger, deadlines and power failures in any order: no token is lost or used twice, no database is left over, and each answer
 * is its own peer's. {@code -Ddunlin.interleavings=100000} plays more of them; what has failed is played again by its seed.
 */
class InterleavingsTest {

    private static final Logger LOG = LoggerFactory.getLogger(InterleavingsTest.class);
    private static final int COUNT = Integer.getInteger("dunlin.interleavings", 2_000);
    private static final long FIRST = Long.getLong("dunlin.seed", 1);
    private static final int STEPS = 60;
    private static final String KEY = "key-of-16-characters-";

    @Test
    void noTokenIsLostOrUsedTwice() {
        for (int i = 0; i < COUNT; i++) {
            if (i > 0 && i % 10_000 == 0) {
                LOG.info("{} of {} interleavings", i, COUNT);
            }
            play(FIRST + i);
        }
    }

    private static void play(long seed) {
        try {
            run(new Random(seed));
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("-Ddunlin.seed=" + seed + " -Ddunlin.interleavings=1", e);
        }
    }

    private static void run(Random random) {
        Listener listener = new Listener(Table.<String, String>empty()
                .with("session.maxProvisioning", Integer.toString(1 + random.nextInt(3)))
                .with("session.tokenEvery", "0")
                .with("session.networkEvery", "0")
                .with("session.penaltyMost", "0")
                .with("session.lease", Long.toString(20_000_000L)));
        List<Bytes> tokens = List.of(
                listener.token("one-time stock", Role.STOCK, Optional.of(1)),
                listener.token("one-time foil", Role.FOIL, Optional.of(1)),
                listener.token("stock for two", Role.STOCK, Optional.of(2)),
                listener.token("foil for all", Role.FOIL, Optional.empty()));
        listener.settle();
        for (int i = 0; i < STEPS; i++) {
            step(listener, random, tokens);
            listener.check();
        }
        // Whatever has happened: after a start, or after a while, all is in order.
        listener.failing(false);
        if (random.nextBoolean()) {
            listener.boot();
            listener.settle();
        } else {
            rest(listener, random);
        }
        listener.checkAtRest();
    }

    /** Nobody comes, and hooks that have not answered do so at some time, or never. */
    private static void rest(Listener listener, Random random) {
        for (int i = 0; i < 12; i++) {
            listener.passes(61_000_000L);
            while (listener.ledger(true)) {
                listener.check();
            }
            if (random.nextInt(3) == 0) {
                listener.late(random.nextInt(8));
            }
        }
        listener.settle();
        assertThat(listener.own().running().isEmpty()).isTrue();
    }

    private static void step(Listener listener, Random random, List<Bytes> tokens) {
        PeerId peer = TypeArbitraries.peer(1 + random.nextInt(3));
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3 -> {
                Bytes token = tokens.get(random.nextInt(tokens.size()));
                listener.comes(
                        peer, Listener.contact(peer, token, random.nextBoolean() ? "" : KEY + random.nextInt(2)));
            }
            case 4, 5, 6, 7 -> listener.ledger(random.nextInt(6) > 0);
            case 8, 9, 10 -> listener.hook(random.nextInt(8), deed(random));
            case 11, 12 -> listener.stream(random.nextInt(8), random.nextInt(4) > 0);
            case 13, 14 -> third(listener, random, peer);
            case 15 -> listener.late(random.nextInt(8));
            case 16 -> listener.toNextDeadline();
            case 17 -> {
                if (listener.own().running().first().isPresent()) {
                    listener.cancel(listener.own().running().first().get().getKey());
                }
            }
            case 18 -> listener.failing(random.nextInt(4) == 0);
            default -> {
                if (random.nextInt(4) == 0) {
                    listener.boot();
                }
            }
        }
    }

    private static Listener.Deed deed(Random random) {
        int draw = random.nextInt(12);
        return draw < 7 ? Listener.Deed.WELL : Listener.Deed.values()[draw - 7];
    }

    /** What the peer that is awaited says, or another one. */
    private static void third(Listener listener, Random random, PeerId other) {
        Tally tally = new Tally(
                "foil-" + random.nextInt(1000), random.nextInt(8) > 0 ? Role.FOIL : Role.STOCK, "postgres://db", "");
        Optional<Session> awaited = listener.own()
                .awaited()
                .first()
                .map(entry -> listener.own().running().at(entry.getValue()));
        boolean isRight = random.nextInt(5) > 0;
        listener.comes(
                isRight && awaited.isPresent() ? awaited.get().peer() : other,
                new BootstrapQuestion.DatabaseResult(
                        tally, random.nextBoolean() ? awaited.flatMap(Session::reference) : Optional.empty()));
    }
}
