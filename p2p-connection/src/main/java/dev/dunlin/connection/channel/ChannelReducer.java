package dev.dunlin.connection.channel;

import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.NodeAction;
import java.util.Map;

/** What each action does; {@link Establishing} and {@link Carrying} say how. */
final class ChannelReducer {

    private final Catalogue<ChannelProtocol<?, ?>> catalogue;

    ChannelReducer(Catalogue<ChannelProtocol<?, ?>> catalogue) {
        this.catalogue = catalogue;
    }

    /** Nothing survives but the numbers, and what is served: that is asked of the world anew. */
    ChannelState boot(ChannelState own, NodeAction.Booted booted, Context ctx) {
        ChannelState fresh = ChannelState.empty(ChannelConfig.of(booted.config()), own.lastNumber());
        for (Map.Entry<String, ChannelState.Use> use : own.uses()) {
            if (use.getValue().served() && catalogue.named(use.getKey()).isPresent()) {
                fresh = new Establishing(catalogue, fresh, ctx).serves(use.getKey(), true);
            }
        }
        return fresh;
    }

    ChannelState reduce(ChannelState own, ChannelAction action, Context ctx) {
        Establishing establishing = new Establishing(catalogue, own, ctx);
        return switch (action) {
            case ChannelAction.Open wish -> establishing.wished(wish);
            case ChannelAction.Cancel(var ticket) -> establishing.cancelled(ticket);
            case ChannelAction.Reached(long opening) -> establishing.reached(opening);
            case ChannelAction.DialMissed fact -> establishing.dialMissed(fact);
            case ChannelAction.Crowded(long opening) -> establishing.crowded(opening);
            case ChannelAction.Missed(long opening, var error) -> establishing.failed(opening, error);
            case ChannelAction.StreamReady fact -> establishing.ready(fact);
            case ChannelAction.OpeningDue(long opening) -> establishing.due(opening);
            case ChannelAction.Serve(String protocol) -> establishing.serves(protocol, true);
            case ChannelAction.Unserve(String protocol) -> establishing.serves(protocol, false);
            case ChannelAction.Offered fact -> establishing.offered(fact);
            case ChannelAction.Send(var _, var channel, var message) ->
                carrying(own, channel, ctx).sent(message);
            case ChannelAction.More(var channel, int credit) ->
                carrying(own, channel, ctx).asked(credit);
            case ChannelAction.Finish(var channel) ->
                carrying(own, channel, ctx).finished();
            case ChannelAction.Abort(var channel) -> carrying(own, channel, ctx).aborted();
            case ChannelAction.MessageCame fact ->
                carrying(own, fact.channel(), ctx).came(fact);
            case ChannelAction.ReadFinished(var channel) ->
                carrying(own, channel, ctx).peerFinished();
            case ChannelAction.ReadFailed fact ->
                carrying(own, fact.channel(), ctx).unread(fact);
            case ChannelAction.Written(var channel) ->
                carrying(own, channel, ctx).written();
            case ChannelAction.WriteFailed fact ->
                carrying(own, fact.channel(), ctx).unwritten(fact);
            case ChannelAction.StreamEnded fact ->
                carrying(own, fact.channel(), ctx).streamEnded(fact);
            case ChannelAction.ChannelDue(var channel) ->
                carrying(own, channel, ctx).due();
            case ChannelAction.Served _,
                    ChannelAction.Accepted _,
                    ChannelAction.Received _,
                    ChannelAction.Room _,
                    ChannelAction.PeerFinished _,
                    ChannelAction.Ended _ -> own;
        };
    }

    private Carrying carrying(ChannelState own, Handle channel, Context ctx) {
        return new Carrying(catalogue, own, channel, ctx);
    }
}
