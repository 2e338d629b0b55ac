package dev.dunlin.node.bench;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Turn;
import dev.dunlin.node.interop.Counterpart;
import dev.dunlin.node.interop.Implementation;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions and answers per second over loopback, and how many inputs of the store one takes: {@link Asker#PARALLEL} of 32 bytes under
 * way at a time, by a machine, each on a stream that is used again. Dunlin to Dunlin, in one process, and to go-libp2p.
 */
@EnabledIfSystemProperty(named = "dunlin.bench", matches = "true", disabledReason = "a benchmark: -Ddunlin.bench=true")
class ExchangeBench {

    private static final Logger FIGURES = LoggerFactory.getLogger("figures");
    private static final long COUNT = Long.getLong("dunlin.bench.exchanges", 100_000);
    private static final int ROUNDS = Integer.getInteger("dunlin.bench.rounds", 5);
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private record Figure(double perSecond, double inputs) {}

    @Test
    void exchanges() {
        List<Counterpart> others = new ArrayList<>();
        try (NettyNode<Asker> asker = node();
                NettyNode<Asker> answerer = node()) {
            ConnectionOutcome.ListenDone listening = (ConnectionOutcome.ListenDone) answerer.runtime()
                    .ask(
                            "listen",
                            ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                            PATIENCE)
                    .join();
            Multiaddr there = listening.bound().getFirst();
            List<List<Figure>> figures = new ArrayList<>(List.of(new ArrayList<>()));
            List<String> names = new ArrayList<>(List.of("dunlin to dunlin"));
            for (Implementation implementation : List.of(Implementation.GO)) {
                if (implementation.missing().isPresent()) {
                    FIGURES.info(
                            "{}: skipped, {}",
                            implementation,
                            implementation.missing().get());
                    continue;
                }
                others.add(Counterpart.start(implementation, Counterpart.Key.ED25519, true));
                figures.add(new ArrayList<>());
                names.add("dunlin to " + implementation);
            }
            long answererBefore = 0;
            for (int round = -1; round < ROUNDS; round++) {
                // The first round warms up.
                boolean counts = round >= 0;
                answererBefore = answerer.runtime().stats().inputs();
                Figure own = asked(asker, answerer.self(), there);
                double answering = (answerer.runtime().stats().inputs() - answererBefore) / (double) COUNT;
                if (counts) {
                    figures.getFirst().add(own);
                    FIGURES.info(String.format(Locale.ROOT, "inputs of the answerer: %.2f an exchange", answering));
                }
                for (int i = 0; i < others.size(); i++) {
                    Counterpart other = others.get(i);
                    Figure figure = asked(
                            asker, other.id(), other.address().withoutPeer().orElseThrow());
                    if (counts) {
                        figures.get(i + 1).add(figure);
                    }
                }
            }
            for (int i = 0; i < names.size(); i++) {
                List<Double> rates =
                        figures.get(i).stream().map(Figure::perSecond).sorted().toList();
                FIGURES.info(String.format(
                        Locale.ROOT,
                        "%s: %,.0f exchanges/s (%,.0f to %,.0f), %.2f inputs of the asker an exchange",
                        names.get(i),
                        rates.get(rates.size() / 2),
                        rates.getFirst(),
                        rates.getLast(),
                        figures.get(i).getLast().inputs()));
            }
        } finally {
            others.forEach(Counterpart::close);
        }
    }

    private static NettyNode<Asker> node() {
        return NettyNode.of(Asker.store(), PrivateKey.generate(KeyType.ED25519, new SecureRandom()))
                // As many as it can.
                .config(Table.of("exchange.answerRate", "1000000"))
                .exchanges(List.of(Asker.PROTOCOL))
                .start();
    }

    private static Figure asked(NettyNode<Asker> asker, PeerId peer, Multiaddr address) {
        CompletableFuture<Asker.Sums> all = new CompletableFuture<>();
        long before = asker.runtime().state().root().sums().number();
        Consumer<Turn> watcher = turn -> {
            Asker.Sums sums = asker.runtime().state().root().sums();
            if (sums.number() == before + COUNT && sums.answered() + sums.failed() == COUNT) {
                all.complete(sums);
            }
        };
        long inputs = asker.runtime().stats().inputs();
        long began = System.nanoTime();
        asker.runtime().offer(new Asker.Begin(peer, address, COUNT));
        asker.runtime().watch(watcher);
        Asker.Sums sums = all.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        double seconds = (System.nanoTime() - began) / 1e9;
        asker.runtime().unwatch(watcher);
        if (sums.failed() > 0) {
            FIGURES.info("{} of {} questions had no answer, the last one: {}", sums.failed(), COUNT, sums.failure());
        }
        return new Figure(sums.answered() / seconds, (asker.runtime().stats().inputs() - inputs) / (double) COUNT);
    }
}
