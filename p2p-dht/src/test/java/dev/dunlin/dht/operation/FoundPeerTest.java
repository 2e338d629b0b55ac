package dev.dunlin.dht.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.testkit.TypeArbitraries;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where a peer is, by what others say of it. */
final class FoundPeerTest {

    private static final PeerId PEER = TypeArbitraries.peer(1);
    private static final Multiaddr TRUE = Multiaddr.parse("/ip4/8.8.8.8/tcp/1");

    private static List<Multiaddr> made(int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> Multiaddr.parse("/ip4/9." + i / 250 + "." + i % 250 + ".1/tcp/1"))
                .toList();
    }

    @Test
    void whatMostSayComesFirst() {
        Goal.Found.Peer found = Goal.Found.Peer.of(PEER, made(0, 8));
        for (int i = 1; i < 20; i++) {
            found = found.namedAt(i % 5 == 0 ? made(8 * i, 8) : List.of(TRUE));
        }
        assertThat(found.info().addresses()).first().isEqualTo(TRUE);
        assertThat(found.named().at(TRUE)).isEqualTo(16);
        assertThat(found.named().size()).isLessThanOrEqualTo(Goal.Found.Peer.MOST_NAMED);
    }

    /** However many make up as much as they can, what two have said stays. */
    @Test
    void nobodyTakesAllThePlaces() {
        Goal.Found.Peer found = Goal.Found.Peer.of(PEER, made(0, 64));
        assertThat(found.named().size()).isEqualTo(Goal.Found.Peer.MOST_OF_ONE);
        for (int i = 1; i < 12; i++) {
            found = found.namedAt(made(8 * i, 8));
        }
        assertThat(found.named().size()).isEqualTo(Goal.Found.Peer.MOST_NAMED);
        found = found.namedAt(List.of(TRUE)).namedAt(List.of(TRUE));
        for (int i = 12; i < 40; i++) {
            found = found.namedAt(made(8 * i, 8));
        }
        assertThat(found.info().addresses()).first().isEqualTo(TRUE);
        assertThat(found.named().size()).isEqualTo(Goal.Found.Peer.MOST_NAMED);
    }

    @Test
    void whereItWasReachedComesFirst() {
        Multiaddr other = Multiaddr.parse("/ip4/8.8.8.8/tcp/2");
        Goal.Found.Peer found = Goal.Found.Peer.of(PEER, made(0, 3)).namedAt(List.of(TRUE));
        assertThat(found.reached(Optional.of(other)).info().addresses()).startsWith(other, TRUE);
        assertThat(found.reached(Optional.of(Multiaddr.parse("/ip4/8.8.8.8")))
                        .info()
                        .addresses())
                .startsWith(TRUE)
                .hasSize(4);
        assertThat(found.reached(Optional.empty()).info().addresses())
                .isEqualTo(found.info().addresses());
        assertThat(found.reached(Optional.empty()).isSure()).isTrue();
    }
}
