package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.bootstrap.wire.Reason;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Pool;
import java.util.ArrayList;
import java.util.List;
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
 * @param isTold whether a node of the party may know of that database
 * @param unsure nodes of the party that were asked, and of which it is not known what they have done
 * @param mayHelp whether all may be otherwise later
 * @param rejection what a node has said last
 * @param retryAfter how long one of them wants to be left alone, microseconds; the longest of a round
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
        boolean isTold,
        List<PeerId> unsure,
        boolean mayHelp,
        Optional<Reason> rejection,
        long retryAfter,
        long entered,
        long phaseEnds,
        long ends)
        implements Pool.Member {

    /** Copies the list. */
    public Attempt {
        unsure = List.copyOf(unsure);
    }

    static Attempt of(DialerAction.Redeem wish, String name, long now, long within) {
        return new Attempt(
                0,
                wish,
                0,
                0,
                true,
                name,
                new Phase.Connecting(),
                Optional.empty(),
                false,
                List.of(),
                false,
                Optional.empty(),
                0,
                now,
                now,
                now + within);
    }

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
    public PeerId peer() {
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
                isTold,
                unsure,
                mayHelp,
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
                isTold,
                unsure,
                mayHelp,
                rejection,
                retryAfter,
                entered,
                phaseEnds,
                ends);
    }

    /** Whether it is known what the node at hand has done. */
    Attempt knowing(boolean isKnown) {
        List<PeerId> next = new ArrayList<>(unsure);
        next.remove(peer());
        if (!isKnown) {
            next.add(peer());
        }
        return new Attempt(
                step,
                wish,
                peers,
                rounds,
                isFramed,
                name,
                phase,
                made,
                isTold,
                next,
                mayHelp || !isKnown,
                rejection,
                retryAfter,
                entered,
                phaseEnds,
                ends);
    }

    /** It may be otherwise later. */
    Attempt hoping(Optional<Reason> why, long after) {
        return new Attempt(
                step,
                wish,
                peers,
                rounds,
                isFramed,
                name,
                phase,
                made,
                isTold,
                unsure,
                true,
                why.or(() -> rejection),
                Math.max(after, retryAfter),
                entered,
                phaseEnds,
                ends);
    }

    Attempt rejected(Optional<Reason> why) {
        return new Attempt(
                step,
                wish,
                peers,
                rounds,
                isFramed,
                name,
                phase,
                made,
                isTold,
                unsure,
                mayHelp,
                why,
                retryAfter,
                entered,
                phaseEnds,
                ends);
    }

    /** After a pause. */
    Attempt rested() {
        return new Attempt(
                step, wish, peers, rounds, isFramed, name, phase, made, isTold, unsure, mayHelp, rejection, 0, entered,
                phaseEnds, ends);
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
                isTold,
                unsure,
                mayHelp,
                rejection,
                retryAfter,
                entered,
                phaseEnds,
                ends);
    }

    Attempt telling(boolean told) {
        return new Attempt(
                step,
                wish,
                peers,
                rounds,
                isFramed,
                name,
                phase,
                made,
                told,
                unsure,
                mayHelp,
                rejection,
                retryAfter,
                entered,
                phaseEnds,
                ends);
    }
}
