package dev.dunlin.connection.channel;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionOutcome.ConnectDone;
import dev.dunlin.connection.ConnectionOutcome.ConnectGaveUp;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.NoRoom;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.connection.stream.StreamAction.OpenFailed;
import dev.dunlin.connection.stream.StreamAction.StreamAccepted;
import dev.dunlin.connection.stream.StreamAction.StreamClosed;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;
import java.util.List;

/** The channel machine, for the protocols that a node can speak. Its streams' handles are held by the stream machine. */
public final class ChannelMachine {

    /** Its name. */
    public static final String NAME = "channel";

    /** What an opening or a channel takes beside addresses and messages, its counts included. */
    private static final long ENTRY = 2048;

    private static final long MOST_CHANNELS = 2L * ChannelConfig.MOST_CHANNELS;

    private ChannelMachine() {}

    /**
     * The registration, for these protocols.
     *
     * @param protocols none is called on the wire as one of another machine is: a stream belongs to one machine
     */
    public static Machine<Object, ChannelState, ChannelAction> of(List<ChannelProtocol<?, ?>> protocols) {
        Catalogue<ChannelProtocol<?, ?>> catalogue = new Catalogue<>(protocols);
        ChannelReducer reducer = new ChannelReducer(catalogue);
        return Machine.of(NAME, ChannelState.INITIAL)
                .actions(ChannelAction.class, ChannelEffect.class, ChannelOutcome.class)
                .union(Message.class, catalogue.messages())
                .settings(ChannelConfig.SETTINGS)
                .boots(reducer::boot)
                .configures((own, config, now) -> own.with(ChannelConfig.of(config)))
                .guards(new ChannelGuards(catalogue).all())
                .reduces(reducer::reduce)
                .due(ChannelAction.OpeningDue.class, ChannelState::openings, ChannelAction.OpeningDue::new)
                .due(ChannelAction.ChannelDue.class, ChannelState::channels, ChannelAction.ChannelDue::new)
                .onOutcome(ConnectDone.class, (ticket, fact) -> new ChannelAction.Reached(ticket.key()))
                .onOutcome(ConnectGaveUp.class, (ticket, fact) -> new ChannelAction.Missed(ticket.key(), fact.error()))
                .onOutcome(Refused.class, (ticket, fact) -> refused(ticket.key(), fact))
                .onOutcome(
                        StreamOpened.class,
                        (ticket, fact) -> new ChannelAction.StreamReady(ticket.key(), fact.stream(), fact.connection()))
                .onOutcome(OpenFailed.class, (ticket, fact) -> new ChannelAction.Missed(ticket.key(), fact.error()))
                .on(
                        PeerAction.DialFailed.class,
                        fact -> new ChannelAction.DialMissed(fact.peer(), fact.address(), fact.why()))
                .on(
                        StreamAccepted.class,
                        fact -> catalogue.onWire(fact.protocol()).isPresent(),
                        fact -> new ChannelAction.Offered(
                                fact.stream(), fact.connection(), fact.peer(), fact.protocol()))
                .on(
                        StreamClosed.class,
                        fact -> catalogue.onWire(fact.protocol()).isPresent(),
                        fact -> new ChannelAction.StreamEnded(fact.stream(), fact.reason(), fact.detail()))
                .transitions("""
                        running: open, cancel, dialMissed, serve, unserve, served

                        waiting > reaching: openingDue
                        reaching > waiting: crowded
                        waiting > noOpening: openingDue, cancel, booted
                        reaching > noOpening: streamReady, missed, openingDue, cancel, booted
                        reaching: reached

                        noChannel > open: streamReady
                        noChannel > offered: offered
                        offered > open: more, send
                        offered > finishing: finish
                        offered > noChannel: abort, channelDue, streamEnded, booted
                        offered: accepted

                        open > finishing: finish
                        open > peerFinished: readFinished
                        finishing > closing: readFinished
                        peerFinished > closing: finish
                        finishing > noChannel: messageCame, readFinished
                        open, finishing > noChannel: readFailed
                        open, finishing, peerFinished, closing > noChannel: abort, channelDue, streamEnded, writeFailed, booted

                        open, finishing: more, messageCame, received, readFailed
                        open, peerFinished: send, room
                        open, finishing, peerFinished, closing: written, writeFailed
                        peerFinished, closing, noChannel: peerFinished
                        finishing: streamEnded
                        noChannel: offered, streamReady, received, ended""")
                .phases(ChannelState::nameOf)
                .invariants(new ChannelInvariants(catalogue).all())
                .budget(ChannelConfig.MOST_BYTES
                        + MOST_CHANNELS * ENTRY
                        + ChannelConfig.MOST_CHANNELS * ConnectionAction.MAX_ADDRESSES * 2L * Multiaddr.MAX_BYTES
                        + protocols.size() * ENTRY);
    }

    private static ChannelAction refused(long opening, Refused fact) {
        return NoRoom.passes(fact)
                ? new ChannelAction.Crowded(opening)
                : new ChannelAction.Missed(
                        opening, ConnectionError.of(ConnectionError.Kind.NOT_CONNECTED, Refusals.why(fact)));
    }
}
