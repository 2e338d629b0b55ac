package dev.dunlin.node.stepper;

import java.util.ArrayList;
import java.util.List;

/**
 * Which inputs are wanted: those that fit all that is not empty.
 *
 * @param type how their type begins
 * @param isWholeType whether that is all of it
 * @param peer a peer's id, which they name
 * @param subject what they are about, as {@code kind:key}
 * @param isRejected whether only those that something was rejected of
 * @param text what stands somewhere in them
 */
public record Wanted(String type, boolean isWholeType, String peer, String subject, boolean isRejected, String text) {

    /** All. */
    public static final Wanted ALL = new Wanted("", false, "", "", false, "");

    /** All that something was rejected of. */
    static final Wanted REJECTED = new Wanted("", false, "", "", true, "");

    private static final String TYPE = "type:";
    private static final String PEER = "peer:";
    private static final String ABOUT = "about:";
    private static final String ONLY_REJECTED = "rejected";

    /** Those of a type, or whose type begins so. */
    static Wanted ofType(String type, boolean isWhole) {
        return new Wanted(type, isWhole, "", "", false, "");
    }

    /** Those that name a peer. */
    static Wanted ofPeer(String peer) {
        return new Wanted("", false, peer, "", false, "");
    }

    /** Those about a subject. */
    static Wanted about(String subject) {
        return new Wanted("", false, "", subject, false, "");
    }

    /**
     * Reads words with spaces between: {@code type:PREFIX}, {@code peer:ID}, {@code about:KIND:KEY}, {@code rejected}; all others
     * together are the text.
     */
    static Wanted parse(String words) {
        String type = "";
        String peer = "";
        String subject = "";
        boolean rejected = false;
        List<String> text = new ArrayList<>();
        for (String word : words.strip().split("\\s+")) {
            if (word.startsWith(TYPE)) {
                type = word.substring(TYPE.length());
            } else if (word.startsWith(PEER)) {
                peer = word.substring(PEER.length());
            } else if (word.startsWith(ABOUT)) {
                subject = word.substring(ABOUT.length());
            } else if (word.equals(ONLY_REJECTED)) {
                rejected = true;
            } else {
                text.add(word);
            }
        }
        return new Wanted(type, false, peer, subject, rejected, String.join(" ", text));
    }

    /** Whether nothing is left out. */
    public boolean isAll() {
        return equals(ALL);
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        add(words, TYPE, type);
        add(words, PEER, peer);
        add(words, ABOUT, subject);
        if (isRejected) {
            words.add(ONLY_REJECTED);
        }
        add(words, "", text);
        return String.join(" ", words);
    }

    private static void add(List<String> words, String name, String value) {
        if (!value.isEmpty()) {
            words.add(name + value);
        }
    }
}
