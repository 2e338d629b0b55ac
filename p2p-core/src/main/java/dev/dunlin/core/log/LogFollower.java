package dev.dunlin.core.log;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives the lines of a log while another process writes it: across new segments, compression, the ring's dropping of old
 * ones, and restarts. Schemas are not compared, lines are given as text. After a restart of the writer, lines that were given
 * may be given again. A damaged line in the segment that is being written is told by {@link #damage}, and those behind it are given.
 */
public final class LogFollower implements Closeable {

    // How long a segment is taken for the last one where none has the name that the next should have.
    private static final long LIST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LogStorage storage;
    // What the folder was seen to hold. It is looked at again only when that does not lead on: a folder may hold
    // thousands.
    private List<Segments.Segment> listed = List.of();
    private int at;
    private long listedNanos;
    private long first = -1;
    // Where the next line begins that was not given.
    private long offset;
    // Where the present lines were opened.
    private long base;
    // The size of the segment's file when its end was met: nothing is new while it has it.
    private long sizeAtEnd = -1;
    // Whether the present lines were opened when a later segment was there already: then the segment is whole.
    private boolean whole;
    // Whether a closed segment is read a second time, because it looked damaged while it was being closed.
    private boolean again;
    private String name = "";
    // The last input that was given; the next segment is called by the one behind it.
    private long last = -1;
    // Where the last damaged line began that was told of, in the segment that is being written.
    private long told = -1;
    private Optional<LogException.Damaged> damage = Optional.empty();
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
            follower.list();
            for (Segments.Segment segment : follower.listed) {
                if (segment.first() <= input) {
                    follower.goTo(segment.first());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return follower;
    }

    /**
     * The next line's text.
     *
     * @return empty if there is none at present; ask again later
     * @throws LogException.Damaged if a closed segment is damaged; whoever asks again gets what stands in the next one
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

    /** The damaged line in the segment being written that was met since this was last asked; of several, the last. */
    public Optional<LogException.Damaged> damage() {
        Optional<LogException.Damaged> met = damage;
        damage = Optional.empty();
        return met;
    }

    private void list() throws IOException {
        listed = Segments.segments(storage);
        listedNanos = System.nanoTime();
        at = 0;
    }

    // The segment that is to be read; empty if there is none.
    private Optional<Segments.Segment> present() {
        while (at < listed.size() && listed.get(at).first() < first) {
            at++;
        }
        return at < listed.size() ? Optional.of(listed.get(at)) : Optional.empty();
    }

    private boolean hasLater() {
        return at + 1 < listed.size();
    }

    // Finds the segment and opens it where the last good line ended; false if nothing is new.
    private boolean opened() throws IOException {
        if (lines != null) {
            return true;
        }
        if (present().isEmpty() || (!hasLater() && mayHaveLater())) {
            list();
        }
        Optional<Segments.Segment> found = present();
        if (found.isEmpty()) {
            return false;
        }
        Segments.Segment segment = found.get();
        if (segment.first() != first) {
            goTo(segment.first());
        }
        whole = hasLater();
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
            base = offset;
            lines = Segments.open(storage, segment, offset);
            return true;
        } catch (NoSuchFileException e) {
            // Compressed or dropped since the folder was listed: the next call finds what is there instead.
            listed = List.of();
            return false;
        }
    }

    // Whether a segment may have come since the folder was looked at: the next is called by the input behind the last
    // one.
    private boolean mayHaveLater() throws IOException {
        if (System.nanoTime() - listedNanos > LIST_NANOS) {
            return true;
        }
        try {
            return last >= first && last < Long.MAX_VALUE && storage.size(Segments.segmentName(last + 1)) >= 0;
        } catch (NoSuchFileException none) {
            return false;
        }
    }

    private void goTo(long segment) {
        first = segment;
        offset = 0;
        sizeAtEnd = -1;
        again = false;
        told = -1;
        last = -1;
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
            if (whole) {
                leave();
            } else {
                close();
            }
            throw damaged;
        }
        switch (next) {
            case GOOD -> {
                offset = base + in.offset() + in.length();
                String text = in.text();
                last = Frame.isOwn(text) ? last : Frame.inputOf(text);
                return Optional.of(text);
            }
            case END -> {
                close();
                if (whole) {
                    goTo(first + 1);
                }
            }
            case BAD -> bad(in);
        }
        return Optional.empty();
    }

    private void bad(Lines in) {
        boolean cutShort = in.bytes()[in.from() + in.length() - 1] != '\n';
        long where = base + in.offset();
        if (whole) {
            if (again) {
                LogException.Damaged damaged =
                        new LogException.Damaged(name, where, in.fault() + " in a closed segment");
                leave();
                throw damaged;
            }
            close();
            again = true;
            offset = 0;
        } else if (cutShort) {
            // It is being written.
            close();
        } else if (base > 0 && where != told) {
            // A writer that began anew has cut off a tail, perhaps: what stands there now need not begin where lines
            // ended.
            close();
            offset = 0;
            sizeAtEnd = -1;
        } else if (where > told) {
            told = where;
            damage = Optional.of(new LogException.Damaged(name, where, in.fault()));
        }
    }

    // What is damaged is not read again by whoever goes on.
    private void leave() {
        close();
        goTo(first + 1);
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
