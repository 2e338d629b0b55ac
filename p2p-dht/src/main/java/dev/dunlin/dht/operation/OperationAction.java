package dev.dunlin.dht.operation;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.PeerInfo;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.List;
import java.util.Optional;

/** The actions of the machine of operations. */
public sealed interface OperationAction extends Action {

    /** An action about an operation that goes on, or has gone on. */
    sealed interface OfOperation extends OperationAction {

        /** The kind of subject that is an operation; its key is the number. */
        String KIND = "operation";

        /** The operation. */
        long operation();

        @Override
        default Subject about() {
            return Subject.of(KIND, operation());
        }
    }

    /** Wish: reach a goal. What is found on the way is told ({@link OperationOutcome.Told}), and at last {@link OperationOutcome.Done}. */
    record Start(Ticket ticket, Goal goal) implements OperationAction, Wish {}

    /**
     * Wish: no more is to be done; the end is told with what was found.
     *
     * @param ticket that of the operation
     */
    record Stop(Ticket ticket) implements OperationAction {}

    /**
     * What this node holds itself.
     *
     * @param value under the key
     * @param providers of the content of the key
     */
    record Recalled(long operation, Optional<ValueRecord> value, List<PeerInfo> providers) implements OfOperation {
        /** Copies the list. */
        public Recalled {
            providers = List.copyOf(providers);
        }
    }

    /**
     * Whom this node knows near the key, in one network.
     *
     * @param size how many nodes the network has, as is estimated; 0 while too little is known
     */
    record Seeded(long operation, Network network, List<Contact> nearest, double size) implements OfOperation {
        /** Copies the list. */
        public Seeded {
            nearest = List.copyOf(nearest);
        }
    }

    /** This node is not part of a network, or has no room for another lookup. */
    record Unsearched(long operation, Network network, String why) implements OfOperation {}

    /**
     * A node has answered a lookup.
     *
     * @param from where from, if that is known
     */
    record Answered(long operation, Network network, PeerId peer, Optional<Multiaddr> from, KadAnswer answer)
            implements OfOperation {}

    /** A lookup is over. */
    record Searched(long operation, Network network, QueryOutcome.Done outcome) implements OfOperation {}

    /**
     * A node has answered what it was to store, or whether it is there.
     *
     * @param from where from, if that is known
     */
    record StoreAnswered(long operation, int request, PeerId peer, Optional<Multiaddr> from, KadAnswer answer)
            implements OfOperation {}

    /**
     * A node has not.
     *
     * @param detail what more is known, for people
     */
    record StoreFailed(long operation, int request, PeerId peer, AskFailure why, String detail)
            implements OfOperation {}

    /** Due: the time of an operation is over. */
    record OperationDue(long operation) implements OfOperation {}

    /** Fact: this node listens at these addresses. */
    record Listened(Handle listener, List<Multiaddr> addresses) implements OperationAction {
        /** Copies the list. */
        public Listened {
            addresses = List.copyOf(addresses);
        }
    }

    /** Fact: a listener is closed. */
    record Unlistened(Handle listener) implements OperationAction {}

    /** Fact: others see this node at these addresses. */
    record Observed(List<Multiaddr> addresses) implements OperationAction {
        /** Copies the list. */
        public Observed {
            addresses = List.copyOf(addresses);
        }
    }
}
