package dev.dunlin.connection.protocol;

import java.util.concurrent.TimeUnit;

/**
 * What a protocol may cost. Every field is a bound; times are in microseconds.
 *
 * @param inbound streams on which others ask this node, all together, at least 1
 * @param inboundPerPeer the same, of each peer, at least 1
 * @param outbound asks of this node that are under way, all together, at least 1
 * @param outboundPerPeer the same, to each peer, at least 1
 * @param queued asks that wait for a place or a dial, at least 0
 * @param askEvery how far apart a peer's questions are on average, 0 to 1 h, or farther where many peers ask ({@code
 *     exchange.answerRate}); those that come sooner wait unread, so that the
 *     peer's window closes
 * @param askBurst how many questions of a peer may come sooner than that, at least 1
 * @param answerWithin how long this node may take for an answer before the asker is sent away, 1 us to 1 h
 * @param transferWithin how long a question may take until it is in, and an answer until it is out, 1 us to 1 h. With the most bytes of a
 *     message it is the lowest rate at which a peer may send and take them
 * @param idle how long a stream that may be used again is kept without a use, 1 us to 24 h
 * @param reuseStream whether a stream carries more than one ask, one after the other. If one that was used before fails, its question
 *     is sent once more on a fresh stream, so the peer may see it twice: only for questions that may be asked again
 * @param tellsEnd whether who answers is told how its answer ended ({@code ExchangeAction.AnswerEnded}); only with a stream for each ask
 */
public record ProtocolLimits(
        int inbound,
        int inboundPerPeer,
        int outbound,
        int outboundPerPeer,
        int queued,
        long askEvery,
        int askBurst,
        long answerWithin,
        long transferWithin,
        long idle,
        boolean reuseStream,
        boolean tellsEnd) {

    private static final long MOST_EVERY = 3_600_000_000L;
    private static final long MOST_IDLE = 24 * MOST_EVERY;

    /** 512 and 8 in, 512 and 8 out, 1,024 queued, 1,000 questions/s, 10 s for an answer, 1 min idle, one ask a stream. */
    public static final ProtocolLimits DEFAULT = new ProtocolLimits(
            512,
            8,
            512,
            8,
            1024,
            TimeUnit.MILLISECONDS.toMicros(1),
            1000,
            TimeUnit.SECONDS.toMicros(10),
            TimeUnit.MINUTES.toMicros(1),
            false);

    /** Checks the ranges. */
    public ProtocolLimits {
        within("inbound", inbound, 1, Long.MAX_VALUE);
        within("inboundPerPeer", inboundPerPeer, 1, Long.MAX_VALUE);
        within("outbound", outbound, 1, Long.MAX_VALUE);
        within("outboundPerPeer", outboundPerPeer, 1, Long.MAX_VALUE);
        within("queued", queued, 0, Long.MAX_VALUE);
        within("askEvery", askEvery, 0, MOST_EVERY);
        within("askBurst", askBurst, 1, Long.MAX_VALUE);
        within("answerWithin", answerWithin, 1, MOST_EVERY);
        within("transferWithin", transferWithin, 1, MOST_EVERY);
        within("idle", idle, 1, MOST_IDLE);
        if (tellsEnd && reuseStream) {
            throw new IllegalArgumentException("the end of an answer is told only where a stream carries one ask");
        }
    }

    /** With as much time for each transfer as for an answer, and no word of how answers end. */
    public ProtocolLimits(
            int inbound,
            int inboundPerPeer,
            int outbound,
            int outboundPerPeer,
            int queued,
            long askEvery,
            int askBurst,
            long answerWithin,
            long idle,
            boolean reuseStream) {
        this(
                inbound,
                inboundPerPeer,
                outbound,
                outboundPerPeer,
                queued,
                askEvery,
                askBurst,
                answerWithin,
                answerWithin,
                idle,
                reuseStream,
                false);
    }

    /** These, with this time for a transfer, and a word of how each answer ended. */
    public ProtocolLimits telling(long transfer) {
        return new ProtocolLimits(
                inbound,
                inboundPerPeer,
                outbound,
                outboundPerPeer,
                queued,
                askEvery,
                askBurst,
                answerWithin,
                transfer,
                idle,
                reuseStream,
                true);
    }

    /** These, with questions of a peer so far apart, but for so many. */
    public ProtocolLimits asked(long every, int burst) {
        return new ProtocolLimits(
                inbound,
                inboundPerPeer,
                outbound,
                outboundPerPeer,
                queued,
                every,
                burst,
                answerWithin,
                transferWithin,
                idle,
                reuseStream,
                tellsEnd);
    }

    /** Refuses a limit that is out of its range. */
    static void within(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("the limit " + name + " of a protocol is at least " + least
                    + (most < Long.MAX_VALUE ? " and at most " + most : "") + ", not " + value);
        }
    }

    /** These, with streams that are used again, or not. */
    public ProtocolLimits reusing(boolean reuse) {
        return new ProtocolLimits(
                inbound,
                inboundPerPeer,
                outbound,
                outboundPerPeer,
                queued,
                askEvery,
                askBurst,
                answerWithin,
                transferWithin,
                idle,
                reuse,
                tellsEnd);
    }
}
