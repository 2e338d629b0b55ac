/**
 * Tokens, their redemptions and the trail of both, as rules over a {@link dev.dunlin.connection.bootstrap.ledger.LedgerStore}: the same in
 * memory, in a file and in a server's database. A token is known by its SHA-256 alone.
 *
 * <p>What always holds, whatever fails between: the uses of a token and what is reserved of it are together never more than it has; a
 * redemption that has a database is answered with that one, to its own peer, and to nobody else.
 */
@NullMarked
package dev.dunlin.connection.bootstrap.ledger;

import org.jspecify.annotations.NullMarked;
