package dev.dunlin.node.records.jdbc;

import static dev.dunlin.node.records.jdbc.RecordStoreContract.HOUR;
import static dev.dunlin.node.records.jdbc.RecordStoreContract.counted;
import static dev.dunlin.node.records.jdbc.RecordStoreContract.key;
import static dev.dunlin.node.records.jdbc.RecordStoreContract.peer;
import static dev.dunlin.node.records.jdbc.RecordStoreContract.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.ActionId;
import dev.dunlin.dht.record.HeldValue;
import dev.dunlin.dht.record.MemoryStore;
import dev.dunlin.dht.record.Moment;
import dev.dunlin.dht.record.RecordKind;
import dev.dunlin.dht.record.RecordStore;
import dev.dunlin.dht.record.RecordsAction;
import dev.dunlin.dht.record.RecordsConfig;
import dev.dunlin.dht.record.RecordsEffect;
import dev.dunlin.dht.record.RecordsEffects;
import dev.dunlin.dht.table.AddressFilter;
import dev.dunlin.dht.wire.ValueRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;

/** A file gives the answers that the memory gives, whatever is asked of both. */
class StoresAgreeProperties {

    private static final RecordsConfig BOUNDS = RecordsConfig.of(Table.<String, String>empty()
            .with("records.maxValues", "4")
            .with("records.maxValueBytes", "100")
            .with("records.maxValuesOfPeer", "2")
            .with("records.maxProviderKeys", "4")
            .with("records.maxProviders", "8")
            .with("records.maxProvidersOfKey", "3")
            .with("records.maxProvidersOfPeer", "4"));

    private final Path folder = folder();
    private final SqliteStore file = SqliteStore.open(folder.resolve(SqliteRecords.FILE));

    record Step(int what, int key, int peer, int size, long micros) {}

    private static Path folder() {
        try {
            return Files.createTempDirectory("dunlin-records");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterProperty
    void close() throws IOException {
        file.close();
        for (Path each : SqliteStore.files(folder.resolve(SqliteRecords.FILE))) {
            Files.deleteIfExists(each);
        }
        Files.delete(folder);
    }

    @Property(tries = 500, edgeCases = EdgeCasesMode.NONE)
    void theAnswersAreTheSame(@ForAll("steps") List<Step> steps) {
        MemoryStore memory = new MemoryStore();
        long now = 0;
        file.begin();
        for (Step step : steps) {
            now += step.micros();
            Moment moment = new Moment(now, now, true);
            RecordsEffect effect = effect(step, moment, memory);
            assertThat(answer(effect, file)).as(effect.toString()).isEqualTo(answer(effect, memory));
            assertThat(counted(file.stock())).isEqualTo(memory.stock());
        }
        // The next try begins with nothing.
        file.rollback();
    }

    private static RecordsAction answer(RecordsEffect effect, RecordStore store) {
        return switch (RecordsEffects.answer(new ActionId(1, 1), effect, store)) {
            case RecordsAction.ValueKept kept ->
                new RecordsAction.ValueKept(
                        kept.request(), kept.key(), kept.change(), kept.displaced(), counted(kept.stock()));
            case RecordsAction.ValueUnkept unkept ->
                new RecordsAction.ValueUnkept(unkept.request(), unkept.key(), unkept.why(), counted(unkept.stock()));
            case RecordsAction.ProviderKept kept ->
                new RecordsAction.ProviderKept(
                        kept.request(), kept.key(), kept.isNew(), kept.displaced(), counted(kept.stock()));
            case RecordsAction.ProviderUnkept unkept ->
                new RecordsAction.ProviderUnkept(
                        unkept.request(), unkept.key(), unkept.why(), unkept.displaced(), counted(unkept.stock()));
            case RecordsAction.Collected collected ->
                new RecordsAction.Collected(
                        collected.request(), collected.kind(), collected.records(), counted(collected.stock()));
            case RecordsAction other -> other;
        };
    }

    private static RecordsEffect effect(Step step, Moment now, RecordStore of) {
        return switch (step.what()) {
            case 0, 1 ->
                new RecordsEffect.StoreValue(
                        ValueRecord.of(key(step.key()), value(step.size(), step.peer())),
                        step.peer() == 0 ? Optional.empty() : Optional.of(peer(step.peer())),
                        of.value(key(step.key())).map(HeldValue::received),
                        now,
                        BOUNDS);
            case 2 -> new RecordsEffect.FindValue(key(step.key()));
            case 3 -> new RecordsEffect.FindProviders(key(step.key()));
            case 4 ->
                new RecordsEffect.Collect(
                        step.key() % 2 == 0 ? RecordKind.VALUES : RecordKind.PROVIDERS, now, BOUNDS, 2);
            default ->
                new RecordsEffect.StoreProvider(
                        key(step.key()),
                        peer(step.peer()),
                        List.of(Multiaddr.parse(
                                (step.size() % 3 == 0 ? "/ip4/10.0.0." : "/ip4/8.8.8.") + step.size() + "/tcp/1")),
                        step.size() % 3 == 0 ? AddressFilter.LOCAL : AddressFilter.PUBLIC,
                        now,
                        BOUNDS);
        };
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 9),
                        Arbitraries.integers().between(0, 6),
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.of(1, 3, 20, 50),
                        Arbitraries.of(0L, 1L, HOUR, 11 * HOUR, 25 * HOUR))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }
}
