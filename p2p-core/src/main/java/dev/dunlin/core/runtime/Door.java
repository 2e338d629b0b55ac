package dev.dunlin.core.runtime;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Hasher;
import dev.dunlin.core.state.Names;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Store;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Where inputs come in, on their senders' threads: what is no input of this node is refused here, before the store sees it, and
 * new work is let in as far as the budgets have room.
 */
final class Door {

    /** The longest input, in bytes of its canonical content: what is longer could not be recorded in one line. */
    static final long MAX_INPUT = 16L << 20;

    // Types whose values have no bound of their own; others are never measured.
    private static final List<Class<?>> UNBOUNDED =
            List.of(String.class, Bytes.class, List.class, Table.class, Optional.class);

    private static final ClassValue<Boolean> MEASURED = new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
            RecordComponent[] components = type.getRecordComponents();
            return components == null
                    || Arrays.stream(components).map(RecordComponent::getType).anyMatch(Door::mayBeLong);
        }
    };

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

    private static boolean mayBeLong(Class<?> type) {
        return UNBOUNDED.contains(type)
                || (type.isRecord() && MEASURED.get(type))
                || (type.isInterface() && !type.isEnum());
    }

    /** From now on new work is let in. */
    void open() {
        open = true;
    }

    /**
     * Refuses what is no input of this node.
     *
     * @throws IllegalArgumentException if it is of no mounted machine or too long
     */
    void check(Action fact) {
        if (!store.takes(fact)) {
            throw new IllegalArgumentException(fact.getClass().getName()
                    + " is no input of a machine that this node has: mount its machine first");
        }
        if (MEASURED.get(fact.getClass())) {
            measure(fact);
        }
    }

    private static void measure(Action fact) {
        Hasher content = new Hasher();
        Content.feed(fact, content);
        long bytes = content.words() * Long.BYTES;
        if (bytes > MAX_INPUT) {
            throw new IllegalArgumentException("an input of the type " + Names.of(fact.getClass()) + " has " + bytes
                    + " bytes, and at most " + MAX_INPUT + " can be recorded");
        }
        if (content.hasBrokenText()) {
            throw new IllegalArgumentException("an input of the type " + Names.of(fact.getClass())
                    + " has a text with half a surrogate pair, which is no Unicode and cannot be recorded");
        }
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
