package dev.dunlin.dht.operation;

import dev.dunlin.core.store.Invariant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of the machine of operations. */
final class OperationInvariants {

    private OperationInvariants() {}

    static final List<Invariant<OperationState>> ALL = List.of(
            new Invariant<>("counts-are-right", own -> own.pool().violation()),
            new Invariant<>("operations-wait-for-something", own -> {
                for (Map.Entry<Long, Operation> each : own.running()) {
                    Operation operation = each.getValue();
                    if (own.tickets().or(operation.ticket(), 0L) != (long) each.getKey()
                            || operation.hasSearched() && operation.storing().isOver()) {
                        return Optional.of("operation " + each.getKey()
                                + " is not known by its ticket, or waits for nothing: " + operation);
                    }
                }
                return own.tickets().size() == own.running().size()
                        ? Optional.empty()
                        : Optional.of("there are tickets of operations that do not go on");
            }));
}
