/** Dunlin against other implementations, each run as a child process: js-libp2p and go-libp2p. */
@NullMarked
package dev.dunlin.node.interop;

import org.jspecify.annotations.NullMarked;
