package dev.dunlin.dht.wire;

import static dev.dunlin.dht.wire.Samples.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.identify.IdentifyProtocol;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.protocol.Message;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.testkit.TypeArbitraries;
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
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KadMessagesTest {

    private static final Bytes KEY = bytes("/a/b");
    private static final ValueRecord RECORD = ValueRecord.of(KEY, bytes("v"));

    /** As the log of a node has them that speaks this and the other protocols. */
    private static final Codec CODEC = Codec.of(List.of(ExchangeMachine.of(List.of(
                    KadProtocol.wide(),
                    KadProtocol.local(),
                    PingProtocol.PING,
                    IdentifyProtocol.identify(Optional.empty()),
                    IdentifyProtocol.push(Optional.empty())))
            .types()));

    @Test
    void eachAnswerAnswersItsQuestionAndNoOther() {
        List<KadQuestion> questions = List.of(
                new FindNode(KEY),
                new GetValue(KEY),
                new PutValue(RECORD),
                new GetProviders(KEY),
                new AddProvider(KEY, List.of(), 0),
                new Ping());
        List<KadAnswer> answers = List.of(
                FoundNodes.of(List.of()),
                FoundValue.of(Optional.of(RECORD), List.of()),
                new StoredValue(RECORD),
                FoundProviders.of(List.of(), List.of()),
                new Added(KEY),
                new Pong());
        for (int asked = 0; asked < questions.size(); asked++) {
            for (int answered = 0; answered < answers.size(); answered++) {
                assertThat(answers.get(answered).answers(questions.get(asked)))
                        .as("%s to %s", answers.get(answered), questions.get(asked))
                        .isEqualTo(asked == answered);
            }
        }
    }

    @Test
    void aValueUnderAnotherKeyIsNoAnswer() {
        Bytes other = bytes("/a/c");
        assertThat(FoundValue.of(Optional.of(RECORD), List.of()).answers(new GetValue(other)))
                .isFalse();
        assertThat(FoundValue.of(Optional.empty(), List.of()).answers(new GetValue(other)))
                .isTrue();
        assertThat(new StoredValue(RECORD).answers(new PutValue(ValueRecord.of(other, bytes("v")))))
                .isFalse();
        assertThat(new StoredValue(RECORD).answers(new PutValue(ValueRecord.of(KEY, bytes("w")))))
                .isFalse();
        // Who stores it sets the time.
        assertThat(new StoredValue(new ValueRecord(KEY, bytes("v"), Optional.of(1L))).answers(new PutValue(RECORD)))
                .isTrue();
        assertThat(new Added(other).answers(new AddProvider(KEY, List.of(), 0))).isFalse();
        assertThat(new Added(Bytes.EMPTY).answers(new AddProvider(KEY, List.of(), 0)))
                .isTrue();
    }

    @Test
    void partsAreWithinTheirBounds() {
        assertThatIllegalArgumentException().isThrownBy(() -> new FindNode(Bytes.EMPTY));
        assertThatIllegalArgumentException().isThrownBy(() -> new FindNode(Bytes.of(new byte[1025])));
        assertThatIllegalArgumentException().isThrownBy(() -> new GetValue(Bytes.EMPTY));
        assertThatIllegalArgumentException().isThrownBy(() -> new GetProviders(Bytes.of(new byte[81])));
        assertThatIllegalArgumentException().isThrownBy(() -> new Added(Bytes.of(new byte[81])));
        assertThatIllegalArgumentException().isThrownBy(() -> ValueRecord.of(Bytes.EMPTY, KEY));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ValueRecord.of(KEY, Bytes.of(new byte[ValueRecord.MAX_VALUE + 1])));
        assertThatIllegalArgumentException().isThrownBy(() -> new ValueRecord(KEY, KEY, Optional.of(Long.MAX_VALUE)));
        PeerInfo peer = Samples.wide(1, 1, 40);
        assertThatIllegalArgumentException().isThrownBy(() -> new AddProvider(KEY, Collections.nCopies(21, peer), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new AddProvider(KEY, List.of(), -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new FoundNodes(List.of(), -1));
        assertThatIllegalArgumentException().isThrownBy(() -> new KadLimits(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new KadLimits(1, 4097));
    }

    @Test
    void namesLeaveRoomForOthers() {
        assertThat(Names.of(Ping.class)).isEqualTo("kadPing");
        assertThat(Names.of(Pong.class)).isEqualTo("kadPong");
        assertThat(Names.of(Added.class)).isEqualTo("providerAdded");
    }

    @Property(tries = 1000)
    void messagesStandInALog(@ForAll("messages") Message message) {
        assertThat(CODEC.value(
                        CODEC.mapper().readTree(CODEC.mapper().writeValueAsBytes(CODEC.tree(message))), Message.class))
                .isEqualTo(message);
    }

    /** Those that the laws of a machine make by themselves too, whatever their constructors refuse. */
    @Provide
    static Arbitrary<Message> messages() {
        return Arbitraries.oneOf(
                Samples.questions().map(question -> question),
                Samples.answers().map(answer -> answer),
                TypeArbitraries.small().of(KadQuestion.class).map(question -> question),
                TypeArbitraries.wide().of(KadAnswer.class).map(answer -> answer));
    }

    @Test
    void protocolsAreCalledByTheirNetwork() {
        assertThat(KadProtocol.wide().name()).isEqualTo("kad");
        assertThat(KadProtocol.wide().ids()).containsExactly("/ipfs/kad/1.0.0");
        assertThat(KadProtocol.local().name()).isEqualTo("kadLan");
        assertThat(KadProtocol.local().ids()).containsExactly("/ipfs/lan/kad/1.0.0");
        Protocol<KadQuestion, KadAnswer> own = KadProtocol.wide().in(Table.of("routing.prefix", "/fleet"));
        assertThat(own.ids()).containsExactly("/fleet/kad/1.0.0");
        assertThat(KadProtocol.local().in(Table.of("routing.prefix", "/fleet")).ids())
                .containsExactly("/fleet/lan/kad/1.0.0");
        ProtocolLimits limits = own.limits();
        assertThat(limits.inboundPerPeer()).isEqualTo(32);
        assertThat(limits.outboundPerPeer()).isEqualTo(32);
        assertThat(limits.answerWithin()).isEqualTo(10_000_000);
        assertThat(limits.idle()).isEqualTo(60_000_000);
        assertThat(limits.reuseStream()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "ipfs",
                "/ipfs/",
                "//ipfs",
                "/ip fs",
                "/a/\u0000",
                "/0123456789012345678901234567890123456789012345678901234567890123"
            })
    void aPrefixIsAPath(String prefix) {
        assertThatExceptionOfType(BadValueException.class)
                .isThrownBy(() -> KadProtocol.PREFIX.kind().recorded(prefix));
    }

    @Test
    void onlyProvidersAreAddedInSilence() {
        Protocol<KadQuestion, KadAnswer> amino = KadProtocol.wide();
        assertThat(amino.assumed(new AddProvider(KEY, List.of(), 0))).contains(new KadAnswer.Added(KEY));
        assertThat(amino.isAssumed(new KadAnswer.Added(KEY))).isTrue();
        assertThat(amino.isAssumed(new KadAnswer.Pong())).isFalse();
        for (KadQuestion question : List.of(
                new FindNode(KEY), new GetValue(KEY), new PutValue(RECORD), new GetProviders(KEY), new Ping())) {
            assertThat(amino.assumed(question)).isEmpty();
        }
    }
}
