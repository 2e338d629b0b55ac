package dev.dunlin.dht.metrics;

import dev.dunlin.core.state.TextType;

/** Something that is counted, by a label. */
public enum Figure {
    /** Operations that callers have begun, by their goals. */
    OPERATIONS,
    /** Operations that are over, by their results. */
    OPERATION_ENDS,
    /** Lookups that are over, those for this node's own upkeep among them, by why. */
    QUERY_ENDS,
    /** Lookups of the upkeep of routing tables that are over, by why. */
    REFRESHES,
    /** Questions that were sent, by their kinds. */
    REQUESTS,
    /** Answers to them, by their kinds. */
    ANSWERS,
    /** Questions that have no answer, by why. */
    FAILURES,
    /** Questions of others, by their kinds. */
    QUESTIONS,
    /** Nodes that have entered a routing table, by its network. */
    ENTERED,
    /** Nodes that have left a routing table, by its network. */
    LEFT;

    /** As text: its name. */
    static final TextType<Figure> TEXT = new TextType<>(Figure.class, "Figure", Figure::name, Figure::valueOf);
}
