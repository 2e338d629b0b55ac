package dev.dunlin.connection.stage;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.ActionId;

/** Where a service's facts enter a node. */
public interface SimPort {

    /** The one answer to a request. */
    void answer(ActionId effect, Action fact);

    /** A fact that nobody asked for; false if the node takes no more. */
    boolean offer(Action fact);
}
