package dev.dunlin.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggerContextListener;
import org.slf4j.LoggerFactory;

/** Where a bar's test prints its progress and figures, whatever else is logged, and whatever a command has set up meanwhile. */
final class Bar {

    private static final String NAME = "dunlin.bar";

    static final org.slf4j.Logger LOG = shown();

    private Bar() {}

    private static org.slf4j.Logger shown() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.addListener(new Kept());
            context.getLogger(NAME).setLevel(Level.INFO);
        }
        return LoggerFactory.getLogger(NAME);
    }

    /** A command that is run in this JVM sets up its own logging, and forgets all levels before. */
    private record Kept() implements LoggerContextListener {

        @Override
        public boolean isResetResistant() {
            return true;
        }

        @Override
        public void onStart(LoggerContext context) {}

        @Override
        public void onReset(LoggerContext context) {
            context.getLogger(NAME).setLevel(Level.INFO);
        }

        @Override
        public void onStop(LoggerContext context) {}

        @Override
        public void onLevelChange(Logger logger, Level level) {}
    }
}
