package dev.dunlin.connection.yamux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where implementations failed one another. */
class InteropTest {

    private static Probe listenerWithStream() {
        Probe probe = Probe.listener(Probe.quiet().build());
        probe.receive(Frame.window(Wire.SYN, 1, 0));
        probe.opened().accept();
        probe.drain();
        return probe;
    }

    /** py-libp2p issue 930. */
    @Test
    void finOnWindowUpdateCounts() {
        Probe probe = listenerWithStream();
        probe.receive(Frame.window(Wire.FIN, 1, 0));
        assertThat(probe.events).last().isEqualTo(new YamuxEvent.RemoteClosed(probe.opened()));
        assertThat(probe.opened().state()).isEqualTo(YamuxStream.State.REMOTE_CLOSED);
    }

    /** py-libp2p issue 931. */
    @Test
    void rstOnEitherTypeCounts() {
        for (Frame rst :
                List.of(Frame.window(Wire.RST, 1, 0), Frame.window(Wire.RST, 1, 77), Frame.data(Wire.RST, 1, 0))) {
            Probe probe = listenerWithStream();
            probe.receive(rst);
            assertThat(probe.events)
                    .last()
                    .isEqualTo(new YamuxEvent.StreamReset(probe.opened(), YamuxEvent.ResetCause.BY_PEER, rst.length()));
            assertThat(probe.opened().state()).isEqualTo(YamuxStream.State.RESET);
            assertThat(probe.drain()).isEmpty();
        }
    }

    @Test
    void theBodyOfADataFrameWithRstIsDrained() {
        Probe probe = listenerWithStream();
        probe.receive(Frame.data(Wire.RST, 1, 999), Frame.ping(Wire.SYN, 3));
        assertThat(probe.of(YamuxEvent.Data.class)).isEmpty();
        assertThat(probe.drain()).containsExactly(Frame.ping(Wire.ACK, 3));
    }

    /** ChainSafe/js-libp2p-yamux pull 93, js-libp2p issue 2505: it was answered by RST. */
    @Test
    void windowUpdateAfterOurFinIsFine() {
        Probe probe = listenerWithStream();
        probe.opened().closeWrite();
        assertThat(probe.drain()).containsExactly(Frame.window(Wire.FIN, 1, 0));
        probe.receive(Frame.window(0, 1, 1000), Frame.data(0, 1, 5));
        assertThat(probe.drain()).isEmpty();
        assertThat(probe.data(probe.opened())).hasSize(5);
    }

    /** js-libp2p drops the body of Data+FIN if it closed its own side before: the FIN goes behind the data, alone. */
    @Test
    void jsLosesTheBodyOfDataWithFinSoFinHasItsOwnFrame() {
        for (boolean peerClosedFirst : new boolean[] {true, false}) {
            Probe probe = Probe.listener(Probe.quiet().maxDataFrame(40).build());
            probe.receive(Frame.window(Wire.SYN, 1, 0));
            YamuxStream stream = probe.opened();
            if (peerClosedFirst) {
                probe.receive(Frame.window(Wire.FIN, 1, 0));
            }
            stream.write(ByteBuffer.allocate(50));
            stream.closeWrite();
            assertThat(probe.drain())
                    .containsExactly(
                            Frame.window(Wire.ACK, 1, 0),
                            Frame.data(0, 1, 40),
                            Frame.data(0, 1, 10),
                            Frame.window(Wire.FIN, 1, 0));
            assertThat(probe.session.wantsWrite()).isFalse();
            assertThat(stream.state())
                    .isEqualTo(peerClosedFirst ? YamuxStream.State.CLOSED : YamuxStream.State.LOCAL_CLOSED);
        }
    }

    /** js-libp2p fails a lazily negotiated stream whose request and FIN come in one frame. */
    @Test
    void jsFailsALazilyNegotiatedStreamOfOneFrameSoFinHasItsOwnFrame() {
        Probe dialer = Probe.dialer(Probe.quiet().build());
        YamuxStream stream = dialer.open();
        stream.write(ByteBuffer.wrap(new byte[] {7}));
        stream.closeWrite();
        assertThat(dialer.drain())
                .containsExactly(
                        Frame.window(Wire.SYN, 1, 0), Frame.data(0, 1, new byte[] {7}), Frame.window(Wire.FIN, 1, 0));
    }

    /** libp2p/rust-yamux issue 110: a window update that crosses the end of its stream, either way. */
    @Test
    void windowUpdateRacingWithCloseIsDropped() {
        Probe probe = listenerWithStream();
        YamuxStream stream = probe.opened();
        probe.receive(Frame.data(0, 1, Wire.INITIAL_WINDOW));
        stream.consumed(Wire.INITIAL_WINDOW);
        // Our own update was queued; the peer ends before it is sent: it must not go out for a finished stream.
        probe.receive(Frame.window(Wire.FIN, 1, 0));
        stream.closeWrite();
        assertThat(probe.drain()).containsExactly(Frame.window(Wire.FIN, 1, 0));
        assertThat(probe.events).last().isEqualTo(new YamuxEvent.StreamClosed(stream));
        // And the peer's, sent before it saw our FIN.
        probe.receive(Frame.window(0, 1, 1000), Frame.data(0, 1, 10));
        assertThat(probe.drain()).isEmpty();
        assertThat(probe.session.ended()).isEmpty();
        assertThat(probe.dropped(YamuxDrop.UNKNOWN_STREAM)).isEqualTo(2);
    }

    /** rust-yamux 0.13.3: readers slept through the end. */
    @Test
    void everyEndIsReported() {
        for (Frame fin :
                List.of(Frame.window(Wire.FIN, 1, 0), Frame.data(Wire.FIN, 1, 0), Frame.data(Wire.FIN, 1, 20))) {
            Probe probe = listenerWithStream();
            probe.receive(Frame.data(0, 1, 5), fin);
            assertThat(probe.events).last().isEqualTo(new YamuxEvent.RemoteClosed(probe.opened()));
            assertThat(probe.data(probe.opened())).hasSize(5 + fin.body().length);
        }
        Probe lost = listenerWithStream();
        lost.session.connectionLost();
        assertThat(lost.events)
                .endsWith(
                        new YamuxEvent.SessionEnded(YamuxEnd.CONNECTION_LOST),
                        new YamuxEvent.StreamReset(lost.opened(), YamuxEvent.ResetCause.SESSION_ENDED, 0));
        assertThat(lost.drain()).isEmpty();
        Probe closed = listenerWithStream();
        closed.session.close();
        assertThat(closed.of(YamuxEvent.StreamReset.class)).hasSize(1);
        assertThat(closed.drain()).containsExactly(Frame.goAway(0));
    }

    /** jvm-libp2p handles the first flag only. */
    @Test
    void flagsCombine() {
        Probe probe = Probe.listener(Probe.quiet().build());
        probe.receive(Frame.data(Wire.SYN | Wire.FIN, 1, new byte[] {1, 2}));
        YamuxStream stream = probe.opened();
        assertThat(probe.data(stream)).containsExactly(1, 2);
        assertThat(stream.state()).isEqualTo(YamuxStream.State.REMOTE_CLOSED);
        probe.receive(Frame.window(Wire.SYN | Wire.RST, 3, 0));
        assertThat(probe.of(YamuxEvent.StreamOpened.class)).hasSize(1);
        assertThat(probe.drain()).isEmpty();
        // ACK on a stream of the peer's own means nothing; SYN and FIN beside it do.
        probe.receive(Frame.window(Wire.SYN | Wire.ACK | Wire.FIN, 5, 0));
        assertThat(probe.opened().state()).isEqualTo(YamuxStream.State.REMOTE_CLOSED);
        assertThat(probe.dropped(YamuxDrop.UNSOLICITED_ACK)).isEqualTo(1);

        Probe dialer = Probe.dialer(Probe.quiet().build());
        YamuxStream ours = dialer.open();
        dialer.drain();
        dialer.receive(Frame.data(Wire.ACK | Wire.FIN, 1, new byte[] {9}));
        assertThat(dialer.events).hasSize(3);
        assertThat(dialer.events.getFirst()).isEqualTo(new YamuxEvent.StreamAcked(ours));
        assertThat(dialer.events.getLast()).isEqualTo(new YamuxEvent.RemoteClosed(ours));
        assertThat(ours.acknowledged()).isTrue();
    }

    @Test
    void creditsOnSynAndAckAreAdded() {
        Probe probe = Probe.listener(Probe.quiet().build());
        probe.receive(Frame.window(Wire.SYN, 1, 100));
        assertThat(probe.opened().sendCredit()).isEqualTo(Wire.INITIAL_WINDOW + 100);
        Probe dialer = Probe.dialer(Probe.quiet().build());
        YamuxStream ours = dialer.open();
        dialer.drain();
        dialer.receive(Frame.window(Wire.ACK, 1, 16_000_000));
        assertThat(ours.sendCredit()).isEqualTo(Wire.INITIAL_WINDOW + 16_000_000);
    }

    @Test
    void dataBeforeTheAckIsSentAtOnce() {
        Probe dialer = Probe.dialer(Probe.quiet().build());
        YamuxStream ours = dialer.open();
        ours.write(ByteBuffer.wrap(new byte[] {7}));
        assertThat(dialer.drain()).containsExactly(Frame.window(Wire.SYN, 1, 0), Frame.data(0, 1, new byte[] {7}));
    }

    /** rust-libp2p issue 5410: both ends write more than a window and read only afterwards. */
    @Test
    void bothSidesMayWriteBeforeTheyRead() {
        Probe a = Probe.dialer(Probe.quiet().build());
        Probe b = Probe.listener(Probe.quiet().build());
        YamuxStream atA = a.open();
        exchange(a, b);
        YamuxStream atB = b.opened();
        atB.accept();
        int size = 3 * Wire.INITIAL_WINDOW;
        ByteBuffer fromA = ByteBuffer.allocate(size);
        ByteBuffer fromB = ByteBuffer.allocate(size);
        for (int i = 0; i < 20; i++) {
            atA.write(fromA);
            atB.write(fromB);
            exchange(a, b);
        }
        // Each holds a window full of the other's, and both still read.
        assertThat(a.data(atA)).hasSize(Wire.INITIAL_WINDOW);
        assertThat(b.data(atB)).hasSize(Wire.INITIAL_WINDOW);
        assertThat(a.session.wantsRead() && b.session.wantsRead()).isTrue();
        for (int i = 0; i < 20; i++) {
            atA.consumed((int) atA.unread());
            atB.consumed((int) atB.unread());
            atA.write(fromA);
            atB.write(fromB);
            exchange(a, b);
        }
        assertThat(a.data(atA)).hasSize(size);
        assertThat(b.data(atB)).hasSize(size);
    }

    private static void exchange(Probe a, Probe b) {
        while (a.session.wantsWrite() || b.session.wantsWrite()) {
            assertThat(b.receive(Frame.bytes(a.drain()))).isZero();
            assertThat(a.receive(Frame.bytes(b.drain()))).isZero();
        }
    }

    /** js puts a whole window into one frame. */
    @Test
    void giantFramesAreDeliveredAsTheyCome() {
        int size = 9 * 1024 * 1024;
        Probe probe = Probe.listener(
                Probe.quiet().initialWindow(size).maxStreamWindow(size).build());
        probe.receive(Frame.window(Wire.SYN, 1, 0));
        YamuxStream stream = probe.opened();
        stream.accept();
        probe.drain();
        byte[] chunk = new byte[65_519];
        ByteBuffer header = ByteBuffer.wrap(new Frame(Wire.DATA, Wire.FIN, 1, size, "").bytes());
        probe.session.receive(header, 0);
        int sent = 0;
        while (sent < size) {
            ByteBuffer in = ByteBuffer.wrap(chunk, 0, Math.min(chunk.length, size - sent));
            int length = in.remaining();
            probe.session.receive(in, 0);
            sent += length;
            YamuxEvent.Data last = probe.of(YamuxEvent.Data.class).getLast();
            assertThat(last.bytes().remaining()).isEqualTo(length);
            assertThat(last.bytes().array()).isSameAs(chunk);
            assertThat(stream.unread()).isEqualTo(sent);
        }
        assertThat(probe.events).last().isEqualTo(new YamuxEvent.RemoteClosed(stream));
    }

    @Test
    void piecesTellWhereTheyStandInTheCallersBuffer() {
        Probe probe = Probe.listener(Probe.quiet().build());
        byte[] bytes = Frame.bytes(List.of(Frame.window(Wire.SYN, 1, 0), Frame.data(0, 1, 5), Frame.data(0, 1, 6)));
        byte[] padded = new byte[bytes.length + 9];
        System.arraycopy(bytes, 0, padded, 4, bytes.length);
        ByteBuffer in = ByteBuffer.wrap(padded, 4, bytes.length);
        probe.session.receive(in, 0);
        assertThat(in.hasRemaining()).isFalse();
        List<YamuxEvent.Data> pieces = probe.of(YamuxEvent.Data.class);
        assertThat(pieces.get(0).bytes().position()).isEqualTo(4 + 24);
        assertThat(pieces.get(0).bytes().limit()).isEqualTo(4 + 29);
        assertThat(pieces.get(1).bytes().position()).isEqualTo(4 + 41);
        assertThat(pieces.get(1).bytes().limit()).isEqualTo(4 + 47);
    }

    @Test
    void onlyReadingCreditsThePeer() {
        Probe probe = listenerWithStream();
        YamuxStream stream = probe.opened();
        probe.receive(Frame.data(0, 1, Wire.INITIAL_WINDOW));
        assertThat(probe.drain()).isEmpty();
        stream.consumed(Wire.INITIAL_WINDOW / 2 - 1);
        assertThat(probe.drain()).isEmpty();
        stream.consumed(1);
        stream.consumed(100);
        assertThat(probe.drain()).containsExactly(Frame.window(0, 1, Wire.INITIAL_WINDOW / 2 + 100));
        assertThatThrownBy(() -> stream.consumed(Wire.INITIAL_WINDOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("only");
        assertThatThrownBy(() -> stream.consumed(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void dataAfterFinIsDroppedAndCounted() {
        Probe probe = listenerWithStream();
        probe.receive(Frame.window(Wire.FIN, 1, 0), Frame.data(0, 1, 5));
        assertThat(probe.of(YamuxEvent.Data.class)).isEmpty();
        assertThat(probe.dropped(YamuxDrop.DATA_AFTER_FIN)).isEqualTo(1);
        probe.receive(new Frame(Wire.DATA, 0, 1, Wire.INITIAL_WINDOW, ""));
        assertThat(probe.session.ended()).contains(YamuxEnd.RECEIVE_WINDOW_EXCEEDED);
    }

    @Test
    void aStreamResetBeforeItsSynLeavesNothing() {
        Probe dialer = Probe.dialer(Probe.quiet().build());
        YamuxStream stream = dialer.open();
        stream.write(ByteBuffer.allocate(100));
        stream.reset(5);
        assertThat(dialer.session.wantsWrite()).isFalse();
        assertThat(dialer.session.queued()).isZero();
        assertThat(stream.write(ByteBuffer.allocate(1))).isEqualTo(YamuxWrite.CLOSED);
        assertThatThrownBy(() -> dialer.open().reset(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @SuppressWarnings("ByteBufferBackingArray") // whose it is matters here
    @Test
    void bodiesAreNotCopied() {
        Probe dialer = Probe.dialer(Probe.quiet().maxDataFrame(40).build());
        YamuxStream stream = dialer.open();
        byte[] mine = new byte[100];
        stream.write(ByteBuffer.wrap(mine));
        List<ByteBuffer> pieces = new ArrayList<>();
        ByteArrayOutputStream headers = new ByteArrayOutputStream();
        dialer.session.drain(
                new YamuxOutput() {
                    @Override
                    public void header(ByteBuffer header) {
                        headers.write(header.get(1));
                    }

                    @Override
                    public void body(YamuxStream of, ByteBuffer bytes) {
                        pieces.add(bytes);
                    }
                },
                Long.MAX_VALUE,
                0);
        assertThat(pieces).extracting(ByteBuffer::remaining).containsExactly(40, 40, 20);
        assertThat(pieces).allSatisfy(piece -> assertThat(piece.array()).isSameAs(mine));
        assertThat(headers.toByteArray()).containsExactly(1, 0, 0, 0);
    }

    @Test
    void callsBackFromTheListenerAreRefused() {
        Probe probe = Probe.listener(Probe.quiet().build());
        probe.reaction = event -> probe.drain();
        assertThatThrownBy(() -> probe.receive(Frame.window(Wire.SYN, 1, 0)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("afterwards");
        probe.reaction = event -> {};
        probe.receive(Frame.data(0, 1, 3));
        assertThat(probe.data(probe.opened())).hasSize(3);
    }
}
