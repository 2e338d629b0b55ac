package dev.dunlin.dht.sim;

import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.OperationState;
import dev.dunlin.dht.operations.Operated;
import dev.dunlin.dht.publish.PublishState;
import dev.dunlin.dht.query.QueryState;
import dev.dunlin.dht.record.RecordsState;
import dev.dunlin.dht.routing.RoutingState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The state of a simulated node: the machines of this module, and what stands in place of those below.
 *
 * @param beside the states of machines that not every crowd has, in mounting order
 */
record KadRoot(
        MessageExchange.State exchange,
        Quiet quiet,
        QueryState query,
        RoutingState routing,
        RecordsState records,
        OperationState operation,
        PublishState publish,
        List<Object> beside) {

    /** A new store, where values are judged by these. */
    static Store<KadRoot> store(Validators validators) {
        return store(validators, List.of(), peer -> Optional.empty());
    }

    /**
     * A new store, where values are judged by these, with some machines beside those that every crowd has.
     *
     * @param where the one place at which a peer is, of those that have one
     */
    static Store<KadRoot> store(
            Validators validators, List<Machine<Object, ?, ?>> beside, Function<PeerId, Optional<Multiaddr>> where) {
        Machine<Object, MessageExchange.State, ExchangeAction> exchange = MessageExchange.machine(where);
        Store.Builder<KadRoot> store = Store.of(new KadRoot(
                        exchange.initial(),
                        new Quiet(),
                        QueryState.INITIAL,
                        RoutingState.INITIAL,
                        RecordsState.INITIAL,
                        OperationState.INITIAL,
                        PublishState.INITIAL,
                        beside.stream().<Object>map(Machine::initial).toList()))
                .mount(exchange, KadRoot::exchange, KadRoot::withExchange)
                .mount(Quiet.peers(), KadRoot::quiet, (root, same) -> root)
                .mount(Quiet.of(IdentifyMachine.NAME, IdentifyAction.class), KadRoot::quiet, (root, same) -> root)
                .mount(Operated.QUERY, KadRoot::query, KadRoot::withQuery)
                .mount(Operated.ROUTING, KadRoot::routing, KadRoot::withRouting)
                .mount(Operated.records(validators), KadRoot::records, KadRoot::withRecords)
                .mount(Operated.dht(validators), KadRoot::operation, KadRoot::withOperation)
                .mount(Operated.publish(validators), KadRoot::publish, KadRoot::withPublish);
        for (int i = 0; i < beside.size(); i++) {
            mount(store, beside.get(i), i);
        }
        return store.build();
    }

    private static <S, A extends Action> void mount(
            Store.Builder<KadRoot> store, Machine<Object, S, A> machine, int place) {
        store.mount(
                machine, root -> machine.state().cast(root.beside().get(place)), (root, own) -> root.with(place, own));
    }

    private KadRoot with(int place, Object changed) {
        List<Object> all = new ArrayList<>(beside);
        all.set(place, changed);
        return new KadRoot(exchange, quiet, query, routing, records, operation, publish, List.copyOf(all));
    }

    private KadRoot withExchange(MessageExchange.State changed) {
        return new KadRoot(changed, quiet, query, routing, records, operation, publish, beside);
    }

    private KadRoot withQuery(QueryState changed) {
        return new KadRoot(exchange, quiet, changed, routing, records, operation, publish, beside);
    }

    private KadRoot withRouting(RoutingState changed) {
        return new KadRoot(exchange, quiet, query, changed, records, operation, publish, beside);
    }

    private KadRoot withRecords(RecordsState changed) {
        return new KadRoot(exchange, quiet, query, routing, changed, operation, publish, beside);
    }

    private KadRoot withOperation(OperationState changed) {
        return new KadRoot(exchange, quiet, query, routing, records, changed, publish, beside);
    }

    private KadRoot withPublish(PublishState changed) {
        return new KadRoot(exchange, quiet, query, routing, records, operation, changed, beside);
    }
}
