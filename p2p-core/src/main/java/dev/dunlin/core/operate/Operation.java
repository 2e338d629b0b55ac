package dev.dunlin.core.operate;

import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Ticket;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something that an operator asks of a machine.
 *
 * @param <V> what of the root it sees
 * @param <S> the machine's state
 * @param <A> what is answered: a record of texts, numbers, booleans, enums, optionals, lists, and records of these
 */
public sealed interface Operation<V, S, A extends Record> {

    /** Its name on a command line: one or two words in kebab case. */
    String name();

    /** Its HTTP path below the API's root: {@code /peers/{peer}}; each name in braces is a required parameter. */
    String path();

    /** What is given with it. */
    List<Parameter> parameters();

    /** What it does, a sentence with its full stop. */
    String summary();

    /** The type of its answers. */
    Class<A> answers();

    /** An answer, for people: lines of text. */
    Function<A, List<String>> text();

    /** The name of an operation. */
    Pattern NAME = Pattern.compile("[a-z][a-z-]*( [a-z][a-z-]*)?");

    /** A parameter in a path. */
    Pattern IN_PATH = Pattern.compile("\\{([a-z][a-zA-Z0-9]*)}");

    /** The names of the parameters that stand in a path. */
    static List<String> inPath(String path) {
        return IN_PATH.matcher(path).results().map(found -> found.group(1)).toList();
    }

    /**
     * A question: a pure function of a moment, so it is answered alike by a running node and by its log.
     *
     * @param reading the answer; it may throw {@link NoAnswerException}
     */
    record Query<V, S, A extends Record>(
            String name,
            String path,
            List<Parameter> parameters,
            String summary,
            Class<A> answers,
            BiFunction<At<V, S>, Arguments, A> reading,
            Function<A, List<String>> text)
            implements Operation<V, S, A> {
        /** Checks that name, path and parameters go together. */
        public Query {
            parameters = List.copyOf(parameters);
            check(name, path, parameters);
        }
    }

    /**
     * An order: a wish, and what became of it. Only a running node takes it.
     *
     * @param wish the wish; its ticket is the one given, if it has one
     * @param became what is told when the wish was enabled and, if it is an {@link Action.Wish}, has had its outcome; it may throw
     *     {@link NoAnswerException}
     * @param patience how long the outcome is awaited, milliseconds
     */
    record Order<V, S, A extends Record>(
            String name,
            String path,
            List<Parameter> parameters,
            String summary,
            Class<A> answers,
            BiFunction<Arguments, Ticket, Action> wish,
            Became<V, S, A> became,
            Function<A, List<String>> text,
            long patience)
            implements Operation<V, S, A> {
        /** Checks that name, path and parameters go together. */
        public Order {
            parameters = List.copyOf(parameters);
            check(name, path, parameters);
        }
    }

    /** What is told of an order that was carried out. */
    @FunctionalInterface
    interface Became<V, S, A> {
        /**
         * The answer.
         *
         * @param outcome what the wish's ticket was told; empty if it has none
         * @param after the node just after
         */
        A told(Optional<Action.Ticketed> outcome, Arguments given, At<V, S> after);
    }

    private static void check(String name, String path, List<Parameter> parameters) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("an operation's name is one or two words in kebab case, not " + name);
        }
        Matcher rest =
                Pattern.compile("(/[a-z][a-z-]*|/\\{[a-z][a-zA-Z0-9]*})+").matcher(path);
        if (!rest.matches()) {
            throw new IllegalArgumentException("the path of " + name + " is of /words and /{parameters}, not " + path);
        }
        for (String wanted : inPath(path)) {
            if (parameters.stream().noneMatch(known -> known.name().equals(wanted) && known.isRequired())) {
                throw new IllegalArgumentException(
                        "the path of " + name + " has {" + wanted + "}, which is no required parameter of it");
            }
        }
        if (parameters.stream().map(Parameter::name).distinct().count() < parameters.size()) {
            throw new IllegalArgumentException("two parameters of " + name + " have one name");
        }
    }
}
