package dev.dunlin.connection.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Published vectors: cacophony's for the XX pattern, and RFC 7748 for X25519. */
class NoiseVectorsTest {

    @Test
    void theCacophonyVectorComesOutByteForByte() throws Exception {
        JsonNode vectors = vectors();
        assertThat(vectors.size()).isEqualTo(1);
        JsonNode vector = vectors.get(0);
        HandshakeState initiator = new HandshakeState(
                true, hex(vector, "init_prologue"), pair(vector, "init_static"), pair(vector, "init_ephemeral"));
        HandshakeState responder = new HandshakeState(
                false, hex(vector, "resp_prologue"), pair(vector, "resp_static"), pair(vector, "resp_ephemeral"));
        JsonNode messages = vector.get("messages");
        assertThat(messages.size()).isEqualTo(6);
        for (int i = 0; i < HandshakeState.MESSAGES; i++) {
            HandshakeState writer = i % 2 == 0 ? initiator : responder;
            HandshakeState reader = i % 2 == 0 ? responder : initiator;
            byte[] payload = hex(messages.get(i), "payload");
            byte[] message = writer.write(payload);
            assertThat(message).isEqualTo(hex(messages.get(i), "ciphertext"));
            assertThat(reader.read(message, message.length)).isEqualTo(payload);
        }
        assertThat(initiator.handshakeHash()).isEqualTo(hex(vector, "handshake_hash"));
        assertThat(responder.handshakeHash()).isEqualTo(hex(vector, "handshake_hash"));

        SymmetricState.Split ours = initiator.split();
        SymmetricState.Split theirs = responder.split();
        for (int i = HandshakeState.MESSAGES; i < messages.size(); i++) {
            byte[] payload = hex(messages.get(i), "payload");
            byte[] ciphertext = new byte[payload.length + CipherState.TAG];
            CipherState sending = i % 2 == 0 ? ours.initiatorToResponder() : theirs.responderToInitiator();
            CipherState receiving = i % 2 == 0 ? theirs.initiatorToResponder() : ours.responderToInitiator();
            sending.encrypt(new byte[0], payload, 0, payload.length, ciphertext, 0);
            assertThat(ciphertext).isEqualTo(hex(messages.get(i), "ciphertext"));
            receiving.decrypt(new byte[0], ciphertext, 0, ciphertext.length, ciphertext, 0);
            assertThat(ciphertext).startsWith(payload);
        }
    }

    /** RFC 7748, section 6.1. */
    @Test
    void theRfc7748ExchangeComesOut() throws NoiseException {
        X25519KeyPair alice = pair("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        X25519KeyPair bob = pair("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        assertThat(alice.publicKey())
                .isEqualTo(hex("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"));
        assertThat(bob.publicKey()).isEqualTo(hex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"));
        byte[] shared = hex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        assertThat(alice.agree(bob.publicKey())).isEqualTo(shared);
        assertThat(bob.agree(alice.publicKey())).isEqualTo(shared);
    }

    /** 0, 1, p - 1, p and p + 1: points of order 1, 2 or 4, some written non-canonically. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0000000000000000000000000000000000000000000000000000000000000000",
                "0100000000000000000000000000000000000000000000000000000000000000",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
            })
    void aPointOfSmallOrderIsRefused(String point) {
        X25519KeyPair pair = pair("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        assertThatThrownBy(() -> pair.agree(hex(point)))
                .isInstanceOfSatisfying(
                        NoiseException.class,
                        failed -> assertThat(failed.failure()).isEqualTo(new NoiseFailure.WeakPublicKey()));
    }

    @Test
    void aDestroyedPairHasNoKeyLeft() throws NoiseException {
        byte[] secret = hex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a");
        X25519KeyPair pair = X25519KeyPair.of(secret);
        X25519KeyPair zero = X25519KeyPair.of(new byte[X25519KeyPair.SIZE]);
        byte[] base = pair("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")
                .publicKey();
        pair.destroy();
        assertThat(pair.agree(base)).isEqualTo(zero.agree(base));
    }

    private static JsonNode vectors() throws Exception {
        try (InputStream in = NoiseVectorsTest.class.getResourceAsStream("cacophony-xx.json")) {
            return new JsonMapper().readTree(in).get("vectors");
        }
    }

    private static X25519KeyPair pair(JsonNode vector, String field) {
        return X25519KeyPair.of(hex(vector, field));
    }

    private static X25519KeyPair pair(String hex) {
        return X25519KeyPair.of(hex(hex));
    }

    private static byte[] hex(JsonNode node, String field) {
        return hex(node.get(field).asString());
    }

    private static byte[] hex(String hex) {
        return HexFormat.of().parseHex(hex);
    }
}
