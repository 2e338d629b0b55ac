package dev.dunlin.dht.routing;

import dev.dunlin.core.store.Outcome;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.dht.table.Contact;
import java.util.List;

/** What who asks the routing machine is told. */
public sealed interface RoutingOutcome extends Outcome {

    /**
     * The end of a {@link RoutingAction.Find}.
     *
     * @param nearest the nearest first
     * @param size how many nodes the network has, as is estimated; 0 while too little is known
     */
    record Found(Ticket ticket, List<Contact> nearest, double size) implements RoutingOutcome {
        /** Copies the list. */
        public Found {
            nearest = List.copyOf(nearest);
        }
    }

    /**
     * The end of a {@link RoutingAction.Join}.
     *
     * @param known how many nodes this node knows now
     */
    record Joined(Ticket ticket, int known) implements RoutingOutcome {}
}
