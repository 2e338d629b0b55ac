package dev.dunlin.connection.standard;

import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.exchange.ExchangeState;
import dev.dunlin.connection.identify.IdentifyProtocol;
import dev.dunlin.connection.identify.IdentifySigner;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.protocol.Catalogue;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.core.store.Machine;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Those protocols of this library that are questions and answers. */
public final class StandardProtocols {

    /** All of them, as a node that speaks no others lists them; identify signs nothing here. */
    public static final List<Protocol<?, ?>> ALL = all(Optional.empty());

    /** The exchange machine of a node that speaks no others. */
    public static final Machine<Object, ExchangeState, ExchangeAction> EXCHANGE = ExchangeMachine.of(ALL);

    private StandardProtocols() {}

    /**
     * The exchange machine of a node that speaks others, too.
     *
     * @throws IllegalArgumentException if two have one name, or one name on the wire
     */
    public static Machine<Object, ExchangeState, ExchangeAction> exchangeWith(List<Protocol<?, ?>> others) {
        return others.isEmpty() ? EXCHANGE : ExchangeMachine.of(with(ALL, others));
    }

    /** All of them, by name, for the service of a node whose identify signs what it says. */
    public static Catalogue<Protocol<?, ?>> signedBy(IdentifySigner signer) {
        return signedBy(signer, List.of());
    }

    /** As above, of a node that speaks others, too. */
    public static Catalogue<Protocol<?, ?>> signedBy(IdentifySigner signer, List<Protocol<?, ?>> others) {
        return new Catalogue<>(with(all(Optional.of(signer)), others));
    }

    private static List<Protocol<?, ?>> with(List<Protocol<?, ?>> standard, List<Protocol<?, ?>> others) {
        return Stream.concat(standard.stream(), others.stream()).toList();
    }

    private static List<Protocol<?, ?>> all(Optional<IdentifySigner> signer) {
        return List.of(IdentifyProtocol.identify(signer), IdentifyProtocol.push(signer), PingProtocol.PING);
    }
}
