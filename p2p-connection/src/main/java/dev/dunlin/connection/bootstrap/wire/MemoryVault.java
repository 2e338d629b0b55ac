package dev.dunlin.connection.bootstrap.wire;

import dev.dunlin.core.state.Bytes;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A vault in memory. Each kind has so many bytes of its own; what was kept first makes room for what comes. A text takes two bytes for each
 * character, and some for its hash.
 */
public final class MemoryVault implements Vault {

    private static final int OF_EACH = 128;

    private final long most;
    private final Map<Kind, Shelf> shelves = new EnumMap<>(Kind.class);

    private static final class Shelf {
        final LinkedHashMap<Bytes, String> contents = new LinkedHashMap<>();
        long bytes;
    }

    /**
     * An empty one.
     *
     * @param most how many bytes of each kind are kept
     */
    public MemoryVault(long most) {
        this.most = most;
        for (Kind kind : Kind.values()) {
            shelves.put(kind, new Shelf());
        }
    }

    @Override
    public synchronized Bytes keep(Kind kind, String content) {
        Bytes hash = Hashes.sha256(content);
        Shelf shelf = shelf(kind);
        // What is kept again is the newest.
        if (shelf.contents.remove(hash) == null) {
            shelf.bytes += size(content);
        }
        shelf.contents.put(hash, content);
        Iterator<String> oldest = shelf.contents.values().iterator();
        while (shelf.bytes > most && oldest.hasNext()) {
            shelf.bytes -= size(oldest.next());
            oldest.remove();
        }
        return hash;
    }

    private Shelf shelf(Kind kind) {
        return shelves.computeIfAbsent(kind, any -> new Shelf());
    }

    private static long size(String content) {
        return 2L * content.length() + OF_EACH;
    }

    @Override
    public synchronized Optional<String> find(Kind kind, Bytes hash) {
        return Optional.ofNullable(shelf(kind).contents.get(hash));
    }

    /** How many bytes of a kind are kept. */
    public synchronized long bytes(Kind kind) {
        return shelf(kind).bytes;
    }
}
