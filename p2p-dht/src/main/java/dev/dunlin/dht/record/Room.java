package dev.dunlin.dht.record;

import java.util.Optional;

/**
 * Whether there is room for something.
 *
 * @param store what is to be put there into, without what made room
 * @param displaced how many records made room, or were to
 * @param refusal why there is none
 */
record Room<S>(S store, int displaced, Optional<Refusal> refusal) {

    /** How many times something is dropped to make room for one record, at most. */
    static final int MOST_TRIES = 16;

    static <S> Room<S> in(S store, int displaced) {
        return new Room<>(store, displaced, Optional.empty());
    }

    /** Then all stays. */
    static <S> Room<S> none(S store, Refusal why) {
        return new Room<>(store, 0, Optional.of(why));
    }
}
