package dev.dunlin.core.debug;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * What a log cost, by type of action and by the remote peer that caused it. Time is that of the store's {@code apply} in this
 * replay, guards and reducers of an input and of all that it led to; the node's own time was another. A peer has caused an input
 * that concerns it, or that belongs to a stream or another thing of its, or that answers an effect of such an input.
 *
 * @param first the first step
 * @param last the last step
 * @param types by full name of the type, in the order of names; bytes and time stand at the types of the inputs
 * @param peers by peer id, in the order of ids; {@link #NO_PEER} for what no peer caused
 * @param all everything
 */
public record Cost(long first, long last, Map<String, Share> types, Map<String, Share> peers, Share all) {

    /** Stands among the peers for what none has caused. */
    public static final String NO_PEER = "";

    /** Keeps the order. */
    public Cost {
        types = Collections.unmodifiableMap(new LinkedHashMap<>(types));
        peers = Collections.unmodifiableMap(new LinkedHashMap<>(peers));
    }

    /**
     * A part of the cost.
     *
     * @param inputs how many inputs
     * @param actions how many actions and effects, inputs included
     * @param effects how many of them were effects
     * @param rejected how many of them were disabled
     * @param bytes how long the inputs' lines in the log are, uncompressed
     * @param nanos how long the store took in this replay
     */
    public record Share(long inputs, long actions, long effects, long rejected, long bytes, long nanos) {

        static final Share NOTHING = new Share(0, 0, 0, 0, 0, 0);

        Share plus(Share other) {
            return new Share(
                    inputs + other.inputs,
                    actions + other.actions,
                    effects + other.effects,
                    rejected + other.rejected,
                    bytes + other.bytes,
                    nanos + other.nanos);
        }
    }

    /**
     * Replays the log of an index and measures.
     *
     * @param nanos a clock that counts nanoseconds
     * @param progress is told the step from time to time
     * @throws dev.dunlin.core.log.LogException if the log replays to another result than recorded
     */
    public static <R> Cost of(LogIndex<R> index, LongSupplier nanos, LongConsumer progress) {
        LogReader<R> log = index.log();
        Store<R> store = index.store();
        Tally tally = new Tally(index, log.codec());
        StoreState<R> from = log.earliestState();
        try {
            new Walk<>(log, store, nanos).from(from, step -> {
                tally.add(step);
                if ((step.recorded().number() & 0x3FF) == 0) {
                    progress.accept(step.recorded().number());
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new Cost(from.input() + 1, store.state().input(), tally.types, tally.peers, tally.all);
    }

    /** Counts. */
    private static final class Tally {
        private final LogIndex<?> index;
        private final Codec codec;
        private final TreeMap<String, Share> types = new TreeMap<>();
        private final TreeMap<String, Share> peers = new TreeMap<>();
        private Share all = Share.NOTHING;

        Tally(LogIndex<?> index, Codec codec) {
            this.index = index;
            this.codec = codec;
        }

        void add(Walk.Step step) {
            Share input = new Share(1, 0, 0, 0, step.bytes(), step.nanos());
            String type = codec.nameOf(step.recorded().action());
            types.merge(type, input, Share::plus);
            Share led = step.turn().map(this::led).orElseGet(() -> only(type));
            Share whole = input.plus(led);
            peers.merge(peer(step.recorded().number()), whole, Share::plus);
            all = all.plus(whole);
        }

        private Share only(String type) {
            Share one = new Share(0, 1, 0, 0, 0, 0);
            types.merge(type, one, Share::plus);
            return one;
        }

        private Share led(Turn turn) {
            Share sum = Share.NOTHING;
            for (int i = 0; i < turn.size(); i++) {
                Share one = new Share(
                        0, 1, turn.entry(i) instanceof Effect ? 1 : 0, turn.rejection(i) == null ? 0 : 1, 0, 0);
                types.merge(codec.nameOf(turn.entry(i)), one, Share::plus);
                sum = sum.plus(one);
            }
            return sum;
        }

        // A log that grows while it is read may be longer than its index.
        private String peer(long step) {
            int peer = step < index.first() || step > index.last()
                    ? -1
                    : index.step(step).peer();
            return peer < 0 ? NO_PEER : index.files().subjects.at(peer).subject.key();
        }
    }
}
