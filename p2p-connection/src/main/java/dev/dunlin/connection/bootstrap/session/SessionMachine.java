package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.BootstrapProtocols;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.WireLimits;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.Machine;
import java.util.List;

/** The session machine. */
public final class SessionMachine {

    /** Its name. */
    public static final String NAME = "session";

    /** The most addresses that this node's party tells. */
    public static final int MOST_CADRE = WireLimits.ADDRESSES;

    /** Of those that are turned away within a second the trail names so many. */
    static final int NAMED = 100;

    /** The protocols whose questions it answers. */
    static final List<String> PROTOCOLS = BootstrapProtocols.NAMES;

    /** The registration. */
    public static final Machine<Object, SessionState, SessionAction> SESSION = Machine.of(NAME, SessionState.INITIAL)
            .actions(SessionAction.class, SessionEffect.class)
            .union(Message.class, List.of(BootstrapQuestion.class, BootstrapAnswer.class))
            .text(Chore.TEXT)
            .settings(SessionConfig.SETTINGS)
            .boots(SessionReducer::boot)
            .configures((own, config, now) -> own.configured(SessionConfig.of(config)))
            .guards(SessionGuards.ALL)
            .reduces(SessionReducer::reduce)
            .due(SessionAction.SessionDue.class, SessionState::running, SessionAction.SessionDue::new)
            .due(SessionAction.ChoreDue.class, SessionState::chores, SessionAction.ChoreDue::new)
            .on(
                    ExchangeAction.Asked.class,
                    fact -> PROTOCOLS.contains(fact.protocol()),
                    fact -> new SessionAction.Came(
                            fact.number(), fact.stream(), fact.peer(), fact.from(), (BootstrapQuestion) fact.message()))
            .on(
                    ExchangeAction.AnswerEnded.class,
                    fact -> PROTOCOLS.contains(fact.protocol()),
                    fact -> new SessionAction.AnswerEnded(fact.number(), fact.isWritten()))
            // What goes on ends by its own times; who stops the node says how long it waits for that.
            .on(ConnectionAction.Drain.class, wish -> new SessionAction.Drain(SessionAction.Drain.MOST))
            .on(
                    IdentifyAction.AddressesBound.class,
                    fact -> new SessionAction.Listened(fact.listener(), fact.addresses()))
            .on(IdentifyAction.AddressesUnbound.class, fact -> new SessionAction.Unlistened(fact.listener()))
            .on(IdentifyAction.ObservedChanged.class, fact -> new SessionAction.Observed(fact.believed()))
            .transitions("""
                    noSession > validatingToken: came
                    validatingToken > joining: decided
                    validatingToken > validatingIdentity: decided
                    validatingToken > sendingResponse: decided
                    validatingToken > noSession: decided
                    joining > validatingToken: judged, announced, recorded, failed, answerEnded, sessionDue, cancel
                    validatingIdentity > sendingResponse: judged
                    validatingIdentity > queued: judged
                    validatingIdentity > announcing: judged
                    validatingIdentity, queued > noSession: judged
                    queued > announcing: announced, provisioned, failed, answerEnded, sessionDue, cancel
                    announcing > provisioningDatabase: announced
                    announcing > noSession: announced
                    provisioningDatabase > recording: provisioned
                    recording > sendingResponse: recorded
                    recording > noSession: recorded
                    sendingResponse > noSession: answerEnded
                    sendingResponse > awaitingDatabase: answerEnded
                    sendingResponse, awaitingDatabase > validatingDatabase: came
                    sendingResponse, awaitingDatabase > noSession: came
                    validatingDatabase > concluding: judged
                    validatingDatabase > noSession: judged
                    concluding > noSession: recorded
                    validatingToken, validatingIdentity, announcing, provisioningDatabase, recording > noSession: failed
                    queued, validatingDatabase, concluding > noSession: failed
                    validatingToken, joining, validatingIdentity, queued, announcing, provisioningDatabase, recording > noSession: answerEnded
                    validatingToken, joining, validatingIdentity, queued, announcing > noSession: sessionDue, cancel, choreDue, booted
                    provisioningDatabase, recording, sendingResponse, awaitingDatabase > noSession: sessionDue, cancel, choreDue, booted
                    validatingDatabase, concluding > noSession: sessionDue, cancel, choreDue, booted
                    noSession, validatingToken, joining, validatingIdentity, queued, announcing: provisioned, begun, moved, ended
                    provisioningDatabase, recording, sendingResponse, awaitingDatabase: provisioned, begun, moved, ended
                    validatingDatabase, concluding: provisioned, begun, moved, ended

                    running: came, answerEnded, choreDue, swept, unswept, listened, unlistened, observed, pressed
                    running: drain, drained, turnedAway""")
            .phases(SessionState::phaseOf)
            .invariants(SessionInvariants.ALL)
            .budget(budget());

    private SessionMachine() {}

    private static long budget() {
        long contact = 2L * WireLimits.MESSAGE_BYTES + (long) WireLimits.ADDRESSES * (Multiaddr.MAX_BYTES + 16);
        long session = contact + 4096;
        long remembered = 4L * Admission.MOST * 256;
        return SessionConfig.MOST_SESSIONS * session + SessionConfig.MOST_KEPT * 512L + remembered + (1 << 20);
    }
}
