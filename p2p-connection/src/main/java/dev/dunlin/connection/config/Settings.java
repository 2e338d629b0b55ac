package dev.dunlin.connection.config;

import dev.dunlin.core.state.Table;

/** Reads numbers of a configuration whose texts were checked, with a message to the operator, before the boot. */
public final class Settings {

    private Settings() {}

    /**
     * A whole number of the configuration.
     *
     * @param otherwise what stands for a missing value, and for one that is no number from {@code least} to
     *     {@code most}: a boot that is recorded must be replayable whatever its configuration says
     */
    public static long number(Table<String, String> config, String key, long otherwise, long least, long most) {
        String text = config.or(key, "");
        try {
            long value = Long.parseLong(text);
            return value < least || value > most ? otherwise : value;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
