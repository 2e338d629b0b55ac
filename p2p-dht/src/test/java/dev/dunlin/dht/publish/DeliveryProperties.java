package dev.dunlin.dht.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Each key is told to exactly those nodes that are nearest to it, whatever the order of the answers. */
final class DeliveryProperties {

    private static Table<Key, Contact> nodes(int count, Random random) {
        int first = random.nextInt(1_000_000);
        Table<Key, Contact> nodes = Table.empty();
        for (int i = 0; i < count; i++) {
            Contact contact = Contacts.contact(first + i);
            nodes = nodes.with(contact.key(), contact);
        }
        return nodes;
    }

    private static Table<Key, Bytes> keys(int count, Random random) {
        Table<Key, Bytes> keys = Table.empty();
        for (int i = 0; i < count; i++) {
            Bytes content = Bytes.of(TypeArbitraries.peer(random.nextInt()).toBytes());
            keys = keys.with(Key.ofPreimage(content), content);
        }
        return keys;
    }

    private static List<Key> list(Iterable<Key> keys) {
        List<Key> all = new ArrayList<>();
        keys.forEach(all::add);
        return all;
    }

    /** Starts each node that may be told of a key; what is told is noted. */
    private static Delivery started(Delivery from, Table<Key, Bytes> kept, Map<Key, List<Key>> told) {
        Delivery delivery = from;
        for (Key at : list(from.servers().keys())) {
            if (delivery.servers().at(at).isReady()) {
                delivery = delivery.moved(at, kept);
                if (delivery.servers().at(at).isReady()) {
                    Key key = delivery.servers().at(at).next().orElseThrow();
                    told.computeIfAbsent(key, any -> new ArrayList<>()).add(at);
                    delivery = delivery.asked(
                            told.values().stream().mapToLong(List::size).sum(), at);
                }
            }
        }
        return delivery;
    }

    @Property(tries = 300)
    void eachKeyIsToldToItsNearest(
            @ForAll @IntRange(min = 1, max = 60) int servers,
            @ForAll @IntRange(min = 1, max = 60) int count,
            @ForAll @IntRange(min = 1, max = 25) int k,
            @ForAll long seed) {
        Random random = new Random(seed);
        Table<Key, Contact> nodes = nodes(servers, random);
        Table<Key, Bytes> kept = keys(count, random);
        Map<Key, List<Key>> told = new TreeMap<>();
        Delivery delivery = started(Delivery.to(nodes).with(list(kept.keys()), k), kept, told);
        while (!delivery.asks().isEmpty()) {
            List<Long> asks = new ArrayList<>();
            delivery.asks().keys().forEach(asks::add);
            delivery = started(delivery.stored(asks.get(random.nextInt(asks.size()))), kept, told);
        }
        assertThat(told).hasSize(kept.size());
        told.forEach((key, at) -> {
            List<Key> nearest = list(nodes.keys());
            nearest.sort(key::compareDistances);
            assertThat(at).containsExactlyInAnyOrderElementsOf(nearest.subList(0, Math.min(k, servers)));
        });
        for (Delivery.Copies copies : delivery.batch().values()) {
            assertThat(copies.stored()).isEqualTo(Math.min(k, servers));
        }
    }

    /** Who fails again and again is told of nothing more, and has no part in the next batch; the others know of all that is theirs. */
    @Property(tries = 200)
    void whoFailsIsLeftOut(
            @ForAll @IntRange(min = 2, max = 30) int servers,
            @ForAll @IntRange(min = 10, max = 60) int count,
            @ForAll long seed) {
        Random random = new Random(seed);
        Table<Key, Contact> nodes = nodes(servers, random);
        Table<Key, Bytes> kept = keys(count, random);
        Key bad = list(nodes.keys()).get(random.nextInt(servers));
        Map<Key, List<Key>> told = new TreeMap<>();
        Delivery delivery = started(Delivery.to(nodes).with(list(kept.keys()), servers), kept, told);
        while (!delivery.asks().isEmpty()) {
            Map.Entry<Long, Delivery.Asked> ask = delivery.asks().first().orElseThrow();
            delivery = started(
                    ask.getValue().server().equals(bad)
                            ? delivery.missed(ask.getKey(), false)
                            : delivery.stored(ask.getKey()),
                    kept,
                    told);
        }
        assertThat(told.values().stream().filter(at -> at.contains(bad)).count())
                .isEqualTo(Delivery.MOST_MISSES);
        assertThat(delivery.servers().at(bad).isGone()).isTrue();
        assertThat(delivery.left()).isEqualTo(servers - 1);
        for (Delivery.Copies copies : delivery.batch().values()) {
            assertThat(copies.stored()).isEqualTo(servers - 1);
        }
        assertThat(delivery.with(list(kept.keys()), servers).servers().has(bad)).isFalse();
    }

    /** A refusal now and then, as of a full store, does not end it. */
    @Example
    void aRefusalIsOfOneKey() {
        Random random = new Random(1);
        Table<Key, Contact> nodes = nodes(1, random);
        Table<Key, Bytes> kept = keys(20, random);
        Map<Key, List<Key>> told = new TreeMap<>();
        Delivery delivery = started(Delivery.to(nodes).with(list(kept.keys()), 1), kept, told);
        for (int i = 0; !delivery.asks().isEmpty(); i++) {
            long ask = delivery.asks().first().orElseThrow().getKey();
            delivery = started(i % 3 == 0 ? delivery.stored(ask) : delivery.missed(ask, false), kept, told);
        }
        assertThat(told).hasSize(20);
        assertThat(delivery.left()).isEqualTo(1);
    }

    /** What is no longer kept is passed over. */
    @Example
    void whatIsForgottenIsNotTold() {
        Random random = new Random(2);
        Table<Key, Contact> nodes = nodes(3, random);
        Table<Key, Bytes> all = keys(10, random);
        List<Key> keys = list(all.keys());
        Table<Key, Bytes> kept = all.without(keys.get(4)).without(keys.get(9));
        Map<Key, List<Key>> told = new TreeMap<>();
        Delivery delivery = started(Delivery.to(nodes).with(keys, 3), kept, told);
        while (!delivery.asks().isEmpty()) {
            delivery = started(
                    delivery.stored(delivery.asks().first().orElseThrow().getKey()), kept, told);
        }
        assertThat(new ArrayList<>(told.keySet())).isEqualTo(list(kept.keys()));
    }
}
