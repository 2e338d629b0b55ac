package dev.dunlin.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bootstrap.dialer.DialerMachine;
import dev.dunlin.connection.bootstrap.session.SessionMachine;
import dev.dunlin.connection.channel.ChannelMachine;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.ping.PingMachine;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.core.store.Diagram;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.testkit.PackagePage;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The diagram on each machine's page is the one that its transitions give. */
class DiagramTest {

    static Stream<Machine<?, ?, ?>> machines() {
        return Stream.of(
                ConnectionMachine.CONNECTION,
                PeerMachine.PEER,
                StreamMachine.STREAM,
                ExchangeMachine.of(List.of()),
                ChannelMachine.of(List.of()),
                IdentifyMachine.IDENTIFY,
                PingMachine.PING,
                SessionMachine.SESSION,
                DialerMachine.DIALER);
    }

    @ParameterizedTest
    @MethodSource("machines")
    void everyMachineIsDrawnOnItsPage(Machine<?, ?, ?> machine) {
        assertThat(PackagePage.of(machine)).contains(Diagram.of(machine));
    }
}
