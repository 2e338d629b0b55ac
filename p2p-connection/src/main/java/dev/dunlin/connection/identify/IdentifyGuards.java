package dev.dunlin.connection.identify;

import dev.dunlin.connection.identify.IdentifyAction.Received;
import dev.dunlin.connection.identify.IdentifyAction.Speak;
import dev.dunlin.connection.identify.IdentifyState.Asking;
import dev.dunlin.connection.identify.IdentifyState.Kind;
import dev.dunlin.connection.identify.IdentifyState.Push;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Operand;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;

/** The enabling conditions of the identify machine. */
final class IdentifyGuards {

    /** The most listeners whose addresses we tell. */
    static final int MAX_LISTENERS = 64;

    /** What one peer may tell, whatever the service reads: the byte budget is made for it. */
    static final IdentifyLimits LIMITS = IdentifyLimits.DEFAULT;

    /** The most bytes of the addresses of one signed record: its envelope has no more. */
    static final int MAX_RECORD_BYTES = 8192;

    private IdentifyGuards() {}

    private static final Clause<Object, IdentifyState, Received> WITHIN_LIMITS = Clauses.when(
            "within-limits",
            (own, action) -> isWithinLimits(action.identified()),
            (own, action) -> List.of(
                    Operand.of("protocols", action.identified().protocols().size()),
                    Operand.of(
                            "addresses", action.identified().listenAddresses().size())));

    private static boolean isWithinLimits(Identified said) {
        boolean texts = said.protocolVersion().map(String::length).orElse(0) <= LIMITS.textBytes()
                && said.agentVersion().map(String::length).orElse(0) <= LIMITS.textBytes()
                && said.protocols().stream().allMatch(protocol -> protocol.length() <= LIMITS.textBytes());
        long bytes = addressBytes(said.listenAddresses())
                + said.protocols().stream().mapToLong(String::length).sum();
        return texts
                && said.protocols().size() <= LIMITS.protocols()
                && said.listenAddresses().size() <= LIMITS.addresses()
                && bytes <= LIMITS.keptBytes()
                && said.record().map(record -> addressBytes(record.addresses())).orElse(0L) <= MAX_RECORD_BYTES;
    }

    private static long addressBytes(List<Multiaddr> addresses) {
        return addresses.stream().mapToLong(address -> address.toBytes().length).sum();
    }

    private static <A extends IdentifyAction> Clause<Object, IdentifyState, A> streamIsNew(Function<A, Handle> stream) {
        return Clauses.absent("stream-is-new", IdentifyState::exchanges, stream);
    }

    private static boolean areNames(List<String> protocols) {
        return protocols.stream()
                .allMatch(name -> !name.isEmpty()
                        && name.length() <= StreamAction.MAX_PROTOCOL
                        && name.chars().noneMatch(Character::isISOControl));
    }

    private static long bytes(List<String> protocols) {
        return protocols.stream()
                .mapToLong(name -> name.getBytes(StandardCharsets.UTF_8).length + 4L)
                .sum();
    }

    static final Guards<Object, IdentifyState, IdentifyAction> ALL = Guards.<Object, IdentifyState, IdentifyAction>of()
            .always(IdentifyAction.Started.class)
            .on(
                    Speak.class,
                    Clauses.when(
                            "protocols-below-limit",
                            (own, action) -> action.protocols().size() <= Speak.MAX_PROTOCOLS,
                            "protocols",
                            action -> action.protocols().size()),
                    Clauses.when("names-are-names", (own, action) -> areNames(action.protocols())),
                    Clauses.when(
                            "bytes-below-limit",
                            (own, action) -> bytes(action.protocols()) <= Speak.MAX_BYTES,
                            (own, action) -> List.of(Operand.of("bytes", bytes(action.protocols())))))
            .on(
                    IdentifyAction.AddressesBound.class,
                    Clauses.when(
                            "listeners-below-limit",
                            (own, action) -> own.own().listeners().has(action.listener())
                                    || own.own().listeners().size() < MAX_LISTENERS,
                            (own, action) -> List.of(Operand.of("maxListeners", MAX_LISTENERS))))
            .on(
                    IdentifyAction.AddressesUnbound.class,
                    Clauses.when(
                            "listener-is-known",
                            (own, action) -> own.own().listeners().has(action.listener())))
            .on(
                    IdentifyAction.Linked.class,
                    Clauses.absent("connection-is-new", IdentifyState::links, IdentifyAction.Linked::connection),
                    Clauses.below(
                            "links-below-limit",
                            own -> own.links().size(),
                            "maxLinks",
                            own -> own.config().maxLinks()))
            .on(
                    IdentifyAction.Unlinked.class,
                    Clauses.present(
                            "connection-is-the-peers",
                            IdentifyState::links,
                            IdentifyAction.Unlinked::connection,
                            (action, link) -> link.peer().equals(action.peer())))
            // Streams that nobody waits for, or that are too many, are closed by the reducer: these are not refused
            // for that.
            .on(IdentifyAction.AskOpened.class, streamIsNew(IdentifyAction.AskOpened::stream))
            .on(IdentifyAction.PushOpened.class, streamIsNew(IdentifyAction.PushOpened::stream))
            .on(IdentifyAction.Asked.class, streamIsNew(IdentifyAction.Asked::stream))
            .on(IdentifyAction.PushOffered.class, streamIsNew(IdentifyAction.PushOffered::stream))
            .on(
                    IdentifyAction.AskNotOpened.class,
                    Clauses.present(
                            "ask-is-being-opened",
                            IdentifyState::peers,
                            IdentifyAction.AskNotOpened::peer,
                            (action, peer) -> peer.asking() == Asking.OPENING))
            .on(
                    IdentifyAction.PushNotOpened.class,
                    Clauses.present(
                            "push-is-being-opened",
                            IdentifyState::peers,
                            IdentifyAction.PushNotOpened::peer,
                            (action, peer) -> peer.push() == Push.OPENING))
            .on(
                    Received.class,
                    Clauses.when(
                            "stream-is-being-read",
                            (own, action) -> own.isExchange(action.stream(), action.peer(), Kind.ASK, Kind.LISTEN)),
                    WITHIN_LIMITS)
            .on(
                    IdentifyAction.ReadFailed.class,
                    Clauses.when(
                            "stream-is-being-read",
                            (own, action) -> own.isExchange(action.stream(), action.peer(), Kind.ASK, Kind.LISTEN)))
            .on(
                    IdentifyAction.Sent.class,
                    Clauses.when(
                            "stream-is-being-written",
                            (own, action) -> own.isExchange(action.stream(), action.peer(), Kind.ANSWER, Kind.PUSH)))
            .on(
                    IdentifyAction.SendFailed.class,
                    Clauses.when(
                            "stream-is-being-written",
                            (own, action) -> own.isExchange(action.stream(), action.peer(), Kind.ANSWER, Kind.PUSH)))
            .on(IdentifyAction.Tick.class, Clauses.due("deadline-is-due", IdentifyState::nextDeadline))
            .on(
                    IdentifyAction.ExchangeTimedOut.class,
                    Clauses.present(
                            "exchange-is-open",
                            IdentifyState::exchanges,
                            IdentifyAction.ExchangeTimedOut::stream,
                            (action, exchange) -> exchange.peer().equals(action.peer())))
            .on(
                    IdentifyAction.Forgotten.class,
                    Clauses.present(
                            "peer-is-only-remembered",
                            IdentifyState::peers,
                            IdentifyAction.Forgotten::peer,
                            (action, peer) -> peer.links() == 0))
            .always(IdentifyAction.PeerIdentified.class)
            .always(IdentifyAction.IdentifyFailed.class)
            .always(IdentifyAction.ObservedChanged.class)
            .build();
}
