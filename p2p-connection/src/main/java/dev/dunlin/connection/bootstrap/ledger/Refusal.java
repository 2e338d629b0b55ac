package dev.dunlin.connection.bootstrap.ledger;

/** Why a token is not taken. The peer is told none of this: it is for the trail. */
public enum Refusal {
    /** No token has this hash. */
    UNKNOWN,
    /** Its time is over. */
    EXPIRED,
    /** It is used up, or what is left of it is held for others. */
    USED,
    /** It was revoked. */
    REVOKED,
    /** It is another peer's. */
    OTHER_PEER
}
