package dev.dunlin.connection;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;

/**
 * The open connections, and what is counted of them.
 *
 * @param connections every open socket, until the world says that it is closed
 * @param held how many of them each peer has; no zeros
 * @param inbound how many of them are inbound
 */
public record OpenConnections(Table<Handle, Connection> connections, Table<PeerId, Integer> held, int inbound) {

    /** No connections. */
    static final OpenConnections NONE = new OpenConnections(Table.empty(), Table.empty(), 0);

    OpenConnections with(Handle handle, Connection connection) {
        PeerId peer = connection.peer();
        return new OpenConnections(
                connections.with(handle, connection),
                held.with(peer, held.or(peer, 0) + 1),
                inbound + inbound(connection));
    }

    /** Another record of a connection that is known; nothing that is counted changes. */
    OpenConnections changed(Handle handle, Connection connection) {
        return new OpenConnections(connections.with(handle, connection), held, inbound);
    }

    OpenConnections without(Handle handle) {
        Connection gone = connections.at(handle);
        PeerId peer = gone.peer();
        int left = held.or(peer, 0) - 1;
        return new OpenConnections(
                connections.without(handle),
                left > 0 ? held.with(peer, left) : held.without(peer),
                inbound - inbound(gone));
    }

    private static int inbound(Connection connection) {
        return connection.direction() == Direction.INBOUND ? 1 : 0;
    }
}
