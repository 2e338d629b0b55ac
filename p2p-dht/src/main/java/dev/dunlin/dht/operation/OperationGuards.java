package dev.dunlin.dht.operation;

import static dev.dunlin.core.store.Clauses.absent;
import static dev.dunlin.core.store.Clauses.present;
import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Pool;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.operation.OperationAction.Answered;
import dev.dunlin.dht.operation.OperationAction.OfOperation;
import dev.dunlin.dht.operation.OperationAction.Recalled;
import dev.dunlin.dht.operation.OperationAction.Searched;
import dev.dunlin.dht.operation.OperationAction.Seeded;
import dev.dunlin.dht.operation.OperationAction.Start;
import dev.dunlin.dht.operation.OperationAction.Stop;
import dev.dunlin.dht.operation.OperationAction.StoreAnswered;
import dev.dunlin.dht.operation.OperationAction.StoreFailed;
import dev.dunlin.dht.operation.OperationAction.Unsearched;
import dev.dunlin.dht.query.Terms;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/** The enabling conditions of the machine of operations, where values are judged by some validators. */
record OperationGuards(Validators validators) {

    Guards<Object, OperationState, OperationAction> all() {
        return Guards.<Object, OperationState, OperationAction>of()
                .on(
                        Start.class,
                        when(
                                "node-has-an-id",
                                (own, wish) -> own.config().self().isPresent()),
                        when("dht-is-on", (own, wish) -> own.config().isOn()),
                        when("not-self", OperationGuards::isOfAnother),
                        when("goal-can-be-reached", (own, wish) -> isPossible(wish.goal())),
                        when(
                                "node-can-be-found",
                                (own, wish) -> !(wish.goal() instanceof Goal.Provide)
                                        || !own.ownAddresses().isEmpty()),
                        Guards.wallClause(
                                "value-is-valid",
                                (OperationState own, Start wish, long wallTime) -> isValid(wish.goal(), wallTime)),
                        absent("ticket-is-new", OperationState::tickets, Start::ticket),
                        Pool.hasRoom(
                                "operations-not-full",
                                OperationState::pool,
                                wish -> Long.MAX_VALUE,
                                wish -> wish.ticket().machine()))
                .on(
                        Stop.class,
                        when("operation-goes-on", (own, wish) -> own.tickets().has(wish.ticket())))
                .on(
                        Recalled.class,
                        present(
                                "node-is-being-asked",
                                OperationState::running,
                                Recalled::operation,
                                (fact, operation) -> operation.isRecalling()))
                .on(Seeded.class, isIn(Operation.Search.SEEDING, Seeded::network))
                .on(
                        Unsearched.class,
                        present(
                                "search-goes-on",
                                OperationState::running,
                                Unsearched::operation,
                                (fact, operation) -> operation.searches().at(fact.network()) != Operation.Search.OVER))
                .on(Answered.class, isIn(Operation.Search.ASKING, Answered::network))
                .on(Searched.class, isIn(Operation.Search.ASKING, Searched::network))
                .on(StoreAnswered.class, isAsked(StoreAnswered::request))
                .on(StoreFailed.class, isAsked(StoreFailed::request))
                .always(OperationAction.OperationDue.class)
                .on(
                        OperationAction.Listened.class,
                        when(
                                "listeners-not-full",
                                (own, fact) -> own.addresses().hasRoom(fact.listener())))
                .always(OperationAction.Unlistened.class)
                .always(OperationAction.Observed.class)
                .build();
    }

    private static boolean isOfAnother(OperationState own, Start wish) {
        Optional<PeerId> self = own.config().self();
        return switch (wish.goal()) {
            case Goal.FindPeer(PeerId peer) -> self.filter(peer::equals).isEmpty();
            case Goal.PutValueTo(ValueRecord _, List<Contact> nodes) ->
                nodes.stream()
                        .noneMatch(node -> self.filter(node.peer()::equals).isPresent());
            case Goal.FindClosest _,
                    Goal.Trace _,
                    Goal.GetValue _,
                    Goal.FindProviders _,
                    Goal.PutValue _,
                    Goal.Provide _ -> true;
        };
    }

    private static boolean isPossible(Goal goal) {
        return switch (goal) {
            case Goal.FindPeer _, Goal.PutValue _ -> true;
            case Goal.PutValueTo(ValueRecord _, List<Contact> nodes) ->
                !nodes.isEmpty()
                        && nodes.size() <= Goal.MOST_NODES
                        && nodes.stream().map(Contact::peer).distinct().count() == nodes.size();
            case Goal.FindClosest(var key) -> key.size() >= 1 && key.size() <= KadQuestion.MAX_KEY;
            case Goal.Trace(var key) -> key.size() >= 1 && key.size() <= KadQuestion.MAX_KEY;
            case Goal.GetValue(var key, int quorum) ->
                key.size() >= 1 && key.size() <= KadQuestion.MAX_KEY && quorum >= 0 && quorum <= Terms.MOST_WANTED;
            case Goal.FindProviders(var key, int count) ->
                key.size() >= 1
                        && key.size() <= KadQuestion.MAX_CONTENT_KEY
                        && count >= 1
                        && count <= Goal.MOST_PROVIDERS;
            case Goal.Provide(var key) -> key.size() >= 1 && key.size() <= KadQuestion.MAX_CONTENT_KEY;
        };
    }

    private boolean isValid(Goal goal, long wallTime) {
        return switch (goal) {
            case Goal.PutValue(ValueRecord record) -> isValid(record, wallTime);
            case Goal.PutValueTo(ValueRecord record, List<Contact> _) -> isValid(record, wallTime);
            case Goal.Search _, Goal.Provide _ -> true;
        };
    }

    private boolean isValid(ValueRecord record, long wallTime) {
        return validators.problem(record.key(), record.value(), wallTime).isEmpty();
    }

    private static <A extends OfOperation> Clause<Object, OperationState, A> isIn(
            Operation.Search search, Function<A, Network> network) {
        return present(
                "search-goes-on",
                OperationState::running,
                OfOperation::operation,
                (fact, operation) -> operation.searches().at(network.apply(fact)) == search);
    }

    private static <A extends OfOperation> Clause<Object, OperationState, A> isAsked(ToIntFunction<A> request) {
        return present(
                "answer-is-awaited",
                OperationState::running,
                OfOperation::operation,
                (fact, operation) -> operation.storing().asked().has(request.applyAsInt(fact)));
    }
}
