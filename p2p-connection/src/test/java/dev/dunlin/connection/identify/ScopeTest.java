package dev.dunlin.connection.identify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multiaddr;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ScopeTest {

    @Test
    void ofAddresses() {
        assertScope(Scope.NONE, "/ip4/0.0.0.0/tcp/1", "/ip4/224.0.0.1/tcp/1", "/ip4/255.255.255.255/tcp/1");
        assertScope(Scope.NONE, "/ip6/::/tcp/1", "/ip6/ff02::1/tcp/1", "/p2p-circuit", "/ip6/::ffff:0.1.2.3/tcp/1");
        assertScope(Scope.LOOPBACK, "/ip4/127.0.0.1/tcp/1", "/ip4/127.255.0.1/tcp/1", "/ip6/::1/tcp/1");
        assertScope(Scope.LOOPBACK, "/dns4/localhost/tcp/1", "/ip6/::ffff:127.0.0.1/tcp/1");
        assertScope(Scope.PRIVATE, "/ip4/10.1.2.3/tcp/1", "/ip4/172.16.0.1/tcp/1", "/ip4/172.31.0.1/tcp/1");
        assertScope(Scope.PRIVATE, "/ip4/192.168.1.1/tcp/1", "/ip4/169.254.1.1/tcp/1", "/ip4/100.64.0.1/tcp/1");
        assertScope(Scope.PRIVATE, "/ip6/fe80::1/tcp/1", "/ip6/febf::1/tcp/1", "/ip6/fd00::1/tcp/1");
        assertScope(Scope.PUBLIC, "/ip4/8.8.8.8/tcp/1", "/ip4/172.32.0.1/tcp/1", "/ip4/172.15.0.1/tcp/1");
        assertScope(Scope.PUBLIC, "/ip4/100.63.0.1/tcp/1", "/ip4/100.128.0.1/tcp/1", "/ip4/169.253.1.1/tcp/1");
        assertScope(Scope.PUBLIC, "/ip4/192.167.1.1/tcp/1", "/ip6/2001:470::1/tcp/1", "/ip6/fec0::1/tcp/1");
        assertScope(Scope.PUBLIC, "/ip6/::2/tcp/1", "/dns4/example.org/tcp/1", "/ip4/223.255.255.1/tcp/1");
    }

    @Test
    void acceptsWhatTheSenderCanKnow() {
        for (Scope learned : Scope.values()) {
            assertThat(Scope.accepts(learned, Scope.LOOPBACK)).isEqualTo(learned != Scope.NONE);
            assertThat(Scope.accepts(learned, Scope.PRIVATE))
                    .isEqualTo(learned == Scope.PRIVATE || learned == Scope.PUBLIC);
            assertThat(Scope.accepts(learned, Scope.PUBLIC)).isEqualTo(learned == Scope.PUBLIC);
            assertThat(Scope.accepts(learned, Scope.NONE)).isEqualTo(learned == Scope.PUBLIC);
        }
    }

    private static void assertScope(Scope expected, String... addresses) {
        for (String address : List.of(addresses)) {
            assertThat(Scope.of(Multiaddr.parse(address))).as(address).isEqualTo(expected);
        }
    }
}
