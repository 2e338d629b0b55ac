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

/** Those protocols of this library that are questions and answers. */
public final class StandardProtocols {

    /** All of them, as a node that speaks no others lists them; identify signs nothing here. */
    public static final List<Protocol<?, ?>> ALL = all(Optional.empty());

    /** The exchange machine of a node that speaks no others. */
    public static final Machine<Object, ExchangeState, ExchangeAction> EXCHANGE = ExchangeMachine.of(ALL);

    private StandardProtocols() {}

    /** All of them, by name, for the service of a node whose identify signs what it says. */
    public static Catalogue<Protocol<?, ?>> signedBy(IdentifySigner signer) {
        return new Catalogue<>(all(Optional.of(signer)));
    }

    private static List<Protocol<?, ?>> all(Optional<IdentifySigner> signer) {
        return List.of(IdentifyProtocol.identify(signer), IdentifyProtocol.push(signer), PingProtocol.PING);
    }
}
