package dev.dunlin.node;

import dev.dunlin.core.debug.Entry;
import dev.dunlin.core.debug.LogIndex;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.dht.query.Query;
import dev.dunlin.dht.trace.LookupTrace;
import dev.dunlin.dht.trace.RecordedTrace;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Finds a Kademlia lookup in a log and tells how it went. */
final class LookupInLog {

    /** So many steps before the first answer are looked through for the first question; a lookup takes a minute at the most by default. */
    private static final long LOOKED_THROUGH = 200_000;

    /** The most entries about a lookup: one for each answer, and some. */
    private static final int MOST_ENTRIES = 200_000;

    private static final String ASK = "exchange/ask";

    private LookupInLog() {}

    /**
     * The trace of a lookup; empty if the log does not have its beginning.
     *
     * @param index that of the log
     * @param store a store of its machines, which is used up
     * @param lookup the number of the lookup, as its subject has it
     */
    static Optional<LookupTrace> trace(
            LogIndex<NodeRoot> index, Store<NodeRoot> store, Subject lookup, boolean acceptRisky) {
        Optional<PeerId> self =
                index.state(index.last()).root().connection().config().self();
        List<Entry> about = index.about(lookup, MOST_ENTRIES);
        long number;
        try {
            number = Long.parseLong(lookup.key());
        } catch (NumberFormatException noNumber) {
            return Optional.empty();
        }
        if (about.isEmpty() || self.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong first = firstStep(index, about.getFirst().id().input(), number);
        if (first.isEmpty()) {
            return Optional.empty();
        }
        RecordedTrace trace = new RecordedTrace(number, self.get());
        Replayer<NodeRoot> replayer = new Replayer<>(index.log(), store, acceptRisky);
        replayer.seek(first.getAsLong() - 1);
        long last = about.getLast().id().input();
        while (replayer.step() < last && replayer.forward()) {
            replayer.turn().ifPresent(trace::accept);
        }
        return trace.trace();
    }

    /** The step in which the first question was asked: the lookup begins with it. */
    private static OptionalLong firstStep(LogIndex<NodeRoot> index, long answered, long number) {
        String ticket = "{\"ticket\":\"" + Query.firstQuestion(number) + "\"";
        for (long step = answered; step >= Math.max(index.first(), answered - LOOKED_THROUGH); step--) {
            int size = index.size(step);
            for (int i = 0; i < size; i++) {
                Entry entry = index.entry(new ActionId(step, i));
                if (entry.type().equals(ASK) && entry.payload().startsWith(ticket)) {
                    return OptionalLong.of(step);
                }
            }
        }
        return OptionalLong.empty();
    }
}
