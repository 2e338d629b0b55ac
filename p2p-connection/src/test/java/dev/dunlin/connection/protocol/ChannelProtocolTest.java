package dev.dunlin.connection.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.connection.Direction;
import dev.dunlin.core.state.Bytes;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelProtocolTest {

    private record Ping(Bytes bytes) implements Message {}

    private record Any(Framing framing) implements MessageCodec<Ping> {
        @Override
        public Class<Ping> type() {
            return Ping.class;
        }

        @Override
        public Bytes encode(Ping message) {
            return message.bytes();
        }

        @Override
        public Ping decode(Bytes body) {
            return new Ping(body);
        }
    }

    private static final Any FIXED = new Any(new Framing.Fixed(8));
    private static final Any PREFIXED = new Any(new Framing.LengthPrefixed(8));
    private static final Any TO_THE_END = new Any(new Framing.ToTheEnd(8));

    private static ChannelProtocol<Ping, Ping> protocol(String name, List<String> ids, Any opener, Any acceptor) {
        return new ChannelProtocol<>(name, ids, opener, acceptor, ChannelLimits.DEFAULT);
    }

    @Test
    void whoOpensSendsWhatWhoAcceptsIsSent() {
        ChannelProtocol<Ping, Ping> protocol = protocol("any", List.of("/any/1"), FIXED, PREFIXED);
        assertThat(protocol.sent(Direction.OUTBOUND)).isEqualTo(FIXED);
        assertThat(protocol.received(Direction.OUTBOUND)).isEqualTo(PREFIXED);
        assertThat(protocol.sent(Direction.INBOUND)).isEqualTo(PREFIXED);
        assertThat(protocol.received(Direction.INBOUND)).isEqualTo(FIXED);
        assertThat(protocol.codecs()).isEqualTo(List.of(FIXED, PREFIXED));
    }

    @Test
    void aMessageMustEndBeforeItsSideDoes() {
        assertThatThrownBy(() -> protocol("any", List.of("/any/1"), TO_THE_END, FIXED))
                .hasMessageContaining("no mark between its messages");
        assertThatThrownBy(() -> protocol("any", List.of("/any/1"), FIXED, TO_THE_END))
                .hasMessageContaining("no mark between its messages");
    }

    @Test
    void namesHaveTheBoundsOfAllProtocols() {
        assertThatThrownBy(() -> protocol("Any", List.of("/any/1"), FIXED, FIXED))
                .hasMessageContaining("camel case");
        assertThatThrownBy(() -> protocol("any", List.of(), FIXED, FIXED)).hasMessageContaining("1 to 16 names");
        assertThatThrownBy(() -> protocol("any", Collections.nCopies(17, "/any/1"), FIXED, FIXED))
                .hasMessageContaining("not 17");
        assertThatThrownBy(() -> protocol("any", List.of("x".repeat(129)), FIXED, FIXED))
                .hasMessageContaining("1 to 128 characters");
    }

    @Test
    void aCatalogueHasEachNameOnce() {
        ChannelProtocol<Ping, Ping> any = protocol("any", List.of("/any/2", "/any/1"), FIXED, FIXED);
        Catalogue<ChannelProtocol<?, ?>> catalogue = new Catalogue<>(List.of(any));
        assertThat(catalogue.named("any")).contains(any);
        assertThat(catalogue.onWire("/any/1")).contains(any);
        assertThat(catalogue.messages()).containsExactly(Ping.class);
        ChannelProtocol<Ping, Ping> sameName = protocol("any", List.of("/some"), FIXED, FIXED);
        assertThatThrownBy(() -> new Catalogue<ChannelProtocol<?, ?>>(List.of(any, sameName)))
                .hasMessageContaining("two protocols are named any");
        ChannelProtocol<Ping, Ping> sameId = protocol("some", List.of("/any/1"), FIXED, FIXED);
        assertThatThrownBy(() -> new Catalogue<ChannelProtocol<?, ?>>(List.of(any, sameId)))
                .hasMessageContaining("called /any/1 on the wire");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6})
    void eachLimitHasItsLeast(int field) {
        IntFunction<Long> value = at -> at == field ? 0 : ChannelLimits.LEAST_BYTES;
        assertThatThrownBy(() -> limits(value)).hasMessageContaining("is at least");
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 6})
    void thoseOfAnOutboxAndOfIdleTimeHaveTheirMost(int field) {
        IntFunction<Long> value =
                at -> at != field ? ChannelLimits.LEAST_BYTES : at == 4 ? Integer.MAX_VALUE : Long.MAX_VALUE;
        assertThatThrownBy(() -> limits(value)).hasMessageContaining("and at most");
    }

    private static ChannelLimits limits(IntFunction<Long> value) {
        return new ChannelLimits(
                value.apply(0).intValue(),
                value.apply(1).intValue(),
                value.apply(2).intValue(),
                value.apply(3).intValue(),
                value.apply(4).intValue(),
                value.apply(5),
                value.apply(6));
    }
}
