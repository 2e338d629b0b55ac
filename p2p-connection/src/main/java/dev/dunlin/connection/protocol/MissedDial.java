package dev.dunlin.connection.protocol;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.core.multiformats.Multiaddr;

/**
 * How the last dial to a peer failed: whoever waited for a connection and got none in time tells it.
 *
 * @param how at most {@link ConnectionAction#MAX_TEXT} characters; empty if none failed
 * @param at when, microseconds of the node's time
 */
public record MissedDial(String how, long at) {

    /**
     * Checks the bound.
     *
     * @throws IllegalArgumentException if the text is too long
     */
    public MissedDial {
        ConnectionAction.boundedDetail(how);
    }

    /** None failed. */
    public static final MissedDial NONE = new MissedDial("", 0);

    /** A dial that failed now, at one address. */
    public static MissedDial of(ConnectionError.Kind why, Multiaddr address, long now) {
        return new MissedDial(ConnectionAction.shortened(why.words() + " at " + address), now);
    }

    /**
     * What somebody tells who got no connection: a sentence without its full stop.
     *
     * @param since from when on a connection was waited for; what failed before that is no reason
     */
    public String late(long since) {
        return how.isEmpty() || at < since
                ? "no connection came up"
                : ConnectionAction.shortened("no connection came up; the last dial failed: " + how);
    }
}
