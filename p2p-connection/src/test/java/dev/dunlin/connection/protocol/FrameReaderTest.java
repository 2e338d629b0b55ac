package dev.dunlin.connection.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.multiformats.Varint;
import dev.dunlin.core.state.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrameReaderTest {

    private static final int MOST = 300;

    @Provide
    Arbitrary<List<byte[]>> bodies() {
        return Arbitraries.bytes().array(byte[].class).ofMaxSize(MOST).list().ofMaxSize(8);
    }

    private static List<byte[]> pieces(byte[] all, List<Integer> splits) {
        List<byte[]> pieces = new ArrayList<>();
        int at = 0;
        for (int split : splits) {
            int end = Math.min(all.length, at + split);
            pieces.add(java.util.Arrays.copyOfRange(all, at, end));
            at = end;
        }
        pieces.add(java.util.Arrays.copyOfRange(all, at, all.length));
        return pieces;
    }

    private static List<Bytes> read(Framing framing, byte[] all, List<Integer> splits) throws MalformedMessage {
        FrameReader reader = new FrameReader(framing);
        List<Bytes> read = new ArrayList<>();
        for (byte[] piece : pieces(all, splits)) {
            ByteBuffer in = ByteBuffer.wrap(piece);
            Optional<Bytes> next = reader.next(in);
            while (next.isPresent()) {
                read.add(next.get());
                next = reader.next(in);
            }
            assertThat(in.hasRemaining()).isFalse();
        }
        reader.end().ifPresent(read::add);
        return read;
    }

    private static byte[] framed(Framing framing, List<byte[]> bodies) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        bodies.forEach(body -> all.writeBytes(framing.framed(body)));
        return all.toByteArray();
    }

    private static List<Bytes> bytes(List<byte[]> bodies) {
        return bodies.stream().map(Bytes::of).toList();
    }

    @Property(tries = 500)
    void bodiesWithTheirLengthComeOutOfAnySplit(
            @ForAll("bodies") List<byte[]> bodies, @ForAll @Size(max = 40) List<@IntRange(max = 60) Integer> splits)
            throws MalformedMessage {
        Framing framing = new Framing.LengthPrefixed(MOST);
        assertThat(read(framing, framed(framing, bodies), splits)).isEqualTo(bytes(bodies));
    }

    @Property(tries = 200)
    void bodiesOfOneLengthComeOutOfAnySplit(
            @ForAll @Size(max = 8) List<@Size(32) byte[]> bodies,
            @ForAll @Size(max = 40) List<@IntRange(max = 60) Integer> splits)
            throws MalformedMessage {
        Framing framing = new Framing.Fixed(32);
        assertThat(read(framing, framed(framing, bodies), splits)).isEqualTo(bytes(bodies));
    }

    @Property(tries = 200)
    void theBodyThatTheEndEndsComesOutOfAnySplit(
            @ForAll @Size(max = MOST) byte[] body, @ForAll @Size(max = 40) List<@IntRange(max = 60) Integer> splits)
            throws MalformedMessage {
        Framing framing = new Framing.ToTheEnd(MOST);
        assertThat(read(framing, framing.framed(body), splits)).containsExactly(Bytes.of(body));
    }

    @Example
    void aLengthThatIsOnlyAnnouncedCostsNothing() throws MalformedMessage {
        FrameReader reader = new FrameReader(new Framing.LengthPrefixed(Framing.MOST_BYTES));
        assertThat(reader.next(ByteBuffer.wrap(Varint.encode(Framing.MOST_BYTES))))
                .isEmpty();
        assertThat(reader.capacity()).isZero();
        for (int came = 1; came < 100_000; came += 997) {
            reader.next(ByteBuffer.allocate(997));
            assertThat(reader.capacity()).isLessThanOrEqualTo(2 * (came + 997));
        }
    }

    @Example
    void aMessageThatIsTooLongIsRefusedAtItsLength() {
        FrameReader reader = new FrameReader(new Framing.LengthPrefixed(10));
        assertThatExceptionOfType(MalformedMessage.class)
                .isThrownBy(() -> reader.next(ByteBuffer.wrap(Varint.encode(11))))
                .withMessage("a message has at most 10 bytes, not 11");
        FrameReader toTheEnd = new FrameReader(new Framing.ToTheEnd(10));
        assertThatExceptionOfType(MalformedMessage.class)
                .isThrownBy(() -> toTheEnd.next(ByteBuffer.allocate(11)))
                .withMessage("a message has at most 10 bytes, not 11");
    }

    @Example
    void aLengthThatIsNoneIsRefused() {
        FrameReader reader = new FrameReader(new Framing.LengthPrefixed(MOST));
        assertThatExceptionOfType(MalformedMessage.class)
                .isThrownBy(() -> reader.next(ByteBuffer.wrap(new byte[] {(byte) 0x80, 0})))
                .withMessageStartingWith("the length of a message is wrong: ");
    }

    @Example
    void aMessageThatIsCutOffIsNone() throws MalformedMessage {
        for (byte[] begun : List.of(new byte[] {(byte) 0x80}, new byte[] {5}, new byte[] {5, 1, 2})) {
            FrameReader reader = new FrameReader(new Framing.LengthPrefixed(MOST));
            assertThat(reader.next(ByteBuffer.wrap(begun))).isEmpty();
            assertThat(reader.isWithin()).isTrue();
            assertThatExceptionOfType(MalformedMessage.class).isThrownBy(reader::end);
        }
        FrameReader fixed = new FrameReader(new Framing.Fixed(32));
        assertThat(fixed.isWithin()).isFalse();
        assertThat(fixed.end()).isEmpty();
        fixed.next(ByteBuffer.allocate(31));
        assertThatExceptionOfType(MalformedMessage.class).isThrownBy(fixed::end);
    }

    @Example
    void whatDoesNotFitIsNotFramed() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Framing.Fixed(32).framed(new byte[31]));
        assertThatIllegalArgumentException().isThrownBy(() -> new Framing.LengthPrefixed(3).framed(new byte[4]));
        assertThatIllegalArgumentException().isThrownBy(() -> new Framing.ToTheEnd(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> new Framing.Fixed(0));
    }

    @Test
    void nothingIsOneEmptyBodyThatNeedsNoByte() throws Exception {
        FrameReader reader = new FrameReader(new Framing.Nothing());
        ByteBuffer behind = ByteBuffer.wrap(new byte[] {1});
        assertThat(reader.next(behind)).contains(Bytes.EMPTY);
        assertThat(behind.remaining()).isEqualTo(1);
        assertThat(reader.isWithin()).isFalse();
        assertThat(new Framing.Nothing().framed(new byte[0])).isEmpty();
        assertThatThrownBy(() -> new Framing.Nothing().framed(new byte[1]))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
