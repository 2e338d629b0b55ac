package dev.dunlin.connection.noise;

import static dev.dunlin.connection.noise.NoisePeers.ALICE;
import static dev.dunlin.connection.noise.NoisePeers.BOB;
import static org.assertj.core.api.Assertions.assertThat;

import com.southernstorm.noise.protocol.CipherStatePair;
import com.southernstorm.noise.protocol.HandshakeState;
import dev.dunlin.connection.noise.HandshakeStatus.Established;
import dev.dunlin.core.keys.PrivateKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The handshake and the transport against another implementation, noise-java, in both roles. */
class NoiseJavaInteropTest {

    private static final int MAX = 65535;

    @Test
    void noiseJavaDialsUs() throws Exception {
        NoiseHandshake ours = NoisePeers.responder(NoisePeers.settings(BOB, NoiseLimits.DEFAULT, "/yamux/1.0.0"));
        HandshakeState theirs = noiseJava(HandshakeState.INITIATOR);

        ours.receive(ByteBuffer.wrap(write(theirs, new byte[0])));
        checkPayload(theirs, read(theirs, ours.takeOutput()), BOB);
        ours.receive(ByteBuffer.wrap(write(theirs, payload(theirs, ALICE))));

        checkTransport((Established) ours.status(), theirs, ALICE);
    }

    @Test
    void weDialNoiseJava() throws Exception {
        NoiseHandshake ours = NoisePeers.initiator(NoisePeers.settings(ALICE, NoiseLimits.DEFAULT, "/yamux/1.0.0"));
        HandshakeState theirs = noiseJava(HandshakeState.RESPONDER);

        assertThat(read(theirs, ours.takeOutput())).isEmpty();
        ours.receive(ByteBuffer.wrap(write(theirs, payload(theirs, BOB))));
        checkPayload(theirs, read(theirs, ours.takeOutput()), ALICE);

        checkTransport((Established) ours.status(), theirs, BOB);
    }

    private static void checkTransport(Established ours, HandshakeState theirs, PrivateKey peer) throws Exception {
        assertThat(ours.remoteKey()).isEqualTo(peer.publicKey());
        assertThat(ours.remotePeer()).isEqualTo(peer.publicKey().peerId());
        assertThat(ours.muxer()).isEmpty();
        assertThat(ours.handshakeHash().toArray()).isEqualTo(theirs.getHandshakeHash());
        CipherStatePair ciphers = theirs.split();
        for (int length : List.of(1, 1000, NoiseTransport.MAX_PLAINTEXT, 5)) {
            byte[] plain = NoisePeers.random(length);
            byte[] body = NoisePeers.body(NoisePeers.encrypt(ours.transport(), plain));
            byte[] out = new byte[MAX];
            int read = ciphers.getReceiver().decryptWithAd(new byte[0], body, 0, out, 0, body.length);
            assertThat(Arrays.copyOf(out, read)).isEqualTo(plain);

            int written = ciphers.getSender().encryptWithAd(new byte[0], plain, 0, out, 0, plain.length);
            byte[] frame = NoisePeers.frame(Arrays.copyOf(out, written));
            assertThat(NoisePeers.decrypt(ours.transport(), frame)).isEqualTo(plain);
        }
    }

    private static void checkPayload(HandshakeState theirs, byte[] payload, PrivateKey peer) throws Exception {
        byte[] staticKey = new byte[X25519KeyPair.SIZE];
        theirs.getRemotePublicKey().getPublicKey(staticKey, 0);
        HandshakePayload decoded = HandshakePayload.decode(payload, staticKey);
        assertThat(decoded).isEqualTo(new HandshakePayload(peer.publicKey(), List.of("/yamux/1.0.0")));
    }

    private static byte[] payload(HandshakeState theirs, PrivateKey identity) {
        byte[] staticKey = new byte[X25519KeyPair.SIZE];
        theirs.getLocalKeyPair().getPublicKey(staticKey, 0);
        return HandshakePayload.encode(identity, staticKey, List.of());
    }

    private static HandshakeState noiseJava(int role) throws Exception {
        HandshakeState state = new HandshakeState("Noise_XX_25519_ChaChaPoly_SHA256", role);
        state.getLocalKeyPair().generateKeyPair();
        state.start();
        return state;
    }

    private static byte[] write(HandshakeState theirs, byte[] payload) throws Exception {
        byte[] message = new byte[MAX];
        int length = theirs.writeMessage(message, 0, payload, 0, payload.length);
        return NoisePeers.frame(Arrays.copyOf(message, length));
    }

    private static byte[] read(HandshakeState theirs, byte[] frame) throws Exception {
        byte[] payload = new byte[MAX];
        int length = theirs.readMessage(frame, Frame.HEADER, frame.length - Frame.HEADER, payload, 0);
        return Arrays.copyOf(payload, length);
    }
}
