package dev.dunlin.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * What the program logs, and how: one line an event, on standard error. Nothing is read from files, so the program says
 * the same wherever it runs.
 */
final class Logging {

    // Peers choose parts of some messages: no control character of theirs reaches a terminal or begins a line.
    private static final String TEXT =
            "%d{HH:mm:ss.SSS} %-5level %replace(%msg){'[\\p{Cntrl}\\x{80}-\\x{9f}]+', ' '}%n";
    private static final String NETTY = "io.netty";
    private static final String MIGRATIONS = "org.flywaydb";

    // What it warns of fails a transaction, and is told there in one line.
    private static final String POOL = "com.zaxxer.hikari";

    private Logging() {}

    /** How an event is written. */
    enum Format {
        /** Time, level, message. */
        TEXT,
        /** One JSON object. */
        JSON
    }

    /** From which level on events are written. */
    enum Threshold {
        /** Nothing. */
        OFF(Level.OFF),
        /** Faults. */
        ERROR(Level.ERROR),
        /** And what an operator should look at. */
        WARN(Level.WARN),
        /** And what a node does. */
        INFO(Level.INFO),
        /** And how. */
        DEBUG(Level.DEBUG),
        /** Everything, also of the network library. */
        TRACE(Level.TRACE);

        private final Level level;

        Threshold(Level level) {
            this.level = level;
        }
    }

    /**
     * Sets up the logging, in place of any that was.
     *
     * @param to where lines go
     * @param traces whether the stack trace of a logged exception is written in the text form; JSON always has it
     */
    static void configure(LoggerContext context, Format format, Threshold threshold, boolean traces, OutputStream to) {
        context.reset();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(context);
        appender.setName("standard error");
        appender.setEncoder(
                switch (format) {
                    case TEXT -> text(context, traces);
                    case JSON -> json(context);
                });
        appender.setOutputStream(new Lent(to));
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(threshold.level);
        root.addAppender(appender);
        if (threshold == Threshold.INFO || threshold == Threshold.DEBUG) {
            context.getLogger(NETTY).setLevel(Level.WARN);
            context.getLogger(MIGRATIONS).setLevel(Level.WARN);
        }
        if (threshold != Threshold.OFF && threshold != Threshold.TRACE) {
            context.getLogger(POOL).setLevel(Level.ERROR);
        }
    }

    // Belongs to the process and not to the appender, which closes its stream when another takes its place.
    private static final class Lent extends FilterOutputStream {

        Lent(OutputStream to) {
            super(to);
        }

        @Override
        public void write(byte[] bytes, int from, int count) throws IOException {
            out.write(bytes, from, count);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    private static Encoder<ILoggingEvent> text(LoggerContext context, boolean traces) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setCharset(StandardCharsets.UTF_8);
        encoder.setPattern(TEXT + (traces ? "%ex" : "%nopex"));
        encoder.start();
        return encoder;
    }

    private static Encoder<ILoggingEvent> json(LoggerContext context) {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setContext(context);
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithMDC(false);
        encoder.setWithMessage(false);
        encoder.setWithArguments(false);
        encoder.setWithFormattedMessage(true);
        encoder.start();
        return encoder;
    }
}
