package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Store;
import java.util.Optional;

/**
 * Where inputs come in, on their senders' threads: what is no input of this node is refused here, before the store sees it, and
 * new work is let in as far as the budgets have room.
 */
final class Door {

    private final Store<?> store;
    private final Inbox inbox;
    private final Budgets budgets;
    private final Figures figures;
    private volatile boolean open;

    Door(Store<?> store, Inbox inbox, Budgets budgets, Figures figures) {
        this.store = store;
        this.inbox = inbox;
        this.budgets = budgets;
        this.figures = figures;
    }

    /** From now on new work is let in. */
    void open() {
        open = true;
    }

    /**
     * Refuses what is no input of this node.
     *
     * @throws IllegalArgumentException if it is of no mounted machine, has no value where there must be one, or cannot be
     *     recorded: it is too long, too deep, or has a text that is no Unicode
     */
    void check(Action fact) {
        Optional<String> why = store.whyNoInput(fact);
        if (why.isPresent()) {
            throw new IllegalArgumentException(why.get());
        }
        InputCheck.of(fact);
    }

    /** Lets new work in, if there is room for it. */
    Port.Offer offer(Action fact, boolean fairly, int handles, boolean diskFull) {
        if (!open) {
            return Port.Offer.STOPPING;
        }
        Port.Offer answer = diskFull
                ? Port.Offer.DISK_FULL
                : figures.requests >= budgets.requests() && !(fact instanceof Action.Control)
                        ? Port.Offer.REQUESTS_FULL
                        : switch (inbox.offer(fact, fairly, handles)) {
                            case YES -> Port.Offer.TAKEN;
                            case CLOSED -> Port.Offer.STOPPING;
                            case FULL -> Port.Offer.FULL;
                            case SHARE -> Port.Offer.PEER_FULL;
                            case HANDLES -> Port.Offer.HANDLES_FULL;
                        };
        figures.offered(answer);
        return answer;
    }
}
