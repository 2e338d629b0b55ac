package dev.dunlin.node.bootstrap.jdbc;

import dev.dunlin.node.bootstrap.DatabaseException;
import dev.dunlin.node.bootstrap.Provisioner.Usage;
import dev.dunlin.node.bootstrap.jdbc.SqliteTallies.Limits;

/** Counts databases, and those that are being made, so that many at once are no more than there may be. Thread-safe. */
final class TallyQuota {

    private final Limits limits;
    private long databases;
    private long bytes;
    private long begun;

    TallyQuota(Limits limits) {
        this.limits = limits;
    }

    /**
     * Takes a place for one that is to be made.
     *
     * @param free how many bytes are free on the disk
     * @param directory where it is to be, for the message
     * @throws DatabaseException if there is none
     */
    synchronized void reserve(long free, TallyDirectory directory) {
        if (databases + begun >= limits.maxDatabases()) {
            throw new DatabaseException("there are " + (databases + begun) + " databases of tallies in " + directory
                    + ", and no more may be made: raise tally.maxDatabases, or remove some");
        }
        long taken = bytes + begun * SqliteTallies.FRESH_BYTES;
        if (taken > limits.maxBytes() - SqliteTallies.FRESH_BYTES) {
            throw new DatabaseException("the databases of tallies in " + directory + " take " + taken
                    + " bytes, and with another one they would be more than " + limits.maxBytes()
                    + ": raise tally.maxBytes, or remove some");
        }
        long left = free - (begun + 1) * SqliteTallies.FRESH_BYTES;
        if (left < limits.minFree()) {
            throw new DatabaseException("on the disk of " + directory + " " + free
                    + " bytes are free, and no database is made that would leave less than " + limits.minFree()
                    + ": free some of it, or lower tally.minFree");
        }
        begun++;
    }

    /** What was begun is given up. */
    synchronized void release() {
        begun--;
    }

    /** What was begun is made. */
    synchronized void made(long size) {
        begun--;
        databases++;
        bytes += size;
    }

    /** A file is gone. It may have had more bytes than were counted. */
    synchronized void removed(int files, long size) {
        databases = Math.max(0, databases - files);
        bytes = Math.max(0, bytes - size);
    }

    /** What there is, those that are being made not among it. */
    synchronized void counted(Usage usage) {
        databases = usage.databases();
        bytes = usage.bytes();
    }
}
