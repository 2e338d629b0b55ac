package dev.dunlin.dht.operation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** With whom something is stored before the nearest are known. */
final class OptimismTest {

    private static final int COPIES = 20;

    private static List<Contact> network(int nodes, Key target) {
        List<Contact> network = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            network.add(Contacts.contact(i));
        }
        network.sort((one, other) -> target.compareDistances(one.key(), other.key()));
        return network;
    }

    /** The thresholds of go-libp2p-kad-dht, for 20 copies. */
    @Example
    void thresholdsFollowFromTheSizeOfTheNetwork() {
        Optimism optimism = Optimism.of(COPIES, 1_000);
        assertThat(optimism.near() * 1_000).isBetween(14.52, 14.53);
        assertThat(optimism.set() * 1_000).isBetween(15.40, 15.41);
        assertThat(optimism.enough()).isEqualTo(15);
        assertThat(Optimism.of(1, 10).enough()).isEqualTo(1);
        assertThat(Optimism.of(3, 10).enough()).isEqualTo(3);
    }

    /** Those that are near enough are of the nearest that there are, nine times of ten all of them. */
    @Example
    void whoIsNearEnoughIsOfTheNearest() {
        long all = 0;
        long right = 0;
        int full = 0;
        for (int i = 0; i < 100; i++) {
            Key target = Contacts.contact(100_000 + i).key();
            List<Contact> network = network(500, target);
            Optimism optimism = Optimism.of(COPIES, 500).hearing(target, network);
            List<Contact> near = optimism.nearEnough();
            all += near.size();
            right += near.stream().filter(network.subList(0, COPIES)::contains).count();
            full += network.get(COPIES - 1).key().distance(target).fraction() < optimism.near() ? 1 : 0;
        }
        assertThat(right).isEqualTo(all);
        assertThat(all).isGreaterThan(100 * 10);
        assertThat(full).isBetween(3, 20);
    }

    /** Of any nodes that were heard of, in any order: the nearest are taken, each once, and as many as are wanted. */
    @Property(tries = 300)
    void eachOfTheNearestIsTakenOnce(
            @ForAll @IntRange(min = 1, max = 100) int nodes, @ForAll @IntRange(min = 1, max = 25) int copies) {
        Key target = Contacts.contact(5_000 + nodes).key();
        List<Contact> network = network(nodes, target);
        Optimism optimism = Optimism.of(copies, 10 * nodes);
        List<Contact> taken = new ArrayList<>();
        for (int from = nodes; from > 0; from -= 7) {
            optimism = optimism.hearing(target, network.subList(Math.max(0, from - 7), from));
            List<Contact> near = optimism.nearEnough();
            taken.addAll(near);
            optimism = optimism.taking(target, near);
            assertThat(optimism.heard().size()).isLessThanOrEqualTo(2 * copies);
        }
        List<Contact> rest = optimism.rest();
        taken.addAll(rest);
        optimism = optimism.taking(target, rest);
        assertThat(taken).doesNotHaveDuplicates().containsAll(network.subList(0, Math.min(copies, nodes)));
        assertThat(optimism.rest()).isEmpty();
        assertThat(optimism.another())
                .hasSize(nodes > copies && optimism.heard().size() > taken.size() ? 1 : 0);
    }

    /** Few nodes, or nodes that are far away, are never enough; the nearest that there are mostly are. */
    @Example
    void itIsContentWithTheNearest() {
        int content = 0;
        for (int i = 0; i < 100; i++) {
            Key target = Contacts.contact(200_000 + i).key();
            List<Contact> network = network(500, target);
            Optimism none = Optimism.of(COPIES, 500);
            assertThat(none.hearing(target, network.subList(0, COPIES - 1)).isContent())
                    .isFalse();
            assertThat(none.hearing(target, network.subList(2 * COPIES, 3 * COPIES))
                            .isContent())
                    .isFalse();
            content += none.hearing(target, network.subList(0, COPIES)).isContent() ? 1 : 0;
        }
        assertThat(content).isGreaterThan(80);
    }
}
