package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Store;
import java.util.Optional;

/**
 * Where inputs come in, on their senders' threads: what is no input of this node is refused here, before the store sees it, and
 * new work is let in as far as the budgets have room. The same for the runtime and for the simulator.
 */
public final class Door {

    private final Store<?> store;
    private final Inbox inbox;
    private final Budgets budgets;
    private final Refusals refusals;

    /**
     * A door to an inbox.
     *
     * @param budgets those of the inbox
     * @param refusals counts what is refused
     */
    public Door(Store<?> store, Inbox inbox, Budgets budgets, Refusals refusals) {
        this.store = store;
        this.inbox = inbox;
        this.budgets = budgets;
        this.refusals = refusals;
    }

    /**
     * What there is when new work comes.
     *
     * @param requests how many requests are in flight
     * @param handles how many handles are open
     * @param unwritable whether the log cannot be written
     */
    public record Load(int requests, int handles, boolean unwritable) {}

    /**
     * Refuses what is no input of this node.
     *
     * @throws IllegalArgumentException if it is of no mounted machine, has no value where there must be one, or cannot be
     *     recorded: it is too long, too deep, or has a text that is no Unicode
     */
    public void check(Action fact) {
        Optional<String> why = store.whyNoInput(fact);
        if (why.isPresent()) {
            throw new IllegalArgumentException(why.get());
        }
        InputCheck.of(fact, store);
    }

    /**
     * Lets new work in, if there is room for it.
     *
     * @param fairly whether it counts for the share of the peer that it is about; what an operator wishes does not
     */
    public Port.Offer offer(Action fact, boolean fairly, Load load) {
        Port.Offer answer = load.unwritable()
                ? Port.Offer.LOG_UNWRITABLE
                : load.requests() >= budgets.requests() && !(fact instanceof Action.Control)
                        ? Port.Offer.REQUESTS_FULL
                        : inbox.offer(fact, fairly, load.handles());
        refusals.count(answer);
        return answer;
    }
}
