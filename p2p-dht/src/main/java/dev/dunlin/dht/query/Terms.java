package dev.dunlin.dht.query;

/**
 * How a lookup goes on and when it ends.
 *
 * @param wanted how many of the nearest nodes are looked for, Kademlia's k, 1 to {@value #MOST_WANTED}
 * @param width how many are asked at the same time while it comes nearer, Kademlia's alpha, 1 to {@value #MOST_WANTED}
 * @param ends when it has come near enough
 * @param widens whether as many as are wanted are asked at the same time once as many answers in a row as its width have named nobody
 *     nearer
 * @param paths how many lookups that ask no node in common go on side by side (Baumgart and Mies 2007, S/Kademlia), 1 to
 *     {@value #MOST_PATHS}; 1 is a plain lookup
 */
public record Terms(int wanted, int width, Termination ends, boolean widens, int paths) {

    /** The most nodes of one lookup. */
    public static final int MOST_WANTED = 256;

    /** The most disjoint paths of one lookup. */
    public static final int MOST_PATHS = 16;

    private static final int STANDARD_WIDTH = 3;
    private static final int STANDARD_BETA = 3;

    /** Checks the ranges. */
    public Terms {
        if (wanted < 1 || wanted > MOST_WANTED || width < 1 || width > MOST_WANTED) {
            throw new IllegalArgumentException("a lookup is for 1 to " + MOST_WANTED
                    + " nodes and asks as many at a time, not " + wanted + " and " + width);
        }
        if (paths < 1 || paths > MOST_PATHS) {
            throw new IllegalArgumentException("a lookup has 1 to " + MOST_PATHS + " paths, not " + paths);
        }
        if (ends instanceof Termination.Nearest nearest && (nearest.beta() < 1 || nearest.beta() > wanted)) {
            throw new IllegalArgumentException(
                    "a lookup for " + wanted + " nodes ends after 1 to as many, not " + nearest.beta());
        }
    }

    /**
     * Three at a time until the nearest three have answered, then the rest of the wanted at once: at a million nodes this takes about as
     * many questions as the slowest way and hardly more time than the widest.
     */
    public static Terms standard(int wanted) {
        return new Terms(
                wanted, STANDARD_WIDTH, new Termination.Nearest(Math.min(STANDARD_BETA, wanted), true), true, 1);
    }

    /** When a lookup has come near enough. It also ends when nobody is left to ask. */
    public sealed interface Termination {

        /** When as many as are wanted have answered that are nearer than all others it knows (libp2p/specs kad-dht/README.md). */
        record Closest() implements Termination {}

        /**
         * When some have answered that are nearer than all others it knows (ipfs/specs src/routing/kad-dht.md, "Termination").
         *
         * @param beta how many, 1 to the wanted
         * @param followUp whether the rest of the wanted are asked then, all at the same time, before it ends; and one more for each
         *     two that do not answer, since who is gone takes a place in what others name
         */
        record Nearest(int beta, boolean followUp) implements Termination {}
    }
}
