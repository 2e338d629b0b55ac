package dev.dunlin.connection.multistream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.dunlin.connection.multistream.Negotiation.Failed;
import dev.dunlin.connection.multistream.Negotiation.Pending;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Each limit holds at its number, and its absence is felt. */
class MultistreamLimitsTest {

    private static final MultistreamLimits DEFAULT = MultistreamLimits.DEFAULT;
    private static final ServedProtocols NOISE = ServedProtocols.of(Set.of("/noise"), DEFAULT);

    @Test
    void theDefaultsAreTheOnesOfTheField() {
        assertThat(DEFAULT).isEqualTo(new MultistreamLimits(1024, 16, 10_000_000));
    }

    @Test
    void valuesOutOfRangeAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new MultistreamLimits(0, 16, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new MultistreamLimits(16384, 16, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new MultistreamLimits(1024, -1, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new MultistreamLimits(1024, 16, 0));
    }

    @Test
    void theResponderRefusesSixteenProposalsAndFailsAtTheNext() {
        Negotiator sixteen = responderAfter(DEFAULT, 16);
        assertThat(sixteen.state()).isEqualTo(new Pending());
        assertThat(sixteen.receive(message("/noise"))).isEqualTo(new Negotiation.Proposed("/noise"));

        assertThat(responderAfter(DEFAULT, 17).state())
                .isEqualTo(new Failed(new MultistreamFailure.TooManyRefusals(16)));

        Negotiator lifted = responderAfter(new MultistreamLimits(1024, Integer.MAX_VALUE, 10_000_000), 3000);
        assertThat(lifted.state()).isEqualTo(new Pending());
        assertThat(lifted.takeOutput().length).isGreaterThan(4 * 3000);
    }

    @Test
    void lsCountsAsARefusal() {
        MultistreamLimits none = new MultistreamLimits(1024, 0, 1);
        Negotiator responder = responderAfter(none, 0);
        assertThat(responder.receive(message("ls"))).isEqualTo(new Failed(new MultistreamFailure.TooManyRefusals(0)));
        assertThat(responderAfter(DEFAULT, 0).receive(message("ls"))).isEqualTo(new Pending());
    }

    @Test
    void theInitiatorEndsAfterSixteenRefusals() {
        assertThat(initiatorAfter(DEFAULT, 16).state()).isEqualTo(new Pending());
        assertThat(initiatorAfter(DEFAULT, 17).state())
                .isEqualTo(new Failed(new MultistreamFailure.TooManyRefusals(16)));
        assertThat(initiatorAfter(new MultistreamLimits(1024, 50, 10_000_000), 17)
                        .state())
                .isEqualTo(new Pending());
    }

    @Test
    void aLongMessageIsRefusedAtItsLength() {
        String fits = "/" + "a".repeat(1022);
        assertThat(responderAfter(DEFAULT, 0).receive(message(fits))).isEqualTo(new Pending());

        String tooLong = fits + "a";
        ByteBuffer in = message(tooLong);
        assertThat(responderAfter(DEFAULT, 0).receive(in))
                .isEqualTo(new Failed(new MultistreamFailure.MessageTooLong(1024)));
        assertThat(in.position()).isEqualTo(2);

        MultistreamLimits lifted = new MultistreamLimits(16383, 16, 10_000_000);
        assertThat(responderAfter(lifted, 0).receive(message(tooLong))).isEqualTo(new Pending());
    }

    @Test
    void memoryGrowsWithTheBytesAndNotWithTheClaim() throws MultistreamException {
        MessageReader reader = new MessageReader(16383);
        assertThat(reader.next(ByteBuffer.wrap(new byte[] {(byte) 0xFF, 0x7F}))).isEmpty();
        assertThat(reader.capacity()).isZero();
        assertThat(reader.next(ByteBuffer.wrap(new byte[1]))).isEmpty();
        assertThat(reader.capacity()).isEqualTo(64);
        assertThat(reader.next(ByteBuffer.wrap(new byte[16381]))).isEmpty();
        assertThat(reader.capacity()).isEqualTo(16383);
    }

    @Test
    void theDeadlineFailsAnUnfinishedNegotiation() {
        Negotiator negotiator = Negotiator.responder(NOISE, DEFAULT, 5_000_000);
        assertThat(negotiator.deadlineMicros()).isEqualTo(15_000_000);
        assertThat(negotiator.onTime(14_999_999)).isEqualTo(new Pending());
        assertThat(negotiator.onTime(15_000_000)).isEqualTo(new Failed(new MultistreamFailure.TimedOut(10_000_000)));

        Negotiator lifted = Negotiator.responder(NOISE, new MultistreamLimits(1024, 16, Long.MAX_VALUE), 5);
        assertThat(lifted.deadlineMicros()).isEqualTo(Long.MAX_VALUE);
        assertThat(lifted.onTime(Long.MAX_VALUE - 1)).isEqualTo(new Pending());
    }

    @Test
    void theDeadlineDoesNotTouchAFinishedNegotiation() {
        Negotiator negotiator = responderAfter(DEFAULT, 0);
        negotiator.receive(message("/noise"));
        negotiator.accept();
        assertThat(negotiator.onTime(Long.MAX_VALUE)).isEqualTo(new Negotiation.Agreed("/noise"));
    }

    private static Negotiator responderAfter(MultistreamLimits limits, int unknownProposals) {
        Negotiator responder = Negotiator.responder(NOISE, limits, 0);
        responder.receive(message(Messages.HEADER));
        for (int i = 0; i < unknownProposals; i++) {
            responder.receive(message("/unknown/" + i));
        }
        return responder;
    }

    private static Negotiator initiatorAfter(MultistreamLimits limits, int refusals) {
        List<String> protocols = IntStream.range(0, 40).mapToObj(i -> "/p/" + i).toList();
        Negotiator initiator = Negotiator.initiator(protocols, limits, 0);
        initiator.receive(message(Messages.HEADER));
        for (int i = 0; i < refusals; i++) {
            initiator.receive(message("na"));
        }
        return initiator;
    }

    private static ByteBuffer message(String text) {
        return ByteBuffer.wrap(Messages.encode(text));
    }
}
