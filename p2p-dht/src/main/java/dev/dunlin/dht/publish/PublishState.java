package dev.dunlin.dht.publish;

import dev.dunlin.connection.identify.OwnAddresses;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Subject;
import dev.dunlin.dht.key.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this node keeps published.
 *
 * @param config what the last boot said, and operators since
 * @param addresses where this node can be reached, which is what others are told
 * @param promises the content
 * @param values the values, by their keys
 * @param puts the keys of values that are being stored, by the number of the operation
 * @param round how far it is in publishing all again
 * @param sweep the region whose content is being published
 * @param alarm when the next is, if none is now; one at most
 * @param restUntil before when nothing is published, for want of nodes, microseconds of the node's time
 * @param counts what was done since the first boot
 * @param last the number of the last question, lookup or operation; never falls, not even at a boot
 */
public record PublishState(
        PublishConfig config,
        OwnAddresses addresses,
        Promises promises,
        Table<Bytes, KeptValue> values,
        Table<Long, Bytes> puts,
        Round round,
        Optional<Sweep> sweep,
        Table<Occasion, Alarm> alarm,
        long restUntil,
        Counts counts,
        long last) {

    /** Before the first boot. */
    public static final PublishState INITIAL = new PublishState(
            PublishConfig.DEFAULT,
            OwnAddresses.NONE,
            Promises.NONE,
            Table.empty(),
            Table.empty(),
            Round.NEW,
            Optional.empty(),
            Table.empty(),
            0,
            Counts.NONE,
            0);

    /** When keys are published, microseconds of the node's time. */
    record Alarm(long at) implements Due {}

    /** How much content is kept published. */
    public int keys() {
        return promises.kept().size();
    }

    /** Whether some content is kept published. */
    public boolean isKept(Bytes content) {
        return promises.kept().has(Key.ofPreimage(content));
    }

    /** How much of the content waits: it is new, or was stored by too few the last time. */
    public int waiting() {
        return promises.waiting().size();
    }

    /** Whether some content was stored by as many as are enough, the last time. */
    public boolean isPublished(Bytes content) {
        Key key = Key.ofPreimage(content);
        return promises.kept().has(key) && !promises.waiting().has(key);
    }

    /** The first of the content that is kept published, by its place in the id space. */
    public List<Bytes> content(int most) {
        return first(promises.kept(), most).stream().map(Map.Entry::getValue).toList();
    }

    /**
     * How it goes with a value that is kept published.
     *
     * @param storedAt when others stored it the last time, microseconds of the node's time; empty if none has yet
     * @param failures how often in a row nobody has stored it since
     */
    public record ValueStanding(Bytes key, Optional<Long> storedAt, int failures) {}

    /** The first of the values that are kept published, by their keys. */
    public List<ValueStanding> values(int most) {
        return first(values, most).stream()
                .map(entry -> new ValueStanding(
                        entry.getKey(),
                        entry.getValue().stored().map(Stamp::at),
                        entry.getValue().tries()))
                .toList();
    }

    private static <K extends Comparable<? super K>, V> List<Map.Entry<K, V>> first(Table<K, V> table, int most) {
        List<Map.Entry<K, V>> first = new ArrayList<>();
        for (Map.Entry<K, V> entry : table) {
            if (first.size() == most) {
                break;
            }
            first.add(entry);
        }
        return first;
    }

    /** How many values are kept published. */
    public int valueCount() {
        return values.size();
    }

    /** Whether the value of a key is kept published, and was stored the last time. */
    public boolean isValuePublished(Bytes key) {
        return values.find(key)
                .filter(value -> value.stored().isPresent() && value.tries() == 0)
                .isPresent();
    }

    PublishState with(PublishConfig changed) {
        return new PublishState(
                changed, addresses, promises, values, puts, round, sweep, alarm, restUntil, counts, last);
    }

    PublishState reached(OwnAddresses changed) {
        return new PublishState(config, changed, promises, values, puts, round, sweep, alarm, restUntil, counts, last);
    }

    PublishState with(Promises changed) {
        return new PublishState(config, addresses, changed, values, puts, round, sweep, alarm, restUntil, counts, last);
    }

    PublishState valued(Table<Bytes, KeptValue> changed) {
        return new PublishState(
                config, addresses, promises, changed, puts, round, sweep, alarm, restUntil, counts, last);
    }

    PublishState putting(Table<Long, Bytes> changed) {
        return new PublishState(
                config, addresses, promises, values, changed, round, sweep, alarm, restUntil, counts, last);
    }

    PublishState with(Round changed) {
        return new PublishState(
                config, addresses, promises, values, puts, changed, sweep, alarm, restUntil, counts, last);
    }

    PublishState sweeping(Optional<Sweep> changed) {
        return new PublishState(
                config, addresses, promises, values, puts, round, changed, alarm, restUntil, counts, last);
    }

    PublishState with(Sweep changed) {
        return sweeping(Optional.of(changed));
    }

    PublishState alarmed(Table<Occasion, Alarm> changed) {
        return new PublishState(
                config, addresses, promises, values, puts, round, sweep, changed, restUntil, counts, last);
    }

    PublishState resting(long until) {
        return new PublishState(config, addresses, promises, values, puts, round, sweep, alarm, until, counts, last);
    }

    PublishState counting(Counts more) {
        return new PublishState(
                config, addresses, promises, values, puts, round, sweep, alarm, restUntil, counts.plus(more), last);
    }

    /** With one more question, lookup or operation; its number is {@link #last}. */
    PublishState numbered() {
        return new PublishState(
                config, addresses, promises, values, puts, round, sweep, alarm, restUntil, counts, last + 1);
    }

    String phaseOf(Subject subject) {
        if (!subject.kind().equals(PublishAction.OfSweep.KIND)) {
            return "running";
        }
        return sweep.map(going -> switch (going.stage()) {
                    case Sweep.Stage.Seeding _ -> "seeding";
                    case Sweep.Stage.Exploring _ -> "exploring";
                    case Sweep.Stage.Storing _ -> "storing";
                })
                .orElse("idle");
    }
}
