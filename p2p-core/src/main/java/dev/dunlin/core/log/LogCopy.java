package dev.dunlin.core.log;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;

/**
 * Copies the files of a log, also while a node writes it. The copy is a log itself: every input up to its end is in it, it ends
 * with a whole line, and no snapshot stands behind its end.
 */
public final class LogCopy {

    // So often the ring of a busy node may drop files under a copy. Each time the whole copy is made again.
    private static final int MOST_ATTEMPTS = 5;

    private static final int FIRST_LOOK = 1 << 16;

    private final LogStorage from;
    private final To to;

    /** Takes the copy. */
    public interface To {

        /** A copy begins; what was taken before is not part of it. */
        void begin() throws IOException;

        /**
         * Takes a file.
         *
         * @param name its name
         * @param size how many bytes it has
         * @param content gives at least so many; what is behind them is not to be taken
         */
        void file(String name, long size, InputStream content) throws IOException;
    }

    /** Says that the files have changed so that the copy would have a hole. */
    private static final class Changed extends Exception {
        private static final long serialVersionUID = 1L;
    }

    private LogCopy(LogStorage from, To to) {
        this.from = from;
        this.to = to;
    }

    /**
     * Copies a log.
     *
     * @throws LogException if the log changes faster than it can be copied
     * @throws IOException if it cannot be read, or the copy cannot be written
     */
    public static void copy(LogStorage from, To to) throws IOException {
        for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
            try {
                to.begin();
                new LogCopy(from, to).copied();
                return;
            } catch (Changed meanwhile) {
                // Once more, from the beginning.
            }
        }
        throw new LogException("the log in " + from + " drops its oldest files faster than they can be copied: stop the"
                + " node, or copy to a faster disk");
    }

    private void copied() throws IOException, Changed {
        // In this order: a snapshot is written when the inputs before it are in their files.
        List<Segments.Snapshot> snapshots = Segments.snapshots(from);
        List<Segments.Segment> segments = Segments.segments(from);
        if (segments.isEmpty()) {
            return;
        }
        long first = segments.getFirst().first();
        List<Segments.Snapshot> needed =
                snapshots.stream().filter(one -> one.input() + 1 >= first).toList();
        if (first > 1 && needed.isEmpty() && !snapshots.equals(Segments.snapshots(from))) {
            throw new Changed();
        }
        for (Segments.Snapshot snapshot : needed) {
            whole(snapshot.name());
        }
        for (Segments.Segment segment : segments) {
            if (segment.equals(segments.getLast()) && !segment.compressed()) {
                last(segment.name());
            } else if (!found(segment.name()) && !(!segment.compressed() && found(Segments.packed(segment)))) {
                throw new Changed();
            }
        }
        for (String name : from.names()) {
            if (Segments.isCut(name)) {
                found(name);
            }
        }
    }

    private void whole(String name) throws IOException, Changed {
        if (!found(name)) {
            throw new Changed();
        }
    }

    // False if it is not there any more.
    private boolean found(String name) throws IOException {
        Optional<InputStream> content = opened(name, 0);
        if (content.isEmpty()) {
            return false;
        }
        try (InputStream in = content.get()) {
            to.file(name, from.size(name), in);
            return true;
        } catch (NoSuchFileException dropped) {
            return false;
        }
    }

    private Optional<InputStream> opened(String name, long at) throws IOException {
        try {
            return Optional.of(from.read(name, at));
        } catch (NoSuchFileException gone) {
            return Optional.empty();
        }
    }

    // Up to its last whole line. Meanwhile it may have been closed and compressed.
    private void last(String name) throws IOException, Changed {
        try {
            long size = wholeLines(name, from.size(name));
            if (size == 0) {
                return;
            }
            try (InputStream in = from.read(name, 0)) {
                to.file(name, size, in);
            }
        } catch (NoSuchFileException closed) {
            whole(name + Segments.COMPRESSED);
        }
    }

    private long wholeLines(String name, long size) throws IOException {
        for (long look = FIRST_LOOK; ; look = look * 2) {
            long at = Math.max(0, size - look);
            byte[] end;
            try (InputStream in = from.read(name, at)) {
                end = in.readNBytes((int) (size - at));
            }
            for (int i = end.length - 1; i >= 0; i--) {
                if (end[i] == '\n') {
                    return at + i + 1;
                }
            }
            if (at == 0) {
                return 0;
            }
        }
    }
}
