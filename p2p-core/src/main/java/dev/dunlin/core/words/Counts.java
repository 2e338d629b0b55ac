package dev.dunlin.core.words;

/** Numbers of things in words. */
public final class Counts {

    private Counts() {}

    /** A number and the thing, in the plural where there is not one: {@code 1 peer}, {@code 0 peers}. */
    public static String of(long number, String thing) {
        return of(number, thing, thing + "s");
    }

    /** The same of a thing whose plural is another. */
    public static String of(long number, String one, String many) {
        return number + " " + (number == 1 ? one : many);
    }

    /** Which of several: {@code 1st}, {@code 2nd}, {@code 11th}. */
    public static String nth(long number) {
        long tens = number % 100;
        String end = tens >= 11 && tens <= 13
                ? "th"
                : switch ((int) (number % 10)) {
                    case 1 -> "st";
                    case 2 -> "nd";
                    case 3 -> "rd";
                    default -> "th";
                };
        return number + end;
    }
}
