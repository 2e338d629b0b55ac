/** What a protocol is made of that speaks in messages: names, framing, codec and limits. Pure; nothing of it knows a socket. */
@NullMarked
package dev.dunlin.connection.protocol;

import org.jspecify.annotations.NullMarked;
