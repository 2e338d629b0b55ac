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
import dev.dunlin.dht.routing.RoutingMachine;
import dev.dunlin.dht.routing.RoutingState;

/** The state of a simulated node: the machines of this module, and what stands in place of those below. */
record KadRoot(
        MessageExchange.State exchange, Quiet quiet, QueryState query, RoutingState routing, OperationState operation) {

    private static final KadRoot INITIAL = new KadRoot(
            MessageExchange.MACHINE.initial(),
            new Quiet(),
            QueryState.INITIAL,
            RoutingState.INITIAL,
            OperationState.INITIAL);

    /** A new store, where values are judged by these. */
    static Store<KadRoot> store(Validators validators) {
        return Store.of(INITIAL)
                .mount(
                        MessageExchange.MACHINE,
                        KadRoot::exchange,
                        (root, changed) -> new KadRoot(changed, root.quiet, root.query, root.routing, root.operation))
                .mount(Quiet.of(PeerMachine.NAME, PeerAction.class), KadRoot::quiet, (root, same) -> root)
                .mount(Quiet.of(IdentifyMachine.NAME, IdentifyAction.class), KadRoot::quiet, (root, same) -> root)
                .mount(
                        QueryMachine.QUERY,
                        KadRoot::query,
                        (root, changed) ->
                                new KadRoot(root.exchange, root.quiet, changed, root.routing, root.operation))
                .mount(
                        RoutingMachine.ROUTING,
                        KadRoot::routing,
                        (root, changed) -> new KadRoot(root.exchange, root.quiet, root.query, changed, root.operation))
                .mount(
                        OperationMachine.of(validators),
                        KadRoot::operation,
                        (root, changed) -> new KadRoot(root.exchange, root.quiet, root.query, root.routing, changed))
                .build();
    }
}
