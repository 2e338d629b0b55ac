package dev.dunlin.node.records.jdbc;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The addresses of a peer in one column: of each its length in two bytes, and its binary form. */
final class AddressBlob {

    private AddressBlob() {}

    static byte[] write(List<Bytes> addresses) {
        int size = 0;
        for (Bytes each : addresses) {
            size += Short.BYTES + each.size();
        }
        ByteBuffer blob = ByteBuffer.allocate(size);
        for (Bytes each : addresses) {
            blob.putShort((short) each.size()).put(each.toArray());
        }
        return blob.array();
    }

    /**
     * Reads them, each to its end: what the machine gets of this must be what it once gave.
     *
     * @throws RuntimeException if they are damaged
     */
    static List<Bytes> read(byte[] blob) {
        ByteBuffer rest = ByteBuffer.wrap(blob);
        List<Bytes> addresses = new ArrayList<>();
        while (rest.hasRemaining()) {
            byte[] address = new byte[rest.getShort() & 0xffff];
            rest.get(address);
            addresses.add(Bytes.of(Multiaddr.fromBytes(address).toBytes()));
        }
        return addresses;
    }
}
