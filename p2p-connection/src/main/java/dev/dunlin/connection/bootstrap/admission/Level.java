package dev.dunlin.connection.bootstrap.admission;

/** How loaded the node is, in memory and open files. */
public enum Level {
    /** All is well. */
    NORMAL,
    /** Stages have half their time, and some are turned away earlier. */
    ELEVATED,
    /** Nobody new is let in. */
    CRITICAL
}
