package dev.dunlin.connection.stream;

import dev.dunlin.connection.stream.StreamState.PendingOpen;
import dev.dunlin.connection.stream.StreamState.Phase;
import dev.dunlin.connection.stream.StreamState.Stream;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of the stream machine's state. */
final class StreamInvariants {

    private StreamInvariants() {}

    static final List<Invariant<StreamState>> ALL = List.of(
            new Invariant<>("within-limits", StreamInvariants::limits)
                    .brokenBy(
                            StreamAction.OpenStream.class,
                            StreamAction.ConnectionReady.class,
                            StreamAction.StreamOpened.class,
                            StreamAction.StreamAccepted.class),
            new Invariant<>("counts-are-right", StreamInvariants::counts)
                    .brokenBy(
                            StreamAction.OpenStream.class,
                            StreamAction.ConnectionReady.class,
                            StreamAction.ConnectionMissing.class,
                            StreamAction.StreamOpened.class,
                            StreamAction.OpenFailed.class,
                            StreamAction.StreamAccepted.class,
                            StreamAction.StreamClosed.class,
                            StreamAction.OpenTimedOut.class),
            new Invariant<>("deadlines-are-right", StreamInvariants::deadlines));

    private static Optional<String> limits(StreamState own) {
        if (own.opens().size() > own.config().maxOpens()
                || own.total() > own.config().maxStreams()) {
            return Optional.of(own.opens().size() + " openings, " + own.total() + " streams");
        }
        for (Map.Entry<PeerId, Integer> entry : own.counts().perPeer()) {
            if (entry.getValue() > own.config().maxPerPeer()) {
                return Optional.of(entry.getKey() + " has " + entry.getValue() + " streams");
            }
        }
        for (Map.Entry<Handle, Integer> entry : own.counts().perConnection()) {
            if (entry.getValue() > own.config().maxPerConnection()) {
                return Optional.of(entry.getKey() + " has " + entry.getValue() + " streams");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> counts(StreamState own) {
        Table<PeerId, Integer> perPeer = Table.empty();
        Table<Handle, Integer> perConnection = Table.empty();
        for (Stream stream : own.streams().values()) {
            perPeer = perPeer.with(stream.peer(), perPeer.or(stream.peer(), 0) + 1);
            perConnection = perConnection.with(stream.connection(), perConnection.or(stream.connection(), 0) + 1);
        }
        for (PendingOpen open : own.opens().values()) {
            perPeer = perPeer.with(open.peer(), perPeer.or(open.peer(), 0) + 1);
            if (open.connection().isPresent()) {
                Handle connection = open.connection().get();
                perConnection = perConnection.with(connection, perConnection.or(connection, 0) + 1);
            }
        }
        return perPeer.equals(own.counts().perPeer())
                        && perConnection.equals(own.counts().perConnection())
                ? Optional.empty()
                : Optional.of(perPeer + " and " + perConnection + " were counted");
    }

    private static Optional<String> deadlines(StreamState own) {
        for (Map.Entry<Long, PendingOpen> entry : own.opens()) {
            if (entry.getValue().at() == Due.NEVER) {
                return Optional.of("the opening " + entry.getKey() + " waits for ever");
            }
        }
        for (Map.Entry<Handle, Stream> entry : own.streams()) {
            boolean waits = entry.getValue().phase() != Phase.OPEN;
            if (waits != (entry.getValue().at() != Due.NEVER)) {
                return Optional.of(entry.getKey() + (waits ? " waits for ever" : " waits for nothing"));
            }
        }
        return Optional.empty();
    }
}
