package dev.dunlin.dht.namespace;

import dev.dunlin.core.keys.KeyException;
import dev.dunlin.core.keys.PublicKey;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.util.Optional;

/**
 * Public keys: under {@code /pk/} and a peer id stands the public key protobuf of that peer. All valid values are equally good, since
 * they are one key.
 */
public final class PublicKeyValidator implements Validator {

    /** Its namespace. */
    public static final String NAMESPACE = "pk";

    /** The validator. */
    public PublicKeyValidator() {}

    /** The key under which the public key of a peer stands. */
    public static Bytes keyOf(PeerId peer) {
        return RecordKeys.of(NAMESPACE, peer);
    }

    @Override
    public String namespace() {
        return NAMESPACE;
    }

    @Override
    public Optional<String> problem(Bytes key, Bytes value, long wallTime) {
        Optional<PeerId> peer = RecordKeys.peer(NAMESPACE, key);
        if (peer.isEmpty()) {
            return Optional.of("behind /pk/ stands a peer id in its binary form, and this is none");
        }
        PeerId owner;
        try {
            owner = PublicKey.fromProtobuf(value.toArray()).peerId();
        } catch (KeyException noKey) {
            return Optional.of("the value is no public key: " + noKey.getMessage());
        }
        return owner.equals(peer.get())
                ? Optional.empty()
                : Optional.of("the value is the public key of " + owner + ", and not of " + peer.get());
    }

    @Override
    public int better(Bytes key, Bytes one, Bytes other) {
        return 0;
    }
}
