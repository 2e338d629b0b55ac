package dev.dunlin.core.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers with units, as people write them. Whole numbers only; digits may be grouped with underscores. */
final class Amounts {

    private static final Pattern AMOUNT = Pattern.compile("(-?[0-9][0-9_]*)\\s*([A-Za-zµ]*)");

    // The greatest first.
    private static final List<Unit> TIMES = List.of(
            new Unit("d", 86_400_000_000L),
            new Unit("h", 3_600_000_000L),
            new Unit("m", 60_000_000),
            new Unit("s", 1_000_000),
            new Unit("ms", 1_000),
            new Unit("us", 1));
    private static final List<Unit> SIZES = List.of(
            new Unit("TiB", 1L << 40),
            new Unit("GiB", 1L << 30),
            new Unit("MiB", 1L << 20),
            new Unit("KiB", 1L << 10),
            new Unit("B", 1));

    private Amounts() {}

    private record Unit(String name, long of) {}

    static long count(String text) throws BadValueException {
        Matcher parts = AMOUNT.matcher(text);
        if (!parts.matches() || !parts.group(2).isEmpty()) {
            throw new BadValueException("is no whole number");
        }
        return number(parts.group(1));
    }

    static long time(String text) throws BadValueException {
        return with(text, TIMES, "is no time: write a number with d, h, m, s, ms or us, such as 15s");
    }

    static long size(String text) throws BadValueException {
        return with(text, SIZES, "is no size: write a number with B, KiB, MiB, GiB or TiB, such as 16MiB");
    }

    private static long with(String text, List<Unit> units, String otherwise) throws BadValueException {
        Matcher parts = AMOUNT.matcher(text);
        if (!parts.matches()) {
            throw new BadValueException(otherwise);
        }
        long number = number(parts.group(1));
        // Nothing is nothing, whatever it is measured in.
        if (parts.group(2).isEmpty() && number == 0) {
            return 0;
        }
        for (Unit unit : units) {
            if (unit.name.equals(parts.group(2))) {
                return times(number, unit.of);
            }
        }
        throw new BadValueException(otherwise);
    }

    // What is beyond a long is beyond every range.
    private static long number(String digits) {
        String plain = digits.replace("_", "");
        try {
            return Long.parseLong(plain);
        } catch (NumberFormatException tooLong) {
            return plain.startsWith("-") ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    private static long times(long number, long unit) {
        long high = Math.multiplyHigh(number, unit);
        long low = number * unit;
        boolean fits = high == 0 && low >= 0 || high == -1 && low < 0;
        return fits ? low : number < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }

    static String timeOf(String micros) {
        return in(micros, TIMES);
    }

    static String sizeOf(String bytes) {
        return in(bytes, SIZES);
    }

    // In the greatest unit that says it exactly; a written form that is read back gives the same.
    private static String in(String recorded, List<Unit> units) {
        long number;
        try {
            number = Long.parseLong(recorded);
        } catch (NumberFormatException notOurs) {
            return recorded;
        }
        if (number == 0) {
            return "0";
        }
        for (Unit unit : units) {
            if (number % unit.of == 0) {
                return number / unit.of + unit.name;
            }
        }
        return recorded;
    }
}
