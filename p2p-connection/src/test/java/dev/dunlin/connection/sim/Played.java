package dev.dunlin.connection.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect.DisconnectInit;
import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.standard.StandardProtocols;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.sim.Outcome;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.sim.Simulation;
import dev.dunlin.core.sim.Wish;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.sim.WorldCheck;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A plan that was run on nodes with connections and streams only, to be looked at: the nodes as they stand, and all their
 * turns. A script may do at a time what a plan cannot say: what depends on the state, or sides that close badly.
 */
final class Played implements Scenario<SimRoot> {

    /** One second in microseconds. */
    static final long SECOND = 1_000_000;

    /** What every message takes one way, in microseconds. */
    static final long LATENCY = 20_000;

    private static final String NAME = "played";
    private static final Plan.Net EVEN = new Plan.Net(LATENCY, 0, 0, 1_000_000_000, 5_000, Plan.Spread.EXPONENTIAL);

    private final Table<String, String> config;
    private final Consumer<Played> script;
    private final List<List<Turn>> turns;
    private final Outcome outcome;
    private @Nullable World<SimRoot> world;
    private @Nullable SimNet<SimRoot> net;
    private boolean stubborn;

    private Played(Plan plan, Table<String, String> config, Consumer<Played> script) {
        this.config = config;
        this.script = script;
        this.turns = IntStream.range(0, plan.nodes())
                .<List<Turn>>mapToObj(node -> new ArrayList<>())
                .toList();
        this.outcome = Simulation.of(this).run(plan);
    }

    /** Plays a plan, in which nothing may be found wrong. */
    static Played of(Plan plan) {
        return of(plan, Table.empty(), played -> {});
    }

    /**
     * Plays a plan, in which nothing may be found wrong.
     *
     * @param config of each node, without its own id
     * @param script is called before anything happens
     */
    static Played of(Plan plan, Table<String, String> config, Consumer<Played> script) {
        Played played = new Played(plan, config, script);
        assertThat(played.outcome.violation()).isEmpty();
        return played;
    }

    /** A plan without faults, on links of which all are the same; the wishes in the order of their times. */
    static Plan plan(int nodes, long end, Wish... wishes) {
        return new Plan(NAME, 1, nodes, List.of(), List.of(), EVEN, end, end, List.of(), List.of(wishes), List.of());
    }

    /** A node listens on its address from the beginning. */
    static Wish listen(int node) {
        return listen(1, node);
    }

    /** A node listens on its address. */
    static Wish listen(long at, int node) {
        return new Wish(at, node, new ConnectionAction.Listen(SimNet.address(node), Ticket.NONE));
    }

    /** A node connects to another at its address. */
    static Wish connect(long at, int node, int other, Ticket ticket) {
        return new Wish(
                at, node, new ConnectionAction.Connect(SimNet.peer(other), List.of(SimNet.address(other)), ticket));
    }

    // For scripts

    /** Has something happen. */
    void at(long time, Runnable happens) {
        world().at(time, happens);
    }

    /** From now on orderly closes hang until they are forced, or no longer. */
    void stubborn(boolean whether) {
        stubborn = whether;
    }

    /** The sides of the connections that are up at a node. */
    List<Link.Side> sides(int node) {
        return net().transport(node).map(SimTransport::sides).orElse(List.of());
    }

    // To look at

    /** A node as it stands. */
    SimNode<SimRoot> node(int number) {
        return world().nodes().get(number);
    }

    /** Its state. */
    SimRoot root(int node) {
        return node(node).root();
    }

    /** All turns of a node. */
    List<Turn> turns(int node) {
        return turns.get(node);
    }

    /** All enabled actions of a type of a node, derived ones too. */
    <T extends Action> List<T> actions(int node, Class<T> type) {
        List<T> found = new ArrayList<>();
        for (Turn turn : turns.get(node)) {
            for (int i = 0; i < turn.size(); i++) {
                if (type.isInstance(turn.entry(i)) && turn.rejection(i) == null) {
                    found.add(type.cast(turn.entry(i)));
                }
            }
        }
        return found;
    }

    /** What became of the plan. */
    Outcome outcome() {
        return outcome;
    }

    /** No node has a connection or a stream, and no transport has one either. */
    void assertNothingOpen() {
        for (SimNode<SimRoot> node : world().nodes()) {
            assertThat(node.root().connection().connections().isEmpty()).isTrue();
            assertThat(node.root().stream().streams().isEmpty()).isTrue();
            node.state()
                    .orElseThrow()
                    .node()
                    .handles()
                    .keys()
                    .forEach(handle -> assertThat(handle.kind()).isEqualTo(SimTransport.LISTENER));
            assertThat(net().difference(node)).isEmpty();
            assertThat(sides(node.number())).isEmpty();
        }
    }

    private World<SimRoot> world() {
        return Objects.requireNonNull(world);
    }

    private SimNet<SimRoot> net() {
        return Objects.requireNonNull(net);
    }

    // The scenario

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Store<SimRoot> store() {
        return Bench.streamStore();
    }

    @Override
    public Table<String, String> config(int node, int nodes) {
        PeerId self = SimNet.peer(node);
        return config.with("node.peerId", self.toString());
    }

    @Override
    public Plan plan(long seed, Size size) {
        throw new UnsupportedOperationException("plans are written by hand");
    }

    @Override
    public Services<SimRoot> services(World<SimRoot> made) {
        SimNet<SimRoot> among = new SimNet<>(made, StandardProtocols.ALL, List.of());
        world = made;
        net = among;
        script.accept(this);
        return node -> {
            Running running = among.begin(node);
            SimTransport transport = among.transport(node.number()).orElseThrow();
            node.handler(DisconnectInit.class, (id, effect) -> {
                if (!stubborn || effect.reason() == CloseReason.TIMED_OUT) {
                    transport.disconnect(id, effect);
                }
            });
            return running;
        };
    }

    @Override
    public List<WorldCheck<SimRoot>> checks(World<SimRoot> made) {
        return List.of(new WorldCheck<>() {
            @Override
            public String name() {
                return "turns-are-kept";
            }

            @Override
            public Optional<String> after(SimNode<SimRoot> node, Turn turn) {
                turns.get(node.number()).add(turn);
                return Optional.empty();
            }
        });
    }

    /** When nothing is on its way, what is open in the world is what the states hold. */
    @Override
    public Optional<String> unfinished(World<SimRoot> made) {
        return made.nodes().stream()
                .flatMap(node -> net().difference(node).stream())
                .findFirst();
    }
}
