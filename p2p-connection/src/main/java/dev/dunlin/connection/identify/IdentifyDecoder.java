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
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Reads the identify messages of one stream, in whatever pieces they arrive, until its end. Several messages are merged
 * into one, as go-libp2p splits a long one: lists are joined, and of single fields the last counts. Texts that are
 * no UTF-8 or have control characters, addresses that are not known here, and entries beyond a limit are skipped and
 * counted. Holds at most one message and what {@link IdentifyLimits} lets it keep. Not thread-safe.
 */
public final class IdentifyDecoder {

    private static final int FIRST_BODY = 512;

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
    private int messages;

    // Of the message in work: its length varint while that is incomplete, then the body, which grows as bytes come.
    private final byte[] length = new byte[Varint.MAX_BYTES];
    private int lengthSize;
    private int expected = -1;
    private byte[] body = new byte[0];
    private int bodySize;

    /** A decoder for one stream. */
    public IdentifyDecoder(IdentifyLimits limits) {
        this.limits = limits;
    }

    /**
     * Takes the next bytes, all of them.
     *
     * @throws IdentifyException LENGTH, MESSAGES or MALFORMED; the decoder is then of no more use
     */
    public void feed(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            if (expected < 0) {
                feedLength(bytes.get());
            } else {
                feedBody(bytes);
            }
            if (expected >= 0 && bodySize == expected) {
                finishMessage();
            }
        }
    }

    private void feedLength(byte next) {
        if (messages == limits.messages()) {
            throw new IdentifyException(
                    IdentifyException.Reason.MESSAGES,
                    "the peer sent more than " + limits.messages() + " identify messages on one stream");
        }
        length[lengthSize++] = next;
        OptionalLong value;
        try {
            value = Varint.tryDecode(ByteBuffer.wrap(length, 0, lengthSize));
        } catch (MultiformatException bad) {
            throw new IdentifyException(
                    IdentifyException.Reason.LENGTH, "the length of an identify message is wrong: " + bad.getMessage());
        }
        if (value.isEmpty()) {
            return;
        }
        if (value.getAsLong() > limits.messageBytes()) {
            throw new IdentifyException(
                    IdentifyException.Reason.LENGTH,
                    "an identify message has at most " + limits.messageBytes() + " bytes, not " + value.getAsLong());
        }
        expected = (int) value.getAsLong();
        lengthSize = 0;
        bodySize = 0;
    }

    private void feedBody(ByteBuffer bytes) {
        int count = Math.min(bytes.remaining(), expected - bodySize);
        if (bodySize + count > body.length) {
            body = Arrays.copyOf(body, Math.min(limits.messageBytes(), Math.max(FIRST_BODY, (bodySize + count) * 2)));
        }
        bytes.get(body, bodySize, count);
        bodySize += count;
    }

    private void finishMessage() {
        try {
            merge(IdentifyPb.parser().parsePartialFrom(body, 0, expected));
        } catch (InvalidProtocolBufferException malformed) {
            throw new IdentifyException(
                    IdentifyException.Reason.MALFORMED, "the peer sent bytes that are no Identify protobuf");
        }
        messages++;
        expected = -1;
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

    /**
     * Says that the stream has ended.
     *
     * @return all that was in it
     * @throws IdentifyException CUT_OFF if it ended within a message, or before the first was complete
     */
    public IdentifyMessage end() {
        if (lengthSize > 0 || expected >= 0 || messages == 0) {
            throw new IdentifyException(
                    IdentifyException.Reason.CUT_OFF,
                    messages == 0
                            ? "the stream ended before a whole identify message"
                            : "the stream ended within an identify message");
        }
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
