package dev.dunlin.core.runtime;

import java.time.Instant;

/** The clocks of the machine. */
public interface NodeClock {

    /** The wall clock, microseconds since the Unix epoch; may be stepped at any moment. */
    long wallMicros();

    /** A clock that only runs forward, in nanoseconds from an arbitrary origin. */
    long monotonicNanos();

    /** The system's clocks. */
    NodeClock SYSTEM = new NodeClock() {
        @Override
        public long wallMicros() {
            Instant now = Instant.now();
            return now.getEpochSecond() * 1_000_000 + now.getNano() / 1000;
        }

        @Override
        public long monotonicNanos() {
            return System.nanoTime();
        }
    };
}
