/**
 * Records of the DHT in an SQLite file: for nodes that keep some hundred thousand of them and more.
 *
 * <p>The file is {@code records.db} beside the folder of the log, with a write-ahead log of its own. One thread has it: it does what waits in
 * one transaction, and answers when that is committed. A commit is not forced to the disk ({@code synchronous} is {@code NORMAL}): with the
 * power the last of them may be lost, and the file is sound all the same. Records are soft state: whoever published one does so again
 * within a day, and nothing that this node promises rests on them. What the log says was stored and the file has lost is no contradiction:
 * a replay asks the log alone, and each run begins by counting what is in the file.
 *
 * <p>How many records there are stands in the file, in the same transactions as they, and is told with each write; the machine compares
 * its bounds with nothing else.
 */
@NullMarked
package dev.dunlin.node.records.jdbc;

import org.jspecify.annotations.NullMarked;
