package dev.dunlin.dht.api;

import java.util.List;

/** Something that was asked of a {@link Dht} was not done. The message is for people: what is the case, and what to do. */
public abstract sealed class DhtException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private DhtException(String message) {
        super(message);
    }

    private DhtException(String message, Throwable cause) {
        super(message, cause);
    }

    /** Whether the same may succeed if it is asked again a little later, with nothing else changed. */
    public boolean isTransient() {
        return false;
    }

    /** It has not been started. */
    public static final class NotStarted extends DhtException {
        private static final long serialVersionUID = 1L;

        NotStarted() {
            super("the DHT is not started: call start() first");
        }
    }

    /** It was closed, or its node has stopped. */
    public static final class Closed extends DhtException {
        private static final long serialVersionUID = 1L;

        Closed() {
            super("the DHT is closed, or its node has stopped: make another one of a node that runs");
        }
    }

    /** A configuration, or what was given with a call, cannot be used. Nothing was sent. */
    public static final class Configuration extends DhtException {
        private static final long serialVersionUID = 1L;

        private final List<String> problems;

        Configuration(List<String> problems) {
            super(String.join("; ", problems));
            this.problems = List.copyOf(problems);
        }

        /** All that is wrong, a sentence each without its full stop. */
        public List<String> problems() {
            return problems;
        }
    }

    /** No network could be joined. */
    public static final class Bootstrap extends DhtException {
        private static final long serialVersionUID = 1L;

        Bootstrap(String message) {
            super(message);
        }

        @Override
        public boolean isTransient() {
            return true;
        }
    }

    /** The routing table is empty: there is nobody to ask. */
    public static final class Routing extends DhtException {
        private static final long serialVersionUID = 1L;

        Routing(String message) {
            super(message);
        }

        @Override
        public boolean isTransient() {
            return true;
        }
    }

    /** Nobody has answered, or nobody has stored what was to be stored. */
    public static final class Network extends DhtException {
        private static final long serialVersionUID = 1L;

        Network(String message) {
            super(message);
        }

        @Override
        public boolean isTransient() {
            return true;
        }
    }

    /** This node did not begin it: it has as much under way as it may, or it does not allow this. */
    public static final class Query extends DhtException {
        private static final long serialVersionUID = 1L;

        private final boolean isTransient;

        Query(String message, boolean isTransient, Throwable cause) {
            super(message, cause);
            this.isTransient = isTransient;
        }

        @Override
        public boolean isTransient() {
            return isTransient;
        }
    }

    /** The rules of the network forbid it: a value is not valid under its key. */
    public static final class Protocol extends DhtException {
        private static final long serialVersionUID = 1L;

        Protocol(String message) {
            super(message);
        }
    }

    /** It was not done in time. */
    public static final class Timeout extends DhtException {
        private static final long serialVersionUID = 1L;

        Timeout(String message) {
            super(message);
        }
    }

    /** It was tried as often as the configuration says; the cause is what was the case at last. */
    public static final class MaxRetries extends DhtException {
        private static final long serialVersionUID = 1L;

        private final int tries;

        MaxRetries(int tries, DhtException last) {
            super("tried " + tries + " times, at last: " + last.getMessage(), last);
            this.tries = tries;
        }

        /** How often it was tried. */
        public int tries() {
            return tries;
        }
    }
}
