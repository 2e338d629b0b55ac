package dev.dunlin.core.state;

/**
 * A value that something must happen to at some time, if nothing happens to it before. A {@link Table} of such values knows
 * the earliest of them; a machine names the action that a due entry becomes.
 */
public interface Due {

    /** Later than every time: nothing is due. */
    long NEVER = Long.MAX_VALUE;

    /** When it is due, microseconds of the node's time; {@link #NEVER} if it waits for nothing. */
    long at();

    /** When any value is due; {@link #NEVER} if it is no {@code Due}. */
    static long of(Object value) {
        return value instanceof Due due ? due.at() : NEVER;
    }
}
