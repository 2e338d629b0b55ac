package dev.dunlin.connection.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeEffect;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.IdentifyProtocol;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.ping.PingAction;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.sim.ConnectionScenario.Profile;
import dev.dunlin.connection.sim.RogueDeed.Handshake;
import dev.dunlin.connection.sim.RogueDeed.Streaming;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.sim.Fault;
import dev.dunlin.core.sim.Faults;
import dev.dunlin.core.sim.Misdeed;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.PlanText;
import dev.dunlin.core.sim.RunOptions;
import dev.dunlin.core.sim.Scenario.Size;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.sim.Wish;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a byzantine peer's script says is what an honest node meets. Node 0 is honest, node 1 byzantine, node 2 absent. */
class RogueTest {

    private static final long SECOND = 1_000_000;
    private static final PeerId ROGUE = SimNet.peer(1);
    private static final PeerId STRANGER = SimNet.peer(2);

    private final ConnectionScenario scenario = ConnectionScenario.of(Profile.CALM);
    private final Simulation<SimRoot> simulation = Simulation.of(scenario);

    private Plan plan(List<Wish> wishes, RogueDeed... script) {
        List<Misdeed> misdeeds = IntStream.range(0, script.length)
                .mapToObj(i -> new Misdeed((i + 1) * SECOND, 1, script[i]))
                .toList();
        return Faults.none(scenario.name(), 1, new Size(2, 60 * SECOND), ConnectionScenario.BOUND)
                .withByzantine(List.of(1))
                .withWishes(wishes)
                .withMisdeeds(misdeeds);
    }

    /** What happens on node 0, which listens, when the rogue takes the steps of its script, one each second. */
    private List<Action> whenItDoes(RogueDeed... script) {
        return happens(plan(List.of(ConnectionScenario.listen(0)), script));
    }

    /** What happens on node 0, which dials the rogue after ten seconds. */
    private List<Action> whenDialledItDoes(RogueDeed... script) {
        return happens(plan(List.of(ConnectionScenario.connect(10 * SECOND, 0, 1)), script));
    }

    private List<Action> happens(Plan plan) {
        List<Action> entries = new ArrayList<>();
        for (Turn turn : turns(plan)) {
            for (int i = 0; i < turn.size(); i++) {
                if (turn.rejection(i) == null) {
                    entries.add(turn.entry(i));
                }
            }
        }
        return entries;
    }

    private List<Turn> turns(Plan plan) {
        assertThat(simulation.runTwice(plan, RunOptions.DEFAULT).violation()).isEmpty();
        Store<SimRoot> store = scenario.store();
        Replayer<SimRoot> replayer = new Replayer<>(
                LogReader.open(List.copyOf(simulation.logs(plan).values()).getFirst(), store), store, false);
        List<Turn> turns = new ArrayList<>();
        while (replayer.forward()) {
            turns.add(replayer.turn().orElseThrow());
        }
        replayer.close();
        return turns;
    }

    private static <A extends Action> Stream<A> all(List<Action> actions, Class<A> type) {
        return actions.stream().filter(type::isInstance).map(type::cast);
    }

    private static RogueDeed dials() {
        return new RogueDeed.Dial(0, 1, Handshake.WHOLE);
    }

    // Dialling

    @Test
    void itDials() {
        List<Action> seen = whenItDoes(dials());
        assertThat(all(seen, ConnectionAction.Accepted.class))
                .singleElement()
                .extracting(ConnectionAction.Accepted::peer)
                .isEqualTo(ROGUE);
        assertThat(all(seen, ConnectionAction.Closed.class))
                .as("when the faults are over")
                .singleElement()
                .extracting(ConnectionAction.Closed::reason)
                .isEqualTo(CloseReason.REMOTE);
    }

    @Test
    void itDialsAsAnother() {
        assertThat(all(whenItDoes(new RogueDeed.Dial(0, 2, Handshake.WHOLE)), ConnectionAction.Accepted.class))
                .singleElement()
                .extracting(ConnectionAction.Accepted::peer)
                .isEqualTo(STRANGER);
    }

    @Test
    void aHandshakeThatBreaksOffOrHangsIsNoConnection() {
        for (Handshake handshake : List.of(Handshake.BROKEN_OFF, Handshake.SILENT)) {
            assertThat(all(whenItDoes(new RogueDeed.Dial(0, 1, handshake)), ConnectionAction.Accepted.class))
                    .isEmpty();
        }
    }

    @Test
    void whatIsClosedAtOnceWasOpen() {
        List<Action> seen = whenItDoes(new RogueDeed.Dial(0, 1, Handshake.CLOSED_AFTER), dials());
        assertThat(all(seen, ConnectionAction.Accepted.class)).hasSize(2);
        assertThat(all(seen, ConnectionAction.Closed.class)).hasSize(2);
    }

    @Test
    void whoDoesNotListenIsNotDialled() {
        assertThat(all(happens(plan(List.of(), dials())), ConnectionAction.Accepted.class))
                .isEmpty();
    }

    /** What is on its way to a process that ends is nothing to the one that comes after it. */
    @Test
    void aHandshakeEndsWithTheProcessThatItIsWith() {
        List<Wish> listens = List.of(
                ConnectionScenario.listen(0),
                new Wish(SECOND + 200_000, 0, ConnectionScenario.listen(0).action()));
        for (boolean power : new boolean[] {false, true}) {
            for (long at = SECOND; at < SECOND + 200_000; at += 1_000) {
                Plan plan = plan(listens, dials()).withFaults(List.of(new Fault.Crash(0, at, 1, 0, power, 1_000)));
                assertThat(simulation.run(plan).violation())
                        .as("dies at %s", at)
                        .isEmpty();
            }
        }
    }

    // Being dialled

    private List<ConnectionError.Kind> failures(RogueDeed... script) {
        return all(whenDialledItDoes(script), ConnectionAction.ConnectionFailed.class)
                .map(failed -> failed.error().kind())
                .distinct()
                .toList();
    }

    @Test
    void withoutAScriptItKeepsTheRules() {
        List<Action> seen = whenDialledItDoes();
        assertThat(all(seen, ConnectionAction.Connected.class)).hasSize(1);
        assertThat(all(seen, PingAction.PongReceived.class)).isNotEmpty();
        assertThat(all(seen, PingAction.PongLost.class)).isEmpty();
        assertThat(all(seen, PeerAction.Describe.class)).isNotEmpty();
        assertThat(all(seen, IdentifyAction.IdentifyFailed.class)).isEmpty();
    }

    @Test
    void itGivesItselfOutForAnother() {
        assertThat(failures(new RogueDeed.AnswerDials(2, Handshake.WHOLE)))
                .containsExactly(ConnectionError.Kind.WRONG_PEER);
    }

    @Test
    void itBreaksOffWhenDialled() {
        assertThat(failures(new RogueDeed.AnswerDials(1, Handshake.BROKEN_OFF)))
                .containsExactly(ConnectionError.Kind.IO);
    }

    @Test
    void itIsSilentWhenDialled() {
        assertThat(failures(new RogueDeed.AnswerDials(1, Handshake.SILENT)))
                .containsExactly(ConnectionError.Kind.TIMED_OUT);
    }

    @Test
    void itClosesWhenDialled() {
        List<Action> seen = whenDialledItDoes(new RogueDeed.AnswerDials(1, Handshake.CLOSED_AFTER));
        assertThat(all(seen, ConnectionAction.Connected.class)).isNotEmpty();
        assertThat(all(seen, ConnectionAction.Closed.class)
                        .map(ConnectionAction.Closed::reason)
                        .distinct())
                .containsExactly(CloseReason.REMOTE);
    }

    @Test
    void theLastStepSaysHowItAnswers() {
        assertThat(failures(
                        new RogueDeed.AnswerDials(1, Handshake.SILENT), new RogueDeed.AnswerDials(1, Handshake.WHOLE)))
                .isEmpty();
    }

    // Streams that it is asked for

    private List<Action> pinged(Streaming how) {
        return whenDialledItDoes(new RogueDeed.AnswerStreams(how));
    }

    @Test
    void wrongBytesAreNoEcho() {
        List<Action> seen = pinged(Streaming.WRONG_BYTES);
        assertThat(all(seen, PingAction.PongReceived.class)).isNotEmpty();
        assertThat(all(seen, PingAction.PeerUnresponsive.class)).isNotEmpty();
        assertThat(all(seen, IdentifyAction.IdentifyFailed.class)).isNotEmpty();
        assertThat(all(seen, PeerAction.Describe.class)).isEmpty();
    }

    @Test
    void silenceTimesOut() {
        List<Action> seen = pinged(Streaming.SILENT);
        assertThat(all(seen, PingAction.PongReceived.class)).isEmpty();
        assertThat(all(seen, PingAction.PongLost.class)
                        .map(PingAction.PongLost::why)
                        .distinct())
                .containsExactly(AskFailure.TIMED_OUT);
        assertThat(all(seen, IdentifyAction.AskLost.class)
                        .map(IdentifyAction.AskLost::why)
                        .distinct())
                .containsExactly(AskFailure.TIMED_OUT);
    }

    @Test
    void aHalfClosedStreamTellsNothing() {
        List<Action> seen = pinged(Streaming.HALF_CLOSED);
        assertThat(all(seen, IdentifyAction.IdentifyFailed.class)).isNotEmpty();
        assertThat(all(seen, PeerAction.Describe.class)).isEmpty();
    }

    @Test
    void aResetStreamEnds() {
        assertThat(all(pinged(Streaming.RESET), StreamAction.StreamClosed.class).map(StreamAction.StreamClosed::reason))
                .contains(EndReason.REMOTE_RESET);
    }

    @Test
    void refusalAndNoAnswerAreNoStreams() {
        assertThat(all(pinged(Streaming.REFUSED), ExchangeOutcome.AskFailed.class)
                        .map(ExchangeOutcome.AskFailed::why))
                .contains(AskFailure.UNSUPPORTED);
        List<Action> seen = pinged(Streaming.UNANSWERED);
        assertThat(all(seen, ExchangeOutcome.AskFailed.class)
                        .map(ExchangeOutcome.AskFailed::why)
                        .distinct())
                .containsExactly(AskFailure.TIMED_OUT);
    }

    // What it does with connections

    private static RogueDeed opens(String protocol, int count) {
        return new RogueDeed.OpenStreams(0, protocol, count);
    }

    @Test
    void aFloodOfStreamsMeetsALimit() {
        List<Action> seen = whenItDoes(dials(), opens(PingProtocol.ID, 1_000));
        assertThat(all(seen, StreamAction.StreamAccepted.class)).hasSizeGreaterThan(100);
        assertThat(all(seen, ExchangeEffect.ReadInit.class)).hasSize(2);
    }

    @Test
    void streamsOfAnUnknownProtocolAreNotTaken() {
        assertThat(all(whenItDoes(dials(), opens("/none/1", 5)), StreamAction.StreamAccepted.class))
                .isEmpty();
    }

    @Test
    void itResetsAndHalfClosesItsStreams() {
        List<Action> reset = whenItDoes(dials(), opens(PingProtocol.ID, 1), new RogueDeed.ResetStreams(0));
        assertThat(all(reset, StreamAction.StreamClosed.class).map(StreamAction.StreamClosed::reason))
                .contains(EndReason.REMOTE_RESET);
        List<Action> closed = whenItDoes(dials(), opens(PingProtocol.ID, 1), new RogueDeed.HalfCloseStreams(0));
        assertThat(all(closed, StreamAction.StreamClosed.class).map(StreamAction.StreamClosed::reason))
                .contains(EndReason.CLOSED)
                .doesNotContain(EndReason.REMOTE_RESET);
    }

    @Test
    void itCloses() {
        assertThat(closedAt(new RogueDeed.Close(0), CloseReason.REMOTE)).isBetween(2 * SECOND, 3 * SECOND);
    }

    @Test
    void itVanishes() {
        assertThat(closedAt(new RogueDeed.Vanish(0), CloseReason.IO_ERROR)).isBetween(32 * SECOND, 33 * SECOND);
    }

    // Microseconds after the beginning at which node 0 hears that the connection is gone.
    private long closedAt(RogueDeed how, CloseReason reason) {
        List<Turn> closed = turns(plan(List.of(ConnectionScenario.listen(0)), dials(), how)).stream()
                .filter(turn -> turn.input().action() instanceof ConnectionAction.Closed)
                .toList();
        assertThat(closed)
                .singleElement()
                .extracting(turn -> ((ConnectionAction.Closed) turn.input().action()).reason())
                .isEqualTo(reason);
        return closed.getFirst().now() - World.BEGINNING;
    }

    // Scripts

    @Test
    void afterTheFaultsItDoesNothing() {
        Plan plan = plan(List.of(ConnectionScenario.listen(0)))
                .withMisdeeds(List.of(new Misdeed(60 * SECOND, 1, dials()), new Misdeed(61 * SECOND, 1, dials())));
        assertThat(all(happens(plan), ConnectionAction.Accepted.class)).isEmpty();
    }

    @Test
    void deedsThatFindNothingDoNothing() {
        assertThat(whenItDoes(
                        new RogueDeed.Close(0),
                        new RogueDeed.GoAway(0, false),
                        new RogueDeed.Vanish(0),
                        new RogueDeed.ResetStreams(0),
                        new RogueDeed.HalfCloseStreams(0),
                        opens(PingProtocol.ID, 3),
                        new RogueDeed.Dial(1, 1, Handshake.WHOLE),
                        new RogueDeed.Dial(9, 1, Handshake.WHOLE)))
                .isEqualTo(whenItDoes());
    }

    @Test
    void scriptsAreReadBack() {
        List<RogueDeed> deeds = new ArrayList<>(List.of(
                opens(IdentifyProtocol.ID, 7),
                new RogueDeed.HalfCloseStreams(0),
                new RogueDeed.ResetStreams(0),
                new RogueDeed.Close(0),
                new RogueDeed.GoAway(0, true),
                new RogueDeed.Vanish(0)));
        for (Handshake handshake : Handshake.values()) {
            deeds.add(new RogueDeed.Dial(0, 2, handshake));
            deeds.add(new RogueDeed.AnswerDials(1, handshake));
        }
        for (Streaming how : Streaming.values()) {
            deeds.add(new RogueDeed.AnswerStreams(how));
        }
        assertThat(deeds.stream().map(Object::getClass).distinct())
                .hasSize(RogueDeed.TYPES.actions().size());
        Plan plan = plan(List.of(), deeds.toArray(RogueDeed[]::new));
        PlanText text = PlanText.of(scenario);
        assertThat(text.read(text.write(plan).toString())).isEqualTo(plan);
        String bad = text.write(plan).toString().replace("rogue/vanish", "rogue/repent");
        assertThatIllegalArgumentException().isThrownBy(() -> text.read(bad)).withMessageContaining("rogue/repent");
    }

    @Test
    void deedsHaveLimits() {
        assertThatIllegalArgumentException().isThrownBy(() -> opens("/a", 0)).withMessageContaining("1 to 1000");
        assertThatIllegalArgumentException().isThrownBy(() -> opens("/a", 1_001));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RogueDeed.Dial(0, 65_536, Handshake.WHOLE))
                .withMessageContaining("65535");
        assertThatIllegalArgumentException().isThrownBy(() -> new RogueDeed.Close(-1));
    }

    @Test
    void anHonestNodeHasNoMisdeeds() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> plan(List.of()).withMisdeeds(List.of(new Misdeed(1, 0, dials()))))
                .withMessageContaining("node 0");
    }

    @Test
    void seedsDrawEveryKindOfDeed() {
        ConnectionScenario swarm = ConnectionScenario.of(Profile.SWARM);
        List<Misdeed> drawn = IntStream.rangeClosed(1, 50)
                .mapToObj(seed -> swarm.plan(seed, new Size(8, 120 * SECOND)))
                .flatMap(plan -> plan.misdeeds().stream())
                .toList();
        assertThat(drawn.stream().map(misdeed -> misdeed.deed().getClass()).distinct())
                .hasSize(RogueDeed.TYPES.actions().size());
        assertThat(drawn).allMatch(misdeed -> misdeed.at() < 120 * SECOND);
    }
}
