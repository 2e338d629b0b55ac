package dev.dunlin.connection.yamux;

/**
 * The receiving side's account of one stream. Always: what the peer may still send, what was delivered and not
 * consumed, and what waits to be credited add up to the window's size, until the peer ends it.
 */
final class ReceiveWindow {

    private long size = Wire.INITIAL_WINDOW;
    private long open = Wire.INITIAL_WINDOW;
    private long unread;
    private long credit;
    private long updatedAt;

    ReceiveWindow(long now) {
        this.updatedAt = now;
    }

    long size() {
        return size;
    }

    long unread() {
        return unread;
    }

    long credit() {
        return credit;
    }

    /** Takes a frame's whole body off the window; false, and nothing is taken, if it is longer. */
    boolean take(long length) {
        if (length > open) {
            return false;
        }
        open -= length;
        return true;
    }

    void delivered(int bytes) {
        unread += bytes;
    }

    void consumed(long bytes) {
        unread -= bytes;
        credit += bytes;
    }

    void grow(long bytes) {
        size += bytes;
        credit += bytes;
    }

    /**
     * Half a window waits: late enough to spare frames, and early enough that a peer whose data is all consumed always
     * has something left to send.
     */
    boolean updateDue() {
        return credit * 2 >= size;
    }

    /** Whether the last update is so recent that the window, not the application, is what holds the peer up. */
    boolean tooSmall(long now, long rtt) {
        return rtt > 0 && now - updatedAt < 4 * rtt;
    }

    /** Gives the credit to the peer. */
    long grant(long now) {
        long granted = credit;
        if (granted > 0) {
            credit = 0;
            open += granted;
            updatedAt = now;
        }
        return granted;
    }
}
