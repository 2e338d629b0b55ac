package dev.dunlin.core.config;

import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.multiformats.MultiformatException;
import dev.dunlin.core.multiformats.PeerId;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a value may be. A value has two forms: the written one, which people write and read ({@code 15s}, {@code 16MiB}), and the
 * recorded one, which stands in the boot of a log and is what machines read: of times, microseconds; of sizes, bytes; of flags,
 * {@code true} or {@code false}; of lists, the members with commas between them.
 */
public sealed interface Kind {

    /**
     * A whole number.
     *
     * @param least the smallest
     * @param most the greatest
     */
    record Count(long least, long most) implements Kind {
        /** Checks the range. */
        public Count {
            ordered(least, most);
        }
    }

    /**
     * A size in bytes.
     *
     * @param least the smallest
     * @param most the greatest
     */
    record Size(long least, long most) implements Kind {
        /** Checks the range. */
        public Size {
            ordered(least, most);
        }
    }

    /**
     * A time in microseconds.
     *
     * @param least the shortest
     * @param most the longest
     */
    record Time(long least, long most) implements Kind {
        /** Checks the range. */
        public Time {
            ordered(least, most);
        }
    }

    /** Yes or no. */
    record Flag() implements Kind {}

    /** A text. */
    sealed interface Words extends Kind permits Free, Formed {}

    /**
     * A text without control characters.
     *
     * @param longest its length at most, in characters
     */
    record Free(int longest) implements Words {}

    /**
     * A text of a form that whoever declares it knows.
     *
     * @param range what may be written, for people
     * @param form makes the recorded form, which reads back as itself
     */
    record Formed(String range, Form form) implements Words {}

    /** Reads a text of a form of its own. */
    @FunctionalInterface
    interface Form {

        /**
         * The recorded form of what somebody wrote.
         *
         * @throws BadValueException if it has not that form
         */
        String recorded(String written) throws BadValueException;
    }

    /**
     * One of some names.
     *
     * @param names in the order in which they are told
     */
    record OneOf(List<String> names) implements Kind {
        /** Copies the list. */
        public OneOf {
            names = List.copyOf(names);
        }
    }

    /**
     * Several texts without commas and control characters.
     *
     * @param of what each of them is, for people, such as {@code addresses}
     * @param most how many at most
     * @param longest the length of each at most, in characters
     */
    record Several(String of, int most, int longest) implements Kind {}

    /**
     * Several multiaddrs.
     *
     * @param most how many at most
     */
    record Addresses(int most) implements Kind {}

    /** The id of a peer. */
    record Peer() implements Kind {}

    private static void ordered(long least, long most) {
        if (least < 0 || least > most) {
            throw new IllegalArgumentException("a range is from 0 or more up, not from " + least + " to " + most);
        }
    }

    /**
     * The recorded form of what somebody wrote.
     *
     * @throws BadValueException if it is no value of this kind
     */
    default String recorded(String written) throws BadValueException {
        String text = written.strip();
        return switch (this) {
            case Count(long least, long most) -> ranged(Amounts.count(text), least, most);
            case Size(long least, long most) -> ranged(Amounts.size(text), least, most);
            case Time(long least, long most) -> ranged(Amounts.time(text), least, most);
            case Flag() -> flag(text);
            case Free(int longest) -> text(text, longest);
            case Formed(String _, Form form) -> form.recorded(text);
            case OneOf(List<String> names) -> {
                if (!names.contains(text)) {
                    throw new BadValueException("is none of " + String.join(", ", names));
                }
                yield text;
            }
            case Several(String of, int most, int longest) -> several(text, of, most, longest);
            case Addresses(int most) -> addresses(several(text, "addresses", most, Multiaddr.MAX_TEXT));
            case Peer() -> peer(text);
        };
    }

    private String ranged(long value, long least, long most) throws BadValueException {
        if (value < least || value > most) {
            throw new BadValueException(
                    "is " + (value < least ? "below " : "above ") + shown(Long.toString(value < least ? least : most)));
        }
        return Long.toString(value);
    }

    private static String flag(String text) throws BadValueException {
        if (!text.equals("true") && !text.equals("false")) {
            throw new BadValueException("is neither true nor false");
        }
        return text;
    }

    private static String text(String text, int longest) throws BadValueException {
        if (text.length() > longest) {
            throw new BadValueException("has " + text.length() + " characters, and may have " + longest);
        }
        if (text.chars().anyMatch(Character::isISOControl)) {
            throw new BadValueException("has a control character in it");
        }
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new BadValueException("has half of a character in it");
        }
        return text;
    }

    private static String several(String text, String of, int most, int longest) throws BadValueException {
        List<String> all = new ArrayList<>();
        for (String one : text.split(",", -1)) {
            String name = text(one.strip(), longest);
            if (!name.isEmpty()) {
                all.add(name);
            }
        }
        if (all.size() > most) {
            throw new BadValueException("has " + all.size() + " " + of + ", and may have " + most);
        }
        return String.join(",", all);
    }

    private static String addresses(String text) throws BadValueException {
        List<String> all = new ArrayList<>();
        for (String one : text.isEmpty() ? new String[0] : text.split(",")) {
            try {
                all.add(Multiaddr.parse(one).toString());
            } catch (MultiformatException e) {
                throw new BadValueException("has an address that is none, " + one + " (" + e.getMessage()
                        + "): write it as /ip4/127.0.0.1/tcp/4001");
            }
        }
        return String.join(",", all);
    }

    private static String peer(String text) throws BadValueException {
        try {
            return PeerId.parse(text).toString();
        } catch (MultiformatException e) {
            throw new BadValueException("is no peer's id (" + e.getMessage() + "): write it as 12D3KooW…");
        }
    }

    /** The written form of a recorded value. */
    default String shown(String recorded) {
        return switch (this) {
            case Size _ -> Amounts.sizeOf(recorded);
            case Time _ -> Amounts.timeOf(recorded);
            case Count _, Flag _, Words _, OneOf _, Several _, Addresses _, Peer _ -> recorded;
        };
    }

    /** What may be written, for people. */
    default String range() {
        return switch (this) {
            case Count(long least, long most) -> "a number from " + least + " to " + most;
            case Size(long least, long most) ->
                "a size from " + shown(Long.toString(least)) + " to " + shown(Long.toString(most)) + ", such as 16MiB";
            case Time(long least, long most) ->
                "a time from " + shown(Long.toString(least)) + " to " + shown(Long.toString(most)) + ", such as 15s";
            case Flag() -> "true or false";
            case Formed(String range, Form _) -> range;
            case Free(int longest) -> "a text of at most " + longest + " characters";
            case OneOf(List<String> names) -> names.stream().collect(Collectors.joining(", ", "one of ", ""));
            case Several(String of, int most, int _) -> "at most " + most + " " + of;
            case Addresses(int most) -> most == 1 ? "an address" : "at most " + most + " addresses";
            case Peer() -> "a peer's id";
        };
    }
}
