package dev.dunlin.dht.publish;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Invariant;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.publish.Sweep.Stage;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What always holds of the publish machine. */
final class PublishInvariants {

    private PublishInvariants() {}

    static final List<Invariant<PublishState>> ALL = List.of(
            new Invariant<>("what-waits-is-kept", own -> {
                Promises promises = own.promises();
                for (Map.Entry<Key, Waiting> each : promises.waiting()) {
                    if (!promises.kept().has(each.getKey())
                            || !promises.turns().has(new Turn(each.getValue().at(), each.getKey()))) {
                        return Optional.of("the key " + each.getKey() + " waits and is not kept, or has no turn");
                    }
                }
                return promises.turns().size() == promises.waiting().size()
                        ? Optional.empty()
                        : Optional.of("some keys have a turn and do not wait");
            }),
            new Invariant<>("something-is-next", own -> {
                boolean isIdle = own.sweep().isEmpty() && own.keys() > 0;
                return own.alarm().size() == (isIdle ? 1 : 0)
                        ? Optional.empty()
                        : Optional.of("keys are kept and nothing is next, or something is and a sweep goes on");
            }),
            new Invariant<>("deliveries-wait-for-something", own -> {
                if (own.sweep().isEmpty() || !(own.sweep().get().stage() instanceof Stage.Storing(Delivery delivery))) {
                    return Optional.empty();
                }
                int asked = 0;
                for (Delivery.Server server : delivery.servers().values()) {
                    asked += server.isAsked() ? 1 : 0;
                }
                boolean areKnown = true;
                for (Delivery.Asked each : delivery.asks().values()) {
                    areKnown &= delivery.servers().at(each.server()).isAsked()
                            && delivery.batch().has(each.key());
                }
                return asked == delivery.asks().size() && asked > 0 && areKnown
                        ? Optional.empty()
                        : Optional.of(asked + " nodes are being told, in "
                                + delivery.asks().size() + " questions");
            }),
            new Invariant<>("values-are-stored-by-operations", own -> {
                for (Map.Entry<Bytes, KeptValue> each : own.values()) {
                    long put = each.getValue().put();
                    if (put != 0 && !own.puts().find(put).equals(Optional.of(each.getKey()))) {
                        return Optional.of("a value waits for an operation that does not go on: " + put);
                    }
                }
                return own.puts().size() <= PublishReducer.MOST_PUTS
                        ? Optional.empty()
                        : Optional.of("more values are being stored than may");
            }));
}
