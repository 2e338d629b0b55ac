package dev.dunlin.connection;

import static dev.dunlin.connection.bench.Bench.SECOND;
import static dev.dunlin.connection.bench.Bench.address;
import static dev.dunlin.connection.bench.Bench.peer;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connect;
import dev.dunlin.connection.ConnectionAction.ConnectionFailed;
import dev.dunlin.connection.ConnectionAction.Disconnect;
import dev.dunlin.connection.ConnectionAction.Drain;
import dev.dunlin.connection.ConnectionAction.Keep;
import dev.dunlin.connection.ConnectionAction.NetworkCame;
import dev.dunlin.connection.ConnectionAction.Unkeep;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How connections ended is remembered, up to a bound; and who is kept is tried at once when an interface comes. */
class EndsTest {

    private static final Multiaddr A = address(1);

    private Bench bench = with("2");

    private static Bench with(String most) {
        return Bench.streams("node.peerId", peer(1).toString(), "connection.maxEnds", most);
    }

    private Handle accepted(PeerId peer) {
        Handle handle = bench.handle(ConnectionService.CONNECTION);
        bench.say(new Accepted(handle, peer, A, Bytes.of(new byte[32])));
        return handle;
    }

    private void closed(PeerId peer, Handle handle, CloseReason reason, String detail) {
        bench.say(new Closed(handle, peer, reason, detail));
    }

    private Optional<Ends.End> end(PeerId peer) {
        return bench.connection().ends().find(peer);
    }

    @Test
    void theEndOfTheLastConnectionIsRememberedWithItsReason() {
        PeerId peer = peer(2);
        Handle one = accepted(peer);
        Handle other = accepted(peer);
        closed(peer, one, CloseReason.REMOTE, "");
        assertThat(end(peer)).isEmpty();
        bench.pass(5 * SECOND);
        closed(peer, other, CloseReason.PROTOCOL_ERROR, "a rule");
        assertThat(end(peer)).hasValueSatisfying(end -> {
            assertThat(end.reason()).contains(CloseReason.PROTOCOL_ERROR);
            assertThat(end.detail()).isEqualTo("a rule");
            assertThat(end.address()).isEqualTo(A);
            assertThat(end.at() - end.since()).isEqualTo(5 * SECOND);
        });
    }

    @Test
    void theOldestIsForgottenAndANewerOneOfTheSamePeerIsNoMore() {
        for (int i : new int[] {2, 3, 2, 4}) {
            closed(peer(i), accepted(peer(i)), CloseReason.REMOTE, "");
        }
        assertThat(end(peer(3))).isEmpty();
        assertThat(end(peer(2))).isPresent();
        assertThat(end(peer(4))).isPresent();
        assertThat(bench.connection().ends().order().size()).isEqualTo(2);
    }

    @Test
    void whereNoneIsToBeRememberedNoneIs() {
        bench = with("0");
        closed(peer(2), accepted(peer(2)), CloseReason.REMOTE, "");
        assertThat(bench.connection().ends().of().isEmpty()).isTrue();
    }

    @Test
    void aWishThatIsCalledOffIsRemembered() {
        bench.say(new Connect(peer(2), List.of(A), Ticket.NONE));
        bench.say(new Disconnect(peer(2)));
        assertThat(end(peer(2)))
                .hasValueSatisfying(end -> assertThat(end.reason()).isEmpty());
        bench.say(new Keep(peer(3), List.of(A), "test"));
        bench.say(new Unkeep(peer(3), "test"));
        assertThat(end(peer(3)))
                .hasValueSatisfying(end -> assertThat(end.reason()).isEmpty());
    }

    /** After a shutdown nobody is to be told that he had closed it himself. */
    @Test
    void whatEndsBecauseTheNodeStopsSaysSo() {
        Handle handle = accepted(peer(2));
        bench.say(new Connect(peer(3), List.of(A), Ticket.NONE));
        bench.say(new Drain());
        bench.say(new Disconnect(peer(2)));
        closed(peer(2), handle, CloseReason.LOCAL, "");
        bench.say(new Disconnect(peer(3)));
        assertThat(end(peer(2)).flatMap(Ends.End::reason)).contains(CloseReason.SHUTDOWN);
        assertThat(end(peer(3)).flatMap(Ends.End::reason)).contains(CloseReason.SHUTDOWN);
    }

    @Test
    void aKeptPeerSaysWhyItWasLost() {
        bench.say(new Keep(peer(2), List.of(A), "test"));
        Handle handle = accepted(peer(2));
        closed(peer(2), handle, CloseReason.IO_ERROR, "it tore");
        assertThat(bench.connection().failureOf(peer(2)).orElseThrow().error().text())
                .isEqualTo("the connection ended: the connection broke: it tore");
    }

    @Test
    void whoIsKeptIsTriedAtOnceWhenAnInterfaceComesAndNobodyElse() {
        for (int i : new int[] {2, 3}) {
            bench.say(new Connect(peer(i), List.of(A), Ticket.NONE));
            bench.say(new ConnectionFailed(
                    bench.connection().dialOf(peer(i)),
                    peer(i),
                    A,
                    ConnectionError.of(ConnectionError.Kind.UNREACHABLE, "no route")));
        }
        bench.say(new Keep(peer(2), List.of(A), "test"));
        long other = bench.connection().failureOf(peer(3)).orElseThrow().at();
        bench.say(new NetworkCame());
        assertThat(bench.connection().failureOf(peer(2)).orElseThrow().at() - bench.now())
                .isBetween(1L, 200_000L);
        assertThat(bench.connection().failureOf(peer(3)).orElseThrow().at()).isEqualTo(other);
    }
}
