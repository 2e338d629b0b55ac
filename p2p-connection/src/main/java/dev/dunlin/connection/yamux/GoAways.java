package dev.dunlin.connection.yamux;

/** Who has said GoAway (hashicorp/yamux spec.md, "Session termination"). */
final class GoAways {

    private boolean said;
    private boolean received;

    /** Whether we said it. */
    boolean said() {
        return said;
    }

    /** Whether the peer said it. */
    boolean received() {
        return received;
    }

    /** We say it; false if we have said it before. */
    boolean say() {
        boolean first = !said;
        said = true;
        return first;
    }

    /** The peer says it; false if that is nothing new. */
    boolean receive() {
        boolean first = !received;
        received = true;
        return first;
    }
}
