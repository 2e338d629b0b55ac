package dev.dunlin.dht.sim;

import dev.dunlin.core.sim.SimRandom;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Values that nodes of a crowd store and others get. Each has an owner, one of the first nodes, which stores it again and again; whoever
 * gets it is any node that is up.
 */
public final class StoredValues {

    private static final int VALUES_SEED = 5;

    private final KadCrowd crowd;
    private final SimRandom random;
    private final int owners;
    private final List<Boolean> isStored = new ArrayList<>();
    private int puts;
    private long holders;
    private int gets;
    private int found;
    private int wrong;
    private int cut;
    private long took;

    /**
     * What became of them.
     *
     * @param puts how often one was stored
     * @param holders with how many nodes, on average
     * @param gets how often one was looked for that was stored, where who looked for it was up until the end
     * @param found how often it was found
     * @param wrong how often another than the owner's was found
     * @param cut how often who looked for one left before it had an answer; not counted above
     * @param took how long a get took, seconds of virtual time, on average
     */
    public record Report(int puts, double holders, int gets, int found, int wrong, int cut, double took) {

        /** How many of those that were looked for were found, 0 to 1. */
        public double rate() {
            return gets == 0 ? 0 : (double) found / gets;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d puts with %.1f nodes each; %d of %d gets found their value (%.4f), %d a wrong one, in %.2f s;"
                            + " %d askers left before",
                    puts,
                    holders,
                    found,
                    gets,
                    rate(),
                    wrong,
                    took,
                    cut);
        }
    }

    /**
     * Values of nobody so far.
     *
     * @param owners how many of the first nodes own values, at least 1
     */
    public StoredValues(KadCrowd crowd, int values, int owners) {
        this.crowd = crowd;
        this.random = SimRandom.of(crowd.seed(), VALUES_SEED);
        this.owners = owners;
        for (int i = 0; i < values; i++) {
            isStored.add(false);
        }
    }

    /** Lets each owner store its values once, at random times from now on, and then again and again. */
    public void put(long within, long again, long until) {
        for (int i = 0; i < isStored.size(); i++) {
            int value = i;
            long first = crowd.now() + random.below(within);
            crowd.at(first, () -> put(value, again, until));
        }
    }

    private void put(int value, long again, long until) {
        int owner = value % owners;
        Bytes key = SignedValue.key(value);
        if (crowd.isUp(owner)) {
            puts++;
            crowd.ask(
                    owner,
                    ticket -> new OperationAction.Start(ticket, new Goal.PutValue(SignedValue.record(key, 1))),
                    outcome -> {
                        if (outcome instanceof OperationOutcome.Done done) {
                            holders += done.stored();
                            isStored.set(value, isStored.get(value) || done.stored() > 0);
                        }
                        return outcome instanceof OperationOutcome.Done;
                    });
        }
        if (crowd.now() + again < until) {
            crowd.at(crowd.now() + again, () -> put(value, again, until));
        }
    }

    /** Lets nodes look for values that are stored, so many of them, at random times from now on. */
    public void get(int count, long within) {
        for (int i = 0; i < count; i++) {
            crowd.at(crowd.now() + random.below(within), this::get);
        }
    }

    private void get() {
        int value = random.below(isStored.size());
        int node = random.below(crowd.size());
        while (!crowd.isUp(node)) {
            node = random.below(crowd.size());
        }
        if (!isStored.get(value)) {
            return;
        }
        Bytes key = SignedValue.key(value);
        cut++;
        crowd.ask(node, ticket -> new OperationAction.Start(ticket, new Goal.GetValue(key, 0)), outcome -> {
            if (outcome instanceof OperationOutcome.Done done) {
                got(done, SignedValue.record(key, 1));
            }
            return outcome instanceof OperationOutcome.Done;
        });
    }

    private void got(OperationOutcome.Done done, ValueRecord expected) {
        cut--;
        gets++;
        took += done.took();
        if (done.found() instanceof Goal.Found.Value value) {
            boolean isRight = value.record().value().equals(expected.value());
            found += isRight ? 1 : 0;
            wrong += isRight ? 0 : 1;
        }
    }

    /** What has become of them by now. */
    public Report report() {
        return new Report(
                puts,
                (double) holders / Math.max(1, puts),
                gets,
                found,
                wrong,
                cut,
                (double) took / KadCrowd.SECOND / Math.max(1, gets));
    }
}
