package dev.dunlin.core.testkit;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule is seen to fail on a class that breaks it, and on no other. */
class ArchitectureRulesTest {

    private static final String ROOT = "dev.dunlin.archfixture";

    private static final JavaClasses FIXTURES = new ClassFileImporter().importPackages(ROOT);

    private static final Map<String, ArchRule> RULES =
            ArchitectureRules.below(ROOT).all();

    private static final Map<String, List<String>> BROKEN_BY = new TreeMap<>(Map.ofEntries(
            Map.entry("core depends on no other module", List.of("UsesConnection")),
            Map.entry("connection depends on core only", List.of("connection.up.UsesDht")),
            Map.entry("dht depends on connection and core only", List.of("UsesConsensus")),
            Map.entry("consensus depends on connection and core only", List.of("consensus.across.UsesDht")),
            Map.entry("no cycles between packages", List.of("cycle.one.One", "cycle.two.Two")),
            Map.entry("netty stays in its packages", List.of("KnowsNetty")),
            Map.entry("databases stay in their packages", List.of("UsesJdbc")),
            Map.entry("services are implemented at the rim", List.of("InnerEchoService")),
            Map.entry("pure packages touch no network", List.of("OpensSocket")),
            Map.entry("pure packages touch no files", List.of("ReadsFile", "OldFile")),
            Map.entry("pure packages read no clock", List.of("ReadsMillis", "ReadsNanos", "ReadsInstant")),
            Map.entry(
                    "pure packages hold no random source",
                    List.of("DrawsRandom", "DrawsThreadLocal", "DrawsMath", "DrawsUuid", "MakesSecureRandom")),
            Map.entry("keys and handshakes alone are given secure randomness", List.of("NamesSecureRandom")),
            Map.entry("pure packages start and know no threads", List.of("StartsThread", "RunsInParallel")),
            Map.entry("pure packages log nothing", List.of("Logs", "Prints")),
            Map.entry("pure packages read no environment", List.of("ReadsProperty")),
            Map.entry("state has one order", List.of("HoldsHashMap", "MakesSet", "HoldsHashSet")),
            Map.entry("nothing is written in the language of the machine", List.of("Formats", "Shouts")),
            Map.entry("no Java serialization", List.of("Serialized", "WritesObjects"))));

    static Stream<Arguments> rules() {
        return BROKEN_BY.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
    }

    @Test
    void everyRuleHasAClassThatBreaksIt() {
        assertThat(BROKEN_BY.keySet()).isEqualTo(new TreeSet<>(RULES.keySet()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void isBrokenByItsFixturesAlone(String name, List<String> culprits) {
        List<String> violations = requireNonNull(RULES.get(name))
                .evaluate(FIXTURES)
                .getFailureReport()
                .getDetails();
        for (String culprit : culprits) {
            assertThat(violations).as(culprit).anyMatch(violation -> violation.contains("." + culprit));
        }
        assertThat(violations).allMatch(violation -> culprits.stream().anyMatch(violation::contains));
    }
}
