package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.table.AddressFilter;
import java.util.ArrayList;
import java.util.List;

/**
 * A peer that provides something. Where it is, is kept once for all that it provides.
 *
 * @param addresses binary multiaddrs, those that it told last first: a tenth of the memory that {@link Multiaddr}s take
 * @param received when it last told of something, microseconds of the node's time
 * @param receivedWall the same by the wall clock
 * @param records how many keys it provides, at least 1
 */
public record Provider(List<Bytes> addresses, long received, long receivedWall, int records) implements Received {

    /** The most addresses that are kept of a peer for each network. */
    static final int MAX_ADDRESSES = 8;

    /** The most bytes of them; one that is longer alone is kept all the same, if it is the first. */
    static final int MAX_BYTES = 512;

    /** Copies the list. */
    public Provider {
        addresses = List.copyOf(addresses);
    }

    /** A peer that tells of something for the first time. */
    public static Provider at(List<Multiaddr> addresses, Moment now) {
        return new Provider(fitting(addresses), now.now(), now.wall(), 1);
    }

    /**
     * The peer tells of something again, in one of its networks: of that network the addresses are others now, of the others they are the
     * same.
     */
    public Provider moved(List<Multiaddr> addresses, AddressFilter filter, Moment now) {
        List<Bytes> after = new ArrayList<>(fitting(addresses));
        for (Bytes known : this.addresses) {
            if (after.size() < 2 * MAX_ADDRESSES && !after.contains(known) && !filter.keeps(read(known))) {
                after.add(known);
            }
        }
        return new Provider(after, now.now(), now.wall(), records);
    }

    /** With so many records more; fewer if negative. */
    public Provider counted(int more) {
        return new Provider(addresses, received, receivedWall, records + more);
    }

    /** Where it can be reached. */
    List<Multiaddr> all() {
        return addresses.stream().map(Provider::read).toList();
    }

    private static Multiaddr read(Bytes address) {
        return Multiaddr.fromBytes(address.toArray());
    }

    private static List<Bytes> fitting(List<Multiaddr> addresses) {
        List<Bytes> fitting = new ArrayList<>();
        int bytes = 0;
        for (Multiaddr address : addresses) {
            Bytes binary = Bytes.of(address.toBytes());
            bytes += binary.size();
            if (fitting.size() == MAX_ADDRESSES || bytes > MAX_BYTES && !fitting.isEmpty()) {
                break;
            }
            fitting.add(binary);
        }
        return fitting;
    }
}
