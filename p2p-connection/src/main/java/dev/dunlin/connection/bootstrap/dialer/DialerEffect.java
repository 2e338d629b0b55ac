package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Effect;

/** What attempts ask of the hooks. Each names the attempt and its step, and the answer says both again. */
public sealed interface DialerEffect extends Effect {

    /**
     * Look at what a party has answered: {@link DialerAction.Checked}.
     *
     * @param within how long it may take, microseconds
     */
    record Check(long attempt, int step, PeerId peer, BootstrapAnswer.Approved answer, long within)
            implements DialerEffect, Effect.Request {}

    /**
     * Make a database: {@link DialerAction.Provisioned}.
     *
     * @param name its name, 26 characters of a to z and 2 to 7; made twice, it is one
     * @param within how long it may take, microseconds
     */
    record Make(long attempt, int step, String name, PeerId peer, Role role, long within)
            implements DialerEffect, Effect.Request {}

    /** Remove a database that nobody knows of; nobody waits for it. */
    record Unmake(long attempt, String name, Tally tally) implements DialerEffect, Effect.Fire {}

    /** What was asked of a hook for an attempt is not wanted any more: stop it. */
    record StopHook(long attempt) implements DialerEffect, Effect.Fire {}
}
