package dev.dunlin.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.runtime.EffectDesk.Ready;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/**
 * The desk against a model that knows no queues: an effect is ready at the first force that covers every durable effect of its
 * service up to itself, and what is ready is carried out in the order in which it became so, at one force service by service.
 */
final class EffectDeskTest {

    record None() {}

    record Root(None desk) {}

    sealed interface DeskAction extends Action {
        /** Leads to these effects, by their places in {@link #ALL}. */
        record Do(List<Integer> effects) implements DeskAction {}
    }

    /** The first service's. */
    sealed interface Post extends Effect {
        record AskPost() implements Post, Request {}

        /** Its answer may come at any time. */
        record AwaitPost() implements Post, Request {
            @Override
            public boolean isOpenEnded() {
                return true;
            }
        }

        record TellPost() implements Post, Fire {}

        record KeepPost() implements Post, Fire, Durable {}

        record SurePost() implements Post, Request, Durable {}
    }

    /** The second service's. */
    sealed interface Bank extends Effect {
        record AskBank() implements Bank, Request {}

        record TellBank() implements Bank, Fire {}

        record KeepBank() implements Bank, Fire, Durable {}

        record SureBank() implements Bank, Request, Durable {}
    }

    /** The third service has nothing durable. */
    sealed interface Wire extends Effect {
        record TellWire() implements Wire, Fire {}
    }

    private static final List<Effect> ALL = List.of(
            new Post.AskPost(),
            new Post.TellPost(),
            new Post.KeepPost(),
            new Post.SurePost(),
            new Bank.AskBank(),
            new Bank.TellBank(),
            new Bank.KeepBank(),
            new Bank.SureBank(),
            new Wire.TellWire());

    private static final Machine<Object, None, DeskAction> DESK = Machine.of("desk", new None())
            .actions(DeskAction.class, Post.class, Bank.class, Wire.class)
            .guards(Guards.<Object, None, DeskAction>of()
                    .always(DeskAction.Do.class)
                    .build())
            .reduces((own, action, ctx) -> {
                switch (action) {
                    case DeskAction.Do(List<Integer> effects) -> effects.forEach(place -> ctx.effect(ALL.get(place)));
                }
                return own;
            })
            .budget(64);

    private static Store<Root> store() {
        return Store.of(new Root(new None()))
                .mount(DESK, Root::desk, (root, changed) -> new Root(changed))
                .build();
    }

    private static EffectHandlers handlers() {
        return EffectHandlers.of(store())
                .with(Post.class, (id, effect) -> {})
                .with(Bank.class, (id, effect) -> {})
                .with(Wire.class, (id, effect) -> {})
                .with(NodeEffect.class, (id, effect) -> {})
                .checked();
    }

    private static EffectDesk desk() {
        return new EffectDesk(handlers(), true, 0);
    }

    private static void take(EffectDesk desk, long input, Effect... effects) {
        for (int i = 0; i < effects.length; i++) {
            desk.take(input, input * 10, new ActionId(input, i + 1), effects[i]);
        }
    }

    private static List<Effect> ready(EffectDesk desk) {
        return Stream.generate(desk::next)
                .takeWhile(next -> next != null)
                .map(Ready::effect)
                .toList();
    }

    // By hand

    @Example
    void aDurableEffectWaitsForTheForceOfItsInput() {
        EffectDesk desk = desk();
        take(desk, 5, new Post.KeepPost());
        assertThat(ready(desk)).isEmpty();
        assertThat(desk.held()).isEqualTo(1);
        assertThat(desk.wanted()).isEqualTo(5);
        desk.forced(4);
        assertThat(ready(desk)).isEmpty();
        desk.forced(5);
        assertThat(desk.held()).isZero();
        assertThat(ready(desk)).containsExactly(new Post.KeepPost());
        assertThat(desk.wanted()).as("wanted no more than what is forced").isEqualTo(5);
    }

    @Example
    void laterEffectsOfTheServiceWaitBehindItAndOthersPass() {
        EffectDesk desk = desk();
        take(desk, 5, new Post.TellPost(), new Post.KeepPost(), new Post.AskPost(), new Bank.TellBank());
        take(desk, 6, new Post.TellPost(), new Wire.TellWire());
        assertThat(ready(desk)).containsExactly(new Post.TellPost(), new Bank.TellBank(), new Wire.TellWire());
        assertThat(desk.held()).isEqualTo(3);
        desk.forced(5);
        assertThat(ready(desk)).containsExactly(new Post.KeepPost(), new Post.AskPost(), new Post.TellPost());
    }

    @Example
    void whatWaitsBehindASecondDurableEffectWaitsForThatOneToo() {
        EffectDesk desk = desk();
        take(desk, 5, new Post.KeepPost(), new Post.TellPost());
        take(desk, 6, new Post.SurePost(), new Post.AskPost());
        desk.forced(5);
        assertThat(ready(desk)).containsExactly(new Post.KeepPost(), new Post.TellPost());
        take(desk, 7, new Post.TellPost());
        assertThat(ready(desk)).isEmpty();
        desk.forced(6);
        assertThat(ready(desk)).containsExactly(new Post.SurePost(), new Post.AskPost(), new Post.TellPost());
    }

    @Example
    void whatOneForceReleasesComesServiceByService() {
        EffectDesk desk = desk();
        take(desk, 5, new Bank.KeepBank(), new Post.KeepPost(), new Bank.TellBank(), new Post.TellPost());
        desk.forced(9);
        assertThat(ready(desk))
                .as("in the order in which the services began")
                .containsExactly(new Post.KeepPost(), new Post.TellPost(), new Bank.KeepBank(), new Bank.TellBank());
    }

    @Example
    void whatIsForcedAlreadyDoesNotWait() {
        EffectDesk desk = new EffectDesk(handlers(), true, 5);
        take(desk, 5, new Post.KeepPost());
        assertThat(ready(desk)).containsExactly(new Post.KeepPost());
        assertThat(desk.wanted()).as("nothing is wanted of the disk").isZero();
    }

    @Example
    void forcedNeverRunsBackwards() {
        EffectDesk desk = desk();
        desk.forced(7);
        desk.forced(3);
        take(desk, 6, new Post.KeepPost());
        assertThat(ready(desk)).hasSize(1);
        take(desk, 8, new Post.KeepPost());
        desk.forced(7);
        assertThat(ready(desk)).isEmpty();
    }

    @Example
    void withoutALogNothingWaits() {
        EffectDesk desk = new EffectDesk(handlers(), false, 0);
        take(desk, 5, new Post.KeepPost(), new Post.TellPost());
        assertThat(ready(desk)).containsExactly(new Post.KeepPost(), new Post.TellPost());
        assertThat(desk.wanted()).isZero();
    }

    @Example
    void aTurnsEffectsAreTakenWithTheirIds() {
        EffectDesk desk = desk();
        Store<Root> store = store();
        var turn = store.apply(Input.of(new DeskAction.Do(List.of(0, 8, 2, 4))), 70);
        desk.take(turn);
        assertThat(Stream.generate(desk::next).takeWhile(next -> next != null))
                .containsExactly(
                        new Ready(new ActionId(1, 1), ALL.get(0), 0),
                        new Ready(new ActionId(1, 2), ALL.get(8), 2),
                        new Ready(new ActionId(1, 4), ALL.get(4), 1));
        assertThat(desk.oldest()).contains(new EffectDesk.Request(new ActionId(1, 1), Post.AskPost.class, 70, false));
        assertThat(desk.requests()).isEqualTo(2);
        assertThat(desk.held()).isEqualTo(1);
    }

    @Example
    void aRequestIsInFlightFromItsTurnOnAlsoWhileItWaits() {
        EffectDesk desk = desk();
        take(desk, 5, new Post.SurePost());
        assertThat(desk.requests()).isEqualTo(1);
        assertThat(desk.answered(new ActionId(5, 1))).isTrue();
        assertThat(desk.answered(new ActionId(5, 1))).as("once").isFalse();
        assertThat(desk.answered(new ActionId(4, 1))).isFalse();
        assertThat(desk.answered(ActionId.NONE)).isFalse();
    }

    @Example
    void anOverdueRequestIsToldOfOnceAndLostAtLast() {
        EffectDesk desk = desk();
        take(desk, 1, new Post.AskPost());
        take(desk, 2, new Post.AskPost());
        take(desk, 3, new Post.AskPost());
        assertThat(desk.overdue(EffectDesk.OVERDUE + 10))
                .as("since 10 is not before 10")
                .isEmpty();
        assertThat(desk.overdue(EffectDesk.OVERDUE + 21))
                .extracting(EffectDesk.Request::id)
                .containsExactly(new ActionId(1, 1), new ActionId(2, 1));
        assertThat(desk.overdue(EffectDesk.OVERDUE + 31))
                .extracting(EffectDesk.Request::id)
                .containsExactly(new ActionId(3, 1));
        assertThat(desk.overdue(EffectDesk.OVERDUE + 1_000)).isEmpty();
        assertThat(desk.oldest())
                .hasValueSatisfying(oldest -> assertThat(oldest.reported()).isTrue());
        assertThat(desk.loseOld(EffectDesk.LOST + 10)).isZero();
        assertThat(desk.loseOld(EffectDesk.LOST + 20)).isEqualTo(1);
        assertThat(desk.loseOld(EffectDesk.LOST + 31)).isEqualTo(2);
        assertThat(desk.loseOld(EffectDesk.LOST + 31)).isZero();
        assertThat(desk.requests()).isZero();
        assertThat(desk.answered(new ActionId(1, 1))).as("too late").isFalse();
    }

    @Example
    void whoWaitsForSomebodyWhoOwesNothingIsNotOverdue() {
        EffectDesk desk = desk();
        take(desk, 1, new Post.AwaitPost());
        assertThat(desk.overdue(EffectDesk.OVERDUE + 1_000)).isEmpty();
        assertThat(desk.requests()).isEqualTo(1);
        assertThat(desk.loseOld(EffectDesk.LOST + 1_000)).isEqualTo(1);
    }

    // Against the model

    sealed interface Move {
        /** A further input, so much later, leads to these effects. */
        record Take(long later, List<Integer> effects) implements Move {}

        /** The log is forced up to so many inputs before the last; also further back than it was. */
        record Force(int back) implements Move {}

        /** So many are carried out. */
        record CarryOut(int count) implements Move {}

        /** One of the requests that there ever were is answered. */
        record Answer(int which) implements Move {}

        /** Those before a time so long ago are told of. */
        record Overdue(long ago) implements Move {}

        /** Those before a time so long ago are lost. */
        record Lose(long ago) implements Move {}
    }

    @Provide
    Arbitrary<List<Move>> moves() {
        Arbitrary<Move> take = Combinators.combine(
                        Arbitraries.longs().between(0, 30),
                        Arbitraries.integers().between(0, ALL.size() - 1).list().ofMaxSize(4))
                .as(Move.Take::new);
        Arbitrary<Move> force = Arbitraries.integers().between(0, 6).map(Move.Force::new);
        Arbitrary<Move> carryOut = Arbitraries.integers().between(1, 5).map(Move.CarryOut::new);
        Arbitrary<Move> answer = Arbitraries.integers().between(0, 1_000).map(Move.Answer::new);
        Arbitrary<Move> overdue = Arbitraries.longs().between(0, 200).map(Move.Overdue::new);
        Arbitrary<Move> lose = Arbitraries.longs().between(50, 300).map(Move.Lose::new);
        return Arbitraries.frequencyOf(
                        Tuple.of(8, take),
                        Tuple.of(3, force),
                        Tuple.of(3, carryOut),
                        Tuple.of(2, answer),
                        Tuple.of(1, overdue),
                        Tuple.of(1, lose))
                .list()
                .ofMaxSize(60);
    }

    /** All that was ever taken, and when the log was forced; nothing is ever removed from it. */
    private static final class Model {

        private record Taken(long move, Ready ready, long waitsFor) {}

        private record Asked(ActionId id, long since) {}

        final List<Taken> taken = new ArrayList<>();
        final List<Long> forcedAfter = new ArrayList<>();
        final List<Asked> asked = new ArrayList<>();
        final Set<ActionId> over = new HashSet<>();
        final Set<ActionId> told = new HashSet<>();
        final boolean holds;
        long forced;
        long lost;

        Model(boolean holds, long forced) {
            this.holds = holds;
            this.forced = forced;
        }

        void moved() {
            forcedAfter.add(forced);
        }

        void take(long now, ActionId id, Effect effect, int service) {
            boolean waits = holds && effect instanceof Effect.Durable && id.input() > forced;
            taken.add(new Taken(forcedAfter.size(), new Ready(id, effect, service), waits ? id.input() : 0));
            if (effect instanceof Effect.Request) {
                asked.add(new Asked(id, now));
            }
        }

        // The move after which it is ready; beyond all if it waits still.
        private long readyAt(int place) {
            Taken one = taken.get(place);
            long needed = taken.subList(0, place + 1).stream()
                    .filter(other -> other.ready().service() == one.ready().service())
                    .mapToLong(Taken::waitsFor)
                    .max()
                    .orElse(0);
            return LongStream.range(one.move(), forcedAfter.size())
                    .filter(move -> needed == 0 || forcedAfter.get((int) move) >= needed)
                    .findFirst()
                    .orElse(Long.MAX_VALUE);
        }

        private record Placed(long at, long order, Ready ready) {}

        List<Ready> readyByNow() {
            List<Placed> placed = new ArrayList<>();
            for (int i = 0; i < taken.size(); i++) {
                long at = readyAt(i);
                if (at != Long.MAX_VALUE) {
                    // At once in the order of taking; at a force service by service.
                    boolean waited = at > taken.get(i).move();
                    placed.add(new Placed(
                            at,
                            waited ? taken.get(i).ready().service() : 0,
                            taken.get(i).ready()));
                }
            }
            placed.sort(Comparator.comparingLong(Placed::at).thenComparingLong(Placed::order));
            return placed.stream().map(Placed::ready).toList();
        }

        long wanted() {
            return taken.stream().mapToLong(Taken::waitsFor).max().orElse(0);
        }

        List<Asked> open() {
            return asked.stream().filter(one -> !over.contains(one.id())).toList();
        }

        List<ActionId> overdue(long before) {
            return open().stream()
                    .filter(one -> one.since() < before && told.add(one.id()))
                    .map(Asked::id)
                    .toList();
        }

        void lose(long before) {
            for (Asked one : open()) {
                if (one.since() < before) {
                    over.add(one.id());
                    lost++;
                }
            }
        }
    }

    @Property(tries = 2000)
    void doesWhatTheModelSays(@ForAll("moves") List<Move> moves, @ForAll boolean holds) {
        EffectHandlers handlers = handlers();
        EffectDesk desk = new EffectDesk(handlers, holds, 2);
        Model model = new Model(holds, 2);
        List<Ready> carriedOut = new ArrayList<>();
        long input = 0;
        long now = 1_000;
        long lost = 0;
        for (Move move : moves) {
            switch (move) {
                case Move.Take(long later, List<Integer> effects) -> {
                    input++;
                    now += later;
                    for (int i = 0; i < effects.size(); i++) {
                        ActionId id = new ActionId(input, i + 1);
                        Effect effect = ALL.get(effects.get(i));
                        desk.take(input, now, id, effect);
                        model.take(now, id, effect, handlers.serviceOf(effect));
                    }
                }
                case Move.Force(int back) -> {
                    long to = Math.max(0, input - back);
                    desk.forced(to);
                    model.forced = Math.max(model.forced, to);
                }
                case Move.CarryOut(int count) -> {
                    for (int i = 0; i < count; i++) {
                        Ready next = desk.next();
                        if (next != null) {
                            carriedOut.add(next);
                        }
                    }
                }
                case Move.Answer(int which) -> {
                    if (!model.asked.isEmpty()) {
                        ActionId id =
                                model.asked.get(which % model.asked.size()).id();
                        assertThat(desk.answered(id)).as("answer to %s", id).isEqualTo(model.over.add(id));
                    }
                }
                case Move.Overdue(long ago) ->
                    assertThat(desk.overdue(now - ago + EffectDesk.OVERDUE).stream()
                                    .map(EffectDesk.Request::id))
                            .isEqualTo(model.overdue(now - ago));
                case Move.Lose(long ago) -> {
                    lost += desk.loseOld(now - ago + EffectDesk.LOST);
                    model.lose(now - ago);
                }
            }
            model.moved();
            List<Ready> ready = model.readyByNow();
            assertThat(carriedOut).as("what was carried out").isEqualTo(ready.subList(0, carriedOut.size()));
            assertThat(desk.held()).as("held").isEqualTo(model.taken.size() - ready.size());
            assertThat(desk.wanted()).as("wanted").isEqualTo(model.wanted());
            assertThat(desk.requests()).as("requests").isEqualTo(model.open().size());
            assertThat(lost).as("lost").isEqualTo(model.lost);
            assertThat(desk.oldest().map(EffectDesk.Request::id))
                    .isEqualTo(model.open().stream().map(Model.Asked::id).findFirst());
        }
        // All is forced, carried out and answered: nothing is left behind.
        desk.forced(input);
        model.forced = Math.max(model.forced, input);
        model.moved();
        for (Ready next = desk.next(); next != null; next = desk.next()) {
            carriedOut.add(next);
        }
        assertThat(carriedOut).isEqualTo(model.readyByNow()).hasSize(model.taken.size());
        model.open().forEach(one -> assertThat(desk.answered(one.id())).isTrue());
        assertThat(desk.held()).isZero();
        assertThat(desk.requests()).isZero();
        assertThat(desk.oldest()).isEmpty();
        assertHoldsNothing(desk);
    }

    // What the figures do not show: a queue of a service that nothing waits for any more.
    private static void assertHoldsNothing(EffectDesk desk) {
        try {
            for (Field field : EffectDesk.class.getDeclaredFields()) {
                field.setAccessible(true);
                Object value = field.get(desk);
                if (value instanceof Collection<?> held) {
                    assertThat(held).as(field.getName()).isEmpty();
                } else if (value instanceof Map<?, ?> held) {
                    assertThat(held).as(field.getName()).isEmpty();
                }
            }
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
