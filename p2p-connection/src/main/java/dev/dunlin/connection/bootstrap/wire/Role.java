package dev.dunlin.connection.bootstrap.wire;

import java.util.Locale;
import java.util.Optional;

/** Which side makes the database (Taleus, Method 6: Role-Based Link Handshake). */
public enum Role {
    /** The listener does: two messages. */
    STOCK,
    /** The dialer does, and tells the listener: three messages. */
    FOIL;

    /** As it is written in links and settings. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The one of a word. */
    public static Optional<Role> of(String word) {
        return switch (word) {
            case "stock" -> Optional.of(STOCK);
            case "foil" -> Optional.of(FOIL);
            default -> Optional.empty();
        };
    }
}
