package dev.dunlin.core.log;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives the lines of a log while another process writes it: across new segments, compression, the ring's dropping of old
 * ones, and restarts. Schemas are not compared, lines are given as text. After a restart of the writer, lines that were given
 * may be given again.
 */
public final class LogFollower implements Closeable {

    private final LogStorage storage;
    private long first = -1;
    private long offset;
    // The size of the segment's file when its end was met: nothing is new while it has it.
    private long sizeAtEnd = -1;
    // Whether the present lines were opened when a later segment was there already: then the segment is whole.
    private boolean whole;
    // Whether a closed segment is read a second time, because it looked damaged while it was being closed.
    private boolean again;
    private String name = "";
    private @Nullable Lines lines;

    private LogFollower(LogStorage storage) {
        this.storage = storage;
    }

    /** From the first line that the ring has. */
    public static LogFollower of(LogStorage storage) {
        return new LogFollower(storage);
    }

    /** From the first line of the segment that holds an input, or would hold it: lines before it may be given. */
    public static LogFollower from(LogStorage storage, long input) {
        LogFollower follower = new LogFollower(storage);
        try {
            Segments.segments(storage).stream()
                    .mapToLong(Segments.Segment::first)
                    .filter(first -> first <= input)
                    .max()
                    .ifPresent(follower::goTo);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return follower;
    }

    /**
     * The next line's text.
     *
     * @return empty if there is none at present; ask again later
     * @throws LogException.Damaged if a closed segment is damaged
     */
    public Optional<String> next() {
        try {
            while (opened()) {
                Optional<String> text = take();
                if (text.isPresent()) {
                    return text;
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    // Finds the segment and opens it where the last good line ended; false if nothing is new.
    private boolean opened() throws IOException {
        if (lines != null) {
            return true;
        }
        List<Segments.Segment> segments = Segments.segments(storage);
        Optional<Segments.Segment> found =
                segments.stream().filter(segment -> segment.first() >= first).findFirst();
        if (found.isEmpty()) {
            return false;
        }
        Segments.Segment segment = found.get();
        if (segment.first() != first) {
            goTo(segment.first());
        }
        whole = segments.getLast().first() > first;
        try {
            long size = storage.size(segment.name());
            if (size == sizeAtEnd && !whole) {
                return false;
            }
            if (!segment.compressed() && size < offset) {
                offset = 0;
            }
            sizeAtEnd = size;
            name = segment.name();
            lines = Segments.open(storage, segment, offset);
            return true;
        } catch (NoSuchFileException e) {
            // Compressed or dropped since the folder was listed: the next call finds what is there instead.
            return false;
        }
    }

    private void goTo(long segment) {
        first = segment;
        offset = 0;
        sizeAtEnd = -1;
        again = false;
    }

    private Optional<String> take() throws IOException {
        Lines in = lines;
        if (in == null) {
            return Optional.empty();
        }
        Lines.Next next;
        try {
            next = in.next();
        } catch (IOException e) {
            LogException.Damaged damaged =
                    new LogException.Damaged(name, offset, "it cannot be read (" + e.getMessage() + ")");
            damaged.initCause(e);
            throw damaged;
        }
        switch (next) {
            case GOOD -> {
                offset += in.length();
                return Optional.of(in.text());
            }
            case END -> {
                close();
                if (whole) {
                    goTo(first + 1);
                }
            }
            case BAD -> {
                boolean cutShort = in.bytes()[in.from() + in.length() - 1] != '\n';
                close();
                if (whole && again) {
                    throw new LogException.Damaged(name, offset, in.fault() + " in a closed segment");
                }
                again = whole;
                // A line cut short is being written. One that is bad is a tail; the next writer cuts it off, and its
                // lines
                // need not begin where these ended.
                if (whole || !cutShort) {
                    offset = 0;
                }
            }
        }
        return Optional.empty();
    }

    /** Lets go of the log's files. */
    @Override
    public void close() {
        try {
            if (lines != null) {
                lines.close();
                lines = null;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
