package dev.dunlin.core.runtime;

/**
 * Figures of a running node since its start.
 *
 * @param inputs inputs taken
 * @param actions actions and effects that they led to, themselves included
 * @param rejections disabled actions
 * @param effects effects handed to services
 * @param refused new work refused because the queue was full
 * @param refusedPeer new work refused because its peer had its share of the queue
 * @param refusedRequests new work refused because too many requests were in flight
 * @param refusedHandles new work refused because too many handles were open
 * @param refusedUnwritable new work refused because the log could not be written, as on a full disk
 * @param strayAnswers answers to no request in flight: a second answer, or one from before the boot
 * @param handlerFailures effect handlers that threw
 * @param slow inputs that took longer than the watchdog allows
 * @param stuckMicros how long the input in work has taken so far; 0 if none is
 * @param queued new work in the queue
 * @param control new work in the lane for control
 * @param sources peers with new work in the queue
 * @param highestQueued the most new work that was seen in the queue
 * @param requests requests in flight
 * @param oldestRequestMicros how long the oldest of them has waited
 * @param lostRequests requests that were given up without an answer
 * @param handles open handles
 * @param asking callers that wait for an outcome
 * @param droppedProgress what was told on the way to callers who were too slow to take it
 * @param logQueued turns that wait to be written
 * @param logStalls how often the store waited for the log
 * @param forced up to which input the log is forced
 * @param snapshots snapshots written
 */
public record RuntimeStats(
        long inputs,
        long actions,
        long rejections,
        long effects,
        long refused,
        long refusedPeer,
        long refusedRequests,
        long refusedHandles,
        long refusedUnwritable,
        long strayAnswers,
        long handlerFailures,
        long slow,
        long stuckMicros,
        int queued,
        int control,
        int sources,
        long highestQueued,
        int requests,
        long oldestRequestMicros,
        long lostRequests,
        int handles,
        int asking,
        long droppedProgress,
        int logQueued,
        long logStalls,
        long forced,
        long snapshots) {}
