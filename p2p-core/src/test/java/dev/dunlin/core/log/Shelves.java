package dev.dunlin.core.log;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A machine whose state is deep and big: for tests of snapshots. */
final class Shelves {

    private Shelves() {}

    /** What can stand on a shelf. */
    sealed interface Thing {
        record Book(String title, OptionalLong pages, Bytes cover) implements Thing {}

        record Box(Table<Long, Thing> inside, List<String> labels) implements Thing {}
    }

    enum Side {
        LEFT,
        RIGHT
    }

    record Shelf(Optional<Thing> top, Table<String, Thing> things, List<Thing> row) {}

    record State(
            Table<String, Shelf> shelves, Table<Side, Table<PeerId, Thing>> lent, Optional<Shelf> spare, long count) {
        static final State EMPTY = new State(Table.empty(), Table.empty(), Optional.empty(), 0);
    }

    record Root(State shelves) {}

    sealed interface ShelfAction extends Action {
        /** The whole state is another. */
        record Filled(long count) implements ShelfAction {}
    }

    static Store<Root> store(State filled) {
        Machine<Object, State, ShelfAction> machine = Machine.of("shelves", State.EMPTY)
                .actions(ShelfAction.class)
                .guards(Guards.<Object, State, ShelfAction>of()
                        .always(ShelfAction.Filled.class)
                        .build())
                .reduces((own, action, ctx) -> filled)
                .transitions("all: filled")
                .phases((own, subject) -> "all")
                .budget(1L << 40);
        return Store.of(new Root(State.EMPTY))
                .mount(machine, Root::shelves, (root, changed) -> new Root(changed))
                .build();
    }
}
