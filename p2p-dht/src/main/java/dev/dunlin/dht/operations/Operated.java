package dev.dunlin.dht.operations;

import dev.dunlin.core.store.Machine;
import dev.dunlin.dht.crawl.CrawlAction;
import dev.dunlin.dht.crawl.CrawlMachine;
import dev.dunlin.dht.crawl.CrawlState;
import dev.dunlin.dht.metrics.MetricsAction;
import dev.dunlin.dht.metrics.MetricsMachine;
import dev.dunlin.dht.metrics.MetricsState;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationMachine;
import dev.dunlin.dht.operation.OperationState;
import dev.dunlin.dht.publish.PublishAction;
import dev.dunlin.dht.publish.PublishMachine;
import dev.dunlin.dht.publish.PublishState;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryMachine;
import dev.dunlin.dht.query.QueryState;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsMachine;
import dev.dunlin.dht.record.RecordsState;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.routing.RoutingMachine;
import dev.dunlin.dht.routing.RoutingState;

/** The machines of this module with what can be asked and ordered of them: to be mounted where a node is operated. */
public final class Operated {

    /** Lookups. */
    public static final Machine<Object, QueryState, QueryAction> QUERY =
            QueryMachine.QUERY.bringing(QueryOperations.ALL);

    /** Routing tables. */
    public static final Machine<Object, RoutingState, RoutingAction> ROUTING =
            RoutingMachine.ROUTING.bringing(RoutingOperations.ALL);

    /** Figures. */
    public static final Machine<Object, MetricsState, MetricsAction> METRICS =
            MetricsMachine.METRICS.bringing(MetricsOperations.ALL);

    /** Crawls. */
    public static final Machine<Object, CrawlState, CrawlAction> CRAWL =
            CrawlMachine.CRAWL.bringing(CrawlOperations.ALL);

    private Operated() {}

    /** What is kept for others, where values are judged by some validators. */
    public static Machine<Object, RecordsState, RecordsAction> records(Validators validators) {
        return RecordsMachine.of(validators).bringing(RecordsOperations.ALL);
    }

    /** What the node keeps published, where values are judged by some validators. */
    public static Machine<Object, PublishState, PublishAction> publish(Validators validators) {
        return PublishMachine.of(validators).bringing(PublishOperations.of(validators));
    }

    /** What callers ask for, where values are judged by some validators. */
    public static Machine<Object, OperationState, OperationAction> dht(Validators validators) {
        return OperationMachine.of(validators).bringing(DhtOperations.of(validators));
    }
}
