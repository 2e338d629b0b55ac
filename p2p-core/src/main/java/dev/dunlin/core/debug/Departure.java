package dev.dunlin.core.debug;

import dev.dunlin.core.log.Mismatch;
import java.util.Optional;

/**
 * Which of two builds departs first from a record that both have replayed.
 *
 * @param who which one
 * @param here how this build departs, at its first step that differs
 * @param there how the other build departs, at its first step that differs
 */
public record Departure(Who who, Optional<Mismatch> here, Optional<Mismatch> there) {

    /** A build, or both. */
    public enum Who {
        /** Both replay the record to its end as it was made. */
        NEITHER,
        /** This build alone, or before the other one. */
        THIS,
        /** The other build alone, or before this one. */
        OTHER,
        /** Both at one step. */
        BOTH
    }

    /** Of the first step at which each differs from the record, if it does. */
    public static Departure of(Optional<Mismatch> here, Optional<Mismatch> there) {
        long mine = here.map(Mismatch::number).orElse(Long.MAX_VALUE);
        long theirs = there.map(Mismatch::number).orElse(Long.MAX_VALUE);
        Who who = here.isEmpty() && there.isEmpty()
                ? Who.NEITHER
                : mine < theirs ? Who.THIS : theirs < mine ? Who.OTHER : Who.BOTH;
        return new Departure(who, here, there);
    }

    /** The first departure: this build's, where both depart at one step; empty if neither does. */
    public Optional<Mismatch> first() {
        return switch (who) {
            case NEITHER -> Optional.empty();
            case THIS, BOTH -> here;
            case OTHER -> there;
        };
    }
}
