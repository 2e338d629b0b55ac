package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.admission.Breaker;
import dev.dunlin.connection.bootstrap.ledger.Ledger.Decision;
import dev.dunlin.connection.bootstrap.ledger.Phase;
import dev.dunlin.connection.bootstrap.ledger.Redemption;
import dev.dunlin.connection.bootstrap.ledger.RedemptionKey;
import dev.dunlin.connection.bootstrap.ledger.Refusal;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.connection.identify.OwnAddresses;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.MachineLaws;
import dev.dunlin.core.testkit.Script;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;

/** The session machine obeys the laws, whatever ledger, hooks and peers say. */
final class SessionLawsTest extends MachineLaws<SessionRoot, SessionState, SessionAction> {

    private static final Tally TALLY = new Tally("t1", Role.FOIL, "postgres://db", "ref");

    @Override
    protected Machine<? super SessionRoot, SessionState, SessionAction> machine() {
        return SessionMachine.SESSION;
    }

    @Override
    protected Store<SessionRoot> store(Machine<? super SessionRoot, SessionState, SessionAction> session) {
        return SessionRoot.store(session);
    }

    @Override
    protected TypeArbitraries types() {
        return of(TypeArbitraries.small(), 3);
    }

    private static TypeArbitraries of(TypeArbitraries from, int peers) {
        Arbitrary<PeerId> someone = Arbitraries.integers().between(1, peers).map(TypeArbitraries::peer);
        Arbitrary<BootstrapQuestion> contacts = Arbitraries.integers()
                .between(0, 20)
                .flatMap(draw -> someone.map(peer -> draw < 14
                        ? contact(peer, draw)
                        : draw < 19
                                ? new BootstrapQuestion.DatabaseResult(TALLY, Optional.empty())
                                : new BootstrapQuestion.Malformed(Reason.UNKNOWN_TYPE, "it is none")));
        return from.with(PeerId.class, someone)
                .with(BootstrapQuestion.class, contacts)
                .with(Bytes.class, Arbitraries.integers().between(1, 3).map(SessionLawsTest::token))
                .with(Tally.class, Arbitraries.just(TALLY))
                .with(
                        Handle.class,
                        Arbitraries.longs().between(1, 3 * peers).map(number -> new Handle("stream", 1, number)))
                .with(Decision.class, someone.flatMap(peer -> Arbitraries.of(decisions(peer, 1, "none"))))
                .with(SessionAction.Drain.class, "within", Arbitraries.longs().between(-1, 3))
                .weighing(SessionAction.Came.class, 8)
                .weighing(SessionAction.Pressed.class, 1)
                .weighing(SessionAction.AnswerEnded.class, 4);
    }

    static Bytes token(int number) {
        return Hashes.sha256("token " + number);
    }

    static BootstrapQuestion.Contact contact(PeerId peer, int draw) {
        return new BootstrapQuestion.Contact(
                token(draw % 3),
                draw == 13 ? "another" : peer.toString(),
                token(9),
                List.of(Multiaddr.parse("/ip4/8.8.4.4/tcp/4001")),
                draw % 2 == 0 ? Optional.of("key-of-16-characters-" + draw % 4) : Optional.empty(),
                draw % 5 == 0 ? Optional.of(1_000L) : Optional.empty());
    }

    private static List<Decision> decisions(PeerId peer, int number, String running) {
        List<Decision> all = new ArrayList<>();
        for (Role role : Role.values()) {
            Token token = new Token(
                    token(number),
                    role,
                    Optional.of(2),
                    Long.MAX_VALUE,
                    "",
                    Optional.empty(),
                    false,
                    "",
                    0,
                    Optional.empty(),
                    0,
                    1,
                    0);
            RedemptionKey key = new RedemptionKey(token.hash(), peer, "");
            all.add(new Decision.Granted(
                    new Redemption(running, key, Phase.RESERVED, 0, Long.MAX_VALUE, Optional.empty()), token));
            all.add(new Decision.Replayed(
                    new Redemption("old", key, Phase.PROVISIONED, 0, Long.MAX_VALUE, Optional.of(TALLY)), token));
            all.add(new Decision.Running(
                    new Redemption("old", key, Phase.RESERVED, 0, Long.MAX_VALUE, Optional.empty())));
        }
        all.add(new Decision.Refused(Refusal.USED));
        all.add(new Decision.NoPlace());
        return all;
    }

    @Override
    protected Arbitrary<? extends Action> flood() {
        return of(TypeArbitraries.wide(), 100_000).of(SessionAction.class);
    }

    @Override
    protected Table<String, String> config() {
        return Table.<String, String>empty()
                .with("node.peerId", TypeArbitraries.peer(0).toString())
                .with("session.maxSessions", "8")
                .with("session.maxPerPeer", "4")
                .with("session.maxProvisioning", "1")
                .with("session.maxQueued", "2")
                .with("session.kept", "3")
                .with("session.networkEvery", "0")
                .with("session.tokenEvery", "0")
                .with("session.penaltyMost", "0");
    }

    /** The ledger and the hooks say all that they may. */
    @Override
    protected List<? extends Action> answers(Turn.Emitted asked, StoreDriver<SessionRoot> driver) {
        return switch (asked.effect()) {
            case SessionEffect.Reserve(
                    long session,
                    int step,
                    Bytes _,
                    PeerId peer,
                    String _,
                    String redemption,
                    long _,
                    long _,
                    boolean _) -> {
                List<SessionAction> all = new ArrayList<>();
                for (Decision decision : decisions(peer, 1, redemption)) {
                    all.add(new SessionAction.Decided(session, step, decision));
                }
                driver.root()
                        .session()
                        .holders()
                        .first()
                        .ifPresent(holder -> all.addFirst(new SessionAction.Decided(
                                session,
                                step,
                                new Decision.Running(new Redemption(
                                        holder.getKey(),
                                        new RedemptionKey(token(1), peer, ""),
                                        Phase.RESERVED,
                                        0,
                                        Long.MAX_VALUE,
                                        Optional.empty())))));
                yield all;
            }
            case SessionEffect.Judge judge ->
                List.of(
                        new SessionAction.Judged(judge.session(), judge.step(), true),
                        new SessionAction.Judged(judge.session(), judge.step(), true),
                        new SessionAction.Judged(judge.session(), judge.step(), false),
                        new SessionAction.Failed(judge.session(), judge.step(), Code.INTERNAL, "it throws"));
            case SessionEffect.JudgeDatabase judge ->
                List.of(
                        new SessionAction.Judged(judge.session(), judge.step(), true),
                        new SessionAction.Judged(judge.session(), judge.step(), false),
                        new SessionAction.Failed(judge.session(), judge.step(), Code.INTERNAL, "it throws"));
            case SessionEffect.Announce init ->
                List.of(
                        new SessionAction.Announced(init.session(), init.step(), true),
                        new SessionAction.Announced(init.session(), init.step(), true),
                        new SessionAction.Announced(init.session(), init.step(), false),
                        new SessionAction.Failed(init.session(), init.step(), Code.INTERNAL, "the disk is full"));
            case SessionEffect.Provision init ->
                List.of(
                        new SessionAction.Provisioned(init.session(), init.step(), init.redemption(), TALLY),
                        new SessionAction.Failed(init.session(), init.step(), Code.PROVISION_FAILED, "it fails"));
            case SessionEffect.Record init ->
                List.of(
                        new SessionAction.Recorded(init.session(), init.step(), true),
                        new SessionAction.Recorded(init.session(), init.step(), false),
                        new SessionAction.Failed(init.session(), init.step(), Code.INTERNAL, "the disk is full"));
            case SessionEffect.Sweep _ ->
                List.of(
                        new SessionAction.Swept(new SweepCounts(0, 0, 0, 0, 0), List.of()),
                        new SessionAction.Unswept("no disk"));
            default -> List.of();
        };
    }

    /** A third message comes from one of whom it is awaited, an answer ends on a stream that has one. */
    @Override
    protected Optional<Action> fitted(Action action, StoreDriver<SessionRoot> driver) {
        SessionState own = driver.root().session();
        return switch (action) {
            case SessionAction.Came came
            when came.message() instanceof BootstrapQuestion.DatabaseResult
                    && !own.awaited().isEmpty() -> {
                Session session =
                        own.running().at(own.awaited().values().iterator().next());
                yield Optional.of(new SessionAction.Came(
                        came.question(),
                        came.stream(),
                        session.peer(),
                        came.from(),
                        new BootstrapQuestion.DatabaseResult(
                                TALLY, came.question() % 2 == 0 ? session.reference() : Optional.empty())));
            }
            case SessionAction.AnswerEnded ended -> {
                for (var each : own.answers()) {
                    boolean isSending = own.running().at(each.getValue()).stage() instanceof Stage.SendingResponse;
                    if (isSending) {
                        yield Optional.of(new SessionAction.AnswerEnded(each.getKey(), ended.isWritten()));
                    }
                }
                yield Optional.of(ended);
            }
            default -> Optional.of(action);
        };
    }

    @Override
    protected List<Script<SessionRoot>> scripts() {
        List<Script<SessionRoot>> all = new ArrayList<>();
        for (String phase : SessionWalk.PHASES) {
            all.add(new Script<>("what is told of a session in " + phase, driver -> {
                SessionWalk walk = new SessionWalk(driver, config());
                long number = walk.to(phase);
                PeerId peer = TypeArbitraries.peer(1);
                driver.dispatch(new SessionAction.Begun(number, peer));
                driver.dispatch(new SessionAction.Moved(number, "A", "B", 1));
                driver.dispatch(new SessionAction.Ended(number, new Past(peer, "", "", Code.INTERNAL, "A", 1, 1)));
                driver.dispatch(new SessionAction.Provisioned(number, 0, "other", TALLY));
            }));
            all.add(new Script<>("the grant of another redemption comes in " + phase, driver -> {
                SessionWalk walk = new SessionWalk(driver, config());
                walk.grantedOther(walk.to(phase));
            }));
            all.add(new Script<>(phase + " of a peer that has no patience", driver -> {
                SessionWalk walk = new SessionWalk(driver, config());
                walk.hasten();
                walk.to(phase);
                walk.end(SessionWalk.End.DUE);
            }));
            for (SessionWalk.End end : SessionWalk.End.values()) {
                all.add(new Script<>(phase + " ends by " + end, driver -> {
                    SessionWalk walk = new SessionWalk(driver, config());
                    walk.to(phase);
                    walk.end(end);
                }));
                all.add(new Script<>(phase + " ends by " + end + ", and others wait for it", driver -> {
                    SessionWalk walk = new SessionWalk(driver, config());
                    walk.to(phase);
                    walk.waiting();
                    walk.end(end);
                }));
            }
        }
        for (boolean isWritten : new boolean[] {true, false}) {
            all.add(new Script<>(
                    "a database that the peer has not made, the second message "
                            + (isWritten ? "written" : "on its way"),
                    driver -> new SessionWalk(driver, config()).mistold(isWritten)));
        }
        all.add(new Script<>("what waits while the hook fails and fails", driver -> {
            SessionWalk walk = new SessionWalk(driver, config());
            for (int i = 0; i < Breaker.LEAST; i++) {
                walk.to("provisioningDatabase");
                walk.waiting();
                walk.end(SessionWalk.End.NO);
                if (i < Breaker.LEAST - 1) {
                    walk.endAll();
                }
            }
        }));
        all.add(new Script<>("who waits with many has to go", driver -> new SessionWalk(driver, config()).displaced()));
        all.add(new Script<>("what is about nothing that goes on", driver -> {
            driver.boot(config());
            for (int i = 0; i <= OwnAddresses.MAX_LISTENERS; i++) {
                driver.dispatch(new SessionAction.Listened(
                        new Handle("listener", 1, i), List.of(Multiaddr.parse("/ip4/8.8.4.4/tcp/4001"))));
            }
        }));
        return all;
    }
}
