package dev.dunlin.dht.query;

import dev.dunlin.core.store.Invariant;
import dev.dunlin.dht.key.Key;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of the query machine. */
final class QueryInvariants {

    private QueryInvariants() {}

    static final List<Invariant<QueryState>> ALL = List.of(
            new Invariant<>("counts-are-right", own -> own.pool().violation()),
            new Invariant<>("each-asker-has-its-query", own -> {
                for (Map.Entry<Long, Query> each : own.running()) {
                    if (own.tickets().or(each.getValue().ticket(), 0L) != (long) each.getKey()) {
                        return Optional.of("query " + each.getKey() + " is not known by its ticket");
                    }
                }
                return own.tickets().size() == own.running().size()
                        ? Optional.empty()
                        : Optional.of("there are tickets of queries that do not run");
            }),
            new Invariant<>("lookups-are-sound", own -> {
                for (Map.Entry<Long, Query> each : own.running()) {
                    if (!isSound(each.getValue().lookup())) {
                        return Optional.of("the lookup of query " + each.getKey()
                                + " asks more than it may, waits for an answer twice, or is over and runs");
                    }
                }
                return Optional.empty();
            }));

    private static boolean isSound(Lookup lookup) {
        int open = 0;
        for (Path path : lookup.paths()) {
            open += path.open();
            boolean isSound = path.heard().size() <= lookup.limits().candidates()
                    && path.open() >= 0
                    && path.open() <= path.asked().size()
                    && path.open()
                            <= Math.max(lookup.terms().wanted(), lookup.terms().width());
            for (Key distance : path.heard().keys()) {
                isSound &= !path.isContacted(distance);
            }
            if (!isSound) {
                return false;
            }
        }
        int waits = 0;
        for (Lookup.Request request : lookup.requests().values()) {
            waits += request.at() == Lookup.Request.NEVER ? 0 : 1;
        }
        return open == waits && lookup.sent() <= lookup.limits().requests() && !lookup.isOver();
    }
}
