package dev.dunlin.connection.multistream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.dunlin.connection.multistream.Negotiation.Agreed;
import dev.dunlin.connection.multistream.Negotiation.Failed;
import dev.dunlin.connection.multistream.Negotiation.Pending;
import dev.dunlin.connection.multistream.Negotiation.Proposed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A responder that stops at the proposal until its caller has decided. */
class ProposedTest {

    private static final MultistreamLimits LIMITS = MultistreamLimits.DEFAULT;
    private static final ServedProtocols SERVED = ServedProtocols.of(List.of("/echo", "/ping"), LIMITS);

    private static ByteBuffer messages(String... texts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String text : texts) {
            all.writeBytes(Messages.encode(text));
        }
        return ByteBuffer.wrap(all.toByteArray());
    }

    private static byte[] said(String... texts) {
        return messages(texts).array();
    }

    private static Negotiator proposed() {
        Negotiator responder = Negotiator.responder(SERVED, LIMITS, 0);
        assertThat(responder.receive(messages(Messages.HEADER, "/unknown", "/echo")))
                .isEqualTo(new Proposed("/echo"));
        return responder;
    }

    @Test
    void theProposalIsNotAnsweredBeforeItIsAccepted() {
        Negotiator responder = proposed();
        assertThat(responder.takeOutput()).isEqualTo(said(Messages.HEADER, "na"));
        assertThat(responder.accept()).isEqualTo(new Agreed("/echo"));
        assertThat(responder.takeOutput()).isEqualTo(said("/echo"));
        assertThat(responder.state()).isEqualTo(new Agreed("/echo"));
    }

    @Test
    void aRefusedProposalIsNotAnsweredAtAll() {
        Negotiator responder = proposed();
        responder.takeOutput();
        assertThat(responder.refuse()).isEqualTo(new Failed(new MultistreamFailure.Refused("/echo")));
        assertThat(responder.takeOutput()).isEmpty();
        assertThat(new MultistreamFailure.Refused("/echo").message()).contains("/echo");
    }

    @Test
    void noByteBehindTheProposalIsTakenUntilThen() {
        Negotiator responder = proposed();
        ByteBuffer request = messages("/ping", "na", "anything");
        assertThat(responder.receive(request)).isEqualTo(new Proposed("/echo"));
        assertThat(request.position()).isZero();
        assertThat(responder.endOfInput()).isEqualTo(new Proposed("/echo"));
        responder.accept();
        assertThat(responder.receive(request)).isEqualTo(new Agreed("/echo"));
        assertThat(request.position()).isZero();
    }

    @Test
    void theDeadlineGoesOn() {
        Negotiator responder = proposed();
        assertThat(responder.onTime(9_999_999)).isEqualTo(new Proposed("/echo"));
        assertThat(responder.onTime(10_000_000)).isEqualTo(new Failed(new MultistreamFailure.TimedOut(10_000_000)));
        assertThatIllegalStateException().isThrownBy(responder::accept);
    }

    @Test
    void onlyWhatIsProposedIsAcceptedOrRefusedAndOnlyOnce() {
        List<Negotiator> others = new ArrayList<>();
        others.add(Negotiator.responder(SERVED, LIMITS, 0));
        others.add(Negotiator.initiator(List.of("/echo"), LIMITS, 0));
        others.add(Negotiator.lazyInitiator("/echo", LIMITS, 0));
        Negotiator accepted = proposed();
        accepted.accept();
        others.add(accepted);
        Negotiator refused = proposed();
        refused.refuse();
        others.add(refused);
        for (Negotiator other : others) {
            Negotiation before = other.state();
            assertThatIllegalStateException().isThrownBy(other::accept);
            assertThatIllegalStateException().isThrownBy(other::refuse);
            assertThat(other.state()).isEqualTo(before);
        }
    }

    @Test
    void oneSetServesManyNegotiations() {
        for (int i = 0; i < 3; i++) {
            Negotiator responder = proposed();
            responder.accept();
            assertThat(responder.takeOutput()).isEqualTo(said(Messages.HEADER, "na", "/echo"));
        }
        assertThat(SERVED.ids()).containsExactly("/echo", "/ping");
        assertThat(SERVED.contains("/ping")).isTrue();
        assertThat(SERVED.contains("/other")).isFalse();
        Negotiator none = Negotiator.responder(ServedProtocols.NONE, LIMITS, 0);
        assertThat(none.receive(messages(Messages.HEADER, "/echo"))).isEqualTo(new Pending());
    }
}
