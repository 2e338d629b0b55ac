package dev.dunlin.node;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import dev.dunlin.core.config.BadValueException;
import dev.dunlin.node.config.Levels;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.LoggerFactory;

/** Sets the levels of the loggers, at the start and while the program runs. Thread-safe. */
final class LogLevels {

    private static final String NETTY = "io.netty";

    private static final LogLevels PROGRAM = new LogLevels();

    // Those whose levels were set here, and are taken back when they are named no longer.
    private final TreeSet<String> named = new TreeSet<>();

    LogLevels() {}

    /**
     * Sets the levels of this program's loggers. A logger that is named no longer has the level of those above it again.
     *
     * @param text as the setting {@code log.level} has it
     * @throws BadValueException if it is no such text; nothing is changed then
     */
    static void apply(String text) throws BadValueException {
        Levels levels = Levels.parse(text);
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            PROGRAM.apply(context, levels);
        }
    }

    /** As {@link #apply(String)}, in a context. */
    synchronized void apply(LoggerContext context, Levels levels) {
        Map<String, String> wanted = new TreeMap<>(levels.some());
        // The network library tells little at these levels that an operator can use; whoever names it gets it.
        if (levels.all().equals("info") || levels.all().equals("debug")) {
            wanted.putIfAbsent(NETTY, "warn");
        }
        named.removeAll(wanted.keySet());
        named.forEach(name -> context.getLogger(name).setLevel(null));
        named.clear();
        context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(level(levels.all()));
        wanted.forEach((name, level) -> {
            Logger logger = context.getLogger(name);
            logger.setLevel(level(level));
            named.add(name);
        });
    }

    private static Level level(String name) {
        return Level.valueOf(name);
    }
}
