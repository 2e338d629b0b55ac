package dev.dunlin.node.bootstrap;

import dev.dunlin.connection.bootstrap.dialer.DialerAction;
import dev.dunlin.connection.bootstrap.dialer.DialerCode;
import dev.dunlin.connection.bootstrap.dialer.DialerEffect;
import dev.dunlin.connection.bootstrap.hooks.DialerHooks;
import dev.dunlin.connection.bootstrap.hooks.ListenerHooks;
import dev.dunlin.connection.bootstrap.session.Code;
import dev.dunlin.connection.bootstrap.session.SessionAction;
import dev.dunlin.connection.bootstrap.session.SessionEffect;
import dev.dunlin.connection.bootstrap.wire.Vault;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.ActionId;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** Carries out what sessions and attempts ask of hooks. */
public final class HookService implements AutoCloseable {

    /** Longer than a token is looked at by far: its session ends before, and stops the call. */
    private static final Duration TOKEN_WITHIN = Duration.ofMinutes(1);

    private final Port port;
    private final Vault vault;
    private final ListenerHooks listener;
    private final DialerHooks dialer;
    private final HookCalls judges;
    private final HookCalls makers;
    private final HookCalls attempts;

    /**
     * For a node.
     *
     * @param vault which has what peers say of who they are
     * @param most how many calls of each kind may go on: those that judge, those that make databases, those of the dialer. Of one that does not
     *     end when it is interrupted the place stays taken
     */
    public HookService(Port port, Vault vault, ListenerHooks listener, DialerHooks dialer, int most) {
        this.port = port;
        this.vault = vault;
        this.listener = listener;
        this.dialer = dialer;
        this.judges = new HookCalls(port, "session", most);
        this.makers = new HookCalls(port, "database", most);
        this.attempts = new HookCalls(port, "attempt", most);
    }

    private static Duration micros(long within) {
        return Duration.of(within, ChronoUnit.MICROS);
    }

    /** Carries out one of a session's; returns at once. */
    public void carryOut(ActionId request, SessionEffect.OfHooks effect) {
        switch (effect) {
            case SessionEffect.Judge init -> judge(request, init);
            case SessionEffect.Provision init ->
                makers.ask(
                        init.session(),
                        request,
                        "make a database",
                        () -> listener.provisionDatabase(
                                init.redemption(), init.peer(), init.role(), init.cadre(), micros(init.within())),
                        tally -> new SessionAction.Provisioned(init.session(), init.step(), init.redemption(), tally),
                        why -> new SessionAction.Failed(init.session(), init.step(), Code.PROVISION_FAILED, why),
                        overloaded(init.session(), init.step()));
            case SessionEffect.JudgeDatabase init ->
                judges.ask(
                        init.session(),
                        request,
                        "judge a database",
                        () -> listener.validateDatabaseResult(init.peer(), init.tally(), micros(init.within())),
                        isTaken -> new SessionAction.Judged(init.session(), init.step(), isTaken),
                        why -> new SessionAction.Failed(init.session(), init.step(), Code.INTERNAL, why),
                        overloaded(init.session(), init.step()));
            case SessionEffect.Stop init -> {
                judges.stop(init.session());
                makers.stop(init.session());
            }
        }
    }

    /** Whether tokens are known that the ledger may not have. */
    public boolean knowsTokens() {
        return listener.knowsTokens();
    }

    /** Asks for a token that was made elsewhere, and tells the ledger of it; returns at once. */
    public void reserve(ActionId request, SessionEffect.Reserve init, LedgerService ledger) {
        judges.consult(
                init.session(),
                "tell of a token",
                () -> listener.getTokenInfo(init.token(), TOKEN_WITHIN),
                found -> found.filter(token -> token.hash().equals(init.token()))
                        .ifPresentOrElse(
                                token -> ledger.carryOut(request, init, token), () -> ledger.carryOut(request, init)),
                why -> port.answer(request, new SessionAction.Failed(init.session(), init.step(), Code.INTERNAL, why)),
                () -> port.answer(request, overloaded(init.session(), init.step())));
    }

    private void judge(ActionId request, SessionEffect.Judge init) {
        Optional<String> identity = vault.find(Vault.Kind.IDENTITY, init.identity());
        if (identity.isEmpty()) {
            // So many have come since that there was no room for it.
            port.answer(request, overloaded(init.session(), init.step()));
            return;
        }
        judges.ask(
                init.session(),
                request,
                "judge an identity",
                () -> listener.validateIdentity(
                        init.peer(), identity.get(), init.requirements(), micros(init.within())),
                isEnough -> new SessionAction.Judged(init.session(), init.step(), isEnough),
                why -> new SessionAction.Failed(init.session(), init.step(), Code.INTERNAL, why),
                overloaded(init.session(), init.step()));
    }

    private static SessionAction.Failed overloaded(long session, int step) {
        return new SessionAction.Failed(session, step, Code.OVERLOADED, "as many hooks are called as may be");
    }

    /** Carries out one of an attempt's; returns at once. */
    public void carryOut(ActionId request, DialerEffect effect) {
        switch (effect) {
            case DialerEffect.Check init ->
                attempts.ask(
                        init.attempt(),
                        request,
                        "look at an answer",
                        () -> dialer.validateResponse(init.peer(), init.answer(), micros(init.within())),
                        isRight -> new DialerAction.Checked(init.attempt(), init.step(), isRight),
                        why -> new DialerAction.Failed(init.attempt(), init.step(), DialerCode.INTERNAL, why),
                        new DialerAction.Failed(
                                init.attempt(),
                                init.step(),
                                DialerCode.INTERNAL,
                                "as many hooks are called as may be"));
            case DialerEffect.Make init ->
                attempts.ask(
                        init.attempt(),
                        request,
                        "make a database",
                        () -> dialer.provisionDatabase(
                                init.name(), init.peer(), init.role(), List.of(), micros(init.within())),
                        tally -> new DialerAction.Provisioned(init.attempt(), init.step(), init.name(), tally),
                        why -> new DialerAction.Failed(init.attempt(), init.step(), DialerCode.PROVISION_FAILED, why),
                        new DialerAction.Failed(
                                init.attempt(),
                                init.step(),
                                DialerCode.PROVISION_FAILED,
                                "as many hooks are called as may be"));
            case DialerEffect.Unmake init ->
                attempts.tell(init.attempt(), "remove a database", () -> {
                    dialer.removeDatabase(init.name(), init.tally());
                    return true;
                });
            case DialerEffect.StopHook init -> attempts.stop(init.attempt());
        }
    }

    /** How many calls have not ended. */
    public int running() {
        return judges.running() + makers.running() + attempts.running();
    }

    /** All calls are stopped. Never throws. */
    @Override
    public void close() {
        judges.close();
        makers.close();
        attempts.close();
    }
}
