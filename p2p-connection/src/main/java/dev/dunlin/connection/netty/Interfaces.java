package dev.dunlin.connection.netty;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.core.runtime.Port;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Looks at the interfaces of this machine from time to time, and tells the node what has changed. Used by one thread at a time. */
final class Interfaces {

    /** So many addresses that are gone are remembered; of more, all are forgotten. */
    private static final int MOST_GONE = 256;

    private final Supplier<Set<InetAddress>> source;
    private final Port port;
    private final Consumer<Set<InetAddress>> moved;
    private final Consumer<Set<InetAddress>> lost;
    private final Set<InetAddress> gone = new HashSet<>();
    private final Set<InetAddress> told;
    private Set<InetAddress> seen;

    /**
     * From what is the case now.
     *
     * @param source the addresses of the interfaces
     * @param moved is told the addresses at each look: what depends on them may not have been told the last time
     * @param lost is told once of addresses that are gone and whose place others have taken: what is bound to them is dead, and no
     *     answer will ever say so. As long as there is no other, the address may come back, as behind a cable that is out for a moment
     */
    Interfaces(
            Supplier<Set<InetAddress>> source,
            Port port,
            Consumer<Set<InetAddress>> moved,
            Consumer<Set<InetAddress>> lost) {
        this.source = source;
        this.port = port;
        this.moved = moved;
        this.lost = lost;
        this.seen = source.get();
        this.told = new HashSet<>(seen);
    }

    /** Looks once. */
    synchronized void look() {
        Set<InetAddress> now = source.get();
        moved.accept(now);
        Set<InetAddress> replaced = replaced(now);
        if (!replaced.isEmpty()) {
            lost.accept(replaced);
        }
        told.retainAll(now);
        // What the node does not take now is told at the next look; so is what came for those whose connections end
        // now.
        if (replaced.isEmpty()
                && (told.containsAll(now) || port.offer(new ConnectionAction.NetworkCame()) == Port.Offer.TAKEN)) {
            told.addAll(now);
        }
    }

    private Set<InetAddress> replaced(Set<InetAddress> now) {
        gone.addAll(seen);
        gone.removeAll(now);
        seen = now;
        Set<InetAddress> replaced = new HashSet<>();
        for (InetAddress one : gone) {
            if (!one.isLoopbackAddress() && now.stream().anyMatch(other -> takesThePlaceOf(other, one))) {
                replaced.add(one);
            }
        }
        gone.removeAll(replaced);
        if (gone.size() > MOST_GONE) {
            gone.clear();
        }
        return replaced;
    }

    private static boolean takesThePlaceOf(InetAddress other, InetAddress one) {
        return !other.isLoopbackAddress() && other instanceof Inet6Address == one instanceof Inet6Address;
    }
}
