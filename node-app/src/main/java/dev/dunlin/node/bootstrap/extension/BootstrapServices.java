package dev.dunlin.node.bootstrap.extension;

import dev.dunlin.connection.bootstrap.dialer.DialerEffect;
import dev.dunlin.connection.bootstrap.hooks.DialerHooks;
import dev.dunlin.connection.bootstrap.hooks.ListenerHooks;
import dev.dunlin.connection.bootstrap.ledger.LedgerConfig;
import dev.dunlin.connection.bootstrap.ledger.LedgerEffect;
import dev.dunlin.connection.bootstrap.session.SessionAction;
import dev.dunlin.connection.bootstrap.session.SessionConfig;
import dev.dunlin.connection.bootstrap.session.SessionEffect;
import dev.dunlin.connection.bootstrap.session.SessionMachine;
import dev.dunlin.connection.bootstrap.session.SessionState.Stance;
import dev.dunlin.connection.bootstrap.session.SweepCounts;
import dev.dunlin.connection.bootstrap.wire.MemoryVault;
import dev.dunlin.connection.extension.Host;
import dev.dunlin.connection.extension.Running;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.node.bootstrap.HookService;
import dev.dunlin.node.bootstrap.LedgerService;
import dev.dunlin.node.bootstrap.StandardHooks;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;

/** What carries out the effects of bootstrap sessions in one node. */
final class BootstrapServices implements Running {

    /** As many hooks of each kind may be called at the same time, and as many may hang. */
    private static final int MOST_CALLS = 1024;

    private final Host host;
    private final Stores stores;
    private final LedgerService ledger;
    private final HookService hooks;
    private final PressureMonitor pressure;
    private final long drainTimeout;

    BootstrapServices(
            Host host,
            MemoryVault vault,
            Optional<ListenerHooks> listener,
            Optional<DialerHooks> dialer,
            Optional<BootstrapPlaces> places,
            Between between) {
        this.host = host;
        drainTimeout = SessionConfig.of(host.config()).drainTimeout();
        stores = Stores.of(LedgerConfig.of(host.config()), places, between);
        StandardHooks standard = new StandardHooks(stores.own(), stores.ofLinks());
        ledger = new LedgerService(
                stores.ledger(),
                stores.own(),
                host,
                SessionConfig.of(host.config()).lease());
        hooks = new HookService(host, vault, listener.orElse(standard), dialer.orElse(standard), MOST_CALLS);
        pressure = new PressureMonitor(host, PressureMonitor.ofProcess());
        host.handler(SessionEffect.OfLedger.class, this::carryOut);
        host.handler(LedgerEffect.class, ledger::carryOut);
        host.handler(SessionEffect.OfHooks.class, hooks::carryOut);
        host.handler(DialerEffect.class, hooks::carryOut);
    }

    private void carryOut(ActionId request, SessionEffect.OfLedger effect) {
        switch (effect) {
            // A node that nobody has made a token of has no file, and needs none.
            case SessionEffect.Sweep _
            when stores.isUntouched() ->
                host.answer(request, new SessionAction.Swept(new SweepCounts(0, 0, 0, 0, 0), List.of()));
            case SessionEffect.Reserve init when hooks.knowsTokens() -> hooks.reserve(request, init, ledger);
            default -> ledger.carryOut(request, effect);
        }
    }

    @Override
    public void started() {
        pressure.start();
    }

    @Override
    public void drain() {
        host.offer(new SessionAction.Drain(drainTimeout));
    }

    @Override
    public boolean isShut() {
        return host.state(SessionMachine.SESSION).stance() == Stance.DRAINING;
    }

    @Override
    public boolean isDrained() {
        return isShut()
                && host.state(SessionMachine.SESSION).sessions().running().isEmpty();
    }

    @Override
    public Duration drainsWithin() {
        return Duration.of(drainTimeout, ChronoUnit.MICROS);
    }

    @Override
    public void close() {
        pressure.close();
        hooks.close();
        ledger.close();
        stores.close();
    }
}
