package dev.dunlin.core.replay;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.log.Mismatch;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.StoreState;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongConsumer;
import tools.jackson.databind.JsonNode;

/**
 * Replays a log and compares every step with its record, until the first that differs; that one it explains.
 *
 * @param <R> the root of the state tree
 */
final class Verification<R> {

    private static final int MAX_DIFFERENCES = 50;
    private static final int MAX_CAUSES = 20;

    private final LogReader<R> log;
    private final Store<R> store;
    private final Replayer<R> replayer;
    private final Replayer.Recorded records;

    /**
     * Of a log.
     *
     * @param replayer runs the log through the store
     * @param records is asked for the state after the step that differs
     */
    Verification(LogReader<R> log, Store<R> store, Replayer<R> replayer, Replayer.Recorded records) {
        this.log = log;
        this.store = store;
        this.replayer = replayer;
        this.records = records;
    }

    /** As {@link Replayer#verify(LongConsumer, Replayer.Recorded)}. */
    Replayer.Verified run(LongConsumer progress) {
        StoreState<R> from = log.earliestState();
        replayer.beginAt(from);
        long inputs = 0;
        long actions = 0;
        try (LogCursor frames = log.cursor(from.input() + 1)) {
            for (Optional<Frame> next = frames.next(); next.isPresent(); next = frames.next()) {
                if (!(next.get() instanceof Frame.Recorded frame) || frame.number() <= from.input()) {
                    continue;
                }
                Optional<Mismatch> mismatch = replayer.take(frame, frames.incomparable(), true);
                if (mismatch.isPresent()) {
                    return new Replayer.Verified(
                            from.input() + 1,
                            inputs,
                            actions,
                            store.state().input(),
                            replayer.digest(),
                            Optional.of(explain(frame, mismatch.get())),
                            replayer.failures(),
                            Optional.empty(),
                            frames.forced());
                }
                inputs++;
                actions += frame.size();
                if ((inputs & 0x3FF) == 0) {
                    progress.accept(frame.number());
                }
            }
            return new Replayer.Verified(
                    from.input() + 1,
                    inputs,
                    actions,
                    store.state().input(),
                    replayer.digest(),
                    Optional.empty(),
                    replayer.failures(),
                    frames.tail(),
                    frames.forced());
        }
    }

    private Divergence explain(Frame.Recorded recorded, Mismatch mismatch) {
        long comparedAt = 0;
        List<JsonDifference> differences = List.of();
        if (store.state().input() < recorded.number()) {
            return new Divergence(mismatch, replayer.inputText(recorded), causes(recorded), 0, List.of());
        }
        Optional<JsonNode> atOnce = records.after(recorded.number());
        if (atOnce.isPresent()) {
            return new Divergence(
                    mismatch,
                    replayer.inputText(recorded),
                    causes(recorded),
                    recorded.number(),
                    JsonDifference.between(atOnce.get(), replayer.json(store.state()), MAX_DIFFERENCES));
        }
        Optional<Long> snapshot = log.snapshots().stream()
                .filter(input -> input >= recorded.number())
                .findFirst();
        if (snapshot.isPresent()) {
            Optional<StoreState<R>> there = log.snapshotAt(snapshot.get());
            if (there.isPresent() && goOnTo(snapshot.get())) {
                comparedAt = snapshot.get();
                differences = JsonDifference.between(
                        replayer.json(there.get()), replayer.json(store.state()), MAX_DIFFERENCES);
            }
        }
        return new Divergence(mismatch, replayer.inputText(recorded), causes(recorded), comparedAt, differences);
    }

    // Replays beyond a divergence, as far as this build can.
    private boolean goOnTo(long input) {
        StoreState<R> here = store.state();
        try (LogCursor frames = log.cursor(here.input() + 1)) {
            for (Optional<Frame> next = frames.next();
                    next.isPresent() && store.state().input() < input;
                    next = frames.next()) {
                if (next.get() instanceof Frame.Recorded recorded && recorded.number() > here.input()) {
                    if (recorded.failed().isPresent()) {
                        store.skip(recorded.number(), recorded.at());
                    } else {
                        recorded.replay(store);
                    }
                }
            }
            return store.state().input() == input;
        } catch (StoreFailure failure) {
            return false;
        }
    }

    private List<String> causes(Frame.Recorded recorded) {
        List<String> chain = new ArrayList<>();
        chain.add(recorded.number() + " " + replayer.inputText(recorded));
        ActionId answers = recorded.answers();
        while (!answers.isNone() && chain.size() < MAX_CAUSES && answers.input() >= log.firstInput()) {
            Optional<Frame.Recorded> asked = replayer.recordedAt(answers.input());
            if (asked.isEmpty()) {
                break;
            }
            chain.add("answers effect " + answers + " of " + asked.get().number() + " "
                    + replayer.inputText(asked.get()));
            answers = asked.get().answers();
        }
        return List.copyOf(chain);
    }
}
