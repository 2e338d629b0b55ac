package dev.dunlin.core.log;

import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.Turn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A node of lamps driven by hand: its store and its log, without threads. */
public final class Recorder {

    /** Small segments, no ring bound to speak of. */
    public static final LogOptions SMALL =
            new LogOptions(8 << 10, 64 << 20, Long.MAX_VALUE / 4, 100, Long.MAX_VALUE / 4, 1);

    private final Random random;
    private final List<ActionId> open = new ArrayList<>();
    private long at;

    /** The store. */
    public final Store<Lamps.Root> store;

    /** What opening found. */
    public final ActionLog.Opened opened;

    /** The log. */
    public final LogWriter writer;

    private Recorder(Store<Lamps.Root> store, ActionLog.Opened opened, long seed) {
        this.store = store;
        this.opened = opened;
        this.writer = opened.writer();
        this.random = new Random(seed);
        this.at = Math.max(1_700_000_000_000_000L, store.state().now());
    }

    /** Opens or begins a log, and boots. */
    public static Recorder open(LogStorage storage, Store<Lamps.Root> store, LogOptions options, long seed)
            throws IOException {
        Recorder recorder = new Recorder(store, ActionLog.open(storage, store, options, "test"), seed);
        recorder.take(Lamps.boot(store.state().node().run() + 1, recorder.at));
        return recorder;
    }

    /** As {@link #open(LogStorage, Store, LogOptions, long)}, the machine as it is. */
    public static Recorder open(LogStorage storage, long seed) throws IOException {
        return open(storage, Lamps.store(), SMALL, seed);
    }

    /** One input, recorded. */
    public Turn take(Input input) throws IOException {
        Turn turn = store.apply(input, at);
        writer.append(turn);
        for (Turn.Emitted emitted : turn.effects()) {
            if (emitted.effect() instanceof Lamps.LampEffect.Measure) {
                open.add(emitted.id());
            }
        }
        return turn;
    }

    /** One input that ends the run. */
    public StoreFailure fail(Input input) throws IOException {
        try {
            store.apply(input, at);
            throw new AssertionError("it does not fail");
        } catch (StoreFailure failure) {
            writer.append(failure);
            return failure;
        }
    }

    /** Random inputs, with the ticks that fall due. */
    public Recorder run(int inputs) throws IOException {
        for (int i = 0; i < inputs; i++) {
            step();
        }
        return this;
    }

    /** One random input, or the tick that falls due; how many actions and effects it led to, itself included. */
    public int step() throws IOException {
        at += random.nextInt(200_000);
        Optional<Input> tick = store.dueTick(at);
        return take(tick.isPresent() ? tick.get() : Lamps.draw(random, store, open))
                .size();
    }

    /** Forces, takes a snapshot. */
    public Recorder snapshot() throws IOException {
        writer.force();
        writer.snapshot(store, store.state());
        return this;
    }
}
