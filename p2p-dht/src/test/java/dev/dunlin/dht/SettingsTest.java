package dev.dunlin.dht;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.testkit.TypeArbitraries;
import dev.dunlin.dht.crawl.CrawlConfig;
import dev.dunlin.dht.operation.OperationConfig;
import dev.dunlin.dht.publish.PublishConfig;
import dev.dunlin.dht.query.QueryConfig;
import dev.dunlin.dht.record.RecordsConfig;
import dev.dunlin.dht.routing.RoutingConfig;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What is declared is read: each setting changes what is made of a configuration. */
class SettingsTest {

    private record Read(Settings settings, Function<Table<String, String>, Object> of) {}

    private static final List<Read> ALL = List.of(
            new Read(QueryConfig.SETTINGS, QueryConfig::of),
            new Read(RoutingConfig.SETTINGS, RoutingConfig::of),
            new Read(RecordsConfig.SETTINGS, RecordsConfig::of),
            new Read(OperationConfig.SETTINGS, OperationConfig::of),
            new Read(CrawlConfig.SETTINGS, CrawlConfig::of),
            new Read(PublishConfig.SETTINGS, PublishConfig::of));

    @TestFactory
    Stream<DynamicTest> eachSettingIsRead() {
        return ALL.stream()
                .flatMap(read -> read.settings().all().stream()
                        .map(setting -> DynamicTest.dynamicTest(setting.key(), () -> isRead(read, setting))));
    }

    private static void isRead(Read read, Setting setting) {
        for (String other : others(setting)) {
            Table<String, String> changed = Table.<String, String>empty().with(setting.key(), other);
            Object made = read.of().apply(changed);
            assertThat(made.equals(read.of().apply(Table.empty())))
                    .as(setting.key() + " = " + other)
                    .isEqualTo(other.equals(setting.standard()));
        }
    }

    /** Values that are in the range of a setting. */
    private static List<String> others(Setting setting) {
        return switch (setting.kind()) {
            case Kind.Count(long least, long most) -> ends(least, most);
            case Kind.Size(long least, long most) -> ends(least, most);
            case Kind.Time(long least, long most) -> ends(least, most);
            case Kind.Flag _ -> List.of(Boolean.toString(!Boolean.parseBoolean(setting.standard())));
            case Kind.OneOf(List<String> names) -> names;
            case Kind.Words _ -> List.of("/fleet");
            case Kind.Several _ -> List.of("other");
            case Kind.Peer _ -> List.of(TypeArbitraries.peer(1).toString());
            case Kind.Addresses _ -> List.of("/ip4/192.0.2.1/tcp/1/p2p/" + TypeArbitraries.peer(1));
        };
    }

    private static List<String> ends(long least, long most) {
        return List.of(Long.toString(least), Long.toString(most));
    }
}
