package dev.dunlin.dht.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.words.ClauseWords;
import dev.dunlin.dht.extension.KadExtension;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whatever a machine of the DHT has disabled is told without the name of a guard. */
final class RefusalWordsTest {

    @TestFactory
    Stream<DynamicTest> everyClauseHasWords() {
        return new KadExtension()
                .machines().stream()
                        .flatMap(machine -> machine.guards().types().stream()
                                .flatMap(type -> machine.guards().clausesOf(type).stream()
                                        .map(clause -> DynamicTest.dynamicTest(
                                                machine.name() + " " + type.getSimpleName() + " " + clause,
                                                () -> assertThat(ClauseWords.why(
                                                                machine.name() + "/x", clause, List.of()))
                                                        .doesNotContain(clause)
                                                        .doesNotContain("' is not met")))));
    }
}
