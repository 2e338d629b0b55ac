package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.log.Lamps;
import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.log.Lamps.LampEffect;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is let in: budgets, and what is no input of this node. */
@Timeout(60)
final class DoorTest extends RunningLamps {

    @Test
    void theInboxIsBounded() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()).capacity(8));
        settle(node);
        CountDownLatch release = hold(node);
        for (int i = 0; i < 8; i++) {
            assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.TAKEN);
        }
        for (int i = 0; i < 3; i++) {
            assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.FULL);
        }
        assertThat(node.stats().refused()).isEqualTo(3);
        assertThat(node.stats().queued()).isEqualTo(8);
        assertThat(node.stats().highestQueued()).isEqualTo(8);
        release.countDown();
        await(() -> node.stats().queued() == 0);
        assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.TAKEN);
    }

    @Test
    void requestsInFlightHaveABudgetOfTheirOwn() throws Exception {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()).budgets(new Budgets(2, 1, 3, 1)));
        List<ActionId> asked = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            assertThat(node.offer(on("lamp" + i, 1))).isEqualTo(Port.Offer.TAKEN);
            asked.add(next().id());
            next();
        }
        await(() -> node.stats().requests() == 3);
        assertThat(node.stats().queued()).as("they take no room in the queue").isZero();
        assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.REQUESTS_FULL);
        assertThat(node.stats().refusedRequests()).isEqualTo(1);
        node.answer(asked.get(1), new LampAction.Measured("lamp1", 5));
        await(() -> node.stats().requests() == 2);
        assertThat(node.offer(new LampAction.Nudge())).isEqualTo(Port.Offer.TAKEN);
        settle(node);
        assertThat(turns.stream().filter(turn -> turn.entry(0) instanceof LampAction.Measured))
                .singleElement()
                .satisfies(turn -> assertThat(turn.cause(0)).isEqualTo(asked.get(1)));
    }

    @Test
    void handlesHaveABudgetOfTheirOwn() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()).budgets(new Budgets(2, 1, 1, 3)));
        for (int i = 0; i < 3; i++) {
            assertThat(node.offer(new LampAction.Wired(new Handle("line", 1, i), "a")))
                    .isEqualTo(Port.Offer.TAKEN);
            int open = i + 1;
            await(() -> node.state().node().handles().size() == open);
        }
        assertThat(node.stats().queued()).as("they take no room in the queue").isZero();
        assertThat(node.offer(new LampAction.Wired(new Handle("line", 1, 9), "a")))
                .isEqualTo(Port.Offer.HANDLES_FULL);
        assertThat(node.stats().refusedHandles()).isEqualTo(1);
        assertThat(node.offer(new LampAction.Nudge()))
                .as("what brings none goes on")
                .isEqualTo(Port.Offer.TAKEN);
        node.ended(new LampAction.Cut(new Handle("line", 1, 1)));
        await(() -> node.stats().handles() == 2);
        assertThat(node.offer(new LampAction.Wired(new Handle("line", 1, 9), "a")))
                .isEqualTo(Port.Offer.TAKEN);
    }

    @Test
    void placesOfAnEarlierRunsHandlesAreFree() throws IOException {
        NodeRuntime<Lamps.Root> first = recorded();
        first.offer(new LampAction.Wired(new Handle("line", 1, 1), "a"));
        await(() -> first.stats().handles() == 1 && first.stats().inputs() == 2);
        first.stop().join();
        NodeRuntime<Lamps.Root> second = recorded();
        await(() -> second.stats().inputs() == 1);
        assertThat(second.state().node().handles().size()).isZero();
        assertThat(second.stats().handles()).isZero();
    }

    @Test
    void anActionOfNoMountedMachineIsRefusedAtTheDoor() {
        record Stranger() implements Action {}
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        for (Action stranger : List.of(new Stranger(), new LampEffect.Measure("desk"))) {
            assertThatThrownBy(() -> node.offer(stranger))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no input");
            assertThatThrownBy(() -> node.answer(new ActionId(1, 1), stranger))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        settle(node);
        assertThat(node.ended()).isNotDone();
    }

    @Test
    void anInputThatIsTooLongToBeRecordedIsRefusedAtTheDoor() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        String lamp = "x".repeat(17 << 20);
        assertThatThrownBy(() -> node.offer(on(lamp, 1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("more than 16777216 bytes");
        settle(node);
        assertThat(node.ended()).isNotDone();
    }

    @Test
    void halfASurrogatePairIsRefusedAtTheDoor() throws Exception {
        NodeRuntime<Lamps.Root> node = recorded();
        for (String half : List.of("a\ud800b", "\udc00", "x\ud800")) {
            assertThatThrownBy(() -> node.offer(on(half, 5)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("half a surrogate pair");
        }
        node.offer(on("\ud83d\ude00", 5));
        await(() -> node.stats().inputs() == 2);
        node.stop().join();
        assertThat(verified().divergence()).isEmpty();
    }

    /** They would be taken mid-run, and the node would not know its own run, time or wall clock any more. */
    @Test
    void theStoresOwnActionsAreNoInputs() {
        NodeRuntime<Lamps.Root> node = started(builder(Lamps.store()));
        settle(node);
        long before = node.state().input();
        for (Action own : List.of(
                new NodeAction.Booted(2, "other", Table.empty(), 1, 1),
                new NodeAction.ClockStepped(1, 1),
                new NodeAction.Tick())) {
            assertThatThrownBy(() -> node.offer(own))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is no input");
            assertThatThrownBy(() -> node.answer(new ActionId(1, 1), own))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is no input");
            assertThatThrownBy(() -> node.ask("key", ticket -> own, LONG))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("is no input");
        }
        settle(node);
        assertThat(node.state().input()).isEqualTo(before + 1);
        assertThat(node.state().node().run()).isEqualTo(1);
        assertThat(node.ended()).isNotDone();
    }
}
