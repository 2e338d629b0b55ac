package dev.dunlin.connection.bootstrap.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multiaddr;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** What is remembered by time is bounded, in order, and forgets the earliest first. */
class TimesProperties {

    @Property
    void isBoundedAndForgetsTheEarliest(
            @ForAll @Size(max = 60) List<@IntRange(max = 299) Integer> draws,
            @ForAll @IntRange(min = 1, max = 6) int most) {
        Times<String> times = Times.none();
        for (int draw : draws) {
            String name = "n" + draw % 10;
            long time = draw / 10;
            Times<String> before = times;
            times = times.with(name, time, most);
            assertThat(times.violation()).isEmpty();
            assertThat(times.at().size()).isLessThanOrEqualTo(most);
            assertThat(times.of(name, -1)).isBetween(time, time + most);
            if (before.at().size() == most && !before.at().has(name)) {
                Map.Entry<Long, String> earliest = before.order().first().orElseThrow();
                assertThat(times.at().has(earliest.getValue())).isFalse();
            }
        }
    }

    @Property
    void whatHasPassedIsForgotten(@ForAll @Size(max = 30) List<@IntRange(max = 20) Integer> draws) {
        Times<String> times = Times.none();
        for (int i = 0; i < draws.size(); i++) {
            times = times.with("n" + i, draws.get(i), 100);
        }
        Map<String, Long> later = new TreeMap<>();
        times.at().each((name, time) -> {
            if (time > 10) {
                later.put(name, time);
            }
        });
        for (int i = 0; i < draws.size(); i++) {
            times = times.passed(10);
        }
        Map<String, Long> left = new TreeMap<>();
        times.at().each(left::put);
        assertThat(left).isEqualTo(later);
    }

    @Example
    void aSubnetIsWhatACustomerHas() {
        assertThat(Subnet.of(Multiaddr.parse("/ip4/203.0.113.77/tcp/1"))).isEqualTo("203.0.113.0/24");
        assertThat(Subnet.of(Multiaddr.parse("/ip6/2001:db8:1:2ff:3::4/tcp/1"))).isEqualTo("2001:db8:1:200::/56");
        assertThat(Subnet.of(Multiaddr.parse("/dns4/example.org/tcp/1"))).isEmpty();
        // Behind a translator, and mapped, an IPv4 address is itself.
        assertThat(Subnet.of(Multiaddr.parse("/ip6/64:ff9b::cb00:714d/tcp/1"))).isEqualTo("203.0.113.0/24");
        assertThat(Subnet.of(Multiaddr.parse("/ip6/::ffff:cb00:714d/tcp/1"))).isEqualTo("203.0.113.0/24");
        // The address of a relay is no peer's.
        assertThat(Subnet.of(Multiaddr.parse("/ip4/203.0.113.77/tcp/1/p2p-circuit")))
                .isEmpty();
    }

    @Example
    void aTrialThatFailsOpensTheBreakerAgainAndOneThatIsWithdrawnSaysNothing() {
        Breaker breaker = Breaker.CLOSED;
        for (int i = 0; i < Breaker.LEAST; i++) {
            assertThat(breaker.lets(0)).isTrue();
            breaker = breaker.asking().answered(i % 2 == 0, 10, 0);
        }
        assertThat(breaker.lets(9)).isFalse();
        for (int i = 0; i < Breaker.TRIALS; i++) {
            assertThat(breaker.lets(10)).isTrue();
            breaker = breaker.asking();
        }
        assertThat(breaker.lets(10)).isFalse();
        breaker = breaker.withdrawn();
        assertThat(breaker.lets(10)).isTrue();
        breaker = breaker.answered(false, 10, 10).answered(true, 10, 11);
        assertThat(breaker.lets(20)).isFalse();
        assertThat(breaker.lets(21)).isTrue();
    }
}
