package dev.dunlin.connection.netty;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.runtime.Port;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.store.Handle;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** A real transport whose node is the test: it sees every fact, and takes or refuses new work. */
final class LoneTransport implements Port, AutoCloseable {

    final PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
    final NettyTransport transport;
    volatile Offer offers = Offer.TAKEN;

    private final LinkedBlockingQueue<Action> facts = new LinkedBlockingQueue<>();
    private final AtomicLong asked = new AtomicLong();

    private LoneTransport(
            Limits limits,
            StreamConfig config,
            Map<String, Function<StreamChannel, StreamReader>> served,
            Set<String> byEffect) {
        transport = new NettyTransport(this, 1, key, true, limits, config, served, 1, List.of());
        transport.serve(byEffect);
    }

    LoneTransport(Limits limits, Map<String, Function<StreamChannel, StreamReader>> served) {
        this(limits, StreamConfig.DEFAULT, served, Set.of());
    }

    /** With protocols whose streams are read when the test says so. */
    static LoneTransport serving(Set<String> byEffect) {
        return serving(StreamConfig.DEFAULT, byEffect);
    }

    /** The same, with other limits of streams. */
    static LoneTransport serving(StreamConfig config, Set<String> byEffect) {
        return new LoneTransport(Limits.DEFAULT, config, Map.of(), byEffect);
    }

    LoneTransport(Limits limits) {
        this(limits, Map.of());
    }

    PeerId self() {
        return key.publicKey().peerId();
    }

    @Override
    public void answer(ActionId request, Action fact) {
        facts.add(fact);
    }

    @Override
    public <A extends Action & Action.EndsHandle> void ended(A fact) {
        facts.add(fact);
    }

    @Override
    public Offer offer(Action fact) {
        Offer now = offers;
        if (now == Offer.TAKEN) {
            facts.add(fact);
        }
        return now;
    }

    ActionId nextId() {
        return new ActionId(asked.incrementAndGet(), 0);
    }

    /** The next fact of a kind; others before it are forgotten. */
    <T> T next(Class<T> kind) throws InterruptedException {
        long end = System.nanoTime() + RawPeer.PATIENCE.toNanos();
        while (true) {
            Action fact = facts.poll(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            if (fact == null) {
                throw new AssertionError("no " + kind.getSimpleName() + " in time");
            }
            if (kind.isInstance(fact)) {
                return kind.cast(fact);
            }
        }
    }

    List<Action> seen() {
        return List.copyOf(facts);
    }

    /** Listens on a free port of the loopback address. */
    int listen() throws InterruptedException {
        listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"));
        return next(ConnectionAction.Listening.class).bound().getFirst().port().orElseThrow();
    }

    void listen(Multiaddr address) {
        transport.listen(nextId(), new ConnectionEffect.ListenInit(asked.get(), address));
    }

    /** Dials; the number is that of the dial. */
    long dial(PeerId peer, int port) {
        ActionId id = nextId();
        transport.connect(
                id, new ConnectionEffect.ConnectInit(id.input(), peer, Multiaddr.parse("/ip4/127.0.0.1/tcp/" + port)));
        return id.input();
    }

    void disconnect(Handle connection) {
        transport.disconnect(nextId(), new ConnectionEffect.DisconnectInit(connection, CloseReason.LOCAL));
    }

    /** Waits until something holds. */
    static void await(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + RawPeer.PATIENCE.toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("not in time: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Override
    public void close() {
        transport.close();
    }
}
