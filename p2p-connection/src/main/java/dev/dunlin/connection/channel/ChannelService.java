package dev.dunlin.connection.channel;

import dev.dunlin.core.store.ActionId;

/**
 * Carries messages as bytes over streams, by the protocols' codecs. Each request is answered exactly once, also if its stream has
 * ended or ends before; no message is read that nobody asked for, so that a machine which asks for none closes the peer's window.
 *
 * <p>What had come when both sides ended in an orderly way ({@link dev.dunlin.connection.stream.EndReason#CLOSED}) is kept and can
 * be read on, message by message and then the end, until {@link #release}. At every other end it is dropped.
 */
public interface ChannelService {

    /** Reads a message. Not called again before the answer. */
    void read(ActionId id, ChannelEffect.ReadInit init);

    /** Writes a message; it is written when the transport has taken it. Not called again before the answer. */
    void write(ActionId id, ChannelEffect.WriteInit init);

    /** Ends our side. Called once at most, when no write is under way; none follows. */
    void finish(ChannelEffect.FinishInit init);

    /**
     * Drops what was not read. Called once, at the end of each channel; what was written still goes its way, and requests under way
     * are still answered.
     */
    void release(ChannelEffect.ReleaseInit init);

    /** Takes streams of these protocols from now on. */
    void serve(ChannelEffect.ServeInit init);

    /** Takes none of these any more. */
    void unserve(ChannelEffect.UnserveInit init);
}
