package dev.dunlin.core.testkit;

import dev.dunlin.core.codec.Codec;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import tools.jackson.databind.JsonNode;

/** Through the codec and UTF-8 bytes, as the action log and snapshots do it. */
final class JsonRoundTrip implements RoundTrip {

    private final Codec codec;
    private final Map<String, Class<?>> states = new HashMap<>();

    JsonRoundTrip(Store<?> store) {
        this.codec = Codec.of(store);
        for (Machine<?, ?, ?> machine : store.machines()) {
            states.put(machine.name(), machine.state());
        }
    }

    @Override
    public Action action(Action action) {
        return codec.read(codec.nameOf(action), writtenAndRead(action));
    }

    @Override
    public Object state(String machine, Object state) {
        Class<?> type = Objects.requireNonNull(states.get(machine), machine);
        return codec.value(writtenAndRead(state), type);
    }

    private JsonNode writtenAndRead(Object value) {
        return codec.mapper().readTree(codec.mapper().writeValueAsBytes(codec.tree(value)));
    }
}
