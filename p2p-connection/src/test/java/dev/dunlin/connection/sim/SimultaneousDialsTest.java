package dev.dunlin.connection.sim;

import static dev.dunlin.connection.sim.Played.LATENCY;
import static dev.dunlin.connection.sim.Played.SECOND;
import static dev.dunlin.connection.sim.Played.connect;
import static dev.dunlin.connection.sim.Played.listen;
import static dev.dunlin.connection.sim.Played.plan;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.Connection;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect.ConnectInit;
import dev.dunlin.connection.ConnectionOutcome.ConnectDone;
import dev.dunlin.connection.ConnectionOutcome.ConnectGaveUp;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Two nodes that dial one another at about the same time: both wishes come true, nothing is closed that is used or was told of
 * just now, both nodes open new streams on the same connection, and one is left in the end.
 */
class SimultaneousDialsTest {

    private static final int SEEDS = 200;

    // When spare connections are gone, and none is idle yet.
    private static final long END = 60 * SECOND;

    @Test
    void whoeverIsAheadAndByHowMuch() {
        for (int first = 0; first < 2; first++) {
            for (long lead = 0; lead <= 3 * LATENCY; lead += LATENCY / 2) {
                Plan plan = plan(
                        2,
                        END,
                        listen(0),
                        listen(1),
                        connect(SECOND, first, 1 - first, ticket(first)),
                        connect(SECOND + lead, 1 - first, first, ticket(1 - first)));
                assertOneConnection(Played.of(plan), "node " + first + " is ahead by " + lead);
            }
        }
    }

    @Test
    void atAnyInstantsOverAnyLink() {
        int atOnce = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            SimRandom random = SimRandom.of(seed, 0x6475616C);
            Plan.Net net = new Plan.Net(
                    random.between(100, 50_000),
                    random.between(0, 200_000),
                    random.between(0, 50_000),
                    random.between(10_000, 20_000_000),
                    5_000,
                    Plan.Spread.values()[random.below(Plan.Spread.values().length)]);
            int first = random.below(2);
            Plan drawn = plan(
                    2,
                    END,
                    listen(0),
                    listen(1),
                    connect(SECOND, first, 1 - first, ticket(first)),
                    connect(SECOND + random.below(500_000), 1 - first, first, ticket(1 - first)));
            Plan plan = new Plan(
                    drawn.scenario(),
                    seed,
                    drawn.nodes(),
                    drawn.absent(),
                    drawn.byzantine(),
                    net,
                    drawn.safe(),
                    drawn.live(),
                    drawn.faults(),
                    drawn.wishes(),
                    List.of());
            Played played = Played.of(plan);
            assertOneConnection(played, "seed " + seed);
            atOnce += dials(played, 0) && dials(played, 1) ? 1 : 0;
        }
        assertThat(atOnce).as("runs in which neither had heard of the other").isGreaterThan(SEEDS / 4);
    }

    // Who is connected already does not dial.
    private static boolean dials(Played played, int node) {
        return played.turns(node).stream()
                .flatMap(turn -> turn.effects().stream())
                .anyMatch(emitted -> emitted.effect() instanceof ConnectInit);
    }

    private static Ticket ticket(int node) {
        return new Ticket("api", node);
    }

    private static void assertOneConnection(Played played, String run) {
        assertThat(handshakes(played, 0)).as(run).hasSize(1).isEqualTo(handshakes(played, 1));
        for (int node = 0; node < 2; node++) {
            assertThat(played.sides(node)).as(run).hasSize(1);
            assertThat(played.actions(node, ConnectDone.class))
                    .as(run)
                    .extracting(ConnectDone::ticket)
                    .containsExactly(ticket(node));
            assertThat(played.actions(node, ConnectGaveUp.class)).as(run).isEmpty();
            assertThat(played.actions(node, NodeOutcome.Refused.class)).as(run).isEmpty();
            assertThat(played.actions(node, ConnectionAction.Closed.class))
                    .as(run)
                    .extracting(ConnectionAction.Closed::reason)
                    .isSubsetOf(CloseReason.SPARE, CloseReason.REMOTE);
            assertThat(played.turns(node)).as(run).allSatisfy(turn -> assertNoneIsClosedEarly(turn));
        }
    }

    // Both came up in the first seconds, and a spare one stays for half a minute.
    private static void assertNoneIsClosedEarly(Turn turn) {
        if (turn.input().action() instanceof ConnectionAction.Closed) {
            assertThat(turn.now() - World.BEGINNING).isGreaterThan(30 * SECOND);
        }
    }

    private static List<Bytes> handshakes(Played played, int node) {
        List<Bytes> hashes = new ArrayList<>();
        for (Map.Entry<Handle, Connection> entry :
                played.root(node).connection().connections()) {
            hashes.add(entry.getValue().handshakeHash());
        }
        return hashes;
    }
}
