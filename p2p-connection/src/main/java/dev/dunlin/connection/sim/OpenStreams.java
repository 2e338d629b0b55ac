package dev.dunlin.connection.sim;

import dev.dunlin.connection.sim.Stream.End;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Our ends of a node's open streams, found by their handles. A hash table of nothing but the ends, each of which has its handle:
 * a map would take as much for each as the end itself. Not thread-safe.
 */
final class OpenStreams {

    // Their number is a power of two, and at least a quarter of them is free.
    // An end whose place is taken has the next free one.
    private @Nullable End[] places = new @Nullable End[8];
    private int size;

    /** All of them, in no order. */
    List<End> all() {
        List<End> all = new ArrayList<>(size);
        for (End end : places) {
            if (end != null) {
                all.add(end);
            }
        }
        return all;
    }

    /** The end of a handle, if it is open. */
    @Nullable
    End find(Handle handle) {
        return places[place(handle)];
    }

    /** Adds an end whose handle is not in the table. */
    void add(End end) {
        if (++size > places.length / 4 * 3) {
            @Nullable End[] before = places;
            places = new @Nullable End[before.length * 2];
            for (End each : before) {
                if (each != null) {
                    places[place(each.handle)] = each;
                }
            }
        }
        places[place(end.handle)] = end;
    }

    /** Removes an end, if it is there. */
    void remove(End end) {
        int place = place(end.handle);
        if (places[place] == null) {
            return;
        }
        size--;
        places[place] = null;
        // Or those that stand after the place would not be found.
        int at = next(place);
        for (End after = places[at]; after != null; after = places[at]) {
            places[at] = null;
            places[place(after.handle)] = after;
            at = next(at);
        }
    }

    // Where a handle's end is, or where it would stand.
    private int place(Handle handle) {
        int place = (int) handle.number() & (places.length - 1);
        for (End at = places[place]; at != null && !at.handle.equals(handle); at = places[place]) {
            place = next(place);
        }
        return place;
    }

    private int next(int place) {
        return (place + 1) & (places.length - 1);
    }
}
