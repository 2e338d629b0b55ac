package dev.dunlin.connection.netty;

import static dev.dunlin.connection.netty.RawPeer.SYN;
import static dev.dunlin.connection.netty.RawPeer.WINDOW;
import static dev.dunlin.connection.netty.RawPeer.data;
import static dev.dunlin.connection.netty.RawPeer.frame;
import static dev.dunlin.connection.netty.RawPeer.message;
import static dev.dunlin.connection.netty.RawPeer.upgraded;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ping.PingExchange;
import dev.dunlin.connection.ping.PingMachine;
import dev.dunlin.connection.stream.StreamAction;
import java.security.SecureRandom;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NettyPingTest {

    /**
     * More pings, each in a frame of its own, than our window of 256 KiB lets back, and than the buffers that one stream may
     * hold; so few that the credit for the first 128 KiB lets all of them through.
     */
    private static final int PINGS = ((256 << 10) + (64 << 10)) / PingExchange.BYTES;

    @Test
    void whoPingsWithoutReadingWaitsAndGetsAllPongsInTheEnd() throws Exception {
        try (LoneTransport node = LoneTransport.serving(Set.of(PingMachine.PROTOCOL));
                RawPeer peer = upgraded(node.listen())) {
            NettyPing ping = new NettyPing(node.transport, node);
            peer.send(data(SYN, 1, RawPeer.joined(message(RawPeer.MULTISTREAM), message(PingMachine.PROTOCOL))));
            ping.echo(node.next(StreamAction.StreamAccepted.class).stream());
            byte[] bytes = new byte[PingExchange.BYTES];
            new SecureRandom().nextBytes(bytes);
            int credit = (256 << 10) - 2 * PingExchange.BYTES;
            int back = 0;
            for (int sent = 0; sent < PINGS; ) {
                int now = Math.min(PINGS - sent, credit / PingExchange.BYTES);
                peer.send(RawPeer.repeated(now, data(0, 1, bytes)));
                sent += now;
                credit -= now * PingExchange.BYTES;
                while (sent < PINGS && credit < PingExchange.BYTES) {
                    RawPeer.Frame seen = peer.read();
                    back += seen.body().length;
                    credit += seen.type() == WINDOW && seen.id() == 1 ? seen.length() : 0;
                }
            }
            int expected = message(RawPeer.MULTISTREAM).length
                    + message(PingMachine.PROTOCOL).length
                    + PINGS * PingExchange.BYTES;
            assertThat(back).isLessThan(expected);
            peer.send(frame(WINDOW, 0, 1, 1 << 24));
            while (back < expected) {
                back += peer.read().body().length;
            }
            assertThat(back).isEqualTo(expected);
        }
    }
}
