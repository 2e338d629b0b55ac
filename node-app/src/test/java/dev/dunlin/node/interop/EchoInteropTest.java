package dev.dunlin.node.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.netty.NettyNode;
import dev.dunlin.connection.tutorial.Echo;
import dev.dunlin.core.keys.KeyType;
import dev.dunlin.core.keys.PrivateKey;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Store;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** The tutorial's protocol against other implementations, in both directions. */
@ExtendWith(Matrix.class)
final class EchoInteropTest {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static Bytes bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31);
        }
        return Bytes.of(bytes);
    }

    @ParameterizedTest
    @EnumSource(Implementation.class)
    @Cell("an exchange, each asking the other")
    void eachAsksTheOther(Implementation implementation) {
        assumeTrue(
                implementation.missing().isEmpty(),
                () -> implementation.missing().orElse(""));
        Recording<Echo> recording = new Recording<>(Echo::store);
        Store<Echo> store = Echo.store();
        try (NettyNode<Echo> dunlin = NettyNode.of(store, PrivateKey.generate(KeyType.ED25519, new SecureRandom()))
                        .exchanges(List.of(Echo.PROTOCOL))
                        .with(builder -> recording.record(builder, store))
                        .start();
                Counterpart other = Counterpart.start(implementation, Counterpart.Key.ED25519, true)) {
            for (int size : List.of(0, 1, 1000, 65_536)) {
                Echo.Text said = new Echo.Text(bytes(size));
                ExchangeOutcome.Answered answered = (ExchangeOutcome.Answered) dunlin.runtime()
                        .ask(
                                "echo" + size,
                                ticket -> new ExchangeAction.Ask(
                                        ticket,
                                        other.id(),
                                        List.of(other.address().withoutPeer().orElseThrow()),
                                        true,
                                        Echo.PROTOCOL.name(),
                                        said,
                                        TimeUnit.NANOSECONDS.toMicros(SOON.toNanos())),
                                SOON)
                        .join();
                assertThat(answered.message()).isEqualTo(said);
            }
            ConnectionOutcome.ListenDone listening = (ConnectionOutcome.ListenDone) dunlin.runtime()
                    .ask(
                            "listen",
                            ticket -> new ConnectionAction.Listen(Multiaddr.parse("/ip4/127.0.0.1/tcp/0"), ticket),
                            SOON)
                    .join();
            other.dial(listening.bound().getFirst().withPeer(dunlin.self()));
            JsonNode echoed =
                    other.ask("echo", Map.of("peer", dunlin.self().toString(), "streams", 4, "bytes", 10_000));
            assertThat(echoed.path("ok").asInt()).as(echoed.toString()).isEqualTo(4);
            assertThat(dunlin.runtime().state().root().count().answered()).isEqualTo(4);
        }
        recording.verify();
    }
}
