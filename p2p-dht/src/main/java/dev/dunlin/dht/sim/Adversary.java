package dev.dunlin.dht.sim;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;

/** Who answers in place of a node's machines, with the same messages. What the node itself asks its machines ask still. */
@FunctionalInterface
public interface Adversary {

    /** It lets the machines answer. */
    Adversary NONE = (node, asker, question) -> Reply.HONEST;

    /**
     * What a node answers.
     *
     * @param node its number
     */
    Reply answers(int node, PeerId asker, KadQuestion question);

    /** What an adversary does with a question. */
    sealed interface Reply {

        /** The machines answer at once. */
        Reply HONEST = new Honest(0);

        /**
         * The machines answer.
         *
         * @param after how long after the question came, microseconds, at least 0
         */
        record Honest(long after) implements Reply {}

        /** Nobody answers: whoever asks waits until its time is over. */
        record Silence() implements Reply {}

        /** This is answered, whatever the machines know. */
        record Lie(KadAnswer answer) implements Reply {}
    }
}
