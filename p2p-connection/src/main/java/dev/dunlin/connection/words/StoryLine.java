package dev.dunlin.connection.words;

import dev.dunlin.core.multiformats.PeerId;
import java.util.Optional;

/**
 * One event in the life of a node, for those who watch it.
 *
 * @param kind what kind of event
 * @param peer whom it is about, if it is about a peer
 * @param text the event in words, without a full stop
 * @param like what makes events alike, so that many of them are counted; of one kind
 */
public record StoryLine(Kind kind, Optional<PeerId> peer, String text, String like) {

    /** The kinds of events. */
    public enum Kind {
        /** A listener is open, or could not be opened. */
        LISTENING,
        /** A dial has begun. */
        DIALLING,
        /** A dial has failed. */
        FAILED,
        /** A connection is there. */
        CONNECTED,
        /** A peer has said what it is. */
        DESCRIBED,
        /** The last connection to a peer is gone. */
        LOST,
        /** A connection of several is gone. */
        CLOSED,
        /** A peer is banned, or is no longer. */
        BANNED,
        /** Something was refused. */
        REFUSED,
        /** The node stops. */
        STOPPING
    }

    static StoryLine of(Kind kind, PeerId peer, String text) {
        return new StoryLine(kind, Optional.of(peer), text, kind.name());
    }

    static StoryLine of(Kind kind, String text) {
        return new StoryLine(kind, Optional.empty(), text, kind.name());
    }
}
