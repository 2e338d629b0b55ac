package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {

    private static boolean isConnected(Node node, PeerId peer) {
        return node.await(state -> state.root().connection().isConnected(peer), NodeProcess.PATIENCE);
    }

    /** Its first dial fails, and its connection is lost: either ends a wish of one attempt. */
    @Test
    void whomItConnectsToIsDialledAgainForEver(@TempDir Path folder) throws Exception {
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, new SecureRandom());
        NodeOptions options = NodeOptions.DEFAULT.with("ping.interval", "0");
        Path data = folder.resolve("node");
        PeerId self = Identity.create(data).peerId();
        Multiaddr address;
        try (Node peer = Node.start(key, options)) {
            address = peer.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).getFirst();
        }
        Multiaddr where = address.withoutPeer().orElseThrow();
        List<String> args = NodeProcess.run(
                data,
                "--set",
                "connection.maxAttempts=1",
                "--set",
                "connection.retryBase=100ms",
                "--connect",
                address.toString());
        try (NodeProcess run = NodeProcess.start(folder, "run", List.of(), args)) {
            run.address();
            for (int time = 0; time < 2; time++) {
                try (Node peer = Node.start(key, options)) {
                    peer.listen(where);
                    assertThat(isConnected(peer, self)).as("time %d", time).isTrue();
                }
            }
        }
    }
}
