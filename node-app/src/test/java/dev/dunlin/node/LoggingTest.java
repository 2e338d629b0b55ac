package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LoggingTest {

    private final LoggerContext context = new LoggerContext();
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void start() {
        context.setMDCAdapter(new LogbackMDCAdapter());
    }

    private void configure(Logging.Format format, Logging.Threshold threshold, boolean traces) {
        Logging.configure(context, format, threshold, traces, written);
    }

    private List<String> lines() {
        return written.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void textIsTimeLevelMessage() {
        configure(Logging.Format.TEXT, Logging.Threshold.INFO, false);
        Logger log = context.getLogger("here");
        log.info("a peer says {}", "a\r\nb\u001b[2J\u009b1m");
        log.warn("it broke", new IllegalStateException("why"));
        log.debug("not this");
        assertThat(lines()).hasSize(2);
        assertThat(lines().get(0)).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} INFO  a peer says a b \\[2J 1m");
        assertThat(lines().get(1)).matches("\\d\\d:\\d\\d:\\d\\d\\.\\d{3} WARN  it broke");
    }

    @Test
    void tracesAreForDebug() {
        configure(Logging.Format.TEXT, Logging.Threshold.INFO, true);
        context.getLogger("here").warn("it broke", new IllegalStateException("why"));
        assertThat(lines()).contains("java.lang.IllegalStateException: why").hasSizeGreaterThan(2);
    }

    @Test
    void jsonIsOneObjectALine() {
        configure(Logging.Format.JSON, Logging.Threshold.INFO, false);
        context.getLogger("here").info("two\nlines of {}", "text");
        context.getLogger("here").error("it broke", new IllegalStateException("why"));
        assertThat(lines()).hasSize(2);
        JsonNode first = JsonMapper.builder().build().readTree(lines().get(0));
        assertThat(first.path("level").asString()).isEqualTo("INFO");
        assertThat(first.path("formattedMessage").asString()).isEqualTo("two\nlines of text");
        assertThat(first.path("timestamp").asLong()).isPositive();
        JsonNode second = JsonMapper.builder().build().readTree(lines().get(1));
        assertThat(second.path("throwable").path("message").asString()).isEqualTo("why");
    }

    @Test
    void standardErrorOutlivesASecondSetup() {
        AtomicBoolean closed = new AtomicBoolean();
        OutputStream standardError = new FilterOutputStream(written) {
            @Override
            public void close() {
                closed.set(true);
            }
        };
        Logging.configure(context, Logging.Format.TEXT, Logging.Threshold.INFO, false, standardError);
        Logging.configure(context, Logging.Format.TEXT, Logging.Threshold.INFO, false, standardError);
        assertThat(closed).isFalse();
        context.getLogger("here").info("still");
        assertThat(lines()).hasSize(1);
    }

    @Test
    void offIsSilentAndNettyIsQuiet() {
        configure(Logging.Format.TEXT, Logging.Threshold.OFF, false);
        context.getLogger("here").error("not this");
        configure(Logging.Format.TEXT, Logging.Threshold.DEBUG, false);
        context.getLogger("io.netty.util").debug("nor this");
        assertThat(lines()).isEmpty();
        context.getLogger("here").debug("this");
        configure(Logging.Format.TEXT, Logging.Threshold.TRACE, false);
        context.getLogger("io.netty.util").trace("and this");
        assertThat(lines()).hasSize(2);
    }
}
