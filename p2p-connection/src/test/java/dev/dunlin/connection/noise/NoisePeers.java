package dev.dunlin.connection.noise;

import dev.dunlin.connection.noise.HandshakeStatus.Established;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.state.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/** Identities and ready connections for tests. */
final class NoisePeers {

    static final SecureRandom RANDOM = new SecureRandom();
    static final PrivateKey ALICE = PrivateKey.generate(KeyType.ED25519, RANDOM);
    static final PrivateKey BOB = PrivateKey.generate(KeyType.ED25519, RANDOM);

    private NoisePeers() {}

    /** Both ends of an established connection; alice dialled. */
    record Pair(Established alice, Established bob) {}

    static NoiseSettings settings(PrivateKey identity, NoiseLimits limits, String... muxers) {
        return new NoiseSettings(identity, Bytes.EMPTY, List.of(muxers), limits);
    }

    static NoiseHandshake initiator(NoiseSettings settings) {
        return NoiseHandshake.initiator(settings, Optional.empty(), RANDOM, 0);
    }

    static NoiseHandshake responder(NoiseSettings settings) {
        return NoiseHandshake.responder(settings, Optional.empty(), RANDOM, 0);
    }

    /** Carries messages back and forth until neither side has any. */
    static void run(NoiseHandshake initiator, NoiseHandshake responder) {
        for (int i = 0; i < HandshakeState.MESSAGES; i++) {
            responder.receive(ByteBuffer.wrap(initiator.takeOutput()));
            initiator.receive(ByteBuffer.wrap(responder.takeOutput()));
        }
    }

    static Pair connect(NoiseLimits limits) {
        NoiseHandshake initiator = initiator(settings(ALICE, limits));
        NoiseHandshake responder = responder(settings(BOB, limits));
        run(initiator, responder);
        return new Pair((Established) initiator.status(), (Established) responder.status());
    }

    /** A raw XX side that can send any payload. */
    static HandshakeState raw(boolean initiator) {
        return new HandshakeState(
                initiator, new byte[0], X25519KeyPair.generate(RANDOM), X25519KeyPair.generate(RANDOM));
    }

    static byte[] frame(byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(body.length >>> 8);
        out.write(body.length);
        out.writeBytes(body);
        return out.toByteArray();
    }

    static byte[] body(byte[] frame) {
        byte[] body = new byte[frame.length - Frame.HEADER];
        System.arraycopy(frame, Frame.HEADER, body, 0, body.length);
        return body;
    }

    static byte[] encrypt(NoiseTransport transport, byte[] plain) throws NoiseException {
        byte[] out = new byte[NoiseTransport.ciphertextSize(plain.length)];
        transport.encrypt(ByteBuffer.wrap(plain), ByteBuffer.wrap(out));
        return out;
    }

    static byte[] decrypt(NoiseTransport transport, byte[] frames) throws NoiseException {
        ByteBuffer in = ByteBuffer.wrap(frames);
        byte[] out = new byte[transport.plaintextSize(in)];
        transport.decrypt(in, ByteBuffer.wrap(out));
        return out;
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }
}
