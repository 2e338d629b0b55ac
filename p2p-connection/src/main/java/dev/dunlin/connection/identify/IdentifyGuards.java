package dev.dunlin.connection.identify;

import dev.dunlin.connection.identify.IdentifyAction.AboutProtocols;
import dev.dunlin.connection.identify.IdentifyAction.ProtocolsServed;
import dev.dunlin.connection.identify.IdentifyAction.Speak;
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

    /** Whether a peer may tell so much: more than the codec reads is no fault of the log, and ends its ask. */
    static boolean isWithinLimits(Identified said) {
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

    private static final Clause<Object, IdentifyState, AboutProtocols> FEW = Clauses.when(
            "protocols-below-limit",
            (own, action) -> told(own, action).size() <= Speak.MAX_PROTOCOLS,
            (own, action) -> List.of(Operand.of("protocols", told(own, action).size())));

    private static final Clause<Object, IdentifyState, AboutProtocols> NAMES =
            Clauses.when("names-are-names", (own, action) -> areNames(action.protocols()));

    private static final Clause<Object, IdentifyState, AboutProtocols> SHORT = Clauses.when(
            "bytes-below-limit",
            (own, action) -> bytes(told(own, action)) <= Speak.MAX_BYTES,
            (own, action) -> List.of(Operand.of("bytes", bytes(told(own, action)))));

    private static List<String> told(IdentifyState own, AboutProtocols action) {
        return own.own().with(action).protocols();
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
            .on(Speak.class, FEW, NAMES, SHORT)
            .on(ProtocolsServed.class, FEW, NAMES, SHORT)
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
            .on(
                    IdentifyAction.Received.class,
                    Clauses.present(
                            "ask-is-awaited",
                            IdentifyState::peers,
                            IdentifyAction.Received::peer,
                            (action, peer) -> peer.asking().awaits(action.ask())))
            .on(
                    IdentifyAction.PushSent.class,
                    Clauses.present(
                            "push-is-awaited",
                            IdentifyState::peers,
                            IdentifyAction.PushSent::peer,
                            (action, peer) -> peer.sent().awaits(action.ask())))
            .on(
                    IdentifyAction.AskLost.class,
                    Clauses.when("ask-or-push-is-awaited", (own, action) -> own.awaits(action.peer(), action.ask())))
            // Every question has its answer: which one the reducer says.
            .always(IdentifyAction.Asked.class)
            .always(IdentifyAction.PushCame.class)
            .always(IdentifyAction.PushesDue.class)
            .always(IdentifyAction.IdentifyFailed.class)
            .always(IdentifyAction.ObservedChanged.class)
            .build();
}
