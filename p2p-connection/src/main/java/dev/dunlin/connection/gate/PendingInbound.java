package dev.dunlin.connection.gate;

import dev.dunlin.core.state.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntUnaryOperator;

/**
 * Inbound connections that are not secured yet. A newcomer always finds room: where his subnet has as many as it may, one of that
 * subnet is dropped, drawn at random; where all have as many as they may together, one of the subnet that has most. A handshake
 * takes a few round trips, so who says nothing is soon drawn, and whoever holds many loses many (as OpenSSH's MaxStartups, but
 * by subnet).
 *
 * <p>A subnet is what one customer of a network has: a /24 of IPv4, a /56 of IPv6 (RFC 6177). Thread-safe.
 *
 * @param <T> a pending connection
 */
public final class PendingInbound<T> {

    private static final int V4_ADDRESS = 4;
    private static final int V4_BYTES = 3;
    private static final int V6_BYTES = 7;

    private final int most;
    private final int mostPerSubnet;
    private final IntUnaryOperator draw;
    private final Map<Bytes, List<T>> bySubnet = new HashMap<>();
    private int size;
    private long dropped;

    /**
     * None is pending.
     *
     * @param most how many may be pending together
     * @param mostPerSubnet how many of one subnet
     * @param draw draws a number from 0 up to but without a bound, each as likely as the others
     */
    public PendingInbound(int most, int mostPerSubnet, IntUnaryOperator draw) {
        this.most = most;
        this.mostPerSubnet = mostPerSubnet;
        this.draw = draw;
    }

    /** The subnet of an IP address of 4 or 16 bytes. */
    static Bytes subnet(byte[] address) {
        return Bytes.of(Arrays.copyOf(address, address.length == V4_ADDRESS ? V4_BYTES : V6_BYTES));
    }

    /**
     * Takes one more; what it gives is to be dropped for it, and is not pending any more.
     *
     * @param from its IP address, 4 or 16 bytes
     */
    public synchronized Optional<T> add(byte[] from, T newcomer) {
        Bytes subnet = subnet(from);
        List<T> ofSubnet = bySubnet.getOrDefault(subnet, List.of());
        Optional<T> loser = Optional.empty();
        if (ofSubnet.size() >= mostPerSubnet) {
            loser = Optional.of(drawn(subnet));
        } else if (size >= most) {
            loser = Optional.of(drawn(largest()));
        }
        bySubnet.computeIfAbsent(subnet, any -> new ArrayList<>()).add(newcomer);
        size++;
        dropped += loser.isPresent() ? 1 : 0;
        return loser;
    }

    private Bytes largest() {
        Bytes largest = null;
        int count = 0;
        for (Map.Entry<Bytes, List<T>> entry : bySubnet.entrySet()) {
            if (entry.getValue().size() > count) {
                largest = entry.getKey();
                count = entry.getValue().size();
            }
        }
        if (largest == null) {
            throw new IllegalStateException("nothing is pending");
        }
        return largest;
    }

    private T drawn(Bytes subnet) {
        List<T> ofSubnet = bySubnet.getOrDefault(subnet, List.of());
        T loser = ofSubnet.get(draw.applyAsInt(ofSubnet.size()));
        remove(subnet, loser);
        return loser;
    }

    /** One is pending no more: it is secured, or has failed. Does nothing for one that was dropped. */
    public synchronized void remove(byte[] from, T gone) {
        remove(subnet(from), gone);
    }

    private void remove(Bytes subnet, T gone) {
        List<T> ofSubnet = bySubnet.get(subnet);
        if (ofSubnet != null && ofSubnet.remove(gone)) {
            size--;
            if (ofSubnet.isEmpty()) {
                bySubnet.remove(subnet);
            }
        }
    }

    /** How many are pending. */
    public synchronized int size() {
        return size;
    }

    /** Of how many subnets, for the test of the bound. */
    synchronized int subnets() {
        return bySubnet.size();
    }

    /** How many were dropped for others. */
    public synchronized long dropped() {
        return dropped;
    }
}
