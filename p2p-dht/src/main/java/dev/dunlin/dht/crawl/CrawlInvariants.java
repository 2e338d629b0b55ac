package dev.dunlin.dht.crawl;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of the crawl machine. */
final class CrawlInvariants {

    private CrawlInvariants() {}

    static final List<Invariant<CrawlState>> ALL = List.of(
            new Invariant<>("counts-are-right", own -> own.pool().violation()),
            new Invariant<>("each-asker-has-its-crawl", own -> {
                for (Map.Entry<Long, Crawl> each : own.running()) {
                    if (own.tickets().or(each.getValue().ticket(), 0L) != (long) each.getKey()) {
                        return Optional.of("crawl " + each.getKey() + " is not known by its ticket");
                    }
                }
                return own.tickets().size() == own.running().size()
                        ? Optional.empty()
                        : Optional.of("there are tickets of crawls that do not go on");
            }),
            new Invariant<>("crawls-are-sound", own -> {
                for (Map.Entry<Long, Crawl> each : own.running()) {
                    if (!isSound(each.getValue())) {
                        return Optional.of("crawl " + each.getKey()
                                + " has more than it may, asks or awaits a node twice, or is complete and goes on");
                    }
                }
                return Optional.empty();
            }));

    /** Each node waits, is asked, or is finished. */
    private static boolean isSound(Crawl crawl) {
        Table<PeerId, Boolean> open = Table.empty();
        for (PeerId peer : crawl.waiting().values()) {
            open = open.with(peer, true);
        }
        for (Crawl.Asking asking : crawl.asking().values()) {
            open = open.with(asking.peer(), true);
        }
        boolean areKnown = true;
        for (PeerId peer : open.keys()) {
            areKnown &= crawl.nodes().has(peer);
        }
        return areKnown
                && open.size() == crawl.waiting().size() + crawl.asking().size()
                && crawl.counts().finished() == crawl.nodes().size() - open.size()
                && crawl.nodes().size() <= CrawlConfig.MOST_NODES
                && crawl.asking().size() <= CrawlConfig.MOST_WIDTH
                && (!crawl.isSeeded() || !crawl.isComplete());
    }
}
