/**
 * The dialer's side of bootstraps: a link is redeemed at one of the nodes of the party that has given it. All of them are tried, each for a
 * while; where the outcome is not known, the same is asked again with the same key, which is not redeemed twice.
 *
 * <p>The phases of an attempt:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     noAttempt --> connecting: redeem
 *     connecting --> awaitingResponse: reached
 *     connecting --> pausing: unreached, answerMissing, attemptDue
 *     connecting --> noAttempt: unreached, answerMissing, attemptDue, callOff, booted
 *     awaitingResponse --> validatingResponse: answerCame
 *     awaitingResponse --> connecting: answerCame, answerMissing, attemptDue
 *     awaitingResponse --> pausing: answerCame, answerMissing, attemptDue
 *     awaitingResponse --> noAttempt: answerCame, answerMissing, attemptDue, callOff, booted
 *     pausing --> connecting: attemptDue
 *     pausing --> noAttempt: attemptDue, callOff, booted
 *     validatingResponse --> provisioningDatabase: checked
 *     validatingResponse --> sendingDatabase: checked
 *     validatingResponse --> noAttempt: checked, failed, attemptDue, callOff, booted
 *     provisioningDatabase --> sendingDatabase: provisioned
 *     provisioningDatabase --> noAttempt: failed, attemptDue, callOff, booted
 *     sendingDatabase --> connecting: answerCame, answerMissing, attemptDue
 *     sendingDatabase --> pausing: answerCame, answerMissing, attemptDue
 *     sendingDatabase --> noAttempt: answerCame, answerMissing, attemptDue, callOff, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.bootstrap.dialer;

import org.jspecify.annotations.NullMarked;
