package dev.dunlin.connection.ping;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionError;
import dev.dunlin.connection.ping.PingState.Line;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.On;
import dev.dunlin.core.store.Slice;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Transition;
import dev.dunlin.core.store.TypeTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The registration of the ping machine. */
public final class PingSlice implements Slice<Object, PingState, PingAction> {

    /** Its name. */
    public static final String NAME = "ping";

    /** The protocol. */
    public static final String PROTOCOL = "/ipfs/ping/1.0.0";
