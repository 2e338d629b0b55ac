package dev.dunlin.connection.stream;

import dev.dunlin.connection.Direction;
import dev.dunlin.connection.stream.StreamState.Counts;
import dev.dunlin.connection.stream.StreamState.PendingOpen;
import dev.dunlin.connection.stream.StreamState.Phase;
import dev.dunlin.connection.stream.StreamState.Stream;
import dev.dunlin.connection.stream.StreamState.Tally;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Due;
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
        StreamConfig config = own.config();
        Tally all = own.counts().all();
        if (own.opens().size() > config.maxOpens()
                || all.inbound() > config.maxInbound()
                || all.outbound() > config.maxOutbound()) {
            return Optional.of(own.opens().size() + " openings, " + all);
        }
        for (Map.Entry<PeerId, Tally> entry : own.counts().perPeer()) {
            Tally tally = entry.getValue();
            if (tally.inbound() > config.maxInboundPerPeer() || tally.outbound() > config.maxOutboundPerPeer()) {
                return Optional.of(entry.getKey() + " has " + tally);
            }
        }
        for (Map.Entry<Handle, Tally> entry : own.counts().perConnection()) {
            Tally tally = entry.getValue();
            if (tally.inbound() > config.maxInboundPerConnection()
                    || tally.outbound() > config.maxOutboundPerConnection()) {
                return Optional.of(entry.getKey() + " has " + tally);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> counts(StreamState own) {
        Counts counted = Counts.NONE;
        for (Stream stream : own.streams().values()) {
            counted = counted.of(stream.peer(), stream.direction(), 1).on(stream.connection(), stream.direction(), 1);
        }
        for (PendingOpen open : own.opens().values()) {
            counted = counted.of(open.peer(), Direction.OUTBOUND, 1);
            if (open.connection().isPresent()) {
                counted = counted.on(open.connection().get(), Direction.OUTBOUND, 1);
            }
        }
        return counted.equals(own.counts()) ? Optional.empty() : Optional.of(counted + " were counted");
    }

    private static Optional<String> deadlines(StreamState own) {
        for (Map.Entry<Long, PendingOpen> entry : own.opens()) {
            if (entry.getValue().at() == Due.NEVER) {
                return Optional.of("the opening " + entry.getKey() + " waits for ever");
            }
        }
        for (Map.Entry<Handle, Stream> entry : own.streams()) {
            Stream stream = entry.getValue();
            boolean waits = stream.phase() != Phase.OPEN || own.config().quietTimeout(stream.protocol()) > 0;
            if (waits != (stream.at() != Due.NEVER)) {
                return Optional.of(entry.getKey() + (waits ? " waits for ever" : " waits for nothing"));
            }
        }
        return Optional.empty();
    }
}
