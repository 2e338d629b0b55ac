package dev.dunlin.node;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ping.PingOutcome;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.store.Action;

/** Says in words how a wish ended. */
final class Outcomes {

    private Outcomes() {}

    /** One sentence, without its full stop. */
    static String sentence(Action.Ticketed outcome) {
        return switch (outcome) {
            case ConnectionAction.ConnectGaveUp(var _, var _, var error) -> error.text();
            case ConnectionAction.ConnectRefused(var _, var _, String clause) -> clause + " does not hold";
            case ConnectionAction.ListenGaveUp(var _, var _, var error) -> error.text();
            case ConnectionAction.ListenRefused(var _, var _, String clause) -> clause + " does not hold";
            case StreamAction.OpenFailed(long _, var _, var _, var error) -> error.text();
            case StreamAction.StreamRefused(var _, var _, String clause) -> clause + " does not hold";
            case PingOutcome.PingFailed(var _, var _, String why) -> why;
            default -> outcome.toString();
        };
    }
}
