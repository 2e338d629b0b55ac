package dev.dunlin.connection.exchange;

import dev.dunlin.connection.ConnectionAction.Withdraw;
import dev.dunlin.connection.exchange.ExchangeAction.AnswerCame;
import dev.dunlin.connection.exchange.ExchangeAction.AnswerMissing;
import dev.dunlin.connection.exchange.ExchangeOutcome.Answered;
import dev.dunlin.connection.exchange.ExchangeOutcome.AskFailed;
import dev.dunlin.connection.exchange.ExchangeState.Ask;
import dev.dunlin.connection.exchange.ExchangeState.Lane;
import dev.dunlin.connection.exchange.ExchangeState.Lanes;
import dev.dunlin.connection.exchange.ExchangeState.Outbound;
import dev.dunlin.connection.exchange.ExchangeState.Stage;
import dev.dunlin.connection.exchange.ExchangeState.Use;
import dev.dunlin.connection.exchange.ExchangeState.Want;
import dev.dunlin.connection.peer.PeerAction.Reach;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.MissedDial;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction.CloseStream;
import dev.dunlin.connection.stream.StreamAction.OpenStream;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The part of the reducer that is about this node's asks. */
final class Asking {

    /** So often a stream that had been used before may fail the next ask; then each ask of the peer gets one of its own. */
    static final int UNFIT = 3;

    /** How long it is remembered, though nothing is under way, microseconds: 10 min. */
    private static final long REMEMBERED = 600_000_000;

    /** An ask that finds no room for its dial gives its place to the next, which may find none either: up to so many at once. */
    private static final int DIALS_WAITING = 32;

    private static final String UNSUPPORTED = "the peer does not speak the protocol";

    private final Catalogue<Protocol<?, ?>> catalogue;
    private final Context ctx;
    private ExchangeState own;

    Asking(Catalogue<Protocol<?, ?>> catalogue, ExchangeState own, Context ctx) {
        this.catalogue = catalogue;
        this.own = own;
        this.ctx = ctx;
    }

    private Protocol<?, ?> protocol(String name) {
        return catalogue.named(name).orElseThrow();
    }

    private ProtocolLimits limits(String name) {
        return protocol(name).limits();
    }

    /** Whether an ask would have a place now. */
    static boolean hasPlace(ExchangeState own, PeerId peer, Protocol<?, ?> protocol) {
        return own.use(protocol.name()).asks() < protocol.limits().outbound()
                && own.lane(peer, protocol.name()).asks() < protocol.limits().outboundPerPeer();
    }

    ExchangeState asked(ExchangeAction.Ask wish) {
        long number = own.lastNumber() + 1;
        long bytes = Content.bytes(wish.message());
        long deadline = ctx.now() + wish.within();
        own = own.withBytes(own.bytes() + bytes);
        if (!wish.ticket().isNone()) {
            own = own.withTicket(wish.ticket(), number);
        }
        placed(
                number,
                new Ask(
                        wish.ticket(),
                        wish.peer(),
                        wish.addresses(),
                        wish.dial(),
                        wish.protocol(),
                        wish.message(),
                        bytes,
                        false,
                        deadline,
                        new Stage.Waiting(Want.PLACE),
                        deadline));
        return own;
    }

    // To its place, or to those that wait for one.
    private void placed(long number, Ask ask) {
        if (hasPlace(own, ask.peer(), protocol(ask.protocol()))) {
            use(ask, use -> use.plus(1, 0, 0));
            lane(ask, lane -> lane.plus(1, 0, 0));
            begun(number, ask);
        } else {
            boolean ofPeer = own.lane(ask.peer(), ask.protocol()).asks()
                    >= limits(ask.protocol()).outboundPerPeer();
            waits(number, ask, ofPeer ? Want.PLACE : Want.PROTOCOL, ask.deadline());
        }
    }

    private void waits(long number, Ask ask, Want want, long until) {
        use(ask, use -> use.plus(0, 1, 0));
        lane(ask, lane -> lane.plus(0, 1, 0));
        own = own.withAsk(number, ask.in(new Stage.Waiting(want), until));
    }

    // One that waited is placed anew; it waits on, in the queue that is right now, if there is no place.
    private void again(long number) {
        Ask ask = own.asks().at(number);
        waitsNoLonger(ask);
        placed(number, ask);
    }

    // On a stream that may be used again, the one used last first, or by way of a connection.
    private void begun(long number, Ask ask) {
        Lane lane = own.lane(ask.peer(), ask.protocol());
        if (!ask.again() && !lane.idle().isEmpty()) {
            Handle stream = lane.idle().getLast();
            lane(ask, any -> without(any, stream));
            asksOn(stream, own.outbound().at(stream), number, ask);
        } else if (ask.dial()) {
            own = own.withAsk(number, ask.in(new Stage.Reaching(ctx.now())));
            ctx.then(new Reach(ask.peer(), ask.addresses(), ticket(number)));
        } else {
            opens(number, ask);
        }
    }

    private static Ticket ticket(long number) {
        return new Ticket(ExchangeMachine.NAME, number);
    }

    private void opens(long number, Ask ask) {
        own = own.withAsk(number, ask.in(new Stage.Opening()));
        List<String> ids = own.config().names().of(protocol(ask.protocol()));
        // With one name on the wire the question travels with it.
        ctx.then(new OpenStream(ticket(number), ask.peer(), ids, ids.size() == 1));
    }

    private void asksOn(Handle stream, Outbound known, long number, Ask ask) {
        own = own.withAsk(number, ask.in(new Stage.Asking(stream)))
                .withOutbound(own.outbound().with(stream, known.in(number, known.uses(), Due.NEVER)));
        ctx.effect(new ExchangeEffect.AskInit(stream, number, ask.protocol(), ask.message(), keeps(ask)));
    }

    private boolean keeps(Ask ask) {
        return limits(ask.protocol()).reuseStream()
                && own.lane(ask.peer(), ask.protocol()).broken() < UNFIT;
    }

    ExchangeState cancelled(Ticket ticket) {
        long number = own.tickets().at(ticket);
        Ask ask = own.asks().at(number);
        dropped(number, ask);
        failed(number, ask, AskFailure.CANCELLED, "");
        return own;
    }

    ExchangeState reached(long number) {
        Ask ask = own.asks().at(number);
        opens(number, ask);
        // A dial has ended: another may begin.
        own.first(Turn.DIAL).ifPresent(this::again);
        return own;
    }

    ExchangeState missed(long number, AskFailure why, String detail) {
        failed(number, own.asks().at(number), why, detail);
        return own;
    }

    /** There is no room for its dial or stream: it waits for some, and others have its place meanwhile. */
    ExchangeState crowded(long number, Want want) {
        Ask ask = own.asks().at(number);
        leaves(ask);
        waits(number, ask, want, ctx.now() + own.config().retry());
        if (want == Want.STREAM) {
            // A stream that is kept for later asks makes room for one of now.
            own.outbound().due(Due.NEVER - 1, 1).forEach(this::idled);
        }
        if (own.isShorter(Turn.DIAL, DIALS_WAITING)) {
            next(ask.peer(), ask.protocol(), false);
        }
        return own;
    }

    ExchangeState ready(long number, Handle stream, Handle connection) {
        Ask ask = own.asks().find(number).orElse(null);
        if (ask != null && ask.stage() instanceof Stage.Opening) {
            asksOn(stream, new Outbound(ask.peer(), connection, ask.protocol(), number, 0, Due.NEVER), number, ask);
        } else {
            // It came too late.
            ctx.then(new CloseStream(stream, CloseMode.RESET));
        }
        return own;
    }

    ExchangeState answered(AnswerCame fact) {
        Ask ask = own.asks().at(fact.ask());
        Outbound stream = own.outbound().at(fact.stream());
        boolean kept = keeps(ask);
        own = own.withOutbound(
                kept
                        ? own.outbound()
                                .with(
                                        fact.stream(),
                                        stream.in(
                                                0,
                                                stream.uses() + 1,
                                                ctx.now()
                                                        + limits(ask.protocol()).idle()))
                        : own.outbound().without(fact.stream()));
        if (kept) {
            lane(ask, lane -> lane.with(joined(lane.idle(), fact.stream())));
        } else {
            ctx.then(new CloseStream(fact.stream(), CloseMode.CLOSE));
        }
        ended(
                fact.ask(),
                ask,
                new Answered(
                        ask.ticket(),
                        ask.peer(),
                        stream.connection(),
                        own.remotes().find(stream.connection()),
                        ask.protocol(),
                        fact.message(),
                        fact.took()));
        return own;
    }

    ExchangeState unanswered(AnswerMissing fact) {
        Ask ask = own.asks().at(fact.ask());
        boolean usedBefore = own.outbound().at(fact.stream()).uses() > 0;
        dropped(fact.ask(), ask);
        if (usedBefore && fact.why() == AskFailure.RESET) {
            lane(ask, lane -> lane.brokenOnceMore(ctx.now() + REMEMBERED));
            begun(fact.ask(), ask.onceMore());
        } else {
            failed(fact.ask(), ask, fact.why(), fact.detail());
        }
        return own;
    }

    ExchangeState due(long number) {
        Ask ask = own.asks().at(number);
        if (ctx.now() >= ask.deadline()) {
            dropped(number, ask);
            failed(number, ask, AskFailure.TIMED_OUT, late(ask));
        } else {
            // It waited for room.
            again(number);
        }
        return own;
    }

    // How far it has come.
    private String late(Ask ask) {
        return switch (ask.stage()) {
            case Stage.Waiting(Want want) ->
                switch (want) {
                    case PLACE, PROTOCOL -> "as many asks are under way as the protocol's limits allow";
                    case DIAL -> "there was no room for its dial";
                    case STREAM -> "there was no room for its stream";
                };
            case Stage.Reaching(long since) ->
                own.lanes().at(ask.peer()).missed().late(since);
            case Stage.Opening _ -> "no stream was opened";
            case Stage.Asking _ -> "no answer came";
        };
    }

    /** A dial has failed at one address. */
    ExchangeState dialMissed(ExchangeAction.DialMissed fact) {
        MissedDial missed = MissedDial.of(fact.why(), fact.address(), ctx.now());
        return own.lanes().has(fact.peer())
                ? own.withLanes(fact.peer(), own.lanes().at(fact.peer()).with(missed))
                : own;
    }

    /** A stream is over. */
    ExchangeState ended(Handle stream, EndReason reason) {
        Outbound known = own.outbound().at(stream);
        if (known.ask() == 0) {
            own = own.withOutbound(own.outbound().without(stream));
            lane(known.peer(), known.protocol(), lane -> without(lane, stream));
        } else if (reason == EndReason.UNSUPPORTED) {
            own = own.withOutbound(own.outbound().without(stream));
            failed(known.ask(), own.asks().at(known.ask()), AskFailure.UNSUPPORTED, UNSUPPORTED);
        }
        // Otherwise whoever asks on it is told by the answer that does not come.
        return own;
    }

    ExchangeState idled(Handle stream) {
        ctx.then(new CloseStream(stream, CloseMode.CLOSE));
        return ended(stream, EndReason.CLOSED);
    }

    /** No new streams are to be opened on connections to a peer, or on one of them: what is kept there for later asks goes. */
    ExchangeState parting(PeerId peer, Optional<Handle> connection) {
        for (Lane lane : own.lanes().or(peer, Lanes.NONE).each()) {
            for (Handle stream : lane.idle()) {
                if (connection.isEmpty()
                        || own.outbound().at(stream).connection().equals(connection.get())) {
                    idled(stream);
                }
            }
        }
        return own;
    }

    private void dropped(long number, Ask ask) {
        switch (ask.stage()) {
            case Stage.Asking(Handle stream) -> {
                own = own.withOutbound(own.outbound().without(stream));
                ctx.then(new CloseStream(stream, CloseMode.RESET));
            }
            case Stage.Reaching _ -> ctx.then(new Withdraw(ask.peer(), ticket(number)));
            case Stage.Waiting _, Stage.Opening _ -> {}
        }
    }

    private void failed(long number, Ask ask, AskFailure why, String detail) {
        ended(number, ask, new AskFailed(ask.ticket(), ask.peer(), ask.protocol(), why, detail));
    }

    private void ended(long number, Ask ask, Outcome outcome) {
        boolean hadPlace = !(own.asks().at(number).stage() instanceof Stage.Waiting);
        if (hadPlace) {
            leaves(ask);
        } else {
            waitsNoLonger(ask);
        }
        own = own.withoutAsk(number);
        if (!ask.ticket().isNone()) {
            ctx.then(outcome);
        }
        if (hadPlace) {
            next(ask.peer(), ask.protocol(), true);
            // Its dial or its stream has ended, too.
            own.first(Turn.DIAL).ifPresent(this::again);
            own.first(Turn.STREAM).ifPresent(this::again);
        }
    }

    private void waitsNoLonger(Ask ask) {
        use(ask, use -> use.plus(0, -1, 0));
        lane(ask, lane -> lane.plus(0, -1, 0));
    }

    private void leaves(Ask ask) {
        use(ask, use -> use.plus(-1, 0, 0));
        lane(ask, lane -> lane.plus(-1, 0, 0));
    }

    // A place of a protocol with a peer is free: whoever has waited longest gets it, of that peer's or of all others.
    private void next(PeerId peer, String protocol, boolean ofPeerToo) {
        Optional<Long> ofPeer = ofPeerToo ? own.first(Turn.ofPeer(peer, protocol)) : Optional.empty();
        Optional<Long> ofAny = own.first(Turn.ofProtocol(protocol));
        while (ofAny.isPresent() && (ofPeer.isEmpty() || ofAny.get() < ofPeer.get())) {
            again(ofAny.get());
            if (!(own.asks().at(ofAny.get()).stage() instanceof Stage.Waiting)) {
                return;
            }
            // Its peer has had its share meanwhile: it waits for that peer's others now.
            Optional<Long> following = own.first(Turn.ofProtocol(protocol));
            if (following.equals(ofAny)) {
                return;
            }
            ofAny = following;
        }
        ofPeer.ifPresent(this::again);
    }

    private static Lane without(Lane lane, Handle stream) {
        List<Handle> idle = new ArrayList<>(lane.idle());
        idle.remove(stream);
        return lane.with(idle);
    }

    private static List<Handle> joined(List<Handle> some, Handle last) {
        List<Handle> all = new ArrayList<>(some);
        all.add(last);
        return all;
    }

    private void use(Ask ask, UnaryOperator<Use> change) {
        own = own.withUse(ask.protocol(), change.apply(own.use(ask.protocol())));
    }

    private void lane(Ask ask, UnaryOperator<Lane> change) {
        lane(ask.peer(), ask.protocol(), change);
    }

    private void lane(PeerId peer, String protocol, UnaryOperator<Lane> change) {
        own = own.withLane(peer, change.apply(own.lane(peer, protocol)));
    }
}
