package dev.dunlin.core.sim;

import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Budgets;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.function.LongFunction;

/**
 * The machine of {@link SameScriptTest}: errands are begun, ask and tell two services, durably or not, as their inputs say, and are
 * due again and again. Everything that a store can give to who drives it.
 */
final class Errands {

    /** The most errands there may be. */
    static final int MOST = 300;

    private Errands() {}

    /** The root. */
    record Root(State errands) {}

    /**
     * An errand.
     *
     * @param at when it is due
     * @param again how often it is due again after that
     * @param effects what it does then
     */
    record Errand(long at, int again, int effects) implements Due {}

    /**
     * All errands.
     *
     * @param open by number
     * @param answers how many answers came
     * @param drawn the sum of what was drawn by lot
     * @param lines the handles that are open, and since when
     */
    record State(Table<Long, Errand> open, long answers, long drawn, Table<Handle, Long> lines) {
        State withOpen(Table<Long, Errand> changed) {
            return new State(changed, answers, drawn, lines);
        }

        State withLines(Table<Handle, Long> changed) {
            return new State(open, answers, drawn, changed);
        }
    }

    /** Actions. */
    sealed interface ErrandAction extends Action {
        /**
         * Some errands of successive numbers.
         *
         * @param first the first's number
         * @param count how many
         * @param lasts microseconds until they are due
         * @param again how often they are due again
         * @param effects what is done at once and when they are due, as {@link #effects} reads it
         */
        record Begin(long first, int count, long lasts, int again, int effects, Ticket ticket)
                implements ErrandAction, Action.Wish {}

        /** A derived step. */
        record Go(long errand, int further) implements ErrandAction {}

        /** A service's answer. */
        record Answered(long errand, int effects) implements ErrandAction {}

        /** One is wanted no more. */
        record Drop(long errand) implements ErrandAction {}

        /** An operator's order about an errand, at once. */
        record Order(long errand, int effects) implements ErrandAction, Action.Control {}

        /** A peer has something to say. */
        record Knock(PeerId peer, int effects) implements ErrandAction, OfPeer {}

        /** Something was opened; what has a number that four divides is not wanted. */
        record Opened(Handle brought) implements ErrandAction, Action.BringsHandle {}

        /** It is closed. */
        record Closed(Handle ended) implements ErrandAction, Action.EndsHandle {}

        /** One is due. */
        record Expired(long errand) implements ErrandAction {}
    }

    /** Outcomes. */
    sealed interface ErrandOutcome extends Outcome {
        /** It is begun. */
        record Begun(Ticket ticket, long errand) implements ErrandOutcome {}
    }

    /** The effects of one service. */
    sealed interface Post extends Effect {
        record AskPost(long errand) implements Post, Effect.Request {}

        record TellPost(long errand) implements Post, Effect.Fire {}

        record KeepPost(long errand) implements Post, Effect.Fire, Effect.Durable {}

        record SurePost(long errand) implements Post, Effect.Request, Effect.Durable {}
    }

    /** The effects of another service. */
    sealed interface Bank extends Effect {
        record AskBank(long errand) implements Bank, Effect.Request {}

        record TellBank(long errand) implements Bank, Effect.Fire {}

        record KeepBank(long errand) implements Bank, Effect.Fire, Effect.Durable {}

        record SureBank(long errand) implements Bank, Effect.Request, Effect.Durable {}
    }

    private static final List<LongFunction<Effect>> ALL = List.of(
            Post.AskPost::new,
            Bank.AskBank::new,
            Post.TellPost::new,
            Bank.TellBank::new,
            Post.KeepPost::new,
            Bank.KeepBank::new,
            Post.SurePost::new,
            Bank.SureBank::new);

    /** One more than there are kinds of effects: each digit to this base is an effect, 0 is none. */
    static final int BASE = 9;

    private static final Machine<Object, State, ErrandAction> ERRANDS = Machine.of(
                    "errands", new State(Table.empty(), 0, 0, Table.empty()))
            .actions(ErrandAction.class, ErrandOutcome.class, Post.class, Bank.class)
            .boots(Errands::boot)
            .guards(Guards.<Object, State, ErrandAction>of()
                    .on(
                            ErrandAction.Begin.class,
                            when("is-free", (own, wish) -> !own.open().has(wish.first())),
                            when(
                                    "has-room",
                                    (own, wish) -> own.open().size() + wish.count() <= MOST,
                                    (own, wish) -> List.of(
                                            Operand.of("open", own.open().size()), Operand.of("more", wish.count()))))
                    .on(
                            ErrandAction.Go.class,
                            when("is-open", (own, step) -> own.open().has(step.errand())))
                    .on(
                            ErrandAction.Answered.class,
                            when("is-open", (own, answer) -> own.open().has(answer.errand())))
                    .on(
                            ErrandAction.Drop.class,
                            when("is-open", (own, wish) -> own.open().has(wish.errand())))
                    .on(
                            ErrandAction.Opened.class,
                            when("is-wanted", (own, fact) -> fact.brought().number() % 4 != 0))
                    .always(ErrandAction.Order.class)
                    .always(ErrandAction.Knock.class)
                    .always(ErrandAction.Closed.class)
                    .always(ErrandAction.Expired.class)
                    .build())
            .reduces(Errands::reduce)
            .due(ErrandAction.Expired.class, State::open, ErrandAction.Expired::new)
            .handles(own -> own.lines().keys())
            .transitions("all: begin, go, answered, drop, order, knock, opened, closed, expired, booted")
            .phases((own, subject) -> "all")
            .budget(1 << 20);

    /** So small that scripts come to each of them. */
    static final Budgets BUDGETS = new Budgets(100, 3, 10, 4);

    /** A store of it. */
    static Store<Root> store() {
        return Store.of(new Root(ERRANDS.initial()))
                .mount(ERRANDS, Root::errands, (root, changed) -> new Root(changed))
                .build();
    }

    private static State boot(State own, NodeAction.Booted booted, Context ctx) {
        if (!own.open().isEmpty()) {
            ctx.effect(new Post.KeepPost(-booted.run()));
            ctx.effect(new Bank.TellBank(-booted.run()));
        }
        return own.withLines(Table.empty());
    }

    private static State reduce(State own, ErrandAction action, Context ctx) {
        return switch (action) {
            case ErrandAction.Begin(long first, int count, long lasts, int again, int effects, Ticket ticket) -> {
                Table<Long, Errand> open = own.open();
                for (int i = 0; i < count; i++) {
                    open = open.with(first + i, new Errand(ctx.now() + lasts, again, effects));
                }
                if (!ticket.isNone()) {
                    ctx.then(new ErrandOutcome.Begun(ticket, first));
                }
                ctx.then(new ErrandAction.Go(first, effects & 3));
                effects(first, effects, ctx);
                yield new State(open, own.answers(), own.drawn() + ctx.random().nextInt(1_000), own.lines());
            }
            case ErrandAction.Go(long errand, int further) -> {
                if (further > 0) {
                    ctx.effect(new Bank.TellBank(errand));
                    ctx.then(new ErrandAction.Go(errand + (further & 1), further - 1));
                }
                yield own;
            }
            case ErrandAction.Answered(long errand, int effects) -> {
                effects(errand, effects, ctx);
                yield new State(own.open(), own.answers() + 1, own.drawn(), own.lines());
            }
            case ErrandAction.Order(long errand, int effects) -> {
                effects(errand, effects, ctx);
                yield own;
            }
            case ErrandAction.Knock(PeerId _, int effects) -> {
                effects(-1, effects, ctx);
                yield new State(own.open(), own.answers(), own.drawn() + 1, own.lines());
            }
            case ErrandAction.Opened(Handle brought) ->
                own.withLines(own.lines().with(brought, ctx.now()));
            case ErrandAction.Closed(Handle ended) -> own.withLines(own.lines().without(ended));
            case ErrandAction.Drop(long errand) -> own.withOpen(own.open().without(errand));
            case ErrandAction.Expired(long errand) -> {
                Errand due = own.open().at(errand);
                effects(errand, due.effects(), ctx);
                yield due.again() == 0
                        ? own.withOpen(own.open().without(errand))
                        : own.withOpen(own.open()
                                .with(
                                        errand,
                                        new Errand(
                                                ctx.now() + 1 + ctx.random().nextInt(20_000),
                                                due.again() - 1,
                                                due.effects())));
            }
        };
    }

    private static void effects(long errand, int effects, Context ctx) {
        for (int rest = effects; rest > 0; rest /= BASE) {
            if (rest % BASE > 0) {
                ctx.effect(ALL.get(rest % BASE - 1).apply(errand));
            }
        }
    }
}
