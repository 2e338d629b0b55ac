package dev.dunlin.dht.query;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.PeerId;
import java.util.Optional;

/**
 * The part that a node has in a lookup. Times are microseconds since the lookup began.
 *
 * @param referrer who named it first; empty if this node knew it
 * @param hops how many questions lie between this node and it: 1 if this node knew it
 */
public record Part(PeerId peer, Optional<PeerId> referrer, int hops, Fate fate) {

    /** The most parts of one lookup that are told. */
    public static final int MOST = 2048;

    /** What came of it. */
    public sealed interface Fate {

        /** Nobody asked it: as many nearer ones as are wanted have answered, or the lookup was over before. */
        record NotAsked() implements Fate {}

        /** It was asked, and the lookup was over before it answered. */
        record Awaited(long askedAt) implements Fate {}

        /**
         * It has answered.
         *
         * @param named how many nodes it named
         */
        record Replied(long askedAt, long endedAt, int named) implements Fate {}

        /** It was asked, and has not answered. */
        record NotReplied(long askedAt, long endedAt, AskFailure why) implements Fate {}
    }

    static Part of(Candidate candidate, Fate fate) {
        return new Part(candidate.contact().peer(), candidate.referrer(), candidate.hops(), fate);
    }

    Part with(Fate other) {
        return new Part(peer, referrer, hops, other);
    }
}
