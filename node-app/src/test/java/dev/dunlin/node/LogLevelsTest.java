package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import dev.dunlin.core.config.BadValueException;
import dev.dunlin.node.config.Levels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LogLevelsTest {

    @TempDir
    private Path folder;

    private final LoggerContext context = new LoggerContext();
    private final LogLevels levels = new LogLevels();

    @BeforeEach
    void start() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    private void apply(String text) throws BadValueException {
        levels.apply(context, Levels.parse(text));
    }

    private Level of(String logger) {
        return context.getLogger(logger).getEffectiveLevel();
    }

    @Test
    void whatIsNamedNoLongerIsAsThoseAboveIt() throws BadValueException {
        apply("info, dev.dunlin.connection=debug, dev.dunlin.core.runtime=warn");
        assertThat(of("dev.dunlin.connection.netty")).isEqualTo(Level.DEBUG);
        assertThat(of("dev.dunlin.core.runtime.Figures")).isEqualTo(Level.WARN);
        assertThat(of("dev.dunlin.core")).isEqualTo(Level.INFO);
        apply("error, dev.dunlin.core.runtime=trace");
        assertThat(of("dev.dunlin.connection.netty")).isEqualTo(Level.ERROR);
        assertThat(context.getLogger("dev.dunlin.connection").getLevel()).isNull();
        assertThat(of("dev.dunlin.core.runtime")).isEqualTo(Level.TRACE);
        apply("dev.dunlin.node=off");
        assertThat(of("dev.dunlin.core.runtime")).isEqualTo(Level.INFO);
        assertThat(of("dev.dunlin.node.Node")).isEqualTo(Level.OFF);
    }

    @Test
    void theNetworkLibraryIsQuietUnlessItIsNamed() throws BadValueException {
        apply("debug");
        assertThat(of("io.netty.util")).isEqualTo(Level.WARN);
        apply("debug, io.netty=debug");
        assertThat(of("io.netty.util")).isEqualTo(Level.DEBUG);
        apply("trace");
        assertThat(of("io.netty.util")).isEqualTo(Level.TRACE);
        apply("error");
        assertThat(of("io.netty.util")).isEqualTo(Level.ERROR);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            inof                          | has the level inof, which there is not: did you mean info?
            INFO                          | has the level INFO, which there is not
            info, dev.dunlin=loud         | has the level loud, which there is not
            dev.dunlin=                   | has an entry without a level
            info,,warn                    | has an entry without a level
            ""                            | has an entry without a level
            info, warn                    | has 2 levels for all loggers, info and warn: name a logger before one of them, or leave it out
            =debug                        | has the logger '', which is no name with dots between its parts, of at most 128 characters
            a b=debug                     | has the logger 'a b', which is no name with dots between its parts, of at most 128 characters
            a..b=debug                    | has the logger 'a..b', which is no name with dots between its parts, of at most 128 characters
            a=debug=warn                  | has the level debug=warn, which there is not
            a=debug, a=warn               | has the logger a twice: leave one out
            Root=debug                    | has the logger Root: a level without a name before it is for all loggers
            """)
    void whatIsNoneIsRefused(String text, String why) {
        assertThatThrownBy(() -> Levels.parse(text))
                .isInstanceOf(BadValueException.class)
                .hasMessage(why);
    }

    @Test
    void thereAreNotTooMany() {
        assertThatThrownBy(() -> Levels.parse("a=info,".repeat(64) + "warn")).hasMessageContaining("65 entries");
    }

    @Test
    void theRecordedFormReadsBackAsTheSame() throws BadValueException {
        assertThat(Levels.parse(" b.c = warn ,a=off, debug").text()).isEqualTo("debug,a=off,b.c=warn");
        assertThat(Levels.parse("a=off").text()).isEqualTo("info,a=off");
        assertThat(Levels.parse("debug,a=off,b.c=warn").text()).isEqualTo("debug,a=off,b.c=warn");
    }

    @Test
    void theConfigurationRefusesThem() {
        Program program = new Program();
        assertThat(program.run("run", "--data-dir", folder, "--set", "log.level=info, dev.dunlin=debgu"))
                .isEqualTo(ExitCode.USAGE);
        assertThat(program.err())
                .contains(
                        "log.level = info, dev.dunlin=debgu has the level debgu, which there is not: did you mean debug?")
                .contains("off, error, warn, info, debug, trace");
    }

    @Test
    void aNodeBeginsWithThem() throws Exception {
        try (NodeProcess node = NodeProcess.start(
                folder,
                "node",
                List.of(),
                NodeProcess.run(folder.resolve("data"), "--set", "log.level=info,dunlin.peers=off"))) {
            node.address();
            assertThat(node.stop()).isZero();
            assertThat(node.told()).doesNotContain("listening at");
        }
        try (NodeProcess node = NodeProcess.start(
                folder,
                "other",
                List.of(),
                NodeProcess.run(
                        folder.resolve("data"), "--set", "log.level=off,dunlin.peers=info", "--log-level", "INFO"))) {
            node.address();
            assertThat(node.stop()).isZero();
            assertThat(node.told()).contains("INFO  listening at");
        }
    }
}
