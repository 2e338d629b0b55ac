package dev.dunlin.dht.record;

import static dev.dunlin.dht.record.Shelf.HOUR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** The machine does what a model of plain maps does, whatever nodes ask and however long the node is on and off. */
class RecordsProperties {

    private static final int KEYS = 5;
    private static final long AGE = 48 * HOUR;
    private static final long FRESH = 24 * HOUR;
    private static final long GRACE = HOUR / 6;

    private static final int VALUES = 3;
    private static final int VALUE_BYTES = 60;
    private static final int VALUES_OF_PEER = 2;
    private static final int PROVIDER_KEYS = 4;
    private static final int PROVIDERS = 6;
    private static final int PROVIDERS_OF_KEY = 3;
    private static final int PROVIDERS_OF_PEER = 3;

    private static final String[] BOUNDS = {
        "maxValues", Integer.toString(VALUES),
        "maxValueBytes", Integer.toString(VALUE_BYTES),
        "maxValuesOfPeer", Integer.toString(VALUES_OF_PEER),
        "maxProviderKeys", Integer.toString(PROVIDER_KEYS),
        "maxProviders", Integer.toString(PROVIDERS),
        "maxProvidersOfKey", Integer.toString(PROVIDERS_OF_KEY),
        "maxProvidersOfPeer", Integer.toString(PROVIDERS_OF_PEER)
    };

    sealed interface Step {
        record Put(int peer, int key, int rank, int hours, int size) implements Step {}

        record Provide(int peer, int key) implements Step {}

        record Wait(long micros) implements Step {}

        /** The node is off. */
        record Off(long micros) implements Step {}
    }

    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void doesAsTheModelDoes(@ForAll("steps") List<Step> steps) {
        does(steps, Shelf.with(BOUNDS), false);
    }

    /** The same rules hold of records that are not in the state; there a value is looked at before the store is. */
    @Property(tries = 2000, edgeCases = EdgeCasesMode.NONE)
    void doesAsTheModelDoesWithAFile(@ForAll("steps") List<Step> steps) {
        does(steps, Shelf.onDisk(BOUNDS), true);
    }

    private static void does(List<Step> steps, Shelf shelf, boolean looksFirst) {
        Model model = new Model(shelf.wall(), looksFirst);
        for (Step step : steps) {
            // What comes at the same time the machine tells apart by microseconds, and what has expired it drops in
            // steps of milliseconds.
            shelf.advanceBy(10_000);
            model.passes(10_000);
            switch (step) {
                case Step.Put(int peer, int key, int rank, int hours, int size) -> {
                    Bytes value = Marked.value(rank, hours, size);
                    Optional<Refusal> refusal = model.put(peer, Marked.key(key), value, rank, hours);
                    boolean isStored = shelf.put(peer, Marked.key(key), value);
                    assertThat(isStored ? Optional.empty() : Optional.of(shelf.why()))
                            .isEqualTo(refusal);
                }
                case Step.Provide(int peer, int key) -> {
                    Optional<Refusal> refusal = model.provide(peer, Shelf.content(key));
                    boolean isStored = shelf.provide(peer, Shelf.content(key));
                    assertThat(isStored ? Optional.empty() : Optional.of(shelf.why()))
                            .isEqualTo(refusal);
                }
                case Step.Wait(long micros) -> {
                    shelf.advanceBy(micros);
                    model.passes(micros);
                }
                case Step.Off(long micros) -> {
                    shelf.reboot(shelf.wall() + micros);
                    model.isOff(micros);
                }
            }
            for (int key = 0; key < KEYS; key++) {
                assertThat(shelf.value(Marked.key(key))).isEqualTo(model.value(Marked.key(key)));
                Bytes content = Shelf.content(key);
                List<PeerId> who = shelf.who(content);
                assertThat(new TreeSet<>(who)).isEqualTo(model.who(content)).hasSameSizeAs(who);
            }
            assertThat(shelf.state().stock().values()).isEqualTo(model.values.size());
            assertThat(shelf.state().stock().providers()).isEqualTo(model.told.size());
        }
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        Arbitrary<Integer> peers = Arbitraries.integers().between(0, 3);
        Arbitrary<Integer> keys = Arbitraries.integers().between(0, KEYS - 1);
        Arbitrary<Step> puts = Combinators.combine(
                        peers,
                        keys,
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(0, 0, 0, 30),
                        Arbitraries.of(2, 3, 20))
                .as(Step.Put::new);
        Arbitrary<Step> provides = Combinators.combine(peers, keys).as(Step.Provide::new);
        Arbitrary<Long> times = Arbitraries.of(HOUR / 60, HOUR / 7, HOUR, 11 * HOUR, 24 * HOUR, 37 * HOUR, 48 * HOUR);
        return Arbitraries.frequencyOf(
                        Tuple.of(6, puts),
                        Tuple.of(6, provides),
                        Tuple.of(3, times.map(Step.Wait::new)),
                        Tuple.of(1, times.map(Step.Off::new)))
                .list()
                .ofMaxSize(60);
    }

    /** What the machine is to do, said again: a map in the order in which things came, and no time but the true one. */
    private static final class Model {

        private final long start;
        private final boolean looksFirst;
        private long now;
        private long ran;
        private long believedAt;
        private final Map<Bytes, Value> values = new LinkedHashMap<>();
        private final Map<Told, At> told = new LinkedHashMap<>();

        private record Value(Bytes bytes, int rank, int hours, int peer, At at) {}

        /** The true time, and how long the node had run by then. */
        private record At(long time, long ran) {}

        private record Told(Bytes key, int peer) {}

        Model(long start, boolean looksFirst) {
            this.start = start;
            this.looksFirst = looksFirst;
            this.now = start;
            this.believedAt = start + GRACE;
        }

        void passes(long micros) {
            now += micros;
            ran += micros;
            dropped();
        }

        void isOff(long micros) {
            now += micros;
            believedAt = now + GRACE;
        }

        private void dropped() {
            values.values().removeIf(value -> isSurely(value.at, AGE));
            told.values().removeIf(at -> isSurely(at, AGE));
        }

        /** That it is so old is sure if the node itself ran for so long, or the clock says so that is believed. */
        private boolean isSurely(At at, long age) {
            return ran - at.ran >= age || now >= believedAt && now - at.time >= age;
        }

        private boolean isStale(At at) {
            return isSurely(at, FRESH);
        }

        private At at() {
            return new At(now, ran);
        }

        private boolean isValid(int rank, int hours) {
            return rank > 0 && (hours == 0 || now < start + hours * HOUR);
        }

        Optional<Bytes> value(Bytes key) {
            return Optional.ofNullable(values.get(key))
                    .filter(value -> now - value.at.time < AGE && isValid(value.rank, value.hours))
                    .map(Value::bytes);
        }

        Set<PeerId> who(Bytes key) {
            Set<PeerId> who = new TreeSet<>();
            told.forEach((each, at) -> {
                if (each.key.equals(key) && now - at.time < AGE) {
                    who.add(Shelf.peer(each.peer));
                }
            });
            return who;
        }

        Optional<Refusal> put(int peer, Bytes key, Bytes bytes, int rank, int hours) {
            Optional<Value> held = Optional.ofNullable(values.get(key));
            Optional<Refusal> bad = bad(held, rank, hours);
            if (looksFirst && bad.isPresent()) {
                return bad;
            }
            boolean isThere = held.isPresent() && held.get().bytes.equals(bytes);
            Map<Bytes, Value> after = new LinkedHashMap<>(values);
            after.remove(key);
            after.put(key, new Value(bytes, rank, hours, isThere ? held.get().peer : peer, at()));
            if (!isThere) {
                if (after.values().stream().filter(value -> value.peer == peer).count() > VALUES_OF_PEER) {
                    return Optional.of(Refusal.VALUES_OF_PEER);
                }
                while (after.size() > VALUES || bytes(after) > VALUE_BYTES) {
                    Map.Entry<Bytes, Value> oldest = after.entrySet().iterator().next();
                    if (oldest.getKey().equals(key) || !isStale(oldest.getValue().at)) {
                        return Optional.of(after.size() > VALUES ? Refusal.VALUES_FULL : Refusal.VALUE_BYTES_FULL);
                    }
                    after.remove(oldest.getKey());
                }
            }
            if (bad.isPresent()) {
                return bad;
            }
            values.clear();
            values.putAll(after);
            return Optional.empty();
        }

        private Optional<Refusal> bad(Optional<Value> held, int rank, int hours) {
            if (!isValid(rank, hours)) {
                return Optional.of(Refusal.INVALID_VALUE);
            }
            return held.isPresent() && held.get().rank > rank && isValid(held.get().rank, held.get().hours)
                    ? Optional.of(Refusal.WORSE_VALUE)
                    : Optional.empty();
        }

        private static int bytes(Map<Bytes, Value> values) {
            int bytes = 0;
            for (Map.Entry<Bytes, Value> each : values.entrySet()) {
                bytes += each.getKey().size() + each.getValue().bytes.size();
            }
            return bytes;
        }

        Optional<Refusal> provide(int peer, Bytes key) {
            Told record = new Told(key, peer);
            Map<Told, At> after = new LinkedHashMap<>(told);
            if (!told.containsKey(record)) {
                if (told.keySet().stream().filter(each -> each.peer == peer).count() >= PROVIDERS_OF_PEER) {
                    return Optional.of(Refusal.PROVIDERS_OF_PEER);
                }
                Optional<Refusal> beyond = beyond(after, key);
                while (beyond.isPresent()) {
                    boolean isOfKey = beyond.get() == Refusal.PROVIDERS_OF_KEY;
                    Map.Entry<Told, At> oldest = after.entrySet().stream()
                            .filter(each -> !isOfKey || each.getKey().key.equals(key))
                            .findFirst()
                            .orElseThrow();
                    if (!isStale(oldest.getValue())) {
                        told.keySet().retainAll(after.keySet());
                        return beyond;
                    }
                    after.remove(oldest.getKey());
                    if (beyond.get() == Refusal.PROVIDER_KEYS_FULL) {
                        after.entrySet()
                                .removeIf(each ->
                                        each.getKey().key.equals(oldest.getKey().key) && isStale(each.getValue()));
                    }
                    beyond = beyond(after, key);
                }
            }
            after.remove(record);
            after.put(record, at());
            told.clear();
            told.putAll(after);
            return Optional.empty();
        }

        private static Optional<Refusal> beyond(Map<Told, At> told, Bytes key) {
            Set<Bytes> keys = new TreeSet<>();
            told.keySet().forEach(each -> keys.add(each.key));
            if (told.keySet().stream().filter(each -> each.key.equals(key)).count() >= PROVIDERS_OF_KEY) {
                return Optional.of(Refusal.PROVIDERS_OF_KEY);
            }
            if (!keys.contains(key) && keys.size() >= PROVIDER_KEYS) {
                return Optional.of(Refusal.PROVIDER_KEYS_FULL);
            }
            return told.size() >= PROVIDERS ? Optional.of(Refusal.PROVIDERS_FULL) : Optional.empty();
        }
    }
}
