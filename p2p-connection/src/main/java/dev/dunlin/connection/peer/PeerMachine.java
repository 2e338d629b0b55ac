package dev.dunlin.connection.peer;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionView;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.Machine;
import java.util.Optional;

/** The peer machine, to be mounted on a root that is a {@link ConnectionView}. */
public final class PeerMachine {

    /** Its name. */
    public static final String NAME = "peer";

    /** The registration. */
    public static final Machine<ConnectionView, PeerState, PeerAction> PEER = Machine.of(NAME, PeerState.INITIAL)
            .actions(PeerAction.class, PeerOutcome.class)
            .settings(PeerConfig.SETTINGS)
            .boots(PeerReducer::boot)
            .configures(PeerReducer::configured)
            .guards(PeerGuards.ALL)
            .reduces(PeerReducer::reduce)
            .due(PeerAction.Expired.class, PeerState::met, PeerAction.Expired::new)
            .due(PeerAction.Expired.class, PeerState::heard, PeerAction.Expired::new)
            .on(
                    ConnectionAction.Connected.class,
                    fact -> new PeerAction.Linked(fact.connection(), fact.peer(), Optional.of(fact.address())))
            .on(
                    ConnectionAction.Accepted.class,
                    fact -> new PeerAction.Linked(fact.connection(), fact.peer(), Optional.empty()))
            .on(ConnectionAction.Keep.class, wish -> new PeerAction.Sought(wish.peer()))
            .on(ConnectionAction.Closed.class, fact -> new PeerAction.Unlinked(fact.peer()))
            .on(
                    ConnectionAction.ConnectionFailed.class,
                    fact -> new PeerAction.DialFailed(
                            fact.peer(), fact.address(), fact.error().kind()))
            .transitions("""
                    unknown > heard: addAddresses
                    unknown, heard, remembered > connected: linked
                    connected > remembered: unlinked, booted
                    connected > unknown: booted
                    heard > unknown: dialFailed, expired, evicted, forget, booted
                    remembered > unknown: expired, evicted, forget, booted
                    heard, connected, remembered: addAddresses
                    heard, remembered: expired
                    connected: linked, describe, measured
                    *: dialFailed, reach, locate, sought""")
            .phases(PeerState::phaseOf)
            .invariants(PeerInvariants.ALL)
            .budget(budget());

    private PeerMachine() {}

    private static long budget() {
        // Text takes two bytes a character, each entry a word of length and one of rounding.
        long addresses = PeerConfig.MOST_ADDRESSES * (2L * Multiaddr.MAX_BYTES + 64);
        long description =
                2L * (PeerAction.MAX_NAMES + 2 * PeerAction.MAX_TEXT) + 16L * PeerAction.MAX_PROTOCOLS + 1024;
        return PeerConfig.MOST_PEERS * (2 * (addresses + 256) + description);
    }
}
