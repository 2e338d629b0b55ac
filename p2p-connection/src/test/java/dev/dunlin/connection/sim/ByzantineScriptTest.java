package dev.dunlin.connection.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingMachine;
import dev.dunlin.connection.ping.PingState;
import dev.dunlin.connection.sim.ConnectionScenario.Profile;
import dev.dunlin.connection.sim.RogueDeed.Handshake;
import dev.dunlin.connection.sim.RogueDeed.Streaming;
import dev.dunlin.connection.standard.StandardProtocols;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.core.sim.Misdeed;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Scenario.Size;
import dev.dunlin.core.sim.Shrinker;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.sim.Violation;
import dev.dunlin.core.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Scripts of byzantine peers, written by hand and drawn from a seed: shrunk step by step. */
class ByzantineScriptTest {

    @Test
    void honestNodesBearALiar() {
        ConnectionScenario scenario = ConnectionScenario.of(Profile.CALM);
        Plan plan = scenario.plan(1, new Size(4, 60_000_000))
                .withByzantine(List.of(3))
                .withMisdeeds(List.of(
                        // Whoever pings node 3 gets other bytes back, from the beginning on.
                        new Misdeed(0, 3, new RogueDeed.AnswerStreams(Streaming.WRONG_BYTES)),
                        new Misdeed(5_000_000, 3, new RogueDeed.Dial(0, 3, Handshake.WHOLE)),
                        new Misdeed(6_000_000, 3, new RogueDeed.OpenStreams(0, "/ipfs/ping/1.0.0", 500)),
                        // Node 0 hears of no end.
                        new Misdeed(7_000_000, 3, new RogueDeed.Vanish(0))));
        assertThat(Simulation.of(scenario).run(plan).violation()).isEmpty();
    }

    @Test
    void thePageShowsThisScript() throws IOException {
        isShown("ByzantineScriptTest.java", Path.of("sim"), "withMisdeeds");
    }

    @Test
    void thePageShowsHowActionsAreFitted() throws IOException {
        isShown("ConnectionLimits.java", Path.of(""), "fitted");
        isShown("ConnectionLawsTest.java", Path.of(""), "fitted");
    }

    private static void isShown(String file, Path folder, String word) throws IOException {
        String shown = Files.readString(Path.of("../docs/testing.md"))
                .lines()
                .map(String::strip)
                .dropWhile(line -> !line.equals("```java " + file))
                .skip(1)
                .takeWhile(line -> !line.equals("```"))
                .collect(Collectors.joining("\n"));
        String source = Files.readString(Path.of("src/test/java/dev/dunlin/connection")
                        .resolve(folder)
                        .resolve(file))
                .lines()
                .map(String::strip)
                .collect(Collectors.joining("\n"));
        assertThat(shown).contains(word);
        assertThat(source).contains("\n" + shown + "\n");
    }

    // Throws when a peer answers a ping by other bytes, which no honest one does.
    private static ConnectionScenario trusting() {
        return ConnectionScenario.of(
                Profile.SWARM,
                () -> Store.of(SimRoot.INITIAL)
                        .mount(ConnectionMachine.CONNECTION, SimRoot::connection, SimRoot::withConnection)
                        .mount(PeerMachine.PEER, SimRoot::peer, SimRoot::withPeer)
                        .mount(StreamMachine.STREAM, SimRoot::stream, SimRoot::withStream)
                        .mount(StandardProtocols.EXCHANGE, SimRoot::exchange, SimRoot::withExchange)
                        .mount(IdentifyMachine.IDENTIFY, SimRoot::identify, SimRoot::withIdentify)
                        .mount(
                                PingMachine.PING.reducing((own, action, ctx) -> {
                                    if (action instanceof PingAction.PongReceived pong
                                            && own.peers()
                                                    .find(pong.peer())
                                                    .flatMap(PingState.Peer::ping)
                                                    .filter(sent ->
                                                            !sent.payload().equals(pong.payload()))
                                                    .isPresent()) {
                                        throw new IllegalStateException("nobody sends other bytes");
                                    }
                                    return PingMachine.PING.reduce(own, action, ctx);
                                }),
                                SimRoot::ping,
                                SimRoot::withPing)
                        .build());
    }

    @Test
    void aBugThatOnlyALiarShowsIsShrunkToItsOneStep() {
        ConnectionScenario scenario = trusting();
        Simulation<SimRoot> simulation = Simulation.of(scenario);
        List<Plan> failing = LongStream.rangeClosed(1, 200)
                .mapToObj(seed -> scenario.plan(seed, new Size(8, 120_000_000)))
                .filter(plan -> !plan.misdeeds().isEmpty())
                .filter(plan -> simulation.run(plan).violation().isPresent())
                .limit(3)
                .toList();
        List<Integer> sizes = new ArrayList<>();
        for (Plan plan : failing) {
            assertThat(plan.misdeeds()).hasSizeGreaterThan(20);
            Violation violation = simulation.run(plan).violation().orElseThrow();
            assertThat(violation.kind()).isEqualTo(Violation.Kind.CRASH);
            Shrinker.Small small =
                    new Shrinker(any -> simulation.run(any).violation(), 1_000, runs -> {}).shrink(plan, violation);
            assertThat(small.plan().misdeeds())
                    .extracting(Misdeed::deed)
                    .filteredOn(deed -> !(deed instanceof RogueDeed.Dial || deed instanceof RogueDeed.Close))
                    .containsExactly(new RogueDeed.AnswerStreams(Streaming.WRONG_BYTES));
            assertThat(small.plan().byzantine()).hasSize(1);
            sizes.add(small.plan().events());
        }
        // When a ping is due goes by chance, which every other event of a plan moves: of some plans more has to stay.
        assertThat(sizes.stream().min(Integer::compare).orElseThrow())
                .as("that, and which connections there are: " + sizes)
                .isLessThanOrEqualTo(5);
    }
}
