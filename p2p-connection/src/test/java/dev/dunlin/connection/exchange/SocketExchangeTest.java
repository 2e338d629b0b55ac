package dev.dunlin.connection.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.exchange.ExchangeOutcome.Answered;
import dev.dunlin.connection.exchange.ExchangeOutcome.AskFailed;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.protocol.Silence;
import dev.dunlin.core.state.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Exchanges on real sockets. */
@Timeout(120)
class SocketExchangeTest {

    private static final List<Protocol<?, ?>> PROTOCOLS =
            List.of(Talk.chat(ProtocolLimits.DEFAULT), Talk.letter(ProtocolLimits.DEFAULT));

    private static Bytes words(int size) {
        byte[] words = new byte[size];
        for (int i = 0; i < size; i++) {
            words[i] = (byte) i;
        }
        return Bytes.of(words);
    }

    private static void echoes(ExchangeNode node) {
        node.answers = asked -> Optional.of(new Talk.Answer(((Talk.Say.Hello) asked.message()).words()));
    }

    @Test
    void questionsAreAnsweredOnOneStreamAndOnTheirOwn() {
        try (ExchangeNode one = new ExchangeNode(PROTOCOLS);
                ExchangeNode other = new ExchangeNode(PROTOCOLS)) {
            echoes(other);
            other.serve(Talk.CHAT, Talk.CHAT_ID);
            other.serve(Talk.LETTER, Talk.LETTER_ID);
            for (int size : List.of(0, 1, 1000, 65_000)) {
                for (String protocol : List.of(Talk.CHAT, Talk.LETTER)) {
                    assertThat(one.ask(other, protocol, new Talk.Say.Hello(words(size))))
                            .isInstanceOfSatisfying(
                                    Answered.class,
                                    answered -> assertThat(answered.message()).isEqualTo(new Talk.Answer(words(size))));
                }
            }
            // One stream of chat is kept, none of letter.
            ExchangeNode.await(
                    () -> one.runtime.state().root().stream().streams().size() == 1);
            assertThat(one.runtime.state().root().exchange().outbound().size()).isEqualTo(1);
        }
    }

    private static final Talk.Answer SILENCE = new Talk.Answer(words(77));

    /** A farewell has no answer on the wire. */
    private static final Protocol<?, ?> SILENT = new Protocol<>(
            Talk.CHAT,
            List.of(Talk.CHAT_ID),
            Talk.chat(ProtocolLimits.DEFAULT).asks(),
            Talk.chat(ProtocolLimits.DEFAULT).answers(),
            ProtocolLimits.DEFAULT.reusing(true),
            new Silence<>(
                    question -> question instanceof Talk.Say.Bye ? Optional.of(SILENCE) : Optional.empty(),
                    SILENCE::equals));

    private static void keepsSilent(ExchangeNode node) {
        node.answers = asked ->
                Optional.of(asked.message() instanceof Talk.Say.Hello(Bytes words) ? new Talk.Answer(words) : SILENCE);
    }

    @Test
    void whatHasNoAnswerOnTheWireIsAnsweredAtOnceAndTheStreamIsUsedAgain() {
        try (ExchangeNode one = new ExchangeNode(List.of(SILENT));
                ExchangeNode other = new ExchangeNode(List.of(SILENT))) {
            keepsSilent(other);
            other.serve(Talk.CHAT, Talk.CHAT_ID);
            for (int size = 1; size < 20; size++) {
                assertThat(one.ask(other, Talk.CHAT, new Talk.Say.Bye(words(size))))
                        .isInstanceOfSatisfying(
                                Answered.class,
                                answered -> assertThat(answered.message()).isEqualTo(SILENCE));
                Talk.Answer expected = new Talk.Answer(words(size));
                assertThat(one.ask(other, Talk.CHAT, new Talk.Say.Hello(words(size))))
                        .isInstanceOfSatisfying(
                                Answered.class,
                                answered -> assertThat(answered.message()).isEqualTo(expected));
            }
            assertThat(one.runtime.state().root().exchange().outbound().size()).isEqualTo(1);
        }
    }

    /** Who writes an answer where none is awaited mixes up nothing. */
    @Test
    void anAnswerThatNobodyAwaitsIsNotTakenForAnother() {
        try (ExchangeNode one = new ExchangeNode(List.of(SILENT));
                ExchangeNode other = new ExchangeNode(PROTOCOLS)) {
            keepsSilent(other);
            other.serve(Talk.CHAT, Talk.CHAT_ID);
            for (int size = 1; size < 20; size++) {
                assertThat(one.ask(other, Talk.CHAT, new Talk.Say.Bye(words(size))))
                        .isInstanceOf(Answered.class);
                Talk.Answer expected = new Talk.Answer(words(size));
                assertThat(one.ask(other, Talk.CHAT, new Talk.Say.Hello(words(size))))
                        .isInstanceOfSatisfying(
                                Answered.class,
                                answered -> assertThat(answered.message()).isEqualTo(expected));
            }
        }
    }

    @Test
    void manyAtOnceAreAllAnswered() {
        try (ExchangeNode one = new ExchangeNode(PROTOCOLS);
                ExchangeNode other = new ExchangeNode(PROTOCOLS)) {
            echoes(other);
            other.serve(Talk.CHAT, Talk.CHAT_ID);
            List<CompletableFuture<Object>> all = IntStream.range(0, 200)
                    .mapToObj(number -> CompletableFuture.<Object>supplyAsync(
                            () -> one.ask(other, Talk.CHAT, new Talk.Say.Hello(words(number))),
                            task -> Thread.ofVirtual().start(task)))
                    .toList();
            for (int number = 0; number < all.size(); number++) {
                Bytes expected = words(number);
                assertThat(all.get(number).join())
                        .isInstanceOfSatisfying(
                                Answered.class,
                                answered -> assertThat(answered.message()).isEqualTo(new Talk.Answer(expected)));
            }
        }
    }

    @Test
    void whatIsRefusedOrNotServedSaysSo() {
        try (ExchangeNode one = new ExchangeNode(PROTOCOLS);
                ExchangeNode other = new ExchangeNode(PROTOCOLS)) {
            other.serve(Talk.LETTER, Talk.LETTER_ID);
            assertThat(one.ask(other, Talk.LETTER, new Talk.Say.Hello(words(1))))
                    .isInstanceOfSatisfying(
                            AskFailed.class, failed -> assertThat(failed.why()).isEqualTo(AskFailure.RESET));
            assertThat(one.ask(other, Talk.CHAT, new Talk.Say.Hello(words(1))))
                    .isInstanceOfSatisfying(
                            AskFailed.class,
                            failed ->
                                    assertThat(failed.why()).as(failed.detail()).isEqualTo(AskFailure.UNSUPPORTED));
            other.runtime.offer(new ExchangeAction.Unserve(Talk.LETTER));
            ExchangeNode.await(() -> other.transport.protocols().isEmpty());
            assertThat(one.ask(other, Talk.LETTER, new Talk.Say.Hello(words(1))))
                    .isInstanceOfSatisfying(
                            AskFailed.class,
                            failed ->
                                    assertThat(failed.why()).as(failed.detail()).isEqualTo(AskFailure.UNSUPPORTED));
        }
    }

    @Test
    void whatHasNoBytesSaysSoOnItsOwnSide() {
        try (ExchangeNode one = new ExchangeNode(PROTOCOLS);
                ExchangeNode other = new ExchangeNode(PROTOCOLS)) {
            other.answers = asked -> Optional.of(new Talk.Answer(words(1 << 17)));
            other.serve(Talk.LETTER, Talk.LETTER_ID);
            assertThat(one.ask(other, Talk.LETTER, new Talk.Say.Hello(words(1 << 16))))
                    .isInstanceOfSatisfying(AskFailed.class, failed -> {
                        assertThat(failed.why()).isEqualTo(AskFailure.UNENCODABLE);
                        assertThat(failed.detail()).contains("65537 bytes");
                    });
            Queue<ExchangeAction.ReplyMissing> missing = new ConcurrentLinkedQueue<>();
            other.runtime.watch(turn -> {
                if (turn.input().action() instanceof ExchangeAction.ReplyMissing fact) {
                    missing.add(fact);
                }
            });
            assertThat(one.ask(other, Talk.LETTER, new Talk.Say.Hello(words(1))))
                    .isInstanceOfSatisfying(
                            AskFailed.class, failed -> assertThat(failed.why()).isEqualTo(AskFailure.RESET));
            // The peer hears of it on the wire, maybe before this side's readers do.
            ExchangeNode.await(() -> !missing.isEmpty());
            assertThat(missing).singleElement().asString().contains("131072 bytes");
        }
    }

    @Test
    void aPeerThatClosesInOrderWaitsForNoStreamThatIsKept() {
        // As long as that it would wait.
        try (ExchangeNode one = new ExchangeNode(PROTOCOLS, "connection.closeTimeout", "3600000000");
                ExchangeNode other = new ExchangeNode(PROTOCOLS, "connection.closeTimeout", "3600000000")) {
            echoes(other);
            other.serve(Talk.CHAT, Talk.CHAT_ID);
            assertThat(one.ask(other, Talk.CHAT, new Talk.Say.Hello(words(1)))).isInstanceOf(Answered.class);
            other.runtime.offer(new ConnectionAction.Disconnect(one.self));
            ExchangeNode.await(() -> one.runtime
                            .state()
                            .root()
                            .connection()
                            .connections()
                            .isEmpty()
                    && other.runtime.state().root().connection().connections().isEmpty());
        }
    }

    @Test
    void whoeverGoesAwayInMidAskIsTold() {
        try (ExchangeNode one = new ExchangeNode(PROTOCOLS)) {
            ExchangeNode other = new ExchangeNode(PROTOCOLS);
            CompletableFuture<Void> asked = new CompletableFuture<>();
            other.answers = any -> {
                asked.complete(null);
                CompletableFuture.runAsync(other.transport::close);
                return Optional.empty();
            };
            other.serve(Talk.LETTER, Talk.LETTER_ID);
            assertThat(one.ask(other, Talk.LETTER, new Talk.Say.Hello(words(1))))
                    .isInstanceOfSatisfying(
                            AskFailed.class, failed -> assertThat(failed.why()).isEqualTo(AskFailure.RESET));
            asked.join();
            other.close();
        }
    }
}
