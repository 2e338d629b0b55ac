package dev.dunlin.node;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogReader;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Where in a log a list begins: found from the lines' text, in as few segments as can be. What is skipped is not decoded, and
 * nothing is kept of it.
 */
final class LogPlaces {

    private static final String AT = ",\"at\":";

    private final LogReader<?> reader;
    private final List<Long> segments;
    // How far the wall clock is ahead at the line that is visited.
    private long offset;

    LogPlaces(LogReader<?> reader) {
        this.reader = reader;
        this.segments = reader.segmentStarts();
    }

    /**
     * An input's number and time.
     *
     * @param input its number
     * @param at microseconds since the Unix epoch, by the wall clock
     */
    record Place(long input, long at) {}

    private interface Visitor {
        /** Takes a line; false to see no more. */
        boolean visit(long input, String line);
    }

    // The inputs of one segment, in order.
    private void segment(int index, Visitor visitor) {
        long end = index + 1 < segments.size() ? segments.get(index + 1) : Long.MAX_VALUE;
        try (LogCursor cursor = reader.cursor(segments.get(index))) {
            for (Optional<String> next = cursor.nextText(); next.isPresent(); next = cursor.nextText()) {
                String line = next.get();
                offset = WallClock.offsetAfter(line, offset);
                if (Frame.isOwn(line)) {
                    continue;
                }
                long input = Frame.inputOf(line);
                if (input >= end || !visitor.visit(input, line)) {
                    return;
                }
            }
        }
    }

    /** The last input; empty if there is none. */
    Optional<Place> last() {
        for (int i = segments.size() - 1; i >= 0; i--) {
            String[] last = {""};
            long[] wall = {0};
            segment(i, (input, line) -> {
                last[0] = line;
                wall[0] = offset;
                return true;
            });
            if (!last[0].isEmpty()) {
                return Optional.of(new Place(Frame.inputOf(last[0]), timeOf(last[0]) + wall[0]));
            }
        }
        return Optional.empty();
    }

    private long firstTime(int segment) {
        long[] time = {Long.MAX_VALUE};
        segment(segment, (input, line) -> {
            time[0] = timeOf(line) + offset;
            return false;
        });
        return time[0];
    }

    /**
     * The first input at a time or later; one more than the last if there is none. Where the wall clock was set back, the first of
     * them is meant.
     *
     * @param micros since the Unix epoch, by the wall clock
     */
    long since(long micros) {
        int low = 0;
        while (low < segments.size() && firstTime(low) < micros) {
            low++;
        }
        if (low == 0) {
            return reader.firstInput();
        }
        long[] found = {low < segments.size() ? segments.get(low) : Long.MAX_VALUE};
        segment(low - 1, (input, line) -> {
            if (timeOf(line) + offset >= micros) {
                found[0] = input;
                return false;
            }
            return true;
        });
        return found[0];
    }

    /**
     * With which input the last ones of a kind begin: from the end back, a segment at a time.
     *
     * @param count how many of them
     * @param from none before this input
     * @param to none after this one
     * @param wanted which lines are of the kind
     * @return the first of the last ones; {@code from} if there are fewer
     */
    long lastOf(long count, long from, long to, Predicate<String> wanted) {
        long left = count;
        for (int i = segments.size() - 1; i >= 0 && left > 0; i--) {
            boolean isBelow = i + 1 < segments.size() && segments.get(i + 1) <= from;
            if (isBelow) {
                break;
            }
            long found = count(i, from, to, wanted);
            if (found >= left) {
                return after(found - left, i, from, to, wanted);
            }
            left -= found;
        }
        return from;
    }

    private long count(int segment, long from, long to, Predicate<String> wanted) {
        long[] count = {0};
        segment(segment, (input, line) -> {
            if (input >= from && input <= to && wanted.test(line)) {
                count[0]++;
            }
            return input < to;
        });
        return count[0];
    }

    private long after(long skipped, int segment, long from, long to, Predicate<String> wanted) {
        long[] left = {skipped};
        long[] found = {from};
        segment(segment, (input, line) -> {
            if (input >= from && input <= to && wanted.test(line) && left[0]-- == 0) {
                found[0] = input;
                return false;
            }
            return true;
        });
        return found[0];
    }

    /** The time of an input's line, in microseconds of the node's time; 0 if it cannot be told. */
    static long timeOf(String line) {
        int meta = line.lastIndexOf(Frame.META_INPUT);
        int at = meta < 0 ? -1 : line.indexOf(AT, meta);
        int from = at + AT.length();
        int to = from;
        while (at >= 0 && to < line.length() && (Character.isDigit(line.charAt(to)) || line.charAt(to) == '-')) {
            to++;
        }
        try {
            return Long.parseLong(line, from, to, 10);
        } catch (NumberFormatException none) {
            return 0;
        }
    }
}
