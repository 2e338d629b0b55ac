package dev.dunlin.core.keys;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.core.keys.pb.EnvelopePb;
import dev.dunlin.core.keys.pb.PeerRecordPb;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SignedEnvelopeTest {

    private static final PrivateKey KEY = KeysTest.publishedKey(KeyType.ED25519);
    private static final PeerId SIGNER = KEY.publicKey().peerId();
    private static final Bytes TYPE = Bytes.of((byte) 9);
    private static final Bytes PAYLOAD = Bytes.of((byte) 1, (byte) 2, (byte) 3);
    private static final List<Multiaddr> ADDRESSES =
            List.of(Multiaddr.parse("/ip4/1.2.3.4/tcp/4001"), Multiaddr.parse("/dns/example.com/tcp/443/wss"));

    private static void refused(KeyException.Reason reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        KeyException.class,
                        refused -> assertThat(refused.reason()).isEqualTo(reason));
    }

    @ParameterizedTest
    @EnumSource
    void sealAndOpen(KeyType type) {
        PrivateKey key = KeysTest.publishedKey(type);
        SignedEnvelope sealed = SignedEnvelope.seal(key, "some domain", TYPE, PAYLOAD);
        SignedEnvelope opened = SignedEnvelope.open(sealed.toBytes(), "some domain", TYPE);
        assertThat(opened.signer()).isEqualTo(key.publicKey());
        assertThat(opened.payloadType()).isEqualTo(TYPE);
        assertThat(opened.payload()).isEqualTo(PAYLOAD);
        assertThat(opened.toBytes()).isEqualTo(sealed.toBytes());
        assertThat(opened.toString()).contains(key.publicKey().peerId().toString());
    }

    /** The layout of RFC 0002, byte by byte: what is signed, and the fields of the envelope. */
    @Test
    void layout() {
        byte[] signed = Der.join(
                new byte[] {2}, "do".getBytes(StandardCharsets.US_ASCII), new byte[] {1, 9}, new byte[] {3, 1, 2, 3});
        byte[] expected = Der.join(
                new byte[] {0x0A, 36},
                KEY.publicKey().toProtobuf(),
                new byte[] {0x12, 1, 9, 0x1A, 3, 1, 2, 3, 0x2A, 64},
                KEY.sign(signed));
        assertThat(SignedEnvelope.seal(KEY, "do", TYPE, PAYLOAD).toBytes()).isEqualTo(expected);
    }

    static List<String[]> ofJsLibp2p() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(SignedEnvelopeTest.class.getResourceAsStream("js-envelopes.txt"))) {
            String text = new String(file.readAllBytes(), StandardCharsets.US_ASCII);
            return text.lines().map(line -> line.split(" ", -1)).toList();
        }
    }

    /** js-libp2p wrote these; signatures of all three types are deterministic, so we write the same. */
    @ParameterizedTest
    @MethodSource
    void ofJsLibp2p(String type, String peer, String hex) {
        PrivateKey key = KeysTest.publishedKey(KeyType.valueOf(type.toUpperCase(Locale.ROOT)));
        PeerRecord expected = new PeerRecord(
                PeerId.parse(peer),
                1_700_000_000_000L,
                List.of(
                        Multiaddr.parse("/ip4/192.0.2.1/tcp/4001"),
                        Multiaddr.parse("/ip6/2001:db8::1/tcp/4001/ws"),
                        Multiaddr.parse("/dns4/example.com/tcp/443/tls/ws")));
        byte[] envelope = HexFormat.of().parseHex(hex);
        assertThat(PeerRecord.open(envelope)).isEqualTo(new PeerRecord.Opened(expected, 0));
        assertThat(expected.seal(key).toBytes()).isEqualTo(envelope);
    }

    @Test
    void anEnvelopeIsGoodForOnePurpose() {
        byte[] sealed = SignedEnvelope.seal(KEY, "domain", TYPE, PAYLOAD).toBytes();
        refused(KeyException.Reason.BAD_SIGNATURE, () -> SignedEnvelope.open(sealed, "domaim", TYPE));
        refused(KeyException.Reason.WRONG_PAYLOAD_TYPE, () -> SignedEnvelope.open(sealed, "domain", PAYLOAD));
        refused(KeyException.Reason.MALFORMED, () -> SignedEnvelope.open(sealed, "", TYPE));
        refused(KeyException.Reason.MALFORMED, () -> SignedEnvelope.seal(KEY, "domain", Bytes.EMPTY, PAYLOAD));
    }

    @Test
    void whatIsChangedIsRefused() {
        byte[] sealed = SignedEnvelope.seal(KEY, "domain", TYPE, PAYLOAD).toBytes();
        for (int i = 0; i < sealed.length; i++) {
            byte[] changed = sealed.clone();
            changed[i] ^= 1;
            assertThatThrownBy(() -> SignedEnvelope.open(changed, "domain", TYPE))
                    .isInstanceOf(KeyException.class);
        }
        EnvelopePb other = envelope(sealed)
                .setPublicKey(
                        KeysTest.publishedKey(KeyType.SECP256K1).publicKey().toPb())
                .build();
        refused(KeyException.Reason.BAD_SIGNATURE, () -> SignedEnvelope.open(other.toByteArray(), "domain", TYPE));
        EnvelopePb keyless = envelope(sealed).clearPublicKey().build();
        refused(KeyException.Reason.MALFORMED, () -> SignedEnvelope.open(keyless.toByteArray(), "domain", TYPE));
        EnvelopePb unsigned = envelope(sealed).clearSignature().build();
        refused(KeyException.Reason.BAD_SIGNATURE, () -> SignedEnvelope.open(unsigned.toByteArray(), "domain", TYPE));
    }

    private static EnvelopePb.Builder envelope(byte[] bytes) {
        try {
            return EnvelopePb.parseFrom(bytes).toBuilder();
        } catch (InvalidProtocolBufferException broken) {
            throw new AssertionError(broken);
        }
    }

    @Test
    void theSizeIsLimited() {
        refused(
                KeyException.Reason.SIZE,
                () -> SignedEnvelope.seal(KEY, "domain", TYPE, Bytes.of(new byte[SignedEnvelope.MAX_BYTES])));
        refused(
                KeyException.Reason.SIZE,
                () -> SignedEnvelope.open(new byte[SignedEnvelope.MAX_BYTES + 1], "domain", TYPE));
    }

    @Property
    void anyBytesAreRefused(@ForAll @Size(max = 200) byte[] bytes) {
        assertThatThrownBy(() -> SignedEnvelope.open(bytes, "domain", TYPE)).isInstanceOf(KeyException.class);
        assertThatThrownBy(() -> PeerRecord.open(bytes)).isInstanceOf(KeyException.class);
    }

    @Test
    void peerRecord() {
        PeerRecord record = new PeerRecord(SIGNER, 7, ADDRESSES);
        SignedEnvelope sealed = record.seal(KEY);
        assertThat(sealed.payloadType().toArray()).containsExactly(3, 1);
        byte[] expected = Der.join(
                new byte[] {0x0A, 38},
                SIGNER.toBytes(),
                HexFormat.of().parseHex("1007" + "1a0a0a08" + "0401020304060fa1" + "1a140a12"),
                ADDRESSES.getLast().toBytes());
        assertThat(sealed.payload().toArray()).isEqualTo(expected);
        PeerRecord.Opened opened = PeerRecord.open(sealed.toBytes());
        assertThat(opened.record()).isEqualTo(record);
        assertThat(opened.skipped()).isZero();
    }

    /** The numbers are unsigned: go-libp2p writes nanoseconds, and nothing keeps a peer from writing the highest. */
    @Test
    void theHigherNumberIsNewer() {
        PeerRecord low = new PeerRecord(SIGNER, 1, List.of());
        PeerRecord high = new PeerRecord(SIGNER, -1, List.of());
        assertThat(high.isNewerThan(low)).isTrue();
        assertThat(low.isNewerThan(high)).isFalse();
        assertThat(low.isNewerThan(low)).isFalse();
        assertThat(PeerRecord.open(high.seal(KEY).toBytes()).record()).isEqualTo(high);
    }

    @Test
    void aPeerSignsForItselfOnly() {
        PrivateKey other = KeysTest.publishedKey(KeyType.SECP256K1);
        PeerRecord record = new PeerRecord(SIGNER, 7, ADDRESSES);
        refused(KeyException.Reason.WRONG_SIGNER, () -> record.seal(other));
        Bytes payload = record.seal(KEY).payload();
        byte[] forged = SignedEnvelope.seal(other, PeerRecord.DOMAIN, PeerRecord.PAYLOAD_TYPE, payload)
                .toBytes();
        refused(KeyException.Reason.WRONG_SIGNER, () -> PeerRecord.open(forged));
    }

    @Test
    void aPayloadThatIsNoRecordIsRefused() {
        for (Bytes payload : List.of(Bytes.EMPTY, PAYLOAD, Bytes.of(new byte[] {0x0A, 1, 0}))) {
            byte[] sealed = SignedEnvelope.seal(KEY, PeerRecord.DOMAIN, PeerRecord.PAYLOAD_TYPE, payload)
                    .toBytes();
            refused(KeyException.Reason.MALFORMED, () -> PeerRecord.open(sealed));
        }
    }

    @Test
    void addressesThatCannotBeReadAreSkippedAndTooManyAsWell() {
        PeerRecordPb.Builder message = PeerRecordPb.newBuilder().setPeerId(ByteString.copyFrom(SIGNER.toBytes()));
        message.addAddresses(address(new byte[] {0x05}));
        for (int port = 0; port <= PeerRecord.MAX_ADDRESSES; port++) {
            message.addAddresses(address(Multiaddr.tcp(new byte[4], port).toBytes()));
        }
        byte[] sealed = SignedEnvelope.seal(
                        KEY,
                        PeerRecord.DOMAIN,
                        PeerRecord.PAYLOAD_TYPE,
                        Bytes.of(message.build().toByteArray()))
                .toBytes();
        PeerRecord.Opened opened = PeerRecord.open(sealed);
        assertThat(opened.record().addresses()).hasSize(PeerRecord.MAX_ADDRESSES);
        assertThat(opened.skipped()).isEqualTo(2);
        refused(
                KeyException.Reason.SIZE,
                () -> new PeerRecord(
                        SIGNER, 1, Collections.nCopies(PeerRecord.MAX_ADDRESSES + 1, ADDRESSES.getFirst())));
    }

    private static PeerRecordPb.AddressInfo address(byte[] bytes) {
        return PeerRecordPb.AddressInfo.newBuilder()
                .setMultiaddr(ByteString.copyFrom(bytes))
                .build();
    }
}
