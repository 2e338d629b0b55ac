package dev.dunlin.connection.identify;

import dev.dunlin.connection.protocol.Message;
import dev.dunlin.core.keys.KeyException;
import dev.dunlin.core.keys.PeerRecord;
import dev.dunlin.core.keys.PublicKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.util.List;
import java.util.Optional;

/**
 * What a node says of itself. Absent fields and empty lists are not said; in a push that means that they have not changed. Of another
 * node key and record were opened: whether they are those of the peer at the other end is for the machine to ask.
 *
 * @param protocolVersion such as {@code ipfs/0.1.0}
 * @param agentVersion name and version of its software
 * @param keyOf the peer whose public key stands in it
 * @param listenAddresses where it says it can be reached, best first
 * @param protocols the protocol ids it takes streams for
 * @param observedAddress where it sees the receiver
 * @param record its peer record, signed by the peer that the record names; of this node's own the signature is made as it is sent
 * @param skipped how many entries were skipped as it was read: unreadable, beyond a limit, a bad key or record
 */
public record Identified(
        Optional<String> protocolVersion,
        Optional<String> agentVersion,
        Optional<PeerId> keyOf,
        List<Multiaddr> listenAddresses,
        List<String> protocols,
        Optional<Multiaddr> observedAddress,
        Optional<PeerRecord> record,
        int skipped)
        implements Message {

    /** Copies the lists. */
    public Identified {
        listenAddresses = List.copyOf(listenAddresses);
        protocols = List.copyOf(protocols);
    }

    /** Opens key and record: verifies one signature, so this is a service's work. */
    static Identified of(IdentifyMessage message) {
        int skipped = message.skipped();
        Optional<PeerId> keyOf = Optional.empty();
        if (message.publicKey().isPresent()) {
            try {
                keyOf = Optional.of(
                        PublicKey.fromProtobuf(message.publicKey().get().toArray())
                                .peerId());
            } catch (KeyException bad) {
                skipped++;
            }
        }
        Optional<PeerRecord> record = Optional.empty();
        if (message.signedPeerRecord().isPresent()) {
            try {
                PeerRecord.Opened opened =
                        PeerRecord.open(message.signedPeerRecord().get().toArray());
                record = Optional.of(opened.record());
                skipped += opened.skipped();
            } catch (KeyException bad) {
                skipped++;
            }
        }
        return new Identified(
                message.protocolVersion(),
                message.agentVersion(),
                keyOf,
                message.listenAddresses(),
                message.protocols(),
                message.observedAddress(),
                record,
                skipped);
    }
}
