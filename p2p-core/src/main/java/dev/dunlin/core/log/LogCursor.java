package dev.dunlin.core.log;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.codec.CodecException;
import dev.dunlin.core.codec.JsonFault;
import dev.dunlin.core.codec.Schema;
import dev.dunlin.core.codec.Upcaster;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** Goes through a log from frame to frame; got from {@link LogReader#cursor}. */
public final class LogCursor implements Closeable {

    private static final byte[] MARK = ("{\"type\":\"" + Frame.FORCED + "\"").getBytes(StandardCharsets.US_ASCII);

    private final LogStorage storage;
    private final List<Segments.Segment> segments;
    private final Codec codec;
    private final Schema schema;
    private final FrameReader reader;
    private int segment;
    private @Nullable Lines lines;
    private long expected = 1;
    private Set<String> incomparable = Set.of();
    private long forced;
    private Optional<Tail> tail = Optional.empty();
    private boolean ended;
    private long base;

    /**
     * What a crash left behind the last whole frame.
     *
     * @param file the last segment
     * @param offset where the whole frames end, in bytes
     * @param bytes how many bytes stand behind
     * @param why why the first of them are no frame
     */
    public record Tail(String file, long offset, long bytes, String why) {}

    LogCursor(
            LogStorage storage,
            List<Segments.Segment> segments,
            Codec codec,
            Schema schema,
            LongFunction<OptionalLong> offsets,
            long fromInput) {
        this.storage = storage;
        this.segments = segments;
        this.codec = codec;
        this.schema = schema;
        this.reader = new FrameReader(codec);
        for (int i = 0; i < segments.size(); i++) {
            if (segments.get(i).first() <= fromInput) {
                segment = i;
            }
        }
        if (!segments.isEmpty()) {
            expected = segments.get(segment).first();
        }
        if (fromInput > expected) {
            offsets.apply(fromInput).ifPresent(at -> skipTo(fromInput, at));
        }
    }

    // The header says how the segment's frames are to be read; the next frame is then the one at the offset.
    private void skipTo(long input, long offset) {
        try {
            if (advance()
                    && decoded() instanceof Frame.Header
                    && offset > current().offset()) {
                current().close();
                base = offset;
                lines = Segments.open(storage, segments.get(segment), offset);
                expected = input;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The next frame.
     *
     * @return empty at the end; {@link #tail} says whether something unreadable stands behind
     * @throws LogException.Damaged if frames are missing or damaged before the last force mark or in a closed segment
     * @throws LogException if a whole frame is none that this build can read
     */
    public Optional<Frame> next() {
        try {
            return advance() ? Optional.of(decoded()) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link #next}, without decoding: the line's text. */
    public Optional<String> nextText() {
        try {
            return advance() ? Optional.of(current().text()) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Lines current() {
        if (lines == null) {
            throw new IllegalStateException("there is no current line");
        }
        return lines;
    }

    private boolean advance() throws IOException {
        while (!ended) {
            if (lines == null) {
                if (segment == segments.size()) {
                    ended = true;
                    break;
                }
                lines = Segments.open(storage, segments.get(segment));
            }
            Lines.Next next;
            try {
                next = lines.next();
            } catch (IOException e) {
                throw damaged("it cannot be read (" + e.getMessage() + ")", e);
            }
            switch (next) {
                case GOOD -> {
                    return true;
                }
                case BAD -> bad();
                case END -> {
                    lines.close();
                    lines = null;
                    base = 0;
                    segment++;
                }
            }
        }
        return false;
    }

    private LogException damaged(String why, @Nullable Exception cause) {
        LogException.Damaged damaged =
                new LogException.Damaged(segments.get(segment).name(), offset(), why);
        if (cause != null) {
            damaged.initCause(cause);
        }
        return damaged;
    }

    // A bad line ends the log if nothing behind it shows that it was forced to disk.
    private void bad() throws IOException {
        Lines in = current();
        String why = in.fault();
        long offset = offset();
        if (segment < segments.size() - 1 || segments.get(segment).compressed()) {
            throw damaged(why + " in a closed segment", null);
        }
        long end;
        Lines.Next next = Lines.Next.BAD;
        do {
            end = offset() + in.length();
            // A mark whose newline before it is damaged stands at the end of a bad line.
            if (next == Lines.Next.GOOD ? in.startsWith(MARK) : in.endsWithGood(MARK)) {
                throw new LogException.Damaged(
                        segments.get(segment).name(), offset, why + ", and a later force mark covers it");
            }
            next = in.next();
        } while (next != Lines.Next.END);
        tail = Optional.of(new Tail(segments.get(segment).name(), offset, end - offset, why));
        in.close();
        lines = null;
        ended = true;
    }

    private Frame decoded() {
        Frame frame;
        try {
            frame = reader.read(current());
        } catch (CodecException e) {
            throw new LogException(where() + " cannot be read by this build: " + e.getMessage(), e);
        } catch (JacksonException e) {
            throw new LogException(where() + " is no frame that this build knows: " + JsonFault.words(e), e);
        } catch (IllegalArgumentException | LogException e) {
            throw new LogException(where() + " is no frame that this build knows: " + e.getMessage(), e);
        }
        switch (frame) {
            case Frame.Header header -> {
                reader.upcastBy(header.schema().equals(schema) ? null : new Upcaster(codec));
                incomparable = schema.incomparable(header.schema());
                reader.recordedBy(header.schema().machines());
                if (header.first() != expected) {
                    throw damaged("inputs " + expected + " to " + (header.first() - 1) + " are missing", null);
                }
                expected = header.first();
                forced = Math.max(forced, header.forced());
            }
            case Frame.Force force -> forced = Math.max(forced, force.input());
            case Frame.Recorded recorded -> {
                if (recorded.number() != expected) {
                    throw damaged("input " + recorded.number() + " stands where " + expected + " should", null);
                }
                expected++;
            }
        }
        return frame;
    }

    private String where() {
        return segments.get(segment).name() + " at byte " + offset();
    }

    /** Where the frame that was read last begins, in bytes of its segment's uncompressed content. */
    public long offset() {
        return base + current().offset();
    }

    /** How long its line is, in bytes, the newline included. */
    public int bytes() {
        return current().length();
    }

    /** The last input that was read; before the first, the one before it. */
    public long last() {
        return expected - 1;
    }

    /** The digests of the present segment that this build cannot be held to: {@link Schema#incomparable}. */
    public Set<String> incomparable() {
        return incomparable;
    }

    /** Up to which input the log was forced to disk, as far as was read. */
    public long forced() {
        return forced;
    }

    /** What stands behind the last whole frame, known at the end. */
    public Optional<Tail> tail() {
        return tail;
    }

    @Override
    public void close() {
        try {
            if (lines != null) {
                lines.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
