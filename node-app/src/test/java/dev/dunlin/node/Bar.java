package dev.dunlin.node;

import ch.qos.logback.classic.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where a bar's test prints its progress and figures, whatever else is logged. */
final class Bar {

    static final Logger LOG = shown();

    private Bar() {}

    private static Logger shown() {
        Logger log = LoggerFactory.getLogger("dunlin.bar");
        if (log instanceof ch.qos.logback.classic.Logger known) {
            known.setLevel(Level.INFO);
        }
        return log;
    }
}
