package dev.dunlin.connection.netty;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionEffect;
import dev.dunlin.core.multiformats.Multiaddr;
import org.junit.jupiter.api.Test;

/** A node that stops may still ask for something: its transport is closed then. */
class ClosedTransportTest {

    @Test
    void whatIsAskedAfterTheEndIsNotCarriedOutAndIsNoFault() throws Exception {
        LoneTransport node = new LoneTransport(Limits.DEFAULT);
        node.close();
        node.transport.loops().terminationFuture().sync();
        Multiaddr address = Multiaddr.parse("/ip4/127.0.0.1/tcp/1");
        node.transport.connect(node.nextId(), new ConnectionEffect.ConnectInit(1, node.self(), address));
        node.transport.listen(node.nextId(), new ConnectionEffect.ListenInit(2, address));
        assertThat(node.seen()).isEmpty();
    }
}
