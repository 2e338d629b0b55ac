package dev.dunlin.dht.publish;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.key.Key;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that are kept published, by their ids, so that those near to one another stand together.
 *
 * @param kept the multihash of each
 * @param waiting those of them that are to be published soon; the others have been stored by as many nodes as are enough
 * @param turns when each of those is
 */
record Promises(Table<Key, Bytes> kept, Table<Key, Waiting> waiting, Table<Turn, Boolean> turns) {

    static final Promises NONE = new Promises(Table.empty(), Table.empty(), Table.empty());

    /** With one more that waits; the same if it is kept. */
    Promises keeping(Bytes content, long at) {
        Key key = Key.ofPreimage(content);
        return kept.has(key) ? this : new Promises(kept.with(key, content), waiting, turns).waiting(key, at, 0);
    }

    Promises without(Bytes content) {
        Key key = Key.ofPreimage(content);
        Promises published = published(key);
        return new Promises(kept.without(key), published.waiting, published.turns);
    }

    /** With one that has been published well; the same if it is not kept any more. */
    Promises published(Key key) {
        Optional<Waiting> before = waiting.find(key);
        return before.isEmpty()
                ? this
                : new Promises(
                        kept,
                        waiting.without(key),
                        turns.without(new Turn(before.get().at(), key)));
    }

    /** With one that is to be published again at a time; the same if it is not kept any more. */
    Promises missed(Key key, long at) {
        return kept.has(key) ? published(key).waiting(key, at, triesOf(key) + 1) : this;
    }

    private Promises waiting(Key key, long at, int tries) {
        return new Promises(kept, waiting.with(key, new Waiting(at, tries)), turns.with(new Turn(at, key), true));
    }

    /** The first of those that wait. */
    Optional<Turn> first() {
        return turns.first().map(Map.Entry::getKey);
    }

    /** How often in a row too few have stored it. */
    int triesOf(Key key) {
        return waiting.find(key).map(Waiting::tries).orElse(0);
    }

    /** The first key behind this one; the first of all if there is none before. */
    Optional<Key> behind(Optional<Key> last) {
        Iterator<Map.Entry<Key, Bytes>> from = last.map(kept::from).orElse(kept).iterator();
        Optional<Key> next = next(from);
        return next.isPresent() && next.equals(last) ? next(from) : next;
    }

    private static Optional<Key> next(Iterator<Map.Entry<Key, Bytes>> from) {
        return from.hasNext() ? Optional.of(from.next().getKey()) : Optional.empty();
    }
}
