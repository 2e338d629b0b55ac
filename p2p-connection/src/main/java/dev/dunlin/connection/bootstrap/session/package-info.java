/**
 * Bootstrap sessions, the listener's side: each is one attempt of a peer to redeem a token (Taleus, Method 6). What is asked of the ledger
 * and of hooks is answered with the number of the session and its step: what comes too late is passed over, and a database that comes too late
 * is removed.
 *
 * <p>The phases of a session:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     noSession --> validatingToken: came
 *     validatingToken --> joining: decided
 *     validatingToken --> validatingIdentity: decided
 *     validatingToken --> sendingResponse: decided
 *     validatingToken --> noSession: decided, failed, answerEnded, sessionDue, cancel, choreDue, booted
 *     joining --> validatingToken: judged, announced, recorded, failed, answerEnded, sessionDue, cancel
 *     validatingIdentity --> sendingResponse: judged
 *     validatingIdentity --> queued: judged
 *     validatingIdentity --> announcing: judged
 *     validatingIdentity --> noSession: judged, failed, answerEnded, sessionDue, cancel, choreDue, booted
 *     queued --> noSession: judged, failed, answerEnded, sessionDue, cancel, choreDue, booted
 *     queued --> announcing: announced, provisioned, failed, answerEnded, sessionDue, cancel
 *     announcing --> provisioningDatabase: announced
 *     announcing --> noSession: announced, failed, answerEnded, sessionDue, cancel, choreDue, booted
 *     provisioningDatabase --> recording: provisioned
 *     recording --> sendingResponse: recorded
 *     recording --> noSession: recorded, failed, answerEnded, sessionDue, cancel, choreDue, booted
 *     sendingResponse --> noSession: answerEnded, came, sessionDue, cancel, choreDue, booted
 *     sendingResponse --> awaitingDatabase: answerEnded
 *     sendingResponse --> validatingDatabase: came
 *     awaitingDatabase --> validatingDatabase: came
 *     awaitingDatabase --> noSession: came, sessionDue, cancel, choreDue, booted
 *     validatingDatabase --> concluding: judged
 *     validatingDatabase --> noSession: judged, failed, sessionDue, cancel, choreDue, booted
 *     concluding --> noSession: recorded, failed, sessionDue, cancel, choreDue, booted
 *     provisioningDatabase --> noSession: failed, answerEnded, sessionDue, cancel, choreDue, booted
 *     joining --> noSession: answerEnded, sessionDue, cancel, choreDue, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.bootstrap.session;

import org.jspecify.annotations.NullMarked;
