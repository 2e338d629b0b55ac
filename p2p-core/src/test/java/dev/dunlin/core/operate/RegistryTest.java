package dev.dunlin.core.operate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.operate.Operation.Order;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RegistryTest {

    /** How often a bell rang. */
    record Bell(int rings) {}

    /** What happens to it. */
    sealed interface BellAction extends Action {
        /** It rings. */
        record Ring(int times) implements BellAction {}
    }

    /** An answer. */
    record Rings(@Means("how often") int rings) {}

    private static Query<Object, Bell, Rings> query(String name, String path) {
        return new Query<>(
                name,
                path,
                List.of(Parameter.optional("more", new Kind.Count(0, 9), "2", "so many more")),
                "Tells.",
                Rings.class,
                (at, given) -> new Rings(at.own().rings() + (int) given.number("more")),
                rings -> List.of(rings.rings() + " rings"));
    }

    private static Order<Object, Bell, Rings> order(String name, String path, Parameter... parameters) {
        return new Order<>(
                name,
                path,
                List.of(parameters),
                "Rings.",
                Rings.class,
                (given, ticket) -> new BellAction.Ring(1),
                (outcome, given, after) -> new Rings(after.own().rings()),
                rings -> List.of(),
                1000);
    }

    private static Store<Bell> store(Operations<Object, Bell> operations) {
        Machine<Object, Bell, BellAction> bell = Machine.of("bell", new Bell(3))
                .actions(BellAction.class)
                .guards(Guards.<Object, Bell, BellAction>of()
                        .always(BellAction.Ring.class)
                        .build())
                .reduces((own, action, ctx) -> own)
                .budget(64);
        return Store.of(new Bell(3))
                .mount(bell.bringing(operations), own -> own, (own, changed) -> changed)
                .build();
    }

    private static Registry<Bell> registry(Operations<Object, Bell> operations) {
        return Registry.of(store(operations));
    }

    @Test
    void whatAMachineBringsIsAskedOfItsState() {
        Store<Bell> store =
                store(Operations.<Object, Bell>none().with(query("rings", "/rings"), order("ring", "/rings")));
        Registry<Bell> registry = Registry.of(store);
        Registry.Offered<Bell, ?, ?, ?> rings = registry.find("rings").orElseThrow();
        assertThat(rings.owner()).isEqualTo("bell");
        Record answer = rings.answer(
                store.state(), Arguments.of(rings.operation().parameters(), Map.of("more", "4")), Long::toString);
        assertThat(answer).isEqualTo(new Rings(7));
        assertThat(rings.text(answer)).containsExactly("7 rings");
        assertThat(rings.answer(store.state(), Arguments.of(rings.operation().parameters(), Map.of()), Long::toString))
                .isEqualTo(new Rings(5));
        assertThat(registry.find("nothing")).isEmpty();
        Registry.Offered<Bell, ?, ?, ?> ring = registry.find("ring").orElseThrow();
        assertThatThrownBy(() -> ring.answer(store.state(), Arguments.of(List.of(), Map.of()), Long::toString))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsThereTwiceIsRefused() {
        assertThatThrownBy(() -> registry(
                        Operations.<Object, Bell>none().with(query("rings", "/rings"), query("rings", "/others"))))
                .hasMessageContaining("the name rings");
        assertThatThrownBy(() -> registry(Operations.<Object, Bell>none()
                        .with(
                                order("one", "/{a}/x", Parameter.required("a", new Kind.Flag(), "a")),
                                order("two", "/{b}/x", Parameter.required("b", new Kind.Flag(), "b")))))
                .hasMessageContaining("the path POST /{}/x");
        Metric<Object, Bell> gauge = Metric.gauge("rings", "rings", at -> 1);
        Metric<Object, Bell> counter =
                new Metric<>("rings_total", Metric.Type.COUNTER, "rings", Optional.empty(), at -> Map.of("", 1));
        assertThatThrownBy(() -> registry(Operations.<Object, Bell>none().with(gauge, counter)))
                .hasMessageContaining("the metric bell_rings");
    }

    @Test
    void whatIsDeclaredWronglyIsRefusedAtOnce() {
        assertThatThrownBy(() -> query("Rings", "/rings")).hasMessageContaining("kebab case");
        assertThatThrownBy(() -> query("a b c", "/rings")).hasMessageContaining("kebab case");
        assertThatThrownBy(() -> query("rings", "rings")).hasMessageContaining("the path of rings");
        assertThatThrownBy(() -> query("rings", "/rings/{more}")).hasMessageContaining("no required parameter");
        assertThatThrownBy(() -> Parameter.optional("x", new Kind.Count(1, 2), "3", "x"))
                .hasMessageContaining("x = 3");
        assertThatThrownBy(() -> Parameter.required("X", new Kind.Flag(), "x")).hasMessageContaining("camel case");
        assertThatThrownBy(() -> Metric.gauge("Rings", "rings", at -> 1)).hasMessageContaining("snake case");
    }

    /** One bad look takes no other with it. */
    @Test
    void whatThrowsIsToldAsABug() {
        Store<Bell> store = store(Operations.<Object, Bell>none()
                .with(Metric.<Object, Bell>gauge("bad", "bad", at -> {
                    throw new IllegalStateException("a bug");
                }))
                .with(new Check<Object, Bell>("bad", "bad", at -> {
                    throw new IllegalStateException("a bug");
                })));
        Registry<Bell> registry = Registry.of(store);
        assertThat(registry.metrics().getFirst().read(store.state())).isEmpty();
        assertThat(registry.checks().getFirst().now(store.state(), Long::toString))
                .returns(Health.Status.WARN, Health::status)
                .returns("the look at it failed, which is a bug of bell", Health::reason);
    }

    @Test
    void allThatIsWrongWithWhatIsGivenIsToldAtOnce() {
        List<Parameter> parameters = List.of(
                Parameter.required("peer", new Kind.Peer(), "whom"),
                Parameter.optional("times", new Kind.Count(1, 5), "1", "how often"),
                Parameter.optional("at", new Kind.Addresses(2), "where"));
        assertThatThrownBy(() -> Arguments.of(parameters, Map.of("times", "9", "colour", "red\u0007")))
                .isInstanceOf(NoAnswerException.class)
                .hasMessageContaining("there is no colour here: what can be given is peer, times, at")
                .hasMessageContaining("peer is missing: whom")
                .hasMessageContaining("times = 9 is above 5");
        String id = "12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA";
        Arguments given = Arguments.of(parameters, Map.of("peer", id, "at", "/ip4/127.0.0.1/tcp/1"));
        assertThat(given.peer("peer")).isEqualTo(PeerId.parse(id));
        assertThat(given.number("times")).isEqualTo(1);
        assertThat(given.addresses("at")).hasSize(1);
        assertThat(given.find("none")).isEmpty();
    }
}
