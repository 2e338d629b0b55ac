package dev.dunlin.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import dev.dunlin.core.store.Verdict;
import dev.dunlin.core.testkit.gate.GateAction;
import dev.dunlin.core.testkit.gate.GateEffect;
import dev.dunlin.core.testkit.gate.GateLaws;
import dev.dunlin.core.testkit.gate.GateSlice;
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
import java.util.function.Supplier;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;

/** A law that cannot fail is worth nothing: each is seen to fail for gates that break it, and to shrink to a short tale. */
class BrokenGatesTest {

    private static final Altered<Object, GateState, GateAction> SOUND = Altered.of(new GateSlice());

    private static final class Laws extends GateLaws {
        private final Supplier<Slice<Object, GateState, GateAction>> make;
        private final Optional<RoundTrip> trip;

        Laws(Supplier<Slice<Object, GateState, GateAction>> make, Optional<RoundTrip> trip) {
            this.make = make;
            this.trip = trip;
        }

        @Override
        protected Slice<? super House, GateState, GateAction> slice() {
            return make.get();
        }

        @Override
        protected RoundTrip roundTrip(Store<House> store) {
            return trip.orElseGet(() -> super.roundTrip(store));
        }
    }

    private static Laws laws(Slice<Object, GateState, GateAction> slice) {
        return new Laws(() -> slice, Optional.empty());
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

    private static Shrinkable<List<Move>> found(GateLaws laws, String law, Arbitrary<List<Move>> sequences) {
        Random random = new Random(7);
        RandomGenerator<List<Move>> generator = sequences.generator(SliceLaws.TRIES);
        for (int i = 0; i < SliceLaws.TRIES; i++) {
            Shrinkable<List<Move>> moves = generator.next(random);
            if (broken(laws, law, moves.value()).isPresent()) {
                return moves;
            }
        }
        return fail("the law '" + law + "' did not fail");
    }

    /** The shortest sequence that breaks the law, by jqwik's own shrinking. */
    private static List<Move> shrunk(GateLaws laws, String law) {
        Shrinkable<List<Move>> least = found(laws, law, laws.sequences());
        Optional<Shrinkable<List<Move>>> smaller = Optional.of(least);
        while (smaller.isPresent()) {
            least = smaller.get();
            smaller = least.shrink()
                    .filter(one -> broken(laws, law, one.value()).isPresent())
                    .findFirst();
        }
        return least.value();
    }

    private static void breaks(GateLaws laws, String law, int atMost, String words) {
        List<Move> least = shrunk(laws, law);
        assertThat(least).as("shrunk sequence").hasSizeLessThanOrEqualTo(atMost);
        assertThat(broken(laws, law, least))
                .hasValueSatisfying(
                        found -> assertThat(found).hasMessageContaining(words).hasMessageContaining(law));
    }

    @Example
    void soundGatesBreakNothing() {
        Random random = new Random(7);
        GateLaws laws = laws(SOUND);
        var generator = laws.sequences().generator(SliceLaws.TRIES);
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
                laws(SOUND.reducing((own, action, ctx) -> action instanceof GateAction.Open(String gate)
                        ? later(own, ctx.effect(new GateEffect.Unlock(gate)), gate, System.nanoTime())
                        : SOUND.reduce(own, action, ctx))),
                LawBook.DETERMINISTIC,
                1,
                "on a second store");
    }

    private static GateState later(GateState own, ActionId asked, String gate, long at) {
        return new GateState(
                own.gates().with(gate, new Gate.Opening(asked)), own.deadlines().with(gate, at));
    }

    @Example
    void aFieldInTheSliceIsNotDeterministic() {
        // Made anew for each store, so only the same store played once more can tell.
        Supplier<Slice<Object, GateState, GateAction>> counting = () -> {
            AtomicLong opened = new AtomicLong();
            return SOUND.reducing((own, action, ctx) -> action instanceof GateAction.Open(String gate)
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
            public Object state(String slice, Object state) {
                return state instanceof GateState gates ? new GateState(gates.gates(), Deadlines.none()) : state;
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
            public Object state(String slice, Object state) {
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
        assertThat(TypeCheck.problems(SOUND.naming(tableWithout("closing"))))
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
        return new TypeTable(all.slice(), all.actions(), variants, all.defaults(), all.renamed());
    }

    @Example
    void aBrokenInvariantIsFound() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) ->
                        action instanceof GateAction.Opened(var gate, var _, var handle)
                                ? new GateState(
                                        own.gates().with(gate, new Gate.Open(handle)),
                                        own.deadlines().without(gate))
                                : SOUND.reduce(own, action, ctx))),
                LawBook.INVARIANTS,
                2,
                "opening-has-a-deadline is violated");
    }

    @Example
    void aDeadlineThatIsToldTooLateIsFound() {
        breaks(
                laws(SOUND.due(own -> own.deadlines().size() == 0
                        ? Deadlines.NEVER
                        : own.deadlines().next() + 1_000_000)),
                LawBook.DEADLINES,
                1,
                "the deadline is said to be");
    }

    @Example
    void aDeadlineThatIsNotToldIsFound() {
        breaks(laws(SOUND.due(own -> Deadlines.NEVER)), LawBook.DEADLINES, 1, "the deadline is said to be none");
    }

    @Example
    void aTickWithoutProgressIsFound() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) ->
                        action instanceof GateAction.Tick ? own : SOUND.reduce(own, action, ctx))),
                LawBook.DEADLINES,
                1,
                "made no progress");
    }

    @Example
    void aTickThatOnlyPretendsProgressIsFound() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) -> action instanceof GateAction.Tick
                        ? new GateState(own.gates(), own.deadlines())
                        : SOUND.reduce(own, action, ctx))),
                LawBook.DEADLINES,
                1,
                "the state is the same");
    }

    @Example
    void aHandleThatIsDroppedTooEarlyIsFound() {
        breaks(
                laws(SOUND.reducing((own, action, ctx) -> action instanceof GateAction.Shut(String gate)
                        ? new GateState(
                                own.gates().without(gate), own.deadlines().without(gate))
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
                laws(SOUND.reducing((own, action, ctx) ->
                        action instanceof GateAction.Restarted ? own : SOUND.reduce(own, action, ctx))),
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
                            (view, own, action, now) -> action instanceof GateAction.Open(String gate)
                                    ? !own.gates().has(gate)
                                    : sound.ask(view, own, action, now) instanceof Verdict.Enabled));
        }
        Laws laws = laws(SOUND.guarding(guards.build()));
        List<Move> flood = found(laws, LawBook.BUDGET, laws.floods()).value();
        assertThat(broken(laws, LawBook.BUDGET, flood))
                .hasValueSatisfying(found -> assertThat(found).hasMessageContaining("1024 are declared"));
    }

    @Example
    void aTransitionThatIsNotDeclaredIsFound() {
        List<Transition> fewer = new ArrayList<>(SOUND.transitions());
        fewer.remove(new Transition("open", "shut", "closing"));
        breaks(laws(SOUND.declaring(fewer)), LawBook.TRANSITIONS, 3, "is not declared");
    }

    @Example
    void aTransitionOfABystanderIsFound() {
        // To shut one gate shuts another one too, which is no arrow of the diagram.
        breaks(
                laws(SOUND.reducing((own, action, ctx) -> {
                            GateState after = SOUND.reduce(own, action, ctx);
                            return action instanceof GateAction.Jammed ? GateState.INITIAL : after;
                        })
                        .declaring(without("opening", "jammed", "shut"))),
                LawBook.TRANSITIONS,
                2,
                "is not declared");
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
        Coverage coverage = laws(SOUND.declaring(more)).coverage();
        assertThat(coverage.isComplete()).isFalse();
        assertThat(coverage.missing()).containsExactly("the transition closing --open--> open");
        assertThat(coverage.report())
                .contains("40 of 41")
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
                .containsExactly("the clause as-before of restarted failed");
    }

    @Example
    void dependenceOnWhichOfTwoEqualObjectsIsThereIsFound() {
        Supplier<Slice<Object, GateState, GateAction>> remembering = () -> {
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
