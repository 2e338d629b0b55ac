package dev.dunlin.dht.operation;

import dev.dunlin.connection.identify.Scope;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The operations that go on.
 *
 * @param config what the last boot said, and operators since
 * @param pool the operations by their numbers
 * @param tickets the number of each asker's operation
 * @param listened where this node listens, by listener
 * @param believed where others see it
 * @param last the number of the last operation; never falls, not even at a boot
 */
public record OperationState(
        OperationConfig config,
        Pool<Long, Operation> pool,
        Table<Ticket, Long> tickets,
        Table<Handle, Addresses> listened,
        Addresses believed,
        long last) {

    /** Before the first boot. */
    public static final OperationState INITIAL = of(OperationConfig.DEFAULT, 0);

    /** Some addresses. */
    record Addresses(List<Multiaddr> all) {

        static final Addresses NONE = new Addresses(List.of());

        Addresses {
            all = List.copyOf(all);
        }
    }

    static OperationState of(OperationConfig config, long last) {
        return new OperationState(
                config,
                Pool.of(config.maxOperations(), config.maxOperationsOfOne()),
                Table.empty(),
                Table.empty(),
                Addresses.NONE,
                last);
    }

    /** The operations that go on, by their numbers. */
    public Table<Long, Operation> running() {
        return pool.running();
    }

    OperationState next(long number, Operation operation) {
        return new OperationState(config, pool.next(number, operation), tickets, listened, believed, last);
    }

    OperationState begun(Operation operation) {
        long number = last + 1;
        return new OperationState(
                config,
                pool.start(number, operation),
                tickets.with(operation.ticket(), number),
                listened,
                believed,
                number);
    }

    OperationState ended(long number) {
        Ticket ticket = running().at(number).ticket();
        return new OperationState(config, pool.end(number), tickets.without(ticket), listened, believed, last);
    }

    OperationState configured(OperationConfig changed) {
        return new OperationState(
                changed,
                pool.bounded(changed.maxOperations(), changed.maxOperationsOfOne()),
                tickets,
                listened,
                believed,
                last);
    }

    OperationState listening(Table<Handle, Addresses> changed) {
        return new OperationState(config, pool, tickets, changed, believed, last);
    }

    OperationState believing(List<Multiaddr> changed) {
        return new OperationState(config, pool, tickets, listened, new Addresses(changed), last);
    }

    /** Where this node can be reached, as others see it first. */
    public List<Multiaddr> ownAddresses() {
        Set<Multiaddr> all = new LinkedHashSet<>(believed.all());
        for (Addresses addresses : listened.values()) {
            all.addAll(addresses.all());
        }
        all.removeIf(address -> Scope.of(address) == Scope.NONE);
        return new ArrayList<>(all);
    }

    String phaseOf(Subject subject) {
        if (!subject.kind().equals(OperationAction.OfOperation.KIND)) {
            return "running";
        }
        return running()
                .find(Long.parseLong(subject.key()))
                .map(operation -> operation.hasSearched() ? "storing" : "searching")
                .orElse("noOperation");
    }
}
