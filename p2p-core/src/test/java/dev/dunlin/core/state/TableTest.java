package dev.dunlin.core.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class TableTest {

    private static final int MANY = 2_048;

    private record Edit(int key, boolean put, int value) {}

    @Provide
    Arbitrary<List<Edit>> edits() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 40),
                        Arbitraries.of(true, true, false),
                        Arbitraries.integers().between(0, 3))
                .as(Edit::new)
                .list()
                .ofMaxSize(200);
    }

    private static Table<Integer, Integer> edited(List<Edit> edits) {
        Table<Integer, Integer> table = Table.empty();
        for (Edit edit : edits) {
            table = edit.put() ? table.with(edit.key(), edit.value()) : table.without(edit.key());
        }
        return table;
    }

    private static <K extends Comparable<? super K>, V> List<Map.Entry<K, V>> list(Iterable<Map.Entry<K, V>> entries) {
        List<Map.Entry<K, V>> list = new ArrayList<>();
        entries.forEach(list::add);
        return list;
    }

    @Property
    void isATreeMap(@ForAll("edits") List<Edit> edits) {
        Table<Integer, Integer> table = Table.empty();
        TreeMap<Integer, Integer> model = new TreeMap<>();
        for (Edit edit : edits) {
            if (edit.put()) {
                table = table.with(edit.key(), edit.value());
                model.put(edit.key(), edit.value());
            } else {
                table = table.without(edit.key());
                model.remove(edit.key());
            }
            assertThat(table.size()).isEqualTo(model.size());
            assertThat(table.isEmpty()).isEqualTo(model.isEmpty());
            assertThat(table.find(edit.key()).isPresent()).isEqualTo(model.containsKey(edit.key()));
        }
        assertThat(list(table)).isEqualTo(List.copyOf(model.entrySet()));
        assertThat(list(table.descending()))
                .isEqualTo(List.copyOf(model.descendingMap().entrySet()));
        assertThat(table.keys()).containsExactlyElementsOf(model.keySet());
        assertThat(table.values()).containsExactlyElementsOf(model.values());
        assertThat(table.toString()).isEqualTo(model.toString());
        assertThat(table.first().map(Map.Entry::getKey).orElse(-1)).isEqualTo(model.isEmpty() ? -1 : model.firstKey());
        assertThat(table.last().map(Map.Entry::getKey).orElse(-1)).isEqualTo(model.isEmpty() ? -1 : model.lastKey());
        List<Integer> each = new ArrayList<>();
        table.each((key, value) -> each.add(key * 10 + value));
        assertThat(each)
                .isEqualTo(model.entrySet().stream()
                        .map(e -> e.getKey() * 10 + e.getValue())
                        .toList());
        for (int key = -1; key <= 41; key++) {
            assertThat(table.has(key)).isEqualTo(model.containsKey(key));
            assertThat(table.or(key, -7)).isEqualTo(model.getOrDefault(key, -7));
            assertThat(list(table.from(key)))
                    .isEqualTo(List.copyOf(model.tailMap(key).entrySet()));
            assertThat(list(table.descending(key)))
                    .isEqualTo(List.copyOf(
                            model.headMap(key, false).descendingMap().entrySet()));
            assertThat(table.before(key).map(Map.Entry::getKey).orElse(-9))
                    .isEqualTo(model.lowerKey(key) == null ? -9 : model.lowerKey(key));
        }
    }

    @Property
    void equalContentHasEqualDigestWhateverItsHistory(@ForAll("edits") List<Edit> edits) {
        Table<Integer, Integer> table = edited(edits);
        List<Map.Entry<Integer, Integer>> entries = list(table);
        Collections.reverse(entries);
        Table<Integer, Integer> other = Table.of(99, 99);
        other.digest();
        for (Map.Entry<Integer, Integer> entry : entries) {
            other = other.with(entry.getKey(), 7).with(entry.getKey(), entry.getValue());
            other.digest();
        }
        other = other.without(99);
        assertThat(other.digest()).isEqualTo(table.digest());
        assertThat(Content.digest(other)).isEqualTo(Content.digest(table));
        assertThat(Content.bytes(other)).isEqualTo(Content.bytes(table));
        assertThat(other).isEqualTo(table).hasSameHashCodeAs(table);
    }

    @Property
    void digestIsTheSameWheneverItIsAskedAndOfWhateverBranch(
            @ForAll("edits") List<Edit> edits, @ForAll @IntRange(min = 1, max = 300) int every) {
        List<Table<Integer, Integer>> branches = new ArrayList<>(List.of(Table.empty()));
        for (Edit edit : edits) {
            Table<Integer, Integer> from = branches.get((edit.key() * 7 + edit.value()) % branches.size());
            Table<Integer, Integer> to = edit.put() ? from.with(edit.key(), edit.value()) : from.without(edit.key());
            branches.add(to);
            if (branches.size() % every == 0) {
                assertThat(to.digest()).isEqualTo(anew(to).digest());
            }
        }
        for (Table<Integer, Integer> branch : branches) {
            assertThat(branch.digest()).isEqualTo(anew(branch).digest());
        }
    }

    @Example
    void digestAfterManyChanges() {
        Table<Integer, Integer> table = Table.empty();
        for (int i = 0; i < 3 * MANY; i++) {
            table = table.with(i % 5, i);
        }
        assertThat(table.digest()).isEqualTo(anew(table).digest());
        assertThat(table.with(1, 1).without(2).digest())
                .isEqualTo(anew(table.with(1, 1).without(2)).digest());
    }

    @Example
    void digestOfABigTableAfterManyChanges() {
        Table<Integer, Integer> table = Table.empty();
        for (int i = 0; i < 2 * MANY; i++) {
            table = table.with(i, i);
        }
        table.digest();
        for (int i = 0; i < MANY + 2; i++) {
            table = i % 3 == 0 ? table.without(i) : table.with(i, -i);
            if (i >= MANY - 1) {
                assertThat(table.with(-1, 1).digest())
                        .isEqualTo(anew(table.with(-1, 1)).digest());
            }
        }
        assertThat(table.digest()).isEqualTo(anew(table).digest());
    }

    private static <V> Table<Integer, V> anew(Table<Integer, V> table) {
        Table<Integer, V> fresh = Table.empty();
        for (Map.Entry<Integer, V> entry : table) {
            fresh = fresh.with(entry.getKey(), entry.getValue());
            fresh.digest();
        }
        return fresh;
    }

    /** A value that counts how often it is digested, and when it is due. */
    private static final class Counted implements Canonical, Due {
        private static int fed;
        private final long at;

        Counted(long at) {
            this.at = at;
        }

        @Override
        public long at() {
            return at;
        }

        @Override
        public void feed(Hasher sink) {
            fed++;
            sink.putLong(at);
        }
    }

    @Example
    void aDigestCostsWhatChangedHoweverFarBehindItIs() {
        Table<Integer, Counted> table = Table.empty();
        for (int i = 0; i < 10 * MANY; i++) {
            table = table.with(i, new Counted(i));
        }
        table.digest();
        Table<Integer, Counted> digested = table;
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 2 * MANY; i++) {
                table = table.with(i, new Counted(-i));
            }
        }
        Counted.fed = 0;
        Digest behind = table.digest();
        // What an entry was and what it is.
        assertThat(Counted.fed).isEqualTo(2 * 2 * MANY);
        table.with(3, new Counted(4)).digest();
        assertThat(Counted.fed).isEqualTo(2 * 2 * MANY + 2);
        assertThat(table.digest()).isEqualTo(behind);
        assertThat(Counted.fed).isEqualTo(2 * 2 * MANY + 4);
        assertThat(digested.digest()).isEqualTo(anew(digested).digest());
    }

    @Example
    void aDigestThatIsNotRememberedIsTheSame() {
        for (int size : List.of(1, Leaf.MOST, 100)) {
            Table<Integer, Counted> table = Table.empty();
            for (int i = 0; i < size; i++) {
                table = table.with(i, new Counted(i));
            }
            Hasher forgets = new Hasher(false);
            Counted.fed = 0;
            Content.feed(table, forgets);
            Content.feed(table, forgets.reset());
            assertThat(Counted.fed).isEqualTo(2 * size);
            assertThat(forgets.finish()).isEqualTo(Content.digest(table));
            Content.digest(table);
            assertThat(Counted.fed).isEqualTo(3 * size);
        }
    }

    @Property
    void whatIsDueIsFoundByTimeThenKey(@ForAll("edits") List<Edit> edits, @ForAll @IntRange(max = 4) int now) {
        Table<Integer, Counted> table = Table.empty();
        TreeMap<Integer, Integer> model = new TreeMap<>();
        for (Edit edit : edits) {
            boolean put = edit.put();
            table = put ? table.with(edit.key(), new Counted(edit.value())) : table.without(edit.key());
            if (put) {
                model.put(edit.key(), edit.value());
            } else {
                model.remove(edit.key());
            }
            assertThat(table.nextDue())
                    .isEqualTo(model.values().stream()
                            .mapToLong(Integer::longValue)
                            .min()
                            .orElse(Due.NEVER));
        }
        List<Integer> due = model.entrySet().stream()
                .filter(entry -> entry.getValue() <= now)
                .sorted(Map.Entry.<Integer, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(table.due(now, 1_000)).isEqualTo(due);
        assertThat(table.due(now, 3)).isEqualTo(due.subList(0, Math.min(3, due.size())));
    }

    /** A key that counts how often it is compared. */
    private record Key(int number) implements Comparable<Key> {
        private static long compared;

        @Override
        public int compareTo(Key other) {
            compared++;
            return Integer.compare(number, other.number);
        }
    }

    @Example
    void muchThatIsDueAtOneTimeCostsWhatIsFound() {
        Table<Key, Counted> table = Table.empty();
        for (int i = 0; i < 100_000; i++) {
            table = table.with(new Key(i), new Counted(7));
        }
        Key.compared = 0;
        List<Key> due = table.due(7, 64);
        assertThat(due).hasSize(64);
        assertThat(due.getLast()).isEqualTo(new Key(63));
        assertThat(Key.compared).isLessThan(5_000);
    }

    @Property
    void differentContentHasDifferentDigest(@ForAll("edits") List<Edit> some, @ForAll("edits") List<Edit> more) {
        Table<Integer, Integer> one = edited(some);
        Table<Integer, Integer> other = edited(more);
        assertThat(one.digest().equals(other.digest())).isEqualTo(one.equals(other));
    }

    @Property
    void staysBalanced(@ForAll("edits") List<Edit> edits) {
        Table<Integer, Integer> table = edited(edits);
        assertThat(TableShape.height(table)).isLessThanOrEqualTo(bound(table.size()));
    }

    @Example
    void staysBalancedWhenFilledInOrder() {
        Table<Integer, Integer> up = Table.empty();
        Table<Integer, Integer> down = Table.empty();
        for (int i = 0; i < 20_000; i++) {
            up = up.with(i, i);
            down = down.with(-i, i);
        }
        assertThat(TableShape.height(up)).isLessThanOrEqualTo(bound(20_000));
        assertThat(TableShape.height(down)).isLessThanOrEqualTo(bound(20_000));
        for (int i = 0; i < 19_000; i++) {
            up = up.without(i);
        }
        assertThat(TableShape.height(up)).isLessThanOrEqualTo(bound(1_000));
        TableShape.check(up);
    }

    // The worst AVL tree has a height of 1.4405 log2(n + 2).
    private static int bound(int size) {
        return (int) Math.floor(1.45 * Math.log(size + 2) / Math.log(2));
    }

    @Property
    void everyNodeIsBalancedAndCounted(@ForAll("edits") List<Edit> edits) {
        TableShape.check(edited(edits));
    }

    @Property
    void oldVersionsStay(@ForAll("edits") List<Edit> edits, @ForAll @IntRange(max = 40) int key) {
        Table<Integer, Integer> table = edited(edits);
        List<Map.Entry<Integer, Integer>> before = list(table);
        Digest digest = table.digest();
        table.with(key, 1_000).without(key);
        table.without(key).digest();
        assertThat(list(table)).isEqualTo(before);
        assertThat(table.digest()).isEqualTo(digest);
    }

    @Example
    void whatChangesNothingIsTheVerySameTable() {
        String value = "v";
        Table<String, String> table = Table.of("a", value).with("b", value);
        assertThat(table.with("a", value)).isSameAs(table);
        assertThat(table.without("c")).isSameAs(table);
        assertThat(table.updated("c", old -> old + "!")).isSameAs(table);
        assertThat(table.updated("a", old -> old)).isSameAs(table);
        assertThat(table.updated("a", old -> old + "!").at("a")).isEqualTo("v!");
        assertThat(table.without("a").without("b")).isSameAs(Table.empty());
    }

    @Property
    void copyOfAMap(@ForAll @Size(max = 50) Map<Integer, String> map) {
        assertThat(list(Table.copyOf(map))).isEqualTo(List.copyOf(new TreeMap<>(map).entrySet()));
    }

    @Example
    void saysWhatIsMissing() {
        assertThatThrownBy(() -> Table.<String, String>empty().at("peer"))
                .isInstanceOf(NoSuchElementException.class)
                .hasMessage("no entry for peer");
        Iterator<Map.Entry<String, Long>> iterator = Table.of("a", 1L).iterator();
        iterator.next();
        assertThat(iterator.hasNext()).isFalse();
        assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    }

    @Example
    void entriesDoNotMeltIntoOneAnother() {
        // The digest is a sum: swapping values between keys must show.
        assertThat(Table.of("a", "b").with("b", "a").digest())
                .isNotEqualTo(Table.of("a", "a").with("b", "b").digest());
        assertThat(Content.digest(Table.empty())).isNotEqualTo(Digest.ZERO);
        assertThat(Table.empty().digest()).isEqualTo(Digest.ZERO);
    }

    @Example
    void isNotEqualToOthers() {
        Table<String, Long> table = Table.of("a", 1L);
        assertThat(table.equals(table)).isTrue();
        assertThat(table).isEqualTo(Table.of("a", 1L));
        assertThat(table).isNotEqualTo(Table.of("a", 2L));
        assertThat(table).isNotEqualTo(Table.of("b", 1L));
        assertThat(table).isNotEqualTo(table.with("b", 1L));
        assertThat(table.equals((Object) "a")).isFalse();
        assertThat(table.hashCode()).isNotEqualTo(Table.of("a", 2L).hashCode());
    }

    @Example
    void bytesCountAllEntries() {
        // Size, digest in two words, and for each entry its key and value.
        assertThat(Content.bytes(Table.<Long, Long>empty())).isEqualTo(8);
        Table<Long, Long> table = Table.empty();
        Random random = new Random(3);
        for (int i = 1; i <= 100; i++) {
            table = table.with(random.nextLong(), 0L);
            assertThat(Content.bytes(table)).isEqualTo(8L * (3 + 2L * i));
        }
    }

    @Property
    void differencesAreThoseOfComparingEveryKey(
            @ForAll List<@IntRange(min = 0, max = 200) Integer> first,
            @ForAll List<@IntRange(min = -200, max = 200) Integer> then) {
        Table<Integer, String> before = Table.empty();
        for (int key : first) {
            before = before.with(key, "old");
        }
        Table<Integer, String> after = before;
        for (int key : then) {
            after = key < 0 ? after.without(-key) : after.with(key, "new");
        }
        for (Table<Integer, String> later :
                List.of(after, rebuilt(after.without(3).with(7, "other")))) {
            TreeMap<Integer, String> wanted = new TreeMap<>();
            for (int key = 0; key <= 200; key++) {
                if (!before.find(key).equals(later.find(key))) {
                    wanted.put(key, before.find(key) + " " + later.find(key));
                }
            }
            TreeMap<Integer, String> found = new TreeMap<>();
            before.differences(later, (key, one, other) -> found.put(key, one + " " + other));
            assertThat(found).isEqualTo(wanted);
        }
    }

    private static Table<Integer, String> rebuilt(Table<Integer, String> of) {
        Table<Integer, String> table = Table.empty();
        for (Map.Entry<Integer, String> entry : of) {
            table = table.with(entry.getKey(), entry.getValue());
        }
        return table;
    }
}
