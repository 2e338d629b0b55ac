package dev.dunlin.connection.peer;

import dev.dunlin.connection.ConnectionView;
import dev.dunlin.connection.peer.PeerAction.AddAddresses;
import dev.dunlin.connection.peer.PeerAction.Describe;
import dev.dunlin.connection.peer.PeerAction.Evicted;
import dev.dunlin.connection.peer.PeerAction.Forget;
import dev.dunlin.connection.peer.PeerAction.Linked;
import dev.dunlin.connection.peer.PeerAction.Measured;
import dev.dunlin.connection.peer.PeerAction.Unlinked;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Operand;
import java.util.List;

/** The enabling conditions of the peer machine. */
final class PeerGuards {

    private PeerGuards() {}

    static final Guards<ConnectionView, PeerState, PeerAction> ALL = Guards.<ConnectionView, PeerState, PeerAction>of()
            .on(
                    Linked.class,
                    Clauses.when(
                            "peers-not-full",
                            (own, a) -> hasRoom(own, a.peer()),
                            (own, a) ->
                                    List.of(Operand.of("maxMet", own.config().maxMet()))))
            .on(
                    Unlinked.class,
                    isConnected(),
                    Guards.clause(
                            "no-connection-is-left",
                            (view, own, a, now) -> !view.connection().isConnected(a.peer())))
            .always(PeerAction.DialFailed.class)
            .on(
                    AddAddresses.class,
                    Clauses.when(
                            "not-self",
                            (own, a) ->
                                    own.config().self().filter(a.peer()::equals).isEmpty(),
                            "peer",
                            AddAddresses::peer),
                    Clauses.when(
                            "addresses-of-no-other-peer",
                            (own, a) -> a.addresses().stream()
                                    .noneMatch(address -> Addresses.isOfAnother(address, a.peer())),
                            "peer",
                            AddAddresses::peer),
                    Clauses.when(
                            "has-an-address",
                            (own, a) -> !Addresses.bare(a.addresses()).isEmpty()))
            .on(
                    Forget.class,
                    Clauses.when(
                            "peer-is-known",
                            (own, a) -> own.met().has(a.peer()) || own.heard().has(a.peer()),
                            "peer",
                            Forget::peer),
                    Clauses.when("not-connected", (own, a) -> !isConnected(own, a.peer()), "peer", Forget::peer))
            .always(PeerAction.Reach.class)
            .always(PeerAction.Locate.class)
            .always(PeerAction.Sought.class)
            .on(Describe.class, isConnected(), Clauses.when("description-fits", (own, a) -> fits(a)))
            .on(
                    Measured.class,
                    isConnected(),
                    Clauses.when("rtt-not-negative", (own, a) -> a.rttMicros() >= 0, "rttMicros", Measured::rttMicros))
            .always(PeerAction.Expired.class)
            .on(
                    Evicted.class,
                    Clauses.when("not-connected", (own, a) -> !isConnected(own, a.peer())),
                    Clauses.when("too-many-are-known", (own, a) -> isOneTooMany(own, a.peer())))
            .build();

    private static <A extends OfPeer> Clause<ConnectionView, PeerState, A> isConnected() {
        return Clauses.when("peer-is-connected", (own, a) -> isConnected(own, a.peer()), "peer", OfPeer::peer);
    }

    private static boolean isConnected(PeerState own, PeerId peer) {
        return own.met().find(peer).filter(PeerState.Met::isConnected).isPresent();
    }

    // One that is not connected makes room.
    private static boolean hasRoom(PeerState own, PeerId peer) {
        return own.met().has(peer)
                || own.met().size() < own.config().maxMet()
                || own.met().nextDue() != Due.NEVER;
    }

    private static boolean isOneTooMany(PeerState own, PeerId peer) {
        return own.met().has(peer)
                ? own.met().size() > own.config().maxMet()
                : own.heard().has(peer) && own.heard().size() > own.config().maxHeard();
    }

    private static boolean fits(Describe said) {
        return said.protocols().size() <= PeerAction.MAX_PROTOCOLS
                && said.protocols().stream().mapToLong(String::length).sum() <= PeerAction.MAX_NAMES
                && said.protocolVersion().map(String::length).orElse(0) <= PeerAction.MAX_TEXT
                && said.agentVersion().map(String::length).orElse(0) <= PeerAction.MAX_TEXT;
    }
}
