package dev.dunlin.connection.multistream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.connection.multistream.Negotiation.Agreed;
import dev.dunlin.connection.multistream.Negotiation.Assumed;
import dev.dunlin.connection.multistream.Negotiation.Failed;
import dev.dunlin.connection.multistream.Negotiation.Pending;
import dev.dunlin.connection.multistream.Negotiation.Proposed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The bytes on the wire, as the specification's examples and other implementations have them. */
class NegotiatorTest {

    private static final MultistreamLimits LIMITS = MultistreamLimits.DEFAULT;
    private static final String HEADER = "\u0013/multistream/1.0.0\n";
    private static final String NA = "\u0003na\n";

    @Test
    void theHeaderAndNaHaveTheirPublishedBytes() {
        assertThat(HexFormat.of().formatHex(Messages.encode(Messages.HEADER)))
                .isEqualTo("132f6d756c746973747265616d2f312e302e300a");
        assertThat(HexFormat.of().formatHex(Messages.encode(Messages.NOT_AVAILABLE)))
                .isEqualTo("036e610a");
    }

    @Test
    void theInitiatorSendsHeaderAndFirstProposalInOnePiece() {
        Negotiator initiator = Negotiator.initiator(List.of("/noise", "/tls/1.0.0"), LIMITS, 0);
        assertThat(text(initiator)).isEqualTo(HEADER + "\u0007/noise\n");
        assertThat(initiator.takeOutput()).isEmpty();
        assertThat(initiator.state()).isEqualTo(new Pending());
    }

    @Test
    void theInitiatorProposesTheNextAfterNa() {
        Negotiator initiator = Negotiator.initiator(List.of("/tls/1.0.0", "/noise"), LIMITS, 0);
        initiator.takeOutput();
        assertThat(initiator.receive(bytes(HEADER + NA))).isEqualTo(new Pending());
        assertThat(text(initiator)).isEqualTo("\u0007/noise\n");
        assertThat(initiator.receive(bytes("\u0007/noise\n"))).isEqualTo(new Agreed("/noise"));
        assertThat(text(initiator)).isEmpty();
    }

    @Test
    void theInitiatorFailsWhenAllIsRefused() {
        Negotiator initiator = Negotiator.initiator(List.of("/a", "/b"), LIMITS, 0);
        assertFailed(
                initiator.receive(bytes(HEADER + NA + NA)),
                new MultistreamFailure.NoCommonProtocol(List.of("/a", "/b")));
    }

    @Test
    void theInitiatorTakesOnlyItsEchoOrNa() {
        for (String answer : List.of("/yamux/1.0.0", "ls", Messages.HEADER, "")) {
            Negotiator initiator = Negotiator.initiator(List.of("/noise"), LIMITS, 0);
            assertFailed(
                    initiator.receive(bytes(HEADER + text(answer))),
                    new MultistreamFailure.UnexpectedAnswer("/noise", answer));
        }
    }

    @Test
    void theResponderSaysNothingBeforeTheHeader() {
        Negotiator responder = responder("/noise");
        assertThat(responder.takeOutput()).isEmpty();
        assertThat(responder.receive(bytes(HEADER))).isEqualTo(new Pending());
        assertThat(text(responder)).isEqualTo(HEADER);
    }

    @Test
    void theListenerAnswersAsSeenOnTheNetwork() {
        Negotiator responder = responder("/noise");
        String proposals = text("/tls/1.0.0") + text("/libp2p/simultaneous-connect") + text("/noise");
        assertThat(responder.receive(bytes(HEADER + proposals))).isEqualTo(new Proposed("/noise"));
        assertThat(responder.accept()).isEqualTo(new Agreed("/noise"));
        assertThat(text(responder)).isEqualTo(HEADER + NA + NA + text("/noise"));
    }

    @Test
    void headerProposalAndFirstProtocolMessageMayComeInOneWrite() {
        Negotiator responder = responder("/noise");
        ByteBuffer in = bytes(HEADER + text("/noise") + "\0\u0020message one");
        assertThat(responder.receive(in)).isEqualTo(new Proposed("/noise"));
        responder.accept();
        assertThat(text(responder)).isEqualTo(HEADER + text("/noise"));
        assertThat(StandardCharsets.UTF_8.decode(in).toString()).isEqualTo("\0\u0020message one");
    }

    @Test
    void theResponderToleratesDataAndEndBeforeItHasAnswered() {
        Negotiator responder = responder("/echo");
        ByteBuffer in = bytes(HEADER + text("/echo") + "whole request");
        responder.receive(in);
        assertThat(responder.endOfInput()).isEqualTo(new Proposed("/echo"));
        assertThat(responder.accept()).isEqualTo(new Agreed("/echo"));
        assertThat(responder.endOfInput()).isEqualTo(new Agreed("/echo"));
        assertThat(text(responder)).isEqualTo(HEADER + text("/echo"));
        assertThat(in.remaining()).isEqualTo("whole request".length());
    }

    @Test
    void simultaneousOpenIsRefusedAndCannotBeServed() {
        Negotiator responder = responder("/noise");
        assertThat(responder.receive(bytes(HEADER + text("/libp2p/simultaneous-connect"))))
                .isEqualTo(new Pending());
        assertThat(text(responder)).isEqualTo(HEADER + NA);
    }

    @Test
    void lsIsAnsweredWithTheList() {
        Negotiator responder = responder("/noise", "/a");
        assertThat(responder.receive(bytes(HEADER + text("ls")))).isEqualTo(new Pending());
        assertThat(text(responder)).isEqualTo(HEADER + "\r\u0007/noise\n\u0003/a\n\n");
    }

    @Test
    void lsIsAnsweredNaWithoutAListOrWithOneThatIsTooLong() {
        List<Negotiator> responders = List.of(
                Negotiator.responder(ServedProtocols.NONE, LIMITS, 0),
                responder(),
                responder("/" + "a".repeat(600), "/" + "b".repeat(600)));
        for (Negotiator responder : responders) {
            assertThat(responder.receive(bytes(HEADER + text("ls")))).isEqualTo(new Pending());
            assertThat(text(responder)).isEqualTo(HEADER + NA);
        }
    }

    @Test
    void aLazyInitiatorMayWriteAtOnceAndChecksTheEchoLater() {
        Negotiator lazy = Negotiator.lazyInitiator("/echo", LIMITS, 0);
        assertThat(lazy.state()).isEqualTo(new Assumed("/echo"));
        assertThat(text(lazy)).isEqualTo(HEADER + text("/echo"));
        assertThat(lazy.receive(bytes(HEADER))).isEqualTo(new Assumed("/echo"));
        ByteBuffer rest = bytes(text("/echo") + "answer");
        assertThat(lazy.receive(rest)).isEqualTo(new Agreed("/echo"));
        assertThat(rest.remaining()).isEqualTo("answer".length());
    }

    @Test
    void aLazyInitiatorWithOneCandidateEndsAtItsNa() {
        Negotiator lazy = Negotiator.lazyInitiator("/echo", LIMITS, 0);
        assertFailed(lazy.receive(bytes(HEADER + NA)), new MultistreamFailure.NoCommonProtocol(List.of("/echo")));
        Negotiator closed = Negotiator.lazyInitiator("/echo", LIMITS, 0);
        closed.receive(bytes(HEADER));
        assertFailed(closed.endOfInput(), new MultistreamFailure.EndOfInput());
    }

    @Test
    void aFirstMessageThatIsNoHeaderEndsIt() {
        Negotiator responder = responder("/noise");
        assertFailed(responder.receive(bytes(text("/noise"))), new MultistreamFailure.WrongHeader("/noise"));
        assertThat(responder.takeOutput()).isEmpty();
        Negotiator initiator = Negotiator.initiator(List.of("/noise"), LIMITS, 0);
        assertFailed(
                initiator.receive(bytes(text("/multistream/2.0.0"))),
                new MultistreamFailure.WrongHeader("/multistream/2.0.0"));
    }

    @Test
    void malformedMessagesAreNamed() {
        assertMalformed("00", "its length is 0");
        assertMalformed("8000", "its length is not in the shortest form");
        assertMalformed("0361620d", "it does not end in a newline");
        assertMalformed("03c3280a", "it is not UTF-8");
    }

    @Test
    void aLengthOfThreeBytesIsRefusedAtItsSecond() {
        Negotiator responder = responder("/noise");
        ByteBuffer in = ByteBuffer.wrap(HexFormat.of().parseHex("808001"));
        assertFailed(responder.receive(in), new MultistreamFailure.MessageTooLong(1024));
        assertThat(in.remaining()).isEqualTo(1);
    }

    @Test
    void anEndBeforeAgreementFails() {
        Negotiator responder = responder("/noise");
        responder.receive(bytes(HEADER + "\u0007/noi"));
        assertFailed(responder.endOfInput(), new MultistreamFailure.EndOfInput());
    }

    @Test
    void nothingIsTakenAfterTheEnd() {
        Negotiator responder = responder("/noise");
        responder.receive(bytes(text("hello")));
        responder.takeOutput();
        ByteBuffer more = bytes(HEADER + text("/noise"));
        assertThat(responder.receive(more)).isInstanceOf(Failed.class);
        assertThat(more.remaining()).isEqualTo(more.capacity());
        assertThat(responder.takeOutput()).isEmpty();
    }

    @Test
    void idsThatCannotBeNegotiatedAreRefusedBeforehand() {
        for (String id : List.of(
                "", "na", "ls", "/multistream/1.0.0", "/libp2p/simultaneous-connect", "/a\n", "/" + "a".repeat(1023))) {
            assertThatIllegalArgumentException().isThrownBy(() -> Negotiator.initiator(List.of(id), LIMITS, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> Negotiator.lazyInitiator(id, LIMITS, 0));
            assertThatIllegalArgumentException().isThrownBy(() -> ServedProtocols.of(Set.of(id), LIMITS));
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Negotiator.initiator(List.of(), LIMITS, 0));
    }

    @Test
    void failuresSayWhyInOneLineOfAscii() {
        MultistreamFailure failure = new MultistreamFailure.WrongHeader("GET / HTTP/1.1\r\u001b[31m" + "x".repeat(500));
        assertThat(new MultistreamException(failure))
                .hasMessageMatching("[ -~]{1,200}")
                .hasMessageContaining("GET / HTTP/1.1");
    }

    private static Negotiator responder(String... protocols) {
        return Negotiator.responder(ServedProtocols.of(List.of(protocols), LIMITS), LIMITS, 0);
    }

    private static void assertMalformed(String hex, String reason) {
        Negotiator responder = responder("/noise");
        assertFailed(
                responder.receive(ByteBuffer.wrap(HexFormat.of().parseHex(hex))),
                new MultistreamFailure.Malformed(reason));
    }

    private static void assertFailed(Negotiation state, MultistreamFailure failure) {
        assertThat(state).isEqualTo(new Failed(failure));
    }

    private static String text(String message) {
        return new String(Messages.encode(message), StandardCharsets.UTF_8);
    }

    private static String text(Negotiator negotiator) {
        return new String(negotiator.takeOutput(), StandardCharsets.UTF_8);
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
