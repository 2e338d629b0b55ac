/** Dunlin against another implementation: js-libp2p, run as a child process. */
@NullMarked
package dev.dunlin.node.interop;

import org.jspecify.annotations.NullMarked;
