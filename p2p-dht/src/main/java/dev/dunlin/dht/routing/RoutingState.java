package dev.dunlin.dht.routing;

import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Subject;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.RoutingTable;
import java.util.ArrayList;
import java.util.List;

/**
 * Whom this node knows in each of its networks.
 *
 * @param config what the last boot said, and operators since
 * @param spaces what is known of each network that it is part of
 * @param resting whom it knew in those that it is not part of now
 * @param tasks what was asked of others and is awaited, by number
 * @param last the number of the last task; never falls, not even at a boot
 * @param isReachable whether others can reach this node from the internet
 */
public record RoutingState(
        RoutingConfig config,
        Table<Network, Space> spaces,
        Table<Network, RoutingTable> resting,
        Table<Long, Task> tasks,
        long last,
        boolean isReachable) {

    /** Before the first boot. */
    public static final RoutingState INITIAL =
            new RoutingState(RoutingConfig.DEFAULT, Table.empty(), Table.empty(), Table.empty(), 0, false);

    /** How many nodes are known, in all networks together. */
    public int known() {
        int known = 0;
        for (Space space : spaces.values()) {
            known += space.table().size();
        }
        return known;
    }

    /** The nodes that are known, of one network after the other, the farthest bucket first. */
    public List<Contact> contacts() {
        List<Contact> contacts = new ArrayList<>();
        spaces.values().forEach(space -> contacts.addAll(space.table().contacts()));
        return contacts;
    }

    RoutingState with(Network network, Space changed) {
        return new RoutingState(config, spaces.with(network, changed), resting, tasks, last, isReachable);
    }

    RoutingState resumed(Network network) {
        return new RoutingState(config, spaces, resting.without(network), tasks, last, isReachable);
    }

    RoutingState without(long task) {
        return new RoutingState(config, spaces, resting, tasks.without(task), last, isReachable);
    }

    RoutingState begun(Task task) {
        return new RoutingState(config, spaces, resting, tasks.with(last + 1, task), last + 1, isReachable);
    }

    RoutingState reachable(boolean changed) {
        return new RoutingState(config, spaces, resting, tasks, last, changed);
    }

    String phaseOf(Subject subject) {
        if (!subject.kind().equals(RoutingAction.OfTask.KIND)) {
            return "running";
        }
        return tasks.find(Long.parseLong(subject.key()))
                .map(task -> switch (task) {
                    case Task.Vetting _ -> "vetting";
                    case Task.Probing _ -> "probing";
                    case Task.Looking _ -> "looking";
                })
                .orElse("noTask");
    }
}
