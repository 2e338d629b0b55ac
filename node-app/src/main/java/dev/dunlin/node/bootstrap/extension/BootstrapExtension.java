package dev.dunlin.node.bootstrap.extension;

import dev.dunlin.connection.bootstrap.dialer.DialerMachine;
import dev.dunlin.connection.bootstrap.hooks.DialerHooks;
import dev.dunlin.connection.bootstrap.hooks.ListenerHooks;
import dev.dunlin.connection.bootstrap.ledger.LedgerMachine;
import dev.dunlin.connection.bootstrap.session.SessionMachine;
import dev.dunlin.connection.bootstrap.wire.BootstrapProtocols;
import dev.dunlin.connection.bootstrap.wire.MemoryVault;
import dev.dunlin.connection.extension.Extension;
import dev.dunlin.connection.extension.Host;
import dev.dunlin.connection.extension.Running;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Machine;
import dev.dunlin.node.bootstrap.StandardHooks;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The machines of bootstrap sessions, in both roles, with their ledger, databases and hooks. */
public final class BootstrapExtension implements Extension {

    /** Its name. */
    public static final String NAME = "bootstrap";

    /** So much of what stands in no action is kept of each kind: of identities, more than 64 of the longest. */
    private static final long VAULT_BYTES = 8L << 20;

    private static final int TOKEN_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final MemoryVault vault;
    private final Optional<ListenerHooks> listener;
    private final Optional<DialerHooks> dialer;
    private final Optional<BootstrapPlaces> places;
    private final Between between;

    /** With {@link StandardHooks}. */
    public BootstrapExtension() {
        this(new MemoryVault(VAULT_BYTES), Optional.empty(), Optional.empty(), Optional.empty(), Between.NOTHING);
    }

    /** With hooks of one's own. */
    public BootstrapExtension(ListenerHooks listener, DialerHooks dialer) {
        this(
                new MemoryVault(VAULT_BYTES),
                Optional.of(listener),
                Optional.of(dialer),
                Optional.empty(),
                Between.NOTHING);
    }

    /** As tests have it. */
    BootstrapExtension(MemoryVault vault, Between between) {
        this(vault, Optional.empty(), Optional.empty(), Optional.empty(), between);
    }

    private BootstrapExtension(
            MemoryVault vault,
            Optional<ListenerHooks> listener,
            Optional<DialerHooks> dialer,
            Optional<BootstrapPlaces> places,
            Between between) {
        this.vault = vault;
        this.listener = listener;
        this.dialer = dialer;
        this.places = places;
        this.between = between;
    }

    /**
     * This, which has its files in a place.
     *
     * @param ledger the file of tokens and their trail
     * @param tallies the directory of databases
     */
    public BootstrapExtension in(Path ledger, Path tallies) {
        return new BootstrapExtension(
                vault, listener, dialer, Optional.of(new BootstrapPlaces(ledger, tallies)), between);
    }

    /** Whether it was given a place, by {@link #in}. */
    public boolean hasPlace() {
        return places.isPresent();
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public List<Machine<? super StreamView, ?, ?>> machines() {
        return List.of(
                LedgerMachine.LEDGER,
                SessionMachine.SESSION.bringing(
                        new TokenOperations(vault, BootstrapExtension::token, listener.isEmpty())
                                .addTo(SessionOperations.all())),
                DialerMachine.DIALER.bringing(new LinkOperations(vault).all()));
    }

    private static String token() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public List<Protocol<?, ?>> protocols() {
        return List.copyOf(BootstrapProtocols.of(vault));
    }

    @Override
    public Running begin(Host host) {
        return new BootstrapServices(host, vault, listener, dialer, places, between);
    }
}
