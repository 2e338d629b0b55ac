package dev.dunlin.connection.yamux;

import dev.dunlin.connection.account.ByteAccount;

/**
 * What a session's streams have reserved of the node's bytes: growth of receive windows above the first 256 KiB, which the
 * peer may fill at any time; of these first 256 KiB what is delivered and not consumed; and what is written and not drained.
 */
final class Memory {

    private final ByteAccount.Share share;
    private final YamuxLimits limits;
    private long grown;

    Memory(ByteAccount.Share share, YamuxLimits limits) {
        this.share = share;
        this.limits = limits;
    }

    /** Bytes by which receive windows stand above 256 KiB each, in all. */
    long grown() {
        return grown;
    }

    /** How many bytes may be written now that are more than every stream's due. */
    long spare() {
        return share.spare();
    }

    /** Grows a window towards a size, as far as the bounds allow; false if the account cut it short. */
    boolean grow(YamuxStream stream, long target) {
        long wanted = Math.min(target, limits.maxStreamWindow()) - stream.in.size();
        if (wanted <= 0) {
            return true;
        }
        long granted = share.reserveSpare(wanted);
        grown += granted;
        stream.in.grow(granted);
        return granted == wanted;
    }

    /** Reserves what a stream has unread; false if there is no room for all of it. */
    boolean holdUnread(YamuxStream stream) {
        // What is beyond the first window was reserved when the window grew.
        long missing = Math.min(stream.in.unread(), Wire.INITIAL_WINDOW) - stream.unreadReserved;
        if (missing <= 0) {
            return true;
        }
        long granted = share.reserve(missing);
        stream.unreadReserved += granted;
        return granted == missing;
    }

    /** Bytes were consumed or dropped. */
    void releaseUnread(YamuxStream stream) {
        long surplus = stream.unreadReserved - stream.in.unread();
        if (surplus > 0) {
            stream.unreadReserved -= surplus;
            share.release(surplus);
        }
    }

    /**
     * Reserves what is about to be written. Up to the floor a stream may write more than is granted: it must not depend on
     * others to be woken, since they give nothing back here.
     *
     * @return how many bytes may be written
     */
    long holdWritten(YamuxStream stream, long wanted) {
        long granted = share.reserveSpare(wanted);
        stream.writtenReserved += granted;
        return Math.min(wanted, Math.max(granted, limits.writeBufferFloor() - stream.queued));
    }

    /** Written bytes were drained or forgotten; what was written without a reservation counts as the first to go. */
    void releaseWritten(YamuxStream stream) {
        long surplus = stream.writtenReserved - stream.queued;
        if (surplus > 0) {
            stream.writtenReserved -= surplus;
            share.release(surplus);
        }
    }

    /** A stream is over, its buffers are empty. */
    void forget(YamuxStream stream) {
        long growth = stream.in.size() - Wire.INITIAL_WINDOW;
        grown -= growth;
        share.release(growth + stream.unreadReserved + stream.writtenReserved);
        stream.unreadReserved = 0;
        stream.writtenReserved = 0;
    }
}
