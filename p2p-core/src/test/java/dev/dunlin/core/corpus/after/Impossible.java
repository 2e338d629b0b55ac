package dev.dunlin.core.corpus.after;

import dev.dunlin.core.corpus.before.Shelf;
import dev.dunlin.core.corpus.before.Shelf.Place;
import dev.dunlin.core.corpus.before.Shelf.ShelfEffect;
import dev.dunlin.core.corpus.before.Shelf.ShelfOutcome;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Ticket;
import java.util.Optional;

/** Builds that cannot read what was written. Their machines do nothing: no input ever reaches them. */
public final class Impossible {

    private Impossible() {}

    /** An action is there no more. */
    public sealed interface NoCount extends Action {
        /** As it was. */
        record Put(String item, int weight, String label, Ticket ticket) implements NoCount {}

        /** As it was. */
        record Move(String item, Place to) implements NoCount {}

        /** As it was. */
        record Take(String item) implements NoCount {}

        /** As it was. */
        record Fill(int items, int length) implements NoCount {}
    }

    /** Without the action {@code count}. */
    public static final Machine<Object, Shelf.State, NoCount> REMOVED_ACTION = Machine.of("shelf", Shelf.State.EMPTY)
            .actions(NoCount.class, ShelfEffect.class, ShelfOutcome.class)
            .guards(Guards.<Object, Shelf.State, NoCount>of()
                    .always(NoCount.Put.class)
                    .always(NoCount.Move.class)
                    .always(NoCount.Take.class)
                    .always(NoCount.Fill.class)
                    .build())
            .budget(1 << 20);

    /** A place is one of fewer. */
    public static final class RemovedVariant {

        private RemovedVariant() {}

        /** Where an item is. */
        public sealed interface Place {
            /** On a shelf. */
            record Row(String hall, int row) implements Place {}
        }

        /** One item. */
        public record Item(Place place, int weight, String label) {}

        /** All items. */
        public record State(Table<String, Item> items, Optional<Item> last, long moves) {}

        /** Actions. */
        public sealed interface ShelfAction extends Action {
            /** As it was. */
            record Put(String item, int weight, String label, Ticket ticket) implements ShelfAction {}

            /** As it was. */
            record Move(String item, Place to) implements ShelfAction {}

            /** As it was. */
            record Take(String item) implements ShelfAction {}

            /** As it was. */
            record Fill(int items, int length) implements ShelfAction {}

            /** As it was. */
            record Count(long upTo) implements ShelfAction {}
        }

        /** Without the variant {@code van}. */
        public static final Machine<Object, State, ShelfAction> SHELF = Machine.of(
                        "shelf", new State(Table.empty(), Optional.empty(), 0))
                .actions(ShelfAction.class, ShelfEffect.class, ShelfOutcome.class)
                .guards(Guards.<Object, State, ShelfAction>of()
                        .always(ShelfAction.Put.class)
                        .always(ShelfAction.Move.class)
                        .always(ShelfAction.Take.class)
                        .always(ShelfAction.Fill.class)
                        .always(ShelfAction.Count.class)
                        .build())
                .budget(1 << 20);
    }

    /** A field is of another type. */
    public static final class ChangedType {

        private ChangedType() {}

        /** One item. */
        public record Item(Place place, long weight, String label) {}

        /** All items. */
        public record State(Table<String, Item> items, Optional<Item> last, long moves) {}

        /** With a {@code weight} of 64 bits. */
        public static final Machine<Object, State, Shelf.ShelfAction> SHELF = Machine.of(
                        "shelf", new State(Table.empty(), Optional.empty(), 0))
                .actions(Shelf.ShelfAction.class, ShelfEffect.class, ShelfOutcome.class)
                .guards(all())
                .budget(1 << 20);
    }

    /** A record inside the state has another class name, and does not say what it was called. */
    public static final class RenamedRecord {

        private RenamedRecord() {}

        /** One item. */
        public record Parcel(Place place, int weight, String label) {}

        /** All items. */
        public record State(Table<String, Parcel> items, Optional<Parcel> last, long moves) {}

        /** With a record {@code parcel} where {@code item} was. */
        public static final Machine<Object, State, Shelf.ShelfAction> SHELF = Machine.of(
                        "shelf", new State(Table.empty(), Optional.empty(), 0))
                .actions(Shelf.ShelfAction.class, ShelfEffect.class, ShelfOutcome.class)
                .guards(all())
                .budget(1 << 20);
    }

    /** An action has another name, and nothing says what it was called. */
    public sealed interface Stores extends Action {
        /** What was {@code put}. */
        record Store(String item, int weight, String label, Ticket ticket) implements Stores {}

        /** As it was. */
        record Move(String item, Place to) implements Stores {}

        /** As it was. */
        record Take(String item) implements Stores {}

        /** As it was. */
        record Fill(int items, int length) implements Stores {}

        /** As it was. */
        record Count(long upTo) implements Stores {}
    }

    /** With an action {@code store} where {@code put} was. */
    public static final Machine<Object, Shelf.State, Stores> UNDECLARED_RENAME = Machine.of("shelf", Shelf.State.EMPTY)
            .actions(Stores.class, ShelfEffect.class, ShelfOutcome.class)
            .guards(Guards.<Object, Shelf.State, Stores>of()
                    .always(Stores.Store.class)
                    .always(Stores.Move.class)
                    .always(Stores.Take.class)
                    .always(Stores.Fill.class)
                    .always(Stores.Count.class)
                    .build())
            .budget(1 << 20);

    private static <S> Guards<Object, S, Shelf.ShelfAction> all() {
        return Guards.<Object, S, Shelf.ShelfAction>of()
                .always(Shelf.ShelfAction.Put.class)
                .always(Shelf.ShelfAction.Move.class)
                .always(Shelf.ShelfAction.Take.class)
                .always(Shelf.ShelfAction.Fill.class)
                .always(Shelf.ShelfAction.Count.class)
                .build();
    }
}
