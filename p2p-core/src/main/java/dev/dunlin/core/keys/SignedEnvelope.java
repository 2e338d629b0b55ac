package dev.dunlin.core.keys;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.core.keys.pb.EnvelopePb;
import dev.dunlin.core.multiformats.Varint;
import dev.dunlin.core.state.Bytes;
import java.nio.charset.StandardCharsets;

/**
 * A payload with the signature of a peer (libp2p/specs RFC/0002-signed-envelopes.md). What is signed names a domain,
 * which is not in the envelope, so that a signature made for one purpose is worth nothing for another. An envelope of
 * this type has been verified, or made here.
 */
public final class SignedEnvelope {

    /** The longest envelope, in bytes: what go-libp2p reads of an identify message that carries one. */
    public static final int MAX_BYTES = 8192;

    private final PublicKey signer;
    private final Bytes payloadType;
    private final Bytes payload;
    private final Bytes signature;

    private SignedEnvelope(PublicKey signer, Bytes payloadType, Bytes payload, Bytes signature) {
        this.signer = signer;
        this.payloadType = payloadType;
        this.payload = payload;
        this.signature = signature;
    }

    /**
     * Signs a payload.
     *
     * @throws KeyException if domain or payload type are empty (MALFORMED), or the envelope is longer than
     *     {@link #MAX_BYTES} (SIZE)
     */
    public static SignedEnvelope seal(PrivateKey key, String domain, Bytes payloadType, Bytes payload) {
        checkPurpose(domain, payloadType);
        Bytes signature = Bytes.of(key.sign(signedBytes(domain, payloadType, payload)));
        SignedEnvelope envelope = new SignedEnvelope(key.publicKey(), payloadType, payload, signature);
        checkSize(envelope.toBytes().length);
        return envelope;
    }

    /**
     * Reads and verifies an envelope that must be of the given domain and payload type.
     *
     * @throws KeyException MALFORMED, SIZE or INCONSISTENT if envelope or key are refused; WRONG_PAYLOAD_TYPE;
     *     BAD_SIGNATURE
     */
    public static SignedEnvelope open(byte[] bytes, String domain, Bytes payloadType) {
        checkPurpose(domain, payloadType);
        checkSize(bytes.length);
        EnvelopePb message;
        try {
            message = EnvelopePb.parseFrom(bytes);
        } catch (InvalidProtocolBufferException malformed) {
            throw KeyException.malformed("the bytes are no signed envelope with a key of a known type");
        }
        if (!message.hasPublicKey()) {
            throw KeyException.malformed("the signed envelope has no public key");
        }
        PublicKey signer = PublicKey.of(message.getPublicKey());
        SignedEnvelope envelope = new SignedEnvelope(
                signer, bytes(message.getPayloadType()), bytes(message.getPayload()), bytes(message.getSignature()));
        if (!envelope.payloadType.equals(payloadType)) {
            throw new KeyException(
                    KeyException.Reason.WRONG_PAYLOAD_TYPE,
                    "the signed envelope does not hold the expected type of payload");
        }
        if (!signer.verify(signedBytes(domain, payloadType, envelope.payload), envelope.signature.toArray())) {
            throw new KeyException(
                    KeyException.Reason.BAD_SIGNATURE,
                    "the signature of the envelope is not its key's, or is of another domain than " + domain);
        }
        return envelope;
    }

    private static void checkPurpose(String domain, Bytes payloadType) {
        if (domain.isEmpty() || payloadType.size() == 0) {
            throw KeyException.malformed("a signed envelope needs a domain and a payload type");
        }
    }

    private static void checkSize(int size) {
        if (size > MAX_BYTES) {
            throw KeyException.size("a signed envelope has at most " + MAX_BYTES + " bytes, not " + size);
        }
    }

    private static Bytes bytes(ByteString bytes) {
        return Bytes.of(bytes.toByteArray());
    }

    /** Domain, payload type and payload, each behind its length. */
    private static byte[] signedBytes(String domain, Bytes payloadType, Bytes payload) {
        byte[] purpose = domain.getBytes(StandardCharsets.UTF_8);
        return Der.join(
                Varint.encode(purpose.length),
                purpose,
                Varint.encode(payloadType.size()),
                payloadType.toArray(),
                Varint.encode(payload.size()),
                payload.toArray());
    }

    /** The key that signed. */
    public PublicKey signer() {
        return signer;
    }

    /** The type of the payload. */
    public Bytes payloadType() {
        return payloadType;
    }

    /** The payload. */
    public Bytes payload() {
        return payload;
    }

    /** The canonical protobuf. */
    public byte[] toBytes() {
        return EnvelopePb.newBuilder()
                .setPublicKey(signer.toPb())
                .setPayloadType(ByteString.copyFrom(payloadType.toArray()))
                .setPayload(ByteString.copyFrom(payload.toArray()))
                .setSignature(ByteString.copyFrom(signature.toArray()))
                .build()
                .toByteArray();
    }

    @Override
    public String toString() {
        return "envelope of " + payload.size() + " bytes, signed by " + signer;
    }
}
