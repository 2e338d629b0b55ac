package dev.dunlin.dht.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.key.Prefix;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.statistics.Statistics;

/** Few lookups find all nodes of a region, and regions are the id space. Lookups are perfect here: they find the nearest nodes that there are. */
final class SurveyProperties {

    /** A network of so many nodes, of which no two cases have the same. */
    private static List<Contact> network(int nodes, long seed) {
        int first = new Random(seed).nextInt(1_000_000);
        List<Contact> network = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            network.add(Contacts.contact(first + i));
        }
        return network;
    }

    private static Table<Key, Bytes> keys(int count, long seed) {
        Random random = new Random(seed ^ 7);
        Table<Key, Bytes> keys = Table.empty();
        for (int i = 0; i < count; i++) {
            byte[] bytes = new byte[8];
            random.nextBytes(bytes);
            keys = keys.with(Key.ofPreimage(Bytes.of(bytes)), Bytes.of(bytes));
        }
        return keys;
    }

    private static List<Contact> nearest(List<Contact> network, Key target, int most) {
        List<Contact> sorted = new ArrayList<>(network);
        sorted.sort((one, other) -> target.compareDistances(one.key(), other.key()));
        return sorted.subList(0, Math.min(most, sorted.size()));
    }

    private static Survey surveyed(List<Contact> network, Table<Key, Bytes> kept, Key first, int k) {
        Survey survey = Survey.NEW.looked(first, nearest(network, first, k), k);
        Optional<Bytes> target = survey.target(kept);
        while (target.isPresent()) {
            Key key = Key.ofPreimage(target.get());
            assertThat(survey.targets().has(key)).isFalse();
            survey = survey.looked(key, nearest(network, key, k), k);
            target = survey.target(kept);
        }
        return survey;
    }

    /** After a survey all nodes of its region are known, and for each id of it the nearest of them are the nearest that there are. */
    @Property(tries = 200, shrinking = ShrinkingMode.OFF)
    void allNodesOfTheRegionAreFound(
            @ForAll @IntRange(min = 1, max = 400) int nodes,
            @ForAll @IntRange(min = 1, max = 20) int k,
            @ForAll @IntRange(min = 1, max = 200) int count,
            @ForAll long seed) {
        List<Contact> network = network(nodes, seed);
        Table<Key, Bytes> kept = keys(count, seed);
        Key first = kept.first().orElseThrow().getKey();
        Survey survey = surveyed(network, kept, first, k);
        Prefix region = survey.region().orElseThrow();
        assertThat(region.has(first)).isTrue();
        int inside = 0;
        for (Contact contact : network) {
            if (region.has(contact.key())) {
                inside++;
                assertThat(survey.found().has(contact.key())).isTrue();
            }
        }
        assertThat(inside).isGreaterThanOrEqualTo(Math.min(k, nodes));
        for (Key key : kept.keys()) {
            if (region.has(key)) {
                assertThat(survey.nearest(key, k)).isEqualTo(nearest(network, key, k));
            }
        }
        Statistics.label("lookups for each k nodes of the region, in quarters")
                .collect(survey.targets().size() * 4 * k / Math.max(k, inside));
    }

    /**
     * Region after region, each begun with the first key behind the last one: each key is in one of them. A region may begin before that key,
     * where nodes are rarer than in the region before it.
     */
    @Property(tries = 50, shrinking = ShrinkingMode.OFF)
    void regionsAreTheIdSpace(
            @ForAll @IntRange(min = 1, max = 1000) int nodes,
            @ForAll @IntRange(min = 3, max = 20) int k,
            @ForAll @IntRange(min = 1, max = 1000) int count,
            @ForAll long seed) {
        lookups(nodes, k, count, seed);
    }

    /**
     * How many there are depends on where nodes happen to be: few nodes of a network may need ten times as many as so many others. So it is a
     * law of the sum over many networks, which are the same each time.
     */
    @Example
    void lookupsAreFew() {
        Random random = new Random(1);
        int lookups = 0;
        double most = 0;
        for (int i = 0; i < 300; i++) {
            int nodes = 1 + random.nextInt(1000);
            int k = 3 + random.nextInt(18);
            lookups += lookups(nodes, k, 1 + random.nextInt(1000), random.nextLong());
            most += 1 + 3.0 * nodes / k;
        }
        assertThat((double) lookups).isLessThanOrEqualTo(most);
    }

    private static int lookups(int nodes, int k, int count, long seed) {
        List<Contact> network = network(nodes, seed);
        Promises promises = new Promises(keys(count, seed), Table.empty(), Table.empty());
        Optional<Key> next = promises.behind(Optional.empty());
        List<Key> swept = new ArrayList<>();
        int lookups = 0;
        while (next.isPresent()) {
            Survey survey = surveyed(network, promises.kept(), next.get(), k);
            Prefix region = survey.region().orElseThrow();
            for (Map.Entry<Key, Bytes> each : promises.kept().from(next.get())) {
                if (region.has(each.getKey())) {
                    swept.add(each.getKey());
                }
            }
            lookups += survey.targets().size();
            next = promises.behind(Optional.of(region.last()));
        }
        List<Key> all = new ArrayList<>();
        promises.kept().keys().forEach(all::add);
        assertThat(swept).isEqualTo(all);
        return lookups;
    }
}
