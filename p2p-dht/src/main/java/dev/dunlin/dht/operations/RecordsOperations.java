package dev.dunlin.dht.operations;

import dev.dunlin.connection.operations.Grid;
import dev.dunlin.core.operate.Check;
import dev.dunlin.core.operate.Health;
import dev.dunlin.core.operate.Means;
import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.Operation.Query;
import dev.dunlin.core.operate.Operations;
import dev.dunlin.core.state.Table;
import dev.dunlin.dht.record.RecordKind;
import dev.dunlin.dht.record.RecordsState;
import dev.dunlin.dht.record.Refusal;
import dev.dunlin.dht.record.Stock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** What a node keeps for others, to those who operate it. */
public final class RecordsOperations {

    private RecordsOperations() {}

    /** How much is kept of a kind, and what became of what was sent. */
    public record KindRow(
            @Means("values or providers") String kind,
            @Means("how many records are kept") int kept,
            @Means("how many may be kept") int most,
            @Means("under how many keys") int keys,
            @Means("from how many peers") int peers,

            @Means("how many were stored since the node was first started, those that were there already among them")
            long stored,

            @Means("how many were dropped for their age") long expired,

            @Means("how many were dropped to make room, before they had expired")
            long displaced) {}

    /** Why records were not stored, and how many. */
    public record RefusalRow(
            @Means("why") String why, @Means("how many") long records) {}

    /** What is kept for others. */
    public record Kept(
            @Means("values and provider records") List<KindRow> kinds,

            @Means("how many bytes the values have, with their keys")
            long valueBytes,

            @Means("how many bytes they may have") long mostValueBytes,

            @Means("what was not stored, by why") List<RefusalRow> refused) {}

    /** All. */
    public static final Operations<Object, RecordsState> ALL = Operations.<Object, RecordsState>none()
            .with(new Query<>(
                    "dht records",
                    "/dht/records",
                    List.of(),
                    "Tells how many values and provider records this node keeps for others.",
                    Kept.class,
                    (at, given) -> kept(at.own()),
                    RecordsOperations::text))
            .with(
                    Metric.gauges(
                            "kept",
                            "kind",
                            "records that are kept for others",
                            at -> Map.of(
                                    label(RecordKind.VALUES),
                                    at.own().stock().values(),
                                    label(RecordKind.PROVIDERS),
                                    at.own().stock().providers())),
                    Metric.gauges(
                            "keys",
                            "kind",
                            "keys that there are records of",
                            at -> Map.of(
                                    label(RecordKind.VALUES),
                                    at.own().stock().values(),
                                    label(RecordKind.PROVIDERS),
                                    at.own().stock().keys())),
                    Metric.gauge(
                            "value_bytes",
                            "bytes of the values and their keys",
                            at -> at.own().stock().valueBytes()),
                    counter(
                            "stored",
                            "kind",
                            "records stored, those that were there already among them",
                            own -> labels(own.tally().stored())),
                    counter(
                            "refused",
                            "why",
                            "records that were sent and not stored",
                            own -> labels(own.tally().refused())),
                    counter(
                            "expired",
                            "kind",
                            "records dropped for their age",
                            own -> labels(own.tally().expired())),
                    counter(
                            "displaced",
                            "kind",
                            "records dropped to make room, before they had expired",
                            own -> labels(own.tally().displaced())),
                    new Metric<>(
                            "ignored",
                            Metric.Type.COUNTER,
                            "providers that messages told of, and that were not their senders",
                            Optional.empty(),
                            at -> Map.of("", at.own().tally().ignored())),
                    Metric.gauge(
                            "disk_questions",
                            "questions that wait for the file of the records",
                            at -> at.own().disk().waiting().running().size()),
                    Metric.gauge(
                            "disk_question_bytes",
                            "bytes of the values that wait for the file of the records, with their keys",
                            at -> at.own().disk().bytes()),
                    Metric.gauge(
                            "file_bytes",
                            "bytes of the file of the records and of its write-ahead log; 0 where they are in memory",
                            at -> at.own().stock().fileBytes()),
                    total(
                            "disk_answers",
                            "answers of the file of the records, failures among them",
                            own -> own.disk().tally().answers()),
                    total(
                            "disk_wait_seconds",
                            "how long all that was asked of the file of the records has waited for its answers",
                            own -> own.disk().tally().waited() / 1e6),
                    counter(
                            "disk_failures",
                            "why",
                            "what was asked of the file of the records and failed",
                            own -> labels(own.disk().tally().failures())))
            .with(new Check<>(
                    "records-file",
                    "whether the file of the records does what it is asked for",
                    at -> health(at.own())));

    private static Health health(RecordsState own) {
        if (!own.disk().isUsed()) {
            return Health.ok("the records are in memory");
        }
        return own.disk()
                .failure()
                .map(why -> Health.warn(
                        why.sentence(),
                        "records of others are refused until it works: look at the disk of the data directory"))
                .orElseGet(() -> Health.ok(own.stock().providers() + " provider records and "
                        + own.stock().values() + " values are in the file"));
    }

    private static Metric<Object, RecordsState> total(
            String name, String meaning, Function<RecordsState, Number> read) {
        return new Metric<>(
                name, Metric.Type.COUNTER, meaning, Optional.empty(), at -> Map.of("", read.apply(at.own())));
    }

    private static Metric<Object, RecordsState> counter(
            String name, String label, String meaning, Function<RecordsState, Map<String, Long>> read) {
        return new Metric<>(name, Metric.Type.COUNTER, meaning, Optional.of(label), at -> read.apply(at.own()));
    }

    private static <K extends Enum<K>> Map<String, Long> labels(Table<K, Long> counts) {
        Map<String, Long> all = new TreeMap<>();
        counts.each((kind, count) -> all.put(label(kind), count));
        return all;
    }

    private static String label(Enum<?> of) {
        return of.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Kept kept(RecordsState own) {
        Stock stock = own.stock();
        List<RefusalRow> refused = new ArrayList<>();
        own.tally().refused().each((why, count) -> refused.add(new RefusalRow(words(why), count)));
        return new Kept(
                List.of(
                        row(
                                own,
                                RecordKind.VALUES,
                                stock.values(),
                                own.config().maxValues(),
                                stock.values(),
                                stock.senders()),
                        row(
                                own,
                                RecordKind.PROVIDERS,
                                stock.providers(),
                                own.config().maxProviders(),
                                stock.keys(),
                                stock.peers())),
                stock.valueBytes(),
                own.config().maxValueBytes(),
                refused);
    }

    private static KindRow row(RecordsState own, RecordKind kind, int kept, int most, int keys, int peers) {
        return new KindRow(
                label(kind),
                kept,
                most,
                keys,
                peers,
                own.tally().stored().or(kind, 0L),
                own.tally().expired().or(kind, 0L),
                own.tally().displaced().or(kind, 0L));
    }

    private static String words(Refusal why) {
        return switch (why) {
            case INVALID_VALUE -> "the value is not valid under its key, or no longer";
            case WORSE_VALUE -> "a better value is kept";
            case LONG_VALUE -> "the value is too long";
            case VALUES_FULL -> "as many values are kept as may be";
            case VALUE_BYTES_FULL -> "the values have as many bytes as they may";
            case VALUES_OF_PEER -> "the sender has as many values as it may";
            case VALUE_BYTES_OF_PEER -> "the values of the sender have as many bytes as they may";
            case NOT_THE_SENDER -> "the sender told of others than itself";
            case NO_ADDRESS -> "the sender told of no address of the network";
            case PROVIDER_KEYS_FULL -> "as many keys have providers as may";
            case PROVIDERS_FULL -> "as many provider records are kept as may be";
            case PROVIDERS_OF_KEY -> "the key has as many providers as it may";
            case PROVIDERS_OF_PEER -> "the sender provides as many keys as it may";
            case DISK_QUESTIONS -> "as many questions wait for the file of the records as may";
            case DISK_QUESTIONS_OF_PEER -> "as many questions of the peer wait for the file of the records as may";
            case DISK_QUESTION_BYTES ->
                "the values that wait for the file of the records have as many bytes as they may";
            case DISK_CONTENDED -> "the value under the key was replaced again and again meanwhile";
            case DISK_FAILED -> "the file of the records has failed";
        };
    }

    private static List<String> text(Kept kept) {
        Grid grid =
                Grid.of("nothing is kept", "KIND", "KEPT", "MOST", "KEYS", "PEERS", "STORED", "EXPIRED", "DISPLACED");
        kept.kinds()
                .forEach(row -> grid.row(
                        row.kind(),
                        Integer.toString(row.kept()),
                        Integer.toString(row.most()),
                        Integer.toString(row.keys()),
                        Integer.toString(row.peers()),
                        Long.toString(row.stored()),
                        Long.toString(row.expired()),
                        Long.toString(row.displaced())));
        List<String> lines = new ArrayList<>(grid.lines());
        lines.add(kept.valueBytes() + " bytes of values, and there may be " + kept.mostValueBytes());
        kept.refused().forEach(row -> lines.add(row.records() + " not stored: " + row.why()));
        return lines;
    }
}
