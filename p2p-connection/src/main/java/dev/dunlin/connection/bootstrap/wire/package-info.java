/**
 * The messages of a bootstrap session and their two forms on the wire: one JSON value to the end of the stream, as Taleus speaks it ({@code
 * /taleus/bootstrap/1.0.0}), and JSON behind its length (1.1.0), which says more. Tokens and identities are not in the messages: they are
 * in a {@link dev.dunlin.connection.bootstrap.wire.Vault}, and the messages have their hashes.
 */
@NullMarked
package dev.dunlin.connection.bootstrap.wire;

import org.jspecify.annotations.NullMarked;
