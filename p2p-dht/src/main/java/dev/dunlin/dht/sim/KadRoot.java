package dev.dunlin.dht.sim;

import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.core.store.Store;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.OperationMachine;
import dev.dunlin.dht.operation.OperationState;
import dev.dunlin.dht.query.QueryMachine;
import dev.dunlin.dht.query.QueryState;
import dev.dunlin.dht.record.RecordsMachine;
import dev.dunlin.dht.record.RecordsState;
import dev.dunlin.dht.routing.RoutingMachine;
import dev.dunlin.dht.routing.RoutingState;

/** The state of a simulated node: the machines of this module, and what stands in place of those below. */
record KadRoot(
        MessageExchange.State exchange,
        Quiet quiet,
        QueryState query,
        RoutingState routing,
        RecordsState records,
        OperationState operation) {

    private static final KadRoot INITIAL = new KadRoot(
            MessageExchange.MACHINE.initial(),
            new Quiet(),
            QueryState.INITIAL,
            RoutingState.INITIAL,
            RecordsState.INITIAL,
            OperationState.INITIAL);

    /** A new store, where values are judged by these. */
    static Store<KadRoot> store(Validators validators) {
        return Store.of(INITIAL)
                .mount(MessageExchange.MACHINE, KadRoot::exchange, KadRoot::withExchange)
                .mount(Quiet.of(PeerMachine.NAME, PeerAction.class), KadRoot::quiet, (root, same) -> root)
                .mount(Quiet.of(IdentifyMachine.NAME, IdentifyAction.class), KadRoot::quiet, (root, same) -> root)
                .mount(QueryMachine.QUERY, KadRoot::query, KadRoot::withQuery)
                .mount(RoutingMachine.ROUTING, KadRoot::routing, KadRoot::withRouting)
                .mount(RecordsMachine.of(validators), KadRoot::records, KadRoot::withRecords)
                .mount(OperationMachine.of(validators), KadRoot::operation, KadRoot::withOperation)
                .build();
    }

    private KadRoot withExchange(MessageExchange.State changed) {
        return new KadRoot(changed, quiet, query, routing, records, operation);
    }

    private KadRoot withQuery(QueryState changed) {
        return new KadRoot(exchange, quiet, changed, routing, records, operation);
    }

    private KadRoot withRouting(RoutingState changed) {
        return new KadRoot(exchange, quiet, query, changed, records, operation);
    }

    private KadRoot withRecords(RecordsState changed) {
        return new KadRoot(exchange, quiet, query, routing, changed, operation);
    }

    private KadRoot withOperation(OperationState changed) {
        return new KadRoot(exchange, quiet, query, routing, records, changed);
    }
}
