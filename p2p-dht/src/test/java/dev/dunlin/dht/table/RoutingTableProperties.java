package dev.dunlin.dht.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.table.Bucket.Entry;
import dev.dunlin.dht.table.RoutingTable.Refusal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;

/** What always holds of a routing table, after any sequence of changes. */
final class RoutingTableProperties {

    private static final int TRIES = 2_000;
    private static final Key SELF = Key.of(TypeArbitraries.peer(0));
    private static final long GRACE = 10;

    /** What may happen to a table. */
    sealed interface Change {
        record Offer(Contact contact, Multiaddr from) implements Change {}

        record Leave(Contact contact) implements Change {}

        record Use(Contact contact, Multiaddr from) implements Change {}

        record Move(Contact contact, int network) implements Change {}

        record Wait(long micros) implements Change {}
    }

    @Provide
    Arbitrary<List<Change>> changes() {
        Arbitrary<Contact> contacts = Contacts.among(80);
        Arbitrary<Multiaddr> places = Arbitraries.integers().between(0, 5).map(RoutingTableProperties::place);
        return Arbitraries.<Change>frequencyOf(
                        Tuple.of(8, Combinators.combine(contacts, places).as(Change.Offer::new)),
                        Tuple.of(2, contacts.map(Change.Leave::new)),
                        Tuple.of(3, Combinators.combine(contacts, places).as(Change.Use::new)),
                        Tuple.of(
                                2,
                                Combinators.combine(
                                                contacts, Arbitraries.integers().between(0, 5))
                                        .as(Change.Move::new)),
                        Tuple.of(2, Arbitraries.longs().between(1, 8).map(Change.Wait::new)))
                .list()
                .ofMaxSize(150);
    }

    private static Multiaddr place(int network) {
        return Multiaddr.parse("/ip4/8." + network + ".9.9/tcp/4001");
    }

    @Provide
    Arbitrary<TableLimits> limits() {
        return Combinators.combine(
                        Arbitraries.integers().between(1, 6),
                        Arbitraries.integers().between(1, 40),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, 4))
                .as((bucket, contacts, inBucket, inTable) ->
                        new TableLimits(bucket, contacts, inBucket, inTable, GRACE));
    }

    private static RoutingTable played(TableLimits limits, List<Change> changes, List<RoutingTable> states) {
        RoutingTable table = RoutingTable.of(SELF, limits);
        long now = 0;
        for (Change change : changes) {
            states.add(table);
            switch (change) {
                case Change.Offer(Contact contact, Multiaddr from) -> {
                    if (table.refusal(contact, Optional.of(from), now).isEmpty()) {
                        table = table.with(contact, Optional.of(from), now, now + 5);
                    }
                }
                case Change.Leave(Contact contact) -> table = table.without(contact);
                case Change.Use(Contact contact, Multiaddr from) ->
                    table = table.useful(contact, Optional.of(from), now, now + 5);
                case Change.Move(Contact contact, int network) ->
                    table = table.moved(contact.at(List.of(place(network))));
                case Change.Wait(long micros) -> now += micros;
            }
        }
        states.add(table);
        return table;
    }

    @Property(tries = TRIES)
    void limitsHoldAfterEachChange(@ForAll("limits") TableLimits limits, @ForAll("changes") List<Change> changes) {
        List<RoutingTable> states = new ArrayList<>();
        played(limits, changes, states);
        for (RoutingTable table : states) {
            sound(table);
        }
    }

    /** Each node once and in its bucket, no bucket empty or too full, the count right, no network beyond its share. */
    private static void sound(RoutingTable table) {
        TableLimits limits = table.limits();
        assertThat(table.contacts()).doesNotHaveDuplicates().hasSize(table.size());
        assertThat(table.size()).isLessThanOrEqualTo(limits.contacts());
        for (Map.Entry<Integer, Bucket> each : table.buckets()) {
            List<Entry> entries = each.getValue().entries();
            assertThat(entries).isNotEmpty().hasSizeLessThanOrEqualTo(limits.bucketSize());
            assertThat(entries).isSortedAccordingTo(Comparator.comparingLong(Entry::since));
            for (Entry entry : entries) {
                assertThat(SELF.commonPrefix(entry.contact().key())).isEqualTo(each.getKey());
                assertThat(entry.useful()).isGreaterThanOrEqualTo(entry.since());
                assertThat(table.find(entry.contact())).contains(entry);
                assertThat(table.has(entry.contact())).isTrue();
            }
            assertThat(networks(entries).values())
                    .allMatch(count -> limits.bucketNetwork() == 0 || count <= limits.bucketNetwork());
        }
        List<Entry> all = new ArrayList<>();
        table.buckets().values().forEach(bucket -> all.addAll(bucket.entries()));
        assertThat(networks(all).values())
                .allMatch(count -> limits.tableNetwork() == 0 || count <= limits.tableNetwork());
    }

    private static Map<Integer, Long> networks(List<Entry> entries) {
        return entries.stream()
                .map(Entry::network)
                .collect(Collectors.groupingBy(network -> network, LinkedHashMap::new, Collectors.counting()));
    }

    @Property(tries = TRIES)
    void theNearestAreFoundInOrder(
            @ForAll("changes") List<Change> changes, @ForAll @IntRange(max = 30) int most, @ForAll int number) {
        RoutingTable table = played(new TableLimits(6, 1000, 0, 0, GRACE), changes, new ArrayList<>());
        for (Key target : List.of(Key.of(TypeArbitraries.peer(number & 0xFFFF)), SELF)) {
            List<Contact> expected = new ArrayList<>(table.contacts());
            expected.sort((one, other) -> target.compareDistances(one.key(), other.key()));
            assertThat(table.nearest(target, most)).isEqualTo(expected.subList(0, Math.min(most, expected.size())));
        }
    }

    /** Who is of use keeps its place, and of the others the one goes that was of none for longest. */
    @Property(tries = TRIES)
    void nobodyOfUseIsReplaced(
            @ForAll("changes") List<Change> changes, @ForAll @IntRange(min = 1, max = 80) int offered) {
        List<RoutingTable> states = new ArrayList<>();
        RoutingTable table = played(new TableLimits(2, 1000, 0, 0, GRACE), changes, states);
        long now = changes.stream()
                .mapToLong(change -> change instanceof Change.Wait(long micros) ? micros : 0)
                .sum();
        Contact contact = Contacts.contact(offered);
        Bucket bucket = table.bucket(table.bucketOf(contact.key()));
        Optional<Refusal> refusal = table.refusal(contact, Optional.empty(), now);
        boolean anyStale = bucket.entries().stream().anyMatch(entry -> entry.useful() < now - GRACE);
        if (table.has(contact)) {
            assertThat(refusal).contains(Refusal.PRESENT);
        } else if (bucket.size() == 2 && !anyStale) {
            assertThat(refusal).contains(Refusal.BUCKET_FULL);
            assertThat(table.replacedBy(contact, now)).isEmpty();
        } else {
            assertThat(refusal).isEmpty();
            RoutingTable after = table.with(contact, Optional.empty(), now, now + 5);
            sound(after);
            assertThat(after.has(contact)).isTrue();
            Optional<Contact> replaced = table.replacedBy(contact, now);
            assertThat(replaced.isPresent()).isEqualTo(bucket.size() == 2);
            replaced.ifPresent(gone -> {
                assertThat(after.has(gone)).isFalse();
                Entry was = table.find(gone).orElseThrow();
                assertThat(bucket.entries()).allMatch(entry -> entry.useful() >= was.useful());
            });
            assertThat(after.size()).isEqualTo(table.size() + (replaced.isPresent() ? 0 : 1));
        }
    }

    @Property(tries = TRIES)
    void otherLimitsKeepWhoWasOfUse(
            @ForAll("limits") TableLimits limits,
            @ForAll @IntRange(min = 1, max = 6) int bucket,
            @ForAll @IntRange(min = 1, max = 20) int contacts,
            @ForAll @IntRange(min = 0, max = 3) int network,
            @ForAll("changes") List<Change> changes) {
        RoutingTable table = played(limits, changes, new ArrayList<>());
        TableLimits other = new TableLimits(bucket, contacts, network, network, GRACE);
        RoutingTable limited = table.limited(other);
        sound(limited);
        assertThat(table.contacts()).containsAll(limited.contacts());
        boolean fits = table.size() <= contacts
                && network == 0
                && table.contacts().stream()
                        .allMatch(contact ->
                                table.bucket(table.bucketOf(contact.key())).size() <= bucket);
        if (fits) {
            assertThat(limited.contacts()).containsExactlyInAnyOrderElementsOf(table.contacts());
        }
    }

    /** Who is to be looked after is found when it is time, the nearest first. */
    @Property(tries = TRIES)
    void checksAreFoundWhenTheyAreDue(@ForAll("changes") List<Change> changes, @ForAll @IntRange(max = 300) int now) {
        RoutingTable table = played(new TableLimits(6, 1000, 0, 0, GRACE), changes, new ArrayList<>());
        List<Entry> all = new ArrayList<>();
        table.buckets().descending().forEach(each -> all.addAll(each.getValue().entries()));
        List<Contact> expected = all.stream()
                .filter(entry -> entry.check() <= now)
                .map(Entry::contact)
                .toList();
        assertThat(table.toCheck(now, 1000)).isEqualTo(expected);
        assertThat(table.toCheck(now, 2)).isEqualTo(expected.subList(0, Math.min(2, expected.size())));
        assertThat(table.nextCheck() <= now).isEqualTo(!expected.isEmpty());
        RoutingTable later = table;
        for (Contact contact : expected) {
            later = later.checked(contact, now + 1L);
        }
        assertThat(later.nextCheck()).isGreaterThan(now);
        sound(later);
    }

    @Example
    void whatIsNoUseIsRefused() {
        RoutingTable table = RoutingTable.of(SELF, new TableLimits(20, 1, 1, 1, GRACE));
        assertThat(table.refusal(Contacts.contact(0), Optional.empty(), 0)).contains(Refusal.SELF);
        assertThat(table.refusal(Contact.of(TypeArbitraries.peer(1), List.of()), Optional.empty(), 0))
                .contains(Refusal.NO_ADDRESS);
        RoutingTable full = table.with(Contacts.contact(1), Optional.empty(), 0, 5);
        assertThat(full.refusal(Contacts.contact(1), Optional.empty(), 0)).contains(Refusal.PRESENT);
        assertThat(full.refusal(Contacts.contact(2), Optional.empty(), 0)).contains(Refusal.TABLE_FULL);
    }

    /** Networks of the registries, the blocks that one holder has, and names. */
    @Example
    void networksAreThoseOfTheSpecification() {
        assertThat(networksOf("/ip4/8.8.4.4/tcp/1", "/ip4/8.8.1.1/tcp/2", "/ip4/8.9.1.1/tcp/1"))
                .hasSize(2);
        assertThat(networksOf("/ip4/17.1.1.1/tcp/1", "/ip4/17.2.1.1/tcp/1")).hasSize(1);
        assertThat(networksOf("/ip6/2001:db8::1/tcp/1", "/ip6/2001:db8:ffff::1/tcp/1", "/ip6/2001:db9::1/tcp/1"))
                .hasSize(2);
        assertThat(networksOf("/dns4/example.com/tcp/1")).isEmpty();
        assertThat(networksOf("/ip6/::ffff:8.8.1.1/tcp/1", "/ip4/8.8.4.4/tcp/1"))
                .hasSize(1);
    }

    private static int[] networksOf(String... addresses) {
        return Networks.of(List.of(addresses).stream().map(Multiaddr::parse).toList());
    }

    /** Two of a network in a bucket and three in a table, wherever they say that they are. */
    @Example
    void nodesOfOneNetworkAreFew() {
        Optional<Multiaddr> from = Optional.of(Multiaddr.parse("/ip4/8.8.1.1/tcp/1"));
        for (String said : List.of("/ip4/9.%d.1.1/tcp/1", "/dns4/node-%d.example.com/tcp/1", "/ip4/8.8.%d.1/tcp/1")) {
            RoutingTable table = RoutingTable.of(SELF, new TableLimits(20, 1000, 2, 3, GRACE));
            List<Refusal> refusals = new ArrayList<>();
            for (int number = 1; number < 400; number++) {
                Contact contact = Contacts.contact(number, String.format(Locale.ROOT, said, number % 250));
                Optional<Refusal> refusal = table.refusal(contact, from, 0);
                refusal.ifPresent(refusals::add);
                if (refusal.isEmpty()) {
                    table = table.with(contact, from, 0, 5);
                }
            }
            assertThat(table.size()).as(said).isEqualTo(3);
            assertThat(refusals).contains(Refusal.BUCKET_NETWORK, Refusal.TABLE_NETWORK);
            // Of who has not answered yet nothing else is known than what it says.
            Contact honest = Contacts.contact(500, "/ip4/8.8.7.7/tcp/1");
            assertThat(table.refusal(honest, Optional.empty(), 0)).isPresent();
            Contact dual = Contact.of(
                    honest.peer(),
                    List.of(
                            Multiaddr.parse("/ip6/2001:db8::1/tcp/1"),
                            honest.addresses().getFirst()));
            assertThat(table.refusal(dual, Optional.empty(), 0)).isEmpty();
        }
    }

    /** Somebody between may have passed the answer on: nobody is driven out so. */
    @Example
    void whoAnswersFromANetworkThatHasItsShareStaysWhereItWas() {
        Optional<Multiaddr> crowded = Optional.of(place(1));
        Optional<Multiaddr> other = Optional.of(place(2));
        RoutingTable table = RoutingTable.of(SELF, new TableLimits(20, 1000, 0, 2, GRACE))
                .with(Contacts.contact(1), crowded, 0, 5)
                .with(Contacts.contact(2), crowded, 0, 5)
                .with(Contacts.contact(3), other, 0, 5);
        Entry same = table.useful(Contacts.contact(3), crowded, 1, 6)
                .find(Contacts.contact(3))
                .orElseThrow();
        assertThat(same.network()).isEqualTo(Networks.of(place(2)));
        assertThat(same.useful()).isEqualTo(1);
        Entry moved = table.without(Contacts.contact(1))
                .useful(Contacts.contact(3), crowded, 1, 6)
                .find(Contacts.contact(3))
                .orElseThrow();
        assertThat(moved.network()).isEqualTo(Networks.of(place(1)));
    }

    /** Who has not answered yet counts for one of the networks that it names which has room. */
    @Example
    void whoseOriginIsNotKnownCountsWhereThereIsRoom() {
        RoutingTable table = RoutingTable.of(SELF, new TableLimits(20, 1000, 0, 2, GRACE));
        for (int number = 1; number <= 20; number++) {
            Contact contact = Contact.of(TypeArbitraries.peer(number), List.of(place(1), place(100 + number)));
            if (table.refusal(contact, Optional.empty(), 0).isEmpty()) {
                table = table.with(contact, Optional.empty(), 0, 5);
            }
        }
        sound(table);
        assertThat(table.size()).isEqualTo(20);
    }

    /** Most nodes are far: they leave room for the near ones, of which there are few, and for each other. */
    @Property(tries = 200)
    void aFullTableKnowsSomeOfEachPart(@ForAll @IntRange(min = 10, max = 60) int most, @ForAll int seed) {
        RoutingTable table = RoutingTable.of(SELF, new TableLimits(20, most, 0, 0, GRACE));
        List<Contact> all = new ArrayList<>();
        for (int number = 1; number <= 600; number++) {
            all.add(Contacts.contact((seed & 0x3FFF) + number));
        }
        for (Contact contact : all) {
            if (table.refusal(contact, Optional.empty(), 0).isEmpty()) {
                table = table.with(contact, Optional.empty(), 0, 5);
            }
        }
        sound(table);
        assertThat(table.size()).isEqualTo(most);
        Map<Integer, Long> there = all.stream()
                .collect(Collectors.groupingBy(
                        contact -> SELF.commonPrefix(contact.key()), TreeMap::new, Collectors.counting()));
        int largest = 0;
        for (Bucket bucket : table.buckets().values()) {
            largest = Math.max(largest, bucket.size());
        }
        for (Map.Entry<Integer, Long> each : there.entrySet()) {
            // Whoever is missing is so because its bucket has as many as the others.
            int known = table.bucket(each.getKey()).size();
            assertThat(known == each.getValue() || known >= largest - 1)
                    .as("bucket %s knows %s of %s, the largest has %s", each.getKey(), known, each.getValue(), largest)
                    .isTrue();
        }
    }
}
