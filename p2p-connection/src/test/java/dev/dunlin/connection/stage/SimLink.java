package dev.dunlin.connection.stage;

import dev.dunlin.connection.CloseReason;
import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Handle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection between two nodes: two ends, each of which goes down by itself. */
public final class SimLink {

    private final SimNetwork network;
    private @Nullable End dialler;
    private @Nullable End listener;
    private long byDialler = -1;
    private long byListener;

    SimLink(SimNetwork network) {
        this.network = network;
    }

    /** One end. */
    static final class End {
        final SimLink link;
        final SimServices services;
        final Handle handle;
        final PeerId other;
        final List<SimStream.End> streams = new ArrayList<>();
        boolean up = true;

        End(SimLink link, SimServices services, Handle handle, PeerId other) {
            this.link = link;
            this.services = services;
            this.handle = handle;
            this.other = other;
        }
    }

    /** The number of the next stream that an end opens, as yamux counts them. */
    long nextWireId(End opener) {
        return opener == dialler ? (byDialler += 2) : (byListener += 2);
    }

    boolean isDown() {
        return (dialler == null || !dialler.up) && (listener == null || !listener.up);
    }

    void listener(End end) {
        listener = end;
    }

    void dialler(End end) {
        dialler = end;
    }

    @Nullable
    End across(End end) {
        return end == dialler ? listener : dialler;
    }

    /** Both ends find that the link is broken. */
    public void lose() {
        if (dialler != null) {
            down(dialler, CloseReason.IO_ERROR);
        }
        if (listener != null) {
            down(listener, CloseReason.IO_ERROR);
        }
    }

    /** The listening node closes its end without being asked by its store, as a remote kill. */
    public void kill() {
        if (listener != null) {
            close(listener, CloseReason.PROTOCOL_ERROR);
        }
    }

    /** Closes one end, and the other when it hears of it. */
    void close(End end, CloseReason reason) {
        if (end.up) {
            down(end, reason);
            network.far(() -> {
                End other = across(end);
                if (other != null) {
                    down(other, CloseReason.REMOTE);
                }
            });
        }
    }

    /** The dialling end is never told of: the dial was given up meanwhile. */
    void abandon() {
        network.far(() -> {
            if (listener != null) {
                down(listener, CloseReason.REMOTE);
            }
        });
    }

    private void down(End end, CloseReason reason) {
        if (!end.up) {
            return;
        }
        end.up = false;
        end.services.connectionDown(end);
        for (SimStream.End stream : List.copyOf(end.streams)) {
            stream.stream.end(stream, EndReason.CONNECTION_CLOSED);
        }
        network.near(() -> end.services.port.offer(new ConnectionAction.Closed(end.handle, end.other, reason)));
    }

    /** Tells that a stream is over at one end. */
    void ended(SimStream.End stream, EndReason reason) {
        stream.at.streams.remove(stream);
        network.near(() -> stream.at.services.port.offer(
                new StreamAction.StreamClosed(stream.handle, stream.at.handle, stream.at.other, reason)));
    }
}
