package dev.dunlin.dht.operation;

import dev.dunlin.connection.identify.OwnAddresses;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Pool;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/**
 * The operations that go on.
 *
 * @param config what the last boot said, and operators since
 * @param pool the operations by their numbers
 * @param tickets the number of each asker's operation
 * @param addresses where this node can be reached
 * @param last the number of the last operation; never falls, not even at a boot
 */
public record OperationState(
        OperationConfig config,
        Pool<Long, Operation> pool,
        Table<Ticket, Long> tickets,
        OwnAddresses addresses,
        long last) {

    /** Before the first boot. */
    public static final OperationState INITIAL = of(OperationConfig.DEFAULT, 0);

    static OperationState of(OperationConfig config, long last) {
        return new OperationState(
                config,
                Pool.of(config.maxOperations(), config.maxOperationsOfOne()),
                Table.empty(),
                OwnAddresses.NONE,
                last);
    }

    /** The operations that go on, by their numbers. */
    public Table<Long, Operation> running() {
        return pool.running();
    }

    OperationState next(long number, Operation operation) {
        return new OperationState(config, pool.next(number, operation), tickets, addresses, last);
    }

    OperationState begun(Operation operation) {
        long number = last + 1;
        return new OperationState(
                config, pool.start(number, operation), tickets.with(operation.ticket(), number), addresses, number);
    }

    OperationState ended(long number) {
        Ticket ticket = running().at(number).ticket();
        return new OperationState(config, pool.end(number), tickets.without(ticket), addresses, last);
    }

    OperationState configured(OperationConfig changed) {
        return new OperationState(
                changed, pool.bounded(changed.maxOperations(), changed.maxOperationsOfOne()), tickets, addresses, last);
    }

    OperationState reached(OwnAddresses changed) {
        return new OperationState(config, pool, tickets, changed, last);
    }

    /** Where this node can be reached, as others see it first. */
    public List<Multiaddr> ownAddresses() {
        return addresses.all();
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
