package dev.dunlin.connection.ping;

import dev.dunlin.connection.ping.PingState.Peer;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Optional;

/** What always holds of the ping machine. */
final class PingInvariants {

    private PingInvariants() {}

    static final List<Invariant<PingState>> ALL = List.of(new Invariant<>("peers-are-sound-and-few", own -> {
        boolean isRight = own.peers().size() <= own.config().maxLinks();
        for (Peer peer : own.peers().values()) {
            isRight &= isSound(own.config(), peer);
        }
        return isRight
                ? Optional.empty()
                : Optional.of(
                        own.peers().size() + " peers are pinged, or wishes to ping one wait that there is no room for");
    }));

    private static boolean isSound(PingConfig config, Peer peer) {
        boolean waits = peer.ping().isEmpty() && !peer.jobs().isEmpty();
        return peer.jobs().size() <= config.maxJobs()
                && peer.rtts().size() <= config.keptRtts()
                && (!waits || peer.at() != Due.NEVER);
    }
}
