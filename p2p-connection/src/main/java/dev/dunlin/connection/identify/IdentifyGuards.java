package dev.dunlin.connection.identify;

import dev.dunlin.connection.identify.IdentifyAction.AboutStream;
import dev.dunlin.connection.identify.IdentifyAction.Begun;
import dev.dunlin.connection.identify.IdentifyAction.Received;
import dev.dunlin.connection.identify.IdentifyAction.Speak;
import dev.dunlin.connection.identify.IdentifyState.Kind;
import dev.dunlin.connection.identify.IdentifyState.Push;
import dev.dunlin.connection.identify.IdentifyState.Step;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.store.Clauses;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Guards.Clause;
import dev.dunlin.core.store.Operand;
import java.nio.charset.StandardCharsets;
import java.util.List;

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

    private static final Clause<Object, IdentifyState, Begun> STREAM_IS_NEW =
            Clauses.absent("stream-is-new", IdentifyState::exchanges, Begun::stream);

    private static final Clause<Object, IdentifyState, AboutStream> IS_READ = Clauses.when(
            "stream-is-being-read",
            (own, action) -> own.isExchange(action.stream(), action.peer(), Kind.ASK, Kind.LISTEN));

    private static final Clause<Object, IdentifyState, AboutStream> IS_WRITTEN = Clauses.when(
            "stream-is-being-written",
            (own, action) -> own.isExchange(action.stream(), action.peer(), Kind.ANSWER, Kind.PUSH));

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
            .on(IdentifyAction.AskOpened.class, STREAM_IS_NEW)
            .on(IdentifyAction.PushOpened.class, STREAM_IS_NEW)
            .on(IdentifyAction.Asked.class, STREAM_IS_NEW)
            .on(IdentifyAction.PushOffered.class, STREAM_IS_NEW)
            .on(
                    IdentifyAction.AskNotOpened.class,
                    Clauses.present(
                            "ask-is-being-opened",
                            IdentifyState::peers,
                            IdentifyAction.AskNotOpened::peer,
                            (action, peer) -> peer.asking().step() == Step.OPENING))
            .on(
                    IdentifyAction.PushNotOpened.class,
                    Clauses.present(
                            "push-is-being-opened",
                            IdentifyState::peers,
                            IdentifyAction.PushNotOpened::peer,
                            (action, peer) -> peer.sent().push() == Push.OPENING))
            .on(Received.class, IS_READ, WITHIN_LIMITS)
            .on(IdentifyAction.ReadFailed.class, IS_READ)
            .on(IdentifyAction.Sent.class, IS_WRITTEN)
            .on(IdentifyAction.SendFailed.class, IS_WRITTEN)
            .always(IdentifyAction.ExchangeTimedOut.class)
            .always(IdentifyAction.Forgotten.class)
            .on(
                    IdentifyAction.Evicted.class,
                    Clauses.when(
                            "peer-is-remembered", (own, action) -> own.memory().has(action.peer())),
                    Clauses.when(
                            "too-many-are-remembered",
                            (own, action) -> own.memory().size() > own.config().maxRemembered()))
            .always(IdentifyAction.PushesDue.class)
            .always(IdentifyAction.PeerIdentified.class)
            .always(IdentifyAction.IdentifyFailed.class)
            .always(IdentifyAction.ObservedChanged.class)
            .build();
}
