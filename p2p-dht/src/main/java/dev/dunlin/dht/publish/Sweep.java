package dev.dunlin.dht.publish;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.routing.Network;

/**
 * The publishing of the keys of one region.
 *
 * @param network in which
 * @param first the first of the keys
 * @param until which of the keys that wait go too: those that wait no longer than this, microseconds of the node's time
 * @param survey the nodes of the region
 * @param stage where it stands
 * @param counts what it has done so far
 */
record Sweep(Occasion occasion, Network network, Key first, long until, Survey survey, Stage stage, Counts counts) {

    /** Where a sweep stands. */
    sealed interface Stage {

        /**
         * It is asked whom this node knows near the first key.
         *
         * @param search the number of the question
         * @param target what is to be looked for
         */
        record Seeding(long search, Bytes target) implements Stage {}

        /**
         * The nodes of the region are looked for.
         *
         * @param search the number of the lookup
         * @param target what is looked for
         */
        record Exploring(long search, Bytes target) implements Stage {}

        /** The nodes are told of the keys. */
        record Storing(Delivery delivery) implements Stage {}
    }

    static Sweep of(Occasion occasion, Network network, Key first, long until, Stage stage) {
        return new Sweep(occasion, network, first, until, Survey.NEW, stage, Counts.NONE);
    }

    Sweep with(Survey changed) {
        return new Sweep(occasion, network, first, until, changed, stage, counts);
    }

    Sweep at(Stage changed) {
        return new Sweep(occasion, network, first, until, survey, changed, counts);
    }

    Sweep counting(Counts more) {
        return new Sweep(occasion, network, first, until, survey, stage, counts.plus(more));
    }

    /** The delivery of a sweep that stores, as a guard has asked. */
    Delivery delivery() {
        return ((Stage.Storing) stage).delivery();
    }
}
