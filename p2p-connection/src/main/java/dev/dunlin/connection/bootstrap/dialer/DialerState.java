package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.Optional;

/**
 * The links that are being redeemed.
 *
 * @param config what the last boot said, and operators since
 * @param self this node's id: the name of its party
 * @param attempts those that go on, by their numbers
 * @param tickets which of them is whose
 * @param last the number of the last attempt; never falls
 */
public record DialerState(
        DialerConfig config,
        Optional<PeerId> self,
        Pool<Long, Attempt> attempts,
        Table<Ticket, Long> tickets,
        long last) {

    /** Before the first boot. */
    public static final DialerState INITIAL = fresh(DialerConfig.DEFAULT, Optional.empty(), 0);

    static DialerState fresh(DialerConfig config, Optional<PeerId> self, long last) {
        return new DialerState(config, self, Pool.of(config.maxAttempts(), config.maxAttempts()), Table.empty(), last);
    }

    Table<Long, Attempt> running() {
        return attempts.running();
    }

    DialerState with(Pool<Long, Attempt> next) {
        return new DialerState(config, self, next, tickets, last);
    }

    DialerState withTickets(Table<Ticket, Long> next) {
        return new DialerState(config, self, attempts, next, last);
    }

    DialerState numbered() {
        return new DialerState(config, self, attempts, tickets, last + 1);
    }

    DialerState configured(DialerConfig next) {
        return new DialerState(next, self, attempts.bounded(next.maxAttempts(), next.maxAttempts()), tickets, last);
    }

    String phaseOf(Subject subject) {
        return subject.kind().equals(DialerAction.OfAttempt.KIND)
                ? running()
                        .find(Long.parseLong(subject.key()))
                        .map(attempt -> attempt.phase().word())
                        .orElse("noAttempt")
                : "running";
    }
}
