package dev.dunlin.node;

import static dev.dunlin.connection.ConnectionMachine.CONNECTION;
import static dev.dunlin.connection.stream.StreamMachine.STREAM;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.ConnectionState;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.connection.stream.StreamState;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Store;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A failure that is known is told at once, and not as a time-out. */
class IdentifiedTest {

    // Who waits for all of it has not been told.
    private static final Duration FOR_EVER = Duration.ofDays(1);

    record Mute(ConnectionState connection, StreamState stream) implements StreamView {
        static Store<Mute> store() {
            return Store.of(new Mute(ConnectionState.INITIAL, StreamState.INITIAL))
                    .mount(CONNECTION, Mute::connection, (root, own) -> new Mute(own, root.stream))
                    .mount(STREAM, Mute::stream, (root, own) -> new Mute(root.connection, own))
                    .build();
        }
    }

    private static PrivateKey key() {
        return PrivateKey.generate(KeyType.ED25519, new SecureRandom());
    }

    private static Multiaddr listening(NettyNode<Mute> mute) {
        ConnectionOutcome.ListenDone done = (ConnectionOutcome.ListenDone) mute.runtime()
                .ask(
                        "listen",
                        ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                        NodeProcess.PATIENCE)
                .join();
        return done.bound().getFirst().withPeer(mute.self());
    }

    @Test
    void whoDoesNotSpeakIdentifyIsNotWaitedFor() {
        try (NettyNode<Mute> mute = NettyNode.of(Mute.store(), key()).start();
                Node node = Node.start(key(), NodeOptions.DEFAULT)) {
            PeerId peer = node.connect(listening(mute), NodeProcess.PATIENCE);
            assertThatThrownBy(() -> node.identified(peer, FOR_EVER))
                    .hasMessageStartingWith(peer + " is connected and does not say what it is: ");
        }
    }

    @Test
    void whoIsLostMeanwhileIsNotWaitedFor() {
        try (Node node = Node.start(key(), NodeOptions.DEFAULT)) {
            PeerId peer;
            try (NettyNode<Mute> mute = NettyNode.of(Mute.store(), key()).start()) {
                peer = node.connect(listening(mute), NodeProcess.PATIENCE);
            }
            assertThatThrownBy(() -> node.identified(peer, FOR_EVER))
                    .hasMessageMatching(peer + " is (connected and does not say what it is|not connected since).*");
        }
    }
}
