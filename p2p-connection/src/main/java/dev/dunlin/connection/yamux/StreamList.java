package dev.dunlin.connection.yamux;

import org.jspecify.annotations.Nullable;

/**
 * A queue of streams that a stream leaves from anywhere in constant time: the links are the streams' own. Every stream
 * has one link for each queue that it can stand in.
 */
final class StreamList {

    /** A stream's place in one queue; linked to itself while it stands in none. */
    static final class Link {
        private final @Nullable YamuxStream stream;
        private Link before = this;
        private Link after = this;

        Link(@Nullable YamuxStream stream) {
            this.stream = stream;
        }

        boolean linked() {
            return after != this;
        }

        void unlink() {
            before.after = after;
            after.before = before;
            before = this;
            after = this;
        }
    }

    private final Link ring = new Link(null);

    boolean isEmpty() {
        return !ring.linked();
    }

    /** The stream that stands longest, or null. */
    @Nullable
    YamuxStream first() {
        return ring.after.stream;
    }

    /** Puts a link at the end; if it stood here or elsewhere before, it leaves that place. */
    void addLast(Link link) {
        link.unlink();
        link.before = ring.before;
        link.after = ring;
        ring.before.after = link;
        ring.before = link;
    }
}
