package dev.dunlin.dht.record;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.dht.table.AddressFilter;
import java.util.List;
import java.util.Optional;

/** What becomes of an effect in a store: the same rules that hold in the state, whatever store it is. */
public final class RecordsEffects {

    private RecordsEffects() {}

    /**
     * Carries out one and gives its answer; all of it in one transaction of the store, if it has any.
     *
     * @throws RecordStoreException if the store fails
     */
    public static RecordsAction answer(ActionId request, RecordsEffect effect, RecordStore store) {
        return switch (effect) {
            case RecordsEffect.FindValue(Bytes key) -> new RecordsAction.ValueFound(request, key, store.value(key));
            case RecordsEffect.StoreValue init -> stored(request, init, store);
            case RecordsEffect.FindProviders(Bytes key) ->
                new RecordsAction.ProvidersFound(request, key, ProviderRules.entries(store, key));
            case RecordsEffect.StoreProvider init -> stored(request, init, store);
            case RecordsEffect.Collect init ->
                new RecordsAction.Collected(request, init.kind(), collected(init, store), store.stock());
            case RecordsEffect.Count() -> new RecordsAction.Surveyed(request, store.stock());
        };
    }

    private static int collected(RecordsEffect.Collect init, RecordStore store) {
        return switch (init.kind()) {
            case VALUES -> ValueRules.expire(store, init.bounds(), init.now(), init.most());
            case PROVIDERS -> new ProviderRules(init.bounds(), init.now()).expire(store, init.most());
        };
    }

    private static RecordsAction stored(ActionId request, RecordsEffect.StoreValue init, RecordStore store) {
        Bytes key = init.record().key();
        Optional<HeldValue> before = store.value(key);
        if (!before.map(HeldValue::received).equals(init.seen())) {
            return new RecordsAction.ValueFound(request, key, before);
        }
        Room.ForValue room = ValueRules.room(store, init.record(), init.sender(), init.bounds(), init.now());
        if (room.refusal().isPresent()) {
            return new RecordsAction.ValueUnkept(request, key, room.refusal().get(), store.stock());
        }
        RecordsAction.Change change = ValueRules.change(init.record(), before);
        ValueRules.store(store, init.record(), init.sender(), room, init.now());
        return new RecordsAction.ValueKept(request, key, change, room.going().size(), store.stock());
    }

    private static RecordsAction stored(ActionId request, RecordsEffect.StoreProvider init, RecordStore store) {
        Bytes key = init.key();
        PeerId peer = init.peer();
        List<Multiaddr> addresses = init.addresses();
        AddressFilter filter = init.filter();
        Room.ForProvider room = new ProviderRules(init.bounds(), init.now()).room(store, key, peer);
        if (room.refusal().isPresent()) {
            return new RecordsAction.ProviderUnkept(
                    request, key, room.refusal().get(), room.displaced(), store.stock());
        }
        boolean isNew = !store.providers(key).has(peer);
        store.putProvider(key, peer, addresses, filter, init.now());
        return new RecordsAction.ProviderKept(request, key, isNew, room.displaced(), store.stock());
    }
}
