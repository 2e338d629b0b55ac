package dev.dunlin.node.records.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.record.HeldValue;
import dev.dunlin.dht.record.Moment;
import dev.dunlin.dht.record.Provided;
import dev.dunlin.dht.record.Provider;
import dev.dunlin.dht.record.RecordKind;
import dev.dunlin.dht.record.RecordStore;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsConfig;
import dev.dunlin.dht.record.RecordsEffect;
import dev.dunlin.dht.record.RecordsEffects;
import dev.dunlin.dht.record.Refusal;
import dev.dunlin.dht.record.Stock;
import dev.dunlin.dht.record.ValueStore;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.wire.ValueRecord;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every store of records does, in memory and in a file. */
abstract class RecordStoreContract {

    static final long HOUR = 3_600_000_000L;
    static final ActionId REQUEST = new ActionId(1, 1);

    private static final RecordsConfig BOUNDS = RecordsConfig.of(Table.<String, String>empty()
            .with("records.maxValues", "3")
            .with("records.maxValueBytes", "100")
            .with("records.maxValuesOfPeer", "2")
            .with("records.maxValueBytesOfPeer", "60")
            .with("records.maxProviderKeys", "3")
            .with("records.maxProviders", "5")
            .with("records.maxProvidersOfKey", "2")
            .with("records.maxProvidersOfPeer", "3"));

    /** The store that is tried; the same at each call in one test. */
    protected abstract RecordStore store();

    static Bytes key(int number) {
        return Bytes.of(new byte[] {18, 32, (byte) number, (byte) (number >> 8)});
    }

    static Bytes value(int length, int fill) {
        byte[] value = new byte[length];
        Arrays.fill(value, (byte) fill);
        return Bytes.of(value);
    }

    static Moment at(long hours) {
        return new Moment(hours * HOUR, 1_000 * HOUR + hours * HOUR, true);
    }

    static PeerId peer(int number) {
        return TypeArbitraries.peer(number);
    }

    static List<Multiaddr> addresses(String... all) {
        return Arrays.stream(all).map(Multiaddr::parse).toList();
    }

    private Optional<Refusal> put(int key, int length, int fill, Optional<PeerId> sender, long hours) {
        Optional<Long> seen = store().value(key(key)).map(HeldValue::received);
        RecordsAction answer = RecordsEffects.answer(
                REQUEST,
                new RecordsEffect.StoreValue(
                        ValueRecord.of(key(key), value(length, fill)), sender, seen, at(hours), BOUNDS),
                store());
        return answer instanceof RecordsAction.ValueUnkept unkept ? Optional.of(unkept.why()) : Optional.empty();
    }

    private Optional<Refusal> provide(int key, int peer, long hours) {
        RecordsAction answer = RecordsEffects.answer(
                REQUEST,
                new RecordsEffect.StoreProvider(
                        key(key), peer(peer), addresses("/ip4/8.8.8.8/tcp/1"), AddressFilter.PUBLIC, at(hours), BOUNDS),
                store());
        return answer instanceof RecordsAction.ProviderUnkept unkept ? Optional.of(unkept.why()) : Optional.empty();
    }

    private int collect(RecordKind kind, long hours) {
        return ((RecordsAction.Collected)
                        RecordsEffects.answer(REQUEST, new RecordsEffect.Collect(kind, at(hours), BOUNDS, 64), store()))
                .records();
    }

    @Test
    void anEmptyOneHasNothing() {
        assertThat(store().value(key(1))).isEmpty();
        assertThat(store().providers(key(1)).all()).isEmpty();
        assertThat(store().provider(peer(1))).isEmpty();
        assertThat(store().oldestKeys(9)).isEmpty();
        assertThat(store().oldestValues(9)).isEmpty();
        assertThat(counted(store().stock())).isEqualTo(Stock.NONE);
    }

    /** Without the bytes, which only a file has, and which it looks at from time to time. */
    static Stock counted(Stock stock) {
        return new Stock(
                stock.values(),
                stock.valueBytes(),
                stock.senders(),
                stock.providers(),
                stock.keys(),
                stock.peers(),
                0,
                stock.oldestValue(),
                stock.oldestProvider());
    }

    @Test
    void aValueIsHeldWithWhoSentItAndWhen() {
        put(1, 9, 7, Optional.of(peer(1)), 1);
        put(2, 0, 0, Optional.empty(), 2);
        assertThat(store().value(key(1)))
                .contains(new HeldValue(value(9, 7), Optional.of(peer(1)), HOUR, 1_001 * HOUR));
        assertThat(store().value(key(2)).orElseThrow().sender()).isEmpty();
        assertThat(store().share(peer(1))).isEqualTo(new ValueStore.Share(1, 13));
        assertThat(store().values()).isEqualTo(2);
        assertThat(store().valueBytes()).isEqualTo(17);
        assertThat(store().oldestValues(9)).containsExactly(key(1), key(2));
        assertThat(store().stock().senders()).isEqualTo(1);
        assertThat(store().stock().oldestValue()).contains(new Stock.Age(HOUR, 1_001 * HOUR));
    }

    @Test
    void aValueTakesThePlaceOfAnotherAndItsSharesMove() {
        put(1, 9, 1, Optional.of(peer(1)), 1);
        put(1, 5, 2, Optional.of(peer(2)), 2);
        assertThat(store().values()).isEqualTo(1);
        assertThat(store().valueBytes()).isEqualTo(9);
        assertThat(store().share(peer(1))).isEqualTo(new ValueStore.Share(0, 0));
        assertThat(store().share(peer(2))).isEqualTo(new ValueStore.Share(1, 9));
        put(1, 5, 2, Optional.of(peer(3)), 3);
        assertThat(store().value(key(1)).orElseThrow())
                .as("the same again stays in the share of who sent it first")
                .isEqualTo(new HeldValue(value(5, 2), Optional.of(peer(2)), 3 * HOUR, 1_003 * HOUR));
        store().dropValue(key(1));
        store().dropValue(key(1));
        assertThat(store().values()).isZero();
        assertThat(store().valueBytes()).isZero();
        assertThat(store().stock().senders()).isZero();
    }

    @Test
    void aValueThatFindsAnotherInItsPlaceIsToldOfIt() {
        put(1, 9, 1, Optional.empty(), 1);
        RecordsAction answer = RecordsEffects.answer(
                REQUEST,
                new RecordsEffect.StoreValue(
                        ValueRecord.of(key(1), value(2, 2)), Optional.empty(), Optional.empty(), at(2), BOUNDS),
                store());
        assertThat(answer).isEqualTo(new RecordsAction.ValueFound(REQUEST, key(1), store().value(key(1))));
        assertThat(store().value(key(1)).orElseThrow().value()).isEqualTo(value(9, 1));
    }

    @Test
    void noTwoOfAKindComeAtOneTime() {
        put(1, 1, 1, Optional.empty(), 1);
        put(2, 1, 1, Optional.empty(), 1);
        provide(1, 1, 1);
        provide(2, 1, 1);
        assertThat(store().value(key(2)).orElseThrow().received()).isEqualTo(HOUR + 1);
        assertThat(store().providers(key(2)).all()).containsExactly(new Provided(peer(1), HOUR + 1, 1_001 * HOUR));
    }

    @Test
    void valuesHaveTheirBoundsAndTheStaleMakeRoom() {
        assertThat(put(1, 10, 1, Optional.of(peer(1)), 0)).isEmpty();
        assertThat(put(2, 10, 1, Optional.of(peer(1)), 1)).isEmpty();
        assertThat(put(3, 10, 1, Optional.of(peer(1)), 1)).contains(Refusal.VALUES_OF_PEER);
        assertThat(put(3, 70, 1, Optional.of(peer(2)), 1)).contains(Refusal.VALUE_BYTES_OF_PEER);
        assertThat(put(3, 80, 1, Optional.empty(), 1)).contains(Refusal.VALUE_BYTES_FULL);
        assertThat(put(3, 10, 1, Optional.empty(), 1)).isEmpty();
        assertThat(put(4, 10, 1, Optional.empty(), 2)).contains(Refusal.VALUES_FULL);
        assertThat(put(4, 10, 1, Optional.empty(), 24)).isEmpty();
        assertThat(store().value(key(1))).isEmpty();
        assertThat(store().values()).isEqualTo(3);
    }

    @Test
    void aProviderIsHeldWithItsAddressesOfEachNetwork() {
        store().putProvider(
                        key(1),
                        peer(1),
                        addresses("/ip4/8.8.8.8/tcp/1", "/ip4/8.8.4.4/tcp/1"),
                        AddressFilter.PUBLIC,
                        at(1));
        store().putProvider(key(2), peer(1), addresses("/ip4/10.0.0.1/tcp/1"), AddressFilter.LOCAL, at(2));
        store().putProvider(key(2), peer(1), addresses("/ip4/9.9.9.9/tcp/1"), AddressFilter.PUBLIC, at(3));
        Provider provider = store().provider(peer(1)).orElseThrow();
        assertThat(provider.addresses().stream()
                        .map(each -> Multiaddr.fromBytes(each.toArray()).toString()))
                .containsExactly("/ip4/9.9.9.9/tcp/1", "/ip4/10.0.0.1/tcp/1");
        assertThat(provider.records()).isEqualTo(2);
        assertThat(provider.received()).isEqualTo(3 * HOUR);
        assertThat(store().providers(key(2)).all()).containsExactly(new Provided(peer(1), 3 * HOUR, 1_003 * HOUR));
        assertThat(store().oldestKeys(1)).containsExactly(key(1));
        assertThat(store().oldestKeys(5)).containsExactly(key(1), key(2));
    }

    @Test
    void whoToldSoFirstComesFirstAndGoesFirst() {
        for (int i = 0; i < 3; i++) {
            store().putProvider(key(1), peer(i), addresses("/ip4/8.8.8.8/tcp/1"), AddressFilter.PUBLIC, at(i));
        }
        store().putProvider(key(1), peer(0), addresses("/ip4/8.8.8.8/tcp/1"), AddressFilter.PUBLIC, at(3));
        assertThat(store().providers(key(1)).all())
                .extracting(Provided::peer)
                .containsExactly(peer(1), peer(2), peer(0));
        store().dropProviders(key(1), 2);
        assertThat(store().providers(key(1)).all()).extracting(Provided::peer).containsExactly(peer(0));
        assertThat(store().provider(peer(1))).isEmpty();
        assertThat(store().stock().peers()).isEqualTo(1);
        assertThat(store().providerRecords()).isEqualTo(1);
        store().dropProviders(key(1), 1);
        assertThat(store().providerKeys()).isZero();
        assertThat(store().stock().oldestProvider()).isEmpty();
    }

    @Test
    void providersHaveTheirBoundsAndTheStaleMakeRoom() {
        assertThat(provide(1, 1, 0)).isEmpty();
        assertThat(provide(1, 2, 1)).isEmpty();
        assertThat(provide(1, 3, 1)).contains(Refusal.PROVIDERS_OF_KEY);
        assertThat(provide(2, 1, 1)).isEmpty();
        assertThat(provide(3, 1, 1)).isEmpty();
        assertThat(provide(4, 1, 1)).contains(Refusal.PROVIDERS_OF_PEER);
        assertThat(provide(4, 4, 1)).contains(Refusal.PROVIDER_KEYS_FULL);
        assertThat(provide(2, 4, 1)).isEmpty();
        assertThat(provide(3, 4, 1)).contains(Refusal.PROVIDERS_FULL);
        assertThat(provide(1, 1, 2)).as("again").isEmpty();
        assertThat(provide(1, 3, 26)).as("who told so longest ago goes").isEmpty();
        assertThat(store().providers(key(1)).all()).extracting(Provided::peer).containsExactly(peer(1), peer(3));
    }

    @Test
    void whatHasExpiredIsCollectedTheOldestFirst() {
        put(1, 1, 1, Optional.empty(), 0);
        put(2, 1, 1, Optional.empty(), 5);
        provide(1, 1, 0);
        provide(2, 2, 1);
        provide(1, 2, 30);
        assertThat(collect(RecordKind.VALUES, 48)).isEqualTo(1);
        assertThat(collect(RecordKind.PROVIDERS, 49)).isEqualTo(2);
        assertThat(collect(RecordKind.PROVIDERS, 49)).isZero();
        assertThat(store().oldestValues(9)).containsExactly(key(2));
        assertThat(store().providers(key(1)).all()).extracting(Provided::peer).containsExactly(peer(2));
        assertThat(store().provider(peer(2)).orElseThrow().records()).isEqualTo(1);
    }
}
