package dev.dunlin.connection;

import dev.dunlin.core.state.Due;

/**
 * A peer is banned: it is not dialled, not kept, and what it opens is not taken. Its end is one of the calendar, so that it comes also
 * while the node is stopped.
 *
 * @param why what for, in words; may be empty
 * @param since since when, microseconds since the Unix epoch, by the wall clock
 * @param until when it ends, likewise; {@link #NEVER} if somebody must end it
 * @param at the same by the node's time, of this run
 */
public record Ban(String why, long since, long until, long at) implements Due {

    /** This in another run, which begins at a time of the node's and of the wall clock. */
    Ban from(long now, long wall) {
        return new Ban(why, since, until, until == NEVER ? NEVER : now + Math.max(0, until - wall));
    }
}
