package dev.dunlin.dht.record;

import static dev.dunlin.core.store.Clauses.when;
import static dev.dunlin.core.store.Guards.clause;
import static dev.dunlin.core.store.Guards.wallClause;

import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Operand;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.record.RecordsAction.Put;
import java.util.List;
import java.util.Optional;

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
                .always(RecordsAction.GetLocal.class)
                .always(RecordsAction.GetLocalProviders.class)
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
                        clause(
                                "values-have-room",
                                (view, own, wish, now) ->
                                        refusal(own, validators, wish, now).isEmpty(),
                                (view, own, wish, now) -> List.of(
                                        Operand.of(
                                                "why",
                                                refusal(own, validators, wish, now)
                                                        .orElseThrow()),
                                        Operand.of("values", own.values().held().size()),
                                        Operand.of("maxValues", own.config().maxValues()),
                                        Operand.of("bytes", own.values().bytes()),
                                        Operand.of("maxValueBytes", own.config().maxValueBytes()))),
                        isValid(validators),
                        clause(
                                "no-better-value-is-held",
                                (view, own, wish, now) ->
                                        !rules(own, validators, now).isWorse(wish.record())))
                .always(RecordsAction.ExpiryDue.class)
                .always(RecordsAction.ClockMoved.class)
                .always(RecordsAction.ValueStored.class)
                .always(RecordsAction.ValueRefused.class)
                .always(RecordsAction.ProviderStored.class)
                .always(RecordsAction.ProviderRefused.class)
                .always(RecordsAction.Expired.class)
                .always(RecordsAction.Displaced.class)
                .build();
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

    private static Optional<Refusal> refusal(RecordsState own, Validators validators, Put wish, long now) {
        return rules(own, validators, now).room(wish.record(), Optional.empty()).refusal();
    }

    private static ValueRules rules(RecordsState own, Validators validators, long now) {
        return new ValueRules(own, validators, own.clock().at(now));
    }
}
