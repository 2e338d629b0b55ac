package dev.dunlin.connection.bootstrap.hooks;

import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.Role;
import dev.dunlin.connection.bootstrap.wire.Tally;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import java.time.Duration;
import java.util.List;

/** What whoever runs a node decides and does when it redeems a link; threads and failures as in {@link ListenerHooks}. */
public interface DialerHooks {

    /**
     * Looks at what the other party has answered.
     *
     * @return whether it is taken
     * @throws Exception if that cannot be said
     */
    boolean validateResponse(PeerId peer, BootstrapAnswer.Approved answer, Duration within) throws Exception;

    /**
     * Makes the database; as {@link ListenerHooks#provisionDatabase}.
     *
     * @throws Exception if it cannot be made
     */
    Tally provisionDatabase(String name, PeerId peer, Role role, List<Multiaddr> cadre, Duration within)
            throws Exception;

    /**
     * Removes one that nobody knows of.
     *
     * @throws Exception if it cannot be removed
     */
    void removeDatabase(String name, Tally tally) throws Exception;
}
