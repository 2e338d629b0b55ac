package dev.dunlin.connection.yamux;

/**
 * Every bound of a session, one field a defence. Durations are in microseconds, sizes in bytes; all are at least 1
 * unless said otherwise.
 *
 * @param maxInboundStreams streams the peer may have open at once; more are refused with RST
 * @param maxOutboundStreams streams we may have open at once; {@link YamuxSession#open} refuses more
 * @param ackBacklog outbound streams that may wait for the peer's ACK (libp2p yamux spec, "ACK backlog": at most
 *     256); also inbound streams that may come after our GoAway without counting as wasted
 * @param maxUnacceptedStreams inbound streams that may wait for {@link YamuxStream#accept} (same: at least 256);
 *     more are refused with RST
 * @param initialWindow receive window of a new stream in bytes, at least 256 KiB, which the peer assumes; what is
 *     above is granted with the SYN or ACK
 * @param maxStreamWindow receive window in bytes that a stream may grow to, where the account of bytes allows
 * @param maxDataFrame body bytes of a Data frame we send; with its header the default fills one Noise message
 *     (65519 bytes)
 * @param writeBufferPerStream bytes written by the application that a stream holds until they are sent
 * @param writeBufferPerConnection the same for all streams together
 * @param writeBufferFloor bytes of the write buffer that a stream may use although the connection's, or the account
 *     of bytes, is full, so that blocked streams never starve the others
 * @param maxWritesPerStream buffers (not bytes) that a stream holds until they are sent
 * @param maxControlFrames answers (RST, ping answers) that may wait to be sent before reading stops
 * @param maxPendingPongs ping answers that may wait to be sent; further pings get none
 * @param pingsPerSecond pings that the peer may send in the long run; more end the session
 * @param pingBurst pings that the peer may send at once
 * @param emptyFramesPerSecond frames that say nothing (no body, no credit, no flag with effect) that the peer may
 *     send in the long run; more end the session
 * @param emptyFrameBurst such frames that the peer may send at once
 * @param wastedOpensPerSecond inbound streams that we refuse, or that the peer resets before they are accepted, in
 *     the long run; more end the session
 * @param wastedOpenBurst such streams at once
 * @param closeTimeout microseconds that the peer's FIN may take on a stream that the application has closed, counted
 *     from our FIN or from {@link YamuxStream#close}, whichever is later, before the stream is reset, or {@link
 *     #NEVER}. Bytes that come do not extend it
 * @param keepaliveInterval microseconds between our pings, or {@link #NEVER}; without pings the round-trip time is
 *     unknown and windows do not grow
 * @param pingTimeout microseconds that the connection may be silent after a ping of ours before the session ends,
 *     or {@link #NEVER}
 * @param answerTimeout microseconds that an answer to a ping of ours may take, whatever else comes meanwhile, before the
 *     session ends, or {@link #NEVER}; for the peer that sends and never reads. All that was sent before the ping must
 *     get through in this time: at 5 minutes, full socket buffers of 4 MiB at 14 KB/s
 */
public record YamuxLimits(
        int maxInboundStreams,
        int maxOutboundStreams,
        int ackBacklog,
        int maxUnacceptedStreams,
        int initialWindow,
        int maxStreamWindow,
        int maxDataFrame,
        int writeBufferPerStream,
        int writeBufferPerConnection,
        int writeBufferFloor,
        int maxWritesPerStream,
        int maxControlFrames,
        int maxPendingPongs,
        int pingsPerSecond,
        int pingBurst,
        int emptyFramesPerSecond,
        int emptyFrameBurst,
        int wastedOpensPerSecond,
        int wastedOpenBurst,
        long closeTimeout,
        long keepaliveInterval,
        long pingTimeout,
        long answerTimeout) {

    /** A duration that never ends. */
    public static final long NEVER = Long.MAX_VALUE;

    private static final long SECOND = 1_000_000;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a field is below 1, a window is below 256 KiB, or the initial window or the
     *     write buffer's floor is above its maximum
     */
    public YamuxLimits {
        atLeast("maxInboundStreams", maxInboundStreams, 1);
        atLeast("maxOutboundStreams", maxOutboundStreams, 1);
        atLeast("ackBacklog", ackBacklog, 1);
        atLeast("maxUnacceptedStreams", maxUnacceptedStreams, 1);
        atLeast("initialWindow", initialWindow, Wire.INITIAL_WINDOW);
        atLeast("maxStreamWindow", maxStreamWindow, initialWindow);
        atLeast("maxDataFrame", maxDataFrame, 1);
        atLeast("writeBufferPerStream", writeBufferPerStream, writeBufferFloor);
        atLeast("writeBufferPerConnection", writeBufferPerConnection, 1);
        atLeast("writeBufferFloor", writeBufferFloor, 1);
        atLeast("maxWritesPerStream", maxWritesPerStream, 1);
        atLeast("maxControlFrames", maxControlFrames, 1);
        atLeast("maxPendingPongs", maxPendingPongs, 1);
        atLeast("pingsPerSecond", pingsPerSecond, 1);
        atLeast("pingBurst", pingBurst, 1);
        atLeast("emptyFramesPerSecond", emptyFramesPerSecond, 1);
        atLeast("emptyFrameBurst", emptyFrameBurst, 1);
        atLeast("wastedOpensPerSecond", wastedOpensPerSecond, 1);
        atLeast("wastedOpenBurst", wastedOpenBurst, 1);
        atLeast("closeTimeout", closeTimeout, 1);
        atLeast("keepaliveInterval", keepaliveInterval, 1);
        atLeast("pingTimeout", pingTimeout, 1);
        atLeast("answerTimeout", answerTimeout, 1);
    }

    private static void atLeast(String field, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(field + " is " + value + "; set it to " + least + " or more");
        }
    }

    /** What a node starts with. */
    public static YamuxLimits defaults() {
        return new Builder().build();
    }

    /** A builder that starts from these values. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.maxInboundStreams = maxInboundStreams;
        builder.maxOutboundStreams = maxOutboundStreams;
        builder.ackBacklog = ackBacklog;
        builder.maxUnacceptedStreams = maxUnacceptedStreams;
        builder.initialWindow = initialWindow;
        builder.maxStreamWindow = maxStreamWindow;
        builder.maxDataFrame = maxDataFrame;
        builder.writeBufferPerStream = writeBufferPerStream;
        builder.writeBufferPerConnection = writeBufferPerConnection;
        builder.writeBufferFloor = writeBufferFloor;
        builder.maxWritesPerStream = maxWritesPerStream;
        builder.maxControlFrames = maxControlFrames;
        builder.maxPendingPongs = maxPendingPongs;
        builder.pingsPerSecond = pingsPerSecond;
        builder.pingBurst = pingBurst;
        builder.emptyFramesPerSecond = emptyFramesPerSecond;
        builder.emptyFrameBurst = emptyFrameBurst;
        builder.wastedOpensPerSecond = wastedOpensPerSecond;
        builder.wastedOpenBurst = wastedOpenBurst;
        builder.closeTimeout = closeTimeout;
        builder.keepaliveInterval = keepaliveInterval;
        builder.pingTimeout = pingTimeout;
        builder.answerTimeout = answerTimeout;
        return builder;
    }

    /** Collects changed values; the methods are named after the fields of {@link YamuxLimits} that they set. */
    public static final class Builder {
        private int maxInboundStreams = 512;
        private int maxOutboundStreams = 512;
        private int ackBacklog = 256;
        private int maxUnacceptedStreams = 256;
        private int initialWindow = Wire.INITIAL_WINDOW;
        private int maxStreamWindow = 16 * 1024 * 1024;
        private int maxDataFrame = 65_507;
        private int writeBufferPerStream = 256 * 1024;
        private int writeBufferPerConnection = 8 * 1024 * 1024;
        private int writeBufferFloor = 16 * 1024;
        private int maxWritesPerStream = 1024;
        private int maxControlFrames = 1024;
        private int maxPendingPongs = 32;
        private int pingsPerSecond = 10;
        private int pingBurst = 64;
        private int emptyFramesPerSecond = 100;
        private int emptyFrameBurst = 1000;
        private int wastedOpensPerSecond = 100;
        private int wastedOpenBurst = 1024;
        private long closeTimeout = 10 * SECOND;
        private long keepaliveInterval = 30 * SECOND;
        private long pingTimeout = 30 * SECOND;
        private long answerTimeout = 300 * SECOND;

        private Builder() {}

        /** Sets {@link YamuxLimits#maxInboundStreams}. */
        public Builder maxInboundStreams(int value) {
            maxInboundStreams = value;
            return this;
        }

        /** Sets {@link YamuxLimits#maxOutboundStreams}. */
        public Builder maxOutboundStreams(int value) {
            maxOutboundStreams = value;
            return this;
        }

        /** Sets {@link YamuxLimits#ackBacklog}. */
        public Builder ackBacklog(int value) {
            ackBacklog = value;
            return this;
        }

        /** Sets {@link YamuxLimits#maxUnacceptedStreams}. */
        public Builder maxUnacceptedStreams(int value) {
            maxUnacceptedStreams = value;
            return this;
        }

        /** Sets {@link YamuxLimits#initialWindow}. */
        public Builder initialWindow(int value) {
            initialWindow = value;
            return this;
        }

        /** Sets {@link YamuxLimits#maxStreamWindow}. */
        public Builder maxStreamWindow(int value) {
            maxStreamWindow = value;
            return this;
        }

        /** Sets {@link YamuxLimits#maxDataFrame}. */
        public Builder maxDataFrame(int value) {
            maxDataFrame = value;
            return this;
        }

        /** Sets {@link YamuxLimits#writeBufferPerStream}. */
        public Builder writeBufferPerStream(int value) {
            writeBufferPerStream = value;
            return this;
        }

        /** Sets {@link YamuxLimits#writeBufferPerConnection}. */
        public Builder writeBufferPerConnection(int value) {
            writeBufferPerConnection = value;
            return this;
        }

        /** Sets {@link YamuxLimits#writeBufferFloor}. */
        public Builder writeBufferFloor(int value) {
            writeBufferFloor = value;
            return this;
        }

        /** Sets {@link YamuxLimits#maxWritesPerStream}. */
        public Builder maxWritesPerStream(int value) {
            maxWritesPerStream = value;
            return this;
        }

        /** Sets {@link YamuxLimits#maxControlFrames}. */
        public Builder maxControlFrames(int value) {
            maxControlFrames = value;
            return this;
        }

        /** Sets {@link YamuxLimits#maxPendingPongs}. */
        public Builder maxPendingPongs(int value) {
            maxPendingPongs = value;
            return this;
        }

        /** Sets {@link YamuxLimits#pingsPerSecond}. */
        public Builder pingsPerSecond(int value) {
            pingsPerSecond = value;
            return this;
        }

        /** Sets {@link YamuxLimits#pingBurst}. */
        public Builder pingBurst(int value) {
            pingBurst = value;
            return this;
        }

        /** Sets {@link YamuxLimits#emptyFramesPerSecond}. */
        public Builder emptyFramesPerSecond(int value) {
            emptyFramesPerSecond = value;
            return this;
        }

        /** Sets {@link YamuxLimits#emptyFrameBurst}. */
        public Builder emptyFrameBurst(int value) {
            emptyFrameBurst = value;
            return this;
        }

        /** Sets {@link YamuxLimits#wastedOpensPerSecond}. */
        public Builder wastedOpensPerSecond(int value) {
            wastedOpensPerSecond = value;
            return this;
        }

        /** Sets {@link YamuxLimits#wastedOpenBurst}. */
        public Builder wastedOpenBurst(int value) {
            wastedOpenBurst = value;
            return this;
        }

        /** Sets {@link YamuxLimits#closeTimeout}. */
        public Builder closeTimeout(long value) {
            closeTimeout = value;
            return this;
        }

        /** Sets {@link YamuxLimits#keepaliveInterval}. */
        public Builder keepaliveInterval(long value) {
            keepaliveInterval = value;
            return this;
        }

        /** Sets {@link YamuxLimits#pingTimeout}. */
        public Builder pingTimeout(long value) {
            pingTimeout = value;
            return this;
        }

        /** Sets {@link YamuxLimits#answerTimeout}. */
        public Builder answerTimeout(long value) {
            answerTimeout = value;
            return this;
        }

        /**
         * The limits.
         *
         * @throws IllegalArgumentException if a value is out of its range
         */
        public YamuxLimits build() {
            return new YamuxLimits(
                    maxInboundStreams,
                    maxOutboundStreams,
                    ackBacklog,
                    maxUnacceptedStreams,
                    initialWindow,
                    maxStreamWindow,
                    maxDataFrame,
                    writeBufferPerStream,
                    writeBufferPerConnection,
                    writeBufferFloor,
                    maxWritesPerStream,
                    maxControlFrames,
                    maxPendingPongs,
                    pingsPerSecond,
                    pingBurst,
                    emptyFramesPerSecond,
                    emptyFrameBurst,
                    wastedOpensPerSecond,
                    wastedOpenBurst,
                    closeTimeout,
                    keepaliveInterval,
                    pingTimeout,
                    answerTimeout);
        }
    }
}
