/**
 * The yamux stream multiplexer (<code>/yamux/1.0.0</code>) as a session core without input or output: bytes and time
 * go in, events and frames come out. {@link dev.dunlin.connection.yamux.YamuxSession} is the entrance.
 *
 * <p>A session is mutable and belongs to one thread; it reads no clock, holds no socket and starts nothing. The same
 * calls in the same order give the same frames.
 */
@NullMarked
package dev.dunlin.connection.yamux;

import org.jspecify.annotations.NullMarked;
