package dev.dunlin.core.log;

import dev.dunlin.core.codec.Schema;
import java.util.List;

/** A log that cannot be read or written as asked; the message says where, why, and what to do. */
public class LogException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** With a sentence. */
    public LogException(String message) {
        super(message);
    }

    /** With a sentence and what led to it. */
    public LogException(String message, Throwable cause) {
        super(message, cause);
    }

    /** There is no log where one was to be read. */
    public static final class Missing extends LogException {
        private static final long serialVersionUID = 1L;

        Missing(String message) {
            super(message);
        }
    }

    /** Another process writes the log. */
    public static final class InUse extends LogException {
        private static final long serialVersionUID = 1L;

        private final transient FolderLock.Holder by;

        InUse(String message, FolderLock.Holder by) {
            super(message);
            this.by = by;
        }

        /** Who that is. */
        public FolderLock.Holder by() {
            return by;
        }
    }

    /** Another build wrote the log, and this one cannot go on from it. */
    public static final class OtherBuild extends LogException {
        private static final long serialVersionUID = 1L;

        OtherBuild(String message) {
            super(message);
        }

        OtherBuild(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The log has machines that this program does not have. */
    public static final class OtherMachines extends LogException {
        private static final long serialVersionUID = 1L;

        private final transient List<String> machines;

        private OtherMachines(String message, List<String> machines) {
            super(message);
            this.machines = List.copyOf(machines);
        }

        /**
         * Of a log.
         *
         * @param log what the message calls it
         * @param fit how it fits: it has such machines
         */
        public static OtherMachines of(String log, Schema.Report fit) {
            return fit.foreign()
                    ? new OtherMachines(log + " does not fit this build: " + fit.brief(), fit.missing())
                    : of(log, fit.missing());
        }

        /** Of a log that has these and others. */
        public static OtherMachines of(String log, List<String> machines) {
            return new OtherMachines(
                    log + " has " + (machines.size() == 1 ? "the machine " : "the machines ")
                            + String.join(", ", machines) + ", which this program does not have",
                    machines);
        }

        /** Their names, in order. */
        public List<String> machines() {
            return machines;
        }
    }

    /** The log fits this build only with losses, and they are not accepted. */
    public static final class Lossy extends LogException {
        private static final long serialVersionUID = 1L;

        /** With a sentence. */
        public Lossy(String message) {
            super(message);
        }
    }

    /** The log replays to another result than recorded. */
    public static final class Diverged extends LogException {
        private static final long serialVersionUID = 1L;

        /** With a sentence. */
        public Diverged(String message) {
            super(message);
        }

        /** With a sentence and what led to it. */
        public Diverged(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** The log does not have a step that was asked for. */
    public static final class NoStep extends LogException {
        private static final long serialVersionUID = 1L;

        /** With a sentence. */
        public NoStep(String message) {
            super(message);
        }

        /** That a log ends before a step. */
        public static NoStep behind(long last, long step) {
            return new NoStep("the log ends at step " + last + ": there is no step " + step);
        }
    }

    /** Damage in what was forced to disk: frames are lost that must not be. */
    public static final class Damaged extends LogException {
        private static final long serialVersionUID = 1L;

        private final String file;
        private final long offset;

        Damaged(String file, long offset, String why) {
            super("the log is damaged in " + file + " at byte " + offset + ": " + why
                    + ". Restore the file from a copy, or move the log away to start a new one");
            this.file = file;
            this.offset = offset;
        }

        /** The file. */
        public String file() {
            return file;
        }

        /** The offset in it, in bytes (of the uncompressed content). */
        public long offset() {
            return offset;
        }
    }
}
