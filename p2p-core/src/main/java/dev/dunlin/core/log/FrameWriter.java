package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;

/** Encodes frames into one growing buffer. Not thread-safe: the log's thread owns it. */
final class FrameWriter {

    /** The bytes after the last that the checksum covers: {@code ,"crc":"xxxxxxxx"}} and the newline. */
    static final int TRAILER = 19;

    /** What stands before the checksum. */
    static final byte[] CRC_FIELD = {',', '"', 'c', 'r', 'c', '"', ':', '"'};

    private static final byte[] HEX = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'};

    private final Codec codec;
    private final Buffer buffer = new Buffer();
    private final CRC32C crc = new CRC32C();
    private @Nullable JsonGenerator generator;

    // Lookup only: each action type's machine, which knows what the action is about.
    private final Map<Class<?>, Slice<?, ?, ?>> owners = new HashMap<>();

    FrameWriter(Codec codec, Store<?> store) {
        this.codec = codec;
        for (Slice<?, ?, ?> slice : store.slices()) {
            slice.types().actions().forEach((name, type) -> owners.put(type, slice));
        }
    }

    /** The encoded frames. */
    byte[] bytes() {
        return buffer.bytes;
    }

    /** How many of {@link #bytes} are frames. */
    int length() {
        return buffer.length;
    }

    /** Forgets the encoded frames. */
    void clear() {
        buffer.length = 0;
    }

    void header(Frame.Header header) {
        int start = buffer.length;
        JsonGenerator out = generator();
        out.writeStartObject();
        out.writeStringProperty("type", "@log/header");
        out.writeName("payload");
        out.writeStartObject();
        out.writeNumberProperty("format", header.format());
        out.writeStringProperty("build", header.build());
        out.writeNumberProperty("first", header.first());
        out.writeNumberProperty("forced", header.forced());
        out.writeName("schema");
        codec.mapper().writeValue(out, header.schema().types());
        out.writeEndObject();
        out.writeEndObject();
        out.flush();
        seal(start);
    }

    void force(long input) {
        int start = buffer.length;
        JsonGenerator out = generator();
        out.writeStartObject();
        out.writeStringProperty("type", "@log/forced");
        out.writeName("payload");
        out.writeStartObject();
        out.writeNumberProperty("input", input);
        out.writeEndObject();
        out.writeEndObject();
        out.flush();
        seal(start);
    }

    /** A turn, whole. */
    void turn(Turn turn) {
        int start = buffer.length;
        try {
            encode(turn);
            seal(start);
        } catch (RuntimeException | Error e) {
            abandon(start);
            throw e;
        }
    }

    private void encode(Turn turn) {
        JsonGenerator out = generator();
        begin(out, turn.input(), turn.number(), turn.now());
        rejections(out, turn);
        out.writeNumberProperty("size", turn.size());
        if (turn.size() > 1) {
            out.writeStringProperty("derived", turn.derived().toString());
        }
        Map<String, Digest> changed = turn.changedDigests();
        if (!changed.isEmpty()) {
            out.writeName("changed");
            out.writeStartObject();
            changed.forEach((slice, digest) -> out.writeStringProperty(slice, digest.toString()));
            out.writeEndObject();
        }
        if (turn.durable()) {
            out.writeBooleanProperty("durable", true);
        }
        out.writeEndObject();
        out.writeEndObject();
        out.flush();
    }

    /** The input that ended the run. */
    void failure(StoreFailure failure) {
        int start = buffer.length;
        try {
            encode(failure);
            seal(start);
        } catch (RuntimeException | Error e) {
            abandon(start);
            throw e;
        }
    }

    private void encode(StoreFailure failure) {
        JsonGenerator out = generator();
        begin(out, failure.input(), failure.number(), failure.now());
        out.writeNumberProperty("size", 1);
        out.writeStringProperty("failed", String.valueOf(failure.getMessage()));
        out.writeEndObject();
        out.writeEndObject();
        out.flush();
    }

    private void begin(JsonGenerator out, Input input, long number, long at) {
        out.writeStartObject();
        out.writeStringProperty("type", codec.nameOf(input.action()));
        out.writeName("payload");
        codec.write(input.action(), out);
        out.writeName("meta");
        out.writeStartObject();
        out.writeNumberProperty("input", number);
        out.writeNumberProperty("at", at);
        if (!input.answers().isNone()) {
            out.writeStringProperty("answers", input.answers().toString());
        }
    }

    private void rejections(JsonGenerator out, Turn turn) {
        boolean any = false;
        for (int i = 0; i < turn.size(); i++) {
            Verdict.Disabled why = turn.rejection(i);
            if (why == null) {
                continue;
            }
            if (!any) {
                any = true;
                out.writeName("rejected");
                out.writeStartArray();
            }
            Action action = turn.entry(i);
            Subject about = about(action);
            out.writeStartObject();
            out.writeNumberProperty("index", i);
            out.writeStringProperty("type", codec.nameOf(action));
            out.writeStringProperty("subject", about.kind());
            out.writeStringProperty("key", about.key());
            out.writeStringProperty("clause", why.clause());
            if (!why.operands().isEmpty()) {
                out.writeName("operands");
                out.writeStartObject();
                for (Operand operand : why.operands()) {
                    out.writeStringProperty(operand.name(), operand.value());
                }
                out.writeEndObject();
            }
            out.writeEndObject();
        }
        if (any) {
            out.writeEndArray();
        }
    }

    @SuppressWarnings("unchecked")
    private <A extends Action> Subject about(Action action) {
        Slice<?, ?, A> owner = (Slice<?, ?, A>) owners.get(action.getClass());
        return owner == null || action instanceof Effect ? Subject.MACHINE : owner.about((A) action);
    }

    // One for all frames, which are root values without anything between them: making one costs as much as a small
    // frame.
    private JsonGenerator generator() {
        JsonGenerator present = generator;
        if (present == null) {
            present = codec.mapper()
                    .writer()
                    .without(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    .withRootValueSeparator((String) null)
                    .createGenerator(buffer);
            generator = present;
        }
        return present;
    }

    // Takes back a frame that was begun; the generator stands in the midst of it and is of no use any more.
    private void abandon(int start) {
        generator = null;
        buffer.length = start;
    }

    // The generator has closed the object: its brace gives way to the checksum.
    private void seal(int start) {
        int end = buffer.length - 1;
        if (end - start + TRAILER > Lines.MAX_LINE) {
            throw new LogException("a frame of " + (end - start) + " bytes could not be read back: an input and its "
                    + "rejections have at most " + Lines.MAX_LINE + " bytes");
        }
        crc.reset();
        crc.update(buffer.bytes, start, end - start);
        buffer.length = end;
        buffer.write(CRC_FIELD, 0, CRC_FIELD.length);
        long value = crc.getValue();
        buffer.ensure(11);
        for (int shift = 28; shift >= 0; shift -= 4) {
            buffer.bytes[buffer.length++] = HEX[(int) (value >>> shift) & 0xF];
        }
        buffer.bytes[buffer.length++] = '"';
        buffer.bytes[buffer.length++] = '}';
        buffer.bytes[buffer.length++] = '\n';
    }

    private static final class Buffer extends OutputStream {
        byte[] bytes = new byte[1 << 16];
        int length;

        void ensure(int more) {
            if (bytes.length - length < more) {
                bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
            }
        }

        @Override
        public void write(int value) {
            ensure(1);
            bytes[length++] = (byte) value;
        }

        @Override
        public void write(byte[] from, int at, int count) {
            ensure(count);
            System.arraycopy(from, at, bytes, length, count);
            length += count;
        }
    }
}
