package dev.dunlin.connection.words;

import static dev.dunlin.connection.bench.Bench.SECOND;
import static dev.dunlin.connection.bench.Bench.address;
import static dev.dunlin.connection.bench.Bench.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionService;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of a peer in moments that are over too soon to be met on a socket. */
class PeerWordsTest {

    private static final PeerId P = peer(100);

    private final Bench bench = Bench.streams("connection.drainTimeout", "5000000");

    private PeerAnswer answer() {
        return new PeerWords(bench.connection(), PeerState.INITIAL, bench.now(), 0, at -> "TIME")
                .about(P, Optional.empty());
    }

    private Handle accepted() {
        Handle handle = bench.handle(ConnectionService.CONNECTION);
        bench.say(new ConnectionAction.Accepted(handle, P, address(2), Bytes.EMPTY));
        return handle;
    }

    @Test
    void whoIsBeingDisconnectedIsNotToldByAnEarlierEnd() {
        Handle earlier = accepted();
        bench.say(new ConnectionAction.Closed(earlier, P, CloseReason.REMOTE, ""));
        Handle used = accepted();
        bench.say(new ConnectionAction.Hold(used, P));
        bench.pass(SECOND);
        bench.say(new ConnectionAction.Disconnect(P));
        assertThat(answer().state()).isEqualTo(P + " is being disconnected, when 1 stream has ended");
        assertThat(answer().next()).isEqualTo("it is closed in 5 s at the latest");
        bench.say(new ConnectionAction.Release(used, P));
        assertThat(answer().state()).isEqualTo(P + " is being disconnected");
    }

    @Test
    void aBanOfAnEarlierRunIsToldByTheCalendar() {
        bench.say(new ConnectionAction.Ban(P, 3600 * SECOND, ""));
        bench.bootLater(1800 * SECOND);
        long offset = 1800 * SECOND;
        PeerAnswer answer = new PeerWords(bench.connection(), PeerState.INITIAL, bench.now(), offset, at -> "TIME")
                .about(P, Optional.empty());
        assertThat(answer.state()).isEqualTo(P + " is not connected: it is banned since TIME (30 min)");
        assertThat(answer.next()).startsWith("the ban ends in 30 min");
    }

    @Test
    void aBanThatIsLiftedIsToldAsOver() {
        Handle open = accepted();
        bench.say(new ConnectionAction.Ban(P, 0, ""));
        bench.say(new ConnectionAction.Closed(open, P, CloseReason.BANNED, ""));
        bench.say(new ConnectionAction.Unban(P));
        assertThat(answer().state()).contains("and does so no longer");
        assertThat(answer().advice()).isEqualTo("ask for a connection, or keep the peer, if one is wanted");
    }

    @Test
    void whoConnectedIsNotSaidToBeClosedForBeingIdle() {
        accepted();
        assertThat(answer().next())
                .isEqualTo("the connection stays, with no more than 64 of them (connection.lowWater)");
        bench.say(new ConnectionAction.Connect(peer(101), List.of(address(3)), Ticket.NONE));
        Handle dialled = bench.handle(ConnectionService.CONNECTION);
        bench.say(new ConnectionAction.Connected(
                bench.connection().dialOf(peer(101)), dialled, peer(101), address(3), Bytes.EMPTY));
        assertThat(new PeerWords(bench.connection(), PeerState.INITIAL, bench.now(), 0, at -> "TIME")
                        .about(peer(101), Optional.empty())
                        .next())
                .startsWith("it is closed when nobody uses it");
    }
}
