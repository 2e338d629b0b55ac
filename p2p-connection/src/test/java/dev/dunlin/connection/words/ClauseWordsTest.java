package dev.dunlin.connection.words;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.ConnectionMachine;
import dev.dunlin.connection.bootstrap.dialer.DialerMachine;
import dev.dunlin.connection.bootstrap.ledger.LedgerMachine;
import dev.dunlin.connection.bootstrap.session.SessionMachine;
import dev.dunlin.connection.channel.ChannelMachine;
import dev.dunlin.connection.exchange.ExchangeMachine;
import dev.dunlin.connection.identify.IdentifyMachine;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.ping.PingMachine;
import dev.dunlin.connection.stream.StreamMachine;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Operand;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ClauseWordsTest {

    /** Whatever a node of this build has disabled is told without the name of a guard. */
    @TestFactory
    Stream<DynamicTest> everyClauseOfTheNodeHasWords() {
        return Stream.<Machine<?, ?, ?>>of(
                        ConnectionMachine.CONNECTION,
                        PeerMachine.PEER,
                        StreamMachine.STREAM,
                        ExchangeMachine.of(List.of()),
                        ChannelMachine.of(List.of()),
                        IdentifyMachine.IDENTIFY,
                        PingMachine.PING,
                        SessionMachine.SESSION,
                        DialerMachine.DIALER,
                        LedgerMachine.LEDGER)
                .flatMap(machine -> machine.guards().types().stream()
                        .flatMap(type -> machine.guards().clausesOf(type).stream()
                                .map(clause -> DynamicTest.dynamicTest(
                                        machine.name() + " " + type.getSimpleName() + " " + clause,
                                        () -> assertThat(ClauseWords.why(machine.name() + "/x", clause, List.of()))
                                                .doesNotContain(clause)
                                                .doesNotContain("' is not met")))));
    }

    @Test
    void aLimitIsNamedWithItsKey() {
        assertThat(ClauseWords.why("ping/ping", "jobs-below-limit", List.of(Operand.of("maxJobs", 16))))
                .isEqualTo("as many rounds of pings are under way as there may be (ping.maxJobs is 16)");
    }

    @Test
    void aSettingThatWasRefusedIsNamed() {
        assertThat(ClauseWords.why("node/configure", "changes-live", List.of(Operand.of("key", "node.listen"))))
                .isEqualTo("a setting does not change while the node runs: node.listen");
        for (String clause : List.of("is-a-value", "fits-others", "fits-what-is", "has-booted", "run-is-the-next")) {
            assertThat(ClauseWords.why("node/x", clause, List.of())).doesNotContain("it does not hold");
        }
    }

    @Test
    void anyOtherSaysWhatItLookedAt() {
        assertThat(ClauseWords.why("lamps/light", "lamp-is-dark", List.of()))
                .isEqualTo("its condition 'lamp is dark' is not met");
        assertThat(ClauseWords.why("lamps/light", "lamp-is-dark", List.of(Operand.of("lamp", "hall"))))
                .isEqualTo("its condition 'lamp is dark' is not met: lamp is hall");
    }
}
