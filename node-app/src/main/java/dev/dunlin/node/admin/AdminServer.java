package dev.dunlin.node.admin;

import dev.dunlin.core.log.LogStorage;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.node.admin.netty.Door;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The admin API of a node: what its registry offers, over HTTP/1.1. A {@link Listener} has the sockets, a {@link Reception} takes
 * requests and lets in who may, {@link Routes} answer.
 */
public final class AdminServer implements AutoCloseable {

    private final EventDesk events;
    private final Listener listener;
    private final Reception reception;
    private final boolean tls;
    private boolean closed;

    /**
     * How an API is set up.
     *
     * @param endpoint where it listens; empty for the standard one, or any port if that is taken
     * @param tls certificate and key; empty for none
     * @param maxConnections most connections to it
     * @param maxPerAddress most of them from one address, or one /64 of IPv6
     * @param maxStreams most clients of the event stream
     * @param eventBytes most bytes of events that are kept
     * @param version of the program
     */
    public record Options(
            Optional<AdminSettings.Endpoint> endpoint,
            Optional<TlsMaterial> tls,
            int maxConnections,
            int maxPerAddress,
            int maxStreams,
            long eventBytes,
            String version) {}

    private AdminServer(EventDesk events, Listener listener, Reception reception, boolean tls) {
        this.events = events;
        this.listener = listener;
        this.reception = reception;
        this.tls = tls;
    }

    /**
     * Starts an API.
     *
     * @param log the node's log, to be read
     * @param token what whoever asks must know
     * @throws IOException if it cannot listen
     */
    public static <R> AdminServer start(
            Registry<R> registry, Live<R> node, ActionCounts counts, LogStorage log, String token, Options options)
            throws IOException {
        Listener listener = Listener.start(
                new Door.Bounds(
                        options.maxConnections(),
                        options.maxPerAddress(),
                        Listener.SILENCE,
                        Listener.PATIENCE,
                        Listener.AHEAD),
                options.endpoint(),
                options.tls());
        AtomicReference<Reception> reception = new AtomicReference<>();
        EventDesk events = new EventDesk(
                log,
                () -> node.state().input(),
                options.eventBytes(),
                options.maxStreams(),
                lasting -> reception.get().outside(lasting));
        Scrape<R> scrape = new Scrape<>(
                registry,
                node,
                counts,
                events.source(),
                listener::stats,
                () -> reception.get().atOnce());
        Routes<R> routes = new Routes<>(registry, node, scrape, events, options.version());
        Entrance entrance = new Entrance(
                token,
                listener.bound(),
                options.tls().isPresent(),
                options.tls().map(TlsMaterial::names).orElse(Set.of()));
        reception.set(new Reception(entrance, routes, scrape::answered, listener::trusts));
        listener.serve(reception.get()::take, reception.get()::takeBad);
        return new AdminServer(events, listener, reception.get(), options.tls().isPresent());
    }

    /** Where it is: {@code http://127.0.0.1:4002}. */
    public String url() {
        return (tls ? "https://" : "http://") + listener.bound().own();
    }

    /** Takes no more requests, ends all streams, answers whoever waits, and closes all connections; takes some seconds at most. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        reception.stop();
        events.close();
        reception.finish();
        listener.close();
    }
}
