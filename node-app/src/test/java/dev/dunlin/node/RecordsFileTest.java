package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.multiformats.Cid;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.Multicodec;
import dev.dunlin.core.multiformats.Multihash;
import dev.dunlin.core.replay.Replayer;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Store;
import dev.dunlin.dht.api.Dht;
import dev.dunlin.dht.api.DhtConfig;
import dev.dunlin.dht.api.Results;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.dht.namespace.PublicKeyValidator;
import dev.dunlin.dht.namespace.Validators;
import dev.dunlin.dht.record.RecordsMachine;
import dev.dunlin.dht.record.RecordsState;
import dev.dunlin.dht.routing.Mode;
import dev.dunlin.dht.table.Contact;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes on real sockets that keep the records of others in files. */
@Timeout(120)
final class RecordsFileTest {

    private static final Cid CONTENT = Cid.v1(Multicodec.RAW, Multihash.sha256(new byte[] {1, 2, 3}));

    private static final class Peer implements AutoCloseable {
        private final Node node;
        private final Dht dht;
        private final Multiaddr address;

        Peer(PrivateKey key, Path log, List<Multiaddr> entries) {
            DhtConfig config = DhtConfig.builder()
                    .mode(Mode.SERVER)
                    .prefix("/fleet")
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
                            .withAll(config.settings())
                            .with("records.store", "sqlite"));
            dht = Dht.of(node.host(), Validators.STANDARD, config);
            dht.start();
            address = node.listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0")).getFirst();
        }

        RecordsState records() {
            return node.host().state(RecordsMachine.of(Validators.STANDARD));
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
    void recordsStandInTheFileAcrossARestartAndTheLogReplaysWithoutIt(@TempDir Path home) throws IOException {
        PrivateKey keeper = key();
        PrivateKey owner = key();
        Path log = home.resolve("keeper").resolve("log");
        Bytes name = PublicKeyValidator.keyOf(owner.publicKey().peerId());
        Bytes value = Bytes.of(owner.publicKey().toProtobuf());
        try (Peer first = new Peer(keeper, log, List.of());
                Peer second = new Peer(owner, home.resolve("2"), List.of(first.address))) {
            assertThat(second.dht.bootstrap()).isPositive();
            assertThat(second.dht.provide(CONTENT)).isEqualTo(1);
            assertThat(second.dht.putValue(name, value)).isEqualTo(1);
            assertThat(first.records().stock().providers()).isEqualTo(1);
            assertThat(first.records().providers().records()).isZero();
        }
        Path file = home.resolve("keeper").resolve("records.db");
        assertThat(file).exists();
        try (Peer first = new Peer(keeper, log, List.of());
                Peer third = new Peer(key(), home.resolve("3"), List.of(first.address))) {
            assertThat(third.dht.bootstrap()).isPositive();
            assertThat(third.dht.getValueAsync(name, 1).join()).contains(value);
            try (Results<Contact> providers = third.dht.findProviders(CONTENT, 3)) {
                assertThat(providers.iterator().next().peer())
                        .isEqualTo(owner.publicKey().peerId());
            }
        }
        Files.delete(file);
        Store<NodeRoot> store = NodeRoot.newStore(Extensions.of(new KadExtension()));
        LogReader<NodeRoot> reader = LogReader.open(DirectoryStorage.readOnly(log), store);
        Replayer<NodeRoot> replayer = new Replayer<>(reader, store.another(), false);
        assertThat(replayer.verify(step -> {}).divergence()).isEmpty();
        replayer.close();
        assertThat(file).doesNotExist();
    }

    @Test
    void aNodeWithoutADirectoryHasNoPlaceForTheFile() {
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> Node.start(
                        key(),
                        NodeOptions.DEFAULT
                                .withExtensions(Extensions.of(new KadExtension()))
                                .with("records.store", "sqlite")))
                .withMessageContaining("has no directory for such a file");
    }

    @Test
    void aStartThatFailsMayBeTriedAgain(@TempDir Path home) throws IOException {
        PrivateKey key = key();
        Path log = home.resolve("keeper").resolve("log");
        Path file = home.resolve("keeper").resolve("records.db");
        Files.createDirectories(file);
        assertThatExceptionOfType(CommandFailure.class)
                .isThrownBy(() -> new Peer(key, log, List.of()))
                .withMessageContaining(file.toString());
        Files.delete(file);
        new Peer(key, log, List.of()).close();
    }

    @Test
    void theFileIsInTheDataDirectoryOrBesideTheLog(@TempDir Path home) {
        assertThat(DataDirectory.records(home.resolve("node").resolve("log")))
                .isEqualTo(home.resolve("node").resolve("records.db"));
        assertThat(DataDirectory.records(home.resolve("mine"))).isEqualTo(home.resolve("mine-records.db"));
    }
}
