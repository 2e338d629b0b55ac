package dev.dunlin.core.runtime;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;

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

    private static final int MOST = 1 << 24;

    private static final Setting MAX_QUEUED = Setting.count(
            "node.maxQueued",
            DEFAULT.queued,
            16,
            MOST,
            "most inputs that wait; more are refused, each source having its share");
    private static final Setting MAX_CONTROL = Setting.count(
            "node.maxControl",
            DEFAULT.control,
            16,
            MOST,
            "most inputs that wait in the lane of what must not wait behind a flood");
    private static final Setting MAX_REQUESTS = Setting.count(
            "node.maxRequests", DEFAULT.requests, 16, MOST, "most requests to sockets and disks without an answer yet");
    private static final Setting MAX_HANDLES =
            Setting.count("node.maxHandles", DEFAULT.handles, 16, MOST, "most sockets and streams open at once");

    /** What can be configured. */
    public static final Settings SETTINGS = Settings.of(MAX_QUEUED, MAX_CONTROL, MAX_REQUESTS, MAX_HANDLES);

    /** What a configuration says. */
    public static Budgets of(Table<String, String> config) {
        return new Budgets(
                MAX_QUEUED.integer(config),
                MAX_CONTROL.integer(config),
                MAX_REQUESTS.integer(config),
                MAX_HANDLES.integer(config));
    }

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
