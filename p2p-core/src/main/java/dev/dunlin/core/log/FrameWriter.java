package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Text;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.MachineDigests;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.StoreFailure;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.ObjectWriter;

/** Encodes frames into one growing buffer. Not thread-safe: the log's thread owns it. */
final class FrameWriter {

    // Ten thousand rejections of one input have room in a line.
    private static final int MAX_KEY = 256;

    private final Codec codec;
    private final JsonBytes buffer = new JsonBytes(1 << 16);
    private final CRC32C crc = new CRC32C();
    private final MachineDigests digests = new MachineDigests();
    private @Nullable JsonGenerator generator;

    FrameWriter(Codec codec) {
        this.codec = codec;
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
        buffer.clear();
    }

    void header(Frame.Header header) {
        int start = buffer.length;
        buffer.ascii("{\"type\":\"" + Frame.HEADER + "\",\"payload\":{\"format\":");
        buffer.number(header.format());
        buffer.ascii(",\"build\":");
        buffer.text(header.build());
        buffer.ascii(",\"first\":");
        buffer.number(header.first());
        buffer.ascii(",\"forced\":");
        buffer.number(header.forced());
        buffer.ascii(",\"wallOffset\":");
        buffer.number(header.wallOffset());
        buffer.ascii(",\"schema\":");
        byte[] schema = codec.mapper().writeValueAsBytes(header.schema().types());
        buffer.write(schema, 0, schema.length);
        buffer.ascii("}");
        seal(start);
    }

    void force(long input) {
        int start = buffer.length;
        buffer.ascii("{\"type\":\"" + Frame.FORCED + "\",\"payload\":{\"input\":");
        buffer.number(input);
        buffer.ascii("}");
        seal(start);
    }

    /** A turn, whole. */
    void turn(Turn turn) {
        int start = buffer.length;
        try {
            begin(turn.input(), turn.number(), turn.now());
            rejections(turn);
            buffer.ascii(",\"size\":");
            buffer.number(turn.size());
            if (turn.size() > 1) {
                buffer.ascii(",\"derived\":");
                buffer.digest(turn.derived());
            }
            changed(turn);
            if (turn.durable()) {
                buffer.ascii(",\"durable\":true");
            }
            buffer.ascii("}");
            seal(start);
        } catch (RuntimeException | Error e) {
            abandon(start);
            throw e;
        }
    }

    private void changed(Turn turn) {
        Map<String, Digest> changed = digests.changedBy(turn);
        if (changed.isEmpty()) {
            return;
        }
        String before = ",\"changed\":{";
        for (Map.Entry<String, Digest> machine : changed.entrySet()) {
            buffer.ascii(before);
            buffer.text(machine.getKey());
            buffer.ascii(":");
            buffer.digest(machine.getValue());
            before = ",";
        }
        buffer.ascii("}");
    }

    /** The input that ended the run. */
    void failure(StoreFailure failure) {
        int start = buffer.length;
        try {
            begin(failure.input(), failure.number(), failure.now());
            buffer.ascii(",\"size\":1,\"failed\":");
            buffer.text(String.valueOf(failure.getMessage()));
            buffer.ascii("}");
            seal(start);
        } catch (RuntimeException | Error e) {
            abandon(start);
            throw e;
        }
    }

    private void begin(Input input, long number, long at) {
        buffer.ascii("{\"type\":");
        buffer.text(codec.nameOf(input.action()));
        buffer.ascii(",\"payload\":");
        payload(input.action());
        buffer.ascii(",\"meta\":{\"input\":");
        buffer.number(number);
        buffer.ascii(",\"at\":");
        buffer.number(at);
        if (!input.answers().isNone()) {
            buffer.ascii(",\"answers\":");
            buffer.text(input.answers().toString());
        }
    }

    private void payload(Action action) {
        int start = buffer.length;
        try {
            JsonGenerator out = generator(codec.mapper().writer());
            codec.write(action, out);
            out.flush();
        } catch (JacksonException noUtf8) {
            // Half of a surrogate pair has no UTF-8: it is written by its number.
            abandon(start);
            JsonGenerator out = generator(codec.mapper().writer().with(JsonWriteFeature.ESCAPE_NON_ASCII));
            codec.write(action, out);
            out.flush();
            generator = null;
        }
    }

    private void rejections(Turn turn) {
        String before = ",\"rejected\":[{";
        for (int i = 0; i < turn.size(); i++) {
            Verdict.Disabled why = turn.rejection(i);
            if (why == null) {
                continue;
            }
            Action action = turn.entry(i);
            Subject about = action.about();
            buffer.ascii(before);
            buffer.ascii("\"index\":");
            buffer.number(i);
            buffer.ascii(",\"type\":");
            buffer.text(codec.nameOf(action));
            buffer.ascii(",\"subject\":");
            buffer.text(about.kind());
            buffer.ascii(",\"key\":");
            buffer.text(cut(about.key()));
            buffer.ascii(",\"clause\":");
            buffer.text(why.clause());
            operands(why.operands());
            buffer.ascii("}");
            before = ",{";
        }
        if (before.length() == 2) {
            buffer.ascii("]");
        }
    }

    private static String cut(String key) {
        return key.length() <= MAX_KEY ? key : Text.head(key, MAX_KEY - 1) + "…";
    }

    private void operands(List<Operand> operands) {
        if (operands.isEmpty()) {
            return;
        }
        String before = ",\"operands\":{";
        for (Operand operand : operands) {
            buffer.ascii(before);
            buffer.text(operand.name());
            buffer.ascii(":");
            buffer.text(operand.value());
            before = ",";
        }
        buffer.ascii("}");
    }

    // One for all payloads, which to it are root values without anything between them: making one costs as much as a
    // small frame. What stands around the payload is written by hand, which is several times quicker.
    private JsonGenerator generator(ObjectWriter with) {
        JsonGenerator present = generator;
        if (present == null) {
            present = with.without(StreamWriteFeature.AUTO_CLOSE_TARGET)
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

    // The frame lacks its last brace: the checksum comes before it.
    private void seal(int start) {
        int length = buffer.length - start;
        if (length + JsonBytes.TRAILER > Lines.MAX_LINE) {
            throw new LogException("a frame of " + length + " bytes could not be read back: an input and its "
                    + "rejections have at most " + Lines.MAX_LINE + " bytes");
        }
        buffer.seal(start, crc);
    }
}
