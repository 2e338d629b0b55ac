package dev.dunlin.node.bootstrap;

import dev.dunlin.connection.bootstrap.session.Databases;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;

/**
 * Makes databases, and finds and removes them. Each is known by the name of its redemption: 26 characters of a to z and 2 to 7; no other name is taken
 * ({@link IllegalArgumentException}), so that nothing that a peer has sent is in a path or in SQL. What was begun and not finished, as when the
 * program was killed, is no database, has a name all the same, and is removed or made anew. Thread-safe.
 */
public interface Provisioner extends Databases, AutoCloseable {

    /**
     * Makes a database, or gives the one that there is of this name.
     *
     * @param role which side makes it
     * @throws DatabaseException if it cannot be made; nothing of it is found then
     * @throws InterruptedException if the thread is interrupted; nothing of it is found then
     */
    Tally make(String name, Role role) throws InterruptedException;

    /** How many there are, and how many bytes they take. */
    Usage usage();

    /** How much there is of databases. */
    record Usage(long databases, long bytes) {}

    /** Never throws. */
    @Override
    void close();
}
