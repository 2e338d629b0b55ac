package dev.dunlin.connection.multistream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.multistream.Negotiation.Agreed;
import dev.dunlin.connection.multistream.Negotiation.Assumed;
import dev.dunlin.connection.multistream.Negotiation.Failed;
import dev.dunlin.connection.multistream.Negotiation.Proposed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** A lazy initiator against the responder: header, proposal and the first message in one flight, in any split. */
class LazyProperties {

    private static final MultistreamLimits LIMITS = MultistreamLimits.DEFAULT;
    private static final Failed REFUSED = new Failed(new MultistreamFailure.NoCommonProtocol(List.of("/lazy")));

    /** A responder's end of a stream: what it says, and what it hands to the protocol. */
    private static final class Answerer {
        final Negotiator responder;
        final ByteArrayOutputStream said = new ByteArrayOutputStream();
        final ByteArrayOutputStream taken = new ByteArrayOutputStream();

        Answerer(List<String> served) {
            responder = Negotiator.responder(ServedProtocols.of(served, LIMITS), LIMITS, 0);
        }

        void receive(ByteBuffer in) {
            if (responder.receive(in) instanceof Proposed) {
                responder.accept();
            }
            said.writeBytes(responder.takeOutput());
            if (responder.state() instanceof Agreed) {
                byte[] rest = new byte[in.remaining()];
                in.get(rest);
                taken.writeBytes(rest);
            }
        }
    }

    private static byte[] flight(Negotiator lazy, byte[] message) {
        ByteArrayOutputStream flight = new ByteArrayOutputStream();
        flight.writeBytes(lazy.takeOutput());
        flight.writeBytes(message);
        return flight.toByteArray();
    }

    private static void answer(Answerer answerer, byte[] flight, int piece) {
        for (int at = 0; at < flight.length; at += piece) {
            answerer.receive(ByteBuffer.wrap(flight, at, Math.min(piece, flight.length - at)));
        }
    }

    @Property(tries = 500)
    void whoIsServedIsHeardWhole(
            @ForAll("message") byte[] message,
            @ForAll("message") byte[] reply,
            @ForAll @IntRange(min = 1, max = 60) int there,
            @ForAll @IntRange(min = 1, max = 60) int back) {
        Negotiator lazy = Negotiator.lazyInitiator("/lazy", LIMITS, 0);
        Answerer answerer = new Answerer(List.of("/other", "/lazy"));
        answer(answerer, flight(lazy, message), there);
        assertThat(answerer.responder.state()).isEqualTo(new Agreed("/lazy"));
        assertThat(answerer.taken.toByteArray()).isEqualTo(message);

        answerer.said.writeBytes(reply);
        byte[] answers = answerer.said.toByteArray();
        ByteArrayOutputStream heard = new ByteArrayOutputStream();
        for (int at = 0; at < answers.length; at += back) {
            ByteBuffer in = ByteBuffer.wrap(answers, at, Math.min(back, answers.length - at));
            Negotiation state = lazy.receive(in);
            assertThat(state).isIn(new Assumed("/lazy"), new Agreed("/lazy"));
            assertThat(in.hasRemaining() && state instanceof Assumed).isFalse();
            byte[] rest = new byte[in.remaining()];
            in.get(rest);
            heard.writeBytes(rest);
        }
        assertThat(lazy.state()).isEqualTo(new Agreed("/lazy"));
        assertThat(heard.toByteArray()).isEqualTo(reply);
        assertThat(lazy.takeOutput()).isEmpty();
    }

    /** The responder goes on to read the message as proposals, and may even find one that it serves. */
    @Property(tries = 500)
    void whoIsNotServedFailsAtTheFirstRefusal(
            @ForAll("message") byte[] message,
            @ForAll @IntRange(min = 1, max = 60) int there,
            @ForAll @IntRange(min = 1, max = 60) int back) {
        Negotiator lazy = Negotiator.lazyInitiator("/lazy", LIMITS, 0);
        Answerer answerer = new Answerer(List.of("/other"));
        answer(answerer, flight(lazy, message), there);
        byte[] answers = answerer.said.toByteArray();
        int refusedAt = Messages.HEADER_BYTES.length + Messages.NOT_AVAILABLE_BYTES.length;
        assertThat(answers.length).isGreaterThanOrEqualTo(refusedAt);
        int taken = 0;
        for (int at = 0; at < answers.length; at += back) {
            ByteBuffer in = ByteBuffer.wrap(answers, at, Math.min(back, answers.length - at));
            lazy.receive(in);
            taken += in.position() - at;
            assertThat(lazy.state()).isEqualTo(taken < refusedAt ? new Assumed("/lazy") : REFUSED);
        }
        assertThat(taken).isEqualTo(refusedAt);
        assertThat(lazy.endOfInput()).isEqualTo(REFUSED);
        assertThat(lazy.onTime(Long.MAX_VALUE)).isEqualTo(REFUSED);
    }

    /** What looks like answers, comes behind a refusal and agrees with nothing. */
    @Property(tries = 200)
    void nothingBehindARefusalIsAnAgreement(@ForAll @IntRange(min = 1, max = 40) int piece) {
        ByteArrayOutputStream answers = new ByteArrayOutputStream();
        for (String text : List.of(Messages.HEADER, Messages.NOT_AVAILABLE, "/lazy", "/lazy")) {
            answers.writeBytes(Messages.encode(text));
        }
        Negotiator lazy = Negotiator.lazyInitiator("/lazy", LIMITS, 0);
        byte[] all = answers.toByteArray();
        for (int at = 0; at < all.length; at += piece) {
            lazy.receive(ByteBuffer.wrap(Arrays.copyOfRange(all, at, Math.min(all.length, at + piece))));
        }
        assertThat(lazy.state()).isEqualTo(REFUSED);
    }

    @Provide
    Arbitrary<byte[]> message() {
        Arbitrary<byte[]> any = Arbitraries.bytes().array(byte[].class).ofMaxSize(100);
        Arbitrary<byte[]> treacherous = Arbitraries.of("/other", "/lazy", "na", "ls", Messages.HEADER)
                .map(Messages::encode)
                .list()
                .ofMinSize(1)
                .ofMaxSize(4)
                .map(parts -> {
                    ByteArrayOutputStream all = new ByteArrayOutputStream();
                    parts.forEach(all::writeBytes);
                    return all.toByteArray();
                });
        return Arbitraries.oneOf(any, treacherous);
    }
}
