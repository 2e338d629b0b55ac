/**
 * Lasting, ordered streams of messages, for every protocol of that shape. An opening dials if need be and ends in exactly one outcome;
 * where there is no room for its dial or stream, it tries again until its deadline. A message is read only when the owner has said
 * that it can take one more, so that an owner which says nothing makes the peer wait; what is sent waits in an outbox of bounded count
 * and bytes. Each side ends by itself, and a channel is over when both have.
 *
 * <p>The phases of an opening, and of a channel:
 *
 * <pre>{@code
 * stateDiagram-v2
 *     waiting --> reaching: openingDue
 *     reaching --> waiting: crowded
 *     waiting --> noOpening: openingDue, cancel, booted
 *     reaching --> noOpening: streamReady, missed, openingDue, cancel, booted
 *     noChannel --> open: streamReady
 *     noChannel --> offered: offered
 *     offered --> open: more, send
 *     offered --> finishing: finish
 *     offered --> noChannel: abort, channelDue, streamEnded, booted
 *     open --> finishing: finish
 *     open --> peerFinished: readFinished
 *     finishing --> closing: readFinished
 *     peerFinished --> closing: finish
 *     finishing --> noChannel: messageCame, readFinished, readFailed, abort, channelDue, streamEnded, writeFailed, booted
 *     open --> noChannel: readFailed, abort, channelDue, streamEnded, writeFailed, booted
 *     peerFinished --> noChannel: abort, channelDue, streamEnded, writeFailed, booted
 *     closing --> noChannel: abort, channelDue, streamEnded, writeFailed, booted
 * }</pre>
 */
@NullMarked
package dev.dunlin.connection.channel;

import org.jspecify.annotations.NullMarked;
