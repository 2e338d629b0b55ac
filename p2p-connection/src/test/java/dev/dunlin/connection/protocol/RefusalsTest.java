package dev.dunlin.connection.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.channel.ChannelAction;
import dev.dunlin.connection.channel.ChannelMachine;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.core.store.Machine;
import java.util.List;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    private static void allHaveWords(Machine<?, ?, ?> machine, List<Class<?>> wishes) {
        for (Class<?> wish : wishes) {
            assertThat(machine.guards().clausesOf(wish))
                    .isNotEmpty()
                    .allSatisfy(clause -> assertThat(Refusals.why(clause))
                            .as(wish + ": " + clause)
                            .doesNotContain(clause));
        }
    }

    @Test
    void everyClauseThatRefusesAWishOfAUserHasWords() {
        allHaveWords(
                ConnectionMachine.CONNECTION,
                List.of(
                        ConnectionAction.Connect.class,
                        ConnectionAction.Await.class,
                        ConnectionAction.Disconnect.class,
                        ConnectionAction.Keep.class,
                        ConnectionAction.Unkeep.class,
                        ConnectionAction.Listen.class,
                        ConnectionAction.StopListening.class));
        allHaveWords(StreamMachine.STREAM, List.of(StreamAction.OpenStream.class));
        allHaveWords(ExchangeMachine.of(List.of()), List.of(ExchangeAction.Ask.class, ExchangeAction.Serve.class));
        allHaveWords(
                ChannelMachine.of(List.of()),
                List.of(ChannelAction.Open.class, ChannelAction.Serve.class, ChannelAction.Send.class));
    }

    @Test
    void anyOtherIsNamed() {
        assertThat(Refusals.why("gate-is-open")).isEqualTo("its condition 'gate is open' is not met");
    }
}
