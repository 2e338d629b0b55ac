package dev.dunlin.core.testkit;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Dues;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.NodeState;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The laws of one machine, each a function of one {@link Play}; a law that does not hold throws {@link LawBroken}. */
final class LawBook<R, S, A extends Action> {

    static final String DETERMINISTIC = "deterministic";
    static final String TOTAL = "never throws";
    static final String DISABLED = "a disabled action changes nothing";
    static final String SERIALISATION = "survives serialisation";
    static final String INVARIANTS = "invariants hold";
    static final String DEADLINES = "deadlines tell the truth";
    static final String HANDLES = "no handle leaks";
    static final String BUDGET = "within the byte budget";
    static final String TRANSITIONS = "within the declared transitions";
    static final String HISTORY = "independent of history";
    static final String REFUSALS = "disabled wishes are refused";
    static final String BOOTS = "a boot leads to few actions";

    static final String CONFIGURES = "bears another configuration";

    /** The most entries of a boot's turn, whatever the state. */
    static final int MOST_OF_A_BOOT = 64;

    private static final long DAY = 86_400_000_000L;

    private static final RoundTrip AS_IT_IS = new RoundTrip() {
        @Override
        public Action action(Action action) {
            return action;
        }

        @Override
        public Object state(String machine, Object state) {
            return state;
        }
    };

    private final MachineLaws<R, S, A> laws;

    LawBook(MachineLaws<R, S, A> laws) {
        this.laws = laws;
    }

    /** Plays a sequence or a script on a run. */
    @FunctionalInterface
    interface Play<R, S, A extends Action> {
        void on(LawRun<R, S, A> run);
    }

    /** All laws of sequences by name. */
    Map<String, Consumer<Play<R, S, A>>> all() {
        Map<String, Consumer<Play<R, S, A>>> all = new LinkedHashMap<>();
        all.put(DETERMINISTIC, this::deterministic);
        all.put(TOTAL, this::total);
        all.put(DISABLED, this::disabledChangesNothing);
        all.put(SERIALISATION, this::survivesSerialisation);
        all.put(INVARIANTS, this::invariantsHold);
        all.put(DEADLINES, this::deadlinesTellTheTruth);
        all.put(HANDLES, this::noHandleLeaks);
        all.put(BUDGET, this::withinBudget);
        all.put(TRANSITIONS, play -> transitions(play, Coverage.of(laws.sameMachine())));
        all.put(HISTORY, this::independentOfHistory);
        all.put(REFUSALS, this::refusals);
        all.put(BOOTS, this::boundedBoots);
        all.put(CONFIGURES, this::bearsAnotherConfiguration);
        return all;
    }

    private LawRun<R, S, A> played(String law, Play<R, S, A> play, Consumer<LawRun.Step<R, S, A>> check) {
        LawRun<R, S, A> run = new LawRun<>(laws, law, check);
        play.on(run);
        return run;
    }

    void deterministic(Play<R, S, A> play) {
        LawRun<R, S, A> run = new LawRun<>(laws, DETERMINISTIC, laws.machine(), step -> {});
        Store<R> store = run.driver().store();
        StoreState<R> start = store.state();
        play.on(run);
        run.replay(laws.store(laws.machine()), AS_IT_IS, "on a second store");
        store.restore(start);
        run.replay(store, AS_IT_IS, "on the same store once more");
    }

    void total(Play<R, S, A> play) {
        played(TOTAL, play, step -> {});
    }

    void disabledChangesNothing(Play<R, S, A> play) {
        Digest[] last = {Content.digest(laws.sameMachine().initial())};
        played(DISABLED, play, step -> {
            Digest digest = Content.digest(step.own());
            boolean sameState = step.ownBefore() == step.own() && digest.equals(last[0]);
            if (step.reductions().isEmpty() && !sameState) {
                throw step.run().broken("no action was enabled, yet the state is another after it: " + step.own());
            }
            if (allDisabled(step.turn()) && step.before().root() != step.after().root()) {
                throw step.run().broken("the input was disabled, yet the root is another after it");
            }
            last[0] = digest;
        });
    }

    // Outcomes are neither enabled nor disabled: what tells of a refusal changes nothing itself.
    private static boolean allDisabled(Turn turn) {
        boolean all = true;
        for (int i = 0; i < turn.size() && all; i++) {
            all = turn.rejection(i) != null || turn.entry(i) instanceof Outcome || turn.entry(i) instanceof Effect;
        }
        return all;
    }

    void survivesSerialisation(Play<R, S, A> play) {
        RoundTrip trip = laws.sameRoundTrip();
        LawRun<R, S, A> run = played(SERIALISATION, play, step -> {
            Turn turn = step.turn();
            for (int i = 0; i < turn.size(); i++) {
                sameAgain(step, turn.entry(i), trip.action(turn.entry(i)));
            }
            for (Turn.Changed changed : turn.changed()) {
                sameAgain(step, changed.state(), trip.state(changed.machine(), changed.state()));
            }
        });
        run.replay(run.fork(), trip, "with state and input written and read back");
    }

    private static void sameAgain(LawRun.Step<?, ?, ?> step, Object written, Object read) {
        if (!written.equals(read)) {
            throw step.run().broken(written + " comes back as " + read);
        }
        if (!Content.digest(written).equals(Content.digest(read))) {
            throw step.run().broken(written + " comes back with another digest");
        }
    }

    void independentOfHistory(Play<R, S, A> play) {
        LawRun<R, S, A> run = played(HISTORY, play, step -> {});
        run.replay(
                run.fork(),
                RoundTrip.structural(),
                "with equal state of new objects, its tables filled in another order");
    }

    void invariantsHold(Play<R, S, A> play) {
        played(
                INVARIANTS,
                play,
                step -> eachMachine(
                        step,
                        (machine, state) -> violation(machine, state).ifPresent(why -> {
                            throw step.run().broken("the invariant " + why);
                        })));
    }

    private static <T> Optional<String> violation(Machine<?, T, ?> machine, Object state) {
        T typed = machine.state().cast(state);
        return machine.invariants().stream()
                .flatMap(invariant -> invariant
                        .violation()
                        .apply(typed)
                        .map(why -> machine.name() + "/" + invariant.name() + " is violated: " + why)
                        .stream())
                .findFirst();
    }

    private static <R> void eachMachine(LawRun.Step<R, ?, ?> step, BiConsumer<Machine<?, ?, ?>, Object> consumer) {
        Store<R> store = step.run().driver().store();
        Map<String, Object> states = store.statesOf(step.after());
        for (Machine<?, ?, ?> machine : store.machines()) {
            Object state = states.get(machine.name());
            if (state != null) {
                consumer.accept(machine, state);
            }
        }
    }

    void deadlinesTellTheTruth(Play<R, S, A> play) {
        played(DEADLINES, play, step -> {
            Store<R> store = step.run().driver().store();
            long least = Due.NEVER;
            for (Dues<S, ?, ?, A> dues : step.run().machine().dues()) {
                least = Math.min(least, leastOf(step, step.own(), dues));
            }
            long next = store.nextDeadline();
            if (next > least) {
                throw step.run()
                        .broken("the deadline is said to be " + told(next) + ", yet an entry is due at " + least);
            }
            long now = step.turn().now();
            if (next <= now) {
                return;
            }
            quietAt(step, next == Due.NEVER ? now + DAY : next - 1, next);
            if (next < LawRun.FAR) {
                dealtOutAt(step, next, least);
            }
        });
    }

    private static <R, S, K extends Comparable<? super K>, T> long leastOf(
            LawRun.Step<R, S, ?> step, S own, Dues<S, K, T, ?> dues) {
        Table<K, T> table = dues.table().apply(own);
        long least = Due.NEVER;
        for (T value : table.values()) {
            least = Math.min(least, Due.of(value));
        }
        if (table.nextDue() != least) {
            throw step.run()
                    .broken("the table says that it is next due at " + told(table.nextDue()) + ", yet its values say "
                            + told(least) + ": " + table);
        }
        return least;
    }

    private static String told(long time) {
        return time == Due.NEVER ? "none" : Long.toString(time);
    }

    private static <R, S, A extends Action> void quietAt(LawRun.Step<R, S, A> step, long at, long next) {
        Turn turn = step.run().foreseen(step.after(), new NodeAction.Tick(), at);
        if (turn.size() > 1 || step.run().own(step.run().fork().state()) != step.own()) {
            throw step.run()
                    .broken("the deadline is said to be " + told(next) + ", yet at " + at + " a tick does this: "
                            + Describe.turn(turn) + " and leads to "
                            + step.run().own(step.run().fork().state()));
        }
    }

    // That what was dealt out has moved on, the store checks itself, and fails if not.
    private static <R, S, A extends Action> void dealtOutAt(LawRun.Step<R, S, A> step, long next, long own) {
        Action tick = step.run().fork().dueTick(next).orElseThrow().action();
        Turn turn = step.run().foreseen(step.after(), tick, next);
        boolean dealt = false;
        for (int i = 1; i < turn.size(); i++) {
            Class<?> type = turn.entry(i).getClass();
            dealt |= turn.cause(i).equals(turn.id(0))
                    && step.run().machine().dues().stream()
                            .anyMatch(dues -> dues.action().isAssignableFrom(type));
        }
        if (own == next && !dealt && turn.size() <= Store.DUE_PER_TICK) {
            throw step.run()
                    .broken("an entry is due at " + next + ", yet the tick then does not deal it out: "
                            + Describe.turn(turn));
        }
    }

    /** A refusal is the store's own: one for each disabled wish of somebody, and none besides. */
    void refusals(Play<R, S, A> play) {
        Map<Class<?>, String> names = new HashMap<>();
        laws.store(laws.machine())
                .machines()
                .forEach(machine -> machine.types()
                        .actions()
                        .forEach((name, type) -> names.put(type, machine.types().fullName(name))));
        played(REFUSALS, play, step -> {
            Turn turn = step.turn();
            Map<ActionId, NodeOutcome.Refused> owed = new HashMap<>();
            for (int i = 0; i < turn.size(); i++) {
                Verdict.@Nullable Disabled disabled = turn.rejection(i);
                if (disabled != null
                        && turn.entry(i) instanceof Action.Wish wish
                        && !wish.ticket().isNone()) {
                    owed.put(
                            turn.id(i),
                            new NodeOutcome.Refused(
                                    wish.ticket(),
                                    String.valueOf(names.get(wish.getClass())),
                                    wish.about(),
                                    disabled.clause(),
                                    disabled.operands()));
                }
            }
            for (int i = 1; i < turn.size(); i++) {
                if (turn.entry(i) instanceof NodeOutcome.Refused told && !told.equals(owed.remove(turn.cause(i)))) {
                    throw step.run().broken("nobody is to be told that " + told);
                }
            }
            if (!owed.isEmpty()) {
                throw step.run().broken("nobody was told that " + owed.values());
            }
        });
    }

    /** What fans out over a table at a boot is made due, and never one action an entry. */
    void boundedBoots(Play<R, S, A> play) {
        played(BOOTS, play, step -> {
            NodeState node = step.after().node();
            long now = step.turn().now();
            Turn turn = step.run()
                    .foreseen(
                            step.after(),
                            new NodeAction.Booted(node.run() + 1, "test", laws.config(), now, node.run() + 1),
                            now);
            if (turn.size() > MOST_OF_A_BOOT) {
                throw step.run().broken("a boot over this state leads to " + (turn.size() - 1) + " actions");
            }
        });
    }

    /**
     * Whatever the state, each setting that may change while the node runs can be given its least and its greatest value: the change is
     * refused, or all invariants hold after it and nothing that is due is missed. One setting a step, in turn.
     */
    void bearsAnotherConfiguration(Play<R, S, A> play) {
        List<Setting> live = laws.sameMachine().settings().all().stream()
                .filter(Setting::live)
                .filter(setting -> !setting.isFamily())
                .toList();
        if (live.isEmpty()) {
            return;
        }
        played(CONFIGURES, play, step -> {
            if (step.after().node().run() > 0) {
                Setting setting = live.get((int) (step.turn().number() % live.size()));
                for (String value : extremes(setting.kind())) {
                    configured(step, setting.key(), value);
                }
            }
        });
    }

    private void configured(LawRun.Step<R, S, A> step, String key, String value) {
        Action change = new NodeAction.Configure(Table.of(key, value), Ticket.NONE);
        step.run().foreseen(step.after(), change, step.turn().now());
        S own = step.run().own(step.run().fork().state());
        violation(step.run().machine(), own).ifPresent(why -> {
            throw step.run().broken("after " + key + " = " + value + " the invariant " + why);
        });
        for (Dues<S, ?, ?, A> dues : step.run().machine().dues()) {
            leastOf(step, own, dues);
        }
    }

    private static List<String> extremes(Kind kind) {
        return switch (kind) {
            case Kind.Count(long least, long most) -> List.of(Long.toString(least), Long.toString(most));
            case Kind.Size(long least, long most) -> List.of(Long.toString(least), Long.toString(most));
            case Kind.Time(long least, long most) -> List.of(Long.toString(least), Long.toString(most));
            case Kind.Flag _ -> List.of("true", "false");
            case Kind.OneOf(List<String> names) -> names;
            case Kind.Words _, Kind.Several _, Kind.Addresses _, Kind.Peer _ -> List.of("");
        };
    }

    void noHandleLeaks(Play<R, S, A> play) {
        played(HANDLES, play, step -> {
            Set<Handle> open = new TreeSet<>();
            step.after().node().handles().each((handle, holding) -> {
                if (holding == NodeState.Holding.STATE) {
                    open.add(handle);
                }
            });
            Set<Handle> held = new TreeSet<>();
            eachMachine(step, (machine, state) -> held(machine, state).forEach(held::add));
            if (!open.equals(held)) {
                throw step.run().broken("open in the world: " + open + ", in the state: " + held);
            }
        });
    }

    private static <T> Iterable<Handle> held(Machine<?, T, ?> machine, Object state) {
        return machine.handles(machine.state().cast(state));
    }

    void withinBudget(Play<R, S, A> play) {
        played(BUDGET, play, step -> {
            long bytes = Content.bytes(step.own());
            long budget = step.run().machine().byteBudget();
            if (bytes > budget) {
                throw step.run().broken("the state has " + bytes + " bytes, " + budget + " are declared");
            }
        });
    }

    /**
     * Every subject seen so far is watched: an action about one may move others, and a boot may move all, and that is declared
     * too.
     */
    void transitions(Play<R, S, A> play, Coverage coverage) {
        Set<Subject> subjects = new LinkedHashSet<>();
        subjects.add(Subject.MACHINE);
        Machine<? super R, S, A> machine = laws.sameMachine();
        Set<Transition> declared = new LinkedHashSet<>(machine.transitions());
        Set<String> phases = new TreeSet<>();
        declared.forEach(one -> phases.addAll(List.of(one.from(), one.to())));
        Map<Class<?>, String> names = new HashMap<>();
        machine.types().actions().forEach((name, type) -> names.put(type, name));
        played(TRANSITIONS, play, step -> {
            coverage.see(step.turn());
            for (Watched.Reduction<S> reduction : step.reductions()) {
                Subject about = reduction.action().about();
                subjects.add(about);
                for (Subject subject : subjects) {
                    String from = machine.phase(reduction.before(), subject);
                    String to = machine.phase(reduction.after(), subject);
                    String action = reduction.isBoot() ? Transition.BOOTED : named(names, reduction.action());
                    Transition taken = new Transition(from, action, to);
                    // A boot is about no subject: where it leaves the phase as it is, no arrow need be declared.
                    boolean concerned = !from.equals(to) || (subject.equals(about) && !reduction.isBoot());
                    if (concerned && !declared.contains(taken)) {
                        throw step.run()
                                .broken("'" + from + (from.equals(to) ? "" : " > " + to) + ": " + action + "' of "
                                        + subject + " is not declared"
                                        + (phases.contains(to)
                                                ? ""
                                                : ": no line of transitions(…) names the phase '" + to + "', only "
                                                        + String.join(", ", phases)));
                    }
                    if (concerned || reduction.isBoot()) {
                        coverage.see(taken);
                    }
                }
            }
        });
    }

    private static String named(Map<Class<?>, String> names, Action action) {
        @Nullable String name = names.get(action.getClass());
        return name == null ? action.getClass().getSimpleName() : name;
    }
}
