package dev.dunlin.dht.record;

import dev.dunlin.core.state.Table;

/**
 * What became of what was sent, counted since the first boot.
 *
 * @param stored what was stored, also what was stored already
 * @param refused what was not, by why
 * @param ignored providers in messages of others than themselves
 * @param expired what was dropped for its age
 * @param displaced what was dropped to make room, before it had expired
 */
public record Tally(
        Table<RecordKind, Long> stored,
        Table<Refusal, Long> refused,
        long ignored,
        Table<RecordKind, Long> expired,
        Table<RecordKind, Long> displaced) {

    static final Tally NONE = new Tally(Table.empty(), Table.empty(), 0, Table.empty(), Table.empty());

    Tally stored(RecordKind kind) {
        return new Tally(more(stored, kind, 1), refused, ignored, expired, displaced);
    }

    Tally refused(Refusal why) {
        return new Tally(stored, more(refused, why, 1), ignored, expired, displaced);
    }

    Tally ignored(int providers) {
        return new Tally(stored, refused, ignored + providers, expired, displaced);
    }

    Tally expired(RecordKind kind, int records) {
        return new Tally(stored, refused, ignored, more(expired, kind, records), displaced);
    }

    Tally displaced(RecordKind kind, int records) {
        return new Tally(stored, refused, ignored, expired, more(displaced, kind, records));
    }

    private static <K extends Comparable<? super K>> Table<K, Long> more(Table<K, Long> counts, K of, int more) {
        return more == 0 ? counts : counts.with(of, counts.or(of, 0L) + more);
    }
}
