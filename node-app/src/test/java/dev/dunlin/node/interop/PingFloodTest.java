package dev.dunlin.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.yamux.YamuxWrite;
import dev.dunlin.core.keys.KeyType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A peer that throws many pings and catches none: what waits for it is bounded by its window, and nobody else is hurt. */
class PingFloodTest {

    private static final int WINDOW = 256 << 10;

    /** More than the negotiation of the protocol takes of the first window. */
    private static final int NEGOTIATION = 128;

    /** More than the windows and write buffers of both sides. */
    private static final int PINGS = 8 * WINDOW / 32;

    @Test
    void thePongsComeWhenTheyAreReadAtLast() {
        try (DunlinPeer pinger = DunlinPeer.start(KeyType.ED25519, true);
                DunlinPeer other = DunlinPeer.start(KeyType.ED25519, true)) {
            pinger.connect(other.address());
            StreamChannel stream = pinger.open(other.id(), PingProtocol.ID);
            Flood flood = new Flood(stream);
            stream.execute(() -> {
                stream.attach(flood);
                flood.sendNext();
            });
            // It gets no further: the windows are full, and so are the buffers of our own side.
            assertThat(DunlinPeer.await(flood.stuck)).isLessThan(PINGS);
            stream.execute(flood::readAll);
            assertThat(DunlinPeer.await(flood.ended)).isEqualTo(EndReason.CLOSED);
            assertThat(flood.read).isEqualTo(32L * PINGS);
            assertThat(other.node()
                            .ping(pinger.id(), 1, Duration.ZERO, DunlinPeer.DEADLINE)
                            .lost())
                    .isZero();
        }
    }

    /** Sends one ping at a time, each in a frame of its own; on the connection's event loop. */
    private static final class Flood implements StreamReader {
        private final StreamChannel stream;
        private final CompletableFuture<Integer> stuck = new CompletableFuture<>();
        private final CompletableFuture<EndReason> ended = new CompletableFuture<>();
        private ByteBuf ping = Unpooled.EMPTY_BUFFER;
        private int sent;
        private int unread;
        private boolean refused;
        private boolean reading;
        private long read;

        Flood(StreamChannel stream) {
            this.stream = stream;
        }

        void sendNext() {
            if (!ping.isReadable()) {
                if (sent == PINGS) {
                    stream.closeWrite();
                    return;
                }
                ping = Unpooled.wrappedBuffer(new byte[32]);
                sent++;
            }
            if (stream.write(ping) == YamuxWrite.TAKEN) {
                stream.execute(this::sendNext);
            } else {
                refused = true;
                tellIfStuck();
            }
        }

        private void tellIfStuck() {
            if (refused && unread > WINDOW - NEGOTIATION) {
                stuck.complete(sent);
            }
        }

        void readAll() {
            reading = true;
            stream.consumed(unread);
            sendNext();
        }

        @Override
        public void data(StreamChannel from, ByteBuf bytes) {
            read += bytes.readableBytes();
            if (reading) {
                from.consumed(bytes.readableBytes());
            } else {
                unread += bytes.readableBytes();
                tellIfStuck();
            }
        }

        @Override
        public void writable(StreamChannel to) {
            sendNext();
        }

        @Override
        public void remoteClosed(StreamChannel from) {}

        @Override
        public void ended(StreamChannel of, EndReason reason) {
            ended.complete(reason);
        }
    }
}
