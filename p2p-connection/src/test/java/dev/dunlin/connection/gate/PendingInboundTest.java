package dev.dunlin.connection.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class PendingInboundTest {

    private final PendingInbound<Integer> pending = new PendingInbound<>(10, 4, new SplittableRandom(1)::nextInt);

    private static byte[] ip(String text) {
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aSubnetIsASlash24OrASlash56() {
        assertThat(PendingInbound.subnet(ip("10.1.2.3")))
                .isEqualTo(PendingInbound.subnet(ip("10.1.2.200")))
                .isEqualTo(PendingInbound.subnet(ip("::ffff:10.1.2.3")))
                .isNotEqualTo(PendingInbound.subnet(ip("10.1.3.3")));
        assertThat(PendingInbound.subnet(ip("2001:db8:1:aa00::1")))
                .isEqualTo(PendingInbound.subnet(ip("2001:db8:1:aaff::2")))
                .isNotEqualTo(PendingInbound.subnet(ip("2001:db8:1:ab00::1")));
    }

    @Test
    void whoComesFromAFullSubnetTakesThePlaceOfOneOfIt() {
        assertThat(pending.add(ip("10.9.9.9"), 10_000)).isEmpty();
        for (int i = 0; i < 4; i++) {
            assertThat(pending.add(ip("10.0.0." + i), i)).isEmpty();
        }
        for (int i = 4; i < 1000; i++) {
            Optional<Integer> loser = pending.add(ip("10.0.0." + i % 256), i);
            assertThat(loser).isPresent();
            assertThat(loser.get()).isNotEqualTo(10_000).isLessThan(i);
        }
        assertThat(pending.size()).isEqualTo(5);
        assertThat(pending.dropped()).isEqualTo(996);
    }

    @Test
    void whereAllAreTooManyTheSubnetThatHasMostLosesOne() {
        for (int i = 0; i < 4; i++) {
            pending.add(ip("10.0.0." + i), i);
        }
        for (int i = 4; i < 10; i++) {
            assertThat(pending.add(ip("10.0." + i + ".1"), i)).isEmpty();
        }
        assertThat(pending.add(ip("10.1.0.1"), 10).orElseThrow()).isLessThan(4);
        assertThat(pending.size()).isEqualTo(10);
    }

    @Test
    void whoIsSecuredMakesRoom() {
        for (int i = 0; i < 4; i++) {
            pending.add(ip("10.0.0." + i), i);
        }
        pending.remove(ip("10.0.0.0"), 0);
        pending.remove(ip("10.0.0.0"), 0);
        assertThat(pending.size()).isEqualTo(3);
        assertThat(pending.add(ip("10.0.0.9"), 9)).isEmpty();
    }

    @Test
    void nothingIsKeptOfSubnetsThatAreGone() {
        for (int i = 0; i < 100_000; i++) {
            byte[] from = ip("10." + i / 65_536 + "." + i / 256 % 256 + "." + i % 256);
            pending.add(from, i);
            pending.remove(from, i);
        }
        assertThat(pending.size()).isZero();
        assertThat(pending.subnets()).isZero();
    }
}
