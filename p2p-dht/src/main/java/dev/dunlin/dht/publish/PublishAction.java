package dev.dunlin.dht.publish;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.key.Prefix;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;

/** The actions of the publish machine. */
public sealed interface PublishAction extends Action {

    /** The most keys of one wish. */
    int MOST_KEYS = 1000;

    /** An action about the sweep that goes on, of which there is one at most. */
    sealed interface OfSweep extends PublishAction {

        /** The kind of subject that is the sweep. */
        String KIND = "sweep";

        @Override
        default Subject about() {
            return new Subject(KIND, "");
        }
    }

    /**
     * Wish: tell others that this node provides some content, and again before they forget it, over restarts too, until {@link Forget}.
     * Content that is kept published already stays as it is. The end is {@link PublishOutcome.Kept}.
     *
     * @param keys multihashes, each of 1 to {@link KadQuestion#MAX_CONTENT_KEY} bytes; at most {@link #MOST_KEYS}
     */
    record Keep(Ticket ticket, List<Bytes> keys) implements PublishAction, Wish {
        /** Copies the list and checks the bound. */
        public Keep {
            keys = few(keys);
        }
    }

    /**
     * Wish: tell others no more that this node provides some content; what they know they forget in time. Content that is not kept published
     * stays so. The end is {@link PublishOutcome.Forgotten}.
     *
     * @param keys as those of {@link Keep}
     */
    record Forget(Ticket ticket, List<Bytes> keys) implements PublishAction, Wish {
        /** Copies the list and checks the bound. */
        public Forget {
            keys = few(keys);
        }
    }

    private static List<Bytes> few(List<Bytes> keys) {
        if (keys.size() > MOST_KEYS) {
            throw new IllegalArgumentException("a wish is about " + MOST_KEYS + " keys at most, not " + keys.size());
        }
        return List.copyOf(keys);
    }

    /** Wish: store a value with others, and again before they forget it, in the place of one with the same key. The end is {@link PublishOutcome.ValueKept}. */
    record KeepValue(Ticket ticket, ValueRecord record) implements PublishAction, Wish {}

    /** Wish: store a value no more. The end is {@link PublishOutcome.ValueForgotten}. */
    record ForgetValue(Ticket ticket, Bytes key) implements PublishAction, Wish {}

    /** Due: keys are to be published. */
    record SweepDue(Occasion occasion) implements OfSweep {}

    /** Whom this node knows near the first key. */
    record Seeded(long search, List<Contact> nearest) implements OfSweep {
        /** Copies the list. */
        public Seeded {
            nearest = List.copyOf(nearest);
        }
    }

    /**
     * This node is not part of the network, or has no room for another lookup.
     *
     * @param why a sentence without its full stop
     */
    record Unsearched(long search, String why) implements OfSweep {}

    /** A lookup is over. */
    record Searched(long search, QueryOutcome.Done outcome) implements OfSweep {}

    /** A node was told of a key. */
    record StoreAnswered(long ask, PeerId peer, KadAnswer answer) implements OfSweep {}

    /**
     * A node could not be told of a key.
     *
     * @param detail what more is known, for people
     */
    record StoreFailed(long ask, PeerId peer, AskFailure why, String detail) implements OfSweep {}

    /**
     * Fact for others: the keys of a region were published, or as many as could be.
     *
     * @param region where they are
     * @param servers how many nodes were found there
     * @param counts what was done
     */
    record Swept(Occasion occasion, Network network, Prefix region, int servers, Counts counts)
            implements PublishAction {}

    /**
     * Fact for others: the keys of a region were not published, or not all of them, and are tried again.
     *
     * @param why a sentence without its full stop
     */
    record SweepAbandoned(Occasion occasion, Network network, String why) implements PublishAction {}

    /** Due: a value is to be stored. */
    record ValueDue(Bytes key) implements PublishAction {}

    /**
     * The operation that stores a value is over.
     *
     * @param stored with how many nodes it is stored
     * @param failed how many have not stored it
     */
    record ValuePut(long put, int stored, int failed) implements PublishAction {}

    /**
     * A value could not be: it is not valid any more, or too many operations go on.
     *
     * @param why a sentence without its full stop
     */
    record ValueRefused(long put, String why) implements PublishAction {}

    /** Fact: the wall clock was set. */
    record ClockMoved() implements PublishAction {}

    /** Fact: this node listens at these addresses. */
    record Listened(Handle listener, List<Multiaddr> addresses) implements PublishAction {
        /** Copies the list. */
        public Listened {
            addresses = List.copyOf(addresses);
        }
    }

    /** Fact: a listener is closed. */
    record Unlistened(Handle listener) implements PublishAction {}

    /** Fact: others see this node at these addresses. */
    record Observed(List<Multiaddr> addresses) implements PublishAction {
        /** Copies the list. */
        public Observed {
            addresses = List.copyOf(addresses);
        }
    }
}
