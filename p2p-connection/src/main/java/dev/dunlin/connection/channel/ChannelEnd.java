package dev.dunlin.connection.channel;

/** Why a channel is over. */
public enum ChannelEnd {
    /** Both sides have said all, and all of it has arrived. */
    FINISHED,
    /** This side reset it: its owner, or somebody else here who closed the stream. */
    LOCAL_RESET,
    /** The other side reset it. */
    REMOTE_RESET,
    /** What came is no message of the protocol, or breaks another rule. */
    MALFORMED,
    /** A message that its owner sent has no bytes: its codec fails, or it is longer than the protocol's framing allows. */
    UNENCODABLE,
    /** Its connection is closed. */
    CONNECTION_CLOSED,
    /** Nothing happened on it for too long, or nobody here took it. */
    IDLE,
    /** This side reset it, as no memory was left for what the other side sends. */
    LIMIT
}
