package dev.dunlin.dht.namespace;

import static dev.dunlin.dht.namespace.Signed.BEFORE;
import static dev.dunlin.dht.namespace.Signed.DATA;
import static dev.dunlin.dht.namespace.Signed.UNTIL;
import static dev.dunlin.dht.namespace.Signed.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.namespace.pb.IpnsEntryPb;
import dev.dunlin.dht.time.Rfc3339;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class IpnsRecordTest {

    private static final IpnsValidator VALIDATOR = new IpnsValidator();
    private static final long THEN = Rfc3339.parseMicros("2026-11-21T00:00:00Z").orElseThrow();

    private static final long LONG_AFTER =
            Rfc3339.parseMicros("2124-01-01T00:00:00Z").orElseThrow();

    private static final PrivateKey KEY = Signed.key(KeyType.ED25519);
    private static final PeerId NAME = KEY.publicKey().peerId();
    private static final Bytes AT = IpnsValidator.keyOf(NAME);

    static List<String> published() throws IOException {
        return lines("ipns-records.txt");
    }

    static List<String> madeByJs() throws IOException {
        return lines("js-records.txt");
    }

    private static List<String> lines(String file) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(IpnsRecordTest.class.getResourceAsStream(file), file),
                StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        }
    }

    /** Records that kubo made, of Ed25519 and RSA keys, and what the specification says of them. */
    @ParameterizedTest
    @MethodSource("published")
    void publishedRecordsAreJudgedAsPublished(String line) throws MalformedRecord {
        String[] words = line.split(" ", -1);
        PeerId name = PeerId.parse(words[1]);
        Bytes record = Bytes.of(HexFormat.of().parseHex(words[2]));
        Optional<String> problem = VALIDATOR.problem(IpnsValidator.keyOf(name), record, THEN);
        switch (words[0]) {
            case "valid" -> {
                assertThat(problem).isEmpty();
                assertThat(IpnsRecord.decode(record).toBytes()).isEqualTo(record);
                assertThat(VALIDATOR.problem(AT, record, THEN)).isPresent();
                // They are valid for a hundred years.
                assertThat(VALIDATOR.problem(IpnsValidator.keyOf(name), record, LONG_AFTER))
                        .hasValueSatisfying(why -> assertThat(why).contains("was valid until 2123-"));
            }
            case "v1Only" ->
                assertThat(problem).hasValueSatisfying(why -> assertThat(why).contains("the second version"));
            case "otherValue" ->
                assertThat(problem).hasValueSatisfying(why -> assertThat(why).contains("the value of the IPNS record"));
            case "badSignature" ->
                assertThat(problem)
                        .hasValueSatisfying(why -> assertThat(why).contains("the signature of the IPNS record"));
            default -> throw new AssertionError(words[0]);
        }
    }

    /** The data of each is what is written here of what it says: the order and form of DAG-CBOR are those of others. */
    @ParameterizedTest
    @MethodSource("published")
    void theDataOfPublishedRecordsIsWrittenInTheSameBytes(String line)
            throws InvalidProtocolBufferException, MalformedRecord {
        String[] words = line.split(" ", -1);
        byte[] data = IpnsEntryPb.parseFrom(HexFormat.of().parseHex(words[2]))
                .getData()
                .toByteArray();
        if (!words[0].equals("v1Only")) {
            assertThat(IpnsData.ofCbor(data).data().toCbor()).isEqualTo(data);
        }
    }

    @Test
    void aPublishedRecordSaysWhatItsAuthorsSay() throws Exception {
        String[] words = published().getFirst().split(" ", -1);
        IpnsData data =
                IpnsRecord.decode(Bytes.of(HexFormat.of().parseHex(words[2]))).data();
        assertThat(data)
                .isEqualTo(new IpnsData(
                        bytes("/ipfs/bafkqaddwgevxmmraojswg33smq"),
                        Instant.parse("2123-08-14T12:17:03.694052Z"),
                        0,
                        1_800_000_000_000L));
    }

    /** Signatures are deterministic, so what is made here has the bytes of what js-ipns makes. */
    @ParameterizedTest
    @MethodSource("madeByJs")
    void theSameRecordIsMadeAsByJs(String line) throws Exception {
        String[] words = line.split(" ", -1);
        IpnsData data = new IpnsData(
                bytes(words[5]),
                Instant.parse(words[4]),
                Long.parseUnsignedLong(words[2]),
                Long.parseUnsignedLong(words[3]));
        PrivateKey key = specified(words[0]);
        IpnsRecord record = words[1].equals("v1") ? IpnsRecord.signWithV1(key, data) : IpnsRecord.sign(key, data);
        assertThat(HexFormat.of().formatHex(record.toBytes().toArray())).isEqualTo(words[6]);
        assertThat(IpnsRecord.decode(record.toBytes()).data()).isEqualTo(data);
        assertThat(VALIDATOR.problem(IpnsValidator.keyOf(key.publicKey().peerId()), record.toBytes(), THEN))
                .isEmpty();
    }

    /** A key that libp2p/specs peer-ids publishes. */
    private static PrivateKey specified(String type) throws IOException {
        Properties keys = new Properties();
        try (InputStream in = Objects.requireNonNull(PrivateKey.class.getResourceAsStream("keys.properties"))) {
            keys.load(in);
        }
        return PrivateKey.fromProtobuf(HexFormat.of().parseHex(keys.getProperty(type + ".private")));
    }

    @ParameterizedTest
    @EnumSource(KeyType.class)
    void aSignedRecordIsValidUnderItsName(KeyType type) throws Exception {
        PrivateKey key = Signed.key(type);
        PeerId name = key.publicKey().peerId();
        for (IpnsRecord record : List.of(IpnsRecord.sign(key, DATA), IpnsRecord.signWithV1(key, DATA))) {
            assertThat(VALIDATOR.problem(IpnsValidator.keyOf(name), record.toBytes(), BEFORE))
                    .isEmpty();
            assertThat(IpnsRecord.decode(record.toBytes())).isEqualTo(record).hasSameHashCodeAs(record);
            assertThat(IpnsRecord.decode(record.toBytes()).data()).isEqualTo(DATA);
            IpnsEntryPb entry = IpnsEntryPb.parseFrom(record.toBytes().toArray());
            assertThat(entry.getPubKey().isEmpty()).isEqualTo(name.inlineKey().isPresent());
        }
        assertThat(IpnsRecord.sign(key, DATA)).isNotEqualTo(IpnsRecord.signWithV1(key, DATA));
    }

    @Test
    void theFirstVersionSignsValueValidityAndTheWordEol() throws Exception {
        IpnsEntryPb entry =
                IpnsEntryPb.parseFrom(IpnsRecord.signWithV1(KEY, DATA).toBytes().toArray());
        byte[] signed = "/ipfs/bafkqaaa2030-01-01T00:00:00.000000001ZEOL".getBytes(StandardCharsets.US_ASCII);
        assertThat(KEY.publicKey().verify(signed, entry.getSignatureV1().toByteArray()))
                .isTrue();
        assertThat(entry.hasValidityType()).isTrue();
        assertThat(entry.getSequence()).isEqualTo(7);
        assertThat(entry.getTtl()).isEqualTo(300_000_000_000L);
    }

    @Test
    void aRecordIsValidUntilItsTimeAndNoLonger() {
        Bytes record = IpnsRecord.sign(KEY, DATA).toBytes();
        // It ends a nanosecond after the microsecond.
        assertThat(VALIDATOR.problem(AT, record, BEFORE)).isEmpty();
        assertThat(VALIDATOR.problem(AT, record, BEFORE + 1)).isPresent();
        Bytes even = IpnsRecord.sign(KEY, new IpnsData(DATA.value(), UNTIL.minusNanos(1), 7, 0))
                .toBytes();
        assertThat(VALIDATOR.problem(AT, even, BEFORE - 1)).isEmpty();
        assertThat(VALIDATOR.problem(AT, even, BEFORE))
                .hasValue("the IPNS record was valid until 2030-01-01T00:00:00Z");
        for (long far : new long[] {Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(VALIDATOR.problem(AT, record, far).isPresent()).isEqualTo(far > 0);
        }
    }

    @Test
    void aRecordOfAnotherNameIsNotValid() {
        Bytes record = IpnsRecord.sign(KEY, DATA).toBytes();
        PeerId hashed = Signed.key(KeyType.RSA).publicKey().peerId();
        PeerId inline = Signed.key(KeyType.SECP256K1).publicKey().peerId();
        assertThat(problem(IpnsValidator.keyOf(inline), record)).contains("signature");
        // The key of a hashed name has to be in the record.
        assertThat(problem(IpnsValidator.keyOf(hashed), record)).contains("no public key");
        assertThat(problem(IpnsValidator.keyOf(inline), changed(record, entry -> entry.setPubKey(key(KEY)))))
                .contains("not of " + inline);
        assertThat(problem(AT, changed(record, entry -> entry.setPubKey(ByteString.copyFromUtf8("x")))))
                .contains("cannot be read");
        // A key that the name carries too may be there.
        assertThat(VALIDATOR.problem(AT, changed(record, entry -> entry.setPubKey(key(KEY))), BEFORE))
                .isEmpty();
        // A name that is an identity multihash of no key.
        assertThat(problem(IpnsValidator.keyOf(PeerId.fromBytes(new byte[] {0, 1, 5})), record))
                .contains("cannot be read");
    }

    private static ByteString key(PrivateKey key) {
        return ByteString.copyFrom(key.publicKey().toProtobuf());
    }

    @Test
    void aKeyThatIsNoNameIsNotValid() {
        Bytes record = IpnsRecord.sign(KEY, DATA).toBytes();
        assertThat(problem(bytes("/ipns/" + NAME), record)).contains("peer id");
        assertThat(problem(PublicKeyValidator.keyOf(NAME), record)).contains("peer id");
        assertThat(problem(bytes("/ipns/"), record)).contains("peer id");
    }

    @Test
    void whatWasSignedCannotBeChanged() {
        Bytes record = IpnsRecord.sign(KEY, DATA).toBytes();
        byte[] other = new IpnsData(DATA.value(), UNTIL, 8, DATA.ttl()).toCbor();
        assertThat(problem(AT, changed(record, entry -> entry.setData(ByteString.copyFrom(other)))))
                .contains("signature");
        assertThat(problem(AT, changed(record, entry -> entry.setSignatureV2(ByteString.copyFromUtf8("no")))))
                .contains("signature");
        assertThat(problem(AT, changed(record, IpnsEntryPb.Builder::clearSignatureV2)))
                .contains("lacks one");
        assertThat(problem(AT, changed(record, IpnsEntryPb.Builder::clearData))).contains("lacks one");
    }

    @Test
    void fieldsOfTheFirstVersionAgreeWithWhatIsSigned() {
        Bytes record = IpnsRecord.signWithV1(KEY, DATA).toBytes();
        ByteString other = ByteString.copyFromUtf8("x");
        assertThat(problem(AT, changed(record, entry -> entry.setValue(other)))).contains("the value");
        assertThat(problem(AT, changed(record, IpnsEntryPb.Builder::clearValue)))
                .contains("the value");
        assertThat(problem(AT, changed(record, entry -> entry.setValidity(other))))
                .contains("the validity");
        assertThat(problem(AT, changed(record, entry -> entry.setValidityType(1))))
                .contains("the validityType");
        assertThat(problem(AT, changed(record, entry -> entry.setSequence(8)))).contains("the sequence");
        assertThat(problem(AT, changed(record, IpnsEntryPb.Builder::clearTtl))).contains("the ttl");
        // Their signature is not looked at, and without it and the value the others are not.
        assertThat(VALIDATOR.problem(AT, changed(record, entry -> entry.setSignatureV1(other)), BEFORE))
                .isEmpty();
        assertThat(VALIDATOR.problem(
                        AT,
                        changed(
                                record,
                                entry -> entry.clearSignatureV1().clearValue().setSequence(8)),
                        BEFORE))
                .isEmpty();
        assertThat(problem(AT, changed(record, entry -> entry.clearSignatureV1().setSequence(8))))
                .contains("the sequence");
        // A zero that is not written is a zero.
        Bytes zeros = IpnsRecord.signWithV1(KEY, new IpnsData(DATA.value(), UNTIL, 0, 0))
                .toBytes();
        assertThat(VALIDATOR.problem(
                        AT,
                        changed(zeros, entry -> entry.clearSequence().clearTtl().clearValidityType()),
                        BEFORE))
                .isEmpty();
    }

    @Test
    void aRecordHasAtMostTenKibibytes() {
        int room = IpnsRecord.MAX_BYTES
                - IpnsRecord.sign(KEY, ofValue(1000)).toBytes().size();
        Bytes longest = IpnsRecord.sign(KEY, ofValue(1000 + room)).toBytes();
        assertThat(longest.size()).isEqualTo(10_240);
        assertThat(VALIDATOR.problem(AT, longest, BEFORE)).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> IpnsRecord.sign(KEY, ofValue(1001 + room)))
                .withMessageContaining("10240");
        Bytes longer = Signed.around(KEY, ofValue(1001 + room).toCbor());
        assertThat(problem(AT, longer)).contains("at most 10240");
    }

    private static IpnsData ofValue(int bytes) {
        return new IpnsData(Bytes.of(new byte[bytes]), UNTIL, 7, 1);
    }

    @Test
    void theDataHasItsFiveEntriesAndMayHaveOthers() {
        assertThat(problemOfData(hexOf(DATA))).isEmpty();
        for (String entry : List.of("TTL", "Value", "Sequence", "Validity", "ValidityType")) {
            assertThat(problemOfData(hexOf(DATA).replaceFirst("^a5", "a4").replace(hexOfEntry(entry), "")))
                    .hasValueSatisfying(why -> assertThat(why).contains("lacks one"));
        }
        // _x: {"a": [1, -1, "b", h'', true, null, 1.5, 42(h'00')]}, whose key is the shortest.
        String more = "625f78" + "a16161" + "88" + "01" + "20" + "6162" + "40" + "f5" + "f6" + "fb3ff8000000000000"
                + "d82a4100";
        assertThat(problemOfData(hexOf(DATA).replaceFirst("^a5", "a6" + more))).isEmpty();
        assertThat(problemOfData(hexOf(DATA).replaceFirst("00$", "01")))
                .hasValueSatisfying(why -> assertThat(why).contains("type of validity"));
    }

    @Test
    void anEntryOfAnotherTypeIsRefused() {
        // A value that is a text, as none writes it; a sequence below zero, as go writes those from 2^63 on.
        assertThat(problemOfData(hexOf(DATA).replace("6556616c7565" + "4e", "6556616c7565" + "6e")))
                .isPresent();
        assertThat(problemOfData(hexOf(DATA).replace("53657175656e6365" + "07", "53657175656e6365" + "27")))
                .isPresent();
        String validity =
                HexFormat.of().formatHex("2030-01-01T00:00:00.000000001Z".getBytes(StandardCharsets.US_ASCII));
        String noTime = HexFormat.of().formatHex("2030-13-01T00:00:00.000000001Z".getBytes(StandardCharsets.US_ASCII));
        assertThat(problemOfData(hexOf(DATA).replace(validity, noTime)))
                .hasValueSatisfying(why -> assertThat(why).contains("no time"));
    }

    private static String hexOf(IpnsData data) {
        return HexFormat.of().formatHex(data.toCbor());
    }

    private static String hexOfEntry(String name) {
        String whole = hexOf(DATA);
        String key = HexFormat.of().formatHex(name.getBytes(StandardCharsets.US_ASCII));
        int from = whole.indexOf(HexFormat.of().toHexDigits((byte) (0x60 + name.length())) + key);
        int end = whole.length();
        for (String next : List.of("63", "65", "68", "6c")) {
            for (String other : List.of(
                    "54544c", "56616c7565", "53657175656e6365", "56616c6964697479", "56616c696469747954797065")) {
                int at = whole.indexOf(next + other, from + 2);
                end = at > from ? Math.min(end, at) : end;
            }
        }
        return whole.substring(from, end);
    }

    private static Optional<String> problemOfData(String hex) {
        return VALIDATOR.problem(AT, Signed.around(KEY, HexFormat.of().parseHex(hex)), BEFORE);
    }

    private static String problem(Bytes key, Bytes record) {
        return VALIDATOR.problem(key, record, BEFORE).orElse("valid");
    }

    private static Bytes changed(Bytes record, UnaryOperator<IpnsEntryPb.Builder> change) {
        try {
            return Bytes.of(change.apply(IpnsEntryPb.newBuilder().mergeFrom(record.toArray()))
                    .build()
                    .toByteArray());
        } catch (InvalidProtocolBufferException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void theHigherSequenceThenTheLaterEndThenTheHigherBytesAreBetter() {
        Bytes low = record(1, UNTIL, 1);
        Bytes high = record(2, UNTIL.minusSeconds(1), 1);
        Bytes later = record(2, UNTIL.minusSeconds(1).plusNanos(1), 1);
        Bytes unsigned = record(-1, UNTIL.minusSeconds(9), 1);
        assertThat(VALIDATOR.better(AT, high, low)).isPositive();
        assertThat(VALIDATOR.better(AT, later, high)).isPositive();
        assertThat(VALIDATOR.better(AT, unsigned, later)).isPositive();
        Bytes otherTtl = record(1, UNTIL, 2);
        assertThat(Integer.signum(VALIDATOR.better(AT, otherTtl, low)))
                .isEqualTo(Integer.signum(otherTtl.compareTo(low)));
        assertThat(VALIDATOR.better(AT, low, low)).isZero();
        assertThat(VALIDATOR.better(AT, low, bytes("no record"))).isPositive();
        assertThat(Validators.STANDARD.best(AT, List.of(low, high, bytes("no record"), unsigned, later)))
                .contains(unsigned);
    }

    private static Bytes record(long sequence, Instant until, long ttl) {
        return IpnsRecord.sign(KEY, new IpnsData(DATA.value(), until, sequence, ttl))
                .toBytes();
    }

    @Property(tries = 2000)
    void betterIsATotalPreorder(
            @ForAll("values") Bytes one, @ForAll("values") Bytes two, @ForAll("values") Bytes three) {
        assertThat(Integer.signum(VALIDATOR.better(AT, one, two)))
                .isEqualTo(-Integer.signum(VALIDATOR.better(AT, two, one)));
        assertThat(VALIDATOR.better(AT, one, one)).isZero();
        if (VALIDATOR.better(AT, one, two) >= 0 && VALIDATOR.better(AT, two, three) >= 0) {
            assertThat(VALIDATOR.better(AT, one, three)).isNotNegative();
        }
        List<Bytes> all = List.of(one, two, three);
        Bytes best = Validators.STANDARD.best(AT, all).orElseThrow();
        assertThat(all).contains(best).allMatch(value -> VALIDATOR.better(AT, best, value) >= 0);
    }

    @Property(tries = 2000)
    void whatIsSignedIsRead(@ForAll("data") IpnsData data, @ForAll boolean withV1) throws MalformedRecord {
        IpnsRecord record = withV1 ? IpnsRecord.signWithV1(KEY, data) : IpnsRecord.sign(KEY, data);
        assertThat(IpnsRecord.decode(record.toBytes()).data()).isEqualTo(data);
        assertThat(record.problem(NAME, Long.MIN_VALUE)).isEmpty();
    }

    @Property(tries = 5000)
    void anyBytesHaveAnAnswer(@ForAll @Size(max = 200) byte[] value, @ForAll long time) {
        assertThat(VALIDATOR.problem(AT, Bytes.of(value), time))
                .hasValueSatisfying(
                        why -> assertThat(why).isNotBlank().doesNotContain("\n").doesNotEndWith("."));
    }

    /** Signed, so that what is behind the signature is reached. */
    @Property(tries = 5000)
    void anyDataHasAnAnswer(@ForAll @Size(max = 120) byte[] data) {
        assertThat(VALIDATOR.problem(AT, Signed.around(KEY, data), BEFORE)).isPresent();
    }

    @Property(tries = 5000)
    void damagedDataIsCanonicalOrRefused(
            @ForAll("data") IpnsData data, @ForAll int place, @ForAll byte value, @ForAll @IntRange(max = 3) int cut) {
        byte[] damaged = data.toCbor();
        damaged[Math.floorMod(place, damaged.length)] = value;
        damaged = Arrays.copyOf(damaged, damaged.length - cut);
        Optional<String> problem = VALIDATOR.problem(AT, Signed.around(KEY, damaged), Long.MIN_VALUE);
        try {
            IpnsData.Read read = IpnsData.ofCbor(damaged);
            assertThat(problem).isEmpty();
            // One content has one form, but for the text of its time.
            assertThat(HexFormat.of().formatHex(read.data().toCbor()))
                    .isEqualTo(HexFormat.of()
                            .formatHex(damaged)
                            .replace(
                                    HexFormat.of().formatHex(read.validity().toArray()),
                                    HexFormat.of().formatHex(read.data().validity())));
        } catch (MalformedRecord refused) {
            assertThat(problem).contains(String.valueOf(refused.getMessage()));
        }
    }

    @Property(tries = 5000)
    void aDamagedRecordIsNotValidUnlessItSaysTheSame(@ForAll boolean withV1, @ForAll int place, @ForAll byte value)
            throws Exception {
        IpnsRecord record = withV1 ? IpnsRecord.signWithV1(KEY, DATA) : IpnsRecord.sign(KEY, DATA);
        byte[] damaged = record.toBytes().toArray();
        damaged[Math.floorMod(place, damaged.length)] = value;
        if (VALIDATOR.problem(AT, Bytes.of(damaged), BEFORE).isEmpty()) {
            assertThat(IpnsRecord.decode(Bytes.of(damaged)).data()).isEqualTo(DATA);
        }
    }

    @Provide
    static Arbitrary<IpnsData> data() {
        Arbitrary<Long> numbers = Arbitraries.oneOf(
                Arbitraries.longs(),
                Arbitraries.of(0L, 23L, 24L, 255L, 256L, 65_535L, 65_536L, 4_294_967_295L, 4_294_967_296L, -1L));
        return Combinators.combine(
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(300).map(Bytes::of),
                        Arbitraries.longs().between(Rfc3339.MIN.getEpochSecond(), Rfc3339.MAX.getEpochSecond()),
                        Arbitraries.integers().between(0, 999_999_999),
                        numbers,
                        numbers)
                .as((value, seconds, nanos, sequence, ttl) ->
                        new IpnsData(value, Instant.ofEpochSecond(seconds, nanos), sequence, ttl));
    }

    /** Few different ones, so that all parts of the order decide; and such as cannot be read. */
    @Provide
    static Arbitrary<Bytes> values() {
        return Arbitraries.oneOf(
                Combinators.combine(Arbitraries.of(0L, 1L, -1L), Arbitraries.of(0, 1), Arbitraries.of(1L, 2L))
                        .as((sequence, later, ttl) -> record(sequence, UNTIL.plusNanos(later), ttl)),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(2).map(Bytes::of));
    }
}
