package dev.dunlin.node.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a node does that has no hooks of its own. */
class StandardHooksTest {

    private static final PeerId PEER = TypeArbitraries.peer(1);
    private static final Duration SOON = Duration.ofSeconds(1);

    private static final class Shelf implements Provisioner {
        private final Map<String, Tally> all = new TreeMap<>();

        @Override
        public Tally make(String name, Role role) {
            return all.computeIfAbsent(name, missing -> new Tally(missing, role, "memory:" + missing, ""));
        }

        @Override
        public Usage usage() {
            return new Usage(all.size(), 0);
        }

        @Override
        public Optional<Tally> find(String redemption) {
            return Optional.ofNullable(all.get(redemption));
        }

        @Override
        public void remove(String redemption) {
            all.remove(redemption);
        }

        @Override
        public List<String> names(String after, int most) {
            return List.copyOf(all.keySet());
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    private final Shelf own = new Shelf();
    private final Shelf ofLinks = new Shelf();
    private final StandardHooks hooks = new StandardHooks(own, ofLinks);

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{}; '' ; true",
                "null; '' ; true",
                "{\"a\":1}; {\"a\":1}; true",
                "{\"a\":1,\"b\":[2]}; {\"b\":[2]}; true",
                "{\"a\":1}; {}; true",
                "{\"a\":2}; {\"a\":1}; false",
                "{\"a\":\"1\"}; {\"a\":1}; false",
                "{}; {\"a\":1}; false",
                "{}; {\"a\":null}; false",
                "[1]; {\"a\":1}; false",
                "null; {\"a\":1}; false"
            })
    void anIdentityIsEnoughThatHasWhatTheTokenAsksFor(String identity, String requirements, boolean isEnough) {
        assertThat(hooks.validateIdentity(PEER, identity, requirements, SOON)).isEqualTo(isEnough);
    }

    @Test
    void requirementsThatAreNoObjectAreAFaultAndSayNothingOfWhatStandsThere() {
        for (String bad : List.of("[1]", "secret", "{\"secret\"")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> hooks.validateIdentity(PEER, "{}", bad, SOON))
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
        }
    }

    @Test
    void databasesForTokensAndForLinksAreApart() throws InterruptedException {
        hooks.provisionDatabase("a", PEER, Role.STOCK, List.of(), SOON);
        Tally ofLink = hooks.provisionDatabase("b", PEER, Role.FOIL, List.of(), SOON);
        assertThat(own.all).containsOnlyKeys("a");
        assertThat(ofLinks.all).containsOnlyKeys("b");
        hooks.removeDatabase("b", ofLink);
        assertThat(ofLinks.all).isEmpty();
    }

    @Test
    void theOtherSideTellsOnlyOfWhatItHasMadeItself() {
        assertThat(hooks.validateDatabaseResult(PEER, new Tally("a", Role.FOIL, "x:y", ""), SOON))
                .isTrue();
        assertThat(hooks.validateDatabaseResult(PEER, new Tally("a", Role.STOCK, "x:y", ""), SOON))
                .isFalse();
    }
}
