package dev.dunlin.connection.identify;

import static dev.dunlin.core.store.Guards.clause;

import dev.dunlin.connection.identify.IdentifyAction.Received;
import dev.dunlin.connection.identify.IdentifyAction.Speak;
import dev.dunlin.connection.identify.IdentifyState.Asking;
import dev.dunlin.connection.identify.IdentifyState.Kind;
import dev.dunlin.connection.identify.IdentifyState.Peer;
import dev.dunlin.connection.identify.IdentifyState.Push;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Operand;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;

/** The enabling conditions of the identify machine. */
final class IdentifyGuards {

    /** The most listeners whose addresses we tell. */
    static final int MAX_LISTENERS = 64;

    /** What one peer may tell, whatever the service reads: the byte budget is made for it. */
    static final IdentifyLimits LIMITS = IdentifyLimits.DEFAULT;

    /** The most bytes of the addresses of one signed record: its envelope has no more. */
    static final int MAX_RECORD_BYTES = 8192;

    private IdentifyGuards() {}

    private static final Clause<Object, IdentifyState, Received> WITHIN_LIMITS = clause(
            "within-limits",
            (view, own, action, now) -> isWithinLimits(action.identified()),
            (view, own, action, now) -> List.of(
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

    private static boolean isPeer(IdentifyState own, PeerId id, Predicate<Peer> that) {
        return own.peers().find(id).filter(that).isPresent();
    }

    private static <A extends IdentifyAction> Clause<Object, IdentifyState, A> streamIsNew(Function<A, Handle> stream) {
        return clause(
                "stream-is-new", (view, own, action, now) -> !own.exchanges().has(stream.apply(action)));
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
                    clause(
                            "protocols-below-limit",
                            (view, own, action, now) -> action.protocols().size() <= Speak.MAX_PROTOCOLS,
                            (view, own, action, now) -> List.of(
                                    Operand.of("protocols", action.protocols().size()))),
                    clause("names-are-names", (view, own, action, now) -> areNames(action.protocols())),
                    clause(
                            "bytes-below-limit",
                            (view, own, action, now) -> bytes(action.protocols()) <= Speak.MAX_BYTES,
                            (view, own, action, now) -> List.of(Operand.of("bytes", bytes(action.protocols())))))
            .on(
                    IdentifyAction.AddressesBound.class,
                    clause(
                            "listeners-below-limit",
                            (view, own, action, now) -> own.own().listeners().has(action.listener())
                                    || own.own().listeners().size() < MAX_LISTENERS,
                            (view, own, action, now) -> List.of(Operand.of("maxListeners", MAX_LISTENERS))))
            .on(
                    IdentifyAction.AddressesUnbound.class,
                    clause(
                            "listener-is-known",
                            (view, own, action, now) -> own.own().listeners().has(action.listener())))
            .on(
                    IdentifyAction.Linked.class,
                    clause(
                            "connection-is-new",
                            (view, own, action, now) -> !own.links().has(action.connection())),
                    clause(
                            "links-below-limit",
                            (view, own, action, now) ->
                                    own.links().size() < own.config().maxLinks(),
                            (view, own, action, now) ->
                                    List.of(Operand.of("maxLinks", own.config().maxLinks()))))
            .on(
                    IdentifyAction.Unlinked.class,
                    clause(
                            "connection-is-the-peers",
                            (view, own, action, now) -> own.links()
                                    .find(action.connection())
                                    .filter(link -> link.peer().equals(action.peer()))
                                    .isPresent()))
            // Streams that nobody waits for, or that are too many, are closed by the reducer: these are not refused
            // for that.
            .on(IdentifyAction.AskOpened.class, streamIsNew(IdentifyAction.AskOpened::stream))
            .on(IdentifyAction.PushOpened.class, streamIsNew(IdentifyAction.PushOpened::stream))
            .on(IdentifyAction.Asked.class, streamIsNew(IdentifyAction.Asked::stream))
            .on(IdentifyAction.PushOffered.class, streamIsNew(IdentifyAction.PushOffered::stream))
            .on(
                    IdentifyAction.AskNotOpened.class,
                    clause(
                            "ask-is-being-opened",
                            (view, own, action, now) ->
                                    isPeer(own, action.peer(), peer -> peer.asking() == Asking.OPENING)))
            .on(
                    IdentifyAction.PushNotOpened.class,
                    clause(
                            "push-is-being-opened",
                            (view, own, action, now) ->
                                    isPeer(own, action.peer(), peer -> peer.push() == Push.OPENING)))
            .on(
                    Received.class,
                    clause(
                            "stream-is-being-read",
                            (view, own, action, now) ->
                                    own.isExchange(action.stream(), action.peer(), Kind.ASK, Kind.LISTEN)),
                    WITHIN_LIMITS)
            .on(
                    IdentifyAction.ReadFailed.class,
                    clause(
                            "stream-is-being-read",
                            (view, own, action, now) ->
                                    own.isExchange(action.stream(), action.peer(), Kind.ASK, Kind.LISTEN)))
            .on(
                    IdentifyAction.Sent.class,
                    clause(
                            "stream-is-being-written",
                            (view, own, action, now) ->
                                    own.isExchange(action.stream(), action.peer(), Kind.ANSWER, Kind.PUSH)))
            .on(
                    IdentifyAction.SendFailed.class,
                    clause(
                            "stream-is-being-written",
                            (view, own, action, now) ->
                                    own.isExchange(action.stream(), action.peer(), Kind.ANSWER, Kind.PUSH)))
            .on(
                    IdentifyAction.Tick.class,
                    clause("deadline-is-due", (view, own, action, now) -> own.nextDeadline() <= now))
            .on(
                    IdentifyAction.ExchangeTimedOut.class,
                    clause(
                            "exchange-is-open",
                            (view, own, action, now) -> own.exchanges()
                                    .find(action.stream())
                                    .filter(exchange -> exchange.peer().equals(action.peer()))
                                    .isPresent()))
            .on(
                    IdentifyAction.Forgotten.class,
                    clause(
                            "peer-is-only-remembered",
                            (view, own, action, now) -> isPeer(own, action.peer(), peer -> peer.links() == 0)))
            .always(IdentifyAction.PeerIdentified.class)
            .always(IdentifyAction.IdentifyFailed.class)
            .always(IdentifyAction.ObservedChanged.class)
            .build();
}
