package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.bootstrap.wire.WireLimits;
import dev.dunlin.connection.identify.OwnAddresses;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;

/**
 * The links that are being redeemed.
 *
 * @param config what the last boot said, and operators since
 * @param self this node's id: the name of its party
 * @param addresses where this node can be reached
 * @param attempts those that go on, by their numbers
 * @param tickets which of them is whose
 * @param last the number of the last attempt; never falls
 */
public record DialerState(
        DialerConfig config,
        Optional<PeerId> self,
        OwnAddresses addresses,
        Pool<Long, Attempt> attempts,
        Table<Ticket, Long> tickets,
        long last) {

    /** Before the first boot. */
    public static final DialerState INITIAL = fresh(DialerConfig.DEFAULT, Optional.empty(), 0);

    static DialerState fresh(DialerConfig config, Optional<PeerId> self, long last) {
        return new DialerState(
                config,
                self,
                OwnAddresses.NONE,
                Pool.of(config.maxAttempts(), config.maxAttempts()),
                Table.empty(),
                last);
    }

    Table<Long, Attempt> running() {
        return attempts.running();
    }

    DialerState with(Pool<Long, Attempt> next) {
        return new DialerState(config, self, addresses, next, tickets, last);
    }

    DialerState with(OwnAddresses next) {
        return new DialerState(config, self, next, attempts, tickets, last);
    }

    /** Where this node is, at most as many addresses as may be told. */
    List<Multiaddr> cadre() {
        return self.stream()
                .flatMap(id -> addresses.of(id).stream())
                .limit(WireLimits.ADDRESSES)
                .toList();
    }

    DialerState withTickets(Table<Ticket, Long> next) {
        return new DialerState(config, self, addresses, attempts, next, last);
    }

    DialerState numbered() {
        return new DialerState(config, self, addresses, attempts, tickets, last + 1);
    }

    DialerState configured(DialerConfig next) {
        return new DialerState(
                next, self, addresses, attempts.bounded(next.maxAttempts(), next.maxAttempts()), tickets, last);
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
