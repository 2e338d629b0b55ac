package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import java.util.ArrayList;
import java.util.List;

/** Whom we ping, and how long the answers took: the open connections and whose they are, and the connected peers. */
public record PingState(PingConfig config, Table<Handle, PeerId> links, Table<PeerId, Peer> peers) {

    /** Before the first boot. */
    public static final PingState INITIAL = of(PingConfig.DEFAULT);

    /**
     * A connected peer.
     *
     * @param links how many connections there are to it, at least one
     * @param echoes its streams that we answer, at most {@link PingConfig#maxEchoes}
     * @param stream the one on which we ping
     * @param at when the next ping is due, or the pong that is awaited
     * @param jobs the wishes that wait, the first of them in work, at most {@link PingConfig#maxJobs}
     */
    public record Peer(int links, List<Handle> echoes, Stream stream, long at, Health health, List<Job> jobs)
            implements Due {

        static final Peer NEW = new Peer(0, List.of(), new Stream.Idle(), NEVER, new Health(List.of(), 0), List.of());

        /** Copies the lists. */
        public Peer {
            echoes = List.copyOf(echoes);
            jobs = List.copyOf(jobs);
        }

        boolean uses(Handle handle) {
            return echoes.contains(handle)
                    || stream.equals(new Stream.Ready(handle))
                    || stream.equals(new Stream.Waiting(handle));
        }

        Peer linked(int more) {
            return new Peer(links + more, echoes, stream, at, health, jobs);
        }

        Peer echoing(List<Handle> changed) {
            return new Peer(links, changed, stream, at, health, jobs);
        }

        Peer with(Stream nextStream, long due) {
            return with(nextStream, due, health, jobs);
        }

        Peer with(Stream nextStream, long due, Health nextHealth, List<Job> left) {
            return new Peer(links, echoes, nextStream, due, nextHealth, left);
        }
    }

    /** A stream on which we ping; the names of its variants are a peer's phases. */
    public sealed interface Stream {

        /** There is none. */
        record Idle() implements Stream {}

        /** It was asked for. */
        record Opening() implements Stream {}

        /** It is open for the next ping. */
        record Ready(Handle stream) implements Stream {}

        /** A pong is awaited on it. */
        record Waiting(Handle stream) implements Stream {}
    }

    /**
     * How a peer answered.
     *
     * @param rtts the last round-trip times, microseconds, oldest first, at most {@link PingConfig#keptRtts}
     * @param failures how many pings were lost since the last pong, at most {@link PingConfig#failures}
     */
    public record Health(List<Long> rtts, int failures) {
        /** Copies the list. */
        public Health {
            rtts = List.copyOf(rtts);
        }
    }

    /** A wish, the times of its pongs so far in microseconds, and how many of them were lost. */
    public record Job(PingAction.Ping wish, List<Long> rtts, int lost) {
        /** Copies the list. */
        public Job {
            rtts = List.copyOf(rtts);
        }

        int left() {
            return wish.count() - rtts.size() - lost;
        }

        Job counting(List<Long> rtt) {
            List<Long> more = new ArrayList<>(rtts);
            more.addAll(rtt);
            return new Job(wish, more, lost + 1 - rtt.size());
        }
    }

    static PingState of(PingConfig config) {
        return new PingState(config, Table.empty(), Table.empty());
    }

    /** The peer of an action; a new one if it is not connected. */
    Peer peer(OfPeer action) {
        return peers.or(action.peer(), Peer.NEW);
    }

    PingState with(PeerId id, Peer changed) {
        return new PingState(config, links, peers.with(id, changed));
    }

    String phaseOf(Subject subject) {
        return subject.kind().equals(OfPeer.KIND) && peers.has(PeerId.parse(subject.key()))
                ? Names.of(peers.at(PeerId.parse(subject.key())).stream().getClass())
                : "unknown";
    }
}
