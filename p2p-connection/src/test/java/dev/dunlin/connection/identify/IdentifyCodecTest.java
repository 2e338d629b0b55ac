package dev.dunlin.connection.identify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.dunlin.connection.identify.IdentifyException.Reason;
import dev.dunlin.connection.protocol.FrameReader;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.sim.SimNet;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PeerRecord;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.multiformats.Varint;
import dev.dunlin.core.state.Bytes;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

/** Bytes of identify messages. The vectors are written by hand from the field numbers of libp2p/specs identify. */
final class IdentifyCodecTest {

    private static final Multiaddr ADDRESS = Multiaddr.parse("/ip4/127.0.0.1/tcp/4001");
    private static final Multiaddr OBSERVED = Multiaddr.parse("/ip4/1.2.3.4/tcp/1");

    private static final IdentifyCodec UNSIGNED = new IdentifyCodec(IdentifyLimits.DEFAULT, Optional.empty());

    private static final IdentifyMessage FULL = new IdentifyMessage(
            Optional.of("v1"),
            Optional.of("dun"),
            Optional.of(Bytes.of((byte) 8, (byte) 1)),
            List.of(ADDRESS),
            List.of("/a", "/bc"),
            Optional.of(OBSERVED),
            Optional.of(Bytes.of((byte) 0x55)),
            0);

    // Key 1, address 2, protocols 3, observed 4, protocol version 5, agent 6, record 8: tag = number * 8 + 2.
    private static final String FULL_HEX = "2d" //
            + "0a02" + "0801"
            + "1208" + "047f000001060fa1"
            + "1a02" + "2f61"
            + "1a03" + "2f6263"
            + "2208" + "0401020304060001"
            + "2a02" + "7631"
            + "3203" + "64756e"
            + "4201" + "55";

    @Test
    void writesTheFieldsByTheirNumbers() {
        assertThat(HexFormat.of().formatHex(FULL.toBytes())).isEqualTo(FULL_HEX);
    }

    @Test
    void readsTheFieldsInAnyOrder() {
        String backwards = "2d" + "420155" + "320364756e" + "2a027631" + "22080401020304060001" + "1a022f61"
                + "1a032f6263" + "1208047f000001060fa1" + "0a020801";
        assertThat(decode(FULL_HEX)).isEqualTo(FULL);
        assertThat(decode(backwards)).isEqualTo(FULL);
    }

    @Test
    void skipsUnknownFieldsWithoutCountingThem() {
        // Field 7 as a varint, field 1000 as bytes.
        assertThat(decode("09" + "3801" + "c23e0100" + "320164"))
                .isEqualTo(new IdentifyMessage(
                        Optional.empty(),
                        Optional.of("d"),
                        Optional.empty(),
                        List.of(),
                        List.of(),
                        Optional.empty(),
                        Optional.empty(),
                        0));
    }

    @Test
    void anEmptyMessageSaysNothing() {
        IdentifyMessage nothing = decode("00");
        assertThat(nothing.protocols()).isEmpty();
        assertThat(nothing.agentVersion()).isEmpty();
        assertThat(nothing.publicKey()).isEmpty();
    }

    @Test
    void mergesMessages() {
        // Protocols are joined, each once; of two agents the last counts; the record comes in the second message.
        IdentifyMessage merged = decode("09" + "1a022f61" + "320364756e" + "0b" + "1a022f61" + "1a022f62" + "320178");
        assertThat(merged.protocols()).containsExactly("/a", "/b");
        assertThat(merged.agentVersion()).contains("x");
    }

    @Test
    void countsAddressesThatAreNotKnownHere() {
        // 0x0181 is no protocol of ours; then ip4 cut short; then a good one.
        IdentifyMessage message = decode("12" + "12028103" + "12020401" + "1208047f000001060fa1");
        assertThat(message.listenAddresses()).containsExactly(ADDRESS);
        assertThat(message.skipped()).isEqualTo(2);
    }

    @Test
    void countsTextsThatAreNoTextOrHaveControlCharacters() {
        IdentifyMessage message = decode("0e" + "1a02c328" + "1a020a0a" + "1a022f61" + "3200");
        assertThat(message.protocols()).containsExactly("/a");
        assertThat(message.skipped()).isEqualTo(2);
    }

    @Test
    void aBadTextOfALaterMessageLeavesTheEarlierOne() {
        IdentifyMessage message = decode("03" + "320178" + "03" + "320107" + "03" + "220104");
        assertThat(message.agentVersion()).contains("x");
        assertThat(message.observedAddress()).isEmpty();
        assertThat(message.skipped()).isEqualTo(2);
    }

    @Property
    void theSplitDoesNotMatter(@ForAll @Size(max = 12) List<@IntRange(min = 1, max = 40) Integer> cuts)
            throws MalformedMessage {
        byte[] bytes = HexFormat.of().parseHex(FULL_HEX + FULL_HEX + "03320179");
        FrameReader reader = new FrameReader(UNSIGNED.framing());
        int at = 0;
        for (int cut : cuts) {
            int end = Math.min(bytes.length, at + cut);
            assertThat(reader.next(ByteBuffer.wrap(bytes, at, end - at))).isEmpty();
            at = end;
        }
        assertThat(reader.next(ByteBuffer.wrap(bytes, at, bytes.length - at))).isEmpty();
        Identified identified = UNSIGNED.decode(reader.end().orElseThrow());
        assertThat(identified.agentVersion()).contains("y");
        assertThat(identified.listenAddresses()).isEqualTo(FULL.listenAddresses());
        assertThat(identified.protocols()).isEqualTo(FULL.protocols());
    }

    @Test
    void aStreamHasRoomForAllMessagesAndNoMore() throws MalformedMessage {
        // Text of 8,188 bytes behind its tag and length, ten times.
        byte[] message = new byte[8194];
        System.arraycopy(HexFormat.of().parseHex("8040" + "32fd3f"), 0, message, 0, 5);
        FrameReader reader = new FrameReader(UNSIGNED.framing());
        for (int i = 0; i < 10; i++) {
            reader.next(ByteBuffer.wrap(message));
        }
        Bytes whole = reader.end().orElseThrow();
        assertThat(whole.size()).isEqualTo(81_940);
        assertThat(UNSIGNED.decode(whole).skipped()).isEqualTo(10);
        for (int i = 0; i < 10; i++) {
            reader.next(ByteBuffer.wrap(message));
        }
        assertThatThrownBy(() -> reader.next(ByteBuffer.wrap(new byte[1]))).isInstanceOf(MalformedMessage.class);
    }

    @Property(tries = 3000)
    void arbitraryBytesGiveAMessageOrTheDeclaredError(@ForAll @Size(max = 300) byte[] bytes) {
        assertRefusedOrBounded(bytes);
    }

    @Property(tries = 3000)
    void arbitraryBodiesGiveAMessageOrTheDeclaredError(@ForAll @Size(max = 100) byte[] body) {
        byte[] framed = Arrays.copyOf(Varint.encode(body.length), 1 + body.length);
        System.arraycopy(body, 0, framed, 1, body.length);
        assertRefusedOrBounded(framed);
    }

    @Property(tries = 2000)
    void aChangedByteGivesAMessageOrTheDeclaredError(@ForAll @IntRange(max = 45) int at, @ForAll byte value) {
        byte[] bytes = HexFormat.of().parseHex(FULL_HEX);
        bytes[at] = value;
        assertRefusedOrBounded(bytes);
    }

    private static void assertRefusedOrBounded(byte[] bytes) {
        IdentifyLimits limits = IdentifyLimits.DEFAULT;
        try {
            Identified identified = UNSIGNED.decode(Bytes.of(bytes));
            assertThat(identified.protocols().size()).isLessThanOrEqualTo(limits.protocols());
            assertThat(identified.listenAddresses().size()).isLessThanOrEqualTo(limits.addresses());
        } catch (MalformedMessage declared) {
            assertThat(declared.getMessage()).doesNotContain("\n").isNotEmpty();
        }
    }

    @Test
    void refusesALengthAboveTheLimitBeforeAnyByteOfTheBody() {
        assertThat(refusal("8140", IdentifyLimits.DEFAULT).reason()).isEqualTo(Reason.LENGTH);
        IdentifyLimits lifted = new IdentifyLimits(8193, 10, 1024, 256, 500, 16384);
        assertThat(refusal("8140", lifted).reason()).isEqualTo(Reason.CUT_OFF);
        // 2^62, and a varint of ten bytes, and one not in its shortest form.
        assertThat(refusal("808080808080808040", lifted).reason()).isEqualTo(Reason.LENGTH);
        assertThat(refusal("ffffffffffffffffff01", lifted).reason()).isEqualTo(Reason.LENGTH);
        assertThat(refusal("8000", lifted).reason()).isEqualTo(Reason.LENGTH);
    }

    @Test
    void refusesAnEleventhMessage() {
        assertThat(refusal("00".repeat(11), IdentifyLimits.DEFAULT).reason()).isEqualTo(Reason.MESSAGES);
        assertThat(decode("00".repeat(10)).skipped()).isZero();
        IdentifyLimits lifted = new IdentifyLimits(8192, 11, 1024, 256, 500, 16384);
        assertThat(decode("00".repeat(11), lifted).skipped()).isZero();
    }

    @Test
    void refusesAStreamThatIsCutOffOrEmpty() {
        assertThat(refusal("", IdentifyLimits.DEFAULT).reason()).isEqualTo(Reason.CUT_OFF);
        assertThat(refusal("80", IdentifyLimits.DEFAULT).reason()).isEqualTo(Reason.CUT_OFF);
        assertThat(refusal("0332", IdentifyLimits.DEFAULT).reason()).isEqualTo(Reason.CUT_OFF);
        assertThat(refusal("0003", IdentifyLimits.DEFAULT).reason()).isEqualTo(Reason.CUT_OFF);
        assertThat(refusal("0332ff78", IdentifyLimits.DEFAULT).reason()).isEqualTo(Reason.MALFORMED);
    }

    @Test
    void keepsNoMoreProtocolsThanTheLimit() {
        String three = "0c" + "1a022f61" + "1a022f62" + "1a022f63";
        IdentifyMessage two = decode(three, new IdentifyLimits(8192, 10, 2, 256, 500, 16384));
        assertThat(two.protocols()).containsExactly("/a", "/b");
        assertThat(two.skipped()).isEqualTo(1);
        assertThat(decode(three).protocols()).hasSize(3);
    }

    @Test
    void keepsNoMoreAddressesThanTheLimit() {
        String two = "14" + "1208047f000001060fa1" + "1208047f000001060fa2";
        IdentifyMessage one = decode(two, new IdentifyLimits(8192, 10, 1024, 256, 1, 16384));
        assertThat(one.listenAddresses()).containsExactly(ADDRESS);
        assertThat(one.skipped()).isEqualTo(1);
        assertThat(decode(two).listenAddresses()).hasSize(2);
    }

    @Test
    void keepsNoMoreBytesThanTheLimit() {
        String bytes = "0e" + "1208047f000001060fa1" + "1a022f61";
        IdentifyMessage cut = decode(bytes, new IdentifyLimits(8192, 10, 1024, 256, 500, 9));
        assertThat(cut.listenAddresses()).hasSize(1);
        assertThat(cut.protocols()).isEmpty();
        assertThat(decode(bytes, new IdentifyLimits(8192, 10, 1024, 256, 500, 10))
                        .protocols())
                .hasSize(1);
    }

    @Test
    void keepsNoLongerTextThanTheLimit() {
        String bytes = "05" + "1a032f6162";
        assertThat(decode(bytes, new IdentifyLimits(8192, 10, 1024, 2, 500, 16384))
                        .protocols())
                .isEmpty();
        assertThat(decode(bytes, new IdentifyLimits(8192, 10, 1024, 3, 500, 16384))
                        .protocols())
                .containsExactly("/ab");
    }

    @Test
    void limitsAreInTheirRange() {
        assertThatThrownBy(() -> new IdentifyLimits(0, 1, 1, 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdentifyLimits(65537, 1, 1, 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdentifyLimits(1, 0, 1, 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new IdentifyLimits(1, 1, -1, 1, 1, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Identified saying(
            Optional<PeerId> self, List<String> protocols, List<Multiaddr> addresses, long seq) {
        return new Identified(
                Optional.of("ipfs/0.1.0"),
                Optional.of("dunlin/1"),
                self,
                addresses,
                protocols,
                Optional.of(OBSERVED),
                self.map(peer -> new PeerRecord(peer, seq, addresses)),
                0);
    }

    private static IdentifyCodec signed(PrivateKey key) {
        return new IdentifyCodec(IdentifyLimits.DEFAULT, Optional.of(new IdentifySigner(key)));
    }

    @Test
    void whatIsSignedIsReadBackWithItsKeyAndRecord() throws MalformedMessage {
        for (KeyType type : KeyType.values()) {
            PrivateKey key = PrivateKey.generate(type, new SecureRandom());
            Identified said = saying(Optional.of(key.publicKey().peerId()), List.of("/a"), List.of(ADDRESS), 42);
            IdentifyCodec codec = signed(key);
            assertThat(codec.decode(codec.encode(said))).as("%s", type).isEqualTo(said);
            // Without the node's own id there is no record, and the key is that of the signer.
            Identified nobody = saying(Optional.empty(), List.of("/a"), List.of(ADDRESS), 42);
            Identified read = codec.decode(codec.encode(nobody));
            assertThat(read.keyOf()).contains(key.publicKey().peerId());
            assertThat(read.record()).isEmpty();
        }
    }

    @Property(tries = 500)
    void whatIsEncodedIsDecoded(
            @ForAll @Size(max = 8) Set<@StringLength(max = 30) @AlphaChars String> protocols,
            @ForAll @Size(max = 8) Set<@IntRange(min = 1, max = 65535) Integer> ports,
            @ForAll @IntRange(max = 9) int peer,
            @ForAll boolean observes,
            @ForAll boolean tells)
            throws MalformedMessage {
        Optional<String> text = tells ? Optional.of("v" + peer) : Optional.empty();
        Identified said = new Identified(
                text,
                text,
                peer == 9 ? Optional.empty() : Optional.of(SimNet.peer(peer)),
                ports.stream()
                        .map(port -> Multiaddr.parse("/ip4/9.9.9.9/tcp/" + port))
                        .toList(),
                List.copyOf(protocols),
                observes ? Optional.of(OBSERVED) : Optional.empty(),
                Optional.empty(),
                0);
        assertThat(UNSIGNED.decode(UNSIGNED.encode(said))).isEqualTo(said);
        assertThat(UNSIGNED.encode(said)).isEqualTo(UNSIGNED.encode(said));
    }

    @Test
    void withoutASignerThereIsNoRecordAndNoKeyThatTheIdDoesNotCarry() throws MalformedMessage {
        PeerId hashed =
                PrivateKey.generate(KeyType.RSA, new SecureRandom()).publicKey().peerId();
        Identified read = UNSIGNED.decode(UNSIGNED.encode(saying(Optional.of(hashed), List.of(), List.of(ADDRESS), 1)));
        assertThat(read.keyOf()).isEmpty();
        assertThat(read.record()).isEmpty();
        assertThat(read.skipped()).isZero();
        assertThat(read.listenAddresses()).containsExactly(ADDRESS);
    }

    @Test
    void leavesOutTheLastAddressesThatDoNotFit() throws MalformedMessage {
        List<Multiaddr> many = IntStream.range(0, 300)
                .mapToObj(i -> Multiaddr.parse("/dns4/host-number-" + i + ".example.org/tcp/4001"))
                .toList();
        for (KeyType type : List.of(KeyType.ED25519, KeyType.RSA)) {
            PrivateKey key = PrivateKey.generate(type, new SecureRandom());
            PeerId self = key.publicKey().peerId();
            for (IdentifyCodec codec : List.of(signed(key), UNSIGNED)) {
                Bytes bytes = codec.encode(saying(Optional.of(self), List.of("/a"), many, 1));
                assertThat(bytes.size()).isBetween(IdentifyMessage.MAX_WRITTEN - 300, IdentifyMessage.MAX_WRITTEN);
                Identified read = codec.decode(bytes);
                assertThat(read.listenAddresses())
                        .isEqualTo(many.subList(0, read.listenAddresses().size()));
                assertThat(read.record().map(PeerRecord::addresses))
                        .isEqualTo(codec.signer().map(any -> read.listenAddresses()));
            }
        }
    }

    @Test
    void leavesOutTheRecordWhenProtocolsFillTheMessage() throws MalformedMessage {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        PeerId self = key.publicKey().peerId();
        List<String> protocols = new ArrayList<>();
        for (int i = 0; i < 39; i++) {
            protocols.add("/" + "x".repeat(96) + (char) ('0' + i));
        }
        Identified read =
                signed(key).decode(signed(key).encode(saying(Optional.of(self), protocols, List.of(ADDRESS), 1)));
        assertThat(read.record()).isEmpty();
        assertThat(read.keyOf()).contains(self);
        assertThat(read.protocols()).hasSize(39);
        protocols.add("/" + "y".repeat(97));
        protocols.add("/z");
        protocols.add("/" + "w".repeat(20));
        assertThat(catchThrowableOfType(
                                IdentifyException.class,
                                () -> signed(key).encode(saying(Optional.of(self), protocols, List.of(), 1)))
                        .reason())
                .isEqualTo(Reason.TOO_LONG);
    }

    @Test
    void writesAtMost4096Bytes() {
        // Two bytes of length, then tag, two bytes of length and the text.
        assertThat(agent(4091).toBytes()).hasSize(4096);
        assertThat(catchThrowableOfType(
                                IdentifyException.class, () -> agent(4092).toBytes())
                        .reason())
                .isEqualTo(Reason.TOO_LONG);
    }

    @Test
    void aBadKeyOrRecordIsCountedAndNotTaken() {
        Identified identified = Identified.of(FULL);
        assertThat(identified.keyOf()).isEmpty();
        assertThat(identified.record()).isEmpty();
        assertThat(identified.skipped()).isEqualTo(2);
    }

    private static IdentifyMessage agent(int length) {
        return new IdentifyMessage(
                Optional.empty(),
                Optional.of("x".repeat(length)),
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                0);
    }

    private static IdentifyMessage decode(String hex) {
        return decode(hex, IdentifyLimits.DEFAULT);
    }

    private static IdentifyMessage decode(String hex, IdentifyLimits limits) {
        return IdentifyDecoder.decode(Bytes.of(HexFormat.of().parseHex(hex)), limits);
    }

    private static IdentifyException refusal(String hex, IdentifyLimits limits) {
        return catchThrowableOfType(IdentifyException.class, () -> decode(hex, limits));
    }

    @Test
    void aRecordIsSignedOnceHoweverOftenItIsAskedFor() {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        IdentifySigner signer = new IdentifySigner(key);
        IdentifyCodec codec = new IdentifyCodec(IdentifyLimits.DEFAULT, Optional.of(signer));
        Optional<PeerId> self = Optional.of(key.publicKey().peerId());
        Identified said = saying(self, List.of(), List.of(ADDRESS), 1);
        Bytes first = codec.encode(said);
        for (int ask = 0; ask < 100; ask++) {
            assertThat(codec.encode(said)).isEqualTo(first);
        }
        assertThat(signer.signatures()).isOne();
        codec.encode(saying(self, List.of("/a"), List.of(ADDRESS), 1));
        assertThat(signer.signatures()).isOne();
        codec.encode(saying(self, List.of(), List.of(ADDRESS), 2));
        assertThat(signer.signatures()).isEqualTo(2);
    }
}
