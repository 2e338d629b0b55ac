package dev.dunlin.connection.noise;

import static dev.dunlin.connection.noise.NoisePeers.ALICE;
import static dev.dunlin.connection.noise.NoisePeers.BOB;
import static dev.dunlin.connection.noise.NoisePeers.RANDOM;
import static dev.dunlin.connection.noise.NoisePeers.settings;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.connection.multistream.MultistreamLimits;
import dev.dunlin.connection.multistream.Negotiation;
import dev.dunlin.connection.multistream.Negotiator;
import dev.dunlin.connection.multistream.ServedProtocols;
import dev.dunlin.connection.noise.HandshakeStatus.Established;
import dev.dunlin.connection.noise.HandshakeStatus.Failed;
import dev.dunlin.connection.noise.pb.NoiseHandshakePayloadPb;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.state.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The libp2p handshake between two of ours, and against a peer that breaks its rules. */
class NoiseHandshakeTest {

    private static final NoiseLimits LIMITS = NoiseLimits.DEFAULT;

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void bothSidesLearnWhoTheOtherIs(KeyType type) {
        PrivateKey identity = PrivateKey.generate(type, RANDOM);
        NoiseHandshake initiator = NoisePeers.initiator(settings(identity, LIMITS));
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS));
        NoisePeers.run(initiator, responder);
        Established alice = (Established) initiator.status();
        Established bob = (Established) responder.status();
        assertThat(alice.remotePeer()).isEqualTo(BOB.publicKey().peerId());
        assertThat(bob.remoteKey()).isEqualTo(identity.publicKey());
        assertThat(alice.handshakeHash()).isEqualTo(bob.handshakeHash());
        assertThat(alice.handshakeHash().size()).isEqualTo(32);
    }

    @Test
    void theMessagesHaveThePrescribedSizes() {
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, LIMITS));
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS));
        byte[] first = initiator.takeOutput();
        assertThat(first).hasSize(2 + 32).startsWith(0, 32);
        responder.receive(ByteBuffer.wrap(first));
        byte[] second = responder.takeOutput();
        // Identity key of 36 bytes and signature of 64, each with two bytes of protobuf.
        assertThat(second).hasSize(2 + 32 + 48 + 104 + 16);
        initiator.receive(ByteBuffer.wrap(second));
        assertThat(initiator.takeOutput()).hasSize(2 + 48 + 104 + 16);
    }

    @Test
    void twoHandshakesHaveNothingInCommon() {
        NoisePeers.Pair one = NoisePeers.connect(LIMITS);
        NoisePeers.Pair other = NoisePeers.connect(LIMITS);
        assertThat(one.alice().handshakeHash()).isNotEqualTo(other.alice().handshakeHash());
    }

    @Test
    void bytesBehindTheHandshakeStayInTheBuffer() throws NoiseException {
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, LIMITS));
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS));
        responder.receive(ByteBuffer.wrap(initiator.takeOutput()));
        Established alice = (Established) initiator.receive(ByteBuffer.wrap(responder.takeOutput()));
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        wire.writeBytes(initiator.takeOutput());
        wire.writeBytes(NoisePeers.encrypt(alice.transport(), new byte[] {1, 2, 3}));
        ByteBuffer in = ByteBuffer.wrap(wire.toByteArray());
        Established bob = (Established) responder.receive(in);
        assertThat(in.remaining()).isEqualTo(3 + NoiseTransport.FRAME_OVERHEAD);
        ByteBuffer plain = ByteBuffer.allocate(bob.transport().plaintextSize(in));
        bob.transport().decrypt(in, plain);
        assertThat(plain.array()).containsExactly(1, 2, 3);
    }

    @Test
    void multistreamHeaderNoiseAndMessageOneMayComeInOneWrite() {
        Negotiator dialler = Negotiator.lazyInitiator("/noise", MultistreamLimits.DEFAULT, 0);
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, LIMITS));
        ByteBuffer toListener = join(dialler.takeOutput(), initiator.takeOutput());
        Negotiator listener = Negotiator.responder(
                ServedProtocols.of(Set.of("/noise"), MultistreamLimits.DEFAULT), MultistreamLimits.DEFAULT, 0);
        assertThat(listener.receive(toListener)).isEqualTo(new Negotiation.Proposed("/noise"));
        listener.accept();
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS));
        responder.receive(toListener);

        ByteBuffer toDialler = join(listener.takeOutput(), responder.takeOutput());
        assertThat(dialler.receive(toDialler)).isEqualTo(new Negotiation.Agreed("/noise"));
        assertThat(initiator.receive(toDialler)).isInstanceOf(Established.class);
        assertThat(responder.receive(ByteBuffer.wrap(initiator.takeOutput()))).isInstanceOf(Established.class);
    }

    @Test
    void theMuxerIsTheFirstOfTheInitiatorThatTheResponderHas() {
        assertMuxer(List.of("/a", "/yamux/1.0.0", "/b"), List.of("/b", "/yamux/1.0.0"), Optional.of("/yamux/1.0.0"));
        assertMuxer(List.of("/yamux/1.0.0"), List.of("/yamux/1.0.0"), Optional.of("/yamux/1.0.0"));
    }

    @Test
    void thereIsNoMuxerIfASideOffersNone() {
        assertMuxer(List.of(), List.of("/yamux/1.0.0"), Optional.empty());
        assertMuxer(List.of("/yamux/1.0.0"), List.of(), Optional.empty());
        assertMuxer(List.of(), List.of(), Optional.empty());
    }

    @Test
    void muxersWithoutOverlapFailTheHandshake() {
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, LIMITS, "/a"));
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS, "/b"));
        NoisePeers.run(initiator, responder);
        assertFailed(initiator, new NoiseFailure.NoCommonMuxer(List.of("/a"), List.of("/b")));
        assertThat(initiator.takeOutput()).isEmpty();
    }

    @Test
    void theInitiatorInsistsOnTheExpectedPeer() {
        NoiseHandshake right = NoiseHandshake.initiator(
                settings(ALICE, LIMITS), Optional.of(BOB.publicKey().peerId()), RANDOM, 0);
        NoisePeers.run(right, NoisePeers.responder(settings(BOB, LIMITS)));
        assertThat(right.status()).isInstanceOf(Established.class);

        NoiseHandshake wrong = NoiseHandshake.initiator(
                settings(ALICE, LIMITS), Optional.of(ALICE.publicKey().peerId()), RANDOM, 0);
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS));
        NoisePeers.run(wrong, responder);
        assertFailed(
                wrong,
                new NoiseFailure.UnexpectedPeer(
                        ALICE.publicKey().peerId(), BOB.publicKey().peerId()));
        assertThat(responder.status()).isEqualTo(new HandshakeStatus.InProgress());
    }

    @Test
    void differentProloguesFailTheHandshake() {
        NoiseHandshake initiator =
                NoisePeers.initiator(new NoiseSettings(ALICE, Bytes.of((byte) 1), List.of(), LIMITS));
        NoisePeers.run(initiator, NoisePeers.responder(settings(BOB, LIMITS)));
        assertFailed(initiator, new NoiseFailure.NotAuthentic());
    }

    @Test
    void messageOneMustBeAKeyAndNothingElse() {
        NoiseHandshake longer = NoisePeers.responder(settings(BOB, LIMITS));
        longer.receive(ByteBuffer.wrap(NoisePeers.frame(NoisePeers.random(33))));
        assertFailed(longer, new NoiseFailure.MessageTooLong(33, 32));

        NoiseHandshake shorter = NoisePeers.responder(settings(BOB, LIMITS));
        shorter.receive(ByteBuffer.wrap(NoisePeers.frame(NoisePeers.random(31))));
        assertThat(shorter.status())
                .isEqualTo(new Failed(
                        new NoiseFailure.Malformed("it has 31 bytes, fewer than the 32 of its keys and tags")));
    }

    @Test
    void anEphemeralKeyOfSmallOrderIsRefused() {
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS));
        responder.receive(ByteBuffer.wrap(NoisePeers.frame(new byte[32])));
        assertFailed(responder, new NoiseFailure.WeakPublicKey());
        assertThat(responder.takeOutput()).isEmpty();
    }

    @Test
    void aPayloadThatIsNoProtobufIsRefused() throws NoiseException {
        assertThat(answerWith(_ -> new byte[] {(byte) 0xFF}))
                .isEqualTo(new NoiseFailure.Malformed("its payload is no NoiseHandshakePayload protobuf"));
    }

    @Test
    void aPayloadWithoutKeyOrSignatureIsRefused() throws NoiseException {
        NoiseFailure lacking = new NoiseFailure.Malformed("its payload lacks the identity key or its signature");
        assertThat(answerWith(_ -> new byte[0])).isEqualTo(lacking);
        assertThat(answerWith(key ->
                        payload(key).toBuilder().clearIdentitySig().build().toByteArray()))
                .isEqualTo(lacking);
        assertThat(answerWith(key ->
                        payload(key).toBuilder().clearIdentityKey().build().toByteArray()))
                .isEqualTo(lacking);
    }

    @Test
    void aBadIdentityKeyIsRefused() throws NoiseException {
        ByteString shortKey = ByteString.copyFrom(HexFormat.of().parseHex("08011203010203"));
        assertThat(answerWith(key -> payload(key).toBuilder()
                        .setIdentityKey(shortKey)
                        .build()
                        .toByteArray()))
                .isInstanceOf(NoiseFailure.BadIdentityKey.class);
    }

    @Test
    void aSignatureOfAnotherKeyOrOverAnotherKeyIsRefused() throws NoiseException {
        ByteString alice = ByteString.copyFrom(ALICE.publicKey().toProtobuf());
        assertThat(answerWith(key ->
                        payload(key).toBuilder().setIdentityKey(alice).build().toByteArray()))
                .isEqualTo(new NoiseFailure.BadSignature(ALICE.publicKey().peerId()));
        assertThat(answerWith(_ -> HandshakePayload.encode(BOB, NoisePeers.random(32), List.of())))
                .isEqualTo(new NoiseFailure.BadSignature(BOB.publicKey().peerId()));
        byte[] unprefixed = BOB.sign(NoisePeers.random(32));
        assertThat(answerWith(key -> payload(key).toBuilder()
                        .setIdentitySig(ByteString.copyFrom(unprefixed))
                        .build()
                        .toByteArray()))
                .isEqualTo(new NoiseFailure.BadSignature(BOB.publicKey().peerId()));
    }

    @Test
    void theSignedTextIsTheOneOfTheSpecification() {
        byte[] key = NoisePeers.random(32);
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.writeBytes("noise-libp2p-static-key:".getBytes(StandardCharsets.US_ASCII));
        text.writeBytes(key);
        assertThat(text.size()).isEqualTo(24 + 32);
        assertThat(BOB.publicKey()
                        .verify(
                                text.toByteArray(),
                                payload(key).getIdentitySig().toByteArray()))
                .isTrue();
    }

    @Test
    void theOldDataFieldAndUnknownFieldsAreSkipped() throws NoiseException {
        // Field 3, the data field of old, and field 15.
        byte[] more = HexFormat.of().parseHex("1a03010203" + "7a0141");
        HandshakeState raw = NoisePeers.raw(false);
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, LIMITS));
        raw.read(NoisePeers.body(initiator.takeOutput()), 32);
        byte[] payload = join(payload(raw.localStatic()).toByteArray(), more).array();
        initiator.receive(ByteBuffer.wrap(NoisePeers.frame(raw.write(payload))));
        assertThat(initiator.status()).isInstanceOf(Established.class);
    }

    @Test
    void anEndBeforeTheLastMessageFails() {
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS));
        responder.receive(ByteBuffer.wrap(new byte[] {0, 32, 1}));
        responder.endOfInput();
        assertFailed(responder, new NoiseFailure.EndOfInput());
    }

    @Test
    void nothingIsTakenAfterAFailure() {
        NoiseHandshake responder = NoisePeers.responder(settings(BOB, LIMITS));
        responder.close();
        assertFailed(responder, new NoiseFailure.Closed());
        ByteBuffer in =
                ByteBuffer.wrap(NoisePeers.initiator(settings(ALICE, LIMITS)).takeOutput());
        assertThat(responder.receive(in)).isInstanceOf(Failed.class);
        assertThat(in.position()).isZero();
        assertThat(responder.takeOutput()).isEmpty();
    }

    @Test
    void nothingPrintsAKey() {
        X25519KeyPair pair = X25519KeyPair.of(new byte[32]);
        byte[] key = Arrays.copyOf("secret secret secret secret secr".getBytes(StandardCharsets.US_ASCII), 32);
        NoisePeers.Pair peers = NoisePeers.connect(LIMITS);
        String printed = "%s %s %s %s %s %s"
                .formatted(
                        pair,
                        new ChaChaKey(key),
                        new CipherState(key, 0),
                        peers.alice(),
                        settings(ALICE, LIMITS),
                        NoisePeers.raw(true));
        String data = HexFormat.of().formatHex(ALICE.toProtobuf());
        assertThat(printed).doesNotContain("secret", "736563726574", data.substring(8, 40));
    }

    private interface Payload {
        byte[] of(byte[] staticKey);
    }

    /** What our initiator makes of a responder with this payload. */
    private static NoiseFailure answerWith(Payload payload) throws NoiseException {
        HandshakeState raw = NoisePeers.raw(false);
        NoiseHandshake initiator = NoisePeers.initiator(settings(ALICE, LIMITS));
        raw.read(NoisePeers.body(initiator.takeOutput()), 32);
        initiator.receive(ByteBuffer.wrap(NoisePeers.frame(raw.write(payload.of(raw.localStatic())))));
        assertThat(initiator.takeOutput()).isEmpty();
        return ((Failed) initiator.status()).failure();
    }

    private static NoiseHandshakePayloadPb payload(byte[] staticKey) {
        try {
            return NoiseHandshakePayloadPb.parseFrom(HandshakePayload.encode(BOB, staticKey, List.of()));
        } catch (InvalidProtocolBufferException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static void assertMuxer(List<String> dialler, List<String> listener, Optional<String> muxer) {
        NoiseHandshake initiator = NoisePeers.initiator(new NoiseSettings(ALICE, Bytes.EMPTY, dialler, LIMITS));
        NoiseHandshake responder = NoisePeers.responder(new NoiseSettings(BOB, Bytes.EMPTY, listener, LIMITS));
        NoisePeers.run(initiator, responder);
        assertThat(((Established) initiator.status()).muxer()).isEqualTo(muxer);
        assertThat(((Established) responder.status()).muxer()).isEqualTo(muxer);
    }

    private static void assertFailed(NoiseHandshake handshake, NoiseFailure failure) {
        assertThat(handshake.status()).isEqualTo(new Failed(failure));
    }

    private static ByteBuffer join(byte[] first, byte[] second) {
        ByteBuffer joined = ByteBuffer.allocate(first.length + second.length);
        joined.put(first).put(second);
        return joined.flip();
    }
}
