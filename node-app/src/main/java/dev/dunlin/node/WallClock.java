package dev.dunlin.node;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the clock on the wall said when something was recorded. A log has the node's time, which stands still while no node runs; by how
 * much the wall clock was ahead of it then stands at the head of each segment, and in each boot and step of the clock.
 */
final class WallClock {

    private static final String HEADER = "{\"type\":\"@log/header\"";
    private static final List<String> CHANGES = List.of("{\"type\":\"node/booted\"", "{\"type\":\"node/clockStepped\"");
    private static final String OFFSET = "\"wallOffset\":";
    private static final String WALL = "\"wallTime\":";

    private final LogReader<?> log;
    private final List<Long> segments;
    // What was read, by segment; as much as there were boots.
    private final Map<Integer, List<Change>> read = new HashMap<>();

    /**
     * From an input on, the wall clock is ahead by so much.
     *
     * @param input its number; of a segment's head, the first of the segment
     * @param at its node's time; the smallest of a segment's head
     * @param offset in microseconds
     */
    private record Change(long input, long at, long offset) {}

    WallClock(LogReader<?> log) {
        this.log = log.plain();
        this.segments = log.segmentStarts();
    }

    /** By how much the wall clock is ahead behind a line of a log, in microseconds, if it was so much before the line. */
    static long offsetAfter(String line, long before) {
        if (line.startsWith(HEADER)) {
            return number(line, OFFSET, 0).orElse(before);
        }
        if (CHANGES.stream().anyMatch(line::startsWith)) {
            // The last one: a setting's value may look like it.
            int payloadEnd = line.lastIndexOf(Frame.META_INPUT);
            OptionalLong wall = number(line, WALL, Math.max(0, line.lastIndexOf(WALL, Math.max(0, payloadEnd))));
            return wall.isPresent() ? wall.getAsLong() - LogPlaces.timeOf(line) : before;
        }
        return before;
    }

    private static OptionalLong number(String line, String name, int from) {
        int at = line.indexOf(name, from);
        int begin = at + name.length();
        int end = begin;
        while (at >= 0 && end < line.length() && (Character.isDigit(line.charAt(end)) || line.charAt(end) == '-')) {
            end++;
        }
        try {
            return at < 0 ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(line, begin, end, 10));
        } catch (NumberFormatException none) {
            return OptionalLong.empty();
        }
    }

    /**
     * The wall clock at an input.
     *
     * @param input its number
     * @param at its node's time, microseconds
     * @return microseconds since the Unix epoch
     */
    long of(long input, long at) {
        int segment = 0;
        while (segment + 1 < segments.size() && segments.get(segment + 1) <= input) {
            segment++;
        }
        long offset = 0;
        for (Change change : changes(segment)) {
            if (change.input() > input) {
                break;
            }
            offset = change.offset();
        }
        return at + offset;
    }

    /** The wall clock at a node's time, be it one at which nothing was recorded. */
    long at(long time) {
        int low = 0;
        int high = segments.size();
        // The last segment that begins no later.
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (firstTime(middle) <= time) {
                low = middle;
            } else {
                high = middle;
            }
        }
        long offset = 0;
        for (Change change : segments.isEmpty() ? List.<Change>of() : changes(low)) {
            if (change.at() > time) {
                break;
            }
            offset = change.offset();
        }
        return time + offset;
    }

    private long firstTime(int segment) {
        try (LogCursor cursor = log.cursor(segments.get(segment))) {
            for (Optional<String> next = cursor.nextText(); next.isPresent(); next = cursor.nextText()) {
                if (!Frame.isOwn(next.get())) {
                    return LogPlaces.timeOf(next.get());
                }
            }
        } catch (LogException damaged) {
            return Long.MAX_VALUE;
        }
        return Long.MAX_VALUE;
    }

    // As far as the segment can be read: who reads on is told of the damage.
    private List<Change> changes(int segment) {
        List<Change> known = read.get(segment);
        if (known != null) {
            return known;
        }
        List<Change> found = new ArrayList<>();
        long end = segment + 1 < segments.size() ? segments.get(segment + 1) : Long.MAX_VALUE;
        try (LogCursor cursor = log.cursor(segments.get(segment))) {
            for (Optional<String> next = cursor.nextText(); next.isPresent(); next = cursor.nextText()) {
                String line = next.get();
                boolean isInput = !Frame.isOwn(line);
                if (isInput && Frame.inputOf(line) >= end) {
                    break;
                }
                if (line.startsWith(HEADER)) {
                    if (!found.isEmpty()) {
                        break;
                    }
                    found.add(new Change(segments.get(segment), Long.MIN_VALUE, offsetAfter(line, 0)));
                } else if (isInput && CHANGES.stream().anyMatch(line::startsWith)) {
                    found.add(new Change(Frame.inputOf(line), LogPlaces.timeOf(line), offsetAfter(line, 0)));
                }
            }
        } catch (LogException damaged) {
            read.put(segment, found);
            return found;
        }
        read.put(segment, found);
        return found;
    }
}
