package dev.dunlin.node.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.netty.StreamChannel;
import dev.dunlin.connection.netty.StreamReader;
import dev.dunlin.connection.ping.PingMachine;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.keys.KeyType;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A peer that throws many balls and catches none: what waits for it is bounded by its window, and nobody else is hurt. */
class PingFloodTest {

    private static final int WINDOW = 256 << 10;

    /** More than the negotiation of the protocol takes of the first window. */
    private static final int NEGOTIATION = 128;

    /** More than the windows and write buffers of both sides. */
    private static final int BALLS = 8 * WINDOW / 32;

    @Test
    void theBallsComeBackWhenTheyAreCaughtAtLast() {
        try (DunlinPeer thrower = DunlinPeer.start(KeyType.ED25519, true);
                DunlinPeer catcher = DunlinPeer.start(KeyType.ED25519, true)) {
            thrower.connect(catcher.address());
            StreamChannel stream = thrower.open(catcher.id(), PingMachine.PROTOCOL);
            Flood flood = new Flood(stream);
            stream.execute(() -> {
                stream.attach(flood);
                flood.throwNext();
            });
            // It gets no further: the windows are full, and so are the buffers of our own side.
            assertThat(DunlinPeer.await(flood.stuck)).isLessThan(BALLS);
            stream.execute(flood::catchAll);
            assertThat(DunlinPeer.await(flood.ended)).isEqualTo(EndReason.CLOSED);
            assertThat(flood.caught).isEqualTo(32L * BALLS);
            assertThat(catcher.node()
                            .ping(thrower.id(), 1, Duration.ZERO, DunlinPeer.DEADLINE)
                            .lost())
                    .isZero();
        }
    }

    /** Throws one ball at a time, each in a frame of its own; on the connection's event loop. */
    private static final class Flood implements StreamReader {
        private final StreamChannel stream;
        private final CompletableFuture<Integer> stuck = new CompletableFuture<>();
        private final CompletableFuture<EndReason> ended = new CompletableFuture<>();
        private ByteBuf ball = Unpooled.EMPTY_BUFFER;
        private int thrown;
        private int uncaught;
        private boolean refused;
        private boolean catching;
        private long caught;

        Flood(StreamChannel stream) {
            this.stream = stream;
        }

        void throwNext() {
            if (!ball.isReadable()) {
                if (thrown == BALLS) {
                    stream.closeWrite();
                    return;
                }
                ball = Unpooled.wrappedBuffer(new byte[32]);
                thrown++;
            }
            if (stream.write(ball)) {
                stream.execute(this::throwNext);
            } else {
                refused = true;
                tellIfStuck();
            }
        }

        private void tellIfStuck() {
            if (refused && uncaught > WINDOW - NEGOTIATION) {
                stuck.complete(thrown);
            }
        }

        void catchAll() {
            catching = true;
            stream.consumed(uncaught);
            throwNext();
        }

        @Override
        public void data(StreamChannel from, ByteBuf bytes) {
            caught += bytes.readableBytes();
            if (catching) {
                from.consumed(bytes.readableBytes());
            } else {
                uncaught += bytes.readableBytes();
                tellIfStuck();
            }
        }

        @Override
        public void writable(StreamChannel to) {
            throwNext();
        }

        @Override
        public void remoteClosed(StreamChannel from) {}

        @Override
        public void ended(StreamChannel of, EndReason reason) {
            ended.complete(reason);
        }
    }
}
