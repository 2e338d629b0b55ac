package dev.dunlin.core.runtime;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A machine that takes contents of every kind, and control, handles and requests: for tests of what is let in. */
final class Parcels {

    private Parcels() {}

    enum Colour {
        RED,
        GREEN
    }

    /** One in another, as deep as anybody likes. */
    sealed interface Wrap {
        record Bare() implements Wrap {}

        record In(Wrap inside) implements Wrap {}

        record BareButWithANameOfMoreThanSixtyCharactersForTheSakeOfItsLength() implements Wrap {}
    }

    record Tag(boolean thisIsAComponentWhoseNameIsRatherLongAsSomeAreInRealCode) {}

    record Nothing() {}

    record Label(String text, Optional<PeerId> sender) {}

    record State(long taken, Optional<Ticket> asked) {}

    record Root(State parcel) {}

    sealed interface ParcelAction extends Action {
        record Seen(PeerId peer) implements ParcelAction {}

        record Painted(Colour colour, long number) implements ParcelAction {}

        record Weighed(Long grams) implements ParcelAction {}

        record Noted(String text) implements ParcelAction {}

        record Numbered(List<Long> numbers) implements ParcelAction {}

        record Labelled(Label label, List<Label> more, Table<String, Label> named, Optional<Label> last)
                implements ParcelAction {}

        record Wrapped(Wrap wrap) implements ParcelAction {}

        record Tagged(List<Tag> tags) implements ParcelAction {}

        record Emptied(List<Nothing> all) implements ParcelAction {}

        record Stacked(List<Wrap> wraps) implements ParcelAction {}

        /** So many are spoilt, each of which is refused at length. */
        record Dropped(int many) implements ParcelAction {}

        record Spoilt(long number) implements ParcelAction {}

        /** An operator's order. */
        record Ordered(long number) implements ParcelAction, Action.Control {}

        /** An operator's order that brings a handle. */
        record Hatched(Handle hatch) implements ParcelAction, Action.Control, Action.BringsHandle {
            @Override
            public Handle brought() {
                return hatch;
            }
        }

        record Shut(Handle hatch) implements ParcelAction, Action.EndsHandle {
            @Override
            public Handle ended() {
                return hatch;
            }
        }

        /** A wish that is answered when it is collected, in whichever run. */
        record Collect(Ticket ticket) implements ParcelAction, Action.Wish {}

        record Arrived() implements ParcelAction {}

        /** A wish that is answered so many times on the way, and once at last. */
        record Deliver(Ticket ticket, int many) implements ParcelAction, Action.Wish {}

        /** Has a request made. */
        record Sent() implements ParcelAction {}
    }

    sealed interface ParcelOutcome extends Outcome {
        record Collected(Ticket ticket) implements ParcelOutcome {}

        record Delivered(Ticket ticket, int number) implements ParcelOutcome, Progress {}
    }

    sealed interface ParcelEffect extends Effect {
        record Carry() implements ParcelEffect, Effect.Request {}
    }

    private static final State INITIAL = new State(0, Optional.empty());

    static Store<Root> store() {
        return Store.of(new Root(INITIAL))
                .mount(
                        Machine.of("parcel", INITIAL)
                                .actions(ParcelAction.class, ParcelEffect.class, ParcelOutcome.class)
                                .guards(guards())
                                .reduces(Parcels::reduce)
                                .budget(1 << 20),
                        Root::parcel,
                        (root, changed) -> new Root(changed))
                .build();
    }

    private static Guards<Object, State, ParcelAction> guards() {
        return Guards.<Object, State, ParcelAction>of()
                .always(ParcelAction.Seen.class)
                .always(ParcelAction.Painted.class)
                .always(ParcelAction.Weighed.class)
                .always(ParcelAction.Noted.class)
                .always(ParcelAction.Numbered.class)
                .always(ParcelAction.Labelled.class)
                .always(ParcelAction.Wrapped.class)
                .always(ParcelAction.Tagged.class)
                .always(ParcelAction.Emptied.class)
                .always(ParcelAction.Stacked.class)
                .always(ParcelAction.Dropped.class)
                .on(
                        ParcelAction.Spoilt.class,
                        Clauses.when("is-never", (own, spoilt) -> false, (own, spoilt) -> atLength()))
                .always(ParcelAction.Ordered.class)
                .always(ParcelAction.Hatched.class)
                .always(ParcelAction.Shut.class)
                .always(ParcelAction.Collect.class)
                .always(ParcelAction.Arrived.class)
                .always(ParcelAction.Deliver.class)
                .always(ParcelAction.Sent.class)
                .build();
    }

    private static List<Operand> atLength() {
        List<Operand> operands = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            operands.add(new Operand("operand" + i, "x".repeat(Operand.MAX_VALUE)));
        }
        return operands;
    }

    private static State reduce(State own, ParcelAction action, Context ctx) {
        return switch (action) {
            case ParcelAction.Dropped(int many) -> {
                for (int i = 0; i < many; i++) {
                    ctx.then(new ParcelAction.Spoilt(i));
                }
                yield own;
            }
            case ParcelAction.Collect(Ticket ticket) -> new State(own.taken(), Optional.of(ticket));
            case ParcelAction.Arrived _ -> {
                own.asked().ifPresent(ticket -> ctx.then(new ParcelOutcome.Collected(ticket)));
                yield new State(own.taken(), Optional.empty());
            }
            case ParcelAction.Deliver(Ticket ticket, int many) -> {
                for (int i = 0; i < many; i++) {
                    ctx.then(new ParcelOutcome.Delivered(ticket, i));
                }
                ctx.then(new ParcelOutcome.Collected(ticket));
                yield own;
            }
            case ParcelAction.Sent _ -> {
                ctx.effect(new ParcelEffect.Carry());
                yield own;
            }
            default -> new State(own.taken() + 1, own.asked());
        };
    }
}
