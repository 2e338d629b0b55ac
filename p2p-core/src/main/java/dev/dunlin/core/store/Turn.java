package dev.dunlin.core.store;

import dev.dunlin.core.state.Content;
import dev.dunlin.core.state.Digest;
import dev.dunlin.core.state.Hasher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One input and all that it led to, in the order of dispatch: entry 0 is the input, the others are derived actions and
 * effects. Immutable; encoded, digested and carried out after the store has gone on.
 */
public final class Turn {

    private final long number;
    private final long now;
    private final Input input;
    private final Action[] entries;
    private final int[] causes;
    private final @Nullable Verdict[] verdicts;
    private final List<Changed> changed;
    private final boolean durable;

    /**
     * A machine whose state is another object after the input than before. Whether its content differs, too, the two digests tell:
     * a reducer may return an equal state, and whether that is the very same object depends on where the run began.
     *
     * @param machine its name
     * @param before its state before the input
     * @param state its state after the input
     */
    public record Changed(String machine, Object before, Object state) {}

    /**
     * An effect and its id.
     *
     * @param id the id that the answer carries
     * @param effect what is asked
     */
    public record Emitted(ActionId id, Effect effect) {}

    Turn(
            long number,
            long now,
            Input input,
            Action[] entries,
            int[] causes,
            @Nullable Verdict[] verdicts,
            List<Changed> changed,
            boolean durable) {
        this.number = number;
        this.now = now;
        this.input = input;
        this.entries = entries;
        this.causes = causes;
        this.verdicts = verdicts;
        this.changed = changed;
        this.durable = durable;
    }

    /** The input's number, from 1. */
    public long number() {
        return number;
    }

    /** The input's time, microseconds of the node's time. */
    public long now() {
        return now;
    }

    /** The input. */
    public Input input() {
        return input;
    }

    /** How many entries: the input, derived actions, effects. */
    public int size() {
        return entries.length;
    }

    /** The action or effect at an index. */
    public Action entry(int index) {
        return entries[index];
    }

    /** The id of the entry at an index. */
    public ActionId id(int index) {
        return new ActionId(number, index);
    }

    /** What led to the entry at an index; for the input, the effect that it answers. */
    public ActionId cause(int index) {
        return index == 0 ? input.answers() : new ActionId(number, causes[index]);
    }

    /** Why an entry was disabled; {@code null} if it was not, or is an effect. */
    public Verdict.@Nullable Disabled rejection(int index) {
        return verdicts[index] instanceof Verdict.Disabled disabled ? disabled : null;
    }

    /** The effects, in order. */
    public List<Emitted> effects() {
        List<Emitted> effects = List.of();
        for (int i = 1; i < entries.length; i++) {
            if (entries[i] instanceof Effect effect) {
                if (effects.isEmpty()) {
                    effects = new ArrayList<>();
                }
                effects.add(new Emitted(id(i), effect));
            }
        }
        return effects;
    }

    /** The machines that changed, in mounting order. */
    public List<Changed> changed() {
        return changed;
    }

    /** The digests of the states whose content changed, by machine in mounting order. Costs what changed; for any thread. */
    public Map<String, Digest> changedDigests() {
        return new MachineDigests().changedBy(this);
    }

    /** Whether an effect among these waits for the disk. */
    public boolean durable() {
        return durable;
    }

    /** The digest of all derived actions and effects, their order and causes, and which of them were disabled. */
    public Digest derived() {
        if (entries.length == 1) {
            return Digest.ZERO;
        }
        Hasher hasher = new Hasher();
        feedDerived(hasher);
        return hasher.finish();
    }

    /** Feeds what {@link #derived} is the digest of. */
    public void feedDerived(Hasher sink) {
        for (int i = 1; i < entries.length; i++) {
            sink.putInt(causes[i]);
            sink.putBoolean(rejection(i) != null);
            Content.feed(entries[i], sink);
        }
    }
}
