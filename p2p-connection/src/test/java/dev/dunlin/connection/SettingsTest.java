package dev.dunlin.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.channel.ChannelConfig;
import dev.dunlin.connection.exchange.ExchangeConfig;
import dev.dunlin.connection.identify.IdentifyConfig;
import dev.dunlin.connection.netty.Limits;
import dev.dunlin.connection.netty.TransportSettings;
import dev.dunlin.connection.peer.PeerConfig;
import dev.dunlin.connection.ping.PingConfig;
import dev.dunlin.connection.stream.StreamConfig;
import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.log.LogOptions;
import dev.dunlin.core.runtime.Budgets;
import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What is declared is read: each setting changes what is made of a configuration, and the standard values make the defaults. */
class SettingsTest {

    private record Read(Settings settings, Function<Table<String, String>, Object> of) {}

    private static final List<Read> ALL = List.of(
            new Read(ConnectionConfig.SETTINGS, ConnectionConfig::of),
            new Read(PeerConfig.SETTINGS, PeerConfig::of),
            new Read(StreamConfig.SETTINGS, StreamConfig::of),
            new Read(ExchangeConfig.SETTINGS, ExchangeConfig::of),
            new Read(ChannelConfig.SETTINGS, ChannelConfig::of),
            new Read(IdentifyConfig.SETTINGS, IdentifyConfig::of),
            new Read(PingConfig.SETTINGS, PingConfig::of),
            new Read(TransportSettings.SETTINGS, TransportSettings::of),
            new Read(LogOptions.SETTINGS, LogOptions::of),
            new Read(Budgets.SETTINGS, Budgets::of));

    @TestFactory
    Stream<DynamicTest> eachSettingIsRead() {
        return ALL.stream()
                .flatMap(read -> read.settings().all().stream()
                        .map(setting -> DynamicTest.dynamicTest(setting.key(), () -> isRead(read, setting))));
    }

    private static void isRead(Read read, Setting setting) {
        String key = setting.isFamily() ? setting.stem() + "/my/1" : setting.key();
        Table<String, String> changed = Table.<String, String>empty().with(key, another(setting));
        assertThat(read.of().apply(changed)).isNotEqualTo(read.of().apply(Table.empty()));
    }

    // One less, where that fits together with the others, or one more.
    private static String another(Setting setting) {
        return switch (setting.kind()) {
            case Kind.Count(long least, long _) -> beside(setting, least);
            case Kind.Size(long least, long _) -> beside(setting, least);
            case Kind.Time(long least, long _) -> beside(setting, least);
            case Kind.Flag _ -> Boolean.toString(!Boolean.parseBoolean(setting.standard()));
            case Kind.OneOf(List<String> names) -> names.getLast();
            case Kind.Words _, Kind.Several _, Kind.Peer _ -> "other";
            case Kind.Addresses _ -> "/ip4/192.0.2.1/tcp/1";
        };
    }

    private static String beside(Setting setting, long least) {
        long standard = Long.parseLong(setting.standard());
        return Long.toString(standard > least ? standard - 1 : standard + 1);
    }

    @Test
    void nothingSaidIsTheDefaults() {
        assertThat(TransportSettings.of(Table.empty())).isEqualTo(Limits.DEFAULT);
        assertThat(LogOptions.of(Table.empty())).isEqualTo(LogOptions.DEFAULT);
        assertThat(Budgets.of(Table.empty())).isEqualTo(Budgets.DEFAULT);
    }

    /** A recorded configuration is taken whatever it says, also where two values of it do not fit together. */
    @Test
    void theEndsOfAllRangesMakeLimits() {
        for (boolean atLeast : List.of(true, false)) {
            Table<String, String> config = Table.empty();
            for (Read read : ALL) {
                for (Setting setting : read.settings().all()) {
                    config = switch (setting.kind()) {
                        case Kind.Count(long least, long most) ->
                            config.with(setting.key(), Long.toString(atLeast ? least : most));
                        case Kind.Size(long least, long most) ->
                            config.with(setting.key(), Long.toString(atLeast ? least : most));
                        case Kind.Time(long least, long most) ->
                            config.with(setting.key(), Long.toString(atLeast ? least : most));
                        case Kind.Flag _, Kind.OneOf _, Kind.Words _, Kind.Several _, Kind.Addresses _, Kind.Peer _ ->
                            config;
                    };
                }
            }
            for (Read read : ALL) {
                assertThat(read.of().apply(config)).isNotNull();
            }
        }
    }
}
