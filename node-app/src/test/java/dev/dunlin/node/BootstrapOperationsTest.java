package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.operate.Registry;
import dev.dunlin.node.admin.OpenApi;
import dev.dunlin.node.bootstrap.extension.BootstrapExtension;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What operators ask and order of bootstrap sessions, in a node that has their machines. */
class BootstrapOperationsTest {

    private static final Registry<NodeRoot> REGISTRY =
            Registry.of(NodeRoot.newStore(Extensions.of(new BootstrapExtension())));

    @Test
    void itOffersTokensLinksSessionsAndTheTrail() {
        assertThat(REGISTRY.operations().stream()
                        .map(offered -> offered.operation().name())
                        .toList())
                .contains(
                        "token create",
                        "token list",
                        "token show",
                        "token revoke",
                        "bootstrap",
                        "attempts",
                        "sessions list",
                        "sessions show",
                        "sessions status",
                        "sessions cancel",
                        "audit tail",
                        "audit verify");
        assertThat(REGISTRY.checks().stream().map(Registry.Looked::name)).contains("session/sessions");
    }

    @Test
    void itHasRoutesAndVerbs() {
        OpenApi.checkAnswers(REGISTRY);
        OpenApi.check(REGISTRY);
        Verbs.check(REGISTRY, Set.of());
    }
}
