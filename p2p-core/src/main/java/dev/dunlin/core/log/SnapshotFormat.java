package dev.dunlin.core.log;

/**
 * The lines of a snapshot, one compressed file of checked JSON lines. The first is a header with the machines' digests; then
 * parts, none longer than {@link #PART} unless it is one text; the last line says how many parts there were.
 *
 * <p>A part stands at a path: the machine, then fields of records, keys of tables and places in lists. It is a {@code value} that is whole; or
 * {@code entries} of a table or {@code elements} of a list, to which others of the same path are added; or a {@code record}
 * whose fields stand in parts of their own, with its name where it is one of several.
 */
final class SnapshotFormat {

    /** What is longer is divided, at any depth, in bytes. */
    static final int PART = 256 << 10;

    static final String HEADER = "@snapshot/header";
    static final String VALUE = "@snapshot/value";
    static final String ENTRIES = "@snapshot/entries";
    static final String ELEMENTS = "@snapshot/elements";
    static final String RECORD = "@snapshot/record";
    static final String END = "@snapshot/end";

    private SnapshotFormat() {}
}
