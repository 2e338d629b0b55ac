package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Longs;
import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import java.util.List;

/** Whom we ping, and how long the answers took: the connected peers. */
public record PingState(PingConfig config, Table<PeerId, Peer> peers) {

    /** Before the first boot. */
    public static final PingState INITIAL = new PingState(PingConfig.DEFAULT, Table.empty());

    /**
     * A connected peer.
     *
     * @param echoes its streams that we answer, at most {@link PingConfig#maxEchoes}
     * @param stream the one on which we ping
     * @param at when the next ping is due, or the pong that is awaited
     * @param rtts the last round-trip times, microseconds, oldest first, at most {@link PingConfig#keptRtts}
     * @param failures how many pings were lost since the last pong, at most {@link PingConfig#failures}
     * @param jobs the wishes that wait, the first of them in work, at most {@link PingConfig#maxJobs}
     */
    public record Peer(List<Handle> echoes, Stream stream, long at, List<Long> rtts, int failures, List<Job> jobs)
            implements Due {

        static final Peer NEW = new Peer(List.of(), new Stream.Idle(), NEVER, List.of(), 0, List.of());

        /** Copies the lists. */
        public Peer {
            echoes = List.copyOf(echoes);
            rtts = Longs.copyOf(rtts);
            jobs = List.copyOf(jobs);
        }

        boolean awaits(Handle handle) {
            return stream.equals(new Stream.Waiting(handle));
        }

        boolean uses(Handle handle) {
            return echoes.contains(handle) || awaits(handle) || stream.equals(new Stream.Ready(handle));
        }

        Peer with(Stream changed, long due) {
            return new Peer(echoes, changed, due, rtts, failures, jobs);
        }

        Peer with(List<Handle> changedEchoes, List<Job> changedJobs) {
            return new Peer(changedEchoes, stream, at, rtts, failures, changedJobs);
        }

        Peer without(Handle ended) {
            List<Handle> left =
                    echoes.stream().filter(any -> !any.equals(ended)).toList();
            return stream.equals(new Stream.Ready(ended)) ? with(new Stream.Idle(), at) : with(left, jobs);
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
        return subject.kind().equals(OfPeer.KIND) && peers.has(PeerId.parse(subject.key()))
                ? Names.of(peers.at(PeerId.parse(subject.key())).stream().getClass())
                : "unknown";
    }
}
