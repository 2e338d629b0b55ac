package dev.dunlin.connection.channel;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.channel.ChannelState.Channel;
import dev.dunlin.connection.channel.ChannelState.Inbox;
import dev.dunlin.connection.channel.ChannelState.Opening;
import dev.dunlin.connection.channel.ChannelState.Outbox;
import dev.dunlin.connection.channel.ChannelState.Queued;
import dev.dunlin.connection.channel.ChannelState.Reading;
import dev.dunlin.connection.channel.ChannelState.Use;
import dev.dunlin.connection.channel.ChannelState.Writing;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelLimits;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of channels. */
final class ChannelInvariants {

    private final Catalogue<ChannelProtocol<?, ?>> catalogue;

    ChannelInvariants(Catalogue<ChannelProtocol<?, ?>> catalogue) {
        this.catalogue = catalogue;
    }

    List<Invariant<ChannelState>> all() {
        return List.of(
                new Invariant<>("within-its-bounds", this::bounds),
                new Invariant<>("counts-are-right", ChannelInvariants::counts),
                new Invariant<>("inboxes-fit", ChannelInvariants::inboxes),
                new Invariant<>("outboxes-fit", this::outboxes),
                new Invariant<>("tickets-and-openings-agree", ChannelInvariants::tickets));
    }

    private Optional<String> bounds(ChannelState own) {
        long bytes = 0;
        for (Channel channel : own.channels().values()) {
            bytes += channel.outbox().bytes();
        }
        if (bytes > own.config().maxBytes()) {
            return Optional.of(bytes + " bytes in outboxes");
        }
        for (Direction direction : Direction.values()) {
            if (own.total(direction) > own.config().max(direction)) {
                return Optional.of(own.total(direction) + " channels " + direction);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> counts(ChannelState own) {
        ChannelState right = ChannelState.empty(own.config(), own.lastNumber());
        for (Map.Entry<String, Use> use : own.uses()) {
            right = right.withUse(use.getKey(), new Use(use.getValue().served(), Use.NONE.channels()));
        }
        for (Opening opening : own.openings().values()) {
            right = right.counted(opening.peer(), opening.protocol(), Direction.OUTBOUND, 1);
        }
        for (Channel channel : own.channels().values()) {
            right = right.counted(channel.peer(), channel.protocol(), channel.direction(), 1);
        }
        return right.uses().equals(own.uses()) && right.lanes().equals(own.lanes())
                ? Optional.empty()
                : Optional.of(own.uses() + " and " + own.lanes() + " are counted, and there are " + right.uses()
                        + " and " + right.lanes());
    }

    private static Optional<String> inboxes(ChannelState own) {
        for (Map.Entry<Handle, Channel> entry : own.channels()) {
            Inbox inbox = entry.getValue().inbox();
            // A read is under way just where the owner can take a message.
            boolean fits = switch (inbox.reading()) {
                case PAUSED -> inbox.credit() == 0;
                case UNDER_WAY ->
                    inbox.credit() > 0 && inbox.credit() <= own.config().maxCredit();
                case LOST, FINISHED -> true;
            };
            if (!fits) {
                return Optional.of(entry.getKey() + " has " + inbox);
            }
        }
        return Optional.empty();
    }

    private Optional<String> outboxes(ChannelState own) {
        for (Map.Entry<Handle, Channel> entry : own.channels()) {
            Channel channel = entry.getValue();
            Outbox outbox = channel.outbox();
            ChannelLimits limits =
                    catalogue.named(channel.protocol()).orElseThrow().limits();
            long bytes = 0;
            for (Queued queued : outbox.messages().values()) {
                bytes += queued.bytes();
            }
            boolean fits = bytes == outbox.bytes()
                    && bytes <= limits.outboxBytes()
                    && outbox.messages().size() <= limits.outboxMessages()
                    && (outbox.writing() == Writing.UNDER_WAY)
                            == !outbox.messages().isEmpty()
                    && (outbox.writing() != Writing.FINISHED || outbox.last());
            boolean isOver = channel.closed() && (channel.isFinished() || outbox.writing() != Writing.FINISHED);
            boolean isUntouched = outbox.sent() == 0 && channel.inbox().reading() == Reading.PAUSED;
            if (!fits || isOver || !(channel.taken() || isUntouched)) {
                return Optional.of(entry.getKey() + " has " + outbox);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> tickets(ChannelState own) {
        int awaited = 0;
        for (Map.Entry<Long, Opening> entry : own.openings()) {
            Ticket ticket = entry.getValue().ticket();
            if (!ticket.isNone()) {
                awaited++;
                if (!own.tickets().find(ticket).equals(Optional.of(entry.getKey()))) {
                    return Optional.of(ticket + " does not stand for the opening " + entry.getKey());
                }
            }
        }
        return awaited == own.tickets().size()
                ? Optional.empty()
                : Optional.of(own.tickets().size() + " tickets, and " + awaited + " openings that are awaited");
    }
}
