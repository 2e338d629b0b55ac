package dev.dunlin.connection.identify;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * What this node says of itself to one peer: plain data. The service adds key and signature by {@link #seal}.
 *
 * @param protocolVersion such as {@code ipfs/0.1.0}
 * @param agentVersion name and version of this software
 * @param protocols the protocol ids we take streams for
 * @param addresses where we can be reached, best first
 * @param observedAddress where we see the peer
 * @param seq the number of our peer record; higher than that of any record with other addresses before
 */
public record IdentifyContent(
        String protocolVersion,
        String agentVersion,
        List<String> protocols,
        List<Multiaddr> addresses,
        Optional<Multiaddr> observedAddress,
        long seq) {

    /** Copies the lists. */
    public IdentifyContent {
        protocols = List.copyOf(protocols);
        addresses = List.copyOf(addresses);
    }

    /**
     * The one message of at most {@link IdentifyMessage#MAX_WRITTEN} bytes that says this. Where not all fits, the last
     * addresses are left out, of message and record alike; at last the signed record is.
     *
     * @throws IdentifyException TOO_LONG if protocols, versions and key alone do not fit
     */
    public IdentifyMessage seal(IdentifySigner signer) {
        int kept = 0;
        for (int bytes = 0; kept < addresses.size() && bytes <= IdentifyMessage.MAX_WRITTEN; kept++) {
            bytes += cost(addresses.get(kept));
        }
        while (true) {
            IdentifyMessage message = message(signer, kept, true);
            int excess = message.size() - IdentifyMessage.MAX_WRITTEN;
            if (excess <= 0) {
                return message;
            }
            if (kept == 0) {
                break;
            }
            while (kept > 0 && excess > 0) {
                kept--;
                excess -= cost(addresses.get(kept));
            }
        }
        IdentifyMessage unsigned = message(signer, 0, false);
        unsigned.toBytes();
        return unsigned;
    }

    // An address stands in list and record, with at least two bytes of framing each.
    private static int cost(Multiaddr address) {
        return 2 * (address.toBytes().length + 2);
    }

    private IdentifyMessage message(IdentifySigner signer, int kept, boolean signed) {
        List<Multiaddr> announced = addresses.subList(0, kept);
        Optional<Bytes> record = signed ? Optional.of(signer.envelope(seq, announced)) : Optional.empty();
        return new IdentifyMessage(
                Optional.of(protocolVersion),
                Optional.of(agentVersion),
                Optional.of(Bytes.of(signer.publicKey().toProtobuf())),
                announced,
                protocols,
                observedAddress,
                record,
                0);
    }
}
