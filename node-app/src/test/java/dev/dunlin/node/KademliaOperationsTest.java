package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.operate.Registry;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.node.admin.OpenApi;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What Kademlia offers to operators has its place on a command line and in the admin API of a node. */
final class KademliaOperationsTest {

    private static final Registry<NodeRoot> REGISTRY =
            Registry.of(NodeRoot.newStore(Extensions.of(new KadExtension())));

    @Test
    void allIsOffered() {
        assertThat(REGISTRY.operations().stream()
                        .map(offered -> offered.operation().name())
                        .filter(name -> name.startsWith("dht ")))
                .containsExactlyInAnyOrder(
                        "dht find-peer",
                        "dht closest",
                        "dht lookup",
                        "dht get",
                        "dht put",
                        "dht find-providers",
                        "dht provide",
                        "dht running",
                        "dht queries",
                        "dht table",
                        "dht contacts",
                        "dht records",
                        "dht crawl",
                        "dht crawls",
                        "dht stop-crawl",
                        "dht keep",
                        "dht forget",
                        "dht keep-value",
                        "dht forget-value",
                        "dht published");
        assertThat(REGISTRY.checks().stream().map(Registry.Looked::name)).contains("routing/table");
    }

    @Test
    void itHasRoutesAndVerbs() {
        OpenApi.checkAnswers(REGISTRY);
        OpenApi.check(REGISTRY);
        Verbs.check(REGISTRY, Set.of());
    }
}
