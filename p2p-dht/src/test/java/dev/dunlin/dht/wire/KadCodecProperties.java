package dev.dunlin.dht.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import dev.dunlin.connection.protocol.MalformedMessage;
import dev.dunlin.connection.protocol.MessageCodec;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.wire.KadAnswer.FoundProviders;
import dev.dunlin.dht.wire.KadAnswer.WithCloser;
import dev.dunlin.dht.wire.KadQuestion.AddProvider;
import dev.dunlin.dht.wire.pb.KadMessagePb;
import dev.dunlin.dht.wire.pb.KadPeerPb;
import dev.dunlin.dht.wire.pb.KadTypePb;
import dev.dunlin.dht.wire.pb.ValueRecordPb;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class KadCodecProperties {

    private static final KadLimits LIMITS = new KadLimits(6, 4);

    private static final MessageCodec<KadQuestion> QUESTIONS = KadCodec.questions();
    private static final MessageCodec<KadAnswer> ANSWERS = KadCodec.answers(KadLimits.DEFAULT);
    private static final MessageCodec<KadAnswer> FEW = KadCodec.answers(LIMITS);

    @Property(tries = 3000)
    void questionsAreReadAsTheyWereWritten(@ForAll("questions") KadQuestion question) throws MalformedMessage {
        Bytes bytes = QUESTIONS.encode(question);
        assertThat(QUESTIONS.decode(bytes)).isEqualTo(question);
        assertThat(QUESTIONS.encode(question)).isEqualTo(bytes);
    }

    @Property(tries = 3000)
    void answersAreReadAsTheyWereWritten(@ForAll("answers") KadAnswer answer) throws MalformedMessage {
        Bytes bytes = ANSWERS.encode(answer);
        assertThat(ANSWERS.decode(bytes)).isEqualTo(answer);
        assertThat(ANSWERS.encode(answer)).isEqualTo(bytes);
    }

    @Property(tries = 1000)
    void theGeneratedParserReadsTheSamePeers(@ForAll("answers") KadAnswer answer)
            throws InvalidProtocolBufferException {
        KadMessagePb message = KadMessagePb.parseFrom(ANSWERS.encode(answer).toArray());
        assertThat(message.getUnknownFields().asMap()).isEmpty();
        List<PeerInfo> closer = answer instanceof WithCloser with ? with.closer() : List.of();
        assertThat(message.getCloserPeersList().stream().map(KadPeerPb::getId))
                .isEqualTo(closer.stream()
                        .map(info -> ByteString.copyFrom(info.peer().toBytes()))
                        .toList());
        assertThat(message.getCloserPeersList().stream().map(KadPeerPb::getAddrsList))
                .isEqualTo(closer.stream()
                        .map(info -> info.addresses().stream()
                                .map(address -> ByteString.copyFrom(address.toBytes()))
                                .toList())
                        .toList());
        assertThat(message.getCloserPeersList().stream().map(KadPeerPb::getConnectionValue))
                .isEqualTo(
                        closer.stream().map(info -> info.connection().ordinal()).toList());
    }

    @Property(tries = 1000)
    void fieldsThatAreNotKnownArePassedOver(
            @ForAll("answers") KadAnswer answer,
            @ForAll("questions") KadQuestion question,
            @ForAll("unknown") UnknownFieldSet more)
            throws InvalidProtocolBufferException, MalformedMessage {
        assertThat(ANSWERS.decode(with(ANSWERS.encode(answer), more))).isEqualTo(answer);
        assertThat(QUESTIONS.decode(with(QUESTIONS.encode(question), more))).isEqualTo(question);
    }

    // In the message, its record and its peers.
    private static Bytes with(Bytes body, UnknownFieldSet more) throws InvalidProtocolBufferException {
        KadMessagePb.Builder message =
                KadMessagePb.newBuilder().mergeFrom(body.toArray()).mergeUnknownFields(more);
        if (message.hasRecord()) {
            message.setRecord(ValueRecordPb.newBuilder(message.getRecord()).mergeUnknownFields(more));
        }
        message.getCloserPeersBuilderList().forEach(peer -> peer.mergeUnknownFields(more));
        message.getProviderPeersBuilderList().forEach(peer -> peer.mergeUnknownFields(more));
        return Bytes.of(message.build().toByteArray());
    }

    @Property(tries = 5000)
    void anyBytesAreAMessageOrMalformed(@ForAll @Size(max = 400) byte[] bytes) {
        assertTotal(bytes);
    }

    @Property(tries = 10_000)
    void aDamagedMessageIsAMessageOrMalformed(
            @ForAll("bodies") byte[] body,
            @ForAll @Size(max = 6) List<@IntRange(max = 100_000) Integer> places,
            @ForAll @Size(value = 6) byte[] values,
            @ForAll @IntRange(max = 20) int cut) {
        byte[] damaged = body.clone();
        for (int i = 0; i < places.size() && damaged.length > 0; i++) {
            damaged[places.get(i) % damaged.length] = values[i];
        }
        assertTotal(Arrays.copyOf(damaged, Math.max(0, damaged.length - cut)));
    }

    private static void assertTotal(byte[] body) {
        try {
            KadQuestion question = QUESTIONS.decode(Bytes.of(body));
            assertThat(QUESTIONS.decode(QUESTIONS.encode(question))).isEqualTo(withoutSkipped(question));
        } catch (MalformedMessage declared) {
            assertThat(declared.getMessage()).isNotBlank().doesNotContain("\n");
        }
        try {
            KadAnswer answer = FEW.decode(Bytes.of(body));
            if (answer instanceof WithCloser found) {
                assertThat(found.closer()).hasSizeLessThanOrEqualTo(LIMITS.closer());
                assertBounded(found.closer());
            }
            if (answer instanceof FoundProviders found) {
                assertThat(found.providers()).hasSizeLessThanOrEqualTo(LIMITS.providers());
                assertBounded(found.providers());
            }
            assertThat(FEW.decode(FEW.encode(answer)).getClass()).isEqualTo(answer.getClass());
        } catch (MalformedMessage declared) {
            assertThat(declared.getMessage()).isNotBlank().doesNotContain("\n");
        }
    }

    private static KadQuestion withoutSkipped(KadQuestion question) {
        return question instanceof AddProvider(Bytes key, List<PeerInfo> providers, int _)
                ? new AddProvider(key, providers, 0)
                : question;
    }

    private static void assertBounded(List<PeerInfo> peers) {
        for (PeerInfo info : peers) {
            assertThat(info.addresses())
                    .hasSizeLessThanOrEqualTo(PeerInfo.MAX_ADDRESSES)
                    .doesNotHaveDuplicates();
            assertThat(info.addresses()).noneMatch(address -> address.peerId().isPresent());
        }
    }

    @Property(tries = 2000)
    void nothingIsLostUncounted(@ForAll("peersOfAll") List<KadPeerPb> peers) throws MalformedMessage {
        KadMessagePb.Builder message =
                KadMessagePb.newBuilder().setType(KadTypePb.FIND_NODE).addAllCloserPeers(peers);
        WithCloser found = (WithCloser) FEW.decode(Bytes.of(message.build().toByteArray()));
        // A peer that is left out counts once, with whatever addresses it had.
        int left = peers.size() - found.closer().size();
        int addresses = 0;
        int kept = 0;
        List<KadPeerPb> rest = new ArrayList<>(peers);
        for (PeerInfo info : found.closer()) {
            ByteString id = ByteString.copyFrom(info.peer().toBytes());
            while (!rest.getFirst().getId().equals(id)) {
                rest.removeFirst();
            }
            addresses +=
                    (int) rest.removeFirst().getAddrsList().stream().distinct().count();
            kept += info.addresses().size();
        }
        assertThat(found.skipped()).isEqualTo(left + addresses - kept);
    }

    @Property(tries = 500)
    void whatIsFittedFits(@ForAll("answers") KadAnswer answer, @ForAll @IntRange(min = 3_000, max = 14_000) int bytes)
            throws MalformedMessage {
        KadAnswer fitted = KadCodec.fitted(answer, bytes);
        assertThat(ANSWERS.encode(fitted).size()).isLessThanOrEqualTo(bytes);
        if (ANSWERS.encode(answer).size() <= bytes) {
            assertThat(fitted).isSameAs(answer);
        }
        assertThat(ANSWERS.decode(ANSWERS.encode(fitted))).isEqualTo(fitted);
        if (answer instanceof WithCloser before && fitted instanceof WithCloser after) {
            assertPrefix(before.closer(), after.closer());
        }
        if (answer instanceof FoundProviders before && fitted instanceof FoundProviders after) {
            assertPrefix(before.providers(), after.providers());
        }
    }

    private static void assertPrefix(List<PeerInfo> before, List<PeerInfo> after) {
        for (int i = 0; i < after.size(); i++) {
            List<Multiaddr> kept = after.get(i).addresses();
            assertThat(after.get(i).peer()).isEqualTo(before.get(i).peer());
            assertThat(kept).isEqualTo(before.get(i).addresses().subList(0, kept.size()));
        }
    }

    @Provide
    static Arbitrary<KadQuestion> questions() {
        return Samples.questions();
    }

    @Provide
    static Arbitrary<KadAnswer> answers() {
        return Samples.answers();
    }

    @Provide
    static Arbitrary<byte[]> bodies() {
        return Arbitraries.oneOf(
                Samples.questions().map(QUESTIONS::encode).map(Bytes::toArray),
                Samples.answers().map(ANSWERS::encode).map(Bytes::toArray));
    }

    /** Fields of numbers that no message here has. */
    @Provide
    static Arbitrary<UnknownFieldSet> unknown() {
        Arbitrary<UnknownFieldSet.Field> fields = Arbitraries.oneOf(
                Arbitraries.longs()
                        .map(number -> UnknownFieldSet.Field.newBuilder()
                                .addVarint(number)
                                .build()),
                Arbitraries.integers()
                        .map(number -> UnknownFieldSet.Field.newBuilder()
                                .addFixed32(number)
                                .build()),
                Arbitraries.bytes()
                        .array(byte[].class)
                        .ofMaxSize(40)
                        .map(bytes -> UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFrom(bytes))
                                .build()),
                Arbitraries.just(UnknownFieldSet.Field.newBuilder()
                        .addGroup(UnknownFieldSet.newBuilder()
                                .addField(
                                        1,
                                        UnknownFieldSet.Field.newBuilder()
                                                .addVarint(4)
                                                .build())
                                .build())
                        .build()));
        return Arbitraries.maps(Arbitraries.of(4, 6, 7, 10, 11, 666, 777, 536_870_911), fields)
                .ofMaxSize(4)
                .map(all -> {
                    UnknownFieldSet.Builder set = UnknownFieldSet.newBuilder();
                    all.forEach(set::addField);
                    return set.build();
                });
    }

    /** Peers that can be read, and such as cannot. */
    @Provide
    static Arbitrary<List<KadPeerPb>> peersOfAll() {
        Arbitrary<byte[]> ids = Arbitraries.oneOf(
                Samples.peers().map(peer -> peer.toBytes()),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(3));
        Arbitrary<ByteString> addresses = Arbitraries.oneOf(
                        Samples.addresses().map(address -> address.toBytes()),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(12))
                .map(ByteString::copyFrom);
        // Each once: an address that is there twice is kept once, and is not one that was skipped.
        return Combinators.combine(ids, addresses.list().ofMaxSize(80))
                .as((id, list) -> KadPeerPb.newBuilder()
                        .setId(ByteString.copyFrom(id))
                        .addAllAddrs(list.stream().distinct().toList())
                        .build())
                .list()
                .ofMaxSize(9);
    }
}
