package dev.dunlin.connection.identify;

import dev.dunlin.core.keys.KeyException;
import dev.dunlin.core.keys.PeerRecord;
import dev.dunlin.core.keys.PublicKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.util.List;
import java.util.Optional;

/**
 * What a peer said of itself, with key and record opened: plain data for an action. Absent fields and empty lists were
 * not said. Whether key and record are those of the peer at the other end is for the machine to ask.
 *
 * @param protocolVersion such as {@code ipfs/0.1.0}
 * @param agentVersion name and version of its software
 * @param keyOf the peer whose public key it sent
 * @param listenAddresses where it says it can be reached
 * @param protocols the protocol ids it takes streams for
 * @param observedAddress where it sees us
 * @param record its peer record, signed by the peer that the record names
 * @param skipped how many entries were skipped: unreadable, beyond a limit, a bad key or record
 */
public record Identified(
        Optional<String> protocolVersion,
        Optional<String> agentVersion,
        Optional<PeerId> keyOf,
        List<Multiaddr> listenAddresses,
        List<String> protocols,
        Optional<Multiaddr> observedAddress,
        Optional<PeerRecord> record,
        int skipped) {

    /** Copies the lists. */
    public Identified {
        listenAddresses = List.copyOf(listenAddresses);
        protocols = List.copyOf(protocols);
    }

    /** Opens key and record of a message: verifies one signature, so this is a service's work. */
    public static Identified of(IdentifyMessage message) {
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
