package dev.dunlin.connection;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * The conditions under which a machine takes a wish on. Where nobody waits for the outcome they are clauses of the
 * wish's guard. Where somebody does, a disabled action would leave the asker without an answer: the wish is enabled,
 * and the reducer answers with the name of the clause that failed.
 *
 * @param <S> the machine's state
 * @param <A> the wish
 */
public final class Admission<S, A extends Action> {

    private final Function<A, Ticket> ticket;
    private final List<Rule<S, A>> rules = new ArrayList<>();

    private record Rule<S, A>(
            String name, BiPredicate<S, A> holds, BiFunction<? super S, ? super A, List<Operand>> operands) {}

    private Admission(Function<A, Ticket> ticket) {
        this.ticket = ticket;
    }

    /** Starts the list of a wish whose ticket is read so. */
    public static <S, A extends Action> Admission<S, A> of(Function<A, Ticket> ticket) {
        return new Admission<>(ticket);
    }

    /** Adds a clause; clauses are asked in this order. */
    public Admission<S, A> rule(String name, BiPredicate<S, A> holds, BiFunction<S, A, List<Operand>> operands) {
        rules.add(new Rule<>(name, holds, operands));
        return this;
    }

    /** The name of the first clause that fails. */
    public Optional<String> refusal(S own, A wish) {
        for (Rule<S, A> rule : rules) {
            if (!rule.holds().test(own, wish)) {
                return Optional.of(rule.name());
            }
        }
        return Optional.empty();
    }

    /** Adds the guard of the wish. */
    public <V, B extends Action> Guards.Builder<V, S, B> guard(
            Guards.Builder<V, S, B> guards, Class<? extends B> type) {
        @SuppressWarnings({"unchecked", "rawtypes"})
        Guards.Clause<V, S, B>[] clauses = rules.stream().map(this::clause).toArray(Guards.Clause[]::new);
        @SuppressWarnings({"unchecked", "rawtypes"})
        Guards.Clause<V, S, B>[] more = Arrays.copyOfRange(clauses, 1, clauses.length);
        return on(guards, type, clauses[0], more);
    }

    @SuppressWarnings("unchecked")
    private static <V, S, B extends Action> Guards.Builder<V, S, B> on(
            Guards.Builder<V, S, B> guards,
            Class<? extends B> type,
            Guards.Clause<V, S, B> first,
            Guards.Clause<V, S, B>[] more) {
        return guards.on((Class<B>) type, first, more);
    }

    @SuppressWarnings("unchecked")
    private <V, B extends Action> Guards.Clause<V, S, B> clause(Rule<S, A> rule) {
        return Guards.clause(
                rule.name(),
                (view, own, action, now) -> waits((A) action) || rule.holds().test(own, (A) action),
                (view, own, action, now) -> rule.operands().apply(own, (A) action));
    }

    private boolean waits(A wish) {
        return !ticket.apply(wish).equals(Ticket.NONE);
    }
}
