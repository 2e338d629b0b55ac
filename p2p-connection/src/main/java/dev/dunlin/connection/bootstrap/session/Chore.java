package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.TextType;

/** What is to be done at some time, whatever comes. */
public enum Chore {
    /** Look through the ledger for what has no session. */
    SWEEP,
    /** Tell in the trail how many were turned away beside those that it names. */
    COUNT,
    /** End what still goes on though the node is to stop. */
    DRAIN;

    /** As text: its name. */
    static final TextType<Chore> TEXT = new TextType<>(Chore.class, "Chore", Chore::name, Chore::valueOf);

    /**
     * When it is to be done.
     *
     * @param at microseconds of the node's time
     */
    public record Alarm(long at) implements Due {}
}
