package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import java.util.Map;
import java.util.Optional;

/**
 * How the last connection to each of some peers ended, or that it was called off before there was one: what is told of a peer that is
 * not connected and that nobody dials.
 *
 * @param of by peer, at most {@link ConnectionConfig#maxEnds}; of more, the oldest is forgotten
 * @param order the same peers by the numbers of their ends
 * @param last the last number given; never falls
 */
public record Ends(Table<PeerId, End> of, Table<Long, PeerId> order, long last) {

    /** None. */
    static final Ends NONE = new Ends(Table.empty(), Table.empty(), 0);

    /**
     * The end of a connection, or of what was to become one.
     *
     * @param number which end this is, from 1
     * @param at when, microseconds since the Unix epoch
     * @param since when the connection came up; when it was called off before, when this was
     * @param address the address at the other end
     * @param reason why; empty where it was called off before there was a connection
     * @param detail what more is known; at most {@link ConnectionAction#MAX_TEXT} characters
     */
    public record End(
            long number, long at, long since, Multiaddr address, Optional<CloseReason> reason, String detail) {}

    /** How a peer's last connection ended, as far as it is remembered. */
    public Optional<End> find(PeerId peer) {
        return of.find(peer);
    }

    /** With one more. */
    Ends with(
            PeerId peer,
            long at,
            long since,
            Multiaddr address,
            Optional<CloseReason> reason,
            String detail,
            int most) {
        if (most == 0) {
            return this;
        }
        long number = last + 1;
        Optional<End> before = of.find(peer);
        Table<Long, PeerId> ordered =
                before.isPresent() ? order.without(before.get().number()) : order;
        return new Ends(
                        of.with(peer, new End(number, at, since, address, reason, detail)),
                        ordered.with(number, peer),
                        number)
                .atMost(most);
    }

    /** Without the oldest that are too many. */
    Ends atMost(int most) {
        Ends left = this;
        while (left.of.size() > most) {
            Map.Entry<Long, PeerId> oldest = left.order.first().orElseThrow();
            left = new Ends(left.of.without(oldest.getValue()), left.order.without(oldest.getKey()), left.last);
        }
        return left;
    }
}
