package dev.dunlin.node.bench;

import static dev.dunlin.node.bench.Figures.LOG;
import static dev.dunlin.node.bench.Figures.byRound;
import static dev.dunlin.node.bench.Figures.ratios;
import static dev.dunlin.node.bench.Figures.spread;

import dev.dunlin.node.interop.Counterpart;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Throughput of Noise and yamux over loopback with one stream and with many, and dial times, of Dunlin, js, go and rust, each to
 * its own kind and each peer a process of its own, in turn within one run; beside them the JDK's cipher alone. Prints medians with
 * their least and greatest, and the ratios round by round.
 *
 * <p>System properties: {@code dunlin.bench.mib} (256) a transfer, {@code dunlin.bench.rounds} (5), {@code dunlin.bench.warm} (3)
 * rounds that do not count, {@code dunlin.bench.jvm} more flags for Dunlin's processes.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true", disabledReason = "a benchmark: -Ddunlin.bench=true")
class TransportBench {

    private static final int MIB = Integer.getInteger("dunlin.bench.mib", 256);
    private static final int ROUNDS = Integer.getInteger("dunlin.bench.rounds", 5);
    private static final int WARM_UP = Integer.getInteger("dunlin.bench.warm", 3);
    private static final int DIALS = 30;
    private static final int WARMING_DIALS = 200;
    private static final int MANY = 16;
    private static final long BYTES = (long) MIB << 20;

    /** What is measured of each kind, and in which unit. */
    private enum What {
        UP("upload, 1 stream, MiB/s"),
        DOWN("download, 1 stream, MiB/s"),
        UP_MANY("upload, " + MANY + " streams, MiB/s"),
        DOWN_MANY("download, " + MANY + " streams, MiB/s"),
        DIAL("dial, ms, the median of " + DIALS);

        private final String words;

        What(String words) {
            this.words = words;
        }
    }

    private final Map<Pair.Kind, Map<What, List<Double>>> figures = new EnumMap<>(Pair.Kind.class);
    private final List<Double> sealing = new ArrayList<>();
    private final List<Double> opening = new ArrayList<>();
    private final List<Double> overSocket = new ArrayList<>();

    @Test
    void besideTheOthers() throws IOException, GeneralSecurityException {
        Map<Pair.Kind, Pair> pairs = new EnumMap<>(Pair.Kind.class);
        try {
            for (Pair.Kind kind : Pair.Kind.values()) {
                Optional<String> missing = kind.missing();
                if (missing.isPresent()) {
                    LOG.info("{}: skipped, {}", kind, missing.get());
                } else {
                    pairs.put(kind, Pair.start(kind));
                }
            }
            for (int i = 0; i < WARM_UP + ROUNDS; i++) {
                boolean counts = i >= WARM_UP;
                for (Pair.Kind kind : List.copyOf(pairs.keySet())) {
                    turn(kind, pairs, i);
                }
                cipher(counts);
            }
        } finally {
            pairs.values().forEach(Pair::close);
        }
        print();
    }

    /** One pair's turn. Another implementation that fails is left out from then on, and the rest goes on. */
    private void turn(Pair.Kind kind, Map<Pair.Kind, Pair> pairs, int number) {
        boolean counts = number >= WARM_UP;
        Pair pair = Objects.requireNonNull(pairs.get(kind));
        try {
            Map<What, Double> now = round(pair, counts ? DIALS : WARMING_DIALS);
            LOG.info("round {}{}, {}: {}", number + 1, counts ? "" : " to warm up", kind, rounded(now));
            if (counts) {
                now.forEach((what, value) -> keep(kind, what, value));
            }
        } catch (Counterpart.Failed failed) {
            if (kind == Pair.Kind.DUNLIN) {
                throw failed;
            }
            LOG.info("{}: left out from round {} on, {}", kind, number + 1, failed.getMessage());
            pair.close();
            pairs.remove(kind);
        }
    }

    private void keep(Pair.Kind kind, What what, double value) {
        figures.computeIfAbsent(kind, first -> new EnumMap<>(What.class))
                .computeIfAbsent(what, first -> new ArrayList<>())
                .add(value);
    }

    private List<Double> of(Pair.Kind kind, What what) {
        return figures.getOrDefault(kind, Map.of()).getOrDefault(what, List.of());
    }

    private static Map<What, Double> round(Pair pair, int dials) {
        Map<What, Double> now = new EnumMap<>(What.class);
        now.put(What.DIAL, pair.dialMillis(dials));
        pair.dial(pair.address());
        // A connection's first round-trip times decide how far its windows grow.
        pair.transfer(true, 1, BYTES / 16);
        pair.transfer(false, 1, BYTES / 16);
        now.put(What.UP, pair.transfer(true, 1, BYTES));
        now.put(What.DOWN, pair.transfer(false, 1, BYTES));
        now.put(What.UP_MANY, pair.transfer(true, MANY, BYTES));
        now.put(What.DOWN_MANY, pair.transfer(false, MANY, BYTES));
        pair.hangup();
        return now;
    }

    private static String rounded(Map<What, Double> now) {
        return now.entrySet().stream()
                .map(each -> String.format(Locale.ROOT, "%s %.2f", each.getKey(), each.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void cipher(boolean counts) throws IOException, GeneralSecurityException {
        double seals = Aead.sealing(BYTES);
        double opens = Aead.opening(BYTES);
        double both = Aead.overSocket(BYTES);
        if (counts) {
            sealing.add(seals);
            opening.add(opens);
            overSocket.add(both);
        }
    }

    private void print() {
        LOG.info("{} MiB a transfer, {} rounds after {} to warm up; median (least to greatest)", MIB, ROUNDS, WARM_UP);
        for (What what : What.values()) {
            for (Pair.Kind kind : figures.keySet()) {
                LOG.info("{} to {}: {}: {}", kind, kind, what.words, spread(of(kind, what)));
            }
        }
        LOG.info(
                "ChaCha20-Poly1305 alone, MiB/s: sealing {}, opening {}, sealed, sent and opened {}",
                spread(sealing),
                spread(opening),
                spread(overSocket));
        List<Double> alone = byRound(sealing, opening, Math::min);
        for (What what : List.of(What.UP, What.DOWN, What.UP_MANY, What.DOWN_MANY)) {
            List<Double> dunlin = of(Pair.Kind.DUNLIN, what);
            boolean up = what == What.UP || what == What.UP_MANY;
            LOG.info(
                    "dunlin / best of go and rust, {}: {}; the goal is {}",
                    what.words,
                    spread(ratios(dunlin, best(what))),
                    up ? 2 : 3);
            LOG.info(
                    "dunlin / cipher alone, {}: {} of it over a socket, {} of the slower half without; the goal is 0.60",
                    what.words,
                    spread(ratios(dunlin, overSocket)),
                    spread(ratios(dunlin, alone)));
        }
        for (Pair.Kind kind : figures.keySet()) {
            if (kind != Pair.Kind.DUNLIN) {
                LOG.info(
                        "dunlin / {}, dial time: {}{}",
                        kind,
                        spread(ratios(of(Pair.Kind.DUNLIN, What.DIAL), of(kind, What.DIAL))),
                        kind == Pair.Kind.RUST ? "; the goal is at most 1" : "");
            }
        }
    }

    /** The better of go and rust in each round, or the only one; none if both are missing. */
    private List<Double> best(What what) {
        List<Double> go = of(Pair.Kind.GO, what);
        List<Double> rust = of(Pair.Kind.RUST, what);
        return go.isEmpty() ? rust : rust.isEmpty() ? go : byRound(go, rust, Math::max);
    }
}
