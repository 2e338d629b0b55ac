package dev.dunlin.core.runtime;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeEffect;
import dev.dunlin.core.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Which handler carries out which effects. Effects of one handler are one service's: they keep their order. Used by the runtime
 * and by the simulator alike.
 */
public final class EffectHandlers {

    private final List<EffectHandler<Effect>> services = new ArrayList<>(4);
    private final Routes routes;

    /** Which service has which type, by the places of the services: what many nodes of one kind share. */
    private static final class Routes {
        final List<Class<?>> mounted = new ArrayList<>();
        final List<Class<?>> declared = new ArrayList<>();

        // Lookup only.
        final Map<Class<?>, Integer> serviceOf = new HashMap<>();

        void declare(int place, Class<?> type) {
            if (place < declared.size()) {
                if (declared.get(place) != type) {
                    throw new IllegalStateException(
                            "the handlers of " + declared.get(place).getName() + " and " + type.getName()
                                    + " are given in another order than elsewhere");
                }
                return;
            }
            declared.add(type);
            for (Class<?> each : mounted) {
                if (type.isAssignableFrom(each)) {
                    serviceOf.put(each, place);
                }
            }
        }
    }

    private EffectHandlers(Routes routes) {
        this.routes = routes;
    }

    /** No handlers yet for the effects of a store's machines. */
    public static EffectHandlers of(Store<?> store) {
        Routes routes = new Routes();
        for (Machine<?, ?, ?> machine : store.machines()) {
            for (Class<? extends Action> type : machine.types().actions().values()) {
                if (Effect.class.isAssignableFrom(type)) {
                    routes.mounted.add(type);
                }
            }
        }
        return new EffectHandlers(routes);
    }

    /** No handlers yet, of a node of the same kind: they are to be given for the same types in the same order. */
    public EffectHandlers another() {
        return new EffectHandlers(routes);
    }

    /** The handler of all mounted effects under a sealed interface, or of one type; the last that is given for a type has it. */
    public <E extends Effect> EffectHandlers with(Class<E> type, EffectHandler<? super E> handler) {
        @SuppressWarnings("unchecked") // only effects of this type are handed to it
        EffectHandler<Effect> typed = (EffectHandler<Effect>) (EffectHandler<?>) handler;
        routes.declare(services.size(), type);
        services.add(typed);
        return this;
    }

    /**
     * Checks that nothing is missing.
     *
     * @throws IllegalStateException if a mounted effect has no handler
     */
    public EffectHandlers checked() {
        for (Class<?> type : routes.mounted) {
            if (!routes.serviceOf.containsKey(type)) {
                throw new IllegalStateException("the effect " + type.getName() + " has no handler"
                        + (NodeEffect.class.isAssignableFrom(type)
                                ? ": give NodeEffect.class the handler EffectHandlers.closing(Map.of()), or what closes your handles"
                                : ": give it one with handler()"));
            }
        }
        return this;
    }

    int serviceOf(Effect effect) {
        Integer service = routes.serviceOf.get(effect.getClass());
        if (service == null) {
            throw new IllegalStateException(
                    "no handler for " + effect.getClass().getName());
        }
        return service;
    }

    /** Has an effect carried out. */
    public void handle(EffectDesk.Ready ready) {
        services.get(ready.service()).handle(ready.id(), ready.effect());
    }

    /** The handler that closes handles which no state took, by their kind. */
    public static EffectHandler<NodeEffect> closing(Map<String, Consumer<Handle>> byKind) {
        return (id, effect) -> {
            switch (effect) {
                case NodeEffect.CloseHandle(var handle) -> {
                    Consumer<Handle> close = byKind.get(handle.kind());
                    if (close == null) {
                        throw new IllegalStateException("nobody closes handles of the kind " + handle.kind());
                    }
                    close.accept(handle);
                }
            }
        };
    }
}
