package dev.dunlin.connection.identify;

import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.multiformats.Varint;
import dev.dunlin.core.state.Bytes;
import java.util.List;
import java.util.Optional;

/**
 * What nodes say of themselves, as bytes: written as one protobuf behind its length, read as several that are merged. With a signer
 * its key and a record sealed by it are written. Without one, of the sender's key only what its id carries is, and no record.
 *
 * @param limits what is read
 */
record IdentifyCodec(IdentifyLimits limits, Optional<IdentifySigner> signer) implements MessageCodec<Identified> {

    @Override
    public Class<Identified> type() {
        return Identified.class;
    }

    @Override
    public Framing framing() {
        return new Framing.ToTheEnd(limits.messages() * (Varint.sizeOf(limits.messageBytes()) + limits.messageBytes()));
    }

    /**
     * One message of at most {@link IdentifyMessage#MAX_WRITTEN} bytes. Where not all fits, the last addresses are left out, of message
     * and record alike; at last the signed record is.
     *
     * @throws IdentifyException TOO_LONG if protocols, versions and key alone do not fit
     */
    @Override
    public Bytes encode(Identified said) {
        List<Multiaddr> addresses = said.listenAddresses();
        int kept = 0;
        for (int bytes = 0; kept < addresses.size() && bytes <= IdentifyMessage.MAX_WRITTEN; kept++) {
            bytes += cost(addresses.get(kept));
        }
        while (true) {
            IdentifyMessage message = message(said, kept, signer);
            int excess = message.size() - IdentifyMessage.MAX_WRITTEN;
            if (excess <= 0 || kept == 0) {
                return excess <= 0
                        ? Bytes.of(message.toBytes())
                        : Bytes.of(message(said, 0, Optional.empty()).toBytes());
            }
            while (kept > 0 && excess > 0) {
                kept--;
                excess -= cost(addresses.get(kept));
            }
        }
    }

    // At least two bytes of framing each, in list and record.
    private int cost(Multiaddr address) {
        return (signer.isPresent() ? 2 : 1) * (address.toBytes().length + 2);
    }

    private IdentifyMessage message(Identified said, int kept, Optional<IdentifySigner> seals) {
        List<Multiaddr> announced = said.listenAddresses().subList(0, kept);
        return new IdentifyMessage(
                said.protocolVersion(),
                said.agentVersion(),
                signer.map(own -> Bytes.of(own.publicKey().toProtobuf()))
                        .or(() -> said.keyOf().flatMap(PeerId::inlineKey)),
                announced,
                said.protocols(),
                said.observedAddress(),
                seals.flatMap(own -> said.record().map(record -> own.envelope(record.seq(), announced))),
                0);
    }

    @Override
    public Identified decode(Bytes body) throws MalformedMessage {
        try {
            return Identified.of(IdentifyDecoder.decode(body, limits));
        } catch (IdentifyException refused) {
            throw new MalformedMessage(String.valueOf(refused.getMessage()), refused);
        }
    }
}
