package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.ObjectWriter;

/** Values as JSON bytes of bounded length. Not thread-safe. */
final class JsonText {

    private final ObjectWriter writer;
    private final ObjectWriter escaping;
    private final Bounded bytes = new Bounded();

    JsonText(Codec codec) {
        this.writer = codec.mapper().writer();
        // Half of a surrogate pair has no UTF-8: it is written by its number.
        this.escaping = writer.with(JsonWriteFeature.ESCAPE_NON_ASCII);
    }

    /** Says that there is no more room: caught where it was given. */
    private static final class Full extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Full() {
            super("no room", null, false, false);
        }
    }

    private static final class Bounded extends OutputStream {
        private final JsonBytes into = new JsonBytes(1 << 10);
        private int room;

        @Override
        public void write(int value) {
            take(1);
            into.write(value);
        }

        @Override
        public void write(byte[] from, int at, int count) {
            take(count);
            into.write(from, at, count);
        }

        private void take(int count) {
            room -= count;
            if (room < 0) {
                throw new Full();
            }
        }
    }

    /** A value as JSON, or null if that is longer than so many bytes. */
    byte @Nullable [] bounded(Object value, int most) {
        try {
            return written(writer, bytes, value, most);
        } catch (JacksonException noUtf8) {
            // Only what writes characters escapes them in names, too.
            return written(escaping, new OutputStreamWriter(bytes, StandardCharsets.US_ASCII), value, most);
        }
    }

    private byte @Nullable [] written(ObjectWriter by, Object to, Object value, int most) {
        bytes.into.clear();
        bytes.room = most;
        try {
            if (to instanceof Writer characters) {
                by.writeValue(characters, value);
            } else {
                by.writeValue(bytes, value);
            }
            return bytes.into.copy();
        } catch (Full full) {
            return null;
        } catch (JacksonException e) {
            if (e.getCause() instanceof Full) {
                return null;
            }
            throw e;
        }
    }
}
