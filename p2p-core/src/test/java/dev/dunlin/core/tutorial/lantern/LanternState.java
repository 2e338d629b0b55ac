package dev.dunlin.core.tutorial.lantern;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Subject;
import dev.dunlin.core.store.Ticket;

/** The lanterns that are not dark, by name. */
record LanternState(Table<String, Lantern> lanterns) {
    static final LanternState DARK = new LanternState(Table.empty());

    /** A match was struck for it, or it is lit; either way, not beyond a time. */
    record Lantern(Ticket ticket, boolean lit, long at) implements Due {}

    String phase(Subject subject) {
        return lanterns.find(subject.key())
                .map(lantern -> lantern.lit() ? "lit" : "struck")
                .orElse("dark");
    }
}
