package dev.dunlin.node.bootstrap;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.bootstrap.dialer.DialerAction;
import dev.dunlin.connection.bootstrap.dialer.DialerEffect;
import dev.dunlin.connection.bootstrap.dialer.DialerMachine;
import dev.dunlin.connection.bootstrap.dialer.DialerState;
import dev.dunlin.connection.bootstrap.dialer.Invitation;
import dev.dunlin.connection.bootstrap.hooks.DialerHooks;
import dev.dunlin.connection.bootstrap.hooks.ListenerHooks;
import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.ledger.LedgerException;
import dev.dunlin.connection.bootstrap.ledger.LedgerStore;
import dev.dunlin.connection.bootstrap.ledger.MemoryLedger;
import dev.dunlin.connection.bootstrap.ledger.Token;
import dev.dunlin.connection.bootstrap.session.Databases;
import dev.dunlin.connection.bootstrap.session.SessionEffect;
import dev.dunlin.connection.bootstrap.session.SessionEffects.Transactions;
import dev.dunlin.connection.bootstrap.session.SessionMachine;
import dev.dunlin.connection.bootstrap.session.SessionState;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.BootstrapProtocols;
import dev.dunlin.connection.bootstrap.wire.Hashes;
import dev.dunlin.connection.bootstrap.wire.MemoryVault;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.connection.bootstrap.wire.Vault;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.exchange.ExchangeState;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.identify.IdentifyProtocol;
import dev.dunlin.connection.identify.IdentifyState;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.peer.PeerState;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.NodeRuntime;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Store;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Stream;

/** A node on real sockets that takes bootstraps and redeems links, whose ledger and databases are in memory. */
public final class BootstrapNode implements AutoCloseable {

    private static final Duration SOON = Duration.ofSeconds(60);

    /** The root of such a node. */
    public record Root(
            ConnectionState connection,
            PeerState peer,
            StreamState stream,
            ExchangeState exchange,
            IdentifyState identify,
            SessionState session,
            DialerState dialer)
            implements StreamView {

        static Store<Root> store(List<Protocol<?, ?>> protocols) {
            return Store.of(new Root(
                            ConnectionState.INITIAL,
                            PeerState.INITIAL,
                            StreamState.INITIAL,
                            ExchangeState.INITIAL,
                            IdentifyState.INITIAL,
                            SessionState.INITIAL,
                            DialerState.INITIAL))
                    .mount(
                            ConnectionMachine.CONNECTION,
                            Root::connection,
                            (r, next) -> new Root(next, r.peer, r.stream, r.exchange, r.identify, r.session, r.dialer))
                    .mount(
                            PeerMachine.PEER,
                            Root::peer,
                            (r, next) ->
                                    new Root(r.connection, next, r.stream, r.exchange, r.identify, r.session, r.dialer))
                    .mount(
                            StreamMachine.STREAM,
                            Root::stream,
                            (r, next) ->
                                    new Root(r.connection, r.peer, next, r.exchange, r.identify, r.session, r.dialer))
                    .mount(
                            ExchangeMachine.of(protocols),
                            Root::exchange,
                            (r, next) ->
                                    new Root(r.connection, r.peer, r.stream, next, r.identify, r.session, r.dialer))
                    .mount(
                            IdentifyMachine.IDENTIFY,
                            Root::identify,
                            (r, next) ->
                                    new Root(r.connection, r.peer, r.stream, r.exchange, next, r.session, r.dialer))
                    .mount(
                            SessionMachine.SESSION,
                            Root::session,
                            (r, next) ->
                                    new Root(r.connection, r.peer, r.stream, r.exchange, r.identify, next, r.dialer))
                    .mount(
                            DialerMachine.DIALER,
                            Root::dialer,
                            (r, next) ->
                                    new Root(r.connection, r.peer, r.stream, r.exchange, r.identify, r.session, next))
                    .build();
        }
    }

    final MemoryVault vault = new MemoryVault(1 << 20);

    /** Its tokens, their redemptions and the trail. */
    public final MemoryLedger ledger = new MemoryLedger();

    /** What it has made. */
    public final Map<String, Tally> databases = new ConcurrentSkipListMap<>();

    final NettyNode<Root> node;

    /** Its state, and what can be asked of it. */
    public final NodeRuntime<Root> runtime;

    /** Who it is. */
    public final PeerId self;

    /** Where it listens, without its id; also the whole of its cadre. */
    public final Multiaddr address;

    /** What it judges and makes by. */
    public volatile Hooks hooks = new Hooks();

    /** How many transactions fail from now on. */
    public final AtomicInteger failing = new AtomicInteger();

    /** Asked after each transaction: whether it is said to have failed. */
    public volatile BooleanSupplier isCommitUnsure = () -> false;

    private final CompletableFuture<Port> port = new CompletableFuture<>();
    private final LedgerService ledgerService;
    private final HookService hookService;
    private final AtomicLong asked = new AtomicLong();

    /** What the hooks do; a test changes some of it. */
    public class Hooks implements ListenerHooks, DialerHooks {

        @Override
        public boolean validateIdentity(PeerId peer, String identity, String requirements, Duration within)
                throws Exception {
            return !identity.contains("bad");
        }

        @Override
        public Tally provisionDatabase(String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within)
                throws Exception {
            Tally tally = new Tally(name, role, "memory:" + name, "");
            databases.put(name, tally);
            return tally;
        }

        @Override
        public void removeDatabase(String name, Tally tally) {
            databases.remove(name);
        }

        @Override
        public boolean validateDatabaseResult(PeerId peer, Tally tally, Duration within) {
            return true;
        }

        @Override
        public boolean validateResponse(PeerId peer, BootstrapAnswer.Approved answer, Duration within) {
            return true;
        }
    }

    private ListenerHooks listener() {
        return new ListenerHooks() {
            @Override
            public boolean knowsTokens() {
                return hooks.knowsTokens();
            }

            @Override
            public Optional<Token> getTokenInfo(Bytes hash, Duration within) throws Exception {
                return hooks.getTokenInfo(hash, within);
            }

            @Override
            public boolean validateIdentity(PeerId peer, String identity, String requirements, Duration within)
                    throws Exception {
                return hooks.validateIdentity(peer, identity, requirements, within);
            }

            @Override
            public Tally provisionDatabase(String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within)
                    throws Exception {
                return hooks.provisionDatabase(name, peer, role, cadre, within);
            }

            @Override
            public boolean validateDatabaseResult(PeerId peer, Tally tally, Duration within) {
                return hooks.validateDatabaseResult(peer, tally, within);
            }
        };
    }

    private DialerHooks dialer() {
        return new DialerHooks() {
            @Override
            public Tally provisionDatabase(String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within)
                    throws Exception {
                return hooks.provisionDatabase(name, peer, role, cadre, within);
            }

            @Override
            public void removeDatabase(String name, Tally tally) {
                hooks.removeDatabase(name, tally);
            }

            @Override
            public boolean validateResponse(PeerId peer, BootstrapAnswer.Approved answer, Duration within) {
                return hooks.validateResponse(peer, answer, within);
            }
        };
    }

    private void carryOut(ActionId request, SessionEffect.OfLedger effect) {
        if (effect instanceof SessionEffect.Reserve init && hookService.knowsTokens()) {
            hookService.reserve(request, init, ledgerService);
        } else {
            ledgerService.carryOut(request, effect);
        }
    }

    /** The port of a node that is not there yet: nothing is handed in before it is. */
    private Port port() {
        return new Port() {
            @Override
            public void answer(ActionId request, Action fact) {
                port.join().answer(request, fact);
            }

            @Override
            public <A extends Action & Action.EndsHandle> void ended(A fact) {
                port.join().ended(fact);
            }

            @Override
            public Offer offer(Action fact) {
                return port.join().offer(fact);
            }
        };
    }

    /** With settings: names and values by turns. */
    public BootstrapNode(boolean isCompatible, String... settings) {
        Table<String, String> config = Table.empty();
        for (int i = 0; i < settings.length; i += 2) {
            config = config.with(settings[i], settings[i + 1]);
        }
        List<Protocol<?, ?>> protocols = Stream.<Protocol<?, ?>>concat(
                        BootstrapProtocols.of(vault).subList(0, isCompatible ? 1 : 2).stream(),
                        Stream.of(IdentifyProtocol.identify(Optional.empty()), IdentifyProtocol.push(Optional.empty())))
                .toList();
        ledgerService = new LedgerService(
                new Transactions() {
                    @Override
                    public <T> T in(Function<LedgerStore, T> work) {
                        if (failing.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                            throw new LedgerException("the disk is full", new IllegalStateException());
                        }
                        T given = ledger.inTransaction(work);
                        if (isCommitUnsure.getAsBoolean()) {
                            throw new LedgerException(
                                    "the connection broke at the commit", new IllegalStateException());
                        }
                        return given;
                    }
                },
                new Databases() {
                    @Override
                    public Optional<Tally> find(String redemption) {
                        return Optional.ofNullable(databases.get(redemption));
                    }

                    @Override
                    public void remove(String redemption) {
                        databases.remove(redemption);
                    }

                    @Override
                    public List<String> names(String after, int most) {
                        return databases.keySet().stream()
                                .filter(name -> name.compareTo(after) > 0)
                                .limit(most)
                                .toList();
                    }
                },
                port(),
                600_000_000L);
        hookService = new HookService(port(), vault, listener(), dialer(), 64);
        node = NettyNode.of(Root.store(protocols), PrivateKey.generate(KeyType.ED25519, new SecureRandom()))
                .exchanges(protocols)
                .config(config)
                .with(builder -> builder.handler(SessionEffect.OfLedger.class, this::carryOut)
                        .handler(SessionEffect.OfHooks.class, hookService::carryOut)
                        .handler(DialerEffect.class, hookService::carryOut))
                .built(port::complete)
                .start();
        self = node.self();
        runtime = node.runtime();
        ConnectionOutcome.ListenDone bound = (ConnectionOutcome.ListenDone) runtime.ask(
                        "listen",
                        ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                        SOON)
                .join();
        address = bound.bound().getFirst();
        await(() -> runtime.state().root().session().stance() == SessionState.Stance.OPEN);
    }

    /** Makes a token. */
    public void token(String token, Role role, Optional<Integer> uses) {
        long now = System.currentTimeMillis() * 1_000;
        ledger.inTransaction(store -> new Ledger(store, now)
                .create(new Token(
                        Hashes.sha256(token),
                        role,
                        uses,
                        now + 3_600_000_000L,
                        "",
                        Optional.empty(),
                        false,
                        "",
                        now,
                        Optional.empty(),
                        0,
                        0,
                        0)));
    }

    /** Redeems a token of another node, and waits. */
    Action redeem(BootstrapNode other, String token, Role role, String identity) {
        return redeem(other.address.withPeer(other.self), token, role, identity);
    }

    /** Redeems a token of a party, one of whose nodes is at an address that ends in its id, and waits. */
    public Action redeem(Multiaddr other, String token, Role role, String identity) {
        Bytes hash = vault.keep(Vault.Kind.TOKEN, token);
        Bytes who = vault.keep(Vault.Kind.IDENTITY, identity);
        long number = asked.incrementAndGet();
        return runtime.ask(
                        "redeem" + number,
                        ticket -> new DialerAction.Redeem(
                                ticket,
                                new Invitation(List.of(other), hash, Long.MAX_VALUE, role),
                                who,
                                List.of(address),
                                "key-of-16-characters-" + number),
                        SOON)
                .join();
    }

    /** Waits until something holds. */
    public static void await(BooleanSupplier holds) {
        long end = System.nanoTime() + SOON.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError("it does not come");
            }
            Thread.onSpinWait();
        }
    }

    @Override
    public void close() {
        hookService.close();
        ledgerService.close();
        node.close();
    }
}
