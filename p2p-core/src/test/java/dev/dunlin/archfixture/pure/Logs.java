package dev.dunlin.archfixture.pure;

/** Logs. */
final class Logs {
    Object it() {
        return org.slf4j.LoggerFactory.getLogger("x");
    }
}
