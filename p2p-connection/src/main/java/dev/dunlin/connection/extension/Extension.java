package dev.dunlin.connection.extension;

import dev.dunlin.connection.protocol.ChannelProtocol;
import dev.dunlin.connection.protocol.Protocol;
import dev.dunlin.connection.stream.StreamView;
import dev.dunlin.core.store.Machine;
import java.util.List;

/**
 * Machines that a jar brings. The program finds it by {@link java.util.ServiceLoader}: the jar names its class in
 * {@code META-INF/services/dev.dunlin.connection.extension.Extension}, and the class is public and has a constructor without
 * arguments. Tools that read a log ask for the machines and protocols only; these are the same at every call.
 */
public interface Extension {

    /** What people call it: one word, which no other extension of the node has. */
    String name();

    /** Its machines, mounted behind the node's own in this order. Their names are nobody else's in the node. */
    List<Machine<? super StreamView, ?, ?>> machines();

    /** Protocols of questions and answers, which the node's exchange machine then carries beside the standard ones. */
    default List<Protocol<?, ?>> protocols() {
        return List.of();
    }

    /** Protocols of channels. The node has a channel machine if anybody brings one. */
    default List<ChannelProtocol<?, ?>> channels() {
        return List.of();
    }

    /**
     * Begins its services in a node that has not started yet: each effect of its machines gets a handler here. Never called by
     * what only reads a log.
     *
     * @throws RuntimeException if it cannot; the node does not start then, and tells the message
     */
    default Running begin(Host host) {
        return Running.NOTHING;
    }
}
