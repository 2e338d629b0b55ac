package dev.dunlin.core.debug;

import dev.dunlin.core.log.Frame;
import dev.dunlin.core.log.LogCursor;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import java.io.Closeable;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A log's inputs one after the other as text, whatever build wrote them: nothing is decoded. */
final class Frames implements Closeable {

    // The last of its kind in a frame: what stands behind it are strings, in which quotes are escaped.
    private static final String NUMBER = ",\"meta\":{\"input\":";

    private final LogCursor cursor;
    private final JsonMapper mapper;
    private long last;

    /** From an input on, which the log has. */
    Frames(LogReader<?> log, long from) {
        this.cursor = log.cursor(from);
        this.mapper = log.codec().mapper();
        this.last = from - 1;
    }

    /** The next input's frame; empty at the end. */
    Optional<String> next() {
        for (Optional<String> line = cursor.nextText(); line.isPresent(); line = cursor.nextText()) {
            String text = line.get();
            if (Frame.isOwn(text)) {
                continue;
            }
            long number = number(text);
            if (number > last + 1) {
                throw new LogException(
                        "inputs " + (last + 1) + " to " + (number - 1) + " are missing: restore the log from a copy");
            }
            if (number == last + 1) {
                last = number;
                return line;
            }
        }
        return Optional.empty();
    }

    private static long number(String frame) {
        int from = frame.lastIndexOf(NUMBER) + NUMBER.length();
        int to = from;
        while (to < frame.length() && Character.digit(frame.charAt(to), 10) >= 0) {
            to++;
        }
        try {
            return Long.parseLong(frame, from, to, 10);
        } catch (NumberFormatException e) {
            throw new LogException("a frame has no number: " + frame.substring(0, Math.min(frame.length(), 80)), e);
        }
    }

    /** The number of the last input that was given out. */
    long last() {
        return last;
    }

    /** A frame as JSON. */
    JsonNode tree(String frame) {
        return mapper.readTree(frame);
    }

    /** A frame's input: type and payload. */
    static String input(JsonNode frame) {
        return frame.path("type").asString("") + " " + frame.path("payload");
    }

    @Override
    public void close() {
        cursor.close();
    }
}
