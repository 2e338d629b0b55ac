package dev.dunlin.node.stepper;

import java.util.Optional;

/**
 * Where the user stands, and what is shown.
 *
 * @param step the step
 * @param pane what is shown of it
 * @param scroll how many lines of that are above the screen
 * @param found the line of it that a search has found; -1 if none
 * @param filter the steps that are listed and gone to
 * @param search what was last searched for in a pane; empty if nothing
 * @param typing what the user is typing, if a command waits for it
 * @param help whether the help is shown instead
 * @param message what there is to say; empty if nothing
 * @param quit whether the user is done
 */
record Model(
        long step,
        Pane pane,
        int scroll,
        int found,
        Wanted filter,
        String search,
        Optional<Typing> typing,
        boolean help,
        String message,
        boolean quit) {

    /**
     * What is typed behind a command.
     *
     * @param command which
     * @param text so far
     */
    record Typing(char command, String text) {}

    /** At a step, nothing typed yet. */
    static Model at(long step) {
        return new Model(step, Pane.LED_TO, 0, -1, Wanted.ALL, "", Optional.empty(), false, "", false);
    }

    // Who watches the state stays at the same place of it.
    Model going(long to) {
        return new Model(to, pane, pane == Pane.STATE ? scroll : 0, -1, filter, search, typing, help, message, quit);
    }

    Model showing(Pane other) {
        return new Model(step, other, pane == other ? scroll : 0, -1, filter, search, typing, false, message, quit);
    }

    Model scrolled(int lines) {
        return new Model(step, pane, Math.max(0, lines), found, filter, search, typing, help, message, quit);
    }

    Model found(String text, int line) {
        return new Model(step, pane, scroll, line, filter, text, typing, help, message, quit);
    }

    Model only(Wanted wanted) {
        return new Model(step, pane, scroll, found, wanted, search, typing, help, message, quit);
    }

    Model typing(Optional<Typing> what) {
        return new Model(step, pane, scroll, found, filter, search, what, help, message, quit);
    }

    Model helping(boolean shown) {
        return new Model(step, pane, scroll, found, filter, search, typing, shown, message, quit);
    }

    Model saying(String text) {
        return new Model(step, pane, scroll, found, filter, search, typing, help, text, quit);
    }

    Model quitting() {
        return new Model(step, pane, scroll, found, filter, search, typing, help, message, true);
    }
}
