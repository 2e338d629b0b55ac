package dev.dunlin.connection.sim;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.TypeTable;

/**
 * What a byzantine peer can do: the steps of its script, as misdeeds of a plan. Those that begin with {@code Answer} say how it
 * answers others from then on; before the first of them it keeps the rules. Peers are named by their nodes' numbers. A deed that
 * finds nothing to be done to, such as the closing of a connection that is not there, does nothing; so does every deed after the
 * phase of faults, when the peer closes its connections and listens no more.
 */
public sealed interface RogueDeed extends Action {

    /** The greatest number of a peer, for ids have room for no greater one. */
    int MOST_PEER = 65_535;

    /** The most streams that one deed opens. */
    int MOST_STREAMS = 1_000;

    /** How a handshake goes. */
    enum Handshake {
        /** By the rules. */
        WHOLE,
        /** The connection breaks as soon as the other side has spoken. */
        BROKEN_OFF,
        /** Nothing comes any more once the other side has spoken, and the connection stays. */
        SILENT,
        /** By the rules, and then the connection is closed at once. */
        CLOSED_AFTER
    }

    /** What becomes of a stream that the other side opens. */
    enum Streaming {
        /** By the rules: pings are answered, and identify is told the truth. */
        BY_THE_RULES,
        /** Pings are answered by other bytes, and identify is told of another peer's key and address. */
        WRONG_BYTES,
        /** The stream is taken; nothing is ever sent on it. */
        SILENT,
        /** The stream is taken, and its other direction closed. */
        HALF_CLOSED,
        /** The stream is taken and reset. */
        RESET,
        /** No protocol is spoken. */
        REFUSED,
        /** Which protocol is to be spoken is never answered. */
        UNANSWERED
    }

    /**
     * Dials a node, if that listens.
     *
     * @param target whom
     * @param as the peer for which it gives itself out, as if it had that peer's key; its own number if it does not
     * @param handshake how it behaves then
     */
    record Dial(int target, int as, Handshake handshake) implements RogueDeed {
        /** Checks the numbers. */
        public Dial {
            requirePeer(target);
            requirePeer(as);
        }
    }

    /**
     * How it answers those who dial it, from now on.
     *
     * @param as the peer for which it gives itself out, as if it had that peer's key; its own number if it does not
     * @param handshake how it behaves then
     */
    record AnswerDials(int as, Handshake handshake) implements RogueDeed {
        /** Checks the number. */
        public AnswerDials {
            requirePeer(as);
        }
    }

    /**
     * Opens streams on the last of its connections with a node, all at once, and does nothing on them.
     *
     * @param target with whom
     * @param protocol the one that it offers, such as {@code /ipfs/ping/1.0.0}
     * @param count how many, 1 to {@link #MOST_STREAMS}
     */
    record OpenStreams(int target, String protocol, int count) implements RogueDeed {
        /** Checks the numbers. */
        public OpenStreams {
            requirePeer(target);
            if (count < 1 || count > MOST_STREAMS) {
                throw new IllegalArgumentException("a deed opens 1 to " + MOST_STREAMS + " streams, not " + count);
            }
        }
    }

    /** How it answers those who open streams to it, from now on. */
    record AnswerStreams(Streaming how) implements RogueDeed {}

    /** Closes its direction of all streams that are open with a node. */
    record HalfCloseStreams(int target) implements RogueDeed {
        /** Checks the number. */
        public HalfCloseStreams {
            requirePeer(target);
        }
    }

    /** Resets all streams that are open with a node. */
    record ResetStreams(int target) implements RogueDeed {
        /** Checks the number. */
        public ResetStreams {
            requirePeer(target);
        }
    }

    /** Closes all its connections with a node in order. */
    record Close(int target) implements RogueDeed {
        /** Checks the number. */
        public Close {
            requirePeer(target);
        }
    }

    /** Says on all its connections with a node that it goes away, in peace or not, and stays. */
    record GoAway(int target, boolean inPeace) implements RogueDeed {
        /** Checks the number. */
        public GoAway {
            requirePeer(target);
        }
    }

    /** Leaves all its connections with a node without a word: the node finds out by their silence. */
    record Vanish(int target) implements RogueDeed {
        /** Checks the number. */
        public Vanish {
            requirePeer(target);
        }
    }

    /** The names under which plans have them. */
    TypeTable TYPES = TypeTable.of("rogue")
            .action("dial", Dial.class)
            .action("answerDials", AnswerDials.class)
            .action("openStreams", OpenStreams.class)
            .action("answerStreams", AnswerStreams.class)
            .action("halfCloseStreams", HalfCloseStreams.class)
            .action("resetStreams", ResetStreams.class)
            .action("close", Close.class)
            .action("goAway", GoAway.class)
            .action("vanish", Vanish.class)
            .build();

    private static void requirePeer(int number) {
        if (number < 0 || number > MOST_PEER) {
            throw new IllegalArgumentException("a peer's number is 0 to " + MOST_PEER + ", not " + number);
        }
    }
}
