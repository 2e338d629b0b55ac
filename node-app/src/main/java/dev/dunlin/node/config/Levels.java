package dev.dunlin.node.config;

import dev.dunlin.core.config.BadValueException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * From which level on loggers write: one level for all, and others for some of them and what is below them.
 *
 * @param all the level where nothing else is said
 * @param some levels by the names of their loggers
 */
public record Levels(String all, Map<String, String> some) {

    /** The levels, from the most silent on. */
    public static final List<String> NAMES = List.of("off", "error", "warn", "info", "debug", "trace");

    /** What may be written, for people. */
    public static final String RANGE =
            String.join(", ", NAMES) + ", and for some loggers others, such as info, dev.dunlin.connection=debug";

    private static final String STANDARD = "info";

    private static final int MOST = 64;
    private static final int LONGEST = 128;
    private static final int MOST_SHOWN = 40;

    private static final Pattern LOGGER = Pattern.compile("[A-Za-z_$][\\w$-]*(\\.[\\w$-]+)*");

    /** Copies the map. */
    public Levels {
        some = new TreeMap<>(some);
    }

    /**
     * Those that somebody wrote: a level, and loggers with theirs, with commas between them.
     *
     * @throws BadValueException if an entry is neither, or is there twice, or if there are too many
     */
    public static Levels parse(String text) throws BadValueException {
        List<String> plain = new ArrayList<>();
        Map<String, String> some = new TreeMap<>();
        String[] entries = text.split(",", -1);
        if (entries.length > MOST) {
            throw new BadValueException("has " + entries.length + " entries, and may have " + MOST);
        }
        for (String entry : entries) {
            int equals = entry.indexOf('=');
            String level = level(entry.substring(equals + 1).strip());
            if (equals < 0) {
                plain.add(level);
            } else if (some.put(logger(entry.substring(0, equals).strip()), level) != null) {
                throw new BadValueException(
                        "has the logger " + shown(entry.substring(0, equals).strip()) + " twice: leave one out");
            }
        }
        if (plain.size() > 1) {
            throw new BadValueException("has " + plain.size() + " levels for all loggers, "
                    + String.join(" and ", plain) + ": name a logger before one of them, or leave it out");
        }
        return new Levels(plain.isEmpty() ? STANDARD : plain.getFirst(), some);
    }

    private static String level(String written) throws BadValueException {
        if (written.isEmpty()) {
            throw new BadValueException("has an entry without a level");
        }
        if (!NAMES.contains(written)) {
            throw new BadValueException("has the level " + shown(written) + ", which there is not"
                    + NearestName.of(written, NAMES)
                            .map(near -> ": did you mean " + near + "?")
                            .orElse(""));
        }
        return written;
    }

    private static String logger(String written) throws BadValueException {
        if (written.length() > LONGEST || !LOGGER.matcher(written).matches()) {
            throw new BadValueException("has the logger '" + shown(written)
                    + "', which is no name with dots between its parts, of at most " + LONGEST + " characters");
        }
        if (written.equalsIgnoreCase("root")) {
            throw new BadValueException(
                    "has the logger " + written + ": a level without a name before it is for all loggers");
        }
        return written;
    }

    private static String shown(String text) {
        String plain = text.replaceAll("\\p{Cntrl}", " ");
        return plain.length() <= MOST_SHOWN ? plain : plain.substring(0, MOST_SHOWN - 1) + "…";
    }

    /** As they are recorded: what {@link #parse} reads back as the same. */
    public String text() {
        String rest = some.entrySet().stream()
                .map(one -> "," + one.getKey() + "=" + one.getValue())
                .collect(Collectors.joining());
        return all + rest;
    }
}
