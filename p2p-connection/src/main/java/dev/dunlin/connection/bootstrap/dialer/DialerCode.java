package dev.dunlin.connection.bootstrap.dialer;

/** How an attempt to redeem a link has failed. */
public enum DialerCode {
    /** The link's time is over: nobody was asked. */
    LINK_EXPIRED,
    /** None of the party's nodes could be reached, or none speaks the protocol. */
    NO_REACHABLE_RESPONDER,
    /** The party does not take it; the reason is told with it. */
    REJECTED,
    /** The party's answer is none that can be: a database where none is due, or none where one is. */
    INVALID_RESPONSE,
    /** This node could not make the database. */
    PROVISION_FAILED,
    /** The party has been asked, and it is not known whether it has taken it. The same may be tried again: it is not redeemed twice. */
    OUTCOME_UNKNOWN,
    /** It was called off. */
    CANCELLED,
    /** This node has a fault. */
    INTERNAL
}
