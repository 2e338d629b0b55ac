package dev.dunlin.core.log;

import com.github.luben.zstd.ZstdInputStream;
import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.CodecException;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.codec.Upcaster;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import java.io.IOException;
import java.util.HashMap;
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

    /**
     * A snapshot, read back.
     *
     * @param build the build that wrote it
     * @param schema what that build could write
     * @param state the state
     */
    record Read<R>(String build, Schema schema, StoreState<R> state) {}

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

    /** Why the file is none that can be read back, if it is not; its parts are read one by one and dropped. */
    Optional<String> fault() {
        Map<String, SnapshotParts.Slot> slots = new HashMap<>();
        try {
            scan((type, payload) -> {
                String machine = payload.path("path").path(0).asString("");
                SnapshotParts.Slot slot = slots.computeIfAbsent(machine, this::slot);
                types.take(slot, type, payload, null);
                slot.forgetValues();
            });
            return Optional.empty();
        } catch (Damage damage) {
            return Optional.of(String.valueOf(damage.getMessage()));
        } catch (IOException | JacksonException | CodecException | IllegalArgumentException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Reads the state.
     *
     * @return empty if the file is damaged or incomplete, so that an older one is to be taken
     * @throws LogException if it is whole and this build cannot read it
     */
    Optional<Read<R>> read() throws IOException {
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
                String machine = payload.path("path").path(0).asString("");
                if (isMounted(machine)) {
                    types.take(slots.computeIfAbsent(machine, this::slot), type, payload, upcaster);
                }
            });
            return state(header, theirs, slots, upcaster, mine.incomparable(theirs));
        } catch (Damage | JacksonException e) {
            return Optional.empty();
        } catch (CodecException | IllegalArgumentException e) {
            throw new LogException(
                    "this build cannot read the snapshot " + file.name() + " of the build "
                            + header.path("build").asString() + ": " + e.getMessage() + "\n"
                            + mine.compare(theirs, codec.tables()).text(),
                    e);
        }
    }

    private Optional<Read<R>> state(
            JsonNode header,
            Schema theirs,
            Map<String, SnapshotParts.Slot> slots,
            @Nullable Upcaster upcaster,
            Set<String> incomparable) {
        Map<String, Object> machines = new LinkedHashMap<>();
        for (Map.Entry<String, SnapshotParts.Slot> slot : slots.entrySet()) {
            String machine = slot.getKey();
            Object state = types.assembled(slot.getValue(), upcaster);
            String told = header.path("digests").path(machine).asString("");
            if (!told.equals(Content.digest(state).toString()) && !incomparable.contains(machine)) {
                return Optional.empty();
            }
            machines.put(machine, state);
        }
        return Optional.of(new Read<>(
                header.path("build").asString(),
                theirs,
                store.stateOf(header.path("input").asLong(), header.path("at").asLong(), machines)));
    }

    private boolean isMounted(String machine) {
        return store.machines().stream().anyMatch(slice -> slice.name().equals(machine));
    }

    private SnapshotParts.Slot slot(String machine) {
        for (Machine<?, ?, ?> slice : store.machines()) {
            if (slice.name().equals(machine)) {
                return SnapshotParts.Slot.of(machine, slice.state());
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
                JsonNode frame = codec.mapper().readTree(in.bytes(), in.from(), in.length() - 1);
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

    private void checkFormat(JsonNode header) throws Damage {
        int format = header.path("format").asInt();
        if (format < Frame.OLDEST || format > Frame.FORMAT) {
            throw new Damage("it has format " + format);
        }
    }

    private Optional<JsonNode> header() throws IOException {
        try (Lines in = new Lines(new ZstdInputStream(storage.read(file.name(), 0)))) {
            return in.next() == Lines.Next.GOOD
                    ? Optional.of(codec.mapper()
                            .readTree(in.bytes(), in.from(), in.length() - 1)
                            .path("payload"))
                    : Optional.empty();
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
    }

    /**
     * The digests in the header, by machine; nothing behind the header is read.
     *
     * @return empty if the header is damaged
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
