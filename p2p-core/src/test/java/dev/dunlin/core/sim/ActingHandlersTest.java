package dev.dunlin.core.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.EffectDesk;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.sim.Errands.ErrandAction;
import dev.dunlin.core.sim.Errands.Post;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Runtime and simulator where scripts do not go: handlers that act at once, what happens between whole seconds, and nodes that are
 * busy.
 */
@Timeout(60)
final class ActingHandlersTest {

    private static final long SECOND = 1_000_000;
    private static final Action KNOCK = new ErrandAction.Knock(PeerId.ofPublicKey(new byte[] {1}), 0);
    private static final int ASK_POST = 1;
    private static final int ASK_BANK = 2;
    private static final int TELL_POST = 3;
    private static final int KEEP_POST = 5;

    private final List<Port.Offer> offers = new CopyOnWriteArrayList<>();
    private final List<ActionId> asked = new CopyOnWriteArrayList<>();

    private static int effects(int... kinds) {
        int effects = 0;
        for (int i = kinds.length - 1; i >= 0; i--) {
            effects = effects * Errands.BASE + kinds[i];
        }
        return effects;
    }

    private static ErrandAction order(int... kinds) {
        return new ErrandAction.Order(7, effects(kinds));
    }

    private static ErrandAction begin(long lasts, int... kinds) {
        return new ErrandAction.Begin(1, 1, lasts, 0, effects(kinds), Ticket.NONE);
    }

    private static final ErrandAction EIGHT =
            order(ASK_POST, ASK_BANK, ASK_POST, ASK_BANK, ASK_POST, ASK_BANK, ASK_POST, ASK_BANK);

    // Remembers requests, and offers when it is told something.
    private void act(Port port, ActionId id, Effect effect) {
        if (effect instanceof Effect.Request) {
            asked.add(id);
        } else if (effect instanceof Post.TellPost) {
            offers.add(port.offer(KNOCK));
        }
    }

    private ErrandSim sim(long force) {
        ErrandSim sim = new ErrandSim(0, force);
        sim.handler = (id, effect) -> act(sim.node, id, effect);
        return sim;
    }

    private ErrandRuntime runtime() {
        ErrandRuntime runtime = new ErrandRuntime();
        runtime.handler = (id, effect) -> act(runtime.node, id, effect);
        return runtime;
    }

    @Test
    void aHandlerThatOffersAtOnceMeetsTheRequestsOfItsOwnTurn() {
        ErrandSim sim = sim(1_000);
        for (Action action : List.of(EIGHT, begin(SECOND, ASK_POST, ASK_BANK, TELL_POST))) {
            sim.node.offer(action);
            sim.happens(0);
        }
        try (ErrandRuntime runtime = runtime()) {
            for (Action action : List.of(EIGHT, begin(SECOND, ASK_POST, ASK_BANK, TELL_POST))) {
                runtime.node.offer(action);
                runtime.quiet();
            }
        }
        assertThat(offers).containsExactly(Port.Offer.REQUESTS_FULL, Port.Offer.REQUESTS_FULL);
    }

    @Test
    void aHandlerThatOffersAtOnceMeetsTheRoomThatTheAnswerHasMade() {
        ErrandSim sim = sim(1_000);
        for (Action action : List.of(EIGHT, begin(SECOND, ASK_POST, ASK_BANK))) {
            sim.node.offer(action);
            sim.happens(0);
        }
        sim.node.answer(asked.getFirst(), new ErrandAction.Answered(1, effects(TELL_POST)));
        sim.happens(0);
        asked.clear();
        try (ErrandRuntime runtime = runtime()) {
            for (Action action : List.of(EIGHT, begin(SECOND, ASK_POST, ASK_BANK))) {
                runtime.node.offer(action);
                runtime.quiet();
            }
            runtime.node.answer(asked.getFirst(), new ErrandAction.Answered(1, effects(TELL_POST)));
            runtime.quiet();
        }
        assertThat(offers).containsExactly(Port.Offer.TAKEN, Port.Offer.TAKEN);
    }

    /** A little after the hour, and before the next whole second of the run: nobody has looked. */
    @Test
    void aRequestIsLostAtTheWholeSecondAfterAnHour() {
        long at = SECOND / 2;
        long late = at + EffectDesk.LOST + SECOND / 5;
        Action five = order(ASK_POST, ASK_BANK, ASK_POST, ASK_BANK, ASK_POST);
        ErrandSim sim = sim(1_000);
        sim.happens(at);
        sim.node.offer(five);
        sim.node.offer(five);
        sim.happens(late - at);
        offers.add(sim.node.offer(KNOCK));
        sim.node.answer(asked.getFirst(), new ErrandAction.Answered(1, 0));
        sim.happens(SECOND - SECOND / 5 - at);
        offers.add(sim.node.offer(KNOCK));
        assertThat(sim.world.violation()).isEmpty();
        asked.clear();
        try (ErrandRuntime runtime = runtime()) {
            runtime.at(at);
            runtime.node.offer(five);
            runtime.node.offer(five);
            runtime.quiet();
            runtime.at(at + EffectDesk.LOST - SECOND / 2);
            runtime.at(late);
            offers.add(runtime.node.offer(KNOCK));
            runtime.node.answer(asked.getFirst(), new ErrandAction.Answered(1, 0));
            runtime.quiet();
            runtime.at(EffectDesk.LOST + SECOND);
            offers.add(runtime.node.offer(KNOCK));
            assertThat(runtime.node.stats().strayAnswers()).isZero();
        }
        assertThat(offers)
                .containsExactly(
                        Port.Offer.REQUESTS_FULL, Port.Offer.TAKEN, Port.Offer.REQUESTS_FULL, Port.Offer.TAKEN);
    }

    @Test
    void aStepOfTheClockIsNoticedAtTheWholeSecondThoughAnInputWaits() {
        ErrandSim sim = sim(1_000);
        sim.happens(10 * SECOND + SECOND / 2);
        sim.node.offer(KNOCK);
        sim.node.stepClock(5 * SECOND);
        sim.happens(SECOND);
        try (ErrandRuntime runtime = runtime()) {
            runtime.at(10 * SECOND);
            runtime.at(10 * SECOND + SECOND / 2);
            runtime.step(5 * SECOND);
            runtime.node.offer(KNOCK);
            runtime.quiet();
            runtime.at(11 * SECOND);
            assertThat(List.copyOf(runtime.turns)).isEqualTo(sim.turns);
        }
        assertThat(sim.turns).containsExactly("10500000 Knock", "11000000 ClockStepped");
    }

    /** A round has a tick and an input; what the handler of the tick answered waits for both. */
    @Test
    void aSlowNodeIsBusyUntilBothInputsOfARoundAreDone() {
        ErrandSim sim = sim(1_000);
        sim.node.offer(begin(1_000, ASK_POST));
        sim.happens(0);
        sim.handler = (id, effect) -> sim.node.answer(id, new ErrandAction.Answered(1, 0));
        sim.node.slow(10_000);
        sim.node.offer(KNOCK);
        sim.happens(500);
        sim.node.offer(KNOCK);
        sim.happens(100_000);
        assertThat(sim.turns).containsExactly("0 Begin", "0 Knock", "10000 Tick", "10000 Knock", "30000 Answered");
    }

    @Test
    void whatWaitsForFsyncWaitsForABusyNodeToo() {
        ErrandSim sim = sim(1_000);
        List<Long> out = new ArrayList<>();
        sim.handler = (id, effect) -> {
            if (effect instanceof Post.KeepPost) {
                out.add(sim.world.now());
            }
        };
        sim.node.slow(50_000);
        sim.node.offer(begin(SECOND, KEEP_POST));
        sim.happens(SECOND / 2);
        assertThat(out).containsExactly(50_000L);
    }

    private static void tellOfKeeping(ErrandSim sim) {
        sim.handler = (id, effect) -> {
            if (effect instanceof Post.KeepPost) {
                sim.turns.add(sim.world.now() + " KeepPost");
            }
        };
    }

    /** In the order of a round: what is due, what fsync let go, the next input. */
    @Test
    void whatFsyncLetGoGoesOutBeforeTheNextInput() {
        ErrandSim sim = sim(1_000);
        tellOfKeeping(sim);
        sim.node.slow(50_000);
        sim.node.offer(begin(SECOND, KEEP_POST));
        sim.node.offer(KNOCK);
        sim.node.offer(KNOCK);
        sim.happens(SECOND / 2);
        assertThat(sim.turns).containsExactly("0 Begin", "50000 KeepPost", "50000 Knock", "100000 Knock");
    }

    /** The round after the force has taken the node's time before what waited could go out. */
    @Test
    void whatFsyncLetGoWhileATickKeptTheNodeBusyGoesOutAfterIt() {
        ErrandSim sim = sim(1_000);
        tellOfKeeping(sim);
        sim.node.offer(begin(60_000));
        sim.happens(59_500);
        sim.node.offer(new ErrandAction.Begin(2, 1, SECOND, 0, effects(KEEP_POST), Ticket.NONE));
        sim.happens(0);
        sim.node.slow(50_000);
        sim.happens(SECOND / 2);
        assertThat(sim.turns).containsExactly("0 Begin", "59500 Begin", "60000 Tick", "110000 KeepPost");
    }

    @Test
    void whatWasDueBeforeTimeBeganIsDealtOutAtOnce() {
        try (ErrandRuntime runtime = runtime()) {
            runtime.node.offer(
                    new ErrandAction.Begin(1, 200, -World.BEGINNING - 8_000_000_000_000_000L, 0, 0, Ticket.NONE));
            runtime.await(() -> runtime.turns.size() == 5);
            assertThat(runtime.node.state().root().errands().open().isEmpty()).isTrue();
        }
    }

    @Test
    void whatIsDueAlmostNeverStopsNoSimulation() {
        ErrandSim sim = new ErrandSim(-500, 1_000);
        sim.node.offer(begin(Long.MAX_VALUE - 1 - sim.node.clock()));
        sim.happens(1_000);
        assertThat(sim.turns).containsExactly("0 Begin");
    }
}
