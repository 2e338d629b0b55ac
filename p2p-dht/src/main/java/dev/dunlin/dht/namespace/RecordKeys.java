package dev.dunlin.dht.namespace;

import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Keys that are made of a namespace and a peer id in its binary form. */
public final class RecordKeys {

    private RecordKeys() {}

    /** The key of a peer in a namespace. */
    public static Bytes of(String namespace, PeerId peer) {
        byte[] prefix = prefix(namespace);
        byte[] id = peer.toBytes();
        byte[] key = Arrays.copyOf(prefix, prefix.length + id.length);
        System.arraycopy(id, 0, key, prefix.length, id.length);
        return Bytes.of(key);
    }

    /** The peer of a key; empty if the key is of another namespace, or has no peer id. */
    public static Optional<PeerId> peer(String namespace, Bytes key) {
        byte[] prefix = prefix(namespace);
        byte[] whole = key.toArray();
        if (whole.length < prefix.length || !Arrays.equals(whole, 0, prefix.length, prefix, 0, prefix.length)) {
            return Optional.empty();
        }
        try {
            return Optional.of(PeerId.fromBytes(Arrays.copyOfRange(whole, prefix.length, whole.length)));
        } catch (MultiformatException noPeer) {
            return Optional.empty();
        }
    }

    private static byte[] prefix(String namespace) {
        return ("/" + namespace + "/").getBytes(StandardCharsets.US_ASCII);
    }
}
