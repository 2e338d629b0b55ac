package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multicodec;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.dht.api.Dht;
import dev.dunlin.dht.api.DhtConfig;
import dev.dunlin.dht.api.DhtException;
import dev.dunlin.dht.api.Results;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.dht.namespace.PublicKeyValidator;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.routing.Mode;
import dev.dunlin.dht.table.Contact;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes on real sockets with a DHT, by its API. */
@Timeout(120)
final class DhtNodeTest {

    private static final Cid CONTENT = Cid.v1(Multicodec.RAW, Multihash.sha256(new byte[] {1, 2, 3}));

    /** A node with its DHT, alone in its world or joined to others. */
    private static final class Peer implements AutoCloseable {
        private final Node node;
        private final Dht dht;
        private final Multiaddr address;

        Peer(PrivateKey key, Path log, String prefix, Mode mode, List<Multiaddr> entries) {
            DhtConfig config = DhtConfig.builder()
                    .mode(mode)
                    .prefix(prefix)
                    .filterLocalhost(false)
                    .bootstrapPeers(entries)
                    .networkTimeout(Duration.ofSeconds(5))
                    .build();
            node = Node.start(
                    key,
                    NodeOptions.DEFAULT
                            .withExtensions(Extensions.of(new KadExtension()))
                            .withLog(log)
                            .withAudit(true)
                            .withAll(config.settings()));
            dht = Dht.of(node.host(), Validators.STANDARD, config);
            dht.start();
            address = node.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).getFirst();
        }

        @Override
        public void close() {
            dht.close();
            node.close();
            assertThat(node.broken()).isZero();
        }
    }

    private static PrivateKey key() {
        return PrivateKey.generate(KeyType.ED25519, new SecureRandom());
    }

    @Test
    void nodesFindWhatOthersStoreAndProvide(@TempDir Path home) {
        PrivateKey owner = key();
        try (Peer first = new Peer(key(), home.resolve("1"), "/fleet", Mode.SERVER, List.of());
                Peer second = new Peer(owner, home.resolve("2"), "/fleet", Mode.SERVER, List.of(first.address));
                Peer client = new Peer(key(), home.resolve("3"), "/fleet", Mode.CLIENT, List.of(first.address))) {
            assertThat(second.dht.bootstrap()).isPositive();
            assertThat(client.dht.bootstrap()).isPositive();
            assertThat(second.dht.getClosestPeers(client.node.self()))
                    .as("who only asks is in no table")
                    .extracting(Contact::peer)
                    .containsExactly(first.node.self());

            assertThat(second.dht.provide(CONTENT)).isEqualTo(1);
            Bytes name = PublicKeyValidator.keyOf(second.node.self());
            Bytes value = Bytes.of(owner.publicKey().toProtobuf());
            assertThat(second.dht.putValue(name, value)).isEqualTo(1);
            // That it was told of a provider nothing says, but it has answered what came behind that on the same
            // connection.
            try (Results<Contact> providers = client.dht.findProviders(CONTENT, 3)) {
                assertThat(providers.iterator().next().peer()).isEqualTo(second.node.self());
            }
            assertThat(client.dht.getValueAsync(name, 1).join()).contains(value);
            assertThat(client.dht.findPeer(second.node.self()))
                    .map(Contact::peer)
                    .contains(second.node.self());
        }
    }

    /** Who only asks is in no table, and is found by those that it has told where it is. */
    @Test
    void whoOnlyAsksIsFoundToo(@TempDir Path home) {
        try (Peer server = new Peer(key(), home.resolve("1"), "/fleet", Mode.SERVER, List.of());
                Peer one = new Peer(key(), home.resolve("2"), "/fleet", Mode.CLIENT, List.of(server.address));
                Peer other = new Peer(key(), home.resolve("3"), "/fleet", Mode.CLIENT, List.of(server.address))) {
            assertThat(one.dht.bootstrap()).isPositive();
            assertThat(other.dht.bootstrap()).isPositive();
            Contact found = other.dht.findPeer(one.node.self()).orElseThrow();
            assertThat(found.peer()).isEqualTo(one.node.self());
            assertThat(found.addresses()).contains(one.address.withoutPeer().orElseThrow());
            assertThat(one.dht.getClosestPeers(other.node.self()))
                    .extracting(Contact::peer)
                    .contains(server.node.self());
        }
    }

    /** Who was restarted joins by those that it knew, though it is told of nobody. */
    @Test
    void aRestartedNodeRemembersWhomItKnew(@TempDir Path home) {
        PrivateKey key = key();
        try (Peer first = new Peer(key(), home.resolve("1"), "/fleet", Mode.SERVER, List.of())) {
            try (Peer second = new Peer(key, home.resolve("2"), "/fleet", Mode.SERVER, List.of(first.address))) {
                assertThat(second.dht.bootstrap()).isPositive();
            }
            try (Peer again = new Peer(key, home.resolve("2"), "/fleet", Mode.SERVER, List.of())) {
                assertThat(again.dht.getClosestPeers(first.node.self()))
                        .extracting(Contact::peer)
                        .containsExactly(first.node.self());
            }
        }
    }

    /** Networks of other prefixes are others, though their nodes are connected. */
    @Test
    void networksOfOtherPrefixesAreOthers(@TempDir Path home) {
        try (Peer first = new Peer(key(), home.resolve("1"), "/fleet", Mode.SERVER, List.of());
                Peer other = new Peer(key(), home.resolve("2"), "/other", Mode.SERVER, List.of(first.address))) {
            assertThatExceptionOfType(DhtException.MaxRetries.class)
                    .isThrownBy(other.dht::bootstrap)
                    .withCauseInstanceOf(DhtException.Bootstrap.class);
            assertThat(other.node.runtime().state().root().connection().isConnected(first.node.self()))
                    .isTrue();
        }
    }
}
