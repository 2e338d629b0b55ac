package dev.dunlin.connection.protocol;

import dev.dunlin.core.state.OpenUnion;

/**
 * A message of a protocol: a record, serialisable as actions are. It stands typed in actions and logs; its bytes exist between a
 * {@link MessageCodec} and the other side only.
 */
@OpenUnion
public interface Message {}
