package dev.dunlin.connection.tutorial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.SimDisk;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.sim.Outcome;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.RunOptions;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EchoTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    private static NettyNode<Echo> node() {
        return NettyNode.of(Echo.store(), PrivateKey.generate(KeyType.ED25519, new SecureRandom()))
                .exchanges(List.of(Echo.PROTOCOL))
                .start();
    }

    @Test
    void twoNodesOnSockets() {
        try (NettyNode<Echo> one = node();
                NettyNode<Echo> two = node()) {
            ConnectionOutcome.ListenDone listening = (ConnectionOutcome.ListenDone) two.runtime()
                    .ask(
                            "listen",
                            ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                            SOON)
                    .join();
            Echo.Text hello = new Echo.Text(Bytes.of((byte) 1, (byte) 2, (byte) 3));
            ExchangeOutcome.Answered answered = (ExchangeOutcome.Answered) one.runtime()
                    .ask(
                            "hello",
                            ticket -> new ExchangeAction.Ask(
                                    ticket,
                                    two.self(),
                                    listening.bound(),
                                    true,
                                    Echo.PROTOCOL.name(),
                                    hello,
                                    SOON.toMillis() * 1000),
                            SOON)
                    .join();
            assertThat(answered.message()).isEqualTo(hello);
            assertThat(two.runtime().state().root().count().answered()).isEqualTo(1);
        }
    }

    @Test
    void twoHundredSeedsFindNothingWrong() {
        EchoScenario scenario = new EchoScenario();
        Simulation<Echo> simulation = Simulation.of(scenario);
        long crashes = 0;
        for (long seed = 0; seed < 200; seed++) {
            Plan plan = scenario.plan(seed, new Scenario.Size(4, 60_000_000));
            Outcome outcome = simulation.runTwice(plan, RunOptions.DEFAULT);
            assertThat(outcome.violation()).as("seed " + seed).isEmpty();
            crashes += outcome.crashes();
        }
        assertThat(crashes).isGreaterThan(100);
    }

    @Test
    void theLogsOfASimulatedRunReplayAndMostAsksWereAnswered() {
        EchoScenario scenario = new EchoScenario();
        Plan plan = scenario.plan(1, new Scenario.Size(4, 60_000_000));
        long answered = 0;
        for (SimDisk disk : Simulation.of(scenario).logs(plan).values()) {
            Store<Echo> store = scenario.store();
            Replayer<Echo> replayer = new Replayer<>(LogReader.open(disk, store), store, false);
            assertThat(replayer.verify(step -> {}).divergence()).isEmpty();
            answered += store.state().root().count().answered();
        }
        assertThat(answered).isGreaterThan(20);
    }

    @Test
    void theProtocolTakesSixtyLines() throws IOException {
        List<String> lines = Files.readAllLines(Page.SOURCES.resolve("Echo.java"));
        assertThat(lines.stream()
                        .filter(line -> !line.isBlank())
                        .filter(line -> !line.startsWith("import ") && !line.startsWith("package "))
                        .filter(line -> !line.strip().startsWith("/**"))
                        .count())
                .isBetween(30L, 60L);
    }

    @Test
    void thePageShowsTheFiles() throws IOException {
        Page.showsTheFiles("protocol.md", 8);
    }
}
