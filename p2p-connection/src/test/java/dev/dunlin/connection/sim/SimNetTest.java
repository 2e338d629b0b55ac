package dev.dunlin.connection.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.util.List;
import org.junit.jupiter.api.Test;

class SimNetTest {

    private static final List<Integer> NODES =
            List.of(0, 1, 255, 256, 65_535, 65_536, 65_537, 100_000, 1 << 24, Integer.MAX_VALUE);

    @Test
    void eachNodeHasAnIdAndAnAddressOfItsOwnHoweverManyThereAre() {
        List<PeerId> peers = NODES.stream().map(SimNet::peer).toList();
        List<Multiaddr> addresses = NODES.stream().map(SimNet::address).toList();
        assertThat(peers).doesNotHaveDuplicates();
        assertThat(addresses).doesNotHaveDuplicates();
        assertThat(peers).map(SimNet::nodeOf).isEqualTo(NODES);
        assertThat(addresses).allMatch(address -> address.toString().startsWith("/ip4/10."));
    }

    @Test
    void idsOfHigherNumbersAreGreater() {
        assertThat(NODES.stream().map(SimNet::peer).sorted().map(SimNet::nodeOf))
                .isEqualTo(NODES);
    }
}
