package dev.dunlin.dht.operation;

/**
 * Quantiles of the gamma distribution with scale 1. Of nodes that are spread evenly over the id space, so densely that one is expected in each
 * unit of distance, the k-th nearest to an id lies within a distance with the probability that this distribution of shape k gives.
 *
 * <p>The same on every machine: it is made of {@link StrictMath}.
 */
final class GammaQuantile {

    private GammaQuantile() {}

    /** As many halvings as a double has bits of mantissa. */
    private static final int STEPS = 64;

    private static final double HALF = 0.5;

    /**
     * The distance within which a gamma variable lies with a probability.
     *
     * @param halves twice the shape, at least 1
     * @param probability more than 0 and less than 1
     * @throws IllegalArgumentException if they are not in range
     */
    static double of(int halves, double probability) {
        if (halves < 1 || !(probability > 0 && probability < 1)) {
            throw new IllegalArgumentException("a gamma distribution has a positive shape and a probability between 0"
                    + " and 1, not " + halves * HALF + " and " + probability);
        }
        double shape = halves * HALF;
        double logGamma = logGamma(halves);
        double low = 0;
        double high = 1;
        while (below(shape, logGamma, high) < probability) {
            high *= 2;
        }
        for (int i = 0; i < STEPS; i++) {
            double middle = (low + high) / 2;
            if (below(shape, logGamma, middle) < probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** The regularised lower incomplete gamma function, by its series (Abramowitz and Stegun, 6.5.29). */
    private static double below(double shape, double logGamma, double x) {
        double term = StrictMath.exp(shape * StrictMath.log(x) - x - logGamma) / shape;
        double sum = 0;
        for (int i = 1; sum + term > sum; i++) {
            sum += term;
            term *= x / (shape + i);
        }
        return sum;
    }

    /** The logarithm of the gamma function of half a number, from that of 1 or of one half. */
    private static double logGamma(int halves) {
        boolean isWhole = halves % 2 == 0;
        double sum = isWhole ? 0 : StrictMath.log(StrictMath.PI) / 2;
        for (double factor = isWhole ? 1 : HALF; factor < halves * HALF; factor++) {
            sum += StrictMath.log(factor);
        }
        return sum;
    }
}
