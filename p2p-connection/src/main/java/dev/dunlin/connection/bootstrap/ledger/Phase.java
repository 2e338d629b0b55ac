package dev.dunlin.connection.bootstrap.ledger;

/** How far a redemption is. */
public enum Phase {
    /** One use of the token is held for it. */
    RESERVED,
    /** A database is being made, under the redemption's name. */
    PROVISIONING,
    /** The database is there, and the use counts. The answer may not have come to the peer. */
    PROVISIONED,
    /** The peer has the answer. */
    DELIVERED,
    /** It came to nothing, and the use is free again. The same peer may begin anew. */
    RELEASED,
    /** The database is there, and whether the peer has the answer is not known; the time to ask for it again is over. */
    ABANDONED;

    /** Whether a use is held for it that does not count yet. */
    public boolean isReserved() {
        return this == RESERVED || this == PROVISIONING;
    }

    /** Whether it has a database. */
    public boolean hasDatabase() {
        return this == PROVISIONED || this == DELIVERED || this == ABANDONED;
    }
}
