package dev.dunlin.node;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** From when on a log is listed. */
sealed interface Since {

    /** As many microseconds since 1970 as that is, in a log whose last input came at {@code end}. */
    long micros(long end);

    /**
     * A moment.
     *
     * @param micros since 1970
     */
    record At(long micros) implements Since {
        @Override
        public long micros(long end) {
            return micros;
        }
    }

    /**
     * So long before the log's end.
     *
     * @param micros how long
     */
    record Back(long micros) implements Since {
        @Override
        public long micros(long end) {
            return end - micros;
        }
    }

    /** Reads either from the command line. */
    final class Converter implements ITypeConverter<Since> {

        private static final Pattern BACK =
                Pattern.compile("(?=\\d)(?:(\\d{1,5})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");

        @Override
        public Since convert(String text) {
            Matcher back = BACK.matcher(text);
            if (back.matches()) {
                Duration all = Duration.ofDays(number(back.group(1)))
                        .plusHours(number(back.group(2)))
                        .plusMinutes(number(back.group(3)))
                        .plusSeconds(number(back.group(4)));
                return new Back(all.toSeconds() * 1_000_000);
            }
            try {
                return new At(ChronoUnit.MICROS.between(
                        Instant.EPOCH, OffsetDateTime.parse(text).toInstant()));
            } catch (DateTimeException | ArithmeticException bad) {
                throw new TypeConversionException("'" + text
                        + "' is no time; write a moment as 2026-11-28T10:00:00Z, or how long before the log's end as 10m,"
                        + " 2h or 1d12h");
            }
        }

        private static long number(String digits) {
            return digits == null ? 0 : Long.parseLong(digits);
        }
    }
}
