package dev.dunlin.core.log;

import com.github.luben.zstd.ZstdInputStream;
import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.CodecException;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.codec.Upcaster;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32C;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Snapshots: the whole state after an input, in a compressed file of checked JSON lines. The first line is a header with
 * the digests; then each slice's fields, big tables in chunks of entries; the last line says how many there were.
 */
final class Snapshots {

    private static final int CHUNK = 1000;
    private static final TypeReference<Map<String, Map<String, String>>> SCHEMA = new TypeReference<>() {};

    private Snapshots() {}

    /** Writes a snapshot; it is there whole, or not at all. */
    static <R> void write(
            LogStorage storage,
            Codec codec,
            Store<R> store,
            StoreState<R> state,
            String build,
            Schema schema,
            int level)
            throws IOException {
        String name = Segments.snapshotName(state.input());
        Map<String, Object> slices = store.statesOf(state);
        try (OutputStream out = Segments.compressed(storage, Segments.unfinished(name), level)) {
            ObjectNode header = codec.mapper().createObjectNode();
            header.put("format", Frame.FORMAT);
            header.put("build", build);
            header.put("input", state.input());
            header.put("at", state.now());
            ObjectNode digests = header.putObject("digests");
            slices.forEach(
                    (slice, value) -> digests.put(slice, Content.digest(value).toString()));
            header.set("schema", codec.mapper().valueToTree(schema.types()));
            line(codec, out, "@snapshot/header", header);
            long lines = 0;
            for (Map.Entry<String, Object> slice : slices.entrySet()) {
                JsonNode tree = codec.tree(slice.getValue());
                for (Map.Entry<String, JsonNode> field : tree.properties()) {
                    lines += field(codec, out, slice.getKey(), field.getKey(), field.getValue());
                }
            }
            line(codec, out, "@snapshot/end", codec.mapper().createObjectNode().put("lines", lines));
        }
        storage.rename(Segments.unfinished(name), name);
        storage.forceNames();
    }

    private static long field(Codec codec, OutputStream out, String slice, String field, JsonNode value)
            throws IOException {
        if (!(value instanceof ObjectNode entries) || entries.size() <= CHUNK) {
            line(codec, out, "@snapshot/field", chunk(codec, slice, field).set("value", value));
            return 1;
        }
        long lines = 0;
        ObjectNode part = codec.mapper().createObjectNode();
        for (Map.Entry<String, JsonNode> entry : entries.properties()) {
            part.set(entry.getKey(), entry.getValue());
            if (part.size() == CHUNK) {
                line(codec, out, "@snapshot/field", chunk(codec, slice, field).set("value", part));
                lines++;
                part = codec.mapper().createObjectNode();
            }
        }
        if (!part.isEmpty()) {
            line(codec, out, "@snapshot/field", chunk(codec, slice, field).set("value", part));
            lines++;
        }
        return lines;
    }

    private static ObjectNode chunk(Codec codec, String slice, String field) {
        return codec.mapper().createObjectNode().put("slice", slice).put("field", field);
    }

    private static void line(Codec codec, OutputStream out, String type, JsonNode payload) throws IOException {
        ObjectNode frame = codec.mapper().createObjectNode().put("type", type);
        frame.set("payload", payload);
        byte[] text = codec.mapper().writeValueAsBytes(frame);
        CRC32C crc = new CRC32C();
        crc.update(text, 0, text.length - 1);
        out.write(text, 0, text.length - 1);
        out.write(",\"crc\":\"%08x\"}\n".formatted(crc.getValue()).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * A snapshot, read back.
     *
     * @param build the build that wrote it
     * @param schema what that build could write
     * @param state the state
     */
    record Read<R>(String build, Schema schema, StoreState<R> state) {}

    /**
     * Reads a snapshot.
     *
     * @return empty if the file is damaged or incomplete, so that an older one is to be taken
     * @throws LogException if it is whole and this build cannot read it
     */
    static <R> Optional<Read<R>> read(LogStorage storage, Codec codec, Store<R> store, Segments.Snapshot file)
            throws IOException {
        Schema mine = Schema.of(store);
        JsonNode header = null;
        long lines = 0;
        boolean ended = false;
        Map<String, ObjectNode> trees = new LinkedHashMap<>();
        try (Lines in = new Lines(new ZstdInputStream(storage.read(file.name(), 0)))) {
            Lines.Next next;
            while ((next = in.next()) == Lines.Next.GOOD) {
                JsonNode frame = codec.mapper().readTree(in.bytes(), in.from(), in.length() - 1);
                JsonNode payload = frame.path("payload");
                switch (frame.path("type").asString()) {
                    case "@snapshot/header" -> header = payload;
                    case "@snapshot/end" -> ended = payload.path("lines").asLong() == lines;
                    default -> {
                        lines++;
                        add(codec, trees, payload);
                    }
                }
            }
            if (next == Lines.Next.BAD || !ended || header == null) {
                return Optional.empty();
            }
        } catch (IOException | JacksonException e) {
            return Optional.empty();
        }
        Schema theirs = new Schema(codec.mapper().readerFor(SCHEMA).readValue(header.path("schema")));
        Upcaster upcaster = theirs.equals(mine) ? null : new Upcaster(codec);
        Set<String> incomparable = mine.incomparable(theirs);
        Map<String, Object> slices = new LinkedHashMap<>();
        for (Slice<?, ?, ?> slice : store.slices()) {
            JsonNode tree = trees.get(slice.name());
            if (tree == null) {
                continue;
            }
            JsonNode shaped = upcaster == null ? tree : upcaster.state(slice.name(), slice.state(), tree);
            Object state = state(codec, shaped, slice.state(), file, header);
            slices.put(slice.name(), state);
            String told = header.path("digests").path(slice.name()).asString("");
            if (!told.equals(Content.digest(state).toString()) && !incomparable.contains(slice.name())) {
                return Optional.empty();
            }
        }
        return Optional.of(new Read<>(
                header.path("build").asString(),
                theirs,
                store.stateOf(header.path("input").asLong(), header.path("at").asLong(), slices)));
    }

    /**
     * The digests in a snapshot's header, by slice; nothing behind the header is read.
     *
     * @return empty if the header is damaged
     */
    static Optional<Map<String, Digest>> digests(LogStorage storage, Codec codec, Segments.Snapshot file)
            throws IOException {
        try (Lines in = new Lines(new ZstdInputStream(storage.read(file.name(), 0)))) {
            if (in.next() != Lines.Next.GOOD) {
                return Optional.empty();
            }
            JsonNode told = codec.mapper()
                    .readTree(in.bytes(), in.from(), in.length() - 1)
                    .path("payload")
                    .path("digests");
            Map<String, Digest> digests = new LinkedHashMap<>();
            told.properties()
                    .forEach(slice -> digests.put(
                            slice.getKey(), Digest.parse(slice.getValue().asString(""))));
            return Optional.of(digests);
        } catch (IOException | JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Object state(Codec codec, JsonNode tree, Class<?> type, Segments.Snapshot file, JsonNode header) {
        try {
            return codec.value(tree, type);
        } catch (CodecException e) {
            throw new LogException(
                    "this build cannot read the snapshot " + file.name() + " of the build "
                            + header.path("build").asString() + ": " + e.getMessage(),
                    e);
        }
    }

    private static void add(Codec codec, Map<String, ObjectNode> trees, JsonNode payload) {
        ObjectNode slice = trees.computeIfAbsent(
                payload.path("slice").asString(), any -> codec.mapper().createObjectNode());
        String field = payload.path("field").asString();
        JsonNode value = payload.path("value");
        if (slice.get(field) instanceof ObjectNode begun && value instanceof ObjectNode more) {
            begun.setAll(more);
        } else {
            slice.set(field, value);
        }
    }
}
