package dev.dunlin.connection.channel;

import dev.dunlin.core.store.ActionId;

/**
 * Carries messages as bytes over streams, by the protocols' codecs. Each request is answered exactly once, also if its stream has
 * ended or ends before; no message is read that nobody asked for, so that a machine which asks for none closes the peer's window.
 *
 * <p>A stream ends in an orderly way ({@link dev.dunlin.connection.stream.EndReason#CLOSED}) when both sides have ended theirs and all
 * that came was read; at every other end what was not read is dropped.
 */
public interface ChannelService {

    /** Reads a message. Not called again before the answer. */
    void read(ActionId id, ChannelEffect.ReadInit init);

    /** Writes a message; it is written when the transport has taken it. Not called again before the answer. */
    void write(ActionId id, ChannelEffect.WriteInit init);

    /** Ends our side. Called once at most, when no write is under way; none follows. */
    void finish(ChannelEffect.FinishInit init);

    /** Takes streams of these protocols from now on. */
    void serve(ChannelEffect.ServeInit init);

    /** Takes none of these any more. */
    void unserve(ChannelEffect.UnserveInit init);
}
