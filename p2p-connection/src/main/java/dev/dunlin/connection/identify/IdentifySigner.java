package dev.dunlin.connection.identify;

import dev.dunlin.core.keys.PeerRecord;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.keys.PublicKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Signs the node's peer records, each once: peers ask as often as they like, and an RSA signature costs a millisecond. Thread-safe.
 */
public final class IdentifySigner {

    private final PrivateKey key;
    private @Nullable PeerRecord last;
    private Bytes sealed = Bytes.EMPTY;
    private long signatures;

    /** Signs with a key. */
    public IdentifySigner(PrivateKey key) {
        this.key = key;
    }

    /** The key that signatures are checked by. */
    public PublicKey publicKey() {
        return key.publicKey();
    }

    /** The envelope of a record of these addresses; that of the last record is kept. */
    synchronized Bytes envelope(long seq, List<Multiaddr> addresses) {
        PeerRecord record = new PeerRecord(key.publicKey().peerId(), seq, addresses);
        if (!record.equals(last)) {
            sealed = Bytes.of(record.seal(key).toBytes());
            last = record;
            signatures++;
        }
        return sealed;
    }

    /** How often it has signed. */
    public synchronized long signatures() {
        return signatures;
    }
}
