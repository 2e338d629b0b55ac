package dev.dunlin.connection.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.protocol.MessageStream.Read;
import dev.dunlin.connection.protocol.MessageStream.Write;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.state.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessageStreamTest {

    record Text(Bytes bytes) implements Message {}

    record Texts(Framing framing) implements MessageCodec<Text> {
        @Override
        public Class<Text> type() {
            return Text.class;
        }

        @Override
        public Bytes encode(Text message) {
            return message.bytes();
        }

        @Override
        public Text decode(Bytes body) throws MalformedMessage {
            if (body.size() > 0 && body.toArray()[0] == 66) {
                throw new MalformedMessage("no text begins with 66");
            }
            if (body.size() > 0 && body.toArray()[0] == 77) {
                throw new IllegalStateException("a codec's fault");
            }
            return new Text(body);
        }
    }

    private static final Texts PREFIXED = new Texts(new Framing.LengthPrefixed(1000));
    private static final Texts WHOLE = new Texts(new Framing.ToTheEnd(1000));
    private static final Texts NOTHING = new Texts(new Framing.Nothing());

    /** Takes so many bytes until it is given more room. */
    private static final class Pipe implements ByteStream {
        final ByteArrayOutputStream sent = new ByteArrayOutputStream();
        int room = Integer.MAX_VALUE;
        long consumed;
        boolean closed;
        String failed = "";

        @Override
        public Sent send(ByteBuffer bytes) {
            if (closed) {
                return Sent.CLOSED;
            }
            while (bytes.hasRemaining() && room > 0) {
                sent.write(bytes.get());
                room--;
            }
            return bytes.hasRemaining() ? Sent.PART : Sent.ALL;
        }

        @Override
        public void consumed(int bytes) {
            consumed += bytes;
        }

        @Override
        public void closeWrite() {
            closed = true;
        }

        @Override
        public void fail(String why) {
            failed = why;
        }
    }

    private final Pipe pipe = new Pipe();
    private final MessageStream stream = new MessageStream(pipe);
    private final List<Read> reads = new ArrayList<>();
    private final List<Write> writes = new ArrayList<>();

    private static Text text(int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return new Text(Bytes.of(all));
    }

    private void arrives(int... bytes) {
        stream.arrived(ByteBuffer.wrap(text(bytes).bytes().toArray()));
    }

    @Property(tries = 300)
    void whateverTheSplitEachMessageComesWhenItIsAskedForAndNoByteIsConsumedBefore(
            @ForAll @Size(max = 20) List<@IntRange(max = 50) Integer> lengths,
            @ForAll @Size(min = 1, max = 10) List<@IntRange(min = 1, max = 40) Integer> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        List<Read> expected = new ArrayList<>();
        for (int length : lengths) {
            Bytes body = Bytes.of(new byte[length]);
            all.writeBytes(PREFIXED.framing().framed(body.toArray()));
            expected.add(new Read.Came(new Text(body)));
        }
        expected.add(new Read.Finished());
        Pipe far = new Pipe();
        MessageStream reader = new MessageStream(far);
        ByteBuffer bytes = ByteBuffer.wrap(all.toByteArray());
        for (int i = 0; bytes.hasRemaining(); i++) {
            int count = Math.min(pieces.get(i % pieces.size()), bytes.remaining());
            reader.arrived(bytes.slice(bytes.position(), count));
            bytes.position(bytes.position() + count);
        }
        reader.remoteClosed();
        assertThat(far.consumed).isZero();
        assertThat(reader.capacity()).isLessThanOrEqualTo(2 * all.size());
        List<Read> came = new ArrayList<>();
        for (int i = 0; i <= lengths.size(); i++) {
            reader.read(PREFIXED, came::add);
        }
        assertThat(came).isEqualTo(expected);
        assertThat(far.consumed).isEqualTo(all.size());
        assertThat(reader.capacity()).isZero();
    }

    @Test
    void oneMessageIsReadAndTheNextIsKept() {
        stream.read(PREFIXED, reads::add);
        arrives(1);
        assertThat(reads).isEmpty();
        arrives(7, 2, 8);
        assertThat(reads).containsExactly(new Read.Came(text(7)));
        assertThat(pipe.consumed).isEqualTo(2);
        stream.read(PREFIXED, reads::add);
        assertThatThrownBy(() -> stream.read(PREFIXED, reads::add)).isInstanceOf(IllegalStateException.class);
        arrives(9);
        assertThat(reads).hasSize(2).last().isEqualTo(new Read.Came(text(8, 9)));
        assertThat(pipe.consumed).isEqualTo(5);
    }

    @Test
    void whatNeedsNoByteIsThereAtOnce() {
        stream.read(NOTHING, reads::add);
        assertThat(reads).containsExactly(new Read.Came(text()));
        stream.write(NOTHING, text(), true, writes::add);
        assertThat(writes).containsExactly(new Write.Taken());
        assertThat(pipe.sent.size()).isZero();
        assertThat(pipe.closed).isTrue();
    }

    @Test
    void theEndOfTheirSideIsTheEndOfAMessageOrCutsOneOff() {
        stream.read(WHOLE, reads::add);
        arrives(1, 2);
        stream.remoteClosed();
        assertThat(reads).containsExactly(new Read.Came(text(1, 2)));

        MessageStream cut = new MessageStream(pipe);
        cut.read(PREFIXED, reads::add);
        cut.arrived(ByteBuffer.wrap(new byte[] {5, 1}));
        cut.remoteClosed();
        assertThat(reads.getLast()).isEqualTo(new Read.Malformed("the stream ends within a message"));
    }

    @Test
    void whatIsNoMessageSaysWhyAlsoWhenItsCodecFails() {
        stream.read(PREFIXED, reads::add);
        arrives(1, 66, 1, 77, 0xE9, 0x07);
        assertThat(reads).containsExactly(new Read.Malformed("no text begins with 66"));
        stream.read(PREFIXED, reads::add);
        assertThat(reads.getLast())
                .isInstanceOfSatisfying(
                        Read.Malformed.class, bad -> assertThat(bad.why()).contains("a codec's fault"));
        stream.read(PREFIXED, reads::add);
        assertThat(reads.getLast())
                .isInstanceOfSatisfying(
                        Read.Malformed.class, bad -> assertThat(bad.why()).contains("at most 1000 bytes, not 1001"));
    }

    @Test
    void aWriteGoesOnWhenThereIsRoomAndOurSideEndsBehindIt() {
        pipe.room = 2;
        stream.write(PREFIXED, text(1, 2, 3), true, writes::add);
        assertThat(writes).isEmpty();
        assertThat(pipe.closed).isFalse();
        assertThatThrownBy(() -> stream.write(PREFIXED, text(1), true, writes::add))
                .isInstanceOf(IllegalStateException.class);
        pipe.room = 10;
        stream.writable();
        stream.writable();
        assertThat(writes).containsExactly(new Write.Taken());
        assertThat(pipe.sent.toByteArray()).containsExactly(3, 1, 2, 3);
        assertThat(pipe.closed).isTrue();
        stream.write(PREFIXED, text(1), false, writes::add);
        assertThat(writes.getLast()).isEqualTo(new Write.Lost("our side is closed"));
    }

    @Test
    void aMessageWithoutBytesHarmsNothingElse() {
        stream.write(new Texts(new Framing.Fixed(2)), text(1), false, writes::add);
        assertThat(writes.getLast())
                .isEqualTo(new Write.Unencodable("it has 1 bytes, and its framing is Fixed[bytes=2]"));
        stream.write(
                MessageCodec.of(
                        Text.class,
                        new Framing.LengthPrefixed(10),
                        any -> {
                            throw new IllegalStateException("a codec's fault");
                        },
                        Text::new),
                text(1),
                false,
                writes::add);
        assertThat(writes.getLast())
                .isInstanceOfSatisfying(
                        Write.Unencodable.class, bad -> assertThat(bad.why()).contains("a codec's fault"));
        stream.write(PREFIXED, text(1), false, writes::add);
        assertThat(writes.getLast()).isEqualTo(new Write.Taken());
    }

    @Test
    @SuppressWarnings("NullAway")
    void aCodecThatGivesNoMessageIsAFaultOfTheMessage() {
        stream.read(MessageCodec.of(Text.class, new Framing.LengthPrefixed(10), Text::bytes, body -> null), reads::add);
        arrives(1, 1);
        assertThat(reads).containsExactly(new Read.Malformed("its codec gives no message of its type"));
    }

    private static final String GONE = "the stream ended (REMOTE_RESET)";

    @Test
    void theEndOfTheStreamIsToldOnceToWhoReadsAndWhoWritesAndToAllAfterwards() {
        pipe.room = 0;
        stream.read(PREFIXED, reads::add);
        stream.write(PREFIXED, text(1), false, writes::add);
        arrives(9, 9, 9);
        stream.ended(EndReason.REMOTE_RESET);
        stream.ended(EndReason.REMOTE_RESET);
        assertThat(reads).containsExactly(new Read.Lost(EndReason.REMOTE_RESET, GONE));
        assertThat(writes).containsExactly(new Write.Lost(GONE));
        stream.read(PREFIXED, reads::add);
        stream.write(PREFIXED, text(1), false, writes::add);
        assertThat(reads)
                .containsExactly(
                        new Read.Lost(EndReason.REMOTE_RESET, GONE), new Read.Lost(EndReason.REMOTE_RESET, GONE));
        assertThat(writes).containsExactly(new Write.Lost(GONE), new Write.Lost(GONE));
        assertThat(stream.capacity()).isZero();
    }

    /** Is over as soon as the last byte is consumed, as a stream of yamux is whose both sides are ended. */
    private static final class Ending implements ByteStream {
        private @Nullable MessageStream stream;
        private int unread;

        @Override
        public Sent send(ByteBuffer bytes) {
            return Sent.CLOSED;
        }

        @Override
        public void consumed(int bytes) {
            unread -= bytes;
            MessageStream told = stream;
            if (unread == 0 && told != null) {
                told.ended(EndReason.CLOSED);
            }
        }

        @Override
        public void closeWrite() {}

        @Override
        public void fail(String why) {}
    }

    @Test
    void aStreamThatIsOverWithItsLastByteLosesNoMessage() {
        for (Texts codec : List.of(PREFIXED, WHOLE)) {
            Ending ending = new Ending();
            MessageStream last = new MessageStream(ending);
            ending.stream = last;
            ending.unread = 3;
            last.arrived(ByteBuffer.wrap(new byte[] {2, 7, 8}));
            last.remoteClosed();
            reads.clear();
            last.read(codec, reads::add);
            assertThat(reads).containsExactly(new Read.Came(codec == PREFIXED ? text(7, 8) : text(2, 7, 8)));
        }
    }

    @Test
    void aStreamThatRestsEndsWithThePeersSide() {
        Pipe pipe = new Pipe();
        MessageStream stream = new MessageStream(pipe);
        stream.rest();
        assertThat(pipe.closed).isFalse();
        stream.remoteClosed();
        assertThat(pipe.closed).isTrue();
    }

    /** It would be taken for the answer to the next question. */
    @Test
    void whatComesUnaskedOnAStreamThatRestsEndsIt() {
        Pipe later = new Pipe();
        MessageStream resting = new MessageStream(later);
        resting.rest();
        assertThat(later.failed).isEmpty();
        resting.arrived(ByteBuffer.wrap(new byte[] {2, 7, 8}));
        assertThat(later.failed).isEqualTo("the peer has sent more than it was asked for");
        assertThat(resting.capacity()).isZero();

        Pipe before = new Pipe();
        MessageStream answered = new MessageStream(before);
        answered.read(PREFIXED, read -> answered.rest());
        answered.arrived(ByteBuffer.wrap(new byte[] {2, 7, 8, 2}));
        assertThat(before.failed).isEqualTo("the peer has sent more than it was asked for");
    }

    @Test
    void oneThatHadEndedBeforeEndsWhenItRests() {
        Pipe pipe = new Pipe();
        MessageStream stream = new MessageStream(pipe);
        stream.remoteClosed();
        assertThat(pipe.closed).isFalse();
        stream.rest();
        assertThat(pipe.closed).isTrue();
    }

    @Test
    void oneThatIsReadOrWrittenAgainRestsNoMore() {
        Pipe read = new Pipe();
        MessageStream reading = new MessageStream(read);
        List<Read> reads = new ArrayList<>();
        reading.rest();
        reading.read(PREFIXED, reads::add);
        reading.remoteClosed();
        assertThat(read.closed).isFalse();
        assertThat(reads).containsExactly(new Read.Finished());

        Pipe written = new Pipe();
        MessageStream writing = new MessageStream(written);
        writing.rest();
        writing.write(PREFIXED, new Text(Bytes.of((byte) 1)), false, lost -> {});
        writing.remoteClosed();
        assertThat(written.closed).isFalse();
    }
}
