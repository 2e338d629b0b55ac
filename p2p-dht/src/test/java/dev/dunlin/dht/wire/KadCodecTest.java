package dev.dunlin.dht.wire;

import static dev.dunlin.dht.wire.Samples.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.sun.management.ThreadMXBean;
import dev.dunlin.connection.protocol.Framing;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.connection.sim.SimNet;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.wire.KadAnswer.Added;
import dev.dunlin.dht.wire.KadAnswer.FoundNodes;
import dev.dunlin.dht.wire.KadAnswer.FoundProviders;
import dev.dunlin.dht.wire.KadAnswer.FoundValue;
import dev.dunlin.dht.wire.KadAnswer.Pong;
import dev.dunlin.dht.wire.KadAnswer.StoredValue;
import dev.dunlin.dht.wire.KadQuestion.AddProvider;
import dev.dunlin.dht.wire.KadQuestion.FindNode;
import dev.dunlin.dht.wire.KadQuestion.GetProviders;
import dev.dunlin.dht.wire.KadQuestion.GetValue;
import dev.dunlin.dht.wire.KadQuestion.Ping;
import dev.dunlin.dht.wire.KadQuestion.PutValue;
import dev.dunlin.dht.wire.pb.ConnectednessPb;
import dev.dunlin.dht.wire.pb.KadMessagePb;
import dev.dunlin.dht.wire.pb.KadPeerPb;
import dev.dunlin.dht.wire.pb.KadTypePb;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Bytes of messages. Those in hexadecimal are written by hand, from the field numbers of libp2p/specs kad-dht: tag = number * 8 + 2.
 * js-libp2p (npm: @libp2p/kad-dht 16.4.5) writes the same for those of {@link #questions} and {@link #answers}.
 */
class KadCodecTest {

    private static final MessageCodec<KadQuestion> QUESTIONS = KadCodec.questions();
    private static final MessageCodec<KadAnswer> ANSWERS = KadCodec.answers(KadLimits.DEFAULT);

    private static final PeerInfo PEER = new PeerInfo(
            PeerId.fromBytes(new byte[] {0, 1, 0x55}),
            List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/4001")),
            Connectedness.CONNECTED);
    private static final String PEER_HEX = "11" + "0a03" + "000155" + "1208" + "047f000001060fa1" + "1801";

    private static final ValueRecord RECORD = new ValueRecord(bytes("/a/b"), bytes("v"), Optional.of(1_500_000L));
    private static final String RECORD_HEX = "21" + "0a04" + "2f612f62" + "1201" + "76" //
            + "2a16" + "313937302d30312d30315430303a30303a30312e355a";

    static Stream<Arguments> questions() {
        return Stream.of(
                Arguments.of(new FindNode(bytes("key")), "0804" + "1203" + "6b6579"),
                Arguments.of(new GetValue(bytes("key")), "0801" + "1203" + "6b6579"),
                Arguments.of(new PutValue(RECORD), "1204" + "2f612f62" + "1a" + RECORD_HEX),
                Arguments.of(new GetProviders(bytes("key")), "0803" + "1203" + "6b6579"),
                Arguments.of(AddProvider.of(bytes("key"), PEER), "0802" + "1203" + "6b6579" + "4a" + PEER_HEX),
                Arguments.of(new Ping(), "0805"));
    }

    static Stream<Arguments> answers() {
        return Stream.of(
                Arguments.of(FoundNodes.of(List.of(PEER, PEER)), "0804" + "42" + PEER_HEX + "42" + PEER_HEX),
                Arguments.of(
                        FoundValue.of(Optional.of(RECORD), List.of(PEER)),
                        "0801" + "1204" + "2f612f62" + "1a" + RECORD_HEX + "42" + PEER_HEX),
                Arguments.of(FoundValue.of(Optional.empty(), List.of(PEER)), "0801" + "42" + PEER_HEX),
                Arguments.of(new StoredValue(RECORD), "1204" + "2f612f62" + "1a" + RECORD_HEX),
                Arguments.of(
                        FoundProviders.of(List.of(PEER), List.of(PEER)), "0803" + "42" + PEER_HEX + "4a" + PEER_HEX),
                Arguments.of(new Added(bytes("key")), "0802" + "1203" + "6b6579"),
                Arguments.of(new Added(Bytes.EMPTY), "0802"),
                Arguments.of(new Pong(), "0805"));
    }

    @ParameterizedTest
    @MethodSource("questions")
    void questionsHaveTheseBytes(KadQuestion question, String hex) throws MalformedMessage {
        assertThat(hex(QUESTIONS.encode(question))).isEqualTo(hex);
        assertThat(question(hex)).isEqualTo(question);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void answersHaveTheseBytes(KadAnswer answer, String hex) throws MalformedMessage {
        assertThat(hex(ANSWERS.encode(answer))).isEqualTo(hex);
        assertThat(answer(hex)).isEqualTo(answer);
    }

    @Test
    void messagesStandBehindTheirLength() {
        assertThat(QUESTIONS.framing()).isEqualTo(new Framing.LengthPrefixed(4_194_304));
        assertThat(ANSWERS.framing()).isEqualTo(QUESTIONS.framing());
    }

    @Test
    void fieldsMayComeInAnyOrderAndTheLastCounts() throws MalformedMessage {
        // The peer's id behind its address, the record's parts in two records, the type at the end.
        String peer = "11" + "1801" + "1208" + "047f000001060fa1" + "0a03" + "000155";
        assertThat(answer("42" + peer + "0804")).isEqualTo(FoundNodes.of(List.of(PEER)));
        String parts = "1a0c" + "0a04" + "2f612f62" + "0a04" + "2f612f63" + "1a03" + "1201" + "76";
        assertThat(question(parts + "1201" + "78" + "1204" + "2f612f63" + "0804" + "0800"))
                .isEqualTo(new PutValue(ValueRecord.of(bytes("/a/c"), bytes("v"))));
    }

    @Test
    void passesOverFieldsThatAreNotKnown() throws MalformedMessage {
        // clusterLevelRaw of go; publisher 666 and ttl 777 of rust in the record; author and signature of old; a group,
        // and fixed numbers.
        String record = "16" + "0a04" + "2f612f62" + "d22901" + "55" + "1201" + "76" + "c83005" + "1a0155" + "220155";
        assertThat(question("5001" + "1204" + "2f612f62" + "1a" + record))
                .isEqualTo(new PutValue(ValueRecord.of(bytes("/a/b"), bytes("v"))));
        assertThat(question(
                        "0804" + "1203" + "6b6579" + "7b" + "0801" + "7c" + "ad0700000000" + "b1070000000000000000"))
                .isEqualTo(new FindNode(bytes("key")));
        // A field of ours that is of another kind is not ours.
        assertThat(question("0804" + "1203" + "6b6579" + "1007")).isEqualTo(new FindNode(bytes("key")));
        // In a peer.
        assertThat(answer("0804" + "42" + "14" + "220155" + PEER_HEX.substring(2)))
                .isEqualTo(FoundNodes.of(List.of(PEER)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7ac1", // a length behind which nothing follows
                "1205" + "6b6579", // a key that breaks off
                "0804" + "1203" + "6b6579" + "7c", // a group that ends and did not begin
                "0804" + "1203" + "6b6579" + "7b", // a group that does not end
                "0804" + "1203" + "6b6579" + "00", // a field of number 0
                "12ffffffffffffffffff01" + "00", // a length of 2^64 - 1
                "12ffffffff0f" + "00", // a length of -1
                "4aff7f", // a peer that is longer than the message
                "1a02" + "0a05", // a record's key that is longer than the record
                "0806", // no such type
                "0804", // FIND_NODE without a key
                "0801",
                "0802",
                "0803",
                "", // PUT_VALUE without a record
                "1204" + "2f612f62",
                "1204" + "2f612f62" + "1a00", // a record without a key
                "1204" + "2f612f62" + "1a06" + "0a04" + "2f612f63", // of another key
                "1a06" + "0a04" + "2f612f62" // without a key of the message
            })
    void refusesAQuestionThatIsNone(String hex) {
        assertThatThrownBy(() -> question(hex))
                .isInstanceOf(MalformedMessage.class)
                .message()
                .isNotBlank()
                .doesNotContain("\n")
                .doesNotEndWith(".");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0806", "", "1204" + "2f612f62", "1a00", "42ff7f", "08ffffffffffffffffff01"})
    void refusesAnAnswerThatIsNone(String hex) {
        assertThatThrownBy(() -> answer(hex)).isInstanceOf(MalformedMessage.class);
    }

    @Test
    void keysHaveTheirBounds() throws MalformedMessage {
        assertThat(question(message(KadTypePb.FIND_NODE, 1024))).isInstanceOf(FindNode.class);
        assertThatThrownBy(() -> question(message(KadTypePb.FIND_NODE, 1025))).isInstanceOf(MalformedMessage.class);
        for (KadTypePb type : List.of(KadTypePb.GET_PROVIDERS, KadTypePb.ADD_PROVIDER)) {
            assertThat(question(message(type, 80))).isInstanceOf(KadQuestion.OfKey.class);
            assertThatThrownBy(() -> question(message(type, 81))).isInstanceOf(MalformedMessage.class);
        }
    }

    @Test
    void valuesHaveTheirBound() throws MalformedMessage {
        PutValue put = new PutValue(ValueRecord.of(bytes("/a/b"), Bytes.of(new byte[ValueRecord.MAX_VALUE])));
        assertThat(QUESTIONS.decode(QUESTIONS.encode(put))).isEqualTo(put);
        Bytes longer = message(KadTypePb.PUT_VALUE, ValueRecord.MAX_VALUE + 1, List.of());
        assertThatThrownBy(() -> QUESTIONS.decode(longer)).isInstanceOf(MalformedMessage.class);
        assertThatThrownBy(() -> ANSWERS.decode(longer)).isInstanceOf(MalformedMessage.class);
        // Of an answer the peers are taken all the same.
        Bytes found = message(KadTypePb.GET_VALUE, ValueRecord.MAX_VALUE + 1, List.of(PEER));
        assertThat(ANSWERS.decode(found)).isEqualTo(new FoundValue(Optional.empty(), List.of(PEER), 1));
    }

    @Test
    void aTimeThatIsNoneIsAbsent() throws MalformedMessage {
        // py-libp2p wrote seconds; bytes that are no UTF-8; one that is too long; and one with an offset, which is
        // read.
        for (String time : List.of("2a02" + "3137", "2a02" + "c328", "2a41" + "30".repeat(65))) {
            String record = "0a04" + "2f612f62" + time;
            assertThat(question("1204" + "2f612f62" + "1a" + length(record) + record))
                    .isEqualTo(new PutValue(ValueRecord.of(bytes("/a/b"), Bytes.EMPTY)));
        }
        String offset = "0a04" + "2f612f62" + "2a19" + hex(bytes("1970-01-01T01:00:01+01:00"));
        assertThat(question("1204" + "2f612f62" + "1a" + length(offset) + offset))
                .isEqualTo(new PutValue(new ValueRecord(bytes("/a/b"), Bytes.EMPTY, Optional.of(1_000_000L))));
    }

    @Test
    void countsPeersThatCannotBeRead() throws MalformedMessage {
        // No id; an id that is no multihash; one that is too long; then a good one.
        String bad = "4200" + "4203" + "0a01" + "00" + "4243" + "0a41" + "00".repeat(65);
        assertThat(answer("0804" + bad + "42" + PEER_HEX)).isEqualTo(new FoundNodes(List.of(PEER), 3));
        assertThat(answer("0803" + bad + bad.replace("42", "4a") + "4a" + PEER_HEX))
                .isEqualTo(new FoundProviders(List.of(PEER), List.of(), 6));
        assertThat(question("0802" + "1203" + "6b6579" + bad + bad.replace("42", "4a") + "4a" + PEER_HEX))
                .isEqualTo(new AddProvider(bytes("key"), List.of(PEER), 3));
    }

    @Test
    void countsAddressesThatCannotBeRead() throws MalformedMessage {
        // One of a protocol that is not known here, one cut short, an empty one, one that ends in another peer.
        String bad =
                "1202" + "8103" + "1202" + "0401" + "1200" + "120e" + "047f000001060fa1" + "a503" + "03" + "000156";
        String peer = "0a03" + "000155" + bad + "1208" + "047f000001060fa1" + "1801";
        assertThat(answer("0804" + "42" + length(peer) + peer)).isEqualTo(new FoundNodes(List.of(PEER), 4));
    }

    @Test
    void connectionsThatAreNotKnownAreNone() throws MalformedMessage {
        FoundNodes found = (FoundNodes) answer("0804" + "4207" + "0a03" + "000155" + "1804");
        assertThat(found.closer()).extracting(PeerInfo::connection).containsExactly(Connectedness.NOT_CONNECTED);
    }

    @Test
    void keepsTheFirstPeersOfEachList() throws MalformedMessage {
        List<PeerInfo> many = IntStream.range(0, 1100)
                .mapToObj(i -> new PeerInfo(SimNet.peer(i), List.of(), Connectedness.NOT_CONNECTED))
                .toList();
        Bytes closer = message(KadTypePb.FIND_NODE, 0, many);
        assertThat(ANSWERS.decode(closer)).isEqualTo(new FoundNodes(many.subList(0, 40), 1060));
        Bytes both = message(KadTypePb.GET_PROVIDERS, 0, many);
        assertThat(ANSWERS.decode(both))
                .isEqualTo(new FoundProviders(many.subList(0, 1024), many.subList(0, 40), 1060 + 76));
        assertThat(KadCodec.answers(new KadLimits(2, 1)).decode(both))
                .isEqualTo(new FoundProviders(many.subList(0, 1), many.subList(0, 2), 1098 + 1099));
        assertThat(QUESTIONS.decode(message(KadTypePb.ADD_PROVIDER, 0, many)))
                .isEqualTo(new AddProvider(bytes("k"), many.subList(0, 20), 1080));
    }

    @Test
    void keepsTheFirstAddressesOfAPeer() throws MalformedMessage {
        // Sixty-four of twenty bytes; and thirty-one of 258 with their tags and lengths, which leave less than one more
        // takes.
        for (PeerInfo most : List.of(Samples.wide(1, 64, 20), Samples.wide(1, 31, 255))) {
            KadPeerPb.Builder peer = KadPeerPb.newBuilder()
                    .setId(ByteString.copyFrom(most.peer().toBytes()))
                    .setConnection(ConnectednessPb.CAN_CONNECT);
            most.addresses().forEach(address -> peer.addAddrs(ByteString.copyFrom(address.toBytes())));
            for (int i = 0; i < 3; i++) {
                peer.addAddrs(ByteString.copyFrom(
                        Samples.wide(2, 3, 255).addresses().get(i).toBytes()));
            }
            Bytes body = Bytes.of(KadMessagePb.newBuilder()
                    .setType(KadTypePb.FIND_NODE)
                    .addCloserPeers(peer)
                    .build()
                    .toByteArray());
            assertThat(ANSWERS.decode(body)).isEqualTo(new FoundNodes(List.of(most), 3));
        }
    }

    @Test
    void anEntryThatCannotBeReadTakesAPlace() throws MalformedMessage {
        PeerInfo most = Samples.wide(1, 64, 20);
        KadPeerPb.Builder peer = KadPeerPb.newBuilder()
                .setId(ByteString.copyFrom(most.peer().toBytes()))
                .setConnection(ConnectednessPb.CAN_CONNECT)
                .addAddrs(ByteString.copyFromUtf8("no"));
        most.addresses().forEach(address -> peer.addAddrs(ByteString.copyFrom(address.toBytes())));
        KadMessagePb.Builder message = KadMessagePb.newBuilder()
                .setType(KadTypePb.FIND_NODE)
                .addCloserPeers(KadPeerPb.getDefaultInstance())
                .addCloserPeers(peer)
                .addCloserPeers(peer);
        PeerInfo kept = new PeerInfo(most.peer(), most.addresses().subList(0, 63), Connectedness.CAN_CONNECT);
        assertThat(KadCodec.answers(new KadLimits(2, 1))
                        .decode(Bytes.of(message.build().toByteArray())))
                .isEqualTo(new FoundNodes(List.of(kept), 1 + 2 + 1));
    }

    @Test
    void whatIsBeyondTheBoundsTakesNoMemory() throws MalformedMessage {
        // Two million peers without an id, or one with two million addresses without a byte: each would be an object to
        // a generated parser.
        byte[] peers = new byte[KadCodec.MAX_BYTES];
        for (int i = 0; i < peers.length; i += 2) {
            peers[i] = 0x42;
        }
        peers[0] = 0x08;
        peers[1] = 0x04;
        assertThat(allocatedBy(peers)).isLessThan(3L * KadCodec.MAX_BYTES);
        assertThat(ANSWERS.decode(Bytes.of(peers))).isEqualTo(new FoundNodes(List.of(), KadCodec.MAX_BYTES / 2 - 1));

        ByteArrayOutputStream wide = new ByteArrayOutputStream();
        wide.writeBytes(HexFormat.of().parseHex("0804" + "42f5ffff01" + "0a03" + "000155"));
        while (wide.size() < KadCodec.MAX_BYTES) {
            wide.write(wide.size() % 2 == 0 ? 0x12 : 0);
        }
        assertThat(allocatedBy(wide.toByteArray())).isLessThan(3L * KadCodec.MAX_BYTES);
    }

    private static long allocatedBy(byte[] body) throws MalformedMessage {
        Bytes bytes = Bytes.of(body);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        ANSWERS.decode(bytes);
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void refusesABodyThatIsTooLong() {
        assertThatThrownBy(() -> QUESTIONS.decode(Bytes.of(new byte[KadCodec.MAX_BYTES + 1])))
                .isInstanceOf(MalformedMessage.class)
                .hasMessageContaining("4194304");
    }

    @Test
    void groupsInGroupsDoNotOverflowTheStack() {
        byte[] deep = new byte[1 << 20];
        Arrays.fill(deep, (byte) 0x7b);
        assertThatThrownBy(() -> QUESTIONS.decode(Bytes.of(deep))).isInstanceOf(MalformedMessage.class);
    }

    @Test
    void anAnswerIsWrittenWithFewerAddressesIfThatMakesItShortEnoughForAll() throws MalformedMessage {
        List<PeerInfo> twenty =
                IntStream.range(0, 20).mapToObj(i -> Samples.wide(i, 20, 100)).toList();
        Bytes bytes = ANSWERS.encode(FoundNodes.of(twenty));
        // One address more of each would not fit.
        assertThat(bytes.size()).isBetween(KadCodec.COMMON_BYTES - 20 * 102, KadCodec.COMMON_BYTES);
        List<PeerInfo> read = ((FoundNodes) ANSWERS.decode(bytes)).closer();
        assertThat(read)
                .extracting(PeerInfo::peer)
                .isEqualTo(twenty.stream().map(PeerInfo::peer).toList());
        for (int i = 0; i < 20; i++) {
            int kept = read.get(i).addresses().size();
            assertThat(kept).isEqualTo(read.get(0).addresses().size());
            assertThat(read.get(i).addresses())
                    .isEqualTo(twenty.get(i).addresses().subList(0, kept));
        }
    }

    @Test
    void anAnswerThatCannotBeShortEnoughForAllIsWrittenWhole() throws MalformedMessage {
        List<PeerInfo> many =
                IntStream.range(0, 300).mapToObj(i -> Samples.wide(i, 2, 100)).toList();
        KadAnswer answer = FoundProviders.of(many, many.subList(0, 20));
        assertThat(ANSWERS.decode(ANSWERS.encode(answer))).isEqualTo(answer);
    }

    @Test
    void noAnswerIsLongerThanCanBeRead() throws MalformedMessage {
        List<PeerInfo> most =
                IntStream.range(0, 40).mapToObj(i -> Samples.wide(i, 31, 255)).toList();
        Bytes bytes = ANSWERS.encode(FoundProviders.of(
                Collections.nCopies(30, most).stream().flatMap(List::stream).toList(), most));
        assertThat(bytes.size()).isBetween(KadCodec.MAX_BYTES - 1240 * 258, KadCodec.MAX_BYTES);
        assertThat(((FoundProviders) ANSWERS.decode(bytes)).closer()).hasSize(40);
        // The longest value and the longest list.
        ValueRecord value = ValueRecord.of(bytes("/a/b"), Bytes.of(new byte[ValueRecord.MAX_VALUE]));
        assertThat(ANSWERS.encode(FoundValue.of(Optional.of(value), most)).size())
                .isBetween(ValueRecord.MAX_VALUE, KadCodec.MAX_BYTES);
        assertThat(ANSWERS.encode(new StoredValue(value)).size()).isLessThan(KadCodec.MAX_BYTES);
    }

    @Test
    void fittingLeavesOutAddressesThenProvidersThenCloserPeers() {
        List<PeerInfo> peers =
                IntStream.range(0, 10).mapToObj(i -> Samples.wide(i, 3, 100)).toList();
        KadAnswer answer = new FoundProviders(peers, peers, 7);
        List<PeerInfo> single =
                IntStream.range(0, 10).mapToObj(i -> Samples.wide(i, 1, 100)).toList();
        int entry = 3 + 40 + 2 + 102;
        int whole = 2 + 2 * 10 * (entry + 2 * 102);
        assertThat(KadCodec.fitted(answer, whole)).isSameAs(answer);
        List<PeerInfo> two =
                IntStream.range(0, 10).mapToObj(i -> Samples.wide(i, 2, 100)).toList();
        assertThat(KadCodec.fitted(answer, whole - 1)).isEqualTo(new FoundProviders(two, two, 7));
        assertThat(KadCodec.fitted(answer, 2 + 20 * entry)).isEqualTo(new FoundProviders(single, single, 7));
        assertThat(KadCodec.fitted(answer, 1 + 20 * entry))
                .isEqualTo(new FoundProviders(single.subList(0, 9), single, 7));
        assertThat(KadCodec.fitted(answer, 2 + 10 * entry)).isEqualTo(new FoundProviders(List.of(), single, 7));
        assertThat(KadCodec.fitted(answer, 1 + 10 * entry))
                .isEqualTo(new FoundProviders(List.of(), single.subList(0, 9), 7));
        assertThat(KadCodec.fitted(answer, 0)).isEqualTo(new FoundProviders(List.of(), List.of(), 7));
    }

    @Test
    void fittingKeepsARecordAndWhatIsNoList() {
        FoundValue found = FoundValue.of(Optional.of(RECORD), List.of(PEER));
        assertThat(KadCodec.fitted(found, 0)).isEqualTo(FoundValue.of(Optional.of(RECORD), List.of()));
        for (KadAnswer answer : List.of(new StoredValue(RECORD), new Added(bytes("key")), new Pong())) {
            assertThat(KadCodec.fitted(answer, 0)).isEqualTo(answer);
        }
    }

    private static Bytes message(KadTypePb type, int value, List<PeerInfo> peers) {
        List<KadPeerPb> encoded = peers.stream()
                .map(info -> KadPeerPb.newBuilder()
                        .setId(ByteString.copyFrom(info.peer().toBytes()))
                        .addAllAddrs(info.addresses().stream()
                                .map(address -> ByteString.copyFrom(address.toBytes()))
                                .toList())
                        .setConnection(ConnectednessPb.valueOf(info.connection().name()))
                        .build())
                .toList();
        KadMessagePb.Builder message = KadMessagePb.newBuilder()
                .setType(type)
                .setKey(ByteString.copyFromUtf8("k"))
                .addAllCloserPeers(encoded)
                .addAllProviderPeers(encoded);
        if (value > 0) {
            message.getRecordBuilder().setKey(message.getKey()).setValue(ByteString.copyFrom(new byte[value]));
        }
        return Bytes.of(message.build().toByteArray());
    }

    private static String length(String hex) {
        return HexFormat.of().toHexDigits((byte) (hex.length() / 2));
    }

    private static String message(KadTypePb type, int key) {
        return HexFormat.of()
                .formatHex(KadMessagePb.newBuilder()
                        .setType(type)
                        .setKey(ByteString.copyFrom(new byte[key]))
                        .build()
                        .toByteArray());
    }

    private static KadQuestion question(String hex) throws MalformedMessage {
        return QUESTIONS.decode(Bytes.of(HexFormat.of().parseHex(hex)));
    }

    private static KadAnswer answer(String hex) throws MalformedMessage {
        return ANSWERS.decode(Bytes.of(HexFormat.of().parseHex(hex)));
    }

    private static String hex(Bytes bytes) {
        return HexFormat.of().formatHex(bytes.toArray());
    }
}
