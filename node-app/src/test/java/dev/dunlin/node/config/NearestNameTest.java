package dev.dunlin.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;

class NearestNameTest {

    private static final List<String> KNOWN = List.of("replay", "run", "ping", "log", "--listen", "--log-level", "why");

    @Test
    void aSlipIsUnderstood() {
        assertThat(NearestName.of("replya", KNOWN)).contains("replay");
        assertThat(NearestName.of("rnu", KNOWN)).contains("run");
        assertThat(NearestName.of("pnig", KNOWN)).contains("ping");
        assertThat(NearestName.of("--listne", KNOWN)).contains("--listen");
        assertThat(NearestName.of("--log-lvel", KNOWN)).contains("--log-level");
    }

    @Test
    void whatIsFarFromAllIsLikeNone() {
        assertThat(NearestName.of("--loud", KNOWN)).isEmpty();
        assertThat(NearestName.of("frobnicate", KNOWN)).isEmpty();
        assertThat(NearestName.of("", KNOWN)).isEmpty();
        assertThat(NearestName.of("x".repeat(100_000), KNOWN)).isEmpty();
        assertThat(NearestName.of("run", List.of())).isEmpty();
    }

    @Property
    void slipsAreADistance(
            @ForAll @AlphaChars @StringLength(max = 8) String one,
            @ForAll @AlphaChars @StringLength(max = 8) String two) {
        int slips = NearestName.slips(one, two);
        assertThat(slips)
                .isEqualTo(NearestName.slips(two, one))
                .isBetween(Math.abs(one.length() - two.length()), Math.max(one.length(), two.length()));
        assertThat(slips == 0).isEqualTo(one.equals(two));
    }
}
