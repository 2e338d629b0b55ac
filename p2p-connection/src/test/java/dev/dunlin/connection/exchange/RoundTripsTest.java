package dev.dunlin.connection.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.protocol.ProtocolLimits;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Action;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many round trips it takes to dial a peer and have its first answer, counted by a proxy that takes its time. */
@Timeout(60)
class RoundTripsTest {

    private static final List<Protocol<?, ?>> PROTOCOLS = List.of(Talk.letter(ProtocolLimits.DEFAULT));

    /** So long that whatever a node sends of itself, it sends before the next thing comes. */
    private static final long DELAY_MILLIS = 300;

    /** Carries bytes both ways, each after a while, and counts how often one side had to wait for the other. */
    private static final class Proxy implements AutoCloseable {
        private final ServerSocket listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();

        /** The longest chain of messages, each sent after the one before it had come, that has come to each side. */
        private final int[] chain = new int[2];

        Proxy(int port) throws IOException {
            Thread.ofVirtual().start(() -> {
                try {
                    Socket near = listening.accept();
                    Socket far = new Socket(InetAddress.getLoopbackAddress(), port);
                    Thread.ofVirtual().start(() -> carry(0, near, far));
                    carry(1, far, near);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }

        Multiaddr address() {
            return Multiaddr.parse("/ip4/127.0.0.1/tcp/" + listening.getLocalPort());
        }

        private void carry(int from, Socket source, Socket target) {
            byte[] buffer = new byte[1 << 16];
            try {
                InputStream in = source.getInputStream();
                OutputStream out = target.getOutputStream();
                for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                    byte[] bytes = Arrays.copyOf(buffer, count);
                    int length = chain(from) + 1;
                    later.schedule(() -> deliver(1 - from, length, out, bytes), DELAY_MILLIS, TimeUnit.MILLISECONDS);
                }
            } catch (IOException | RejectedExecutionException e) {
                // One of the two has closed it, or this is closed: that is the end of it.
            }
        }

        private void deliver(int to, int length, OutputStream out, byte[] bytes) {
            synchronized (chain) {
                chain[to] = Math.max(chain[to], length);
            }
            try {
                out.write(bytes);
            } catch (IOException e) {
                // As above.
            }
        }

        int chain(int side) {
            synchronized (chain) {
                return chain[side];
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
            later.shutdownNow();
        }
    }

    @Test
    void aDialAndItsFirstAnswerTakeThreeRoundTrips() throws IOException {
        try (ExchangeNode one = new ExchangeNode(PROTOCOLS);
                ExchangeNode other = new ExchangeNode(PROTOCOLS);
                Proxy proxy = new Proxy(other.address.port().orElseThrow())) {
            other.answers = asked -> Optional.of(new Talk.Answer(Bytes.of((byte) 7)));
            other.serve(Talk.LETTER, Talk.LETTER_ID);
            Action answer = one.runtime
                    .ask(
                            "first",
                            ticket -> new ExchangeAction.Ask(
                                    ticket,
                                    other.self,
                                    List.of(proxy.address()),
                                    true,
                                    Talk.LETTER,
                                    new Talk.Say.Hello(Bytes.of((byte) 1)),
                                    TimeUnit.SECONDS.toMicros(30)),
                            Duration.ofSeconds(30))
                    .join();
            assertThat(answer).isInstanceOf(ExchangeOutcome.Answered.class);
            // There and back twice; TCP's own handshake, which the proxy does not see, is the third.
            assertThat(proxy.chain(0)).isEqualTo(4);
        }
    }
}
