package dev.dunlin.connection.bootstrap.wire;

import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.store.Draws;

/** How redemptions, and the databases that are made for them, are called: 26 characters of a to z and 2 to 7, which is 130 bits. */
public final class RedemptionNames {

    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyz234567";
    private static final int LENGTH = 26;

    private RedemptionNames() {}

    /** A name that no other has. */
    public static String draw(Draws random) {
        StringBuilder name = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return name.toString();
    }

    /** The name of a redemption that is the same each time: of a token's hash, who redeems it, and its key. */
    public static String of(Bytes token, String party, String key) {
        byte[] hash = Hashes.sha256(token + "\n" + party + "\n" + key).toArray();
        StringBuilder name = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            name.append(LETTERS.charAt(hash[i] & (LETTERS.length() - 1)));
        }
        return name.toString();
    }

    /** Whether a text is one: such a text is a safe name of a file and of a schema. */
    public static boolean isOne(String text) {
        return text.length() == LENGTH && text.chars().allMatch(letter -> LETTERS.indexOf(letter) >= 0);
    }
}
