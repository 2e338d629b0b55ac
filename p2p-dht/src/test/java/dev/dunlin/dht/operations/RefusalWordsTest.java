package dev.dunlin.dht.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.dht.namespace.Validators;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whoever is refused a wish is told why in words, not by the name of a guard's clause. */
final class RefusalWordsTest {

    @TestFactory
    Stream<DynamicTest> everyClauseOfAWishHasWords() {
        return Stream.<Machine<?, ?, ?>>of(Operated.QUERY, Operated.dht(Validators.STANDARD), Operated.CRAWL)
                .flatMap(machine -> machine.guards().types().stream()
                        .filter(Action.Wish.class::isAssignableFrom)
                        .flatMap(type -> machine.guards().clausesOf(type).stream()
                                .map(clause -> DynamicTest.dynamicTest(
                                        machine.name() + " " + type.getSimpleName() + " " + clause,
                                        () -> assertThat(Refusals.why(clause)).doesNotContain("' is not met")))));
    }
}
