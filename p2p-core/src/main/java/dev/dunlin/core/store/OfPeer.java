package dev.dunlin.core.store;

import dev.dunlin.core.multiformats.PeerId;

/** An action about a peer. New work of one peer gets its fair share of the queue and no more. */
public interface OfPeer extends Action {

    /** The kind of subject that is a peer; its key is the peer id. */
    String KIND = "peer";

    /** Whom it is about. */
    PeerId peer();

    @Override
    default Subject about() {
        return Subject.of(KIND, peer());
    }
}
