package dev.dunlin.dht.sim;

import java.util.Locale;

/**
 * How often something was reached.
 *
 * @param tries how often it was tried
 * @param reached how often it was reached, at most as often
 * @param seconds how long a try took, of virtual time, on average
 */
record Rate(int tries, int reached, double seconds) {

    /** Of a standard normal distribution this part lies below: 95 %. */
    private static final double QUANTILE = 1.645;

    Rate and(Rate other) {
        int all = tries + other.tries;
        return new Rate(all, reached + other.reached, (seconds * tries + other.seconds * other.tries) / all);
    }

    double share() {
        return tries == 0 ? 0 : (double) reached / tries;
    }

    /** What the true share is at least, with 95 % confidence: the lower end of Wilson's interval (Wilson 1927). */
    double atLeast() {
        double square = QUANTILE * QUANTILE;
        double middle = share() + square / (2 * tries);
        double width = QUANTILE * Math.sqrt(share() * (1 - share()) / tries + square / (4.0 * tries * tries));
        return tries == 0 ? 0 : (middle - width) / (1 + square / tries);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.4f (%d of %d, %.2f s)", share(), reached, tries, seconds);
    }
}
