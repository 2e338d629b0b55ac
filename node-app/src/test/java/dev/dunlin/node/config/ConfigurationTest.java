package dev.dunlin.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.connection.channel.ChannelConfig;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.node.Extensions;
import dev.dunlin.node.NodeRoot;
import dev.dunlin.node.bootstrap.extension.BootstrapExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigurationTest {

    private static final Settings ALL =
            NodeSettings.of(NodeRoot.newStore(Extensions.of(new KadExtension(), new BootstrapExtension()))
                    .machines());

    @TempDir
    private Path folder;

    private Path file(String toml) throws IOException {
        return Files.writeString(folder.resolve("dunlin.toml"), toml);
    }

    private static Configuration.Option set(String key, String value) {
        return new Configuration.Option("--set", key, value);
    }

    private Configuration read(String toml, Map<String, String> environment, Configuration.Option... options)
            throws IOException {
        return Configuration.read(ALL, List.of(options), environment, Optional.of(file(toml)));
    }

    private List<String> problems(String toml, Configuration.Option... options) throws IOException {
        return read(toml, Map.of(), options).problems().stream()
                .map(problem -> problem.toString().replace(folder + "/", ""))
                .toList();
    }

    @Test
    void theStrongestVoiceWins() throws IOException {
        String toml = """
                node.profile = "small"
                [connection]
                maxPeers = 1
                maxDials = 2
                [ping]
                interval = "1s"
                """;
        Configuration read = read(
                toml,
                Map.of("DUNLIN_CONNECTION_MAX_PEERS", "10", "DUNLIN_PING_INTERVAL", "2s", "HOME", "/"),
                set("connection.maxPeers", "100"));
        assertThat(read.problems()).isEmpty();
        assertThat(read.valueOf("connection.maxPeers").recorded()).isEqualTo("100");
        assertThat(read.valueOf("connection.maxPeers").origin().text()).isEqualTo("--set");
        assertThat(read.valueOf("ping.interval").recorded()).isEqualTo("2000000");
        assertThat(read.valueOf("ping.interval").origin().text()).isEqualTo("DUNLIN_PING_INTERVAL");
        assertThat(read.valueOf("connection.maxDials").recorded()).isEqualTo("2");
        assertThat(read.valueOf("connection.maxDials").origin().text()).endsWith("dunlin.toml:4");
        assertThat(read.valueOf("node.threads").origin().text()).isEqualTo("profile small");
        assertThat(read.valueOf("ping.failures").origin().text()).isEqualTo("standard");
    }

    @Test
    void allMistakesAreToldAtOnceEachWithItsPlace() throws IOException {
        String toml = """
                # A comment.
                [connection]
                maxPeers = 99999
                maxInboud = 3
                dialTimeout = 15
                [node]
                audit = "yes"
                listen = ["/ip4/nonsense"]
                threads = 1.5
                """;
        assertThat(problems(toml, set("foo", "1"), set("ping.interval", "abc"), set("ping.failures", "-1")))
                .containsExactly(
                        "--set: ping.failures = -1 is below 1; it is a number from 1 to 1000",
                        "--set: ping.interval = abc is no time: write a number with d, h, m, s, ms or us, such as 15s;"
                                + " it is a time from 0 to 1d, such as 15s",
                        "--set: there is no key foo; 'dunlin config keys' lists all",
                        "dunlin.toml:3: connection.maxPeers = 99999 is above 16384; it is a number from 1 to 16384",
                        "dunlin.toml:4: there is no key connection.maxInboud: did you mean connection.maxInbound?",
                        "dunlin.toml:5: connection.dialTimeout is a number without a unit, and must be a time from 1ms"
                                + " to 1h, such as 15s, in quotes",
                        "dunlin.toml:7: node.audit is a text in quotes, and must be true or false, without quotes",
                        "dunlin.toml:8: node.listen = /ip4/nonsense has an address that is none, /ip4/nonsense"
                                + " ('nonsense' is no IPv4 address): write it as /ip4/127.0.0.1/tcp/4001;"
                                + " it is at most 16 addresses",
                        "dunlin.toml:9: node.threads is a number with a point, and must be a number from 1 to 64,"
                                + " without quotes");
    }

    @Test
    void whatDoesNotFitTogetherIsToldWhereItWasSaid() throws IOException {
        assertThat(problems("connection.retryBase = \"10m\""))
                .containsExactly("dunlin.toml:1: connection.retryBase = 10m is above connection.retryMax = 5m"
                        + " (standard): the first delay would be above the longest; lower the one or raise the other");
        assertThat(problems("connection.retryBase = \"4m\"", set("connection.retryMax", "1m")))
                .singleElement()
                .asString()
                .startsWith("--set: connection.retryBase = 4m (")
                .contains("dunlin.toml:1) is above connection.retryMax = 1m: ");
    }

    @Test
    void whatIsNoTomlIsToldWithItsLine() throws IOException {
        assertThat(problems("a = 1\nb = \n[x\n"))
                .anySatisfy(problem -> assertThat(problem).startsWith("dunlin.toml:2: this is no TOML: "));
        assertThat(problems("connection.maxPeers = 1\nconnection.maxPeers = 2\n"))
                .anySatisfy(problem -> assertThat(problem).startsWith("dunlin.toml:2: "));
        Path binary = Files.write(folder.resolve("dunlin.toml"), new byte[] {(byte) 0xC3, 0x28, 0, 1});
        Configuration read = Configuration.read(ALL, List.of(), Map.of(), Optional.of(binary));
        assertThat(read.problems()).singleElement().asString().endsWith(":1: the file is not UTF-8: save it as UTF-8");
        Files.write(binary, new byte[TomlSource.MOST_BYTES + 1]);
        assertThat(Configuration.read(ALL, List.of(), Map.of(), Optional.of(binary))
                        .problems())
                .singleElement()
                .asString()
                .contains("longer than 1 MiB");
    }

    @Test
    void anUnknownVariableIsAMistakeUnlessItIsTheLaunchers() throws IOException {
        assertThat(read("", Map.of("DUNLIN_PING_INTERVALL", "3s", "DUNLIN_JAVA_OPTS", "-Xmx1g"))
                        .problems())
                .singleElement()
                .hasToString("DUNLIN_PING_INTERVALL: no key has this variable: did you mean DUNLIN_PING_INTERVAL?");
    }

    /** What the program prints is a file that says the same. */
    @Test
    void whatIsShownReadsBackAsTheSame() throws IOException {
        String toml = """
                [node]
                listen = ["/ip4/0.0.0.0/tcp/1", "/ip6/::/tcp/1"]
                profile = "small"
                [stream]
                "quietTimeout./my \\" own/1" = "3s"
                """;
        Configuration read = read(toml, Map.of());
        assertThat(read.problems()).isEmpty();
        for (boolean all : List.of(false, true)) {
            Configuration again = read(ConfigurationText.toml(read, all), Map.of());
            assertThat(again.problems()).isEmpty();
            for (Setting setting : ALL.all()) {
                assertThat(again.valueOf(setting.key()).recorded())
                        .as(setting.key())
                        .isEqualTo(read.valueOf(setting.key()).recorded());
            }
            assertThat(again.recorded().find("stream.quietTimeout./my \" own/1"))
                    .contains("3000000");
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProfileIsMadeOfKeysAndFitsTogether(Profile profile) throws IOException {
        Settings withChannels = ALL.and(ChannelConfig.SETTINGS);
        assertThat(profile.keys())
                .allSatisfy(key -> assertThat(withChannels.find(key)).as(key).isPresent());
        Configuration read = Configuration.read(
                withChannels, List.of(set("node.profile", profile.text())), Map.of(), Optional.empty());
        assertThat(read.problems()).isEmpty();
        assertThat(read.values().keySet()).containsAll(profile.keys());
    }

    /** The page says of each defence which key sets it; fields of a protocol's own limits are no keys. */
    @Test
    void everyLimitOfThePageIsAKey() throws IOException {
        Settings withChannels = ALL.and(ChannelConfig.SETTINGS);
        List<String> unknown = new ArrayList<>();
        Pattern named = Pattern.compile("`([^`]+)`");
        for (String row : Files.readAllLines(Path.of("..", "docs", "limits.md"))) {
            String[] cells = row.split("\\|");
            if (cells.length < 5 || cells[2].strip().equals("field") || cells[2].startsWith("---")) {
                continue;
            }
            Matcher names = named.matcher(cells[2]);
            String group = "";
            while (names.find()) {
                String name = names.group(1);
                String key = name.startsWith(".") ? group + name : name;
                group = key.contains(".") ? key.substring(0, key.lastIndexOf('.')) : group;
                boolean isOfProtocol = Arrays.asList("ProtocolLimits", "ChannelLimits", "Framing", "IdentifyLimits")
                        .contains(key.contains(".") ? group : key);
                if (!isOfProtocol && withChannels.find(key).isEmpty()) {
                    unknown.add(key);
                }
            }
        }
        assertThat(unknown).isEmpty();
    }

    @Test
    void theReferencePageShowsAllKeys() throws IOException {
        Path page = Path.of("..", "docs", "configuration.md");
        String begin = "<!-- generated: all keys -->\n";
        String text = Files.readString(page);
        int at = text.indexOf(begin) + begin.length();
        String right = text.substring(0, at) + ConfigurationText.page(ALL.and(ChannelConfig.SETTINGS));
        if (Boolean.getBoolean("dunlin.page.accept")) {
            Files.writeString(page, right);
        }
        assertThat(Files.readString(page)).isEqualTo(right);
    }
}
