package dev.dunlin.core.runtime;

/**
 * How much there may be before new work is refused; a flood of one leaves room for the others. Answers to requests and ends of
 * handles always have room. Requests and handles are counted by what is done: what one input brings may go beyond their bounds.
 *
 * @param queued inputs of new work that wait, control apart
 * @param control inputs of {@link dev.dunlin.core.store.Action.Control} that wait, in a lane of their own
 * @param requests requests in flight
 * @param handles open handles
 */
public record Budgets(int queued, int control, int requests, int handles) {

    /** 65,536 queued, 1,024 of control, 65,536 requests, 65,536 handles. */
    public static final Budgets DEFAULT = new Budgets(1 << 16, 1 << 10, 1 << 16, 1 << 16);

    /** Refuses what leaves no room. */
    public Budgets {
        if (queued < 1 || control < 1 || requests < 1 || handles < 1) {
            throw new IllegalArgumentException("each budget is at least 1");
        }
    }

    /** These with another bound of the queue. */
    public Budgets withQueued(int most) {
        return new Budgets(most, control, requests, handles);
    }
}
