package dev.dunlin.connection.channel;

import dev.dunlin.connection.channel.ChannelAction.Ended;
import dev.dunlin.connection.channel.ChannelAction.MessageCame;
import dev.dunlin.connection.channel.ChannelAction.PeerFinished;
import dev.dunlin.connection.channel.ChannelAction.ReadFailed;
import dev.dunlin.connection.channel.ChannelAction.Received;
import dev.dunlin.connection.channel.ChannelAction.Room;
import dev.dunlin.connection.channel.ChannelAction.StreamEnded;
import dev.dunlin.connection.channel.ChannelAction.WriteFailed;
import dev.dunlin.connection.channel.ChannelEffect.FinishInit;
import dev.dunlin.connection.channel.ChannelEffect.ReadInit;
import dev.dunlin.connection.channel.ChannelEffect.WriteInit;
import dev.dunlin.connection.channel.ChannelState.Channel;
import dev.dunlin.connection.channel.ChannelState.Inbox;
import dev.dunlin.connection.channel.ChannelState.Outbox;
import dev.dunlin.connection.channel.ChannelState.Reading;
import dev.dunlin.connection.channel.ChannelState.Writing;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;

/** The part of the reducer that is about one open channel. */
final class Carrying {

    private final ChannelState own;
    private final Handle handle;
    private final Channel channel;
    private final ChannelLimits limits;
    private final Context ctx;

    Carrying(Catalogue<ChannelProtocol<?, ?>> catalogue, ChannelState own, Handle handle, Context ctx) {
        this.own = own;
        this.handle = handle;
        this.channel = own.channels().at(handle);
        this.limits = catalogue.named(channel.protocol()).orElseThrow().limits();
        this.ctx = ctx;
    }

    // What its owner wishes

    ChannelState sent(Message message) {
        return goesOn(channel.with(channel.outbox().plus(message)));
    }

    ChannelState asked(int credit) {
        return goesOn(channel.with(channel.inbox().plus(credit)));
    }

    ChannelState finished() {
        return goesOn(channel.with(channel.outbox().toItsEnd()));
    }

    // What the world tells

    ChannelState came(MessageCame fact) {
        Inbox inbox = channel.inbox().withMessage();
        ctx.then(new Received(handle, channel.peer(), channel.protocol(), inbox.received(), fact.message()));
        if (channel.closed()) {
            // It was the last one.
            ctx.then(new PeerFinished(handle, channel.peer(), channel.protocol()));
            return ended(ChannelEnd.FINISHED, "");
        }
        return goesOn(channel.with(inbox));
    }

    ChannelState peerFinished() {
        ctx.then(new PeerFinished(handle, channel.peer(), channel.protocol()));
        return goesOn(channel.with(channel.inbox().in(Reading.FINISHED)));
    }

    ChannelState written() {
        Outbox outbox = channel.outbox().withoutFirst();
        boolean hasRoomAgain = channel.outbox().isMoreThanHalfFull(limits) && !outbox.isMoreThanHalfFull(limits);
        if (hasRoomAgain && !outbox.last()) {
            ctx.then(new Room(handle, channel.peer(), channel.protocol()));
        }
        return goesOn(channel.with(outbox));
    }

    ChannelState unread(ReadFailed fact) {
        if (fact.malformed()) {
            return left(ChannelEnd.MALFORMED, fact.detail());
        }
        // A stream that is over in an orderly way was read to its end: the read came too late, and may be told first.
        return channel.closed()
                ? peerFinished()
                : broken(channel.with(channel.inbox().in(Reading.LOST)));
    }

    ChannelState unwritten(WriteFailed fact) {
        // Of a stream that had broken before, its own end is the reason.
        return fact.unencodable() && channel.inbox().reading() != Reading.LOST
                ? left(ChannelEnd.UNENCODABLE, fact.detail())
                : broken(channel);
    }

    // Why the stream broke is told by its end: that is made sure of here, and waited for.
    private ChannelState broken(Channel changed) {
        ctx.then(new CloseStream(handle, CloseMode.RESET));
        return own.withChannels(own.channels().with(handle, changed));
    }

    ChannelState streamEnded(StreamEnded fact) {
        if (fact.reason() == EndReason.CLOSED && channel.outbox().writing() == Writing.FINISHED) {
            // Both sides are ended, and all that came was read: no more than the answer to a read may be on its way.
            return switch (channel.inbox().reading()) {
                case UNDER_WAY -> own.withChannels(own.channels().with(handle, channel.over()));
                case PAUSED, LOST -> {
                    ctx.then(new PeerFinished(handle, channel.peer(), channel.protocol()));
                    yield ended(ChannelEnd.FINISHED, "");
                }
                case FINISHED -> ended(ChannelEnd.FINISHED, "");
            };
        }
        return ended(
                switch (fact.reason()) {
                    case CLOSED, LOCAL_RESET, CLOSE_TIMED_OUT -> ChannelEnd.LOCAL_RESET;
                    case REMOTE_RESET -> ChannelEnd.REMOTE_RESET;
                    case LIMIT -> ChannelEnd.LIMIT;
                    case CONNECTION_CLOSED -> ChannelEnd.CONNECTION_CLOSED;
                    case PROTOCOL_ERROR, UNSUPPORTED -> ChannelEnd.MALFORMED;
                },
                fact.detail());
    }

    // What becomes of it

    ChannelState aborted() {
        return left(ChannelEnd.LOCAL_RESET, "");
    }

    ChannelState due() {
        return left(
                ChannelEnd.IDLE,
                channel.taken() ? "nothing happened on it for too long" : "nobody here took it in time");
    }

    // With the read, the write and the deadline that belong to what has changed.
    private ChannelState goesOn(Channel changed) {
        Channel next = reads(writes(changed)).takenUntil(ctx.now() + limits.idle());
        // What was written arrives as fast as the peer reads: the stream ends by itself behind it.
        return next.isFinished() && next.closed()
                ? ended(ChannelEnd.FINISHED, "")
                : own.withChannels(own.channels().with(handle, next));
    }

    private Channel writes(Channel now) {
        Outbox outbox = now.outbox();
        if (outbox.writing() != Writing.PAUSED) {
            return now;
        }
        if (!outbox.messages().isEmpty()) {
            Message first = outbox.messages().values().iterator().next().message();
            ctx.effect(new WriteInit(handle, now.protocol(), now.direction(), first));
            return now.with(outbox.in(Writing.UNDER_WAY));
        }
        if (outbox.last()) {
            ctx.effect(new FinishInit(handle));
            return now.with(outbox.in(Writing.FINISHED));
        }
        return now;
    }

    private Channel reads(Channel now) {
        Inbox inbox = now.inbox();
        if (inbox.reading() != Reading.PAUSED || inbox.credit() == 0) {
            return now;
        }
        ctx.effect(new ReadInit(handle, now.protocol(), now.direction()));
        return now.with(inbox.in(Reading.UNDER_WAY));
    }

    private ChannelState left(ChannelEnd reason, String detail) {
        if (!channel.closed()) {
            ctx.then(new CloseStream(handle, CloseMode.RESET));
        }
        return ended(reason, detail);
    }

    private ChannelState ended(ChannelEnd reason, String detail) {
        ctx.then(new Ended(handle, channel.peer(), channel.protocol(), reason, detail));
        return own.withChannels(own.channels().without(handle))
                .counted(channel.peer(), channel.protocol(), channel.direction(), -1);
    }
}
