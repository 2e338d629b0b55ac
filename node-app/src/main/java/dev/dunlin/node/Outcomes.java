package dev.dunlin.node;

import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.ping.PingOutcome;
import dev.dunlin.connection.protocol.Refusals;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.runtime.RefusedException;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.NodeOutcome;
import java.util.concurrent.TimeoutException;

/** Says in words how a wish ended. */
final class Outcomes {

    private Outcomes() {}

    /** One sentence, without its full stop. */
    static String sentence(Action.Ticketed outcome) {
        return switch (outcome) {
            case ConnectionOutcome.ConnectGaveUp(var _, var _, var error) -> error.text();
            case ConnectionOutcome.ListenGaveUp(var _, var _, var error) -> error.text();
            case StreamAction.OpenFailed(long _, var _, var _, var error) -> error.text();
            case PingOutcome.PingFailed(var _, var _, String why) -> why;
            case NodeOutcome.Refused refused -> Refusals.why(refused.clause());
            default -> outcome.toString();
        };
    }

    /** One sentence, without its full stop, of why no outcome came. */
    static String sentence(Throwable failure) {
        return switch (failure) {
            case TimeoutException _ -> "no outcome in time";
            // Of a guard's refusal the clause says it; the runtime's own refusals are sentences.
            case RefusedException refused
            when String.valueOf(refused.getMessage()).startsWith(refused.clause()) -> Refusals.why(refused.clause());
            default -> String.valueOf(failure.getMessage());
        };
    }
}
