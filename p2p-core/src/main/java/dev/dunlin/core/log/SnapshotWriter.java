package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.Parts;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreState;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes a snapshot: the whole state after an input, in parts of bounded size, so that it takes no more memory than some parts
 * beside the state. {@link SnapshotFormat} says how.
 *
 * @param <R> the root of the state tree
 */
final class SnapshotWriter<R> {

    private final LogStorage storage;
    private final Codec codec;
    private final Parts parts;
    private final Store<R> store;
    private final String build;
    private final Schema schema;
    private final int level;
    private final JsonText text;

    SnapshotWriter(LogStorage storage, Codec codec, Store<R> store, String build, Schema schema, int level) {
        this.storage = storage;
        this.codec = codec;
        this.parts = new Parts(codec);
        this.store = store;
        this.build = build;
        this.schema = schema;
        this.level = level;
        this.text = new JsonText(codec);
    }

    /**
     * Writes a snapshot and holds what is read back to the state; it is there whole, or not at all.
     *
     * @throws LogException if it cannot be read back, or not as what was written
     */
    void write(StoreState<R> state) throws IOException {
        String name = Segments.snapshotName(state.input());
        Segments.Snapshot unfinished = new Segments.Snapshot(Segments.unfinished(name), state.input());
        boolean done = false;
        try {
            writeParts(state, unfinished.name());
            Optional<String> fault = new SnapshotReader<>(storage, codec, store, unfinished).fault(state);
            if (fault.isPresent()) {
                throw new LogException(
                        "the snapshot after input " + state.input() + " cannot be read back: " + fault.get());
            }
            storage.rename(unfinished.name(), name);
            done = true;
        } finally {
            if (!done) {
                storage.delete(unfinished.name());
            }
        }
        storage.forceNames();
    }

    private void writeParts(StoreState<R> state, String file) throws IOException {
        Map<String, Object> machines = store.statesOf(state);
        try (OutputStream out = Segments.compressed(storage, file, level)) {
            Output lines = new Output(out);
            lines.line(SnapshotFormat.HEADER, bytes(header(state, machines)));
            for (Map.Entry<String, Object> machine : machines.entrySet()) {
                part(lines, List.of(machine.getKey()), machine.getValue());
            }
            lines.line(
                    SnapshotFormat.END,
                    ("{\"lines\":" + (lines.written - 1) + "}").getBytes(StandardCharsets.US_ASCII));
        }
    }

    private ObjectNode header(StoreState<R> state, Map<String, Object> machines) {
        ObjectNode header = codec.mapper().createObjectNode();
        header.put("format", Frame.FORMAT);
        header.put("build", build);
        header.put("input", state.input());
        header.put("at", state.now());
        ObjectNode digests = header.putObject("digests");
        machines.forEach(
                (machine, own) -> digests.put(machine, Content.digest(own).toString()));
        header.set("schema", codec.mapper().valueToTree(schema.types()));
        return header;
    }

    private byte[] bytes(Object value) {
        byte[] whole = text.bounded(value, Integer.MAX_VALUE);
        if (whole == null) {
            throw new IllegalStateException("nothing is longer than an array");
        }
        return whole;
    }

    // What fits a part is one; what does not is divided, as far as it can be.
    private void part(Output out, List<String> path, Object value) throws IOException {
        byte[] whole = text.bounded(value, SnapshotFormat.PART);
        if (whole != null) {
            out.part(SnapshotFormat.VALUE, path, "value", whole);
            return;
        }
        switch (value) {
            case Optional<?> optional -> part(out, path, optional.orElseThrow());
            case Table<?, ?> table -> table(out, path, table);
            case List<?> list -> list(out, path, list);
            case Record record when !parts.isText(record.getClass()) -> record(out, path, record);
            default -> out.part(SnapshotFormat.VALUE, path, "value", bytes(value));
        }
    }

    private void record(Output out, List<String> path, Record record) throws IOException {
        String name = Names.isAlternative(record.getClass()) ? Names.of(record.getClass()) : "";
        out.part(SnapshotFormat.RECORD, path, "kind", bytes(name));
        for (Map.Entry<String, Object> field : parts.fields(record).entrySet()) {
            part(out, with(path, field.getKey()), field.getValue());
        }
    }

    private void table(Output out, List<String> path, Table<?, ?> table) throws IOException {
        Group group = new Group(out, SnapshotFormat.ENTRIES, path, "entries", '{', '}');
        for (Map.Entry<?, ?> entry : table) {
            String key = parts.name(entry.getKey());
            byte[] name = bytes(key);
            byte[] value =
                    text.bounded(entry.getValue(), SnapshotFormat.PART - Math.min(name.length, SnapshotFormat.PART));
            if (value == null) {
                part(out, with(path, key), entry.getValue());
            } else {
                group.add(name, value);
            }
        }
        group.end();
    }

    private void list(Output out, List<String> path, List<?> list) throws IOException {
        Group group = new Group(out, SnapshotFormat.ELEMENTS, path, "elements", '[', ']');
        int place = 0;
        for (Object element : list) {
            byte[] value = text.bounded(element, SnapshotFormat.PART);
            if (value == null) {
                group.end();
                part(out, with(path, Integer.toString(place)), element);
            } else {
                group.add(new byte[0], value);
            }
            place++;
        }
        group.end();
    }

    private static List<String> with(List<String> path, String name) {
        List<String> longer = new ArrayList<>(path);
        longer.add(name);
        return longer;
    }

    /** Entries or elements on their way into one part. */
    private final class Group {
        private final Output out;
        private final String type;
        private final List<String> path;
        private final String field;
        private final char open;
        private final char close;
        private final JsonBytes bytes = new JsonBytes(1 << 10);
        private boolean written;

        Group(Output out, String type, List<String> path, String field, char open, char close) {
            this.out = out;
            this.type = type;
            this.path = path;
            this.field = field;
            this.open = open;
            this.close = close;
        }

        void add(byte[] name, byte[] value) throws IOException {
            if (bytes.length > 0 && bytes.length + name.length + value.length > SnapshotFormat.PART) {
                flush();
            }
            bytes.write(bytes.length == 0 ? open : ',');
            if (name.length > 0) {
                bytes.write(name, 0, name.length);
                bytes.write(':');
            }
            bytes.write(value, 0, value.length);
        }

        private void flush() throws IOException {
            bytes.write(close);
            out.part(type, path, field, bytes.copy());
            bytes.clear();
            written = true;
        }

        // An empty table of entries that all stand in parts of their own is begun all the same.
        void end() throws IOException {
            if (bytes.length == 0 && !written) {
                bytes.write(open);
            }
            if (bytes.length > 0) {
                flush();
            }
        }
    }

    /** Checked lines, written and counted. */
    private final class Output {
        private final OutputStream out;
        private final CRC32C crc = new CRC32C();
        private long written;

        Output(OutputStream out) {
            this.out = out;
        }

        void part(String type, List<String> path, String field, byte[] content) throws IOException {
            JsonBytes line = begun(type);
            line.ascii("{\"path\":");
            line.write(bytes(path));
            line.ascii(",\"" + field + "\":");
            line.write(content);
            line.write('}');
            end(line);
        }

        void line(String type, byte[] payload) throws IOException {
            JsonBytes line = begun(type);
            line.write(payload);
            end(line);
        }

        private JsonBytes begun(String type) {
            JsonBytes line = new JsonBytes(1 << 10);
            line.ascii("{\"type\":\"" + type + "\",\"payload\":");
            return line;
        }

        private void end(JsonBytes line) throws IOException {
            if (line.length + JsonBytes.TRAILER > Lines.MAX_LINE) {
                throw new LogException("a value of " + line.length + " bytes is longer than a line may be");
            }
            line.seal(0, crc);
            out.write(line.bytes, 0, line.length);
            written++;
        }
    }
}
