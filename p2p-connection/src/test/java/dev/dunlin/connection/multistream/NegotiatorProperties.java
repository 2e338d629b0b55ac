package dev.dunlin.connection.multistream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.multistream.Negotiation.Agreed;
import dev.dunlin.connection.multistream.Negotiation.Failed;
import dev.dunlin.connection.multistream.Negotiation.Proposed;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What holds for every stream of bytes. */
class NegotiatorProperties {

    private static final List<String> IDS = List.of("/a", "/noise", "/yamux/1.0.0", "/ipfs/kad/1.0.0");

    @Property(tries = 500)
    void anySplitGivesTheSame(@ForAll("conversation") byte[] stream, @ForAll @IntRange(min = 1, max = 9) int piece) {
        Run whole = run(stream, stream.length);
        Run split = run(stream, piece);
        assertThat(split.state()).isEqualTo(whole.state());
        assertThat(split.output()).isEqualTo(whole.output());
        assertThat(split.taken()).isEqualTo(whole.taken());
    }

    @Property(tries = 1000)
    void arbitraryBytesGiveAStateAndNeverAnException(@ForAll @Size(max = 300) byte[] noise, @ForAll boolean header) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        if (header) {
            stream.writeBytes(Messages.encode(Messages.HEADER));
        }
        stream.writeBytes(noise);
        ByteBuffer in = ByteBuffer.wrap(stream.toByteArray());
        List<Negotiator> sides = List.of(
                responder(IDS),
                Negotiator.initiator(IDS, MultistreamLimits.DEFAULT, 0),
                Negotiator.lazyInitiator("/a", MultistreamLimits.DEFAULT, 0));
        for (Negotiator side : sides) {
            Negotiation state = side.receive(in.duplicate());
            assertThat(state).isNotInstanceOfAny(Agreed.class, Proposed.class);
            assertThat(side.endOfInput()).isInstanceOf(Failed.class);
        }
    }

    @Property(tries = 500)
    void twoSidesAgreeOnTheFirstCommonProtocol(
            @ForAll("ids") List<String> proposed, @ForAll("ids") List<String> supported) {
        Negotiator initiator = Negotiator.initiator(proposed, MultistreamLimits.DEFAULT, 0);
        Negotiator responder = responder(supported);
        for (int round = 0; round <= proposed.size(); round++) {
            if (responder.receive(ByteBuffer.wrap(initiator.takeOutput())) instanceof Proposed) {
                responder.accept();
            }
            initiator.receive(ByteBuffer.wrap(responder.takeOutput()));
        }
        Negotiation expected = proposed.stream()
                .filter(supported::contains)
                .findFirst()
                .<Negotiation>map(Agreed::new)
                .orElse(new Failed(new MultistreamFailure.NoCommonProtocol(proposed)));
        assertThat(initiator.state()).isEqualTo(expected);
        if (expected instanceof Agreed) {
            assertThat(responder.state()).isEqualTo(expected);
        }
    }

    @Provide
    Arbitrary<List<String>> ids() {
        return Arbitraries.of(IDS).list().uniqueElements().ofMinSize(1);
    }

    @Provide
    Arbitrary<byte[]> conversation() {
        Arbitrary<byte[]> good = Arbitraries.of("/x", "/tls/1.0.0", "ls", "na", "/noise", "/multistream/1.0.0", "é")
                .map(Messages::encode);
        Arbitrary<byte[]> bad = Arbitraries.bytes().array(byte[].class).ofMaxSize(3);
        return Arbitraries.frequencyOf(Tuple.of(8, good), Tuple.of(1, bad))
                .list()
                .ofMaxSize(24)
                .map(parts -> {
                    ByteArrayOutputStream stream = new ByteArrayOutputStream();
                    stream.writeBytes(Messages.encode(Messages.HEADER));
                    parts.forEach(stream::writeBytes);
                    return stream.toByteArray();
                });
    }

    private static Negotiator responder(Collection<String> served) {
        MultistreamLimits limits = MultistreamLimits.DEFAULT;
        return Negotiator.responder(ServedProtocols.of(served, limits), limits, 0);
    }

    private record Run(Negotiation state, List<Byte> output, int taken) {}

    private static Run run(byte[] stream, int piece) {
        Negotiator responder = responder(IDS.subList(0, 2));
        ByteArrayOutputStream output = new ByteArrayOutputStream();
        int taken = 0;
        for (int at = 0; at < stream.length; at += piece) {
            ByteBuffer in = ByteBuffer.wrap(stream, at, Math.min(piece, stream.length - at));
            if (responder.receive(in) instanceof Proposed) {
                responder.accept();
            }
            taken += in.position() - at;
            output.writeBytes(responder.takeOutput());
        }
        List<Byte> bytes = new ArrayList<>();
        for (byte each : output.toByteArray()) {
            bytes.add(each);
        }
        return new Run(responder.state(), bytes, taken);
    }
}
