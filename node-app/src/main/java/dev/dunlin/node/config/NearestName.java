package dev.dunlin.node.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known name that somebody who wrote an unknown one has most likely meant. */
public final class NearestName {

    private NearestName() {}

    /** The nearest of some names; none if all are too far away to be meant, by more than one slip in three letters. */
    public static Optional<String> of(String written, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt((String name) -> slips(written, name))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(name -> 3 * slips(written, name) <= written.length());
    }

    /**
     * How many letters are missing, too many, other ones or swapped with their neighbour (optimal string alignment); all of them where
     * one text is more than twice as long as the other.
     */
    static int slips(String one, String two) {
        if (Math.abs(one.length() - two.length()) > Math.min(one.length(), two.length())) {
            return Math.max(one.length(), two.length());
        }
        int[][] cost = new int[one.length() + 1][two.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= two.length(); j++) {
                if (i == 0 || j == 0) {
                    cost[i][j] = i + j;
                    continue;
                }
                boolean same = one.charAt(i - 1) == two.charAt(j - 1);
                cost[i][j] =
                        Math.min(cost[i - 1][j - 1] + (same ? 0 : 1), 1 + Math.min(cost[i - 1][j], cost[i][j - 1]));
                boolean swapped = i > 1
                        && j > 1
                        && one.charAt(i - 1) == two.charAt(j - 2)
                        && one.charAt(i - 2) == two.charAt(j - 1);
                if (swapped) {
                    cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
                }
            }
        }
        return cost[one.length()][two.length()];
    }
}
