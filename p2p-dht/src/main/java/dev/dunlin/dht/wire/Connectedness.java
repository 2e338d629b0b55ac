package dev.dunlin.dht.wire;

/** What the sender of a message knows of its connection to a peer. A hint: nothing may depend on it. */
public enum Connectedness {
    /** There is no connection, and nothing more is known. What a number that is not known is read as. */
    NOT_CONNECTED,
    /** There is a connection. */
    CONNECTED,
    /** There was one lately. */
    CAN_CONNECT,
    /** It was tried hard, and failed. */
    CANNOT_CONNECT
}
