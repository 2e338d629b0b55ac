package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;

/**
 * Where services hand in what happens in the world. Safe from any thread; never blocks.
 *
 * <p>All three throw {@link IllegalArgumentException} for what cannot be recorded: an action that is no input of a mounted
 * machine, which is the caller's bug, or one that lacks a value, is too big or too deep, or has a text that is no Unicode, which
 * may come from a peer. Nothing has happened then, and the service must not swallow it. It answers the request with a failure
 * that can be recorded; otherwise the machine would wait for an answer that never comes.
 */
public interface Port {

    /**
     * Answers a request. There is always room: the request holds it.
     *
     * @param request the id of the {@link dev.dunlin.core.store.Effect.Request} that is answered, once
     * @param fact the answer
     * @throws IllegalArgumentException if it cannot be recorded; the request is still open then, and is to be answered by a failure
     *     that can be
     */
    void answer(ActionId request, Action fact);

    /**
     * Tells that a handle's thing is closed. There is always room: the handle holds it.
     *
     * @param fact an {@link Action.EndsHandle}
     * @throws IllegalArgumentException if it cannot be recorded; the handle counts as open then, and its end is to be told by
     *     an action that can be
     */
    <A extends Action & Action.EndsHandle> void ended(A fact);

    /**
     * Hands in new work: an inbound connection or stream, a message, a wish. When it is refused, the caller closes what it
     * brought, or stops reading until there is room.
     *
     * @throws IllegalArgumentException if it cannot be recorded; the caller closes what it brought, as when it is refused
     */
    Offer offer(Action fact);

    /** What became of new work. */
    enum Offer {
        /** It will be looked at. */
        TAKEN,
        /** The queue is full. */
        FULL,
        /** The peer that it is about has its share of the queue. */
        PEER_FULL,
        /** As many requests are in flight as may be. */
        REQUESTS_FULL,
        /** As many handles are open as may be. */
        HANDLES_FULL,
        /** The log cannot be written, as on a full disk: nothing new is taken until it can. */
        LOG_UNWRITABLE,
        /** The node is stopping, or has not booted yet. */
        STOPPING
    }
}
