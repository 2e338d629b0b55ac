package dev.dunlin.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.Tuple;
import org.jspecify.annotations.Nullable;

/**
 * The laws that every machine obeys, as properties over random sequences of wishes, facts, answers, waits and reboots. A
 * machine's test extends this, says how its store is made, and inherits the laws:
 *
 * <pre>{@code
 * class LampLawsTest extends MachineLaws<HouseState, LampState, LampAction> {
 *     protected Machine<HouseState, LampState, LampAction> machine() {
 *         return LampMachine.of(LampLimits.tiny());
 *     }
 *
 *     protected Store<HouseState> store(Machine<? super HouseState, LampState, LampAction> lamp) {
 *         return Store.of(HouseState.INITIAL)
 *                 .mount(lamp, HouseState::lamp, HouseState::withLamp)
 *                 .build();
 *     }
 * }
 * }</pre>
 *
 * <p>Make the machine with small limits: a bound of three is met in random sequences, one of a thousand is not. Sequences
 * shrink: what a failure reports is close to the shortest that fails.
 *
 * @param <R> the root of the store's state
 * @param <S> the machine's state
 * @param <A> the machine's actions
 */
public abstract class MachineLaws<R, S, A extends Action> {

    /** How many sequences each law is tried with, as long as {@code jqwik.tries.default} says nothing else. */
    public static final int TRIES = 1_000;

    private static final int COVERAGE_TRIES = 5_000;
    private static final int LONG_FLOOD = 20_000;
    private static final long COVERAGE_SEED = 42;
    private static final Path REPORTS = Path.of("target", "coverage");

    private @Nullable Machine<? super R, S, A> made;
    private @Nullable RoundTrip trip;

    /** The machine. */
    protected abstract Machine<? super R, S, A> machine();

    /** A store with the given machine mounted (it does all as {@link #machine}), and those it works with. Made anew. */
    protected abstract Store<R> store(Machine<? super R, S, A> machine);

    /** Where the arbitraries come from; by default small pools, in which keys meet often. */
    protected TypeArbitraries types() {
        return TypeArbitraries.small();
    }

    /**
     * The machine's own actions, as inputs; also those that due entries become, which the store then disables. What nobody
     * outside ever says is to be left {@linkplain TypeArbitraries#without out}.
     */
    protected Arbitrary<? extends Action> actions() {
        return types().of(machine().actions());
    }

    /** Inputs of the other mounted machines. */
    protected List<Arbitrary<? extends Action>> others() {
        return List.of();
    }

    /**
     * What a flood is made of beside {@link #actions}: values that hardly meet, and long ones. Where guards refuse most of them,
     * give values that pass, or the budget is hardly tried.
     */
    protected Arbitrary<? extends Action> flood() {
        return TypeArbitraries.wide().of(machine().actions());
    }

    /**
     * What a service may answer to an effect, each possible in turn; makes deep states frequent. Handles that an answer brings
     * are {@link TypeArbitraries#someHandle placeholders}.
     */
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<R> driver) {
        return List.of();
    }

    /** An action made to fit the state reached, or none where the world could not say it now; by default as it is. */
    protected Optional<Action> fitted(Action action, StoreDriver<R> driver) {
        return Optional.of(action);
    }

    /** The configuration of each boot. */
    protected Table<String, String> config() {
        return Table.empty();
    }

    /** Paths too rare for random sequences; each law is asked on each, and they count for the coverage. */
    protected List<Script<R>> scripts() {
        return List.of();
    }

    /** How values are written and read; by default by the codec, as the action log does it. */
    protected RoundTrip roundTrip(Store<R> store) {
        return RoundTrip.json(store);
    }

    /** The machine, made once: a law plays a thousand runs, and a machine has no state. */
    final Machine<? super R, S, A> sameMachine() {
        Machine<? super R, S, A> known = made;
        if (known == null) {
            known = machine();
            made = known;
        }
        return known;
    }

    /** How values are written and read, made once likewise. */
    final RoundTrip sameRoundTrip() {
        RoundTrip known = trip;
        if (known == null) {
            known = roundTrip(store(sameMachine()));
            trip = known;
        }
        return known;
    }

    private LawBook<R, S, A> book() {
        return new LawBook<>(this);
    }

    /** (a) The same inputs give the same turns and digests, on another store and once more on the same. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void isDeterministic(@ForAll("sequences") List<Move> moves) {
        book().deterministic(run -> run.play(moves));
    }

    /** (b) No guard, reducer, boot or observer throws in any state that can be reached. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void neverThrows(@ForAll("sequences") List<Move> moves) {
        book().total(run -> run.play(moves));
    }

    /** (c) A disabled action leaves the very same state. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void disabledActionsChangeNothing(@ForAll("sequences") List<Move> moves) {
        book().disabledChangesNothing(run -> run.play(moves));
    }

    /** (d) Actions, effects and state come back equal when written and read, and the machine goes on from there as it would. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void survivesSerialisation(@ForAll("sequences") List<Move> moves) {
        book().survivesSerialisation(run -> run.play(moves));
    }

    /** (e) All invariants hold after each input. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void invariantsHold(@ForAll("sequences") List<Move> moves) {
        book().invariantsHold(run -> run.play(moves));
    }

    /** (f) What is due is due when its table says so: before that a tick does nothing, at it the entry moves on. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void deadlinesTellTheTruth(@ForAll("sequences") List<Move> moves) {
        book().deadlinesTellTheTruth(run -> run.play(moves));
    }

    /** (g) After each input the handles open in the world are those in the state, as long as services keep their contract. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void noHandleLeaks(@ForAll("sequences") List<Move> moves) {
        book().noHandleLeaks(run -> run.play(moves));
    }

    /** (h) The state stays within its byte budget, in floods too. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void staysWithinItsByteBudget(@ForAll("floods") List<Move> moves) {
        book().withinBudget(run -> run.play(moves));
    }

    /** (h) The state stays within its byte budget in one long flood. */
    @Example
    public void staysWithinItsByteBudgetInALongFlood() {
        Random random = new Random(COVERAGE_SEED);
        RandomGenerator<Move> moves = floodMoves().generator(TRIES);
        List<Move> flood = new ArrayList<>();
        for (int i = 0; i < LONG_FLOOD; i++) {
            flood.add(moves.next(random).value());
        }
        book().withinBudget(run -> run.play(flood));
    }

    /** (i) All that happens to a subject is declared. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void staysWithinItsDeclaredTransitions(@ForAll("sequences") List<Move> moves) {
        book().transitions(run -> run.play(moves), Coverage.of(machine()));
    }

    /**
     * (i) Each declared transition is taken, and each clause seen true and false, in the same random sequences and scripts.
     * The counts are written to {@code target/coverage}.
     */
    @Example
    public void everyTransitionAndClauseIsVisited() {
        Coverage coverage = coverage();
        CoverageReport.write(REPORTS, coverage);
        assertThat(coverage.isComplete()).as(coverage.report()).isTrue();
    }

    /** (j) Each type has one name, and all in it can be written and digested. */
    @Example
    public void allTypesHaveNamesAndContent() {
        assertThat(TypeCheck.problems(machine())).isEmpty();
    }

    /** (k) Nothing depends on the order in which tables were filled, or on which of two equal objects is there. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void isIndependentOfHistory(@ForAll("sequences") List<Move> moves) {
        book().independentOfHistory(run -> run.play(moves));
    }

    /** (l) A wish that is disabled is answered once, by the store and with what its guard said, if somebody waits; no other is. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void disabledWishesAreRefused(@ForAll("sequences") List<Move> moves) {
        book().refusals(run -> run.play(moves));
    }

    /** (m) A boot over any state leads to a bounded number of actions. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void bootsLeadToFewActions(@ForAll("sequences") List<Move> moves) {
        book().boundedBoots(run -> run.play(moves));
    }

    /** (n) A setting that may change while the node runs is refused another value, or leaves a state that obeys its invariants. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    public void bearsAnotherConfiguration(@ForAll("sequences") List<Move> moves) {
        book().bearsAnotherConfiguration(run -> run.play(moves));
    }

    /** All laws on each script. */
    @Example
    public void scriptsObeyAllLaws() {
        for (Script<R> script : scripts()) {
            book().all().values().forEach(law -> law.accept(run -> run.play(script)));
        }
    }

    /** What scripts and random sequences of a fixed seed visit. */
    protected final Coverage coverage() {
        Coverage coverage = Coverage.of(machine());
        for (Script<R> script : scripts()) {
            book().transitions(run -> run.play(script), coverage);
        }
        Random random = new Random(COVERAGE_SEED);
        RandomGenerator<List<Move>> generator = sequences().generator(TRIES);
        for (int i = 0; i < COVERAGE_TRIES && (i < TRIES || !coverage.isComplete()); i++) {
            Shrinkable<List<Move>> moves = generator.next(random);
            book().transitions(run -> run.play(moves.value()), coverage);
        }
        return coverage;
    }

    /** Random sequences of up to 60 moves. */
    @Provide
    public Arbitrary<List<Move>> sequences() {
        List<Tuple.Tuple2<Integer, Arbitrary<Move>>> moves = new ArrayList<>();
        moves.add(Tuple.of(10, actions().map(Move.Say::new)));
        for (Arbitrary<? extends Action> other : others()) {
            moves.add(Tuple.of(3, other.map(Move.Say::new)));
        }
        moves.add(Tuple.of(6, answers()));
        moves.add(Tuple.of(4, waits()));
        moves.add(Tuple.of(1, Arbitraries.create(Move.Reboot::new)));
        return Arbitraries.frequencyOf(moves).list().ofMaxSize(60).withSizeDistribution(RandomDistribution.uniform());
    }

    /** Sequences of 50 to 150 moves that fill the state. */
    @Provide
    public Arbitrary<List<Move>> floods() {
        return floodMoves().list().ofMinSize(50).ofMaxSize(150);
    }

    private Arbitrary<Move> floodMoves() {
        return Arbitraries.frequencyOf(
                Tuple.of(10, flood().map(Move.Say::new)),
                Tuple.of(5, actions().map(Move.Say::new)),
                Tuple.of(5, answers()));
    }

    private static Arbitrary<Move> answers() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 7),
                        Arbitraries.integers().between(0, 7))
                .as(Move.Answer::new);
    }

    private static Arbitrary<Move> waits() {
        Arbitrary<Long> micros = Arbitraries.frequencyOf(
                Tuple.of(2, Arbitraries.longs().between(0, 3)),
                Tuple.of(3, Arbitraries.longs().between(1_000, 60_000_000)),
                Tuple.of(1, Arbitraries.longs().between(60_000_000, 172_800_000_000L)));
        return Combinators.combine(Arbitraries.of(Move.Pace.class), micros).as(Move.Wait::new);
    }
}
