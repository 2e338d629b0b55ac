package dev.dunlin.dht.record;

import static dev.dunlin.core.store.Clauses.present;
import static dev.dunlin.core.store.Clauses.when;
import static dev.dunlin.core.store.Guards.clause;
import static dev.dunlin.core.store.Guards.wallClause;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Operand;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.record.RecordsAction.Put;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import java.util.function.Function;

/**
 * The enabling conditions of the records machine. What peers ask is always enabled, since each question has an answer or a refusal of its
 * own.
 */
final class RecordsGuards {

    private RecordsGuards() {}

    static Guards<Object, RecordsState, RecordsAction> of(Validators validators) {
        return Guards.<Object, RecordsState, RecordsAction>of()
                .always(RecordsAction.ValueAsked.class)
                .always(RecordsAction.ValueSent.class)
                .always(RecordsAction.ProvidersAsked.class)
                .always(RecordsAction.ProvidersSent.class)
                .on(
                        RecordsAction.GetLocal.class,
                        hasDisk(wish -> new Question.LocalValueWanted(wish.ticket(), wish.key())))
                .on(
                        RecordsAction.GetLocalProviders.class,
                        hasDisk(wish -> new Question.LocalProvidersWanted(wish.ticket(), wish.key())))
                .on(
                        Put.class,
                        when(
                                "value-is-not-too-long",
                                (own, wish) -> wish.record().value().size()
                                        <= own.config().maxValueSize(),
                                (own, wish) -> List.of(
                                        Operand.of(
                                                "bytes", wish.record().value().size()),
                                        Operand.of("maxValueSize", own.config().maxValueSize()))),
                        hasDisk(DiskReducer::toStore),
                        clause(
                                "values-have-room",
                                (view, own, wish, now) ->
                                        refusal(own, wish, now).isEmpty(),
                                (view, own, wish, now) -> List.of(
                                        Operand.of(
                                                "why", refusal(own, wish, now).orElseThrow()),
                                        Operand.of("values", own.values().held().size()),
                                        Operand.of("maxValues", own.config().maxValues()),
                                        Operand.of("bytes", own.values().bytes()),
                                        Operand.of("maxValueBytes", own.config().maxValueBytes()))),
                        isValid(validators),
                        clause(
                                "no-better-value-is-held",
                                (view, own, wish, now) -> !rules(own, validators, now)
                                        .isWorse(
                                                wish.record(),
                                                own.values().held().find(wish.key()))))
                .always(RecordsAction.ExpiryDue.class)
                .always(RecordsAction.ClockMoved.class)
                .on(
                        RecordsAction.ValueFound.class,
                        waits(RecordsAction.ValueFound::request, (fact, question) -> switch (question) {
                            case Question.ValueWanted wanted -> wanted.key().equals(fact.key());
                            case Question.LocalValueWanted wanted ->
                                wanted.key().equals(fact.key());
                            case Question.ValueToStore store ->
                                store.record().key().equals(fact.key());
                            case Question.ProvidersWanted _,
                                    Question.LocalProvidersWanted _,
                                    Question.ProviderToStore _,
                                    Question.Collection _,
                                    Question.Survey _ -> false;
                        }))
                .on(
                        RecordsAction.ValueKept.class,
                        waits(RecordsAction.ValueKept::request, (fact, question) -> isStored(fact.key(), question)))
                .on(
                        RecordsAction.ValueUnkept.class,
                        waits(RecordsAction.ValueUnkept::request, (fact, question) -> isStored(fact.key(), question)))
                .on(
                        RecordsAction.ProvidersFound.class,
                        waits(
                                RecordsAction.ProvidersFound::request,
                                (fact, question) -> question instanceof Question.ProvidersWanted wanted
                                                && wanted.key().equals(fact.key())
                                        || question instanceof Question.LocalProvidersWanted local
                                                && local.key().equals(fact.key())))
                .on(
                        RecordsAction.ProviderKept.class,
                        waits(
                                RecordsAction.ProviderKept::request,
                                (fact, question) -> isProvided(fact.key(), question)))
                .on(
                        RecordsAction.ProviderUnkept.class,
                        waits(
                                RecordsAction.ProviderUnkept::request,
                                (fact, question) -> isProvided(fact.key(), question)))
                .on(
                        RecordsAction.Collected.class,
                        waits(
                                RecordsAction.Collected::request,
                                (fact, question) -> question.equals(new Question.Collection(fact.kind()))))
                .on(
                        RecordsAction.Surveyed.class,
                        waits(RecordsAction.Surveyed::request, (fact, question) -> question instanceof Question.Survey))
                .on(RecordsAction.DiskFailed.class, waits(RecordsAction.DiskFailed::request, (fact, question) -> true))
                .always(RecordsAction.DiskDue.class)
                .always(RecordsAction.ValueStored.class)
                .always(RecordsAction.ValueRefused.class)
                .always(RecordsAction.ValueUntold.class)
                .always(RecordsAction.ProviderStored.class)
                .always(RecordsAction.ProviderRefused.class)
                .always(RecordsAction.ProvidersUntold.class)
                .always(RecordsAction.LeftBehind.class)
                .always(RecordsAction.Expired.class)
                .always(RecordsAction.Displaced.class)
                .build();
    }

    private static boolean isStored(Bytes key, Question question) {
        return question instanceof Question.ValueToStore store
                && store.record().key().equals(key);
    }

    private static boolean isProvided(Bytes key, Question question) {
        return question instanceof Question.ProviderToStore store && store.key().equals(key);
    }

    /** Late answers, second ones, and those to a question of an earlier run are none that anybody waits for. */
    private static <A> Clause<Object, RecordsState, A> waits(
            Function<A, ActionId> request, BiPredicate<A, Question> fits) {
        return present(
                "question-waits",
                own -> own.disk().waiting().running(),
                request,
                (fact, waiting) -> fits.test(fact, waiting.question()));
    }

    private static <A> Clause<Object, RecordsState, A> hasDisk(Function<A, Question> question) {
        return when(
                "disk-has-room",
                (own, wish) -> own.disk().refusal(question.apply(wish)).isEmpty(),
                (own, wish) -> List.of(
                        Operand.of(
                                "why", own.disk().refusal(question.apply(wish)).orElseThrow()),
                        Operand.of("waiting", own.disk().waiting().running().size()),
                        Operand.of("maxDiskQuestions", own.disk().config().maxDiskQuestions())));
    }

    private static Clause<Object, RecordsState, Put> isValid(Validators validators) {
        Clause<Object, RecordsState, Put> clause = wallClause(
                "value-is-valid",
                (own, wish, wallTime) -> validators
                        .problem(wish.key(), wish.record().value(), wallTime)
                        .isEmpty());
        return new Clause<>(
                clause.name(),
                clause.test(),
                (view, own, wish, now) -> List.of(Operand.of(
                        "why",
                        rules(own, validators, now)
                                .problem(wish.key(), wish.record().value())
                                .orElse(""))));
    }

    private static Optional<Refusal> refusal(RecordsState own, Put wish, long now) {
        return ValueRules.room(
                        new MemoryStore(own.values(), own.providers()),
                        wish.record(),
                        Optional.empty(),
                        own.config(),
                        own.clock().at(now))
                .refusal();
    }

    private static ValueRules rules(RecordsState own, Validators validators, long now) {
        return new ValueRules(own.config(), validators, own.clock().at(now));
    }
}
