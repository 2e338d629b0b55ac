package dev.dunlin.connection.bootstrap.ledger;

import dev.dunlin.core.state.Bytes;
import java.util.HexFormat;
import java.util.List;

/**
 * What an entry of the trail tells.
 *
 * @param kind what has happened, a word such as {@code reserved}
 * @param session the number of the session; 0 if it is of none
 * @param peer the peer's id; empty if it is of none
 * @param token the first characters of the token's hash; empty if it is of none
 * @param redemption the name of the redemption; empty if it is of none
 * @param code how it ended, such as {@code INVALID_TOKEN}; empty if it has not
 * @param detail more of it, in words of this program; at most {@link #MOST_DETAIL} characters
 * @param count of how many like ones it tells, at least 1
 */
public record Event(
        String kind,
        long session,
        String peer,
        String token,
        String redemption,
        String code,
        String detail,
        long count) {

    /** The longest detail, in characters. */
    public static final int MOST_DETAIL = 500;

    /** How many digits of a token's hash are told. */
    public static final int TOKEN_DIGITS = 12;

    /** Checks the bounds. */
    public Event {
        if (detail.length() > MOST_DETAIL || count < 1) {
            throw new IllegalArgumentException(
                    "the detail of an event has " + MOST_DETAIL + " characters at most, and it counts at least 1");
        }
    }

    /** What is told of a token's hash; nothing of none. */
    public static String digits(Bytes hash) {
        String all = HexFormat.of().formatHex(hash.toArray());
        return all.substring(0, Math.min(TOKEN_DIGITS, all.length()));
    }

    /** All of it as one text: two different events have different ones. */
    String canonical() {
        StringBuilder text = new StringBuilder();
        for (String field :
                List.of(kind, Long.toString(session), peer, token, redemption, code, detail, Long.toString(count))) {
            text.append(field.length()).append(':').append(field).append('\n');
        }
        return text.toString();
    }
}
