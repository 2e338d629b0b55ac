package dev.dunlin.dht.routing;

import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.OfPeer;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.List;
import java.util.Optional;

/** The actions of the routing machine. */
public sealed interface RoutingAction extends Action {

    /** An action about something that this machine has asked of others. */
    sealed interface OfTask extends RoutingAction {

        /** The kind of subject that is a task; its key is the number. */
        String KIND = "task";

        /** The task. */
        long task();

        @Override
        default Subject about() {
            return Subject.of(KIND, task());
        }
    }

    /** An action about a node in a network. */
    sealed interface OfNode extends RoutingAction, OfPeer {

        /** In which network. */
        Network network();
    }

    /**
     * Wish: tell me the nodes nearest to a key, of those that this node knows.
     *
     * @param key whose hash is the target; at least one byte
     * @param most how many, 1 to {@link dev.dunlin.dht.query.Terms#MOST_WANTED}
     */
    record Find(Ticket ticket, Network network, Bytes key, int most) implements RoutingAction, Wish {}

    /** Wish: look for other nodes now, and tell me when that is done. */
    record Join(Ticket ticket, Network network) implements RoutingAction, Wish {}

    /**
     * Fact: a node has answered a query.
     *
     * @param contact where it was asked
     * @param from where it has answered from, if that is known
     */
    record Helped(PeerId peer, Network network, Contact contact, Optional<Multiaddr> from) implements OfNode {}

    /** Fact: a node has not answered a query. */
    record Failed(PeerId peer, Network network, AskFailure why) implements OfNode {}

    /**
     * Fact: a connected peer has told of itself.
     *
     * @param protocols the protocols that it takes streams for
     * @param addresses where it listens
     */
    record Described(PeerId peer, List<String> protocols, List<Multiaddr> addresses) implements RoutingAction, OfPeer {
        /** Copies the lists. */
        public Described {
            protocols = List.copyOf(protocols);
            addresses = List.copyOf(addresses);
        }
    }

    /** Fact: this node can be reached at these addresses, as others see it. */
    record Observed(List<Multiaddr> addresses) implements RoutingAction {
        /** Copies the list. */
        public Observed {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * A node that is looked at has answered.
     *
     * @param from where from, if that is known
     */
    record CheckAnswered(long task, PeerId peer, Optional<Multiaddr> from, KadAnswer answer) implements OfTask {}

    /**
     * A node that is looked at has not answered.
     *
     * @param detail what more is known, for people
     */
    record CheckFailed(long task, PeerId peer, AskFailure why, String detail) implements OfTask {}

    /** A lookup is over. */
    record LookupDone(long task, QueryOutcome.Done outcome) implements OfTask {}

    /**
     * A lookup was refused.
     *
     * @param why a sentence without its full stop
     */
    record LookupRefused(long task, String why) implements OfTask {}

    /** Due: nodes are to be looked at or for. */
    record SpaceDue(Network network) implements RoutingAction {}

    /**
     * A node asks.
     *
     * @param question the number of its question
     */
    record Asked(PeerId peer, Network network, long question, KadQuestion message) implements OfNode {}

    /**
     * Where the node may be for which another has asked, beside those of the table.
     *
     * @param question the number of the question
     */
    record Located(long question, PeerId peer, Network network, List<Multiaddr> addresses) implements OfNode {
        /** Copies the list. */
        public Located {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Fact for others: a node asks for a record or tells of one, and whoever keeps records is to answer.
     *
     * @param question the number of its question
     * @param closer the nodes nearest to the key, of those that this node knows
     */
    record RecordsAsked(PeerId peer, Network network, long question, KadQuestion.OfKey message, List<Contact> closer)
            implements OfNode {
        /** Copies the list. */
        public RecordsAsked {
            closer = List.copyOf(closer);
        }
    }

    /** Fact for others: a node has entered the table. */
    record Entered(PeerId peer, Network network) implements OfNode {}

    /** Fact for others: a node has left the table. */
    record Left(PeerId peer, Network network) implements OfNode {}
}
