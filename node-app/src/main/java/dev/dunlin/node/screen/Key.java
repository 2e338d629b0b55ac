package dev.dunlin.node.screen;

/** A key of a terminal. */
public sealed interface Key {

    /**
     * One that writes.
     *
     * @param point what, as a code point
     */
    record Letter(int point) implements Key {}

    /** One with a name. */
    enum Named implements Key {
        LEFT,
        RIGHT,
        UP,
        DOWN,
        PAGE_UP,
        PAGE_DOWN,
        HOME,
        END,
        ENTER,
        BACKSPACE,
        ESCAPE,
        /** Any other: nothing happens. */
        UNKNOWN
    }
}
