package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Pool;
import java.util.Optional;

/**
 * One attempt to redeem a link. Times are the node's, in microseconds.
 *
 * @param step how many phases it has entered: answers to what an earlier one asked come too late
 * @param wish what was asked
 * @param peers how many of the party's nodes were tried in this round
 * @param rounds how many rounds are over
 * @param isFramed whether the framed form is spoken; otherwise the compatible one
 * @param name of the database, if this node makes it
 * @param made the database that this node has made; empty if there is none
 * @param isUnknown whether a node of the party was asked, and it is not known what it has done
 * @param rejection what it has said last, if it may be another thing later
 * @param retryAfter how long it wants to be left alone, microseconds
 * @param entered when it entered its phase
 * @param phaseEnds when that is over
 * @param ends when all is over
 */
public record Attempt(
        int step,
        DialerAction.Redeem wish,
        int peers,
        int rounds,
        boolean isFramed,
        String name,
        Phase phase,
        Optional<Tally> made,
        boolean isUnknown,
        Optional<Reason> rejection,
        long retryAfter,
        long entered,
        long phaseEnds,
        long ends)
        implements Pool.Member {

    @Override
    public boolean isOver() {
        return false;
    }

    @Override
    public String owner() {
        return wish.ticket().machine();
    }

    @Override
    public long at() {
        return Math.min(phaseEnds, ends);
    }

    /** The party's node that is being tried. */
    PeerId peer() {
        return wish.peers().get(peers);
    }

    Attempt entering(Phase next, long now, long within) {
        return new Attempt(
                step + 1,
                wish,
                peers,
                rounds,
                isFramed,
                name,
                next,
                made,
                isUnknown,
                rejection,
                retryAfter,
                now,
                now + within,
                ends);
    }

    Attempt trying(int which, int round, boolean framed) {
        return new Attempt(
                step,
                wish,
                which,
                round,
                framed,
                name,
                phase,
                made,
                isUnknown,
                rejection,
                retryAfter,
                entered,
                phaseEnds,
                ends);
    }

    Attempt unknown() {
        return new Attempt(
                step,
                wish,
                peers,
                rounds,
                isFramed,
                name,
                phase,
                made,
                true,
                rejection,
                retryAfter,
                entered,
                phaseEnds,
                ends);
    }

    Attempt rejected(Optional<Reason> why, long after) {
        return new Attempt(
                step, wish, peers, rounds, isFramed, name, phase, made, isUnknown, why, after, entered, phaseEnds,
                ends);
    }

    Attempt making(Tally tally) {
        return new Attempt(
                step,
                wish,
                peers,
                rounds,
                isFramed,
                name,
                phase,
                Optional.of(tally),
                isUnknown,
                rejection,
                retryAfter,
                entered,
                phaseEnds,
                ends);
    }
}
