package dev.dunlin.connection.stage;

import dev.dunlin.connection.stream.CloseMode;
import dev.dunlin.connection.stream.EndReason;
import dev.dunlin.core.store.Handle;
import org.jspecify.annotations.Nullable;

/** A stream on a link: two ends. */
final class SimStream {

    private final SimNetwork network;

    long wireId;

    @Nullable
    End opener;

    @Nullable
    End accepter;

    SimStream(SimNetwork network) {
        this.network = network;
    }

    /** One end. */
    static final class End {
        final SimStream stream;
        final SimLink.End at;
        final Handle handle;
        boolean open = true;
        boolean closedHere;
        boolean closedThere;

        End(SimStream stream, SimLink.End at, Handle handle) {
            this.stream = stream;
            this.at = at;
            this.handle = handle;
            at.streams.add(this);
        }
    }

    private @Nullable End across(End end) {
        return end == opener ? accepter : opener;
    }

    void close(End end, CloseMode mode) {
        if (!end.open) {
            return;
        }
        if (mode == CloseMode.RESET) {
            end(end, EndReason.LOCAL_RESET);
            network.far(() -> {
                End other = across(end);
                if (other != null) {
                    end(other, EndReason.REMOTE_RESET);
                }
            });
        } else if (!end.closedHere) {
            end.closedHere = true;
            network.far(() -> {
                End other = across(end);
                if (other != null) {
                    other.closedThere = true;
                    endIfBothClosed(other);
                }
            });
            endIfBothClosed(end);
        }
    }

    private void endIfBothClosed(End end) {
        if (end.closedHere && end.closedThere) {
            end(end, EndReason.CLOSED);
        }
    }

    void end(End end, EndReason reason) {
        if (end.open) {
            end.open = false;
            end.at.services.streamDown(end);
            end.at.link.ended(end, reason);
        }
    }
}
