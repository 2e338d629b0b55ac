package dev.dunlin.connection.exchange;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionConfig;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ConnectionOutcome.ConnectDone;
import dev.dunlin.connection.ConnectionOutcome.ConnectGaveUp;
import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.NoRoom;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.connection.protocol.WireNames;
import dev.dunlin.connection.stream.StreamAction.OpenFailed;
import dev.dunlin.connection.stream.StreamAction.StreamAccepted;
import dev.dunlin.connection.stream.StreamAction.StreamClosed;
import dev.dunlin.connection.stream.StreamAction.StreamOpened;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeOutcome.Refused;
import java.util.List;
import java.util.Optional;

/** The exchange machine, for the protocols that a node can speak. Its streams' handles are held by the stream machine. */
public final class ExchangeMachine {

    /** Its name. */
    public static final String NAME = "exchange";

    /** Most bytes of configuration ({@code exchange.maxBytes} and the like at their most), and what each entry takes beside. */
    private static final long MOST_ASKS = 65_536;

    private static final long MOST_INBOUND = 65_536;
    private static final long MOST_PEERS = 16_384;
    private static final long MOST_BYTES = 1L << 30;
    private static final long ENTRY = 1024;

    private ExchangeMachine() {}

    /** The registration, for these protocols. */
    public static Machine<Object, ExchangeState, ExchangeAction> of(List<Protocol<?, ?>> protocols) {
        Catalogue<Protocol<?, ?>> catalogue = new Catalogue<>(protocols);
        ExchangeReducer reducer = new ExchangeReducer(catalogue);
        return Machine.of(NAME, ExchangeState.INITIAL)
                .actions(ExchangeAction.class, ExchangeEffect.class, ExchangeOutcome.class)
                .union(Message.class, catalogue.messages())
                .text(Turn.TEXT)
                .settings(ExchangeConfig.SETTINGS)
                .boots(reducer::boot)
                .configures((own, config, now) -> own.withConfig(reducer.configured(config)))
                .guards(new ExchangeGuards(catalogue).all())
                .reduces(reducer::reduce)
                .due(ExchangeAction.AskDue.class, ExchangeState::asks, ExchangeAction.AskDue::new)
                .due(ExchangeAction.StreamDue.class, ExchangeState::outbound, ExchangeAction.StreamDue::new)
                .due(ExchangeAction.StreamDue.class, ExchangeState::inbound, ExchangeAction.StreamDue::new)
                .due(ExchangeAction.Forget.class, ExchangeState::lanes, ExchangeAction.Forget::new)
                .onOutcome(ConnectDone.class, (ticket, fact) -> new ExchangeAction.Reached(ticket.key()))
                .onOutcome(
                        ConnectGaveUp.class,
                        (ticket, fact) -> new ExchangeAction.Unreached(
                                ticket.key(),
                                fact.error().kind() == ConnectionError.Kind.CANCELLED
                                        ? AskFailure.CANCELLED
                                        : AskFailure.UNREACHABLE,
                                fact.error().text()))
                .onOutcome(Refused.class, (ticket, fact) -> refused(ticket.key(), fact))
                .onOutcome(
                        StreamOpened.class,
                        (ticket, fact) ->
                                new ExchangeAction.StreamReady(ticket.key(), fact.stream(), fact.connection()))
                .onOutcome(
                        OpenFailed.class,
                        (ticket, fact) -> new ExchangeAction.StreamMissing(
                                ticket.key(),
                                why(fact.error().kind()),
                                fact.error().text()))
                .on(
                        StreamAccepted.class,
                        fact -> WireNames.mayBe(fact.protocol(), catalogue),
                        fact -> new ExchangeAction.Offered(
                                fact.stream(), fact.connection(), fact.peer(), fact.protocol()))
                .on(
                        StreamClosed.class,
                        fact -> WireNames.mayBe(fact.protocol(), catalogue),
                        fact -> new ExchangeAction.StreamEnded(fact.stream(), fact.reason()))
                .on(
                        ConnectionAction.Connected.class,
                        fact -> new ExchangeAction.Linked(fact.connection(), fact.peer(), fact.address()))
                .on(
                        ConnectionAction.Accepted.class,
                        fact -> new ExchangeAction.Linked(fact.connection(), fact.peer(), hostOf(fact.remoteAddress())))
                .on(ConnectionAction.Closed.class, fact -> new ExchangeAction.Unlinked(fact.connection(), fact.peer()))
                .on(
                        PeerAction.DialFailed.class,
                        fact -> new ExchangeAction.DialMissed(fact.peer(), fact.address(), fact.why()))
                .on(
                        ConnectionAction.WentAway.class,
                        fact -> new ExchangeAction.Parting(fact.peer(), Optional.of(fact.connection())))
                .on(
                        ConnectionAction.Disconnect.class,
                        wish -> new ExchangeAction.Parting(wish.peer(), Optional.empty()))
                .on(ConnectionAction.Ban.class, wish -> new ExchangeAction.Parting(wish.peer(), Optional.empty()))
                .on(ConnectionAction.Reset.class, wish -> new ExchangeAction.Parting(wish.peer(), Optional.empty()))
                .transitions("""
                        running: ask, cancel, serve, unserve, served, reply, refuse, dialMissed, parting, linked, unlinked, forget

                        waiting > asking: answerCame, answerMissing, askDue, cancel, reached, streamEnded, streamMissing, unreached
                        asking > waiting: crowded
                        waiting > noAsk: askDue, cancel, booted
                        asking > noAsk: answerCame, answerMissing, askDue, cancel, streamEnded, streamMissing, unreached, booted
                        asking: reached, streamReady, answerMissing
                        waiting: askDue
                        noAsk: streamReady

                        idle > carrying: ask
                        carrying > idle: answerCame
                        carrying > noStream: answerCame, answerMissing, askDue, cancel, streamEnded, booted
                        idle > noStream: crowded, parting, streamDue, streamEnded, booted
                        carrying: streamEnded

                        noStream > reading: offered
                        noStream > resting: offered
                        reading > asked: askCame
                        asked > reading: reply
                        asked > replying: reply
                        replying > resting: replySent
                        resting > reading: streamDue
                        reading > noStream: askCame, askMissing, parting, replyMissing, streamDue, streamEnded, booted
                        asked > noStream: refuse, streamDue, streamEnded, booted
                        replying > noStream: replySent, replyMissing, streamDue, streamEnded, booted
                        resting > noStream: parting, streamEnded, booted
                        asked: asked
                        noStream: answerEnded
                        noStream: offered, streamEnded""")
                .defaulted("exchange", "remotes", "{}")
                .defaulted("exchange/answered", "from", "null")
                .defaulted("exchange/asked", "from", "null")
                .phases(ExchangeState::nameOf)
                .invariants(ExchangeInvariants.ALL)
                .budget(MOST_BYTES
                        + MOST_ASKS * (ENTRY + ConnectionAction.MAX_ADDRESSES * 2L * Multiaddr.MAX_BYTES)
                        + MOST_INBOUND * ENTRY
                        + ConnectionConfig.MOST_PEERS * ENTRY
                        + MOST_PEERS * ENTRY * (1 + protocols.size()));
    }

    /** The port of who has dialled is none at which it listens. */
    private static Multiaddr hostOf(Multiaddr address) {
        return address.host().map(host -> Multiaddr.of(List.of(host))).orElse(address);
    }

    private static ExchangeAction refused(long ask, Refused fact) {
        boolean dial = NoRoom.isOfDial(fact);
        if (NoRoom.passes(fact)) {
            return new ExchangeAction.Crowded(ask, dial ? ExchangeState.Want.DIAL : ExchangeState.Want.STREAM);
        }
        String why = Refusals.why(fact);
        // That this node stops says nothing of the peer.
        AskFailure failure = fact.clause().equals("not-draining") ? AskFailure.CANCELLED : AskFailure.UNREACHABLE;
        return dial
                ? new ExchangeAction.Unreached(ask, failure, why)
                : new ExchangeAction.StreamMissing(ask, failure, why);
    }

    private static AskFailure why(ConnectionError.Kind kind) {
        return switch (kind) {
            case NO_COMMON_PROTOCOL -> AskFailure.UNSUPPORTED;
            case TIMED_OUT -> AskFailure.TIMED_OUT;
            case LIMIT -> AskFailure.BUSY;
            case CANCELLED -> AskFailure.CANCELLED;
            case UNREACHABLE,
                    REFUSED,
                    RESOLUTION_FAILED,
                    UNSUPPORTED_ADDRESS,
                    WRONG_PEER,
                    ADDRESS_UNAVAILABLE,
                    NOT_CONNECTED -> AskFailure.UNREACHABLE;
            case HANDSHAKE_FAILED, CONNECTION_CLOSED, NODE_RESTARTED, IO -> AskFailure.RESET;
        };
    }
}
