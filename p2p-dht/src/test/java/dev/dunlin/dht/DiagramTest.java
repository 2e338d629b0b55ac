package dev.dunlin.dht;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.store.Diagram;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.testkit.PackagePage;
import dev.dunlin.dht.crawl.CrawlMachine;
import dev.dunlin.dht.metrics.MetricsMachine;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.OperationMachine;
import dev.dunlin.dht.publish.PublishMachine;
import dev.dunlin.dht.query.QueryMachine;
import dev.dunlin.dht.record.RecordsMachine;
import dev.dunlin.dht.routing.RoutingMachine;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The diagram on each machine's page is the one that its transitions give. */
class DiagramTest {

    static Stream<Machine<?, ?, ?>> machines() {
        return Stream.of(
                QueryMachine.QUERY,
                RoutingMachine.ROUTING,
                RecordsMachine.of(Validators.STANDARD),
                OperationMachine.of(Validators.STANDARD),
                CrawlMachine.CRAWL,
                MetricsMachine.METRICS,
                PublishMachine.of(Validators.STANDARD));
    }

    @ParameterizedTest
    @MethodSource("machines")
    void everyMachineIsDrawnOnItsPage(Machine<?, ?, ?> machine) {
        assertThat(PackagePage.of(machine)).contains(Diagram.of(machine));
    }
}
