package dev.dunlin.core.log;

import java.util.Optional;

/**
 * What is wrong with a log's files, as {@link LogCheck} finds it. Nothing of it is mended by itself: what to do stands in the
 * sentence.
 */
public sealed interface LogFinding {

    /** The file that it is about; where files are missing, the one that follows or precedes them. */
    String file();

    /** What is wrong, in the words of whoever runs the node; no capital, no full stop. */
    String what();

    /** What is lost by it, and what to do. */
    String advice();

    /** Whether inputs are lost, or cannot be read: a replay does not get past them. */
    default boolean loses() {
        return false;
    }

    /** Whether no node can go on from the log as it is. */
    default boolean stops() {
        return false;
    }

    /** All of it in one sentence, without a full stop. */
    default String sentence() {
        return what() + "; " + advice();
    }

    /**
     * Inputs that are not there, or not to be read.
     *
     * @param from the first of them
     * @param to the last of them; {@link #OPEN} if that cannot be told
     * @param stops whether a node reads there when it starts, and so does not get past it
     */
    record Lost(long from, long to, boolean stops) {

        /** Stands for a last input that cannot be told. */
        public static final long OPEN = Long.MAX_VALUE;

        boolean isNothing() {
            return to < from;
        }

        private String inputs() {
            if (isNothing()) {
                return "no input is lost by it, but what reads the log ends there";
            }
            if (to == OPEN) {
                return "inputs from " + from + " on are lost";
            }
            return from == to ? "input " + from + " is lost" : "inputs " + from + " to " + to + " are lost";
        }

        /** The inputs, and what to do about it. */
        String advice(String restore) {
            return inputs()
                    + (stops
                            ? ", and no node starts from this log: " + restore
                                    + ", or move the log folder away to begin without its past"
                            : " to replays; a node goes on from a snapshot behind them: " + restore
                                    + " if you need them");
        }
    }

    private static String backup(String file) {
        return "put " + file + " back from a backup";
    }

    /**
     * Inputs are not there, mostly as a file is not.
     *
     * @param file what stands behind the hole
     * @param lost their inputs
     */
    record Missing(String file, Lost lost) implements LogFinding {
        @Override
        public String what() {
            return "the log has a hole before " + file;
        }

        @Override
        public String advice() {
            return lost.advice(backup(Segments.segmentName(lost.from()) + " or its .zst"));
        }

        @Override
        public boolean loses() {
            return true;
        }

        @Override
        public boolean stops() {
            return lost.stops();
        }
    }

    /**
     * The log does not begin at its first input, and the ring's bounds do not explain it.
     *
     * @param file its first segment
     * @param first that one's first input
     */
    record BeginsLate(String file, long first) implements LogFinding {
        @Override
        public String what() {
            return "the log begins with input " + first
                    + ", though neither its size nor its age made it drop what was before";
        }

        @Override
        public String advice() {
            return "inputs 1 to " + (first - 1) + " are lost to replays: put the files before " + file
                    + " back from a backup if you need them";
        }

        @Override
        public boolean loses() {
            return true;
        }
    }

    /**
     * The beginning was dropped, and no snapshot is good that stands before what is left.
     *
     * @param file the first segment
     * @param first its first input
     */
    record NoStart(String file, long first) implements LogFinding {
        @Override
        public String what() {
            return "the log begins with input " + first + ", and there is no good snapshot to begin from";
        }

        @Override
        public String advice() {
            return "a node cannot go on from it, and nothing of it can be replayed: put the snapshots back from a backup, or move"
                    + " the log folder away to begin without its past";
        }

        @Override
        public boolean loses() {
            return true;
        }

        @Override
        public boolean stops() {
            return true;
        }
    }

    /**
     * Bytes of a segment are others than were written.
     *
     * @param file the segment
     * @param offset where, in bytes of its uncompressed content
     * @param why what is wrong with them
     * @param lost the inputs that they held
     */
    record Damaged(String file, long offset, String why, Lost lost) implements LogFinding {
        @Override
        public String what() {
            return file + " is damaged at byte " + offset + " (" + why + ")";
        }

        @Override
        public String advice() {
            return lost.advice(backup(file));
        }

        @Override
        public boolean loses() {
            return true;
        }

        @Override
        public boolean stops() {
            return lost.stops();
        }
    }

    /**
     * A segment holds what belongs into another.
     *
     * @param file the segment
     * @param first the input that it begins with
     * @param lost the inputs that it should hold
     */
    record Misplaced(String file, long first, Lost lost) implements LogFinding {
        @Override
        public String what() {
            return file + " has the content of " + Segments.segmentName(first) + ", which begins with input " + first;
        }

        @Override
        public String advice() {
            return lost.advice("give the files their own names again");
        }

        @Override
        public boolean loses() {
            return true;
        }

        @Override
        public boolean stops() {
            return lost.stops();
        }
    }

    /**
     * A segment has no content.
     *
     * @param file the segment
     * @param lost the inputs that it should hold; nothing if it is the last one, of which that cannot be told
     */
    record Empty(String file, Lost lost) implements LogFinding {
        @Override
        public String what() {
            return file + " is empty";
        }

        @Override
        public String advice() {
            return lost.isNothing()
                    ? "a node that was killed as it began to write it leaves that, and then nothing is lost; if it was not, "
                            + backup(file)
                    : lost.advice(backup(file));
        }

        @Override
        public boolean loses() {
            return !lost.isNothing();
        }

        @Override
        public boolean stops() {
            return lost.stops();
        }
    }

    /**
     * A snapshot cannot be used.
     *
     * @param file the snapshot
     * @param input after which it was taken
     * @param why what is wrong with it
     */
    record BadSnapshot(String file, long input, String why) implements LogFinding {
        @Override
        public String what() {
            return file + " cannot be used (" + why + ")";
        }

        @Override
        public String advice() {
            return "no input is lost with it; going to a step behind it takes longer: put it back from a backup, or leave it";
        }
    }

    /**
     * Bytes behind the last whole line, which no force mark covers.
     *
     * @param tail where, how many and why
     */
    record Torn(LogCursor.Tail tail) implements LogFinding {
        @Override
        public String file() {
            return tail.file();
        }

        @Override
        public String what() {
            return tail.file() + " ends with " + tail.bytes() + " bytes that are no whole line, from byte "
                    + tail.offset() + " on (" + tail.why() + ")";
        }

        @Override
        public String advice() {
            return "they were never forced to disk, as a crash leaves them; the next run of the node keeps them in a file of their"
                    + " own";
        }
    }

    /**
     * A file that is none of a log.
     *
     * @param file its name
     */
    record Foreign(String file) implements LogFinding {
        @Override
        public String what() {
            return file + " does not belong into a log";
        }

        @Override
        public String advice() {
            return "nothing reads it: move it elsewhere";
        }
    }

    /**
     * A file of a format that this build does not read.
     *
     * @param file its name
     * @param format what it has
     */
    record OtherFormat(String file, int format) implements LogFinding {
        @Override
        public String what() {
            return file + " has format " + format + ", and this build reads "
                    + (Frame.OLDEST == Frame.FORMAT
                            ? "format " + Frame.FORMAT
                            : "formats " + Frame.OLDEST + " to " + Frame.FORMAT);
        }

        @Override
        public String advice() {
            return "nothing is lost: use " + (format > Frame.FORMAT ? "a newer" : "the older")
                    + " build of Dunlin for this folder";
        }

        @Override
        public boolean loses() {
            return true;
        }

        @Override
        public boolean stops() {
            return true;
        }
    }

    /**
     * A file that cannot be read.
     *
     * @param file its name
     * @param why what the system says
     * @param forbidden whether its permissions forbid it
     * @param owner whom it belongs to, if that is not whom the folder belongs to
     */
    record Unreadable(String file, String why, boolean forbidden, Optional<String> owner) implements LogFinding {
        @Override
        public String what() {
            return forbidden
                    ? file + " may not be read by you"
                            + owner.map(who -> ": it belongs to " + who).orElse("")
                    : file + " cannot be read (" + why + ")";
        }

        @Override
        public String advice() {
            return forbidden
                    ? "as long as that is so neither a node nor a replay gets past it: give it to the owner of its folder (chown)"
                            + " and make it readable (chmod 600)"
                    : "check the disk first, then " + backup(file);
        }

        @Override
        public boolean loses() {
            return true;
        }

        @Override
        public boolean stops() {
            return true;
        }
    }

    /**
     * A file of somebody else than its folder's owner.
     *
     * @param file its name
     * @param owner whom it belongs to
     */
    record Stranger(String file, String owner) implements LogFinding {
        @Override
        public String what() {
            return file + " belongs to " + owner + ", and not to whom its folder belongs to";
        }

        @Override
        public String advice() {
            return "nothing is lost: give it to the owner of the folder (chown), and run the node as that user only";
        }
    }
}
