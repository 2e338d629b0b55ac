package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of the dialer machine. */
final class DialerInvariants {

    private DialerInvariants() {}

    static final List<Invariant<DialerState>> ALL = List.of(
            new Invariant<>("attempts-are-counted", own -> own.attempts().violation()),
            new Invariant<>("each-asker-has-its-attempt", own -> {
                for (Map.Entry<Long, Attempt> each : own.running()) {
                    if (own.tickets().or(each.getValue().wish().ticket(), 0L) != (long) each.getKey()) {
                        return Optional.of("attempt " + each.getKey() + " is not known by its ticket");
                    }
                }
                return own.tickets().size() == own.running().size()
                        ? Optional.empty()
                        : Optional.of("there are tickets of attempts that do not go on");
            }),
            new Invariant<>("attempts-are-sound", own -> {
                for (Map.Entry<Long, Attempt> each : own.running()) {
                    Attempt attempt = each.getValue();
                    boolean isSound = attempt.peers() < attempt.wish().peers().size()
                            && attempt.rounds() < Math.max(1, DialerMachine.MOST_ROUNDS)
                            && (!(attempt.phase() instanceof Phase.SendingDatabase)
                                    || attempt.made().isPresent());
                    if (!isSound) {
                        return Optional.of(
                                "attempt " + each.getKey() + " tries a node that there is none of, too often, or"
                                        + " tells of a database that it has not made");
                    }
                }
                return Optional.empty();
            }));
}
