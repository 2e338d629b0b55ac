package dev.dunlin.connection.protocol;

import dev.dunlin.core.store.NodeOutcome.Refused;
import java.util.List;

/** Which refusals of a dial or a stream pass by themselves, as another dial or stream ends. */
public final class NoRoom {

    private static final String CONNECT = "connection/connect";

    private static final List<String> PASSING = List.of(
            "dials-not-full",
            "waiters-not-full",
            "peer-connections-not-full",
            "opens-not-full",
            "streams-not-full",
            "peer-streams-not-full");

    private NoRoom() {}

    /** Whether it is worth trying again. */
    public static boolean passes(Refused fact) {
        return PASSING.contains(fact.clause());
    }

    /** Whether a dial was refused, and not a stream. */
    public static boolean isOfDial(Refused fact) {
        return fact.type().equals(CONNECT);
    }
}
