package dev.dunlin.connection.yamux;

/** Which end of the connection a session is; it decides nothing but the parity of the stream ids. */
public enum YamuxRole {
    /** The end that dialled: its streams have odd ids, from 1. */
    DIALER(1),
    /** The end that was dialled: its streams have even ids, from 2. */
    LISTENER(2);

    private final int firstId;

    YamuxRole(int firstId) {
        this.firstId = firstId;
    }

    int firstId() {
        return firstId;
    }

    /** Whether a stream id belongs to streams that this end opens. */
    boolean owns(int id) {
        return (id & 1) == (firstId & 1);
    }
}
