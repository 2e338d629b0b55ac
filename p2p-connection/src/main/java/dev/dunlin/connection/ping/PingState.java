package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Longs;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import java.util.List;
import java.util.Optional;

/**
 * Whom we ping, and how long the answers took.
 *
 * @param config what the last boot said, and operators since
 * @param peers the connected peers
 * @param lastPing the number of the last ping; never falls, not even at a boot
 */
public record PingState(PingConfig config, Table<PeerId, Peer> peers, long lastPing) {

    /** Before the first boot. */
    public static final PingState INITIAL = new PingState(PingConfig.DEFAULT, Table.empty(), 0);

    /**
     * A connected peer.
     *
     * @param ping the one under way
     * @param at when the next ping is due
     * @param rtts the last round-trip times, microseconds, oldest first, at most {@link PingConfig#keptRtts}
     * @param failures how many pings were lost since the last pong, at most {@link PingConfig#failures}
     * @param jobs the wishes that wait, the first of them in work, at most {@link PingConfig#maxJobs}
     */
    public record Peer(Optional<Sent> ping, long at, List<Long> rtts, int failures, List<Job> jobs) implements Due {

        static final Peer NEW = new Peer(Optional.empty(), NEVER, List.of(), 0, List.of());

        /** Copies the lists. */
        public Peer {
            rtts = Longs.copyOf(rtts);
            jobs = List.copyOf(jobs);
        }

        boolean awaits(long number) {
            return ping.filter(sent -> sent.number() == number).isPresent();
        }

        Peer with(Optional<Sent> changed, long due) {
            return new Peer(changed, due, rtts, failures, jobs);
        }

        Peer with(List<Job> changed) {
            return new Peer(ping, at, rtts, failures, changed);
        }
    }

    /** A ping whose pong is awaited. */
    public record Sent(long number, PingProtocol.PingPayload payload) {}

    /** A wish, the times of its pongs so far in microseconds, and how many pings are left. */
    public record Job(PingAction.Ping wish, List<Long> rtts, int left) {
        /** Copies the list. */
        public Job {
            rtts = List.copyOf(rtts);
        }
    }

    /** The peer of an action; a new one if it is not connected. */
    Peer peer(OfPeer action) {
        return peers.or(action.peer(), Peer.NEW);
    }

    String phaseOf(Subject subject) {
        return subject.kind().equals(OfPeer.KIND)
                ? peers.find(PeerId.parse(subject.key()))
                        .map(peer -> peer.ping().isPresent() ? "waiting" : "idle")
                        .orElse("unknown")
                : "unknown";
    }
}
