package dev.dunlin.core.runtime;

import dev.dunlin.core.store.NodeOutcome;
import dev.dunlin.core.store.Operand;
import dev.dunlin.core.store.Subject;
import java.util.List;

/** A wish that the node did not take up: a guard's clause failed, or there was no room. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String type;
    private final String clause;
    private final transient List<Operand> operands;

    private RefusedException(String type, String clause, List<Operand> operands, String message) {
        super(message);
        this.type = type;
        this.clause = clause;
        this.operands = operands;
    }

    /** What a wish that a guard refused is told, as {@link NodeRuntime#ask} tells it. */
    public static RefusedException of(NodeOutcome.Refused why) {
        return new RefusedException(
                why.type(),
                why.clause(),
                why.operands(),
                why.clause() + " does not hold of " + why.type() + about(why.subject())
                        + (why.operands().isEmpty() ? "" : " " + why.operands()));
    }

    private static String about(Subject subject) {
        return subject.equals(Subject.MACHINE) ? "" : " of " + subject.kind() + ":" + subject.key();
    }

    static RefusedException of(Port.Offer offer) {
        String clause = switch (offer) {
            case LOG_UNWRITABLE -> "disk-has-room";
            case STOPPING -> "node-runs";
            case PEER_FULL -> "peer-has-its-share";
            case REQUESTS_FULL -> "requests-have-room";
            case HANDLES_FULL -> "handles-have-room";
            case FULL, TAKEN -> "inbox-has-room";
        };
        String why = switch (offer) {
            case LOG_UNWRITABLE -> "its log cannot be written now: see what the node says of its disk";
            case STOPPING -> "it is not running: start it";
            case PEER_FULL -> "this peer has as much queued as one may have: try again later";
            case REQUESTS_FULL -> "too many requests are in flight: try again later";
            case HANDLES_FULL -> "too many connections and streams are open: close some, or try again later";
            case FULL, TAKEN -> "its queue is full: try again later";
        };
        return new RefusedException("", clause, List.of(), "the node takes no new work now, since " + why);
    }

    /** The full name of the wish that a guard refused; empty if it did not come so far. */
    public String type() {
        return type;
    }

    /** The guard's clause that failed, or one of the runtime's own, such as {@code inbox-has-room} or {@code node-runs}. */
    public String clause() {
        return clause;
    }

    /** What the clause looked at. */
    public List<Operand> operands() {
        return operands;
    }
}
