package dev.dunlin.core.log;

import com.github.luben.zstd.ZstdInputStream;
import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Parts;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.codec.Upcaster;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;

/**
 * Reads a snapshot part by part: beside the state that it makes there are never more than a few parts in memory.
 *
 * @param <R> the root of the state tree
 */
final class SnapshotReader<R> {

    private static final TypeReference<Map<String, Map<String, String>>> SCHEMA = new TypeReference<>() {};

    private final LogStorage storage;
    private final Codec codec;
    private final Store<R> store;
    private final Segments.Snapshot file;
    private final SnapshotParts types;

    SnapshotReader(LogStorage storage, Codec codec, Store<R> store, Segments.Snapshot file) {
        this.storage = storage;
        this.codec = codec;
        this.store = store;
        this.file = file;
        this.types = new SnapshotParts(codec);
    }

    /** Takes the parts of a file in order. */
    @FunctionalInterface
    private interface Each {
        void part(String type, JsonNode payload);
    }

    /** Says that a file is damaged, in a sentence. */
    private static final class Damage extends Exception {
        private static final long serialVersionUID = 1L;

        Damage(String why) {
            super(why);
        }
    }

    /** Why the file is none that was written whole, if it is not. What its parts say was looked at when it was written. */
    Optional<String> fault() {
        return faulty(() -> {
            checkedHeader();
            scan((type, payload) -> {});
        });
    }

    /** As {@link #fault()}, with a look at the first line only. */
    Optional<String> headerFault() {
        return faulty(() -> checkFormat(checkedHeader()));
    }

    /**
     * Why what is read back is not the state, if it is not. Each part is compared with what stands at its path in the state and
     * taken for it: all is put together and digested as {@link #read} does, of the state's own values.
     */
    Optional<String> fault(StoreState<R> written) {
        return faulty(() -> {
            JsonNode header = checkedHeader();
            Map<String, SnapshotHeld> held = new LinkedHashMap<>();
            Parts parts = new Parts(codec);
            store.statesOf(written).forEach((machine, own) -> held.put(machine, new SnapshotHeld(parts, own)));
            Map<String, SnapshotParts.Slot> slots = new LinkedHashMap<>();
            scan((type, payload) -> {
                String machine = machineOf(payload);
                SnapshotHeld own = held.get(machine);
                if (own == null) {
                    throw new IllegalArgumentException("there is no machine " + machine);
                }
                types.take(slots.computeIfAbsent(machine, this::slot), type, payload, null, own);
            });
            for (String machine : held.keySet()) {
                SnapshotParts.Slot slot = slots.get(machine);
                if (slot == null
                        || !digestIn(header, machine).equals(SnapshotHeld.digest(types.assembled(slot, null)))) {
                    throw new Damage("the state of " + machine + " is another than was written");
                }
            }
        });
    }

    /** Reads, and may find damage. */
    @FunctionalInterface
    private interface Reading {
        void run() throws IOException, Damage;
    }

    private static Optional<String> faulty(Reading reading) {
        try {
            reading.run();
            return Optional.empty();
        } catch (Damage | IOException | RuntimeException e) {
            return Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private JsonNode checkedHeader() throws IOException, Damage {
        return header().orElseThrow(() -> new Damage("it has no header, or one of another input"));
    }

    private static String machineOf(JsonNode payload) {
        return payload.path("path").path(0).asString("");
    }

    private static String digestIn(JsonNode header, String machine) {
        return header.path("digests").path(machine).asString("");
    }

    /**
     * Reads the state.
     *
     * @return empty if the file is damaged or incomplete, so that an older one is to be taken
     * @throws LogException if it is whole and this build cannot read it
     */
    Optional<StoreState<R>> read() throws IOException {
        JsonNode header = header().orElse(null);
        if (header == null) {
            return Optional.empty();
        }
        Schema mine = Schema.of(store);
        Schema theirs = new Schema(codec.mapper().readerFor(SCHEMA).readValue(header.path("schema")));
        Upcaster upcaster = theirs.equals(mine) ? null : new Upcaster(codec);
        Map<String, SnapshotParts.Slot> slots = new LinkedHashMap<>();
        try {
            scan((type, payload) -> {
                String machine = machineOf(payload);
                if (isMounted(machine)) {
                    types.take(
                            slots.computeIfAbsent(machine, this::slot),
                            type,
                            payload,
                            upcaster,
                            (path, read, from, whole) -> read);
                }
            });
            return state(header, slots, upcaster, mine.incomparable(theirs));
        } catch (Damage | JacksonException e) {
            return Optional.empty();
        } catch (RuntimeException e) {
            if (upcaster == null) {
                // A build that cannot read what it writes itself: the file is damaged, or a bug makes it as good as
                // that.
                return Optional.empty();
            }
            Schema.Report fit = mine.compare(theirs, codec.tables());
            throw new LogException(
                    "this build cannot read the snapshot " + file.name() + " of the build "
                            + header.path("build").asString() + ": "
                            + (fit.fit() == Schema.Fit.FINE
                                    ? String.valueOf(e.getMessage())
                                    : fit.advice("read it with the build that wrote it")),
                    e);
        }
    }

    private Optional<StoreState<R>> state(
            JsonNode header,
            Map<String, SnapshotParts.Slot> slots,
            @Nullable Upcaster upcaster,
            Set<String> incomparable) {
        Map<String, Object> machines = new LinkedHashMap<>();
        for (Map.Entry<String, SnapshotParts.Slot> slot : slots.entrySet()) {
            String machine = slot.getKey();
            Object state = types.assembled(slot.getValue(), upcaster);
            if (!digestIn(header, machine).equals(Content.digest(state).toString())
                    && !incomparable.contains(machine)) {
                return Optional.empty();
            }
            machines.put(machine, state);
        }
        return Optional.of(
                store.stateOf(header.path("input").asLong(), header.path("at").asLong(), machines));
    }

    private boolean isMounted(String machine) {
        return store.machines().stream().anyMatch(mounted -> mounted.name().equals(machine));
    }

    private SnapshotParts.Slot slot(String machine) {
        for (Machine<?, ?, ?> mounted : store.machines()) {
            if (mounted.name().equals(machine)) {
                return SnapshotParts.Slot.of(machine, mounted.state());
            }
        }
        throw new IllegalArgumentException("there is no machine " + machine);
    }

    private void scan(Each each) throws IOException, Damage {
        long parts = 0;
        boolean ended = false;
        Lines.Next next;
        try (Lines in = new Lines(new ZstdInputStream(storage.read(file.name(), 0)))) {
            while ((next = in.next()) == Lines.Next.GOOD) {
                JsonNode frame = tree(in);
                String type = frame.path("type").asString();
                switch (type) {
                    case SnapshotFormat.HEADER -> checkFormat(frame.path("payload"));
                    case SnapshotFormat.END ->
                        ended = frame.path("payload").path("lines").asLong() == parts;
                    default -> {
                        parts++;
                        each.part(type, frame.path("payload"));
                    }
                }
            }
            if (next == Lines.Next.BAD) {
                throw new Damage(in.fault());
            }
        } catch (IOException | JacksonException e) {
            throw new Damage(String.valueOf(e.getMessage()));
        }
        if (!ended) {
            throw new Damage("it does not end as it should");
        }
    }

    private JsonNode tree(Lines in) {
        try {
            return codec.mapper().readTree(in.bytes(), in.from(), in.length() - 1);
        } catch (JacksonException halfSurrogate) {
            // Only what reads characters takes half a surrogate pair in a name.
            return codec.mapper().readTree(in.text());
        }
    }

    private void checkFormat(JsonNode header) throws Damage {
        int format = header.path("format").asInt();
        if (format < Frame.OLDEST || format > Frame.FORMAT) {
            throw new Damage("it has format " + format + ", which this build does not read");
        }
    }

    private Optional<JsonNode> header() throws IOException {
        try (Lines in = new Lines(new ZstdInputStream(storage.read(file.name(), 0)))) {
            if (in.next() != Lines.Next.GOOD) {
                return Optional.empty();
            }
            JsonNode header = codec.mapper()
                    .readTree(in.bytes(), in.from(), in.length() - 1)
                    .path("payload");
            // A file that has another's name is none.
            return header.path("input").asLong(-1) == file.input()
                            && header.path("schema").isObject()
                    ? Optional.of(header)
                    : Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /**
     * The digests in the header, by machine; nothing behind the header is read.
     *
     * @return empty if the header is damaged, or of another input than the file's name
     */
    Optional<Map<String, Digest>> digests() throws IOException {
        try {
            return header().map(header -> {
                Map<String, Digest> digests = new LinkedHashMap<>();
                header.path("digests")
                        .properties()
                        .forEach(one -> digests.put(
                                one.getKey(), Digest.parse(one.getValue().asString(""))));
                return digests;
            });
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
