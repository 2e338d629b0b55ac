package dev.dunlin.connection.ping;

import dev.dunlin.connection.ping.PingState.Peer;
import dev.dunlin.connection.ping.PingState.Stream;
import dev.dunlin.core.state.Due;
import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Optional;

/** What always holds of the ping machine. */
final class PingInvariants {

    private PingInvariants() {}

    static final List<Invariant<PingState>> ALL = List.of(new Invariant<>("peers-are-counted-and-bounded", own -> {
        int links = 0;
        for (Peer peer : own.peers().values()) {
            if (!isSound(own.config(), peer)) {
                return Optional.of("a peer is beyond a limit, or without a deadline: " + peer);
            }
            links += peer.links();
        }
        boolean isRight = links == own.links().size() && links <= own.config().maxLinks();
        return isRight ? Optional.empty() : Optional.of("peers count " + links + " of " + own.links().size());
    }));

    private static boolean isSound(PingConfig config, Peer peer) {
        boolean isBounded = peer.jobs().size() <= config.maxJobs()
                && peer.echoes().size() <= config.maxEchoes()
                && peer.health().rtts().size() <= config.keptRtts();
        boolean waits = peer.stream() instanceof Stream.Waiting || !peer.jobs().isEmpty();
        boolean isDue = peer.at() != Due.NEVER;
        return isBounded && peer.links() > 0 && (peer.stream() instanceof Stream.Opening ? !isDue : isDue || !waits);
    }
}
