package dev.dunlin.connection.sim;

import static dev.dunlin.connection.sim.Played.LATENCY;
import static dev.dunlin.connection.sim.Played.SECOND;
import static dev.dunlin.connection.sim.Played.connect;
import static dev.dunlin.connection.sim.Played.listen;
import static dev.dunlin.connection.sim.Played.plan;
import static dev.dunlin.connection.sim.SimNet.address;
import static dev.dunlin.connection.sim.SimNet.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connect;
import dev.dunlin.connection.ConnectionAction.ConnectionFailed;
import dev.dunlin.connection.ConnectionAction.Disconnect;
import dev.dunlin.connection.ConnectionEffect.DisconnectInit;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionOutcome.ConnectDone;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.core.sim.Fault;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Wish;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two nodes on one simulated network, by examples. */
class NetworkTest {

    private static final Ticket TICKET = new Ticket("api", 1);

    private static Wish open(long at, int node, int other, String... protocols) {
        return new Wish(at, node, new OpenStream(new Ticket("api", 2), peer(other), List.of(protocols)));
    }

    @Test
    void twoNodesConnectAndTalk() {
        Wish[] wishes = {
            listen(0), listen(1), connect(SECOND, 0, 1, TICKET), open(2 * SECOND, 0, 1, "/none", SimNet.PLAIN_PROTOCOL)
        };
        Played played = Played.of(plan(2, 3 * SECOND, wishes));
        assertThat(played.root(0).connection().isConnected(peer(1))).isTrue();
        assertThat(played.root(1).connection().isConnected(peer(0))).isTrue();
        assertThat(played.actions(0, ConnectDone.class))
                .extracting(ConnectDone::ticket)
                .containsOnlyOnce(TICKET);
        assertThat(played.actions(0, StreamOpened.class))
                .singleElement()
                .extracting(StreamOpened::protocol)
                .isEqualTo(SimNet.PLAIN_PROTOCOL);
        assertThat(played.root(1).stream().streams().size()).isOne();
    }

    @Test
    void whoDisconnectsLeavesNothingOpenAtEitherEnd() {
        Played played = Played.of(plan(
                2,
                40 * SECOND,
                listen(0),
                listen(1),
                connect(SECOND, 0, 1, TICKET),
                open(2 * SECOND, 0, 1, SimNet.PLAIN_PROTOCOL),
                new Wish(3 * SECOND, 0, new Disconnect(peer(1)))));
        assertThat(played.actions(0, StreamOpened.class)).hasSize(1);
        played.assertNothingOpen();
    }

    @Test
    void aLostLinkIsFoundByBoth() {
        Plan plan = plan(
                2,
                4 * SECOND,
                listen(0),
                listen(1),
                connect(SECOND, 0, 1, Ticket.NONE),
                open(2 * SECOND, 0, 1, SimNet.PLAIN_PROTOCOL));
        Played played = Played.of(plan.withFaults(List.of(new Fault.Cut(0, 1, 3 * SECOND))));
        assertThat(played.actions(0, StreamOpened.class)).hasSize(1);
        played.assertNothingOpen();
    }

    @Test
    void anAbsentNodeIsRetriedUntilItComes() {
        Played played = Played.of(plan(2, 22 * SECOND, connect(SECOND, 0, 1, TICKET), listen(2 * SECOND, 1)));
        assertThat(played.actions(0, ConnectionFailed.class))
                .isNotEmpty()
                .allSatisfy(failed -> assertThat(failed.error().kind()).isEqualTo(ConnectionError.Kind.REFUSED));
        assertThat(played.actions(0, ConnectDone.class)).hasSize(1);
        assertThat(played.root(1).connection().isConnected(peer(0))).isTrue();
    }

    @Test
    void anotherPeerAtTheAddressIsAnError() {
        Played played = Played.of(plan(
                2,
                SECOND + 3 * LATENCY,
                listen(0),
                listen(1),
                new Wish(SECOND, 0, new Connect(peer(2), List.of(address(1)), Ticket.NONE))));
        assertThat(played.actions(0, ConnectionFailed.class))
                .singleElement()
                .extracting(failed -> failed.error().kind())
                .isEqualTo(ConnectionError.Kind.WRONG_PEER);
        played.assertNothingOpen();
    }

    @Test
    void aNodeThatRestartsDuringAHandshakeKnowsNothingOfIt() {
        Plan plan = plan(2, 2 * SECOND, listen(0), listen(1), connect(SECOND, 0, 1, TICKET));
        Fault.Crash beforeTheLastMessage = new Fault.Crash(1, SECOND + 5 * LATENCY / 2, 1, 0, false, 0);
        Played played = Played.of(plan.withFaults(List.of(beforeTheLastMessage)));
        assertThat(played.actions(0, ConnectDone.class)).hasSize(1);
        assertThat(played.actions(0, Closed.class))
                .singleElement()
                .extracting(Closed::reason)
                .isEqualTo(CloseReason.REMOTE);
        assertThat(played.actions(1, Accepted.class)).isEmpty();
        played.assertNothingOpen();
    }

    @Test
    void aCloseThatHangsIsForced() {
        Plan plan = plan(
                2,
                10 * SECOND,
                listen(0),
                listen(1),
                connect(SECOND, 0, 1, TICKET),
                new Wish(2 * SECOND, 0, new Disconnect(peer(1))));
        Played played = Played.of(plan, Table.empty(), stage -> stage.stubborn(true));
        assertThat(played.actions(0, DisconnectInit.class))
                .extracting(DisconnectInit::reason)
                .containsExactly(CloseReason.LOCAL, CloseReason.TIMED_OUT);
        assertThat(played.actions(1, Closed.class)).hasSize(1);
        played.assertNothingOpen();
    }
}
