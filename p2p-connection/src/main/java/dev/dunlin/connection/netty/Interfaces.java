package dev.dunlin.connection.netty;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.core.runtime.Port;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Looks at the interfaces of this machine from time to time, and tells the node what has changed. Used by one thread at a time. */
final class Interfaces {

    private final Supplier<Set<InetAddress>> source;
    private final Port port;
    private final Consumer<Set<InetAddress>> moved;
    private Set<InetAddress> known;

    /**
     * From what is the case now.
     *
     * @param source the addresses of the interfaces
     * @param moved is told the addresses at each look: what depends on them may not have been told the last time
     */
    Interfaces(Supplier<Set<InetAddress>> source, Port port, Consumer<Set<InetAddress>> moved) {
        this.source = source;
        this.port = port;
        this.moved = moved;
        this.known = source.get();
    }

    /** Looks once. */
    synchronized void look() {
        Set<InetAddress> now = source.get();
        moved.accept(now);
        Set<InetAddress> came = new HashSet<>(now);
        came.removeAll(known);
        // What the node does not take now is told at the next look.
        if (came.isEmpty() || port.offer(new ConnectionAction.NetworkCame()) == Port.Offer.TAKEN) {
            known = now;
        }
    }
}
