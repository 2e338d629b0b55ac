package dev.dunlin.connection;

/** Who opened a connection or a stream. */
public enum Direction {
    /** The other side. */
    INBOUND,
    /** This node. */
    OUTBOUND
}
