/**
 * Ledgers and databases of tallies: of SQLite files, which need no set-up, or of a PostgreSQL server, which several nodes may share. The rules are
 * those of {@link dev.dunlin.connection.bootstrap.ledger.Ledger}; here is how what they read and write stands in tables.
 */
@NullMarked
package dev.dunlin.node.bootstrap.jdbc;

import org.jspecify.annotations.NullMarked;
