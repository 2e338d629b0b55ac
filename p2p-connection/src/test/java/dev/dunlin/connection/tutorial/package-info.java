/** A protocol from nothing, as the page <a href="../../../../../../../docs/protocol.md">A protocol in sixty lines</a> shows it. */
@NullMarked
package dev.dunlin.connection.tutorial;

import org.jspecify.annotations.NullMarked;
