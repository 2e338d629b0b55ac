package dev.dunlin.core.corpus.after;

import dev.dunlin.core.corpus.before.Shelf;
import dev.dunlin.core.corpus.before.Shelf.Place;
import dev.dunlin.core.corpus.before.Shelf.ShelfEffect;
import dev.dunlin.core.corpus.before.Shelf.ShelfOutcome;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/** Fields of the state, of a record inside it and of an action have other names. */
public final class RenamedField {

    private RenamedField() {}

    /** One item. */
    public record Item(Place place, int weight, String title) {}

    /** All items. */
    public record State(Table<String, Item> items, Optional<Item> latest, long shifts) {
        static final State EMPTY = new State(Table.empty(), Optional.empty(), 0);
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
        record Put(String item, int weight, String title, Ticket ticket) implements OfItem, Wish {}

        /** It is somewhere else. */
        record Move(String item, Place to) implements OfItem {}

        /** It is there no more. */
        record Take(String item) implements OfItem {}

        /** Many items. */
        record Fill(int items, int length) implements ShelfAction {}

        /** Somebody counts. */
        record Count(long upTo) implements ShelfAction {}
    }

    /** The machine. */
    public static final Machine<Object, State, ShelfAction> SHELF = Machine.of("shelf", State.EMPTY)
            .actions(ShelfAction.class, ShelfEffect.class, ShelfOutcome.class)
            .renamedField("shelf", "last", "latest")
            .renamedField("shelf", "moves", "shifts")
            .renamedField("item", "label", "title")
            .renamedField("shelf/put", "label", "title")
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
            .reduces(RenamedField::reduce)
            .budget(64 << 20);

    private static State with(State own, String name, Item item, long more) {
        return new State(own.items().with(name, item), Optional.of(item), own.shifts() + more);
    }

    private static State reduce(State own, ShelfAction action, Context ctx) {
        return switch (action) {
            case ShelfAction.Put(String item, int weight, String title, Ticket ticket) -> {
                ctx.then(new ShelfOutcome.Stored(item, ticket));
                ctx.effect(new ShelfEffect.Ring(item));
                if (weight >= Shelf.REGISTERED) {
                    ctx.effect(new ShelfEffect.Register(item, weight));
                }
                Place place = new Place.Row("south", ctx.random().nextInt(100));
                yield with(own, item, new Item(place, weight, title), 0);
            }
            case ShelfAction.Move(String item, Place to) -> {
                Item before = own.items().at(item);
                yield with(own, item, new Item(to, before.weight(), before.title()), 1);
            }
            case ShelfAction.Take(String item) -> new State(own.items().without(item), own.latest(), own.shifts());
            case ShelfAction.Fill(int items, int length) -> {
                State filled = with(own, "full", new Item(new Place.Van("eve"), 1, "y".repeat(3 * length)), 0);
                for (int i = 0; i < items; i++) {
                    filled = with(filled, "full" + i, new Item(new Place.Row("east", i), 1, "x".repeat(length)), 0);
                }
                yield filled;
            }
            case ShelfAction.Count _ -> own;
        };
    }
}
