package dev.dunlin.connection.yamux;

import java.util.OptionalLong;

/** Who has said GoAway, and what follows from it (hashicorp/yamux spec.md, "Session termination"). */
final class GoAways {

    private boolean meant;
    private boolean said;
    private boolean sent;
    private boolean finishing;
    private int crossing;
    private OptionalLong received = OptionalLong.empty();

    /**
     * None yet.
     *
     * @param crossing how many streams the peer may open though we take none, not knowing it
     */
    GoAways(int crossing) {
        this.crossing = crossing;
    }

    /** We mean to: no more streams; false if we did before. */
    boolean mean() {
        boolean first = !meant;
        meant = true;
        return first;
    }

    /** Whether streams are opened and taken no more. */
    boolean meant() {
        return meant;
    }

    /** We say it; false if we have said it before. */
    boolean say() {
        boolean first = !said;
        said = true;
        return first;
    }

    /** One of ours was drained. */
    void wasSent() {
        sent = true;
    }

    /** Whether one of ours was drained. */
    boolean sent() {
        return sent;
    }

    /** The session is to end with its last stream. */
    void finish() {
        finishing = true;
    }

    /** Whether the session is to end with its last stream. */
    boolean finishing() {
        return finishing;
    }

    /** A stream is opened though we take none; true if the peer is let off. */
    boolean crosses() {
        return crossing-- > 0;
    }

    /** The peer says it; false if that is nothing new. A failure is news behind an end in peace. */
    boolean receive(long code) {
        boolean news = received.isEmpty() || received.getAsLong() == YamuxSession.NORMAL && code != YamuxSession.NORMAL;
        if (news) {
            received = OptionalLong.of(code);
        }
        return news;
    }

    /** The peer's code, if it said it. */
    OptionalLong received() {
        return received;
    }
}
