package dev.dunlin.core.log;

import dev.dunlin.core.log.Lamps.LampAction;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Ticket;
import java.io.IOException;

/** Logs that many inputs have gone through, of which the ring has dropped all but the last snapshot. */
final class FarLog {

    static final long AT = 1_700_000_000_000_000L;

    private FarLog() {}

    /** A store that has taken so many inputs. */
    static Store<Lamps.Root> store(long inputs) {
        Store<Lamps.Root> store = Lamps.store();
        store.apply(Lamps.boot(1, AT), AT);
        store.apply(Input.of(new LampAction.SwitchOn("desk", 95, Ticket.NONE)), AT);
        StoreState<Lamps.Root> state = store.state();
        store.restore(new StoreState<>(inputs, AT, state.node(), state.root()));
        return store;
    }

    /** Begins a log as if so many inputs had gone through it. */
    static void begin(LogStorage storage, LogOptions options, long inputs) throws IOException {
        Store<Lamps.Root> store = store(inputs);
        try (LogWriter writer = new LogWriter(storage, store, options, "test", inputs, inputs)) {
            writer.beginSegment();
            writer.force();
            writer.snapshot(store, store.state());
        }
    }
}
