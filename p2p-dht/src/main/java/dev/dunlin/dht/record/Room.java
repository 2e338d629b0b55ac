package dev.dunlin.dht.record;

import dev.dunlin.core.state.Bytes;
import java.util.List;
import java.util.Optional;

/** Whether there is room for something. */
sealed interface Room {

    /** How many times something is dropped to make room for one record, at most. */
    int MOST_TRIES = 16;

    /** Why there is none. */
    Optional<Refusal> refusal();

    /**
     * For a value.
     *
     * @param going the keys of those that are to make room; of none where there is no room
     */
    record ForValue(List<Bytes> going, Optional<Refusal> refusal) implements Room {
        /** Copies the list. */
        public ForValue {
            going = List.copyOf(going);
        }

        static ForValue none(Refusal why) {
            return new ForValue(List.of(), Optional.of(why));
        }
    }

    /**
     * For a provider record.
     *
     * @param displaced how many have made room
     */
    record ForProvider(int displaced, Optional<Refusal> refusal) implements Room {}
}
