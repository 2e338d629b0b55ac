package dev.dunlin.connection.ping;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/**
 * Whom we ping, and how long the balls took.
 *
 * @param config what the machine goes by
 * @param links the open connections and their peers
 * @param peers the peers with an open connection
 * @param streams the open ping streams
 * @param due when each peer's ball is lost or its next one is thrown
 */
public record PingState(
        PingConfig config,
        Table<Handle, PeerId> links,
        Table<PeerId, Peer> peers,
        Table<Handle, Stream> streams,
        Deadlines<PeerId> due) {

    /**
     * A connected peer.
     *
     * @param links how many connections there are to it, at least one
     * @param line the one stream on which we throw
     * @param rtts the last round-trip times, at most {@link PingConfig#keptRtts}
     * @param failures how many balls were lost since the last one that came back
     * @param unsupported whether it does not speak the ping protocol; then it gets no periodic balls
     * @param jobs the wishes that wait, the first of them in work, at most {@link PingConfig#maxJobs}
     * @param echoes how many of its ping streams we answer, at most {@link PingConfig#maxEchoes}
     */
    public record Peer(int links, Line line, Rtts rtts, int failures, boolean unsupported, List<Job> jobs, int echoes) {

        /** Copies the list. */
        public Peer {
            jobs = List.copyOf(jobs);
        }

        static final Peer NEW = new Peer(1, new Line.Idle(), Rtts.NONE, 0, false, List.of(), 0);

        Peer withLinks(int changed) {
            return new Peer(changed, line, rtts, failures, unsupported, jobs, echoes);
        }

        Peer withLine(Line changed) {
            return new Peer(links, changed, rtts, failures, unsupported, jobs, echoes);
        }

        /** A ball came back: what failed before does not matter any more. */
        Peer withRtts(Rtts changed) {
            return new Peer(links, line, changed, 0, false, jobs, echoes);
        }

        Peer withFailures(int changed) {
            return new Peer(links, line, rtts, changed, unsupported, jobs, echoes);
        }

        Peer asUnsupported() {
            return new Peer(links, new Line.Idle(), rtts, failures, true, List.of(), echoes);
        }

        Peer withJobs(List<Job> changed) {
            return new Peer(links, line, rtts, failures, unsupported, changed, echoes);
        }

        Peer withEchoes(int changed) {
            return new Peer(links, line, rtts, failures, unsupported, jobs, changed);
        }
    }

    /** The stream on which we throw. */
    public sealed interface Line {

        /** There is none. */
        record Idle() implements Line {}

        /** It was asked for. */
        record Opening() implements Line {}

        /**
         * It is open, and no ball is out.
         *
         * @param next the number of the next ball, from 0
         */
        record Ready(Handle stream, int next) implements Line {}

        /**
         * A ball is out.
         *
         * @param number its number
         */
        record Out(Handle stream, int number) implements Line {}
    }

    /**
     * A wish in work.
     *
     * @param ticket of who asked
     * @param left how many balls are still to be thrown or out, at least one
     * @param intervalMicros from a ball's end to the next throw, microseconds
     * @param rtts of the balls that came back, microseconds
     * @param lost how many did not
     */
    public record Job(Ticket ticket, int left, long intervalMicros, List<Long> rtts, int lost) {

        /** Copies the list. */
        public Job {
            rtts = List.copyOf(rtts);
        }
    }

    /**
     * An open ping stream.
     *
     * @param ours whether we throw on it; else we echo
     */
    public record Stream(PeerId peer, boolean ours) {}

    /** Before the first boot. */
    public static final PingState INITIAL = of(PingConfig.DEFAULT);

    /** Nobody is connected. */
    static PingState of(PingConfig config) {
        return new PingState(config, Table.empty(), Table.empty(), Table.empty(), Deadlines.none());
    }

    PingState withLinks(Table<Handle, PeerId> changed) {
        return new PingState(config, changed, peers, streams, due);
    }

    PingState withPeer(PeerId id, Peer changed) {
        return new PingState(config, links, peers.with(id, changed), streams, due);
    }

    PingState withoutPeer(PeerId id) {
        return new PingState(config, links, peers.without(id), streams, due.without(id));
    }

    PingState withStreams(Table<Handle, Stream> changed) {
        return new PingState(config, links, peers, changed, due);
    }

    PingState withDue(PeerId id, long at) {
        return new PingState(config, links, peers, streams, due.with(id, at));
    }
}
