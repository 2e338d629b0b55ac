package dev.dunlin.connection.words;

/**
 * What is the case with a peer: the answer to "why is this peer not connected?".
 *
 * @param state what is the case, since when and for what reason
 * @param next what will happen next
 * @param advice what can be done
 */
public record PeerAnswer(String state, String next, String advice) {
    /** All of it, a line each. */
    public String text() {
        return state + "\nnext: " + next + "\ndo: " + advice;
    }
}
