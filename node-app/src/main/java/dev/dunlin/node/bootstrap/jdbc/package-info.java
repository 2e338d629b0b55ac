/**
 * Ledgers in databases: of an SQLite file, which needs no set-up. The rules are those of {@link dev.dunlin.connection.bootstrap.ledger.Ledger};
 * here is how what they read and write stands in tables. And the databases of tallies, each an SQLite file of its own.
 */
@NullMarked
package dev.dunlin.node.bootstrap.jdbc;

import org.jspecify.annotations.NullMarked;
