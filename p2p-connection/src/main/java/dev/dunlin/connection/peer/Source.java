package dev.dunlin.connection.peer;

/** From whom an address of a peer is known; declared from the most to the least trusted. */
public enum Source {
    /** From a record that the peer has signed (libp2p/specs RFC/0003-routing-records.md). */
    CERTIFIED,
    /** From the peer, unsigned. */
    TOLD,
    /** From who runs this node, or had it dial the peer there. */
    GIVEN,
    /** From another peer. */
    REFERRED
}
