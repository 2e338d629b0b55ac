package dev.dunlin.node.config;

/**
 * A mistake in a configuration.
 *
 * @param where the place of it
 * @param what what is wrong and what may stand there, in one sentence without a full stop
 */
public record Problem(Origin where, String what) {
    /** Both, on one line. */
    @Override
    public String toString() {
        return where.text() + ": " + what;
    }
}
