/**
 * What carries out the effects of bootstrap sessions: the hooks of whoever runs the node, each on a thread of its own that can be stopped, and a
 * ledger whose transactions are written several at a time.
 */
@NullMarked
package dev.dunlin.node.bootstrap;

import org.jspecify.annotations.NullMarked;
