package dev.dunlin.core.store;

/**
 * What a machine tells whoever asked it: it echoes the ticket of the wish. An outcome has no guard and changes no state of the
 * machine that tells it; the machine that asked makes its own action of it ({@link Machine.Draft#onOutcome}).
 */
public interface Outcome extends Action.Ticketed {

    /** An outcome on the way: others follow, and at last one that is the end. */
    interface Progress extends Outcome {}
}
