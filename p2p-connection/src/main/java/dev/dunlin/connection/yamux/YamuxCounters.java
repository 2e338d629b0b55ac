package dev.dunlin.connection.yamux;

import java.util.Map;

/**
 * What a session has done so far; a snapshot.
 *
 * @param framesIn headers understood
 * @param framesOut headers written
 * @param bytesIn body bytes of Data frames for open streams, those that are dropped included
 * @param bytesOut body bytes of Data frames written
 * @param drops refusals and drops by reason; every reason is there
 */
public record YamuxCounters(long framesIn, long framesOut, long bytesIn, long bytesOut, Map<YamuxDrop, Long> drops) {

    /** Keeps a copy of the map. */
    public YamuxCounters {
        drops = Map.copyOf(drops);
    }

    /** How often something was refused or dropped for a reason. */
    public long of(YamuxDrop reason) {
        return drops.getOrDefault(reason, 0L);
    }
}
