package dev.dunlin.dht.routing;

import dev.dunlin.core.store.Invariant;
import dev.dunlin.dht.table.Contact;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of the routing machine. */
final class RoutingInvariants {

    private RoutingInvariants() {}

    static final List<Invariant<RoutingState>> ALL = List.of(
            new Invariant<>("tasks-and-spaces-agree", own -> {
                int checks = 0;
                int lookups = 0;
                for (Map.Entry<Long, Task> each : own.tasks()) {
                    Space space = own.spaces().at(each.getValue().network());
                    boolean agrees = switch (each.getValue()) {
                        case Task.Vetting(Network _, Contact contact) ->
                            space.checking().or(contact.peer(), 0L).equals(each.getKey());
                        case Task.Probing(Network _, Contact contact) ->
                            space.checking().or(contact.peer(), 0L).equals(each.getKey());
                        case Task.Looking _ -> space.refresh().lookup() == each.getKey();
                    };
                    if (!agrees) {
                        return Optional.of("task " + each.getKey() + " is not known to its network");
                    }
                    checks += each.getValue() instanceof Task.Looking ? 0 : 1;
                    lookups += each.getValue() instanceof Task.Looking ? 1 : 0;
                }
                for (Space space : own.spaces().values()) {
                    checks -= space.checking().size();
                    lookups -= space.refresh().isRunning() ? 1 : 0;
                }
                return checks == 0 && lookups == 0
                        ? Optional.empty()
                        : Optional.of("a network waits for what nobody was asked for");
            }),
            new Invariant<>("spaces-are-bounded", own -> {
                for (Space space : own.spaces().values()) {
                    if (space.table().size() > space.table().limits().contacts()
                            || space.candidates().waiting().size() > RoutingConfig.MOST_CANDIDATES
                            || space.candidates().turns().size()
                                    != space.candidates().waiting().size()
                            || space.candidates().away().size() > Candidates.MOST_AWAY
                            || space.candidates().away().size()
                                    != space.candidates().awayTurns().size()
                            || space.checking().size() > RoutingConfig.MOST_CHECKS
                            || space.refresh().waiters().size() > Space.Refresh.MOST_WAITERS) {
                        return Optional.of("a network has more than it may: " + space);
                    }
                }
                return Optional.empty();
            }));
}
