package dev.dunlin.dht.namespace;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.util.Optional;

/**
 * IPNS records: under {@code /ipns/} and a peer id stands a record that the peer signed (ipfs/specs src/ipns/ipns-record.md, "Routing
 * Record"). Of two the {@linkplain IpnsRecord#newness newer} is to be preferred, and one that can be read to one that cannot.
 */
public final class IpnsValidator implements Validator {

    /** Its namespace. */
    public static final String NAMESPACE = "ipns";

    /** The validator. */
    public IpnsValidator() {}

    /** The key under which the record of a name stands. */
    public static Bytes keyOf(PeerId name) {
        return RecordKeys.of(NAMESPACE, name);
    }

    @Override
    public String namespace() {
        return NAMESPACE;
    }

    @Override
    public Optional<String> problem(Bytes key, Bytes value, long wallTime) {
        Optional<PeerId> name = RecordKeys.peer(NAMESPACE, key);
        if (name.isEmpty()) {
            return Optional.of("behind /ipns/ stands a peer id in its binary form, and this is none");
        }
        try {
            return IpnsRecord.decode(value).problem(name.get(), wallTime);
        } catch (MalformedRecord malformed) {
            return Optional.of(String.valueOf(malformed.getMessage()));
        }
    }

    @Override
    public int better(Bytes key, Bytes one, Bytes other) {
        Optional<IpnsRecord> first = read(one);
        Optional<IpnsRecord> second = read(other);
        if (first.isPresent() && second.isPresent()) {
            return first.get().newness(second.get());
        }
        int byReading = Boolean.compare(first.isPresent(), second.isPresent());
        return byReading != 0 ? byReading : one.compareTo(other);
    }

    private static Optional<IpnsRecord> read(Bytes value) {
        try {
            return Optional.of(IpnsRecord.decode(value));
        } catch (MalformedRecord malformed) {
            return Optional.empty();
        }
    }
}
