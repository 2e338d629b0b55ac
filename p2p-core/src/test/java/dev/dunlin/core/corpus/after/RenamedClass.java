package dev.dunlin.core.corpus.after;

import dev.dunlin.core.corpus.before.Shelf;
import dev.dunlin.core.state.Named;
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

/** Every class has another name, and says what it was called before: nothing in a log differs. */
public final class RenamedClass {

    private RenamedClass() {}

    /** Where a thing is. */
    @Named("place")
    public sealed interface Spot {
        /** On a shelf. */
        @Named("row")
        record Board(String hall, int row) implements Spot {}

        /** On the road. */
        @Named("van")
        record Lorry(String driver) implements Spot {}
    }

    /** One thing. */
    @Named("item")
    public record Thing(Spot place, int weight, String label) {}

    /** All things; a state's class has no name in a log. */
    public record Rack(Table<String, Thing> items, Optional<Thing> last, long moves) {
        static final Rack EMPTY = new Rack(Table.empty(), Optional.empty(), 0);

        Rack with(String name, Thing thing, long more) {
            return new Rack(items.with(name, thing), Optional.of(thing), moves + more);
        }
    }

    /** Actions. */
    public sealed interface RackAction extends Action {
        /** What is about one thing. */
        sealed interface OfThing extends RackAction {
            /** Its name. */
            String item();

            @Override
            default Subject about() {
                return Subject.of("item", item());
            }
        }

        /** A wish. */
        @Named("put")
        record Store(String item, int weight, String label, Ticket ticket) implements OfThing, Wish {}

        /** It is somewhere else. */
        @Named("move")
        record Shift(String item, Spot to) implements OfThing {}

        /** It is there no more. */
        @Named("take")
        record Fetch(String item) implements OfThing {}

        /** Many things. */
        @Named("fill")
        record Crowd(int items, int length) implements RackAction {}

        /** Somebody counts. */
        @Named("count")
        record Number(long upTo) implements RackAction {}
    }

    /** What whoever asked is told. */
    public sealed interface RackOutcome extends Outcome {
        /** The thing is there. */
        @Named("stored")
        record Kept(String item, Ticket ticket) implements RackOutcome {}
    }

    /** Effects. */
    public sealed interface RackEffect extends Effect {
        /** No answer. */
        @Named("ring")
        record Sound(String item) implements RackEffect, Effect.Fire {}

        /** Waits for the disk. */
        @Named("register")
        record Note(String item, int weight) implements RackEffect, Effect.Fire, Effect.Durable {}
    }

    /** The machine. */
    public static final Machine<Object, Rack, RackAction> SHELF = Machine.of("shelf", Rack.EMPTY)
            .actions(RackAction.class, RackEffect.class, RackOutcome.class)
            .guards(Guards.<Object, Rack, RackAction>of()
                    .on(
                            RackAction.Store.class,
                            Clauses.when(
                                    "item-is-new",
                                    (own, action) -> !own.items().has(action.item()),
                                    (own, action) -> List.of(Operand.of("item", action.item()))))
                    .on(
                            RackAction.Shift.class,
                            Clauses.when(
                                    "item-is-known",
                                    (own, action) -> own.items().has(action.item())))
                    .on(
                            RackAction.Fetch.class,
                            Clauses.when(
                                    "item-is-known",
                                    (own, action) -> own.items().has(action.item())))
                    .always(RackAction.Crowd.class)
                    .always(RackAction.Number.class)
                    .build())
            .reduces(RenamedClass::reduce)
            .budget(64 << 20);

    private static Rack reduce(Rack own, RackAction action, Context ctx) {
        return switch (action) {
            case RackAction.Store(String item, int weight, String label, Ticket ticket) -> {
                ctx.then(new RackOutcome.Kept(item, ticket));
                ctx.effect(new RackEffect.Sound(item));
                if (weight >= Shelf.REGISTERED) {
                    ctx.effect(new RackEffect.Note(item, weight));
                }
                yield own.with(
                        item, new Thing(new Spot.Board("south", ctx.random().nextInt(100)), weight, label), 0);
            }
            case RackAction.Shift(String item, Spot to) -> {
                Thing before = own.items().at(item);
                yield own.with(item, new Thing(to, before.weight(), before.label()), 1);
            }
            case RackAction.Fetch(String item) -> new Rack(own.items().without(item), own.last(), own.moves());
            case RackAction.Crowd(int items, int length) -> {
                Rack filled = own.with("full", new Thing(new Spot.Lorry("eve"), 1, "y".repeat(3 * length)), 0);
                for (int i = 0; i < items; i++) {
                    filled = filled.with("full" + i, new Thing(new Spot.Board("east", i), 1, "x".repeat(length)), 0);
                }
                yield filled;
            }
            case RackAction.Number _ -> own;
        };
    }
}
