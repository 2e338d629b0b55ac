package dev.dunlin.node.stepper;

import java.util.List;

/** What is shown of the step at which the user stands. */
enum Pane {
    /** The actions and effects that the input led to. */
    LED_TO('w', "what it led to"),
    /** The fields that it changed. */
    CHANGED('d', "fields it changed"),
    /** The whole state after it. */
    STATE('s', "state");

    private final char command;
    private final String title;

    Pane(char command, String title) {
        this.command = command;
        this.title = title;
    }

    char command() {
        return command;
    }

    String title() {
        return title;
    }

    /** Its lines at a step. */
    List<String> lines(Past past, long step) {
        return switch (this) {
            case LED_TO -> past.ledTo(step);
            case CHANGED -> past.changed(step);
            case STATE -> past.state(step);
        };
    }
}
