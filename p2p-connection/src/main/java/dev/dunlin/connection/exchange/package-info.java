/**
 * One question, one answer, for every protocol of that shape. An ask dials if need be, opens a stream or uses one again, and ends in
 * exactly one outcome; where there is no place, no dial or no stream for it, it waits for one until its deadline. Of the other
 * side's questions each is told to whoever serves the protocol, and has a deadline for its answer.
 *
 * <p>The phases of an ask, of a stream on which this node asks, and of one on which another does:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     waiting --> asking: answerCame, answerMissing, askDue, cancel, reached, streamEnded, streamMissing, unreached
 *     asking --> waiting: crowded
 *     waiting --> noAsk: askDue, cancel, booted
 *     asking --> noAsk: answerCame, answerMissing, askDue, cancel, streamEnded, streamMissing, unreached, booted
 *     idle --> carrying: ask
 *     carrying --> idle: answerCame
 *     carrying --> noStream: answerCame, answerMissing, askDue, cancel, streamEnded, booted
 *     idle --> noStream: crowded, parting, streamDue, streamEnded, booted
 *     noStream --> reading: offered
 *     noStream --> resting: offered
 *     reading --> asked: askCame
 *     asked --> reading: reply
 *     asked --> replying: reply
 *     replying --> resting: replySent
 *     resting --> reading: streamDue
 *     reading --> noStream: askCame, askMissing, parting, replyMissing, streamDue, streamEnded, booted
 *     asked --> noStream: refuse, streamDue, streamEnded, booted
 *     replying --> noStream: replySent, replyMissing, streamDue, streamEnded, booted
 *     resting --> noStream: parting, streamEnded, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.exchange;

import org.jspecify.annotations.NullMarked;
