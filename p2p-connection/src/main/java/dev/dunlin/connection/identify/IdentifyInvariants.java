package dev.dunlin.connection.identify;

import dev.dunlin.connection.identify.IdentifyState.Link;
import dev.dunlin.connection.identify.IdentifyState.Peer;
import dev.dunlin.connection.identify.IdentifyState.Sent;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of the identify machine. */
final class IdentifyInvariants {

    private IdentifyInvariants() {}

    static final List<Invariant<IdentifyState>> ALL = List.of(
            new Invariant<>("links-are-counted", IdentifyInvariants::miscounted),
            new Invariant<>("asks-are-numbered", IdentifyInvariants::unnumbered),
            new Invariant<>("observers-are-links", IdentifyInvariants::unseen)
                    .brokenBy(
                            IdentifyAction.Linked.class, IdentifyAction.Unlinked.class, IdentifyAction.Received.class));

    private static Optional<String> miscounted(IdentifyState own) {
        int links = 0;
        int pushes = 0;
        for (Peer peer : own.peers().values()) {
            links += peer.links();
            pushes += peer.sent().push() == Sent.NO_PUSH ? 0 : 1;
        }
        int onTheirWay = own.pushes().onTheirWay();
        return links == own.links().size() && pushes == onTheirWay
                ? Optional.empty()
                : Optional.of("peers count " + links + " links and " + pushes + " pushes; there are "
                        + own.links().size() + " and " + onTheirWay);
    }

    private static Optional<String> unnumbered(IdentifyState own) {
        for (Map.Entry<PeerId, Peer> entry : own.peers()) {
            long ask = entry.getValue().asking().ask();
            long push = entry.getValue().sent().push();
            if (entry.getValue().links() == 0 || ask < 1 || ask == push || Math.max(ask, push) > own.lastAsk()) {
                return Optional.of(entry.getKey() + " has the numbers " + ask + " and " + push
                        + ", and the last one is " + own.lastAsk());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> unseen(IdentifyState own) {
        int observed = 0;
        for (Link link : own.links().values()) {
            observed += link.observed().isPresent() ? 1 : 0;
        }
        int counted = 0;
        for (Table<String, Integer> groups : own.own().observers().values()) {
            for (int connections : groups.values()) {
                counted += connections;
            }
        }
        return observed == counted
                ? Optional.empty()
                : Optional.of(counted + " observations are counted, " + observed + " connections made one");
    }
}
