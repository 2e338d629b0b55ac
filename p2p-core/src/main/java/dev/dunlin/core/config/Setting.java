package dev.dunlin.core.config;

import dev.dunlin.core.state.Table;
import java.util.List;

/**
 * One key of the configuration.
 *
 * @param key its name: what it belongs to, a dot, and a name in camel case
 * @param kind what its value may be
 * @param standard the recorded form of the value where nothing else is said; a value of the kind
 * @param meaning what it means, in words that go on behind the key, without a full stop at the end
 * @param live whether it may be changed while the node runs
 */
public record Setting(String key, Kind kind, String standard, String meaning, boolean live) {

    /** What stands in the key of a setting that there is once for each of something, such as a protocol. */
    public static final String EACH = "*";

    /**
     * Checks that the standard value is one.
     *
     * @throws IllegalArgumentException if it is not
     */
    public Setting {
        try {
            if (!kind.recorded(kind.shown(standard)).equals(standard)) {
                throw new IllegalArgumentException(key + " has a standard value that reads back as another");
            }
        } catch (BadValueException e) {
            throw new IllegalArgumentException(key + " = " + standard + " " + e.why(), e);
        }
    }

    /** A whole number, from {@code least} to {@code most}. */
    public static Setting count(String key, long standard, long least, long most, String meaning) {
        return new Setting(key, new Kind.Count(least, most), Long.toString(standard), meaning, false);
    }

    /** A size in bytes, from {@code least} to {@code most}. */
    public static Setting size(String key, long standard, long least, long most, String meaning) {
        return new Setting(key, new Kind.Size(least, most), Long.toString(standard), meaning, false);
    }

    /** A time in microseconds, from {@code least} to {@code most}. */
    public static Setting time(String key, long standard, long least, long most, String meaning) {
        return new Setting(key, new Kind.Time(least, most), Long.toString(standard), meaning, false);
    }

    /** Yes or no. */
    public static Setting flag(String key, boolean standard, String meaning) {
        return new Setting(key, new Kind.Flag(), Boolean.toString(standard), meaning, false);
    }

    /** A text of at most so many characters. */
    public static Setting words(String key, String standard, int longest, String meaning) {
        return new Setting(key, new Kind.Free(longest), standard, meaning, false);
    }

    /** This, to be changed while the node runs. */
    public Setting alive() {
        return new Setting(key, kind, standard, meaning, true);
    }

    /** Whether there is one of it for each of something. */
    public boolean isFamily() {
        return key.endsWith("." + EACH);
    }

    /** Whether a key is this one, or one of this family. */
    public boolean isOf(String name) {
        return isFamily() ? name.length() >= key.length() && name.startsWith(stem()) : name.equals(key);
    }

    /** The key of a family without what differs; with the dot. */
    public String stem() {
        return key.substring(0, key.length() - EACH.length());
    }

    /**
     * The recorded value that a configuration has for this; the standard one where it has none, or none that is in its range: a boot
     * that is recorded must be replayable whatever its configuration says.
     */
    public String of(Table<String, String> config) {
        return value(config.or(key, standard));
    }

    private String value(String recorded) {
        try {
            return kind.recorded(kind.shown(recorded));
        } catch (BadValueException e) {
            return standard;
        }
    }

    /** As {@link #of}, of a number, a size or a time. */
    public long number(Table<String, String> config) {
        return numberOf(config.or(key, standard));
    }

    /**
     * The number that a recorded value is, as {@link #of}.
     *
     * @throws IllegalStateException if this is no number, size or time
     */
    public long numberOf(String recorded) {
        return switch (kind) {
            case Kind.Count(long least, long most) -> within(recorded, least, most);
            case Kind.Size(long least, long most) -> within(recorded, least, most);
            case Kind.Time(long least, long most) -> within(recorded, least, most);
            case Kind.Flag _, Kind.Words _, Kind.OneOf _, Kind.Several _, Kind.Addresses _, Kind.Peer _ ->
                throw new IllegalStateException(key + " is no number");
        };
    }

    private long within(String recorded, long least, long most) {
        try {
            long value = Long.parseLong(recorded);
            return value < least || value > most ? Long.parseLong(standard) : value;
        } catch (NumberFormatException e) {
            return Long.parseLong(standard);
        }
    }

    /** As {@link #number}, where the range is that of an int. */
    public int integer(Table<String, String> config) {
        return Math.toIntExact(number(config));
    }

    /** As {@link #of}, of a flag. */
    public boolean isOn(Table<String, String> config) {
        return of(config).equals("true");
    }

    /** As {@link #of}, of several. */
    public List<String> all(Table<String, String> config) {
        String text = of(config);
        return text.isEmpty() ? List.of() : List.of(text.split(","));
    }
}
