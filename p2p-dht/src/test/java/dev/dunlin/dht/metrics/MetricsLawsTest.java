package dev.dunlin.dht.metrics;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.peer.PeerOutcome;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.operation.OperationMachine;
import dev.dunlin.dht.operation.OperationState;
import dev.dunlin.dht.query.QueryMachine;
import dev.dunlin.dht.query.QueryState;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsOutcome;
import dev.dunlin.dht.routing.RoutingMachine;
import dev.dunlin.dht.routing.RoutingState;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The observer obeys the laws, whatever it sees. */
final class MetricsLawsTest extends MachineLaws<MetricsLawsTest.Root, MetricsState, MetricsAction> {

    record Root(
            Silent.Nothing silent,
            QueryState query,
            RoutingState routing,
            OperationState operation,
            MetricsState metrics) {}

    @Override
    protected Machine<Object, MetricsState, MetricsAction> machine() {
        return MetricsMachine.METRICS;
    }

    @Override
    protected Store<Root> store(Machine<? super Root, MetricsState, MetricsAction> metrics) {
        return Store.of(new Root(
                        new Silent.Nothing(),
                        QueryState.INITIAL,
                        RoutingState.INITIAL,
                        OperationState.INITIAL,
                        MetricsState.INITIAL))
                .mount(Silent.exchange(List.of(KadQuestion.class, KadAnswer.class)), Root::silent, (root, same) -> root)
                .mount(Silent.of("peer", PeerAction.class, PeerOutcome.class), Root::silent, (root, same) -> root)
                .mount(Silent.of("identify", IdentifyAction.class), Root::silent, (root, same) -> root)
                .mount(
                        Silent.of("records", RecordsAction.class, RecordsOutcome.class),
                        Root::silent,
                        (root, same) -> root)
                .mount(
                        QueryMachine.QUERY,
                        Root::query,
                        (root, changed) ->
                                new Root(root.silent(), changed, root.routing(), root.operation(), root.metrics()))
                .mount(
                        RoutingMachine.ROUTING,
                        Root::routing,
                        (root, changed) ->
                                new Root(root.silent(), root.query(), changed, root.operation(), root.metrics()))
                .mount(
                        OperationMachine.of(AnyValue.VALIDATORS),
                        Root::operation,
                        (root, changed) ->
                                new Root(root.silent(), root.query(), root.routing(), changed, root.metrics()))
                .mount(
                        metrics,
                        Root::metrics,
                        (root, changed) ->
                                new Root(root.silent(), root.query(), root.routing(), root.operation(), changed))
                .build();
    }

    @Override
    protected TypeArbitraries types() {
        return TypeArbitraries.small()
                .with(MetricsAction.Counted.class, "label", labels())
                .with(MetricsAction.Timed.class, "label", labels());
    }

    private static Arbitrary<String> labels() {
        return Arbitraries.of("a", "b", "c", "x".repeat(Counts.LONGEST_LABEL + 1));
    }

    /** As many labels as may be, and one more. */
    @Override
    protected List<Script<Root>> scripts() {
        return List.of(new Script<>("too many labels", driver -> {
            for (int i = 0; i <= Counts.MOST_LABELS; i++) {
                driver.dispatch(new MetricsAction.Counted(Figure.REQUESTS, "label " + i));
            }
        }));
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return TypeArbitraries.wide().of(MetricsAction.class);
    }
}
