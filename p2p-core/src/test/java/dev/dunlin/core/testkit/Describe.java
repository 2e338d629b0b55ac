package dev.dunlin.core.testkit;

import dev.dunlin.core.store.Turn;
import dev.dunlin.core.store.Verdict;

/** Turns as text, for whoever reads a failure. */
final class Describe {

    private Describe() {}

    /** Number, time since the start, input, and all it led to. */
    static String turn(Turn turn) {
        StringBuilder text = new StringBuilder("#")
                .append(turn.number())
                .append(" at START")
                .append(turn.now() < StoreDriver.START ? "" : "+")
                .append(turn.now() - StoreDriver.START)
                .append("us");
        for (int i = 0; i < turn.size(); i++) {
            text.append(i == 0 ? " " : ", then ").append(turn.entry(i));
            Verdict.Disabled disabled = turn.rejection(i);
            if (disabled != null) {
                text.append(" (disabled: ")
                        .append(disabled.clause())
                        .append(' ')
                        .append(disabled.operands())
                        .append(')');
            }
        }
        return text.toString();
    }
}
