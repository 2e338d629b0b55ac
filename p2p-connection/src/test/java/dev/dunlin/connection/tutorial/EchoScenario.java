package dev.dunlin.connection.tutorial;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.sim.SimNet;
import dev.dunlin.core.sim.Faults;
import dev.dunlin.core.sim.Plan;
import dev.dunlin.core.sim.Scenario;
import dev.dunlin.core.sim.SimNode;
import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.sim.Wish;
import dev.dunlin.core.sim.World;
import dev.dunlin.core.sim.WorldCheck;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Nodes ask one another, while the faults of the seed happen: nodes crash, links break, messages are late. */
public final class EchoScenario implements Scenario<Echo> {

    /** How long an ask may take, in microseconds. */
    private static final long WITHIN = 20_000_000;

    @Override
    public String name() {
        return "echo";
    }

    @Override
    public Store<Echo> store() {
        return Echo.store();
    }

    @Override
    public Table<String, String> config(int node, int nodes) {
        return Table.of("node.peerId", SimNet.peer(node).toString());
    }

    @Override
    public Services<Echo> services(World<Echo> world) {
        return new SimNet<>(world, List.of(Echo.PROTOCOL), List.of());
    }

    /** What the n-th ask says. */
    private static Echo.Text text(long number) {
        byte[] bytes = new byte[1 + (int) (number * number % 10_000)];
        bytes[0] = (byte) number;
        return new Echo.Text(Bytes.of(bytes));
    }

    @Override
    public Plan plan(long seed, Size size) {
        SimRandom random = SimRandom.of(seed, 0x6563686FL);
        List<Wish> wishes = new ArrayList<>();
        for (int node = 0; node < size.nodes(); node++) {
            wishes.add(new Wish(0, node, new ConnectionAction.Listen(SimNet.address(node), Ticket.NONE)));
        }
        for (int number = 1; number <= 10 * size.nodes(); number++) {
            int node = random.below(size.nodes());
            int other = (node + 1 + random.below(size.nodes() - 1)) % size.nodes();
            wishes.add(new Wish(
                    1 + random.below(size.time()),
                    node,
                    new ExchangeAction.Ask(
                            new Ticket("user", number),
                            SimNet.peer(other),
                            List.of(SimNet.address(other)),
                            true,
                            Echo.PROTOCOL.name(),
                            text(number),
                            WITHIN)));
        }
        wishes.sort(Comparator.comparingLong(Wish::at));
        return Faults.swarm(name(), seed, size, 2 * WITHIN).honest().withWishes(wishes);
    }

    @Override
    public List<WorldCheck<Echo>> checks(World<Echo> world) {
        return List.of(new AnswersAreEchoes());
    }

    /** Whatever is answered is what was asked. */
    private static final class AnswersAreEchoes implements WorldCheck<Echo> {
        @Override
        public String name() {
            return "answers-are-echoes";
        }

        @Override
        public Optional<String> after(SimNode<Echo> node, Turn turn) {
            for (int i = 0; i < turn.size(); i++) {
                if (turn.entry(i) instanceof ExchangeOutcome.Answered answered
                        && !answered.message().equals(text(answered.ticket().key()))) {
                    return Optional.of(answered.ticket() + " is answered by something else");
                }
            }
            return Optional.empty();
        }
    }

    @Override
    public Optional<String> unfinished(World<Echo> world) {
        return world.nodes().stream()
                .filter(SimNode::isUp)
                .filter(node -> !node.root().exchange().asks().isEmpty())
                .map(node -> "node " + node.number() + " still waits for an answer")
                .findFirst();
    }
}
