package dev.dunlin.connection.peer;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import java.util.List;
import java.util.Optional;

/**
 * What is known of peers. Those that were connected and those of which there is only hearsay have bounds of their own, so that
 * nobody who makes peers up can push out the real ones.
 *
 * @param config what the last boot said, and operators since
 * @param met peers that are or were connected
 * @param heard peers that others or the operator named
 */
public record PeerState(PeerConfig config, Table<PeerId, Met> met, Table<PeerId, Heard> heard) {

    /** Before the first boot. */
    public static final PeerState INITIAL = new PeerState(PeerConfig.DEFAULT, Table.empty(), Table.empty());

    /**
     * A peer that is or was connected.
     *
     * @param addresses where it may be, best first
     * @param description what it told of itself
     * @param latency how long a round trip to it takes, microseconds, smoothed as in RFC 6298 section 2; 0 if nobody measured it
     * @param seen when it was last seen to connect or to go, microseconds since the Unix epoch
     * @param until when it is forgotten, microseconds of the node's time; {@link Due#NEVER} while it is connected
     * @param at when it or one of its addresses is forgotten; {@link Due#NEVER} while it is connected
     */
    public record Met(
            List<Known> addresses, Optional<Description> description, long latency, long seen, long until, long at)
            implements Due {

        /** Copies the list. */
        public Met {
            addresses = List.copyOf(addresses);
        }

        static Met connected(List<Known> addresses, Optional<Description> description, long latency, long seen) {
            return new Met(addresses, description, latency, seen, NEVER, NEVER);
        }

        static Met gone(List<Known> addresses, Optional<Description> description, long latency, long seen, long until) {
            return new Met(addresses, description, latency, seen, until, Math.min(until, first(addresses)));
        }

        /** Whether it is connected. */
        public boolean isConnected() {
            return until == NEVER;
        }

        Met with(List<Known> changed) {
            return isConnected()
                    ? connected(changed, description, latency, seen)
                    : gone(changed, description, latency, seen, until);
        }
    }

    /**
     * A peer that never was connected.
     *
     * @param addresses where it may be, best first; at least one
     * @param at when one of them is forgotten
     */
    public record Heard(List<Known> addresses, long at) implements Due {
        /** Copies the list. */
        public Heard {
            addresses = List.copyOf(addresses);
        }

        static Heard of(List<Known> addresses) {
            return new Heard(addresses, first(addresses));
        }
    }

    private static long first(List<Known> addresses) {
        long first = Due.NEVER;
        for (Known known : addresses) {
            first = Math.min(first, known.until());
        }
        return first;
    }

    /** The addresses at which a peer may be, best first. */
    public List<Known> known(PeerId peer) {
        Optional<Met> known = met.find(peer);
        return known.isPresent()
                ? known.get().addresses()
                : heard.find(peer).map(Heard::addresses).orElse(List.of());
    }

    /** The same, as they are dialled. */
    public List<Multiaddr> addresses(PeerId peer) {
        return known(peer).stream().map(Known::address).toList();
    }

    /** What a peer told of itself, connected or not. */
    public Optional<Description> description(PeerId peer) {
        return met.find(peer).flatMap(Met::description);
    }

    String phaseOf(Subject subject) {
        if (!subject.kind().equals(OfPeer.KIND)) {
            return "unknown";
        }
        PeerId peer = PeerId.parse(subject.key());
        return met.find(peer)
                .map(known -> known.isConnected() ? "connected" : "remembered")
                .orElse(heard.has(peer) ? "heard" : "unknown");
    }

    PeerState with(PeerId peer, Met changed) {
        return new PeerState(config, met.with(peer, changed), heard.without(peer));
    }

    PeerState with(PeerId peer, Heard changed) {
        return new PeerState(config, met, heard.with(peer, changed));
    }

    PeerState without(PeerId peer) {
        return new PeerState(config, met.without(peer), heard.without(peer));
    }
}
