package dev.dunlin.node;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** One end of the part of a log that is listed: a step, or when it was. */
sealed interface Moment {

    /**
     * A step.
     *
     * @param number of its input
     */
    record Step(long number) implements Moment {}

    /**
     * A time, as the list shows it or before the log's end.
     *
     * @param since when
     */
    record Time(Since since) implements Moment {}

    /** Reads either from the command line. */
    final class Converter implements ITypeConverter<Moment> {

        @Override
        public Moment convert(String text) {
            if (text.matches("-?\\d{1,18}")) {
                return new Step(Long.parseLong(text));
            }
            try {
                return new Time(new Since.Converter().convert(text));
            } catch (TypeConversionException none) {
                throw new TypeConversionException("'" + text
                        + "' is neither a step nor a time; write a step as 120, a moment as 2026-11-28T10:00:00Z, or how"
                        + " long before the log's end as 10m, 2h or 1d12h");
            }
        }
    }
}
