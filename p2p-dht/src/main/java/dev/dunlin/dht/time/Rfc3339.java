package dev.dunlin.dht.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times as text of RFC 3339, with up to nanoseconds. They are written in UTC, with {@code Z}, and with no more digits of a second than
 * they need, as go does: {@code 2026-11-21T08:30:00.25Z}. Any offset is read, and more than nine digits of a second are cut to nine. A
 * leap second is not read, as go does not read it.
 */
public final class Rfc3339 {

    /** The longest text that is read, in characters. */
    public static final int MAX_TEXT = 64;

    /** The first time that has a text: the begin of the year 0. */
    public static final Instant MIN = LocalDateTime.of(0, 1, 1, 0, 0).toInstant(ZoneOffset.UTC);

    /** The last time that has a text: the last nanosecond of the year 9999. */
    public static final Instant MAX =
            LocalDateTime.of(9999, 12, 31, 23, 59, 59, 999_999_999).toInstant(ZoneOffset.UTC);

    private static final Pattern TEXT = Pattern.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt]"
            + "([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))");

    private static final int NANO_DIGITS = 9;

    private static final DateTimeFormatter CANONICAL = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd'T'HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, NANO_DIGITS, true)
            .appendLiteral('Z')
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private static final long MICROS = 1_000_000;
    private static final int NANOS_OF_MICRO = 1000;
    private static final int MAX_HOURS = 23;
    private static final int MAX_MINUTES = 59;

    private Rfc3339() {}

    /** The time of a text; empty if it is none, or is out of the range that can be written. */
    public static Optional<Instant> parse(String text) {
        if (text.length() > MAX_TEXT) {
            return Optional.empty();
        }
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        LocalDateTime local;
        try {
            local = LocalDateTime.of(
                    number(parts, 1),
                    number(parts, 2),
                    number(parts, 3),
                    number(parts, 4),
                    number(parts, 5),
                    number(parts, 6),
                    nanos(parts));
        } catch (DateTimeException noSuchDay) {
            return Optional.empty();
        }
        long offset = 0;
        if (parts.group(8) != null) {
            int hours = number(parts, 9);
            int minutes = number(parts, 10);
            if (hours > MAX_HOURS || minutes > MAX_MINUTES) {
                return Optional.empty();
            }
            offset = (hours * 60L + minutes) * ("-".equals(parts.group(8)) ? -60 : 60);
        }
        Instant time = local.toInstant(ZoneOffset.UTC).minusSeconds(offset);
        return isInRange(time) ? Optional.of(time) : Optional.empty();
    }

    /** As {@link #parse}, in microseconds since the Unix epoch; what is below a microsecond is cut off. */
    public static OptionalLong parseMicros(String text) {
        return parse(text).map(time -> OptionalLong.of(micros(time))).orElse(OptionalLong.empty());
    }

    /**
     * The text of a time.
     *
     * @throws IllegalArgumentException if it is before {@link #MIN} or after {@link #MAX}
     */
    public static String format(Instant time) {
        if (!isInRange(time)) {
            throw new IllegalArgumentException("RFC 3339 has texts of the years 0 to 9999, not of " + time);
        }
        return CANONICAL.format(time);
    }

    /**
     * As {@link #format}, of microseconds since the Unix epoch.
     *
     * @throws IllegalArgumentException if it is before {@link #MIN} or after {@link #MAX}
     */
    public static String formatMicros(long micros) {
        return format(ofMicros(micros));
    }

    /** The time that is so many microseconds after the Unix epoch, or before it. */
    public static Instant ofMicros(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, MICROS), Math.floorMod(micros, MICROS) * NANOS_OF_MICRO);
    }

    /** The time that has a text and is nearest, in microseconds since the Unix epoch. */
    public static long nearestMicros(long micros) {
        return Math.clamp(micros, micros(MIN), micros(MAX));
    }

    private static long micros(Instant time) {
        return time.getEpochSecond() * MICROS + time.getNano() / NANOS_OF_MICRO;
    }

    private static boolean isInRange(Instant time) {
        return !time.isBefore(MIN) && !time.isAfter(MAX);
    }

    private static int number(Matcher parts, int group) {
        return Integer.parseInt(parts.group(group));
    }

    private static int nanos(Matcher parts) {
        String fraction = parts.group(7);
        if (fraction == null) {
            return 0;
        }
        int nanos = 0;
        for (int i = 0; i < NANO_DIGITS; i++) {
            nanos = nanos * 10 + (i < fraction.length() ? fraction.charAt(i) - '0' : 0);
        }
        return nanos;
    }
}
