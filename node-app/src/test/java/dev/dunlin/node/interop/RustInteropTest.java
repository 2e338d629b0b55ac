package dev.dunlin.node.interop;

import static dev.dunlin.connection.protocols.DunlinProtocols.ECHO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.peer.Description;
import dev.dunlin.core.keys.KeyType;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Against rust-libp2p. */
class RustInteropTest extends ManyConnectionsInteropTest {

    RustInteropTest() {
        super(Implementation.RUST);
    }

    @BeforeAll
    static void rustIsThere() {
        assumeThere(Implementation.RUST);
    }

    @Override
    boolean choosesTheMuxerEarly() {
        return false;
    }

    @Override
    boolean signsItsRecord() {
        return false;
    }

    /** By itself rust-libp2p takes no record of the common format; its library verifies one all the same. */
    @Override
    JsonNode known(Counterpart other, DunlinPeer dunlin) {
        assertThat(other.identify(dunlin.id()).path("hasSignedRecord").asBoolean())
                .isFalse();
        return other.ask("identify", Map.of("peer", dunlin.id().toString(), "fresh", true));
    }

    /** js-libp2p makes no identities of ECDSA, so these are not among the cases of all. */
    @ParameterizedTest(name = "rust: ECDSA; Dunlin: {0}; dialer: {1}")
    @CsvSource({
        "ED25519, DUNLIN",
        "ED25519, OTHER",
        "ECDSA,   OTHER",
    })
    @Cell("connect, identify and ping: an identity of ECDSA")
    void connectsWithAnIdentityOfEcdsa(KeyType dunlinKey, Dialer dialer) {
        connectsIdentifiesAndPings(Counterpart.Key.ECDSA, true, dunlinKey, true, dialer);
    }

    /** A record of rust-libp2p's own format is no fault of the rest of the message. */
    @ParameterizedTest
    @EnumSource
    @Cell("a signed record of another format")
    void takesNoHarmOfASignedRecordOfAnotherFormat(Dialer dialer) {
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart rust = start(Counterpart.Key.ED25519, true, "--signed-record")) {
            connect(dialer, dunlin, rust);
            Description told = dunlin.identified(rust.id());
            assertThat(told.record()).isEmpty();
            assertThat(told.protocols()).contains(ECHO);
            assertThat(dunlin.addresses(rust.id()))
                    .contains(rust.address().withoutPeer().orElseThrow());
        }
    }

    /** rust-libp2p opens at most 256 streams that were not acknowledged: the ACK must not wait for the negotiation. */
    @ParameterizedTest
    @EnumSource
    @Cell("many streams before the first byte of any")
    void opensManyStreamsBeforeTheFirstByteOfAny(Dialer dialer) {
        int streams = 2000;
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart rust = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, rust);
            JsonNode echoed =
                    rust.ask("echo", Map.of("peer", dunlin.id().toString(), "streams", streams, "bytes", 1000));
            assertThat(echoed.path("ok").asInt()).as(echoed.toString()).isEqualTo(streams);
        }
    }
}
