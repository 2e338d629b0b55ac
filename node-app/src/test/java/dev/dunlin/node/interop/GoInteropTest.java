package dev.dunlin.node.interop;

import static dev.dunlin.connection.protocols.DunlinProtocols.ECHO;
import static dev.dunlin.connection.protocols.DunlinProtocols.STALL;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.peer.Description;
import dev.dunlin.connection.protocols.Payload;
import dev.dunlin.connection.protocols.Transfer;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.keys.KeyType;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Against go-libp2p. */
class GoInteropTest extends ManyConnectionsInteropTest {

    GoInteropTest() {
        super(Implementation.GO);
    }

    @BeforeAll
    static void goIsThere() {
        assumeThere(Implementation.GO);
    }

    /** js-libp2p makes no identities of ECDSA, so these are not among the cases of all. */
    @ParameterizedTest(name = "go: ECDSA, its early muxer: {0}; Dunlin: {1}; dialer: {2}")
    @CsvSource({
        "true,  ED25519, DUNLIN",
        "false, ED25519, OTHER",
        "true,  ECDSA,   OTHER",
    })
    @Cell("connect, identify and ping: an identity of ECDSA")
    void connectsWithAnIdentityOfEcdsa(boolean goEarly, KeyType dunlinKey, Dialer dialer) {
        connectsIdentifiesAndPings(Counterpart.Key.ECDSA, goEarly, dunlinKey, true, dialer);
    }

    /** Over 2 KiB go-libp2p sends the signed record in a message of its own, in identify and in pushes. */
    @Test
    @Cell("identify in two messages")
    void takesInAnIdentifyOfTwoMessages() {
        List<String> names = IntStream.range(0, 60)
                .mapToObj("/dunlin/one-of-many-protocols/%03d/1.0.0"::formatted)
                .toList();
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart go = start(Counterpart.Key.ED25519, true)) {
            names.forEach(name -> go.ask("handle", Map.of("protocol", name)));
            connect(Dialer.OTHER, dunlin, go);
            dunlin.await(
                    "all names are known",
                    state -> names.stream().allMatch(name -> speaks(state.root().peer(), go.id(), name)));
            assertThat(dunlin.identified(go.id()).record()).isPresent();

            go.ask("handle", Map.of("protocol", "/dunlin/one-more/1.0.0"));
            dunlin.await(
                    "the name that was pushed is known",
                    state -> speaks(state.root().peer(), go.id(), "/dunlin/one-more/1.0.0"));
            Description told = dunlin.identified(go.id());
            assertThat(told.protocols()).containsAll(names);
            assertThat(told.record()).isPresent();
            assertThat(told.skipped()).isZero();
        }
    }

    /**
     * go-libp2p sends nothing of a stream's protocol before the first bytes, and opens at most 256 streams that were not acknowledged:
     * the ACK must not wait for the negotiation.
     */
    @ParameterizedTest
    @EnumSource
    @Cell("many streams before the first byte of any")
    void opensManyStreamsBeforeTheFirstByteOfAny(Dialer dialer) {
        int streams = 600;
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart go = start(Counterpart.Key.ED25519, true)) {
            connect(dialer, dunlin, go);
            go.identify(dunlin.id());
            JsonNode echoed = go.ask(
                    "echo", Map.of("peer", dunlin.id().toString(), "streams", streams, "bytes", 1000, "lazy", true));
            assertThat(echoed.path("ok").asInt()).as(echoed.toString()).isEqualTo(streams);
        }
    }

    @Test
    @Cell("GoAway from the other")
    void afterGoAwayWhatRunsGoesOnAndWhatIsNewGoesElsewhere() {
        try (DunlinPeer dunlin = DunlinPeer.start(KeyType.ED25519, true);
                Counterpart go = start(Counterpart.Key.ED25519, true)) {
            connect(Dialer.DUNLIN, dunlin, go);
            CompletableFuture<Transfer.Done> stalled =
                    Transfer.sending(Payload.pattern(MORE_THAN_WINDOWS)).on(dunlin.open(go.id(), STALL));
            dunlin.transfer(go.id(), ECHO, Transfer.sending(Payload.pattern(MIB)));

            go.ask("goAway", Map.of("peer", dunlin.id().toString()));
            go.ask("release", Map.of());
            Transfer.Done done = DunlinPeer.await(stalled);
            assertThat(done.reason()).isEqualTo(EndReason.CLOSED);
            assertThat(done.head()).isEqualTo(Payload.sha256(MORE_THAN_WINDOWS));

            dunlin.connect(go.address());
            Transfer.Done anew = dunlin.transfer(go.id(), ECHO, Transfer.sending(Payload.pattern(MIB)));
            assertThat(anew.reason()).isEqualTo(EndReason.CLOSED);
            assertThat(anew.receivedSha256()).isEqualTo(anew.sentSha256());
        }
    }
}
