package dev.dunlin.connection.identify;

import dev.dunlin.connection.ConnectionAction.Accepted;
import dev.dunlin.connection.ConnectionAction.Closed;
import dev.dunlin.connection.ConnectionAction.Connected;
import dev.dunlin.connection.ConnectionAction.ListenerClosed;
import dev.dunlin.connection.ConnectionAction.Listening;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.stream.StreamAction.OpenFailed;
import dev.dunlin.connection.stream.StreamAction.StreamAccepted;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.Ticket;

/** The identify machine. Its streams' handles are held by the stream machine. */
public final class IdentifyMachine {

    /** Its name. */
    public static final String NAME = "identify";

    /** The protocol by which a peer is asked who it is (libp2p/specs identify/README.md). */
    public static final String ID = "/ipfs/id/1.0.0";

    /** The protocol by which a peer tells what has changed. */
    public static final String ID_PUSH = "/ipfs/id/push/1.0.0";

    /** The ticket of a stream on which a peer is asked. */
    static final Ticket ASK = new Ticket(NAME, 1);

    /** The ticket of a stream on which we push to a peer. */
    static final Ticket PUSH = new Ticket(NAME, 2);

    /** The registration. */
    public static final Machine<Object, IdentifyState, IdentifyAction> IDENTIFY = Machine.of(
                    NAME, IdentifyState.INITIAL)
            .actions(IdentifyAction.class, IdentifyEffect.class)
            .boots(IdentifyReducer::boot)
            .guards(IdentifyGuards.ALL)
            .reduces(IdentifyReducer::reduce)
            .due(
                    IdentifyAction.ExchangeTimedOut.class,
                    IdentifyState::exchanges,
                    (stream, exchange) -> new IdentifyAction.ExchangeTimedOut(stream, exchange.peer()))
            .due(IdentifyAction.Forgotten.class, IdentifyState::memory, IdentifyAction.Forgotten::new)
            .due(IdentifyAction.PushesDue.class, IdentifyState::rounds, round -> new IdentifyAction.PushesDue())
            .on(Listening.class, fact -> new IdentifyAction.AddressesBound(fact.listener(), fact.bound()))
            .on(ListenerClosed.class, fact -> new IdentifyAction.AddressesUnbound(fact.listener()))
            .on(
                    Connected.class,
                    fact -> new IdentifyAction.Linked(
                            fact.connection(), fact.peer(), fact.address(), Direction.OUTBOUND))
            .on(
                    Accepted.class,
                    fact -> new IdentifyAction.Linked(
                            fact.connection(), fact.peer(), fact.remoteAddress(), Direction.INBOUND))
            .on(Closed.class, fact -> new IdentifyAction.Unlinked(fact.connection(), fact.peer()))
            .on(StreamOpened.class, fact -> fact.ticket().isOf(NAME), IdentifyMachine::opened)
            .on(OpenFailed.class, fact -> fact.ticket().isOf(NAME), fact -> notOpened(fact.ticket(), fact.peer()))
            .onOutcome(
                    Refused.class,
                    (ticket, refused) ->
                            notOpened(ticket, PeerId.parse(refused.subject().key())))
            .on(
                    StreamAccepted.class,
                    fact -> fact.protocol().equals(ID),
                    fact -> new IdentifyAction.Asked(fact.stream(), fact.connection(), fact.peer()))
            .on(
                    StreamAccepted.class,
                    fact -> fact.protocol().equals(ID_PUSH),
                    fact -> new IdentifyAction.PushOffered(fact.stream(), fact.connection(), fact.peer()))
            .transitions("""
                    running: speak, addressesBound, addressesUnbound, pushesDue, observedChanged

                    unknown, remembered > opening: linked
                    opening > reading: askOpened
                    opening > unidentified: askOpened, askNotOpened
                    reading > identified: received
                    reading > unidentified: received, readFailed, exchangeTimedOut, unlinked
                    reading > opening: received, readFailed, exchangeTimedOut, unlinked
                    identified, unidentified > opening: linked
                    opening, reading, identified, unidentified > remembered: unlinked, booted
                    opening, reading, unidentified > unknown: unlinked
                    opening, reading, identified, unidentified, remembered > unknown: booted
                    remembered > unknown: forgotten, evicted

                    opening: linked, askOpened, askNotOpened
                    reading: linked
                    opening, reading, identified, unidentified: unlinked, pushNotOpened
                    opening, reading, identified, unidentified: received, readFailed, sent, sendFailed, exchangeTimedOut
                    unknown, remembered, reading, identified, unidentified: askOpened
                    unknown, remembered, opening, reading, identified, unidentified: asked, pushOffered, pushOpened
                    unknown, remembered, opening, reading, identified, unidentified: peerIdentified, identifyFailed""")
            .phases(IdentifyState::phaseOf)
            .invariants(IdentifyInvariants.ALL)
            .budget(budget());

    private IdentifyMachine() {}

    private static IdentifyAction opened(StreamOpened fact) {
        return fact.ticket().equals(ASK)
                ? new IdentifyAction.AskOpened(fact.stream(), fact.connection(), fact.peer())
                : new IdentifyAction.PushOpened(fact.stream(), fact.connection(), fact.peer());
    }

    private static IdentifyAction notOpened(Ticket ticket, PeerId peer) {
        return ticket.equals(ASK) ? new IdentifyAction.AskNotOpened(peer) : new IdentifyAction.PushNotOpened(peer);
    }

    private static long budget() {
        IdentifyLimits limits = IdentifyGuards.LIMITS;
        // Text takes two bytes a character, each entry a word of length and one of rounding.
        long told = 2L * limits.keptBytes()
                + 16L * (limits.protocols() + limits.addresses())
                + IdentifyGuards.MAX_RECORD_BYTES
                + 16L * limits.addresses()
                + 4096;
        long link = 4L * Multiaddr.MAX_BYTES + 1024;
        long exchanges = 18 * 512L;
        long ours = IdentifyGuards.MAX_LISTENERS * 64L * (Multiaddr.MAX_BYTES + 16) + (1 << 16);
        return IdentifyConfig.MOST_PEERS * (2 * told + link + exchanges) + ours;
    }
}
