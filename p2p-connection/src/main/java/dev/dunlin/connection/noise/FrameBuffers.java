package dev.dunlin.connection.noise;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/**
 * Lends arrays that hold one whole frame to all connections of a node in turn. A frame that arrives in pieces needs such an
 * array for the moment; a connection that kept its own would hold 64 KiB while it is idle, and one that allocated it anew
 * would make as much garbage as it receives. A lent array comes back zeroed.
 *
 * <p>Thread-safe: connections of several event loops share it.
 */
public final class FrameBuffers {

    /** Bytes of each array: a frame's length and its longest body. */
    static final int SIZE = Frame.HEADER + Frame.MAX_BODY;

    private final int most;
    private final Deque<byte[]> idle = new ArrayDeque<>();

    /**
     * None yet: an array is made when somebody needs one.
     *
     * @param most how many arrays of 64 KiB may be kept for the next who needs one, at least 0
     * @throws IllegalArgumentException if that is negative
     */
    public FrameBuffers(int most) {
        if (most < 0) {
            throw new IllegalArgumentException("so many arrays cannot be kept: " + most + "; set it to 0 or more");
        }
        this.most = most;
    }

    /** An array that is kept, if there is one. */
    synchronized Optional<byte[]> lend() {
        return Optional.ofNullable(idle.poll());
    }

    /** An array that is kept, or a new one. */
    byte[] take() {
        return lend().orElseGet(() -> new byte[SIZE]);
    }

    /**
     * Takes an array of {@link #SIZE} that nobody else uses, lent or not.
     *
     * @param used how many bytes at its front may not be zero
     */
    void giveBack(byte[] array, int used) {
        Arrays.fill(array, 0, used, (byte) 0);
        synchronized (this) {
            if (idle.size() < most) {
                idle.push(array);
            }
        }
    }

    /** How many arrays are kept now. */
    synchronized int idle() {
        return idle.size();
    }
}
