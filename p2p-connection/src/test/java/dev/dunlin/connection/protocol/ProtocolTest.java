package dev.dunlin.connection.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dunlin.core.state.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProtocolTest {

    private record Text(Bytes bytes) implements Message {}

    private static final MessageCodec<Text> CODEC =
            MessageCodec.of(Text.class, new Framing.LengthPrefixed(8), Text::bytes, Text::new);

    private static Protocol<Text, Text> protocol(String id, ProtocolLimits limits) {
        return new Protocol<>("any", List.of(id), CODEC, CODEC, limits);
    }

    private static ProtocolLimits limits(long answerWithin, long idle) {
        return new ProtocolLimits(1, 1, 1, 1, 1, 1, 1, answerWithin, idle, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "na", "ls", "/multistream/1.0.0", "a\nb", "\ud800"})
    void whatNoPeerCouldTakeForAProtocolIsRefused(String id) {
        assertThatThrownBy(() -> protocol(id, ProtocolLimits.DEFAULT)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void timesHaveAnEnd() {
        long hour = 3_600_000_000L;
        assertThat(limits(hour, 24 * hour).idle()).isEqualTo(24 * hour);
        assertThatThrownBy(() -> limits(hour + 1, 1)).hasMessageContaining("answerWithin");
        assertThatThrownBy(() -> limits(1, Long.MAX_VALUE)).hasMessageContaining("idle");
    }
}
