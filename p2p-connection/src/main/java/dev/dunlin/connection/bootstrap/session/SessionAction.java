package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.bootstrap.admission.Level;
import dev.dunlin.connection.bootstrap.ledger.Ledger;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import java.util.List;
import java.util.Optional;

/** The actions of the session machine. */
public sealed interface SessionAction extends Action {

    /** An action about a session. */
    sealed interface OfSession extends SessionAction {

        /** The kind of subject that is a session; its key is the number. */
        String KIND = "session";

        /** The session. */
        long session();

        @Override
        default Subject about() {
            return Subject.of(KIND, session());
        }
    }

    /** An answer to a {@link SessionEffect}: the session and its step as they were asked. */
    sealed interface Answer extends OfSession {

        /** The step. */
        int step();
    }

    /**
     * A peer has sent a message.
     *
     * @param question its number, for the exchange
     * @param from where the peer is; empty if that is not known
     */
    record Came(long question, Handle stream, PeerId peer, Optional<Multiaddr> from, BootstrapQuestion message)
            implements SessionAction, OfPeer {}

    /** Fact: the ledger has decided on a token. */
    record Decided(long session, int step, Ledger.Decision decision) implements Answer {}

    /** Fact: a hook has judged. */
    record Judged(long session, int step, boolean isEnough) implements Answer {}

    /**
     * Fact: it is written down that a database is about to be made.
     *
     * @param isHeld whether the use is held still
     */
    record Announced(long session, int step, boolean isHeld) implements Answer {}

    /** Fact: a database is there. If its session does not wait for it any more, it is removed. */
    record Provisioned(long session, int step, String redemption, Tally tally) implements Answer {}

    /**
     * Fact: it is written down that a database is there.
     *
     * @param isHeld whether it counts: otherwise the use was free again, and the database is to be removed
     */
    record Recorded(long session, int step, boolean isHeld) implements Answer {}

    /**
     * Fact: the ledger or a hook has failed.
     *
     * @param code {@link Code#PROVISION_FAILED}, {@link Code#OVERLOADED}, {@link Code#INVALID_DATABASE_RESULT} or {@link Code#INTERNAL}
     * @param why in words for operators, at most {@link #MOST_WHY} characters
     */
    record Failed(long session, int step, Code code, String why) implements Answer {

        /** The longest reason, in characters. */
        public static final int MOST_WHY = 500;

        /** Checks the bound. */
        public Failed {
            if (why.length() > MOST_WHY) {
                throw new IllegalArgumentException("the reason of a failure has " + MOST_WHY + " characters at most");
            }
        }
    }

    /** The answer to a question is written, or cannot be. */
    record AnswerEnded(long question, boolean isWritten) implements SessionAction {}

    /** Due: a stage, or the whole session, has taken too long. */
    record SessionDue(long session) implements OfSession {}

    /** Due: something is to be done. */
    record ChoreDue(Chore chore) implements SessionAction {}

    /**
     * Fact: the ledger is looked through.
     *
     * @param counts what was found
     * @param stale redemptions whose lease is over, and which nothing was done for: a session may still work on them. At most {@link
     *     #MOST_STALE}
     */
    record Swept(SweepCounts counts, List<String> stale) implements SessionAction {

        /** The most at a time. */
        public static final int MOST_STALE = 256;

        /** Copies the list and checks the bound. */
        public Swept {
            stale = List.copyOf(stale);
            if (stale.size() > MOST_STALE) {
                throw new IllegalArgumentException("a sweep tells " + MOST_STALE + " redemptions at most");
            }
        }
    }

    /** Fact: the ledger could not be looked through. */
    record Unswept(String why) implements SessionAction {}

    /** This node listens at these addresses. */
    record Listened(Handle listener, List<Multiaddr> addresses) implements SessionAction {
        /** Copies the list. */
        public Listened {
            addresses = List.copyOf(addresses);
        }
    }

    /** A listener is closed. */
    record Unlistened(Handle listener) implements SessionAction {}

    /** Others see this node at these addresses. */
    record Observed(List<Multiaddr> addresses) implements SessionAction {
        /** Copies the list. */
        public Observed {
            addresses = List.copyOf(addresses);
        }
    }

    /** Fact: the node is so loaded. */
    record Pressed(Level level) implements SessionAction {}

    /** Wish of an operator: end a session. */
    record Cancel(long session) implements OfSession, Action.Control {}

    /**
     * Wish: take no new sessions, and end those that go on after a time.
     *
     * @param within that time, microseconds
     */
    record Drain(long within) implements SessionAction, Action.Control {

        /** The longest time: longer ones are taken for it. */
        static final long MOST = 24 * 3_600_000_000L;
    }

    /** Fact for others: no session goes on, and none will be taken. */
    record Drained() implements SessionAction {}

    /** Fact for others: a session has begun. */
    record Begun(long session, PeerId peer) implements OfSession {}

    /**
     * Fact for others: a session has entered a stage.
     *
     * @param stage as {@link Stage#word}
     * @param before the one that it has left
     * @param took how long it was in that, microseconds
     */
    record Moved(long session, String stage, String before, long took) implements OfSession {}

    /** Fact for others: a session is over. */
    record Ended(long session, Past past) implements OfSession {}

    /**
     * Fact for others: a peer was turned away at the door.
     *
     * @param isTold whether it was told so: otherwise its stream was reset
     */
    record TurnedAway(PeerId peer, String network, Code code, boolean isTold) implements SessionAction, OfPeer {}
}
