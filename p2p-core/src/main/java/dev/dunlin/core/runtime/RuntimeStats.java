package dev.dunlin.core.runtime;

/**
 * Figures of a running node since its start.
 *
 * @param inputs inputs taken
 * @param actions actions and effects that they led to, themselves included
 * @param rejections disabled actions
 * @param effects effects handed to services
 * @param refused new work refused because the inbox was full
 * @param refusedDiskFull new work refused because the disk was full
 * @param strayAnswers answers to no request in flight: a second answer, or one from before the boot
 * @param handlerFailures effect handlers that threw
 * @param slow inputs that took longer than the watchdog allows
 * @param load queued inputs, requests in flight and open handles
 * @param highestLoad the highest load that was seen
 * @param logQueued turns that wait to be written
 * @param logStalls how often the store waited for the log
 * @param forced up to which input the disk has promised
 * @param snapshots snapshots written
 */
public record RuntimeStats(
        long inputs,
        long actions,
        long rejections,
        long effects,
        long refused,
        long refusedDiskFull,
        long strayAnswers,
        long handlerFailures,
        long slow,
        int load,
        int highestLoad,
        int logQueued,
        long logStalls,
        long forced,
        long snapshots) {}
