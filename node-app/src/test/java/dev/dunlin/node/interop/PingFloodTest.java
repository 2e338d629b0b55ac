package dev.dunlin.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.ping.PingProtocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.yamux.YamuxWrite;
import dev.dunlin.core.keys.KeyType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A peer that throws many pings: it is answered as often as it may ask, what waits is bounded by its window, and nobody else is hurt. */
class PingFloodTest {

    private static final int WINDOW = 256 << 10;

    /** More than the windows and write buffers of both sides. */
    private static final int PINGS = 8 * WINDOW / PingProtocol.BYTES;

    @Test
    void whoPingsTooOftenIsAnsweredAsOftenAsItMay() {
        try (DunlinPeer pinger = DunlinPeer.start(KeyType.ED25519, true);
                DunlinPeer other = DunlinPeer.start(KeyType.ED25519, true)) {
            pinger.connect(other.address());
            StreamChannel stream = pinger.open(other.id(), PingProtocol.ID);
            long began = System.nanoTime();
            Flood flood = new Flood(stream);
            stream.execute(() -> {
                stream.attach(flood);
                flood.sendNext();
            });
            // It gets no further: the windows are full, and so are the buffers of our own side.
            assertThat(DunlinPeer.await(flood.stuck)).isLessThan(PINGS);
            assertThat(DunlinPeer.await(flood.answered)).isTrue();
            assertThat(other.node()
                            .ping(pinger.id(), 1, Duration.ZERO, DunlinPeer.DEADLINE)
                            .lost())
                    .isZero();
            long pongs = flood.read / PingProtocol.BYTES;
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            ProtocolLimits limits = PingProtocol.PING.limits();
            long every = TimeUnit.MICROSECONDS.toMillis(limits.askEvery());
            assertThat(pongs).isLessThanOrEqualTo(limits.askBurst() + 1 + millis / every);
            stream.execute(stream::reset);
            assertThat(DunlinPeer.await(flood.ended)).isEqualTo(EndReason.LOCAL_RESET);
        }
    }

    /** Sends one ping at a time, each in a frame of its own; on the connection's event loop. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // which alone writes
    private static final class Flood implements StreamReader {
        private final StreamChannel stream;
        private final CompletableFuture<Integer> stuck = new CompletableFuture<>();
        private final CompletableFuture<Boolean> answered = new CompletableFuture<>();
        private final CompletableFuture<EndReason> ended = new CompletableFuture<>();
        private ByteBuf ping = Unpooled.EMPTY_BUFFER;
        private int sent;
        private volatile long read;

        Flood(StreamChannel stream) {
            this.stream = stream;
        }

        void sendNext() {
            if (!ping.isReadable()) {
                if (sent == PINGS) {
                    return;
                }
                ping = Unpooled.wrappedBuffer(new byte[PingProtocol.BYTES]);
                sent++;
            }
            if (stream.write(ping) == YamuxWrite.TAKEN) {
                stream.execute(this::sendNext);
            } else {
                stuck.complete(sent);
            }
        }

        @Override
        public void data(StreamChannel from, ByteBuf bytes) {
            read += bytes.readableBytes();
            from.consumed(bytes.readableBytes());
            if (read >= (long) PingProtocol.PING.limits().askBurst() * PingProtocol.BYTES) {
                answered.complete(true);
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
