package dev.dunlin.connection.channel;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import java.util.List;

/**
 * What the channel machine asks of the world. A request is answered once, also if its stream ends before; of each channel at most one
 * read and one write are under way.
 */
public sealed interface ChannelEffect extends Effect {

    /**
     * Read a message. Answered by {@link ChannelAction.MessageCame}, {@link ChannelAction.ReadFinished} or
     * {@link ChannelAction.ReadFailed}.
     *
     * @param direction who opened the channel, and so whose messages these are
     */
    record ReadInit(Handle channel, String protocol, Direction direction) implements ChannelEffect, Effect.Request {
        @Override
        public boolean isOpenEnded() {
            return true;
        }
    }

    /**
     * Write a message. Answered by {@link ChannelAction.Written} or {@link ChannelAction.WriteFailed}.
     *
     * @param direction who opened the channel, and so whose message this is
     */
    record WriteInit(Handle channel, String protocol, Direction direction, Message message)
            implements ChannelEffect, Effect.Request {}

    /** End our side behind what was written. */
    record FinishInit(Handle channel) implements ChannelEffect, Effect.Fire {}

    /** Take streams of these protocols from now on. */
    record ServeInit(List<String> ids) implements ChannelEffect, Effect.Fire {
        /** Copies the list. */
        public ServeInit {
            ids = List.copyOf(ids);
        }
    }

    /** Take none of these any more. */
    record UnserveInit(List<String> ids) implements ChannelEffect, Effect.Fire {
        /** Copies the list. */
        public UnserveInit {
            ids = List.copyOf(ids);
        }
    }
}
