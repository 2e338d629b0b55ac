package dev.dunlin.connection.exchange;

import dev.dunlin.connection.exchange.ExchangeAction.AskCame;
import dev.dunlin.connection.exchange.ExchangeAction.Asked;
import dev.dunlin.connection.exchange.ExchangeAction.Offered;
import dev.dunlin.connection.exchange.ExchangeAction.Served;
import dev.dunlin.connection.exchange.ExchangeEffect.Then;
import dev.dunlin.connection.exchange.ExchangeState.Inbound;
import dev.dunlin.connection.exchange.ExchangeState.Lane;
import dev.dunlin.connection.exchange.ExchangeState.Side;
import dev.dunlin.connection.exchange.ExchangeState.Use;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The part of the reducer that is about what others ask this node. */
final class Answering {

    private static final long SECOND = 1_000_000;

    private final Catalogue<Protocol<?, ?>> catalogue;
    private final Context ctx;
    private ExchangeState own;

    Answering(Catalogue<Protocol<?, ?>> catalogue, ExchangeState own, Context ctx) {
        this.catalogue = catalogue;
        this.own = own;
        this.ctx = ctx;
    }

    private ProtocolLimits limits(Inbound stream) {
        return catalogue.named(stream.protocol()).orElseThrow().limits();
    }

    ExchangeState serves(String name, boolean served) {
        Use use = own.use(name);
        if (use.served() == served) {
            return own;
        }
        Protocol<?, ?> protocol = catalogue.named(name).orElseThrow();
        List<String> ids = own.config().names().of(protocol);
        ctx.effect(served ? new ExchangeEffect.ServeInit(ids) : new ExchangeEffect.UnserveInit(ids));
        ctx.then(new Served(name, ids, served));
        return own.withUse(name, new Use(served, use.asks(), use.waiting(), use.inbound()));
    }

    ExchangeState offered(Offered fact) {
        Protocol<?, ?> protocol =
                own.config().names().onWire(fact.id(), catalogue).orElseThrow();
        Use use = own.use(protocol.name());
        Lane lane = own.lane(fact.peer(), protocol.name());
        boolean hasPlace = use.served()
                && use.inbound() < protocol.limits().inbound()
                && lane.inbound() < protocol.limits().inboundPerPeer()
                && own.inbound().size() < own.config().maxInbound()
                && (own.lanes().has(fact.peer())
                        || own.lanes().size() < own.config().maxPeers());
        if (!hasPlace) {
            ctx.then(new CloseStream(fact.stream(), CloseMode.RESET));
            return own;
        }
        Inbound stream = new Inbound(fact.peer(), fact.connection(), protocol.name(), Side.READING, 0, ctx.now());
        counted(stream, 1);
        if (readsFrom(stream) > ctx.now()) {
            own = own.withInbound(own.inbound().with(fact.stream(), stream.in(Side.RESTING, 0, readsFrom(stream))));
        } else {
            reads(fact.stream(), stream, limits(stream).transferWithin());
        }
        return own;
    }

    /** Connections to a peer, or one of them, are about to end: streams on which it has asked and now asks nothing do not hold them. */
    ExchangeState parting(PeerId peer, Optional<Handle> connection) {
        boolean asks =
                own.lanes().or(peer, ExchangeState.Lanes.NONE).each().stream().anyMatch(lane -> lane.inbound() > 0);
        List<Handle> between = new ArrayList<>();
        if (asks) {
            own.inbound().each((handle, stream) -> {
                if (stream.peer().equals(peer)
                        && connection
                                .filter(one -> !one.equals(stream.connection()))
                                .isEmpty()
                        && stream.number() > 0
                        && (stream.side() == Side.READING || stream.side() == Side.RESTING)) {
                    between.add(handle);
                }
            });
        }
        between.forEach(handle -> left(handle, CloseMode.CLOSE));
        return own;
    }

    private void reads(Handle handle, Inbound stream, long within) {
        own = own.withInbound(own.inbound().with(handle, stream.in(Side.READING, stream.number(), ctx.now() + within)));
        ctx.effect(new ExchangeEffect.ReadInit(handle, stream.protocol()));
    }

    ExchangeState asked(AskCame fact) {
        Inbound stream = own.inbound().at(fact.stream());
        if (!own.serves(stream.protocol())) {
            return left(fact.stream(), CloseMode.RESET);
        }
        long number = own.lastNumber() + 1;
        Lane lane = own.lane(stream.peer(), stream.protocol());
        own = own.withLastNumber(number)
                .withLane(
                        stream.peer(),
                        lane.asked(Math.max(lane.used(), ctx.now())
                                + limits(stream).askEvery()))
                .withBusy(
                        Math.max(own.busy(), ctx.now()) + SECOND / own.config().answerRate())
                .withQuestions(own.questions().with(number, fact.stream()))
                .withInbound(own.inbound()
                        .with(
                                fact.stream(),
                                stream.in(
                                        Side.ASKED,
                                        number,
                                        ctx.now() + limits(stream).answerWithin())));
        ctx.then(new Asked(
                number,
                fact.stream(),
                stream.connection(),
                stream.peer(),
                own.remotes().find(stream.connection()),
                stream.protocol(),
                fact.message()));
        return own;
    }

    ExchangeState replied(ExchangeAction.Reply wish) {
        Handle handle = own.questions().at(wish.number());
        Inbound stream = own.inbound().at(handle);
        ProtocolLimits limits = limits(stream);
        boolean goesOn = limits.reuseStream() && own.serves(stream.protocol());
        Then then = !goesOn ? Then.END : readsFrom(stream) > ctx.now() ? Then.REST : Then.READ;
        ctx.effect(new ExchangeEffect.ReplyInit(handle, stream.protocol(), wish.message(), then));
        Inbound next = then == Then.READ
                ? stream.in(Side.READING, wish.number(), ctx.now() + limits.idle())
                : stream.in(Side.REPLYING, wish.number(), ctx.now() + limits.transferWithin());
        own = own.withQuestions(own.questions().without(wish.number()))
                .withInbound(own.inbound().with(handle, next));
        return own;
    }

    // Each question moves its peer's time by one pause, and this node's by its share of a second.
    // Who asks no more often than that is never behind either.
    private long readsFrom(Inbound stream) {
        ProtocolLimits limits = limits(stream);
        long ofPeer = own.lane(stream.peer(), stream.protocol()).used() - limits.askBurst() * limits.askEvery();
        return Math.max(ofPeer, own.busy() - SECOND);
    }

    ExchangeState refused(long number) {
        Handle handle = own.questions().at(number);
        ctx.then(new CloseStream(handle, CloseMode.RESET));
        return without(handle);
    }

    ExchangeState sent(Handle handle) {
        Inbound stream = own.inbound().at(handle);
        if (!limits(stream).reuseStream() || !own.serves(stream.protocol())) {
            tellEnd(handle, stream, true);
            ctx.then(new CloseStream(handle, CloseMode.CLOSE));
            return without(handle);
        }
        long from = Math.max(ctx.now() + 1, readsFrom(stream));
        own = own.withInbound(own.inbound().with(handle, stream.in(Side.RESTING, stream.number(), from)));
        return own;
    }

    /** A stream's time is over: a resting one is read again, every other given up. */
    ExchangeState due(Handle handle) {
        Inbound stream = own.inbound().at(handle);
        if (stream.side() != Side.RESTING) {
            return left(handle, CloseMode.RESET);
        }
        boolean isFirst = stream.number() == 0;
        reads(
                handle,
                stream,
                isFirst ? limits(stream).transferWithin() : limits(stream).idle());
        return own;
    }

    /** A stream is given up by this side. */
    ExchangeState left(Handle handle, CloseMode mode) {
        ctx.then(new CloseStream(handle, mode));
        return ended(handle);
    }

    /** A stream is over. */
    ExchangeState ended(Handle handle) {
        Inbound stream = own.inbound().at(handle);
        if (stream.side() == Side.ASKED || stream.side() == Side.REPLYING) {
            tellEnd(handle, stream, false);
        }
        return without(handle);
    }

    private void tellEnd(Handle handle, Inbound stream, boolean isWritten) {
        if (limits(stream).tellsEnd()) {
            ctx.then(new ExchangeAction.AnswerEnded(stream.number(), handle, stream.protocol(), isWritten));
        }
    }

    private ExchangeState without(Handle handle) {
        Inbound stream = own.inbound().at(handle);
        own = own.withInbound(own.inbound().without(handle))
                .withQuestions(
                        stream.side() == Side.ASKED ? own.questions().without(stream.number()) : own.questions());
        counted(stream, -1);
        return own;
    }

    private void counted(Inbound stream, int change) {
        Use use = own.use(stream.protocol());
        Lane lane = own.lane(stream.peer(), stream.protocol());
        own = own.withUse(stream.protocol(), use.plus(0, 0, change)).withLane(stream.peer(), lane.plus(0, 0, change));
    }
}
