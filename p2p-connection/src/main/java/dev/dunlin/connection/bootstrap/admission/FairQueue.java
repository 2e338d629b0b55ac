package dev.dunlin.connection.bootstrap.admission;

import dev.dunlin.core.state.Table;
import java.util.Map;
import java.util.Optional;

/**
 * Those that wait for one service, by networks in turn: each network's first before any network's second. A network that waits with many so
 * takes no place of another: it waits for itself (McKenney, Stochastic Fairness Queueing, 1990, with a queue for each network and not for each hash).
 *
 * @param turns when it is whose turn: the turn, then whoever has it, in the order in which they came, with the network of each
 * @param ofNetwork the turns of each network that waits, with whose they are; no network has two of one turn
 * @param ofWaiting the turn of each that waits
 * @param turn that of the last that was served
 */
public record FairQueue(
        Table<Long, Table<Long, String>> turns,
        Table<String, Table<Long, Long>> ofNetwork,
        Table<Long, Long> ofWaiting,
        long turn) {

    /** Nobody waits. */
    public static final FairQueue EMPTY = new FairQueue(Table.empty(), Table.empty(), Table.empty(), 0);

    /** How many wait. */
    public int size() {
        return ofWaiting.size();
    }

    /** Whether nobody waits. */
    public boolean isEmpty() {
        return ofWaiting.isEmpty();
    }

    /** Whether one of these waits. */
    public boolean has(long number) {
        return ofWaiting.has(number);
    }

    /** Whose turn it is; empty if nobody waits. */
    public Optional<Long> first() {
        return turns.first().map(Map.Entry::getValue).flatMap(Table::first).map(Map.Entry::getKey);
    }

    /**
     * Who has to go for one more of a network, where no more may wait: the last of those that wait longer than the new one would. Empty if the new
     * one would wait as long as any, and so is the one that has to go.
     */
    public Optional<Long> displaced(String network) {
        return turns.last()
                .filter(last -> last.getKey() > next(network))
                .flatMap(last -> last.getValue().last())
                .map(Map.Entry::getKey);
    }

    private long next(String network) {
        return 1
                + ofNetwork
                        .find(network)
                        .flatMap(Table::last)
                        .map(last -> Math.max(turn, last.getKey()))
                        .orElse(turn);
    }

    /** With one more; the same if it waits already. */
    public FairQueue with(long number, String network) {
        if (has(number)) {
            return this;
        }
        long at = next(network);
        return new FairQueue(
                turns.with(at, turns.or(at, Table.empty()).with(number, network)),
                ofNetwork.with(network, ofNetwork.or(network, Table.empty()).with(at, number)),
                ofWaiting.with(number, at),
                turn);
    }

    /** Without one, whether it was its turn or not. */
    public FairQueue without(long number) {
        Optional<Long> found = ofWaiting.find(number);
        if (found.isEmpty()) {
            return this;
        }
        long at = found.get();
        String network = turns.at(at).at(number);
        Table<Long, String> besides = turns.at(at).without(number);
        Table<Long, Long> others = ofNetwork.at(network).without(at);
        return new FairQueue(
                besides.isEmpty() ? turns.without(at) : turns.with(at, besides),
                others.isEmpty() ? ofNetwork.without(network) : ofNetwork.with(network, others),
                ofWaiting.without(number),
                turn);
    }

    /** Without the first, whose turn it was. */
    public FairQueue served() {
        Optional<Long> first = first();
        if (first.isEmpty()) {
            return this;
        }
        FairQueue others = without(first.get());
        return new FairQueue(others.turns, others.ofNetwork, others.ofWaiting, ofWaiting.at(first.get()));
    }

    /** The sentence that says what is not of one piece; empty if all is. */
    public Optional<String> violation() {
        int inTurns = 0;
        for (Map.Entry<Long, Table<Long, String>> each : turns) {
            for (Map.Entry<Long, String> one : each.getValue()) {
                inTurns++;
                boolean isRight = ofWaiting.find(one.getKey()).equals(Optional.of(each.getKey()))
                        && ofNetwork
                                .or(one.getValue(), Table.empty())
                                .find(each.getKey())
                                .equals(Optional.of(one.getKey()));
                if (!isRight) {
                    return Optional.of(one.getKey() + " has a turn of which its network knows nothing");
                }
            }
        }
        int inNetworks = 0;
        for (Table<Long, Long> each : ofNetwork.values()) {
            inNetworks += each.size();
        }
        return inTurns == ofWaiting.size() && inNetworks == ofWaiting.size()
                ? Optional.empty()
                : Optional.of(
                        ofWaiting.size() + " wait, " + inTurns + " have turns, " + inNetworks + " are of networks");
    }
}
