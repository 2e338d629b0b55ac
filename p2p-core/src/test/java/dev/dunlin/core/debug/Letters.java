package dev.dunlin.core.debug;

import dev.dunlin.core.debug.Correlation.Direction;
import dev.dunlin.core.debug.Correlation.Key;
import dev.dunlin.core.debug.Correlation.Told;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.gate.GateAction;
import dev.dunlin.core.testkit.gate.House;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Nodes whose gates' wishes stand for letters on one connection: to open "peer:text" sends it, to shut "peer:text" gets it,
 * to shut "peer?text" gets what need not be recorded as sent, and a jam of "1" or "0" ends stream 1 or the connection.
 */
final class Letters {

    private final SequencedMap<String, StoreDriver<House>> nodes = new LinkedHashMap<>();

    /** Nodes, each with a clock that is ahead by so much. */
    Letters node(String name, long ahead) {
        StoreDriver<House> node = StoreDriver.of(House.store());
        node.advanceTo(StoreDriver.START + ahead);
        node.boot(Table.<String, String>empty().with("self", name));
        nodes.put(name, node);
        return this;
    }

    private StoreDriver<House> of(String name) {
        return Objects.requireNonNull(nodes.get(name), name);
    }

    /** Time passes for all. */
    Letters pass(long micros) {
        nodes.values().forEach(node -> node.advanceBy(micros));
        return this;
    }

    Letters send(String from, String to, String text) {
        of(from).dispatch(new GateAction.Open(to + ":" + text));
        return this;
    }

    Letters get(String at, String from, String text) {
        of(at).dispatch(new GateAction.Shut(from + ":" + text));
        return this;
    }

    Letters getUnannounced(String at, String from, String text) {
        of(at).dispatch(new GateAction.Shut(from + "?" + text));
        return this;
    }

    Letters end(String at, int stream) {
        of(at).dispatch(new GateAction.Jammed(Integer.toString(stream)));
        return this;
    }

    /** The only node's log, under two names. */
    Timeline joinedTwice(String one, String two) {
        List<Turn> turns = nodes.firstEntry().getValue().turns();
        SequencedMap<String, ClusterLog> logs = new LinkedHashMap<>();
        logs.put(one, () -> over(turns.iterator()));
        logs.put(two, () -> over(turns.iterator()));
        return Cluster.join(logs, () -> Letters::read);
    }

    Timeline joined(int most) {
        SequencedMap<String, ClusterLog> logs = new LinkedHashMap<>();
        nodes.forEach((name, node) -> logs.put(name, () -> over(node.turns().iterator())));
        return Cluster.join(logs, () -> Letters::read, most);
    }

    Timeline joined() {
        return joined(Cluster.MAX_TOLD);
    }

    private static ClusterLog.Turns over(Iterator<Turn> turns) {
        return new ClusterLog.Turns() {
            @Override
            public Optional<Turn> next() {
                return turns.hasNext() ? Optional.of(turns.next()) : Optional.empty();
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }

    private static List<Told> read(Turn turn) {
        return switch (turn.entry(0)) {
            case NodeAction.Booted booted ->
                List.of(new Told.Self(booted.config().at("self")));
            case GateAction.Open(String letter, var _) -> List.of(new Told.Sent(turn.id(0), key(letter), peer(letter)));
            case GateAction.Shut(String letter) ->
                List.of(new Told.Received(turn.id(0), key(letter), peer(letter), letter.contains(":")));
            case GateAction.Jammed(String stream) -> List.of(new Told.Ended("c", Long.parseLong(stream)));
            default -> List.of();
        };
    }

    // "text#2" is the third of that kind.
    private static Key key(String letter) {
        String[] text = letter.split("[:?]", -1)[1].split("#", 2);
        return new Key("c", 1, Direction.FORTH, text[0], text.length > 1 ? Integer.parseInt(text[1]) : 0);
    }

    private static String peer(String letter) {
        return letter.split("[:?]", -1)[0];
    }
}
