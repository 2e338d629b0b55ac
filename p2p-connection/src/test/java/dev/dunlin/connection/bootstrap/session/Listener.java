package dev.dunlin.connection.bootstrap.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.admission.Level;
import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.MemoryLedger;
import dev.dunlin.connection.bootstrap.ledger.Phase;
import dev.dunlin.connection.bootstrap.ledger.Redemption;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A listener in virtual time: the machine of production, the rules of the ledger over a store in memory, and hooks and peers that do what a
 * test says, step by step. What it must never do is asked after each step: {@link #check}.
 */
final class Listener {

    /** Its own id. */
    static final PeerId SELF = TypeArbitraries.peer(100);

    static final Multiaddr CADRE = Multiaddr.parse("/ip4/8.8.100.1/tcp/4001");

    /** An answer to a peer. */
    record Told(PeerId peer, BootstrapQuestion question, BootstrapAnswer answer) {}

    /** A question of a peer. */
    private record Question(PeerId peer, Handle stream, BootstrapQuestion message) {}

    private final Table<String, String> config;
    private final MemoryLedger ledger = new MemoryLedger();
    private final StoreDriver<SessionRoot> driver;
    private final Map<String, Tally> databases = new TreeMap<>();
    private final Deque<Turn.Emitted> toLedger = new ArrayDeque<>();
    private final List<Turn.Emitted> toHooks = new ArrayList<>();
    private final List<Input> late = new ArrayList<>();
    private final Map<Long, Question> questions = new HashMap<>();
    private final List<Told> told = new ArrayList<>();
    private final List<Long> refused = new ArrayList<>();
    private boolean fails;
    private long asked;

    Listener(Table<String, String> settings) {
        this(SessionMachine.SESSION, settings);
    }

    Listener(Machine<Object, SessionState, SessionAction> machine, Table<String, String> settings) {
        config = settings.with("node.peerId", SELF.toString());
        driver = StoreDriver.of(SessionRoot.store(machine));
        boot();
    }

    // The world

    /** The node starts, anew if it has run: what was under way is lost, but for the ledger and the databases. */
    void boot() {
        toLedger.clear();
        toHooks.clear();
        late.clear();
        questions.clear();
        took(driver.boot(config));
        took(driver.dispatch(new SessionAction.Observed(List.of(CADRE))));
    }

    private void took(Turn turn) {
        for (int i = 0; i < turn.size(); i++) {
            boolean isDone = turn.rejection(i) == null;
            switch (turn.entry(i)) {
                case ExchangeAction.Reply reply
                when isDone -> {
                    Question question = questions.get(reply.number());
                    if (question != null) {
                        told.add(new Told(question.peer(), question.message(), (BootstrapAnswer) reply.message()));
                    }
                }
                case ExchangeAction.Refuse refuse when isDone -> refused.add(refuse.number());
                default -> {
                    // What else happens is the machine's.
                }
            }
        }
        for (Turn.Emitted emitted : turn.effects()) {
            switch (emitted.effect()) {
                case SessionEffect.OfLedger _ -> toLedger.add(emitted);
                case SessionEffect.Stop stop ->
                    toHooks.removeIf(one ->
                            one.effect() instanceof SessionEffect.Judge judge && judge.session() == stop.session());
                case SessionEffect.OfHooks _ -> toHooks.add(emitted);
                default -> {
                    // Of machines that are not here.
                }
            }
        }
    }

    /** A token of a role that may be used so often. */
    Bytes token(String name, Role role, Optional<Integer> uses) {
        return token(name, role, uses, driver.now() + 3_600_000_000L);
    }

    Bytes token(String name, Role role, Optional<Integer> uses, long expires) {
        return token(name, role, uses, expires, Optional.empty());
    }

    /** One that is a peer's alone. */
    Bytes token(String name, Role role, Optional<Integer> uses, Optional<PeerId> only) {
        return token(name, role, uses, driver.now() + 3_600_000_000L, only);
    }

    private Bytes token(String name, Role role, Optional<Integer> uses, long expires, Optional<PeerId> only) {
        Bytes hash = Hashes.sha256(name);
        ledger.inTransaction(store -> new Ledger(store, driver.now())
                .create(new Token(
                        hash, role, uses, expires, "", only, false, name, driver.now(), Optional.empty(), 0, 0, 0)));
        return hash;
    }

    /** The kinds and codes of what the trail tells. */
    List<String> trail() {
        return ledger.inTransaction(store -> store.entries(0, Integer.MAX_VALUE)).stream()
                .map(entry -> entry.event().kind() + " " + entry.event().code())
                .toList();
    }

    static BootstrapQuestion.Contact contact(PeerId peer, Bytes token, String key) {
        return new BootstrapQuestion.Contact(
                token,
                peer.toString(),
                Hashes.sha256("identity"),
                List.of(Multiaddr.parse("/ip4/8.8.7.7/tcp/4001")),
                key.isEmpty() ? Optional.empty() : Optional.of(key),
                Optional.empty());
    }

    /** A peer sends a message. */
    long comes(PeerId peer, BootstrapQuestion message) {
        return comes(peer, message, "/ip4/8.8.1.1/tcp/4001");
    }

    long comes(PeerId peer, BootstrapQuestion message, String from) {
        asked++;
        Handle stream = new Handle("stream", driver.node().run(), asked);
        questions.put(asked, new Question(peer, stream, message));
        took(driver.dispatch(new SessionAction.Came(asked, stream, peer, Optional.of(Multiaddr.parse(from)), message)));
        return asked;
    }

    /** Another contact of who has asked a question, with its number. */
    void again(long question, BootstrapQuestion message) {
        Question before = Objects.requireNonNull(questions.get(question));
        questions.put(question, new Question(before.peer(), before.stream(), message));
        took(driver.dispatch(
                new SessionAction.Came(question, before.stream(), before.peer(), Optional.empty(), message)));
    }

    /** The ledger does what it was asked first; what it answers comes now, or stays behind. */
    boolean ledger(boolean isNow) {
        Turn.Emitted next = toLedger.poll();
        if (next == null) {
            return false;
        }
        SessionEffect.OfLedger effect = (SessionEffect.OfLedger) next.effect();
        Optional<SessionAction> answer;
        if (SessionEffects.isAlone(effect)) {
            answer = fails
                    ? failure(effect, Code.INTERNAL)
                    : SessionEffects.done(effect, 600_000_000L, ledger::inTransaction, databases(), (name, why) -> {
                        throw new AssertionError(name, why);
                    });
        } else {
            try {
                answer = ledger.inTransaction(store -> {
                    Optional<SessionAction> given = SessionEffects.answer(effect, store);
                    if (fails) {
                        throw new LedgerException("the disk is full", new IllegalStateException());
                    }
                    return given;
                });
            } catch (LedgerException e) {
                answer = failure(effect, Code.INTERNAL);
            }
        }
        // A sweep that is not answered is followed by none.
        answer.ifPresent(fact -> deliver(new Input(fact, next.id()), isNow || SessionEffects.isAlone(effect)));
        return true;
    }

    private static Optional<SessionAction> failure(SessionEffect effect, Code code) {
        return switch (effect) {
            case SessionEffect.Sweep _ -> Optional.of(new SessionAction.Unswept("the disk is full"));
            case SessionEffect.Reserve init ->
                Optional.of(new SessionAction.Failed(init.session(), init.step(), code, "the disk is full"));
            case SessionEffect.Announce init ->
                Optional.of(new SessionAction.Failed(init.session(), init.step(), code, "the disk is full"));
            case SessionEffect.Record init ->
                Optional.of(new SessionAction.Failed(init.session(), init.step(), code, "the disk is full"));
            case SessionEffect.Provision init ->
                Optional.of(new SessionAction.Failed(init.session(), init.step(), code, "there is no room"));
            case SessionEffect.Judge init ->
                Optional.of(new SessionAction.Failed(init.session(), init.step(), code, "the hook throws"));
            case SessionEffect.JudgeDatabase init ->
                Optional.of(new SessionAction.Failed(init.session(), init.step(), code, "the hook throws"));
            default -> Optional.empty();
        };
    }

    /** Whether all transactions fail from now on. */
    void failing(boolean all) {
        fails = all;
    }

    private void deliver(Input input, boolean isNow) {
        if (isNow) {
            took(driver.input(input));
        } else {
            late.add(input);
        }
    }

    /** What an answer of the ledger or of a hook says that has stayed behind. */
    boolean late(int which) {
        if (late.isEmpty()) {
            return false;
        }
        took(driver.input(late.remove(Math.floorMod(which, late.size()))));
        return true;
    }

    /** A hook does what it was asked. */
    enum Deed {
        WELL,
        BADLY,
        THROWS,
        /** It does it, and the answer stays behind. */
        LATE,
        /** It is never heard of again. */
        HANGS
    }

    boolean hook(int which, Deed deed) {
        if (toHooks.isEmpty()) {
            return false;
        }
        Turn.Emitted asking = toHooks.remove(Math.floorMod(which, toHooks.size()));
        SessionEffect effect = (SessionEffect) asking.effect();
        if (deed == Deed.HANGS) {
            return true;
        }
        if (deed == Deed.THROWS) {
            Code code = effect instanceof SessionEffect.Provision ? Code.PROVISION_FAILED : Code.INTERNAL;
            deliver(new Input(failure(effect, code).orElseThrow(), asking.id()), true);
            return true;
        }
        SessionAction answer = switch (effect) {
            case SessionEffect.Judge init -> new SessionAction.Judged(init.session(), init.step(), deed != Deed.BADLY);
            case SessionEffect.JudgeDatabase init ->
                new SessionAction.Judged(init.session(), init.step(), deed != Deed.BADLY);
            case SessionEffect.Provision init -> {
                Tally tally = new Tally(init.redemption(), init.role(), "sqlite:" + init.redemption(), "");
                databases.put(init.redemption(), tally);
                yield new SessionAction.Provisioned(init.session(), init.step(), init.redemption(), tally);
            }
            default -> throw new IllegalStateException("no hook does " + effect);
        };
        deliver(new Input(answer, asking.id()), deed != Deed.LATE);
        return true;
    }

    /** The stream of a session ends, its answer written or not. */
    boolean stream(int which, boolean isWritten) {
        List<Long> open = new ArrayList<>();
        for (Map.Entry<Long, Long> each : own().answers()) {
            boolean isSending = own().running().at(each.getValue()).stage() instanceof Stage.SendingResponse;
            if (isSending || !isWritten) {
                open.add(each.getKey());
            }
        }
        if (open.isEmpty()) {
            return false;
        }
        long question = open.get(Math.floorMod(which, open.size()));
        if (!isWritten) {
            questions.remove(question);
        }
        took(driver.dispatch(new SessionAction.AnswerEnded(question, isWritten)));
        return true;
    }

    void cancel(long session) {
        took(driver.dispatch(new SessionAction.Cancel(session)));
    }

    void drain(long within) {
        took(driver.dispatch(new SessionAction.Drain(within)));
    }

    void pressed(Level level) {
        took(driver.dispatch(new SessionAction.Pressed(level)));
    }

    void configure(String setting, String value) {
        took(driver.dispatch(new NodeAction.Configure(Table.of(setting, value), new Ticket(Ticket.API, 1))));
    }

    void revoke(Bytes token) {
        ledger.inTransaction(store -> new Ledger(store, driver.now()).revoke(token));
    }

    /** Time passes, and all that is due is done. */
    void passes(long micros) {
        driver.advanceBy(micros).forEach(this::took);
    }

    void toNextDeadline() {
        driver.advanceToNextDeadline().forEach(this::took);
    }

    /** All that the ledger and the hooks were asked is done, and answers are written. */
    void settle() {
        boolean goesOn = true;
        while (goesOn) {
            goesOn = late(0) || ledger(true) || hook(0, Deed.WELL) || stream(0, true);
        }
    }

    private Databases databases() {
        return new Databases() {
            @Override
            public Optional<Tally> find(String redemption) {
                return Optional.ofNullable(databases.get(redemption));
            }

            @Override
            public void remove(String redemption) {
                databases.remove(redemption);
            }

            @Override
            public List<String> names(String after, int most) {
                return databases.keySet().stream()
                        .filter(name -> name.compareTo(after) > 0)
                        .limit(most)
                        .toList();
            }
        };
    }

    // What is seen

    SessionState own() {
        return driver.root().session();
    }

    StoreDriver<SessionRoot> driver() {
        return driver;
    }

    List<Told> told() {
        return told;
    }

    List<Long> refused() {
        return refused;
    }

    /** The last answer to a peer. */
    Optional<BootstrapAnswer> lastTo(PeerId peer) {
        return told.stream()
                .filter(one -> one.peer().equals(peer))
                .reduce((first, second) -> second)
                .map(Told::answer);
    }

    /** How the sessions ended, the oldest first. */
    List<Code> ends() {
        List<Code> codes = new ArrayList<>();
        own().past().values().forEach(past -> codes.add(past.code()));
        return codes;
    }

    Map<String, Tally> made() {
        return databases;
    }

    Token token(Bytes hash) {
        return ledger.inTransaction(store -> store.token(hash)).orElseThrow();
    }

    MemoryLedger store() {
        return ledger;
    }

    private List<Redemption> redemptions() {
        return ledger.inTransaction(store -> {
            List<Redemption> all = new ArrayList<>();
            for (Phase phase : Phase.values()) {
                all.addAll(store.ended(phase, Long.MAX_VALUE, Integer.MAX_VALUE));
            }
            return all;
        });
    }

    /** No token is used more often than it may, counts are right, and each approval is its own peer's alone. */
    void check() {
        Map<Bytes, Integer> uses = new HashMap<>();
        Map<Bytes, Integer> held = new HashMap<>();
        Map<String, PeerId> owners = new HashMap<>();
        for (Redemption one : redemptions()) {
            Bytes token = one.key().token();
            if (one.phase().hasDatabase()) {
                uses.merge(token, 1, Integer::sum);
                owners.put(one.tally().orElseThrow().tallyId(), one.key().peer());
            } else if (one.phase().isReserved()) {
                held.merge(token, 1, Integer::sum);
            }
        }
        for (Token token : ledger.inTransaction(store -> store.tokens(Optional.empty(), Integer.MAX_VALUE))) {
            assertThat(token.uses()).isEqualTo(uses.getOrDefault(token.hash(), 0));
            assertThat(token.reserved()).isEqualTo(held.getOrDefault(token.hash(), 0));
            token.maxUses()
                    .ifPresent(
                            most -> assertThat(token.uses() + token.reserved()).isLessThanOrEqualTo(most));
        }
        for (Told one : told) {
            if (one.answer() instanceof BootstrapAnswer.Approved approved
                    && approved.tally().isPresent()) {
                assertThat(owners)
                        .as("whose database a peer was told")
                        .containsEntry(approved.tally().get().tallyId(), one.peer());
            }
        }
    }

    /** After a start all that no redemption has is gone, nothing is held, and each redemption of ours has its database. */
    void checkAtRest() {
        check();
        Map<String, Tally> expected = new TreeMap<>();
        for (Redemption one : redemptions()) {
            assertThat(one.phase().isReserved()).as("held by nobody: " + one).isFalse();
            one.tally()
                    .filter(tally ->
                            tally.createdBy() == Role.STOCK && one.phase().hasDatabase())
                    .ifPresent(tally -> expected.put(one.id(), tally));
        }
        assertThat(databases).isEqualTo(expected);
    }
}
