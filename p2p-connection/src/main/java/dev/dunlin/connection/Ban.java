package dev.dunlin.connection;

import dev.dunlin.core.state.Due;

/**
 * A peer is banned: it is not dialled, not kept, and what it opens is not taken.
 *
 * @param why what for, in words; may be empty
 * @param since since when, microseconds since the Unix epoch
 * @param at when it ends; {@link #NEVER} if somebody must end it
 */
public record Ban(String why, long since, long at) implements Due {}
