package dev.dunlin.node.interop;

import static dev.dunlin.connection.protocols.DunlinProtocols.ECHO;
import static dev.dunlin.connection.protocols.DunlinProtocols.STALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.protocols.Payload;
import dev.dunlin.connection.protocols.Transfer;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.PeerId;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against an implementation that has several connections to a peer if it is told to. */
abstract class ManyConnectionsInteropTest extends InteropTest {

    static final int MIB = 1 << 20;

    ManyConnectionsInteropTest(Implementation implementation) {
        super(implementation);
    }

    /** A key whose id is greater than another, or less. */
    private static PrivateKey key(PeerId than, boolean greater) {
        SecureRandom random = new SecureRandom();
        PrivateKey key = PrivateKey.generate(KeyType.ED25519, random);
        while (key.publicKey().peerId().compareTo(than) > 0 != greater) {
            key = PrivateKey.generate(KeyType.ED25519, random);
        }
        return key;
    }

    @ParameterizedTest(name = "the id of the other is the smaller: {0}")
    @ValueSource(booleans = {true, false})
    @Cell("a second connection during a transfer")
    void aSecondConnectionCutsNoTransfer(boolean otherIsSmaller) {
        try (Counterpart other = start(Counterpart.Key.ED25519, true);
                DunlinPeer dunlin = DunlinPeer.start(key(other.id(), otherIsSmaller))) {
            connect(Dialer.DUNLIN, dunlin, other);
            CompletableFuture<Transfer.Done> stalled =
                    Transfer.sending(Payload.pattern(MORE_THAN_WINDOWS)).on(dunlin.open(other.id(), STALL));
            dunlin.transfer(other.id(), ECHO, Transfer.sending(Payload.pattern(MIB)));

            other.ask("dial", Map.of("addr", dunlin.address().toString(), "force", true));
            assertThat(other.ping(dunlin.id(), 3)).isEqualTo(3);
            other.ask("release", Map.of());
            Transfer.Done done = DunlinPeer.await(stalled);
            assertThat(done.reason()).isEqualTo(EndReason.CLOSED);
            assertThat(done.head()).isEqualTo(Payload.sha256(MORE_THAN_WINDOWS));
        }
    }
}
