package dev.dunlin.connection;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/** Where a listener stands. */
public sealed interface Listener extends Due {

    /** Its handle, if it has one. */
    default Optional<Handle> handle() {
        return switch (this) {
            case Opening _ -> Optional.empty();
            case Listening listening -> Optional.of(listening.listener());
            case Stopping stopping -> Optional.of(stopping.listener());
        };
    }

    /**
     * The world was asked to open it.
     *
     * @param number the number that the answer echoes
     * @param ticket who waits
     * @param at when it is given up
     */
    record Opening(long number, Ticket ticket, long at) implements Listener {}

    /**
     * Connections are accepted.
     *
     * @param listener its handle
     * @param bound the addresses it has in truth: a port 0 is a real one here
     */
    record Listening(Handle listener, List<Multiaddr> bound) implements Listener {
        /** Copies the list. */
        public Listening {
            bound = List.copyOf(bound);
        }

        @Override
        public long at() {
            return NEVER;
        }
    }

    /**
     * The world was asked to close it.
     *
     * @param listener its handle
     * @param at when it is asked again
     */
    record Stopping(Handle listener, long at) implements Listener {}
}
