package dev.dunlin.testrun;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggerContextListener;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The measured lines of the bars, which are shown at once, also after the program under test has set up its logging.
 *
 * @param context of the loggers
 * @param shown where they go
 */
record Figures(LoggerContext context, OutputStream shown) implements LoggerContextListener {

    private static final List<String> LOGGERS = List.of("figures", "dunlin.bar");

    /** Shows them there from now on. */
    static void show(LoggerContext context, OutputStream shown) {
        Figures figures = new Figures(context, shown);
        context.addListener(figures);
        figures.attach();
    }

    private void attach() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern("%msg%n");
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(shown);
        appender.start();
        for (String name : LOGGERS) {
            Logger logger = context.getLogger(name);
            logger.setLevel(Level.INFO);
            logger.setAdditive(false);
            logger.detachAndStopAllAppenders();
            logger.addAppender(appender);
        }
    }

    @Override
    public boolean isResetResistant() {
        return true;
    }

    @Override
    public void onStart(LoggerContext started) {}

    @Override
    public void onReset(LoggerContext reset) {
        attach();
    }

    @Override
    public void onStop(LoggerContext stopped) {}

    @Override
    public void onLevelChange(Logger logger, Level level) {}
}
