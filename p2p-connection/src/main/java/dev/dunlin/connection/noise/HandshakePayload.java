package dev.dunlin.connection.noise;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.connection.noise.pb.NoiseExtensionsPb;
import dev.dunlin.connection.noise.pb.NoiseHandshakePayloadPb;
import dev.dunlin.core.keys.KeyException;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.keys.PublicKey;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * What messages 2 and 3 carry: the identity key, its signature over the static key, and the muxers offered
 * (libp2p/specs noise/README.md, "The libp2p Handshake Payload").
 *
 * @param identity the sender's identity key, whose signature was checked
 * @param muxers what the sender offers, its preferred first; may be empty
 */
record HandshakePayload(PublicKey identity, List<String> muxers) {

    private static final byte[] SIGNED_PREFIX = "noise-libp2p-static-key:".getBytes(StandardCharsets.US_ASCII);

    /** Our payload as bytes. */
    static byte[] encode(PrivateKey identity, byte[] staticKey, List<String> muxers) {
        NoiseHandshakePayloadPb.Builder payload = NoiseHandshakePayloadPb.newBuilder()
                .setIdentityKey(ByteString.copyFrom(identity.publicKey().toProtobuf()))
                .setIdentitySig(ByteString.copyFrom(identity.sign(signed(staticKey))));
        if (!muxers.isEmpty()) {
            payload.setExtensions(NoiseExtensionsPb.newBuilder().addAllStreamMuxers(muxers));
        }
        return payload.build().toByteArray();
    }

    /** Reads the other side's payload and checks that its identity key signed its static key. */
    static HandshakePayload decode(byte[] bytes, byte[] staticKey) throws NoiseException {
        NoiseHandshakePayloadPb payload;
        try {
            payload = NoiseHandshakePayloadPb.parseFrom(bytes);
        } catch (InvalidProtocolBufferException _) {
            throw new NoiseException(new NoiseFailure.Malformed("its payload is no NoiseHandshakePayload protobuf"));
        }
        if (!payload.hasIdentityKey() || !payload.hasIdentitySig()) {
            throw new NoiseException(new NoiseFailure.Malformed("its payload lacks the identity key or its signature"));
        }
        PublicKey identity;
        try {
            identity = PublicKey.fromProtobuf(payload.getIdentityKey().toByteArray());
        } catch (KeyException refused) {
            throw new NoiseException(new NoiseFailure.BadIdentityKey(String.valueOf(refused.getMessage())));
        }
        if (!identity.verify(signed(staticKey), payload.getIdentitySig().toByteArray())) {
            throw new NoiseException(new NoiseFailure.BadSignature(identity.peerId()));
        }
        return new HandshakePayload(
                identity, List.copyOf(payload.getExtensions().getStreamMuxersList()));
    }

    private static byte[] signed(byte[] staticKey) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(SIGNED_PREFIX.length + staticKey.length);
        out.writeBytes(SIGNED_PREFIX);
        out.writeBytes(staticKey);
        return out.toByteArray();
    }
}
