package dev.dunlin.core.log;

import com.github.luben.zstd.ZstdIOException;
import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.log.LogFinding.Lost;
import dev.dunlin.core.system.SystemErrors;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;

/** Reads one segment for {@link LogCheck}: its head, or all of it. */
final class SegmentScan {

    private static final byte[] MARK = ("{\"type\":\"" + Frame.FORCED + "\"").getBytes(StandardCharsets.US_ASCII);
    private static final String HEADER = "{\"type\":\"" + Frame.HEADER + "\"";
    private static final List<String> CLOCK = List.of("{\"type\":\"node/booted\"", "{\"type\":\"node/clockStepped\"");
    private static final int MOST_OF_A_HEAD = 3;
    private static final String NO_SEGMENT = "it does not begin as a segment does";

    private final LogStorage storage;
    private final Codec codec;
    private final Place place;
    private final boolean written;

    private final List<LogFinding> findings = new ArrayList<>();
    private final List<Run> runs = new ArrayList<>();
    private @Nullable Run open;
    private boolean markBehindRun;
    // The input that must come next.
    private long next;
    // How far it was read, in bytes.
    private long length;
    // Whether its head is bad.
    private boolean headless;
    // Whether what stands behind is not looked at: all that is lost is told.
    private boolean over;
    private long wallOffset;
    private OptionalLong firstAt = OptionalLong.empty();
    private String lastLine = "";

    /**
     * Where a segment stands in its log.
     *
     * @param file the segment
     * @param isFirst whether it is the log's first, of which the time of the first input is wanted
     * @param nextFirst the first input of the segment behind it; empty if it is the last
     * @param stops whether a node reads it when it starts
     * @param whole whether all of it is to be read, and not its head only
     */
    record Place(Segments.Segment file, boolean isFirst, OptionalLong nextFirst, boolean stops, boolean whole) {

        String name() {
            return file.name();
        }

        boolean isLast() {
            return nextFirst.isEmpty();
        }

        /** The last input that it holds. */
        long end() {
            return isLast() ? Lost.OPEN : nextFirst.getAsLong() - 1;
        }
    }

    /** Bad lines that stand together, and the inputs that should stand there. */
    private record Run(long offset, String why, long from, long to) {
        Run to(long last) {
            return new Run(offset, why, from, last);
        }
    }

    private SegmentScan(LogStorage storage, Codec codec, Place place, boolean written) {
        this.storage = storage;
        this.codec = codec;
        this.place = place;
        this.written = written;
        this.next = place.file().first();
    }

    /**
     * Reads a segment.
     *
     * @param written whether a node may be writing the log
     * @return empty if the file is gone meanwhile, as the ring of a running node has dropped it
     */
    static Optional<SegmentScan> of(LogStorage storage, Codec codec, Place place, boolean written) throws IOException {
        SegmentScan scan = new SegmentScan(storage, codec, place, written);
        try (Lines lines = Segments.open(storage, place.file())) {
            scan.read(lines);
        } catch (NoSuchFileException gone) {
            if (!storage.names().contains(place.name())) {
                return Optional.empty();
            }
            scan.unreadable(gone);
        } catch (ZstdIOException | EOFException broken) {
            scan.broken();
        } catch (IOException failure) {
            scan.unreadable(failure);
        }
        return Optional.of(scan);
    }

    private void unreadable(IOException failure) throws IOException {
        findings.add(new LogFinding.Unreadable(
                place.name(),
                SystemErrors.sentence(failure),
                failure instanceof AccessDeniedException,
                storage.stranger(place.name())));
        over = true;
    }

    // Compressed bytes that cannot be unpacked: nothing behind them can.
    private void broken() {
        tell();
        long from = open == null ? next : open.from();
        damaged(open == null ? length : open.offset(), "it cannot be unpacked", from, place.end());
        over = true;
    }

    private void damaged(long offset, String why, long from, long to) {
        findings.add(new LogFinding.Damaged(place.name(), offset, why, new Lost(from, to, place.stops())));
    }

    private void read(Lines lines) throws IOException {
        int index = 0;
        Lines.Next line = lines.next();
        while (line != Lines.Next.END && !over) {
            if (line == Lines.Next.BAD) {
                bad(lines, index);
            } else {
                good(lines, index);
            }
            length = lines.offset() + lines.length();
            index++;
            if (!place.whole() && (firstAt.isPresent() || index == MOST_OF_A_HEAD || !place.isFirst())) {
                break;
            }
            line = lines.next();
        }
        if (index == 0) {
            empty();
        } else if (!over) {
            ended();
        }
    }

    private void empty() {
        if (!place.isLast()) {
            findings.add(new LogFinding.Empty(place.name(), new Lost(next, place.end(), place.stops())));
            over = true;
        } else if (!written) {
            findings.add(new LogFinding.Empty(place.name(), new Lost(next, next - 1, false)));
        }
    }

    private void bad(Lines lines, int index) {
        headless |= index == 0;
        if (open == null) {
            open = new Run(lines.offset(), lines.fault(), next, next - 1);
        }
        // A mark whose newline before it is damaged stands at the end of a bad line.
        markBehindRun |= lines.endsWithGood(MARK);
    }

    private void good(Lines lines, int index) {
        String text = lines.text();
        if (index == 0) {
            header(text);
            return;
        }
        if (Frame.isOwn(text)) {
            markBehindRun |= lines.startsWith(MARK) && (open != null || !runs.isEmpty());
            return;
        }
        long number = Frame.inputOf(text);
        if (open != null) {
            runs.add(open.to(number - 1));
            open = null;
        } else if (number != next) {
            String why = "input " + number + " stands where " + next + " should";
            runs.add(new Run(lines.offset(), why, next, number - 1));
        }
        next = number + 1;
        lastLine = text;
        if (firstAt.isEmpty()) {
            firstAt = at(tree(text));
        }
        if (CLOCK.stream().anyMatch(text::startsWith)) {
            JsonNode frame = tree(text);
            wallOffset = frame.path("payload").path("wallTime").asLong()
                    - frame.path("meta").path("at").asLong();
        }
    }

    private void header(String text) {
        Map<String, Long> head = numbers(text);
        int format = head.getOrDefault("format", 0L).intValue();
        long first = head.getOrDefault("first", 0L);
        wallOffset = head.getOrDefault("wallOffset", 0L);
        over = true;
        if (!text.startsWith(HEADER)) {
            damaged(0, NO_SEGMENT, next, place.end());
        } else if (format > Frame.FORMAT || format < Frame.OLDEST) {
            findings.add(new LogFinding.OtherFormat(place.name(), format));
        } else if (first != next) {
            findings.add(new LogFinding.Misplaced(place.name(), first, new Lost(next, place.end(), place.stops())));
        } else {
            over = false;
        }
    }

    // Bad lines of a last segment that no force mark covers are a torn tail; all others are damage.
    private void ended() {
        if (open != null) {
            runs.add(open.to(place.isLast() ? next - 1 : Math.max(next - 1, place.end())));
            open = null;
        }
        boolean torn = place.isLast() && !place.file().compressed() && !markBehindRun;
        if (!runs.isEmpty() && torn) {
            Run first = runs.getFirst();
            next = first.from();
            if (!written) {
                findings.add(new LogFinding.Torn(
                        new LogCursor.Tail(place.name(), first.offset(), length - first.offset(), first.why())));
            }
        } else {
            tell();
        }
    }

    private void tell() {
        if (headless && !runs.isEmpty()) {
            long last = place.isLast() ? next - 1 : place.end();
            damaged(0, runs.getFirst().why(), place.file().first(), last);
            over = !place.isLast();
            return;
        }
        for (Run run : runs) {
            damaged(run.offset(), run.why(), run.from(), run.to());
            next = Math.max(next, run.to() + 1);
        }
    }

    // What stands before the schema, which is long: there is a header in each file of a long log.
    private Map<String, Long> numbers(String header) {
        Map<String, Long> numbers = new HashMap<>();
        try (JsonParser in = codec.mapper().createParser(header)) {
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token == JsonToken.PROPERTY_NAME && in.currentName().equals("schema")) {
                    break;
                }
                if (token == JsonToken.VALUE_NUMBER_INT) {
                    numbers.put(in.currentName(), in.getLongValue());
                }
            }
        } catch (JacksonException noHeader) {
            return Map.of();
        }
        return numbers;
    }

    private JsonNode tree(String text) {
        try {
            return codec.mapper().readTree(text);
        } catch (JacksonException noJson) {
            return codec.mapper().createObjectNode();
        }
    }

    private static OptionalLong at(JsonNode frame) {
        JsonNode at = frame.path("meta").path("at");
        return at.isIntegralNumber() ? OptionalLong.of(at.asLong()) : OptionalLong.empty();
    }

    /** What is wrong with it. */
    List<LogFinding> findings() {
        return findings;
    }

    /** The input that must come next; empty if that is not known. */
    OptionalLong expected() {
        if (over) {
            return place.nextFirst();
        }
        return place.whole() ? OptionalLong.of(next) : OptionalLong.empty();
    }

    /** When its first input was; empty if it has none that can be read. */
    OptionalLong firstAt() {
        return firstAt;
    }

    /** When its last input was; empty if it has none that can be read, or was not read so far. */
    Optional<LogCheck.End> end() {
        if (!place.whole() || lastLine.isEmpty()) {
            return Optional.empty();
        }
        OptionalLong at = at(tree(lastLine));
        return at.isPresent()
                ? Optional.of(new LogCheck.End(at.getAsLong(), at.getAsLong() + wallOffset))
                : Optional.empty();
    }
}
