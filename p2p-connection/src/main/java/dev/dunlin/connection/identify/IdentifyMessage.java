package dev.dunlin.connection.identify;

import com.google.protobuf.ByteString;
import dev.dunlin.connection.identify.pb.IdentifyPb;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Varint;
import dev.dunlin.core.state.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The Identify protobuf (libp2p/specs identify/README.md), with nothing in it verified yet.
 *
 * @param protocolVersion such as {@code ipfs/0.1.0}
 * @param agentVersion name and version of the sender's software
 * @param publicKey a PublicKey protobuf
 * @param listenAddresses where the sender can be reached, each once
 * @param protocols the protocol ids that the sender takes streams for, each once
 * @param observedAddress where the sender sees the receiver
 * @param signedPeerRecord a signed envelope with the sender's peer record
 * @param skipped how many entries could not be read or were beyond a limit
 */
record IdentifyMessage(
        Optional<String> protocolVersion,
        Optional<String> agentVersion,
        Optional<Bytes> publicKey,
        List<Multiaddr> listenAddresses,
        List<String> protocols,
        Optional<Multiaddr> observedAddress,
        Optional<Bytes> signedPeerRecord,
        int skipped) {

    /** The most bytes that are written, length included: rust-libp2p reads no more, and one message only. */
    static final int MAX_WRITTEN = 4096;

    /** Copies the lists. */
    IdentifyMessage {
        listenAddresses = List.copyOf(listenAddresses);
        protocols = List.copyOf(protocols);
    }

    /**
     * The message behind its length, ready for the stream.
     *
     * @throws IdentifyException TOO_LONG if it has more than {@link #MAX_WRITTEN} bytes
     */
    byte[] toBytes() {
        byte[] body = toPb().toByteArray();
        byte[] length = Varint.encode(body.length);
        int size = length.length + body.length;
        if (size > MAX_WRITTEN) {
            throw new IdentifyException(
                    IdentifyException.Reason.TOO_LONG,
                    "an identify message has at most " + MAX_WRITTEN + " bytes, not " + size
                            + ": announce fewer addresses or protocols");
        }
        byte[] framed = Arrays.copyOf(length, size);
        System.arraycopy(body, 0, framed, length.length, body.length);
        return framed;
    }

    /** How many bytes {@link #toBytes} would have, were there no limit. */
    int size() {
        int body = toPb().getSerializedSize();
        return Varint.sizeOf(body) + body;
    }

    private IdentifyPb toPb() {
        IdentifyPb.Builder message = IdentifyPb.newBuilder().addAllProtocols(protocols);
        protocolVersion.ifPresent(message::setProtocolVersion);
        agentVersion.ifPresent(message::setAgentVersion);
        publicKey.ifPresent(key -> message.setPublicKey(ByteString.copyFrom(key.toArray())));
        listenAddresses.forEach(address -> message.addListenAddrs(ByteString.copyFrom(address.toBytes())));
        observedAddress.ifPresent(address -> message.setObservedAddr(ByteString.copyFrom(address.toBytes())));
        signedPeerRecord.ifPresent(envelope -> message.setSignedPeerRecord(ByteString.copyFrom(envelope.toArray())));
        return message.build();
    }
}
