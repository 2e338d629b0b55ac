package dev.dunlin.connection.peer;

import static dev.dunlin.connection.bench.Bench.SECOND;
import static dev.dunlin.connection.bench.Bench.address;
import static dev.dunlin.connection.bench.Bench.clause;
import static dev.dunlin.connection.bench.Bench.peer;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.peer.PeerAction.AddAddresses;
import dev.dunlin.connection.peer.PeerAction.Certified;
import dev.dunlin.connection.peer.PeerAction.Describe;
import dev.dunlin.connection.peer.PeerAction.Measured;
import dev.dunlin.connection.peer.PeerAction.Reach;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class PeerMachineTest {

    private static final long DAY = 86_400 * SECOND;

    private static AddAddresses add(int peer, Source source, Multiaddr... addresses) {
        return new AddAddresses(peer(peer), List.of(addresses), source, DAY);
    }

    private static Describe whole(int peer, List<Multiaddr> told, Optional<Certified> signed) {
        return new Describe(
                peer(peer), true, Optional.of("ipfs/0.1.0"), Optional.of("one/1"), List.of("/a"), told, signed, 0);
    }

    private static List<Multiaddr> addresses(Bench bench, int peer) {
        return bench.root().peer().addresses(peer(peer));
    }

    private static PeerState.Met met(Bench bench, int peer) {
        return bench.root().peer().met().at(peer(peer));
    }

    private static void fails(Bench bench, int peer, ConnectionError.Kind kind) {
        ConnectionEffect.ConnectInit init =
                bench.last(ConnectionEffect.ConnectInit.class).orElseThrow();
        bench.say(new ConnectionAction.ConnectionFailed(
                init.dial(), peer(peer), init.address(), ConnectionError.of(kind, "it failed")));
    }

    @Test
    void aPeerIsReachedWhereItIsKnownToBe() {
        Bench bench = new Bench();
        Ticket ticket = new Ticket(Ticket.API, 1);
        bench.say(new Reach(peer(1), List.of(), ticket));
        assertThat(bench.actions(NodeOutcome.Refused.class))
                .extracting(NodeOutcome.Refused::ticket, NodeOutcome.Refused::clause)
                .containsExactly(tuple(ticket, "has-dialable-address"));
        bench.say(add(1, Source.REFERRED, address(1), address(2)));
        bench.say(new Reach(peer(1), List.of(address(3)), Ticket.NONE));
        assertThat(bench.actions(ConnectionAction.Connect.class).getLast().addresses())
                .containsExactly(address(3), address(1), address(2));
    }

    @Test
    void whereAPeerWasFoundIsTriedFirstAndWhereADialFailedLast() {
        Bench bench = new Bench();
        bench.say(add(1, Source.REFERRED, address(1), address(2), address(3)));
        bench.say(new Reach(peer(1), List.of(), Ticket.NONE));
        fails(bench, 1, ConnectionError.Kind.REFUSED);
        assertThat(addresses(bench, 1)).containsExactly(address(2), address(3), address(1));
        ConnectionEffect.ConnectInit init =
                bench.last(ConnectionEffect.ConnectInit.class).orElseThrow();
        assertThat(init.address()).isEqualTo(address(2));
        fails(bench, 1, ConnectionError.Kind.WRONG_PEER);
        assertThat(addresses(bench, 1)).as("another peer is there").containsExactly(address(3), address(1));
        bench.say(add(1, Source.TOLD, address(4)));
        assertThat(addresses(bench, 1)).containsExactly(address(4), address(3), address(1));
        Handle connection = bench.dial(1);
        assertThat(connection).isNotNull();
        assertThat(addresses(bench, 1)).containsExactly(address(1), address(4), address(3));
        assertThat(bench.root()
                        .peer()
                        .known(peer(1))
                        .getFirst()
                        .last()
                        .orElseThrow()
                        .failure())
                .isEmpty();
    }

    @Test
    void whatSaysNothingOfAnAddressChangesNothing() {
        Bench bench = new Bench();
        bench.say(add(1, Source.GIVEN, address(1)));
        bench.say(new Reach(peer(1), List.of(), Ticket.NONE));
        fails(bench, 1, ConnectionError.Kind.CANCELLED);
        assertThat(bench.root().peer().known(peer(1)).getFirst().last()).isEmpty();
    }

    @Test
    void aPeerIsRememberedWithAllThatItToldAlsoAfterABoot() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        bench.say(whole(1, List.of(), Optional.of(new Certified(7, List.of(address(1))))));
        bench.say(new Measured(peer(1), 800));
        bench.say(new Measured(peer(1), 1600));
        bench.pass(5 * SECOND);
        bench.close(connection, 1);
        assertThat(met(bench, 1).latency()).isEqualTo(900);
        assertThat(met(bench, 1).seen()).isEqualTo(bench.now());
        bench.accept(2);
        bench.boot();
        assertThat(met(bench, 1).isConnected()).isFalse();
        assertThat(met(bench, 2).isConnected()).isFalse();
        assertThat(addresses(bench, 1)).containsExactly(address(1));
        assertThat(bench.root().peer().description(peer(1)).orElseThrow().agentVersion())
                .isEqualTo("one/1");
        assertThat(bench.root().peer().description(peer(1)).orElseThrow().record())
                .contains(7L);
        bench.pass(7 * DAY);
        assertThat(bench.root().peer().met().isEmpty()).isTrue();
    }

    @Test
    void whatAPeerToldHoldsUntilItTellsOtherwise() {
        Bench bench = new Bench();
        bench.accept(1);
        bench.say(whole(1, List.of(address(1), address(2)), Optional.empty()));
        bench.say(add(1, Source.REFERRED, address(3)));
        bench.say(whole(1, List.of(address(2)), Optional.empty()));
        assertThat(addresses(bench, 1)).containsExactly(address(2), address(3));
        bench.say(whole(1, List.of(address(2)), Optional.of(new Certified(5, List.of(address(4))))));
        assertThat(addresses(bench, 1)).as("what is signed").containsExactly(address(4), address(3));
        bench.say(whole(1, List.of(address(1)), Optional.of(new Certified(4, List.of(address(5))))));
        assertThat(addresses(bench, 1)).as("an older record").containsExactly(address(4), address(3));
        bench.say(new Describe(
                peer(1), false, Optional.empty(), Optional.empty(), List.of("/b"), List.of(), Optional.empty(), 1));
        Description told = bench.root().peer().description(peer(1)).orElseThrow();
        assertThat(told.agentVersion()).isEqualTo("one/1");
        assertThat(told.protocols()).containsExactly("/b");
        assertThat(told.skipped()).isOne();
    }

    @Test
    void anOlderRecordIsNotTakenAfterAReconnectEither() {
        Bench bench = new Bench();
        Handle connection = bench.accept(1);
        bench.say(whole(1, List.of(), Optional.of(new Certified(-1, List.of(address(1))))));
        bench.close(connection, 1);
        bench.accept(1);
        bench.say(whole(1, List.of(), Optional.of(new Certified(Long.MAX_VALUE, List.of(address(2))))));
        assertThat(addresses(bench, 1)).containsExactly(address(1));
    }

    @Test
    void addressesEndWithTheirTime() {
        Bench bench = new Bench();
        bench.say(new AddAddresses(peer(1), List.of(address(1)), Source.REFERRED, 10 * SECOND));
        bench.say(new AddAddresses(peer(1), List.of(address(2)), Source.REFERRED, 20 * SECOND));
        bench.pass(10 * SECOND);
        assertThat(addresses(bench, 1)).containsExactly(address(2));
        bench.say(new AddAddresses(peer(1), List.of(address(2)), Source.REFERRED, 30 * SECOND));
        bench.pass(30 * SECOND - 1);
        assertThat(addresses(bench, 1)).containsExactly(address(2));
        bench.pass(1);
        assertThat(bench.root().peer().heard().isEmpty()).isTrue();
    }

    @Test
    void noMoreAddressesAreKeptThanTheLimitAndTheLeastTrustedGoFirst() {
        for (int limit : List.of(2, 3)) {
            Bench bench = new Bench("peer.maxAddresses", String.valueOf(limit));
            bench.say(add(1, Source.GIVEN, address(1)));
            bench.say(add(1, Source.REFERRED, address(2), address(3), address(4)));
            bench.say(add(1, Source.TOLD, address(5)));
            assertThat(addresses(bench, 1)).hasSize(limit).startsWith(address(5), address(1));
        }
    }

    @Test
    void hearsayDoesNotPushOutWhomWeHaveMet() {
        for (int limit : List.of(1, 2)) {
            Bench bench = new Bench("peer.maxHeard", String.valueOf(limit), "peer.maxMet", "2");
            bench.close(bench.accept(1), 1);
            for (int i = 10; i < 15; i++) {
                bench.say(add(i, Source.REFERRED, address(i)));
                bench.pass(1);
            }
            assertThat(bench.root().peer().heard().size()).isEqualTo(limit);
            assertThat(bench.root().peer().heard().has(peer(14))).isTrue();
            assertThat(bench.root().peer().met().has(peer(1))).isTrue();
        }
    }

    @Test
    void whoWasSeenLongestAgoIsForgottenWhereTooManyWereMet() {
        for (int limit : List.of(2, 3)) {
            Bench bench = new Bench("peer.maxMet", String.valueOf(limit));
            for (int i = 1; i <= 3; i++) {
                bench.close(bench.accept(i), i);
                bench.pass(1);
            }
            assertThat(bench.root().peer().met().size()).isEqualTo(limit);
            assertThat(bench.root().peer().met().has(peer(1))).isEqualTo(limit == 3);
            bench.boot("peer.maxMet", "1");
            assertThat(bench.root().peer().met().keys()).containsExactly(peer(3));
        }
    }

    @Test
    void whereAllWhoWereMetAreConnectedAnotherIsNotWatched() {
        Bench bench = new Bench("peer.maxMet", "1");
        Handle first = bench.accept(1);
        Handle second = bench.accept(2);
        assertThat(bench.root().peer().met().keys()).containsExactly(peer(1));
        bench.close(second, 2);
        assertThat(met(bench, 1).isConnected()).isTrue();
        bench.close(first, 1);
        bench.accept(2);
        assertThat(bench.root().peer().met().keys()).containsExactly(peer(2));
    }

    @Test
    void nothingIsKeptOfThisNodeNorOfAddressesOfOthers() {
        Bench bench = new Bench("node.peerId", peer(1).toString());
        assertThat(clause(bench.say(add(1, Source.GIVEN, address(1))))).isEqualTo("not-self");
        assertThat(clause(bench.say(add(2, Source.GIVEN, address(1).withPeer(peer(3))))))
                .isEqualTo("addresses-of-no-other-peer");
        assertThat(clause(bench.say(add(2, Source.GIVEN, address(1).withPeer(peer(2))))))
                .isEmpty();
        assertThat(addresses(bench, 2)).containsExactly(address(1));
        assertThatThrownBy(() -> new AddAddresses(peer(2), List.of(), Source.GIVEN, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whoKeepsAPeerLearnsWhereElseItIs() {
        Bench bench = new Bench();
        bench.say(new ConnectionAction.Keep(peer(1), List.of(address(1)), "a test"));
        bench.pass(1);
        ConnectionEffect.ConnectInit init =
                bench.last(ConnectionEffect.ConnectInit.class).orElseThrow();
        Handle connection = bench.handle("connection");
        bench.say(new ConnectionAction.Connected(init.dial(), connection, peer(1), address(1), Bytes.EMPTY));
        bench.say(whole(1, List.of(address(2)), Optional.empty()));
        bench.close(connection, 1);
        bench.pass(60 * SECOND);
        assertThat(bench.effects(ConnectionEffect.ConnectInit.class))
                .extracting(ConnectionEffect.ConnectInit::address)
                .startsWith(address(1), address(1), address(2));
    }
}
