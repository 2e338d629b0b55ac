package dev.dunlin.node.top;

import dev.dunlin.connection.operations.PeerOperations.PeerRow;
import java.util.List;

/**
 * A running node at a moment.
 *
 * @param nanos when, by a clock that only measures
 * @param head who it is and how long it runs
 * @param problems what is not as it should be, a sentence each
 * @param metrics its metrics
 * @param peers those that it is connected to, or is to be
 * @param total how many there are of them
 */
public record Moment(long nanos, String head, List<String> problems, Metrics metrics, List<PeerRow> peers, int total) {

    /** One made of what the API says. */
    public static Moment of(
            long nanos, String head, List<String> problems, String metrics, List<PeerRow> peers, int total) {
        return new Moment(nanos, head, problems, Metrics.parse(metrics), peers, total);
    }
}
