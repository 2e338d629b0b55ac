package dev.dunlin.connection.identify;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.connection.identify.pb.IdentifyPb;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.Varint;
import dev.dunlin.core.state.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads the identify messages of one stream. Several are merged into one, as go-libp2p splits a long one: lists are joined, and of
 * single fields the last counts. Texts that are no UTF-8 or have control characters, addresses that are not known here, and entries
 * beyond a limit are skipped and counted. Holds what {@link IdentifyLimits} lets it keep. Not thread-safe.
 */
final class IdentifyDecoder {

    private final IdentifyLimits limits;
    private final Set<Multiaddr> addresses = new LinkedHashSet<>();
    private final Set<String> protocols = new LinkedHashSet<>();
    private Optional<String> protocolVersion = Optional.empty();
    private Optional<String> agentVersion = Optional.empty();
    private Optional<Bytes> publicKey = Optional.empty();
    private Optional<Multiaddr> observedAddress = Optional.empty();
    private Optional<Bytes> signedPeerRecord = Optional.empty();
    private int keptBytes;
    private int skipped;

    private IdentifyDecoder(IdentifyLimits limits) {
        this.limits = limits;
    }

    /**
     * All that is in a stream.
     *
     * @param stream from its begin to its end
     * @throws IdentifyException LENGTH, MESSAGES or MALFORMED; CUT_OFF if it ends within a message, or has none
     */
    static IdentifyMessage decode(Bytes stream, IdentifyLimits limits) {
        IdentifyDecoder decoder = new IdentifyDecoder(limits);
        byte[] bytes = stream.toArray();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        int messages = 0;
        do {
            if (messages++ == limits.messages()) {
                throw new IdentifyException(
                        IdentifyException.Reason.MESSAGES,
                        "the peer sent more than " + limits.messages() + " identify messages on one stream");
            }
            int length = length(in, limits);
            decoder.merge(parsed(bytes, in.position(), length));
            in.position(in.position() + length);
        } while (in.hasRemaining());
        return decoder.merged();
    }

    private static int length(ByteBuffer in, IdentifyLimits limits) {
        OptionalLong length;
        try {
            length = Varint.tryDecode(in);
        } catch (MultiformatException bad) {
            throw new IdentifyException(
                    IdentifyException.Reason.LENGTH, "the length of an identify message is wrong: " + bad.getMessage());
        }
        if (length.isPresent() && length.getAsLong() > limits.messageBytes()) {
            throw new IdentifyException(
                    IdentifyException.Reason.LENGTH,
                    "an identify message has at most " + limits.messageBytes() + " bytes, not " + length.getAsLong());
        }
        if (length.isEmpty() || length.getAsLong() > in.remaining()) {
            throw new IdentifyException(
                    IdentifyException.Reason.CUT_OFF, "the stream ended before a whole identify message");
        }
        return (int) length.getAsLong();
    }

    private static IdentifyPb parsed(byte[] bytes, int at, int length) {
        try {
            return IdentifyPb.parser().parsePartialFrom(bytes, at, length);
        } catch (InvalidProtocolBufferException malformed) {
            throw new IdentifyException(
                    IdentifyException.Reason.MALFORMED, "the peer sent bytes that are no Identify protobuf");
        }
    }

    private void merge(IdentifyPb message) {
        if (message.hasProtocolVersion()) {
            protocolVersion = text(message.getProtocolVersionBytes()).or(() -> protocolVersion);
        }
        if (message.hasAgentVersion()) {
            agentVersion = text(message.getAgentVersionBytes()).or(() -> agentVersion);
        }
        if (message.hasPublicKey()) {
            publicKey = Optional.of(Bytes.of(message.getPublicKey().toByteArray()));
        }
        for (ByteString encoded : message.getListenAddrsList()) {
            address(encoded).ifPresent(this::keep);
        }
        for (int i = 0; i < message.getProtocolsCount(); i++) {
            text(message.getProtocolsBytes(i)).ifPresent(this::keep);
        }
        if (message.hasObservedAddr()) {
            observedAddress = address(message.getObservedAddr()).or(() -> observedAddress);
        }
        if (message.hasSignedPeerRecord()) {
            signedPeerRecord =
                    Optional.of(Bytes.of(message.getSignedPeerRecord().toByteArray()));
        }
    }

    private void keep(Multiaddr address) {
        if (!addresses.contains(address) && counted(addresses.size() < limits.addresses(), address.toBytes().length)) {
            addresses.add(address);
        }
    }

    private void keep(String protocol) {
        if (!protocols.contains(protocol)
                && counted(
                        protocols.size() < limits.protocols(),
                        ByteString.copyFromUtf8(protocol).size())) {
            protocols.add(protocol);
        }
    }

    private boolean counted(boolean room, int size) {
        if (room && keptBytes + size <= limits.keptBytes()) {
            keptBytes += size;
            return true;
        }
        skipped++;
        return false;
    }

    private Optional<Multiaddr> address(ByteString encoded) {
        if (encoded.size() <= Multiaddr.MAX_BYTES) {
            try {
                return Optional.of(Multiaddr.fromBytes(encoded.toByteArray()));
            } catch (MultiformatException unknown) {
                // Peers have transports that are not known here: counted below.
            }
        }
        skipped++;
        return Optional.empty();
    }

    private Optional<String> text(ByteString encoded) {
        if (encoded.size() <= limits.textBytes() && encoded.isValidUtf8()) {
            String text = encoded.toStringUtf8();
            if (text.chars().noneMatch(Character::isISOControl)) {
                return Optional.of(text);
            }
        }
        skipped++;
        return Optional.empty();
    }

    private IdentifyMessage merged() {
        return new IdentifyMessage(
                protocolVersion,
                agentVersion,
                publicKey,
                new ArrayList<>(addresses),
                new ArrayList<>(protocols),
                observedAddress,
                signedPeerRecord,
                skipped);
    }
}
