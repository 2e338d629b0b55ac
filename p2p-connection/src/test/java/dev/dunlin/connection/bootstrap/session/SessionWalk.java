package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.ledger.Ledger.Decision;
import dev.dunlin.connection.bootstrap.ledger.Phase;
import dev.dunlin.connection.bootstrap.ledger.Redemption;
import dev.dunlin.connection.bootstrap.ledger.RedemptionKey;
import dev.dunlin.connection.bootstrap.ledger.Refusal;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;

/** Leads a session to a phase, and to its end. */
final class SessionWalk {

    static final List<String> PHASES = List.of(
            "validatingToken",
            "joining",
            "validatingIdentity",
            "queued",
            "announcing",
            "provisioningDatabase",
            "recording",
            "sendingResponse",
            "awaitingDatabase",
            "validatingDatabase",
            "concluding");

    private static final Tally TALLY = new Tally("t1", Role.STOCK, "sqlite:t1", "ref");
    private static final Tally THEIRS = new Tally("t2", Role.FOIL, "sqlite:t2", "ref");

    /** How a session ends, or goes on, in any phase. */
    enum End {
        NO,
        YES,
        FAILURE,
        DUE,
        CANCEL,
        DRAIN,
        GONE,
        BOOT
    }

    private final StoreDriver<SessionRoot> driver;
    private final Table<String, String> config;
    private long streams;
    private long number;
    private boolean isHasty;

    SessionWalk(StoreDriver<SessionRoot> driver, Table<String, String> config) {
        this.driver = driver;
        this.config = config;
        driver.boot(config);
        driver.dispatch(new SessionAction.Swept(new SweepCounts(0, 0, 0, 0, 0), List.of()));
    }

    private SessionState own() {
        return driver.root().session();
    }

    private Session session(long of) {
        return own().running().at(of);
    }

    /** Whom a session is led for does not wait long, but others do. */
    void hasten() {
        isHasty = true;
    }

    private long came(PeerId peer) {
        return came(peer, "/ip4/8.8.1.1/tcp/4001");
    }

    private long came(PeerId peer, String from) {
        streams++;
        driver.dispatch(new SessionAction.Came(
                streams,
                new Handle("stream", driver.node().run(), streams),
                peer,
                Optional.of(Multiaddr.parse(from)),
                SessionLawsTest.contact(peer, isHasty ? 5 : 1)));
        return own().last();
    }

    private void decided(long of, Decision decision) {
        driver.dispatch(new SessionAction.Decided(of, session(of).step(), decision));
    }

    private Redemption redemption(String id, PeerId peer) {
        return new Redemption(
                id,
                new RedemptionKey(SessionLawsTest.token(1), peer, ""),
                Phase.RESERVED,
                0,
                Long.MAX_VALUE,
                Optional.empty());
    }

    /** The ledger grants a redemption that is not the session's. */
    void grantedOther(long of) {
        decided(of, new Decision.Granted(redemption("other", session(of).peer()), token(Role.STOCK)));
    }

    private void granted(long of, Role role) {
        decided(
                of,
                new Decision.Granted(
                        redemption(session(of).redemption(), session(of).peer()), token(role)));
    }

    private void judged(long of, boolean isEnough) {
        driver.dispatch(new SessionAction.Judged(of, session(of).step(), isEnough));
    }

    private void announced(long of, boolean isHeld) {
        driver.dispatch(new SessionAction.Announced(of, session(of).step(), isHeld));
    }

    private void recorded(long of, boolean isHeld) {
        driver.dispatch(new SessionAction.Recorded(of, session(of).step(), isHeld));
    }

    /** A new session, led to a phase. */
    long to(String phase) {
        PeerId peer = TypeArbitraries.peer(1);
        boolean isFoil = PHASES.indexOf(phase) >= PHASES.indexOf("awaitingDatabase");
        if (phase.equals("joining")) {
            boolean isLast = isHasty;
            isHasty = false;
            long other = to("validatingIdentity");
            isHasty = isLast;
            number = came(peer);
            decided(number, new Decision.Running(redemption(session(other).redemption(), peer)));
            return number;
        }
        if (phase.equals("queued")) {
            boolean isLast = isHasty;
            isHasty = false;
            to("announcing");
            isHasty = isLast;
        }
        number = came(peer);
        if (phase.equals("validatingToken")) {
            return number;
        }
        granted(number, isFoil ? Role.FOIL : Role.STOCK);
        if (phase.equals("validatingIdentity")) {
            return number;
        }
        judged(number, true);
        if (phase.equals("queued") || phase.equals("announcing")) {
            return number;
        }
        if (isFoil) {
            driver.dispatch(new SessionAction.AnswerEnded(session(number).question(), true));
            if (phase.equals("awaitingDatabase")) {
                return number;
            }
            told(peer, THEIRS);
            if (phase.equals("concluding")) {
                judged(number, true);
            }
            return number;
        }
        announced(number, true);
        if (phase.equals("provisioningDatabase")) {
            return number;
        }
        driver.dispatch(new SessionAction.Provisioned(
                number, session(number).step(), session(number).redemption(), TALLY));
        if (phase.equals("sendingResponse")) {
            recorded(number, true);
        }
        return number;
    }

    private void told(PeerId peer, Tally tally) {
        driver.dispatch(new SessionAction.Came(
                ++streams,
                new Handle("stream", driver.node().run(), streams),
                peer,
                Optional.empty(),
                new BootstrapQuestion.DatabaseResult(tally, Optional.empty())));
    }

    /** A peer that was to make a database tells of one that it has not made. */
    void mistold(boolean isWritten) {
        number = came(TypeArbitraries.peer(1));
        granted(number, Role.FOIL);
        judged(number, true);
        if (isWritten) {
            driver.dispatch(new SessionAction.AnswerEnded(session(number).question(), true));
        }
        told(TypeArbitraries.peer(1), TALLY);
    }

    /** As many wait for a place as may, all of one network, when one of another comes. */
    void displaced() {
        to("queued");
        number = came(TypeArbitraries.peer(2));
        granted(number, Role.STOCK);
        judged(number, true);
        number = came(TypeArbitraries.peer(3), "/ip4/8.8.2.1/tcp/4001");
        granted(number, Role.STOCK);
        judged(number, true);
    }

    /** Others wait for the last session: one for its redemption, one for its place. */
    void waiting() {
        PeerId peer = session(number).peer();
        if (own().holders().has(session(number).redemption())) {
            long second = came(peer);
            decided(second, new Decision.Running(redemption(session(number).redemption(), peer)));
        }
        if (session(number).stage().isProvisioning()) {
            long third = came(TypeArbitraries.peer(2));
            granted(third, Role.STOCK);
            judged(third, true);
        }
    }

    /** All sessions are cancelled. */
    void endAll() {
        for (long each : own().running().keys()) {
            driver.dispatch(new SessionAction.Cancel(each));
        }
    }

    /** What comes next for the last session. */
    void end(End end) {
        Session session = session(number);
        switch (end) {
            case NO -> answer(session, false);
            case YES -> answer(session, true);
            case FAILURE ->
                driver.dispatch(new SessionAction.Failed(number, session.step(), Code.INTERNAL, "the disk is full"));
            case DUE -> {
                while (own().running().has(number)) {
                    driver.advanceToNextDeadline();
                }
            }
            case CANCEL -> driver.dispatch(new SessionAction.Cancel(number));
            case DRAIN -> {
                driver.dispatch(new SessionAction.Drain(1));
                driver.advanceBy(2);
            }
            case GONE -> driver.dispatch(new SessionAction.AnswerEnded(session.question(), false));
            case BOOT -> driver.boot(config);
        }
    }

    private void answer(Session session, boolean isWell) {
        switch (session.stage()) {
            case Stage.ValidatingToken _ ->
                decided(
                        number,
                        isWell
                                ? new Decision.Replayed(redemption("old", session.peer()), token(Role.STOCK))
                                : new Decision.Refused(Refusal.USED));
            case Stage.ValidatingIdentity _, Stage.ValidatingDatabase _ -> judged(number, isWell);
            case Stage.Announcing _ -> announced(number, isWell);
            case Stage.ProvisioningDatabase _ ->
                driver.dispatch(
                        isWell
                                ? new SessionAction.Provisioned(number, session.step(), session.redemption(), TALLY)
                                : new SessionAction.Failed(
                                        number, session.step(), Code.PROVISION_FAILED, "there is no room"));
            case Stage.Recording _, Stage.Concluding _ -> recorded(number, isWell);
            case Stage.SendingResponse _ -> driver.dispatch(new SessionAction.AnswerEnded(session.question(), isWell));
            case Stage.Joining _, Stage.Queued _, Stage.AwaitingDatabase _ -> {
                // Nothing is asked.
            }
        }
    }

    private static Token token(Role role) {
        return new Token(
                SessionLawsTest.token(1),
                role,
                Optional.empty(),
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
    }
}
