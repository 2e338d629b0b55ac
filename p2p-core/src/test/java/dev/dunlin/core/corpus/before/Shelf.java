package dev.dunlin.core.corpus.before;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/** Items that are put on shelves, moved and taken: the machine that later builds change. */
public final class Shelf {

    private Shelf() {}

    /** From this weight on an item is registered, which waits for the disk. */
    public static final int REGISTERED = 50;

    /** An item of this weight breaks the build that wrote the logs. */
    public static final int UNLUCKY = 13;

    /** Where an item is. */
    public sealed interface Place {
        /** On a shelf. */
        record Row(String hall, int row) implements Place {}

        /** On the road. */
        record Van(String driver) implements Place {}
    }

    /** One item. */
    public record Item(Place place, int weight, String label) {}

    /** All items. */
    public record State(Table<String, Item> items, Optional<Item> last, long moves) {
        /** There are none. */
        public static final State EMPTY = new State(Table.empty(), Optional.empty(), 0);

        State with(String name, Item item, long more) {
            return new State(items.with(name, item), Optional.of(item), moves + more);
        }
    }

    /** Actions. */
    public sealed interface ShelfAction extends Action {
        /** What is about one item. */
        sealed interface OfItem extends ShelfAction {
            /** Its name. */
            String item();

            @Override
            default Subject about() {
                return Subject.of("item", item());
            }
        }

        /** A wish. */
        record Put(String item, int weight, String label, Ticket ticket) implements OfItem, Wish {}

        /** It is somewhere else. */
        record Move(String item, Place to) implements OfItem {}

        /** It is there no more. */
        record Take(String item) implements OfItem {}

        /** So many items with labels of that length, and one with a label three times as long. */
        record Fill(int items, int length) implements ShelfAction {}

        /** Somebody counts. */
        record Count(long upTo) implements ShelfAction {}
    }

    /** What whoever asked is told. */
    public sealed interface ShelfOutcome extends Outcome {
        /** The item is there. */
        record Stored(String item, Ticket ticket) implements ShelfOutcome {}
    }

    /** Effects. */
    public sealed interface ShelfEffect extends Effect {
        /** No answer. */
        record Ring(String item) implements ShelfEffect, Effect.Fire {}

        /** Waits for the disk. */
        record Register(String item, int weight) implements ShelfEffect, Effect.Fire, Effect.Durable {}
    }

    /** The machine. */
    public static final Machine<Object, State, ShelfAction> SHELF = Machine.of("shelf", State.EMPTY)
            .actions(ShelfAction.class, ShelfEffect.class, ShelfOutcome.class)
            .guards(Guards.<Object, State, ShelfAction>of()
                    .on(
                            ShelfAction.Put.class,
                            Clauses.when(
                                    "item-is-new",
                                    (own, action) -> !own.items().has(action.item()),
                                    (own, action) -> List.of(Operand.of("item", action.item()))))
                    .on(
                            ShelfAction.Move.class,
                            Clauses.when(
                                    "item-is-known",
                                    (own, action) -> own.items().has(action.item())))
                    .on(
                            ShelfAction.Take.class,
                            Clauses.when(
                                    "item-is-known",
                                    (own, action) -> own.items().has(action.item())))
                    .always(ShelfAction.Fill.class)
                    .always(ShelfAction.Count.class)
                    .build())
            .reduces(Shelf::reduce)
            .budget(64 << 20);

    private static State reduce(State own, ShelfAction action, Context ctx) {
        return switch (action) {
            case ShelfAction.Put(String item, int weight, String label, Ticket ticket) -> {
                if (weight == UNLUCKY) {
                    throw new IllegalStateException(UNLUCKY + " is unlucky");
                }
                ctx.then(new ShelfOutcome.Stored(item, ticket));
                ctx.effect(new ShelfEffect.Ring(item));
                if (weight >= REGISTERED) {
                    ctx.effect(new ShelfEffect.Register(item, weight));
                }
                yield own.with(
                        item, new Item(new Place.Row("south", ctx.random().nextInt(100)), weight, label), 0);
            }
            case ShelfAction.Move(String item, Place to) -> {
                Item before = own.items().at(item);
                yield own.with(item, new Item(to, before.weight(), before.label()), 1);
            }
            case ShelfAction.Take(String item) -> new State(own.items().without(item), own.last(), own.moves());
            case ShelfAction.Fill(int items, int length) -> {
                State filled = own.with("full", new Item(new Place.Van("eve"), 1, "y".repeat(3 * length)), 0);
                for (int i = 0; i < items; i++) {
                    filled = filled.with("full" + i, new Item(new Place.Row("east", i), 1, "x".repeat(length)), 0);
                }
                yield filled;
            }
            case ShelfAction.Count _ -> own;
        };
    }
}
