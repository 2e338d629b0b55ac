package dev.dunlin.connection.gate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.bench.Bench;
import dev.dunlin.connection.gate.StreamGate.Refusal;
import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import org.junit.jupiter.api.Test;

class StreamGateTest {

    private static final PeerId P = Bench.peer(1);
    private static final PeerId Q = Bench.peer(2);
    private static final String ECHO = "/echo/1";
    private static final long SECOND = 1_000_000;

    private static StreamGate gate(String... config) {
        Table<String, String> table = Table.empty();
        for (int i = 0; i < config.length; i += 2) {
            table = table.with(config[i], config[i + 1]);
        }
        return new StreamGate(StreamConfig.of(table));
    }

    @Test
    void aPeerOpensSoManyAtOnceAndSoManyASecond() {
        StreamGate gate = gate("stream.inboundBurst", "3", "stream.inboundRate", "2");
        StreamGate.Line line = gate.line(P, 0);
        for (int i = 0; i < 3; i++) {
            assertThat(line.opened(0)).isEmpty();
            line.ended();
        }
        assertThat(line.opened(0)).contains(Refusal.TOO_FAST);
        assertThat(line.opened(SECOND / 2)).isEmpty();
        assertThat(line.opened(SECOND / 2)).contains(Refusal.TOO_FAST);
        assertThat(gate.refused(Refusal.TOO_FAST)).isEqualTo(2);
        assertThat(gate.streams()).isOne();
    }

    @Test
    void anotherConnectionOfThePeerHasARateOfItsOwnButNoMoreStreams() {
        StreamGate gate = gate("stream.maxInboundPerPeer", "2", "stream.maxInboundPerConnection", "1");
        StreamGate.Line first = gate.line(P, 0);
        assertThat(first.opened(0)).isEmpty();
        assertThat(first.opened(0)).contains(Refusal.CONNECTION_FULL);
        assertThat(gate.line(P, 0).opened(0)).isEmpty();
        assertThat(gate.line(P, 0).opened(0)).contains(Refusal.PEER_FULL);
        assertThat(gate.line(Q, 0).opened(0)).isEmpty();
        first.ended();
        assertThat(first.opened(0)).isEmpty();
    }

    @Test
    void theNodeAndEachProtocolHaveSoMany() {
        StreamGate gate = gate("stream.maxInbound", "2", "stream.maxInboundPerProtocol", "1");
        StreamGate.Line line = gate.line(P, 0);
        assertThat(line.opened(0)).isEmpty();
        assertThat(line.proposed(ECHO)).isEmpty();
        assertThat(line.opened(0)).isEmpty();
        assertThat(line.proposed(ECHO)).contains(Refusal.PROTOCOL_FULL);
        assertThat(line.proposed("/other/1")).isEmpty();
        assertThat(line.opened(0)).contains(Refusal.NODE_FULL);
        line.left(ECHO);
        line.ended();
        assertThat(line.opened(0)).isEmpty();
        assertThat(line.proposed(ECHO)).isEmpty();
    }

    @Test
    void whatIsRefusedIsToldInSumsOnceTheMostFirst() {
        StreamGate gate = gate("stream.inboundBurst", "1", "stream.inboundRate", "1");
        StreamGate.Line mild = gate.line(P, 0);
        StreamGate.Line wild = gate.line(Q, 0);
        mild.opened(0);
        wild.opened(0);
        mild.opened(0);
        for (int i = 0; i < 1000; i++) {
            wild.opened(0);
        }
        assertThat(gate.takeSums(1)).containsExactly(new StreamGate.Sum(Q, Refusal.TOO_FAST, 1000));
        assertThat(gate.takeSums(1)).isEmpty();
        assertThat(gate.refused(Refusal.TOO_FAST)).isEqualTo(1001);
    }

    @Test
    void onlySoManySourcesAreCountedApart() {
        StreamGate gate = gate();
        for (int i = 0; i < StreamGate.MOST_SOURCES + 5; i++) {
            gate.line(Bench.peer(i), 0).refused(Refusal.NODE_BUSY);
        }
        assertThat(gate.others()).isEqualTo(5);
        assertThat(gate.takeSums(1000)).hasSize(StreamGate.MOST_SOURCES);
        assertThat(gate.others()).isZero();
        assertThat(gate.refused(Refusal.NODE_BUSY)).isEqualTo(StreamGate.MOST_SOURCES + 5);
    }
}
