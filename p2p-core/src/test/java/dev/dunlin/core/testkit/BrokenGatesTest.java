package dev.dunlin.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.dunlin.core.state.Canonical;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.TypeTable;
import dev.dunlin.core.store.Verdict;
import dev.dunlin.core.testkit.gate.GateAction;
import dev.dunlin.core.testkit.gate.GateEffect;
import dev.dunlin.core.testkit.gate.GateLaws;
import dev.dunlin.core.testkit.gate.GateMachine;
import dev.dunlin.core.testkit.gate.GateState;
import dev.dunlin.core.testkit.gate.GateState.Gate;
import dev.dunlin.core.testkit.gate.House;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import net.jqwik.api.Example;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;

/** A law that cannot fail is worth nothing: each is seen to fail for gates that break it, and to shrink to a short tale. */
class BrokenGatesTest {

    private static final int SHRUNK = 8;
    private static final Machine<Object, GateState, GateAction> SOUND = GateMachine.GATE;

    private static final class Laws extends GateLaws {
        private final Supplier<Machine<Object, GateState, GateAction>> make;
        private final Optional<RoundTrip> trip;

        Laws(Supplier<Machine<Object, GateState, GateAction>> make, Optional<RoundTrip> trip) {
            this.make = make;
            this.trip = trip;
        }

        @Override
        protected Machine<? super House, GateState, GateAction> machine() {
            return make.get();
        }

        @Override
        protected RoundTrip roundTrip(Store<House> store) {
            return trip.orElseGet(() -> super.roundTrip(store));
        }
    }

    private static Laws laws(Machine<Object, GateState, GateAction> machine) {
        return new Laws(() -> machine, Optional.empty());
    }

    private static Optional<LawBroken> broken(GateLaws laws, String law, List<Move> moves) {
        try {
            new LawBook<>(laws)
                    .all()
                    .getOrDefault(law, play -> fail("there is no law " + law))
                    .accept(run -> run.play(moves));
            return Optional.empty();
        } catch (LawBroken found) {
            return Optional.of(found);
        }
    }

    private static Shrinkable<List<Move>> found(
            GateLaws laws, String law, RandomGenerator<List<Move>> generator, Random random) {
        for (int i = 0; i < MachineLaws.TRIES; i++) {
            Shrinkable<List<Move>> moves = generator.next(random);
            if (broken(laws, law, moves.value()).isPresent()) {
                return moves;
            }
        }
        return fail("the law '" + law + "' did not fail");
    }

    /** The short sequence that jqwik's own shrinking comes to. */
    private static List<Move> shrunk(GateLaws laws, String law, Shrinkable<List<Move>> found) {
        Shrinkable<List<Move>> least = found;
        Optional<Shrinkable<List<Move>>> smaller = Optional.of(least);
        while (smaller.isPresent()) {
            least = smaller.get();
            smaller = least.shrink()
                    .filter(one -> broken(laws, law, one.value()).isPresent())
                    .findFirst();
        }
        return least.value();
    }

    // jqwik may end beside the shortest, so the shortest of a few counts.
    private static void breaks(GateLaws laws, String law, int atMost, String words) {
        Random random = new Random(7);
        RandomGenerator<List<Move>> generator = laws.sequences().generator(MachineLaws.TRIES);
        List<Move> least = shrunk(laws, law, found(laws, law, generator, random));
        for (int i = 1; i < SHRUNK && least.size() > atMost; i++) {
            List<Move> other = shrunk(laws, law, found(laws, law, generator, random));
            least = other.size() < least.size() ? other : least;
        }
        assertThat(least).as("shrunk sequence").hasSizeLessThanOrEqualTo(atMost);
        assertThat(broken(laws, law, least))
                .hasValueSatisfying(
                        found -> assertThat(found).hasMessageContaining(words).hasMessageContaining(law));
    }

    @Example
    void soundGatesBreakNothing() {
        Random random = new Random(7);
        GateLaws laws = laws(SOUND);
        var generator = laws.sequences().generator(MachineLaws.TRIES);
        for (int i = 0; i < 100; i++) {
            List<Move> moves = generator.next(random).value();
            new LawBook<>(laws)
                    .all()
                    .keySet()
                    .forEach(law -> assertThat(broken(laws, law, moves)).isEmpty());
        }
    }

    @Example
    void aClockInTheReducerIsNotDeterministic() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) -> action instanceof GateAction.Open(String gate, var _)
                        ? later(own, ctx.effect(new GateEffect.Unlock(gate)), gate, System.nanoTime())
                        : SOUND.reduce(own, action, ctx))),
                LawBook.DETERMINISTIC,
                1,
                "on a second store");
    }

    private static GateState later(GateState own, ActionId asked, String gate, long at) {
        return new GateState(own.gates().with(gate, new Gate.Opening(asked, Ticket.NONE, at)));
    }

    @Example
    void aFieldInTheMachineIsNotDeterministic() {
        // Made anew for each store, so only the same store played once more can tell.
        Supplier<Machine<Object, GateState, GateAction>> counting = () -> {
            AtomicLong opened = new AtomicLong();
            return SOUND.reducing((own, action, ctx) -> action instanceof GateAction.Open(String gate, var _)
                    ? later(own, ctx.effect(new GateEffect.Unlock(gate)), gate, ctx.now() + opened.incrementAndGet())
                    : SOUND.reduce(own, action, ctx));
        };
        breaks(new Laws(counting, Optional.empty()), LawBook.DETERMINISTIC, 1, "once more");
    }

    @Example
    void aThrowingReducerIsFound() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) -> {
                    if (action instanceof GateAction.Jammed && own.gates().size() == 2) {
                        throw new IllegalStateException("two gates and a jam");
                    }
                    return SOUND.reduce(own, action, ctx);
                })),
                LawBook.TOTAL,
                4,
                "two gates and a jam");
    }

    @Example
    void aGuardThatForgetsItsClauseIsFound() {
        Guards.Builder<Object, GateState, GateAction> guards = Guards.of();
        for (Class<?> type : SOUND.guards().types()) {
            guards.always(type.asSubclass(GateAction.class));
        }
        breaks(laws(SOUND.guarding(guards.build())), LawBook.TOTAL, 1, "failed");
    }

    @Example
    void aCodecThatForgetsIsFound() {
        RoundTrip forgets = new RoundTrip() {
            @Override
            public Action action(Action action) {
                return action;
            }

            @Override
            public Object state(String machine, Object state) {
                return state instanceof GateState ? GateState.INITIAL : state;
            }
        };
        breaks(new Laws(() -> SOUND, Optional.of(forgets)), LawBook.SERIALISATION, 1, "comes back as");
    }

    @Example
    void aCodecThatThrowsIsFound() {
        RoundTrip throwing = new RoundTrip() {
            @Override
            public Action action(Action action) {
                return action;
            }

            @Override
            public Object state(String machine, Object state) {
                if (state instanceof GateState gates && gates.gates().size() > 1) {
                    throw new IllegalStateException("one gate is enough");
                }
                return state;
            }
        };
        breaks(new Laws(() -> SOUND, Optional.of(throwing)), LawBook.SERIALISATION, 2, "one gate is enough");
    }

    @Example
    void aTypeThatTheTableDoesNotKnowIsFound() {
        assertThat(TypeCheck.problems(SOUND, tableWithout("closing")))
                .singleElement()
                .asString()
                .contains("Closing", "has no name in the type table");
        assertThat(TypeCheck.problems(SOUND)).isEmpty();
    }

    private static TypeTable tableWithout(String variant) {
        TypeTable all = SOUND.types();
        Map<Class<?>, Map<String, Class<?>>> variants = new HashMap<>();
        all.variants().forEach((type, names) -> {
            Map<String, Class<?>> fewer = new HashMap<>(names);
            fewer.remove(variant);
            variants.put(type, fewer);
        });
        return new TypeTable(
                all.machine(), all.actions(), variants, all.defaults(), all.renamed(), all.formerFields(), all.texts());
    }

    @Example
    void aBrokenInvariantIsFound() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) ->
                        action instanceof GateAction.Opened(var gate, var _, var handle)
                                ? new GateState(own.gates().with(gate, new Gate.Open(handle, Due.NEVER)))
                                : SOUND.reduce(own, action, ctx))),
                LawBook.INVARIANTS,
                2,
                "opening-has-a-deadline is violated");
    }

    @Example
    void anEntryThatIsNotMovedOnIsFound() {
        Machine<Object, GateState, GateAction> idle = SOUND.reducing(
                (own, action, ctx) -> action instanceof GateAction.Expired ? own : SOUND.reduce(own, action, ctx));
        breaks(laws(idle), LawBook.DEADLINES, 1, "was not moved on by its action");
        breaks(laws(idle), LawBook.TOTAL, 2, "was not moved on by its action");
    }

    @Example
    void anEntryThatIsMovedWithinTheSameTimeIsFound() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) -> action instanceof GateAction.Expired(String gate)
                        ? later(own, ctx.id(), gate, ctx.now())
                        : SOUND.reduce(own, action, ctx))),
                LawBook.DEADLINES,
                1,
                "was not moved on by its action");
    }

    @Example
    void aDueActionThatIsDisabledIsFound() {
        breaks(
                laws(SOUND.guarding(withClause(GateAction.Expired.class, action -> false))),
                LawBook.DEADLINES,
                1,
                "which was disabled: Disabled[clause=as-told");
    }

    // As before, and one type's actions are enabled when told.
    private static Guards<Object, GateState, GateAction> withClause(
            Class<? extends GateAction> type, Predicate<GateAction> enabled) {
        Guards<Object, GateState, GateAction> sound = SOUND.guards();
        Guards.Builder<Object, GateState, GateAction> guards = Guards.of();
        for (Class<?> any : sound.types()) {
            guards.on(
                    any.asSubclass(GateAction.class),
                    Guards.clause(
                            any == type ? "as-told" : "as-before",
                            (view, own, action, now) -> any == type
                                    ? enabled.test(action)
                                    : sound.ask(view, own, action, now) instanceof Verdict.Enabled));
        }
        return guards.build();
    }

    // A value that says another time than it said when it was put into its table.
    private static final class Fickle implements Due, Canonical {
        private static boolean early;

        @Override
        public long at() {
            return early ? StoreDriver.START : StoreDriver.START + 1;
        }

        @Override
        public void feed(Hasher sink) {
            sink.putLong(at());
        }
    }

    @Example
    void aTableThatDoesNotKnowItsEarliestValueIsFound() {
        Fickle.early = false;
        Table<String, Fickle> many = Table.empty();
        for (int i = 0; i < 100; i++) {
            many = many.with("k" + i, new Fickle());
        }
        Table<String, Fickle> table = many;
        Machine<Object, GateState, GateAction> fickle = SOUND.altered()
                .due(
                        GateAction.Expired.class,
                        own -> Fickle.early ? table : Table.<String, Fickle>empty(),
                        GateAction.Expired::new)
                .reduces((own, action, ctx) -> {
                    Fickle.early |= action instanceof GateAction.Open;
                    return SOUND.reduce(own, action, ctx);
                })
                .budget(SOUND.byteBudget());
        assertThat(broken(laws(fickle), LawBook.DEADLINES, List.of(new Move.Say(new GateAction.Open("a")))))
                .hasValueSatisfying(
                        found -> assertThat(found).hasMessageContaining("yet its values say " + StoreDriver.START));
    }

    @Example
    void aRefusalOfTheMachinesOwnIsFound() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) -> {
                    if (action instanceof GateAction.Open(String gate, Ticket ticket) && !ticket.isNone()) {
                        ctx.then(new NodeOutcome.Refused(ticket, "gate/open", action.about(), "no", List.of()));
                    }
                    return SOUND.reduce(own, action, ctx);
                })),
                LawBook.REFUSALS,
                1,
                "nobody is to be told that Refused[");
    }

    @Example
    void whoIsRefusedIsToldWhatTheGuardSaid() {
        Turn refused = refusedTurn();
        NodeOutcome.Refused told = (NodeOutcome.Refused) refused.entry(1);
        assertThat(refused.cause(1)).isEqualTo(refused.id(0));
        assertThat(told)
                .isEqualTo(new NodeOutcome.Refused(
                        new Ticket(Ticket.API, 7),
                        "gate/open",
                        Subject.of("gate", "d"),
                        "has-room",
                        List.of(new Operand("gates", "3"), new Operand("maxGates", "3"))));
    }

    private static Turn refusedTurn() {
        StoreDriver<House> driver = StoreDriver.of(House.store());
        driver.boot();
        List.of("a", "b", "c").forEach(gate -> driver.dispatch(new GateAction.Open(gate)));
        return driver.dispatch(new GateAction.Open("d", new Ticket(Ticket.API, 7)));
    }

    @Example
    void aBootThatAsksForEachEntryIsFound() {
        Machine<Object, GateState, GateAction> eager = SOUND.altered()
                .boots((own, booted, ctx) -> {
                    own.gates().keys().forEach(gate -> {
                        for (int i = 0; i < 32; i++) {
                            ctx.effect(new GateEffect.Unlock(gate));
                        }
                    });
                    return GateState.INITIAL;
                })
                .budget(SOUND.byteBudget());
        breaks(laws(eager), LawBook.BOOTS, 2, "a boot over this state leads to 64 actions");
    }

    @Example
    void aBootThatIsNotDeclaredIsFound() {
        breaks(laws(declaring(without("opening", "booted", "shut"))), LawBook.TRANSITIONS, 2, ": booted' of");
    }

    @Example
    void aHandleThatIsDroppedTooEarlyIsFound() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) -> action instanceof GateAction.Shut(String gate)
                        ? new GateState(own.gates().without(gate))
                        : SOUND.reduce(own, action, ctx))),
                LawBook.HANDLES,
                3,
                "in the state: []");
    }

    @Example
    void aHandleThatIsKeptTooLongIsFound() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) ->
                        action instanceof GateAction.Closed ? own : SOUND.reduce(own, action, ctx))),
                LawBook.HANDLES,
                3,
                "open in the world: []");
    }

    @Example
    void aHandleThatOutlivesABootIsFound() {
        breaks(
                laws(SOUND.altered().boots((own, booted, ctx) -> own).budget(SOUND.byteBudget())),
                LawBook.HANDLES,
                3,
                "open in the world: []");
    }

    @Example
    void aTableWithoutBoundIsFound() {
        Guards<Object, GateState, GateAction> sound = SOUND.guards();
        Guards.Builder<Object, GateState, GateAction> guards = Guards.of();
        for (Class<?> any : sound.types()) {
            Class<? extends GateAction> type = any.asSubclass(GateAction.class);
            guards.on(
                    type,
                    Guards.clause(
                            "as-before-or-open",
                            (view, own, action, now) -> action instanceof GateAction.Open(String gate, var _)
                                    ? !own.gates().has(gate)
                                    : sound.ask(view, own, action, now) instanceof Verdict.Enabled));
        }
        Laws laws = laws(SOUND.guarding(guards.build()));
        List<Move> flood = found(laws, LawBook.BUDGET, laws.floods().generator(MachineLaws.TRIES), new Random(7))
                .value();
        assertThat(broken(laws, LawBook.BUDGET, flood))
                .hasValueSatisfying(found -> assertThat(found).hasMessageContaining("1024 are declared"));
    }

    @Example
    void aTransitionThatIsNotDeclaredIsFound() {
        List<Transition> fewer = new ArrayList<>(SOUND.transitions());
        fewer.remove(new Transition("open", "shut", "closing"));
        breaks(laws(declaring(fewer)), LawBook.TRANSITIONS, 3, "is not declared");
    }

    @Example
    void aMisspeltPhaseIsToldOfAsOne() {
        List<Transition> misspelt = SOUND.transitions().stream()
                .map(one -> new Transition(one.from(), one.action(), one.to().replace("closing", "closeing")))
                .toList();
        breaks(
                laws(declaring(misspelt.stream()
                        .map(one -> new Transition(one.from().replace("closing", "closeing"), one.action(), one.to()))
                        .toList())),
                LawBook.TRANSITIONS,
                3,
                "no line of transitions(…) names the phase 'closing', only ");
    }

    @Example
    void aTransitionOfABystanderIsFound() {
        // To shut one gate shuts another one too, which is no arrow of the diagram.
        breaks(
                laws(declaring(without("opening", "jammed", "shut")).reducing((own, action, ctx) -> {
                    GateState after = SOUND.reduce(own, action, ctx);
                    return action instanceof GateAction.Jammed ? GateState.INITIAL : after;
                })),
                LawBook.TRANSITIONS,
                2,
                "is not declared");
    }

    private static Machine<Object, GateState, GateAction> declaring(List<Transition> transitions) {
        return SOUND.altered()
                .transitions(transitions.stream()
                        .map(arrow -> arrow.from() + " > " + arrow.to() + ": " + arrow.action())
                        .collect(Collectors.joining("\n")))
                .budget(SOUND.byteBudget());
    }

    private static List<Transition> without(String from, String action, String to) {
        List<Transition> fewer = new ArrayList<>(SOUND.transitions());
        fewer.remove(new Transition(from, action, to));
        return fewer;
    }

    @Example
    void aTransitionThatNeverHappensIsReported() {
        List<Transition> more = new ArrayList<>(SOUND.transitions());
        more.add(new Transition("closing", "open", "open"));
        Coverage coverage = laws(declaring(more)).coverage();
        assertThat(coverage.isComplete()).isFalse();
        assertThat(coverage.missing()).containsExactly("the transition closing --open--> open");
        assertThat(coverage.report())
                .contains("34 of 35")
                .contains("never seen: the transition closing --open--> open");
    }

    @Example
    void aClauseThatNeverFailsIsReported() {
        Guards<Object, GateState, GateAction> sound = SOUND.guards();
        Guards.Builder<Object, GateState, GateAction> guards = Guards.of();
        for (Class<?> any : sound.types()) {
            guards.on(
                    any.asSubclass(GateAction.class),
                    Guards.clause(
                            "as-before",
                            (view, own, action, now) -> sound.ask(view, own, action, now) instanceof Verdict.Enabled));
        }
        assertThat(laws(SOUND.guarding(guards.build())).coverage().missing())
                .containsExactly("the clause as-before of expired failed");
    }

    @Example
    void dependenceOnWhichOfTwoEqualObjectsIsThereIsFound() {
        Supplier<Machine<Object, GateState, GateAction>> remembering = () -> {
            GateState[] last = {GateState.INITIAL};
            BiFunction<GateState, GateState, GateState> keep = (own, after) -> last[0] = after;
            return SOUND.reducing((own, action, ctx) -> {
                boolean mine = own == last[0] || Content.digest(own).equals(Content.digest(GateState.INITIAL));
                return action instanceof GateAction.Jammed && !mine
                        ? own
                        : keep.apply(own, SOUND.reduce(own, action, ctx));
            });
        };
        breaks(new Laws(remembering, Optional.empty()), LawBook.HISTORY, 2, "with equal state of new objects");
    }
}
