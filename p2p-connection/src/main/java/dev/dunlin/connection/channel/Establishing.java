package dev.dunlin.connection.channel;

import dev.dunlin.connection.ConnectionAction.Withdraw;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.Direction;
import dev.dunlin.connection.channel.ChannelAction.Accepted;
import dev.dunlin.connection.channel.ChannelAction.Offered;
import dev.dunlin.connection.channel.ChannelAction.Served;
import dev.dunlin.connection.channel.ChannelAction.StreamReady;
import dev.dunlin.connection.channel.ChannelOutcome.ChannelFailed;
import dev.dunlin.connection.channel.ChannelOutcome.ChannelOpened;
import dev.dunlin.connection.channel.ChannelState.Channel;
import dev.dunlin.connection.channel.ChannelState.Inbox;
import dev.dunlin.connection.channel.ChannelState.Opening;
import dev.dunlin.connection.channel.ChannelState.Outbox;
import dev.dunlin.connection.channel.ChannelState.Stage;
import dev.dunlin.connection.channel.ChannelState.Use;
import dev.dunlin.connection.peer.PeerAction.Reach;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.MissedDial;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Map;

/** The part of the reducer that is about channels that are not open yet. */
final class Establishing {

    private final Catalogue<ChannelProtocol<?, ?>> catalogue;
    private final ChannelState own;
    private final Context ctx;

    Establishing(Catalogue<ChannelProtocol<?, ?>> catalogue, ChannelState own, Context ctx) {
        this.catalogue = catalogue;
        this.own = own;
        this.ctx = ctx;
    }

    // Opening

    ChannelState wished(ChannelAction.Open wish) {
        long deadline = ctx.now() + wish.within();
        Opening opening = new Opening(
                wish.ticket(),
                wish.peer(),
                wish.addresses(),
                wish.protocol(),
                Stage.REACHING,
                MissedDial.NONE,
                deadline,
                deadline);
        return reaching(
                own.counted(wish.peer(), wish.protocol(), Direction.OUTBOUND, 1), own.lastNumber() + 1, opening);
    }

    private ChannelState reaching(ChannelState before, long number, Opening opening) {
        ctx.then(new Reach(opening.peer(), opening.addresses(), ticket(number)));
        return before.withOpening(
                number, opening.in(Stage.REACHING, opening.deadline()).with(MissedDial.NONE));
    }

    private static Ticket ticket(long number) {
        return new Ticket(ChannelMachine.NAME, number);
    }

    ChannelState reached(long number) {
        Opening opening = own.openings().at(number);
        List<String> ids = catalogue.named(opening.protocol()).orElseThrow().ids();
        ctx.then(new OpenStream(ticket(number), opening.peer(), ids));
        return own.withOpening(number, opening.in(Stage.OPENING, opening.deadline()));
    }

    ChannelState crowded(long number) {
        long again = ctx.now() + own.config().retry();
        return own.withOpening(number, own.openings().at(number).in(Stage.WAITING, again));
    }

    ChannelState due(long number) {
        Opening opening = own.openings().at(number);
        return ctx.now() >= opening.deadline()
                ? left(number, ConnectionError.Kind.TIMED_OUT, late(opening))
                : reaching(own, number, opening);
    }

    // How far it has come.
    private static String late(Opening opening) {
        return switch (opening.stage()) {
            case WAITING -> "there was no room for its dial or its stream";
            case REACHING -> opening.missed().late(0);
            case OPENING -> "no stream was opened";
        };
    }

    /** A dial has failed at one address. */
    ChannelState dialMissed(ChannelAction.DialMissed fact) {
        if (!own.lanes().has(fact.peer())) {
            return own;
        }
        MissedDial missed = MissedDial.of(fact.why(), fact.address(), ctx.now());
        ChannelState after = own;
        for (Map.Entry<Long, Opening> opening : own.openings()) {
            boolean waits = opening.getValue().stage() == Stage.REACHING;
            if (waits && opening.getValue().peer().equals(fact.peer())) {
                after = after.withOpening(opening.getKey(), opening.getValue().with(missed));
            }
        }
        return after;
    }

    ChannelState cancelled(Ticket ticket) {
        return left(own.tickets().at(ticket), ConnectionError.Kind.CANCELLED, "the channel is no longer wanted");
    }

    private ChannelState left(long number, ConnectionError.Kind why, String text) {
        Opening opening = own.openings().at(number);
        if (opening.stage() == Stage.REACHING) {
            ctx.then(new Withdraw(opening.peer(), ticket(number)));
        }
        return failed(number, ConnectionError.of(why, text));
    }

    ChannelState failed(long number, ConnectionError error) {
        Opening opening = own.openings().at(number);
        ctx.then(new ChannelFailed(opening.ticket(), opening.peer(), opening.protocol(), error));
        return own.withoutOpening(number).counted(opening.peer(), opening.protocol(), Direction.OUTBOUND, -1);
    }

    ChannelState ready(StreamReady fact) {
        Opening opening = own.openings().find(fact.opening()).orElse(null);
        if (opening == null || opening.stage() != Stage.OPENING) {
            // It came too late.
            ctx.then(new CloseStream(fact.channel(), CloseMode.RESET));
            return own;
        }
        ChannelProtocol<?, ?> protocol = catalogue.named(opening.protocol()).orElseThrow();
        ctx.then(new ChannelOpened(
                opening.ticket(), fact.channel(), fact.connection(), opening.peer(), protocol.name()));
        Channel channel = new Channel(
                opening.peer(),
                protocol.name(),
                Direction.OUTBOUND,
                true,
                Inbox.EMPTY,
                Outbox.EMPTY,
                false,
                ctx.now() + protocol.limits().idle());
        return own.withoutOpening(fact.opening()).withChannels(own.channels().with(fact.channel(), channel));
    }

    // Serving

    ChannelState serves(String name, boolean served) {
        if (own.serves(name) == served) {
            return own;
        }
        ChannelProtocol<?, ?> protocol = catalogue.named(name).orElseThrow();
        ctx.effect(
                served ? new ChannelEffect.ServeInit(protocol.ids()) : new ChannelEffect.UnserveInit(protocol.ids()));
        ctx.then(new Served(name, protocol.ids(), served));
        return own.withUse(name, new Use(served, own.use(name).channels()));
    }

    ChannelState offered(Offered fact) {
        String protocol = catalogue.onWire(fact.id()).orElseThrow().name();
        boolean fits = own.serves(protocol)
                && new Places(catalogue)
                        .refusal(own, fact.peer(), protocol, Direction.INBOUND)
                        .isEmpty();
        if (!fits) {
            ctx.then(new CloseStream(fact.channel(), CloseMode.RESET));
            return own;
        }
        ctx.then(new Accepted(fact.channel(), fact.connection(), fact.peer(), protocol));
        Channel channel = new Channel(
                fact.peer(),
                protocol,
                Direction.INBOUND,
                false,
                Inbox.EMPTY,
                Outbox.EMPTY,
                false,
                ctx.now() + own.config().takeWithin());
        return own.counted(fact.peer(), protocol, Direction.INBOUND, 1)
                .withChannels(own.channels().with(fact.channel(), channel));
    }
}
