package dev.dunlin.dht.publish;

import dev.dunlin.core.state.TextType;

/** Why keys are published. */
public enum Occasion {
    /** They are new, or too few nodes have stored them the last time. */
    NEWS,
    /** It is their turn in the round in which all keys are published again. */
    ROUND;

    /** As text: its name. */
    static final TextType<Occasion> TEXT =
            new TextType<>(Occasion.class, "Occasion", Occasion::name, Occasion::valueOf);
}
