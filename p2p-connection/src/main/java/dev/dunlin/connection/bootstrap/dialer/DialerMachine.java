package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.WireLimits;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/** The dialer machine: it redeems links. */
public final class DialerMachine {

    /** Its name. */
    public static final String NAME = "dialer";

    /** The most rounds that any configuration allows. */
    static final int MOST_ROUNDS = 1000;

    private static final int STEP_BITS = 20;

    /** The registration. */
    public static final Machine<Object, DialerState, DialerAction> DIALER = Machine.of(NAME, DialerState.INITIAL)
            .actions(DialerAction.class, DialerEffect.class, DialerOutcome.class)
            .union(Message.class, List.of(BootstrapQuestion.class, BootstrapAnswer.class))
            .settings(DialerConfig.SETTINGS)
            .boots((own, booted, ctx) -> DialerReducer.boot(own, booted))
            .configures((own, config, now) -> own.configured(DialerConfig.of(config)))
            .guards(DialerGuards.ALL)
            .reduces(DialerReducer::reduce)
            .due(DialerAction.AttemptDue.class, DialerState::running, DialerAction.AttemptDue::new)
            .onOutcome(
                    ConnectionOutcome.ConnectDone.class,
                    (ticket, fact) -> new DialerAction.Reached(attempt(ticket), step(ticket)))
            .onOutcome(
                    ConnectionOutcome.ConnectGaveUp.class,
                    (ticket, fact) -> new DialerAction.Unreached(
                            attempt(ticket), step(ticket), fact.error().kind().name()))
            .onOutcome(
                    ExchangeOutcome.Answered.class,
                    (ticket, fact) -> new DialerAction.AnswerCame(
                            attempt(ticket), step(ticket), (BootstrapAnswer) fact.message()))
            .onOutcome(
                    ExchangeOutcome.AskFailed.class,
                    (ticket, fact) ->
                            new DialerAction.AnswerMissing(attempt(ticket), step(ticket), fact.why(), fact.detail()))
            .onOutcome(
                    Refused.class,
                    (ticket, fact) -> new DialerAction.AnswerMissing(
                            attempt(ticket), step(ticket), AskFailure.BUSY, Refusals.why(fact)))
            .on(
                    IdentifyAction.AddressesBound.class,
                    fact -> new DialerAction.Listened(fact.listener(), fact.addresses()))
            .on(IdentifyAction.AddressesUnbound.class, fact -> new DialerAction.Unlistened(fact.listener()))
            .on(IdentifyAction.ObservedChanged.class, fact -> new DialerAction.Observed(fact.believed()))
            .transitions("""
                    noAttempt > connecting: redeem
                    connecting > awaitingResponse: reached
                    connecting > pausing: unreached, answerMissing, attemptDue
                    connecting > noAttempt: unreached, answerMissing, attemptDue, callOff, booted
                    connecting: unreached, answerMissing, attemptDue
                    awaitingResponse > validatingResponse: answerCame
                    awaitingResponse > connecting: answerCame, answerMissing, attemptDue
                    awaitingResponse > pausing: answerCame, answerMissing, attemptDue
                    awaitingResponse > noAttempt: answerCame, answerMissing, attemptDue, callOff, booted
                    awaitingResponse: answerMissing
                    pausing > connecting: attemptDue
                    pausing > noAttempt: attemptDue, callOff, booted
                    validatingResponse > provisioningDatabase: checked
                    validatingResponse > sendingDatabase: checked
                    validatingResponse > noAttempt: checked, failed, attemptDue, callOff, booted
                    provisioningDatabase > sendingDatabase: provisioned
                    provisioningDatabase > noAttempt: failed, attemptDue, callOff, booted
                    sendingDatabase > connecting: answerCame, answerMissing, attemptDue
                    sendingDatabase > pausing: answerCame, answerMissing, attemptDue
                    sendingDatabase > noAttempt: answerCame, answerMissing, attemptDue, callOff, booted
                    noAttempt, connecting, awaitingResponse, pausing, validatingResponse, provisioningDatabase, sendingDatabase: provisioned

                    running: redeem, callOff, listened, unlistened, observed""")
            .phases(DialerState::phaseOf)
            .invariants(DialerInvariants.ALL)
            .budget(budget());

    private DialerMachine() {}

    /** By what ticket others know what an attempt has asked. */
    static Ticket ticket(long attempt, int step) {
        return new Ticket(NAME, attempt << STEP_BITS | step);
    }

    private static long attempt(Ticket ticket) {
        return ticket.key() >>> STEP_BITS;
    }

    private static int step(Ticket ticket) {
        return (int) (ticket.key() & (1 << STEP_BITS) - 1);
    }

    private static long budget() {
        long addresses = 3L * WireLimits.ADDRESSES * (Multiaddr.MAX_BYTES + 16);
        return DialerConfig.MOST_ATTEMPTS * (addresses + 16_384) + (1 << 20);
    }
}
