package dev.dunlin.connection.exchange;

import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.WireNames;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.NodeAction;
import java.util.Map;

/** What each action does; {@link Asking} and {@link Answering} say how. */
final class ExchangeReducer {

    private final Catalogue<Protocol<?, ?>> catalogue;

    ExchangeReducer(Catalogue<Protocol<?, ?>> catalogue) {
        this.catalogue = catalogue;
    }

    /** Nothing survives but the numbers, and what is served: that is asked of the world, and told, anew. */
    ExchangeState boot(ExchangeState own, NodeAction.Booted booted, Context ctx) {
        ExchangeState fresh = new ExchangeState(
                configured(booted.config()),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                Table.empty(),
                0,
                0,
                own.lastNumber());
        for (Map.Entry<String, ExchangeState.Use> use : own.uses()) {
            if (use.getValue().served() && catalogue.named(use.getKey()).isPresent()) {
                fresh = new Answering(catalogue, fresh, ctx).serves(use.getKey(), true);
            }
        }
        return fresh;
    }

    /** What a configuration says. */
    ExchangeConfig configured(Table<String, String> config) {
        return ExchangeConfig.of(config, WireNames.of(config, catalogue));
    }

    ExchangeState reduce(ExchangeState own, ExchangeAction action, Context ctx) {
        Asking asking = new Asking(catalogue, own, ctx);
        Answering answering = new Answering(catalogue, own, ctx);
        return switch (action) {
            case ExchangeAction.Ask wish -> asking.asked(wish);
            case ExchangeAction.Cancel(var ticket) -> asking.cancelled(ticket);
            case ExchangeAction.Reached(long ask) -> asking.reached(ask);
            case ExchangeAction.Unreached(long ask, var why, String detail) -> asking.missed(ask, why, detail);
            case ExchangeAction.Crowded(long ask, var want) -> asking.crowded(ask, want);
            case ExchangeAction.StreamReady(long ask, var stream, var connection) ->
                asking.ready(ask, stream, connection);
            case ExchangeAction.StreamMissing(long ask, var why, String detail) -> asking.missed(ask, why, detail);
            case ExchangeAction.AnswerCame fact -> asking.answered(fact);
            case ExchangeAction.AnswerMissing fact -> asking.unanswered(fact);
            case ExchangeAction.AskDue(long ask) -> asking.due(ask);
            case ExchangeAction.StreamEnded(var stream, var reason) ->
                own.outbound().has(stream)
                        ? asking.ended(stream, reason)
                        : own.inbound().has(stream) ? answering.ended(stream) : own;
            case ExchangeAction.StreamDue(var stream) ->
                own.outbound().has(stream) ? asking.idled(stream) : answering.due(stream);
            case ExchangeAction.Forget(var peer) -> own.forgotten(peer, ctx.now());
            case ExchangeAction.Linked(var connection, var _, var remote) ->
                own.withRemotes(own.remotes().with(connection, remote));
            case ExchangeAction.Unlinked(var connection, var _) ->
                own.withRemotes(own.remotes().without(connection));
            case ExchangeAction.DialMissed fact -> asking.dialMissed(fact);
            case ExchangeAction.Parting(var peer, var connection) ->
                new Answering(catalogue, asking.parting(peer, connection), ctx).parting(peer, connection);
            case ExchangeAction.Serve(String protocol) -> answering.serves(protocol, true);
            case ExchangeAction.Unserve(String protocol) -> answering.serves(protocol, false);
            case ExchangeAction.Offered fact -> answering.offered(fact);
            case ExchangeAction.AskCame fact -> answering.asked(fact);
            case ExchangeAction.AskMissing(var stream, boolean clean, String _) ->
                answering.left(stream, clean ? CloseMode.CLOSE : CloseMode.RESET);
            case ExchangeAction.Served _, ExchangeAction.Asked _, ExchangeAction.AnswerEnded _ -> own;
            case ExchangeAction.Reply wish -> answering.replied(wish);
            case ExchangeAction.Refuse(long number) -> answering.refused(number);
            case ExchangeAction.ReplySent(var stream) -> answering.sent(stream);
            case ExchangeAction.ReplyMissing(var stream, String _) -> answering.left(stream, CloseMode.RESET);
        };
    }
}
