package dev.dunlin.dht.publish;

import static dev.dunlin.core.store.Clauses.when;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Operand;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.publish.PublishAction.ForgetValue;
import dev.dunlin.dht.publish.PublishAction.Keep;
import dev.dunlin.dht.publish.PublishAction.KeepValue;
import dev.dunlin.dht.publish.PublishAction.Searched;
import dev.dunlin.dht.publish.PublishAction.Seeded;
import dev.dunlin.dht.publish.PublishAction.StoreAnswered;
import dev.dunlin.dht.publish.PublishAction.StoreFailed;
import dev.dunlin.dht.publish.PublishAction.Unsearched;
import dev.dunlin.dht.publish.PublishAction.ValuePut;
import dev.dunlin.dht.publish.PublishAction.ValueRefused;
import dev.dunlin.dht.publish.Sweep.Stage;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.List;

/** The enabling conditions of the publish machine, where values are judged by some validators. */
record PublishGuards(Validators validators) {

    Guards<Object, PublishState, PublishAction> all() {
        return Guards.<Object, PublishState, PublishAction>of()
                .on(
                        Keep.class,
                        when(
                                "node-has-an-id",
                                (own, wish) -> own.config().dht().self().isPresent()),
                        when("dht-is-on", (own, wish) -> own.config().dht().isOn()),
                        when(
                                "keys-have-a-length",
                                (own, wish) -> wish.keys().stream()
                                        .allMatch(key -> key.size() >= 1 && key.size() <= KadQuestion.MAX_CONTENT_KEY)),
                        when(
                                "keys-not-full",
                                PublishGuards::hasRoom,
                                (own, wish) -> List.of(
                                        Operand.of("kept", own.keys()),
                                        Operand.of("maxKeys", own.config().maxKeys()))))
                .always(PublishAction.Forget.class)
                .on(
                        KeepValue.class,
                        when(
                                "node-has-an-id",
                                (own, wish) -> own.config().dht().self().isPresent()),
                        when("dht-is-on", (own, wish) -> own.config().dht().isOn()),
                        Guards.wallClause(
                                "value-is-valid",
                                (PublishState own, KeepValue wish, long wallTime) -> validators
                                        .problem(
                                                wish.record().key(),
                                                wish.record().value(),
                                                wallTime)
                                        .isEmpty()),
                        when(
                                "values-not-full",
                                (own, wish) -> own.values().has(wish.record().key())
                                        || own.values().size() < own.config().maxValues(),
                                (own, wish) -> List.of(
                                        Operand.of("maxValues", own.config().maxValues()))))
                .on(
                        ForgetValue.class,
                        when("value-is-kept", (own, wish) -> own.values().has(wish.key())))
                .always(PublishAction.SweepDue.class)
                .on(
                        Seeded.class,
                        when(
                                "search-is-awaited",
                                (own, fact) -> own.sweep()
                                        .filter(sweep -> sweep.stage() instanceof Stage.Seeding(long search, Bytes _)
                                                && search == fact.search())
                                        .isPresent()))
                .on(
                        Unsearched.class,
                        when(
                                "search-is-awaited",
                                (own, fact) -> own.sweep()
                                        .filter(sweep -> switch (sweep.stage()) {
                                            case Stage.Seeding(long search, Bytes _) -> search == fact.search();
                                            case Stage.Exploring(long search, Bytes _) -> search == fact.search();
                                            case Stage.Storing _ -> false;
                                        })
                                        .isPresent()))
                .on(
                        Searched.class,
                        when(
                                "search-is-awaited",
                                (own, fact) -> own.sweep()
                                        .filter(sweep -> sweep.stage() instanceof Stage.Exploring(long search, Bytes _)
                                                && search == fact.search())
                                        .isPresent()))
                .on(StoreAnswered.class, when("answer-is-awaited", (own, fact) -> isAsked(own, fact.ask())))
                .on(StoreFailed.class, when("answer-is-awaited", (own, fact) -> isAsked(own, fact.ask())))
                .always(PublishAction.Swept.class)
                .always(PublishAction.SweepAbandoned.class)
                .always(PublishAction.ValueDue.class)
                .on(
                        ValuePut.class,
                        when("end-is-awaited", (own, fact) -> own.puts().has(fact.put())))
                .on(
                        ValueRefused.class,
                        when("end-is-awaited", (own, fact) -> own.puts().has(fact.put())))
                .always(PublishAction.ClockMoved.class)
                .on(
                        PublishAction.Listened.class,
                        when(
                                "listeners-not-full",
                                (own, fact) -> own.addresses().hasRoom(fact.listener())))
                .always(PublishAction.Unlistened.class)
                .always(PublishAction.Observed.class)
                .build();
    }

    /** Whether there is room for those of the keys that are new: who asks for the same again is never refused. */
    private static boolean hasRoom(PublishState own, Keep wish) {
        int room = own.config().maxKeys() - own.keys();
        return wish.keys().size() <= room
                || wish.keys().stream()
                                .distinct()
                                .filter(key -> !own.promises().kept().has(Key.ofPreimage(key)))
                                .count()
                        <= Math.max(0, room);
    }

    private static boolean isAsked(PublishState own, long ask) {
        return own.sweep()
                .filter(sweep -> sweep.stage() instanceof Stage.Storing(Delivery delivery)
                        && delivery.asks().has(ask))
                .isPresent();
    }
}
