package dev.dunlin.node;

import dev.dunlin.node.config.NearestName;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.MutuallyExclusiveArgsException;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in words of this program. */
final class BadUsage {

    /** So much of an argument is shown again. */
    static final int MOST_SHOWN = 60;

    private static final Pattern OPTION = Pattern.compile("--?[a-z][a-z-]*");

    private static final String DATA_DIR = "--data-dir";

    private BadUsage() {}

    /** One sentence, without its end. */
    static String sentence(ParameterException bad) {
        return switch (bad) {
            case UnmatchedArgumentException unmatched -> unknown(unmatched);
            case MissingParameterException missing -> missing(missing);
            case OverwrittenOptionException twice ->
                twice.getOverwritten() == null
                        ? said(bad)
                        : name(twice.getOverwritten()) + " is given twice: give it once";
            case MutuallyExclusiveArgsException _ -> exclusive(said(bad));
            case ParameterException _ -> bad.getArgSpec() == null ? said(bad) : value(bad, bad.getArgSpec());
        };
    }

    private static String said(ParameterException bad) {
        return String.valueOf(bad.getMessage());
    }

    private static String unknown(UnmatchedArgumentException bad) {
        String given = bad.getUnmatched().isEmpty() ? "" : bad.getUnmatched().getFirst();
        CommandSpec command = bad.getCommandLine().getCommandSpec();
        if (bad.isUnknownOption()) {
            if (given.startsWith(DATA_DIR) && isOfDirectory(command)) {
                return "the directory stands here without an option: dunlin " + command.name() + " DIR";
            }
            return unknown(
                    "option",
                    given.replaceFirst("=.*", ""),
                    command.optionsMap().keySet());
        }
        // Of several paths the library takes those before a bad one, and knows nothing of the rest.
        if (given.isEmpty()
                && command.positionalParameters().stream()
                        .anyMatch(each -> each.isMultiValue() && each.auxiliaryTypes()[0].equals(Path.class))) {
            return PathConverter.EMPTY;
        }
        if (command.optionsMap().containsKey(DATA_DIR)
                && command.positionalParameters().isEmpty()
                && command.subcommands().isEmpty()) {
            return shown(given) + " is one argument too many: a directory stands behind " + DATA_DIR + " here";
        }
        return command.subcommands().isEmpty()
                ? shown(given) + " is one argument too many"
                : unknown("command", given, command.subcommands().keySet());
    }

    private static boolean isOfDirectory(CommandSpec command) {
        return command.positionalParameters().stream()
                .anyMatch(each -> each.paramLabel().equals("DIR"));
    }

    /** That there is none of this name, and which may be meant. */
    static String unknown(String what, String given, Set<String> known) {
        return "there is no " + what + " " + shown(given)
                + NearestName.of(given, known)
                        .map(near -> ": did you mean " + near + "?")
                        .orElse("");
    }

    // What is missing is an argument as a whole, one of several, or what belongs behind an option.
    private static String missing(MissingParameterException bad) {
        List<ArgSpec> missing = bad.getMissing();
        String names = missing.stream().map(BadUsage::name).distinct().collect(Collectors.joining(" and "));
        if (said(bad).contains("specify one of these")) {
            return "one of " + missing.stream().map(BadUsage::name).distinct().collect(Collectors.joining(", "))
                    + " is needed";
        }
        boolean isBehindAnOption = missing.size() == 1
                && missing.getFirst() instanceof OptionSpec
                && !said(bad).startsWith("Missing required option");
        return isBehindAnOption
                ? names + " is to be followed by " + follows(missing.getFirst())
                : names + (missing.size() > 1 ? " are missing" : " is missing");
    }

    private static String follows(ArgSpec option) {
        int times = Math.max(1, option.arity().min());
        return String.join(" ", Collections.nCopies(times, option.paramLabel()));
    }

    // The library tells no more than a text in which the names stand.
    private static String exclusive(String text) {
        Matcher option = OPTION.matcher(text);
        List<String> names =
                option.results().map(found -> found.group()).distinct().toList();
        return names.isEmpty()
                ? "two options exclude one another"
                : String.join(", ", names) + " exclude one another: give one of them";
    }

    private static String value(ParameterException bad, ArgSpec of) {
        String not = bad.getValue() == null ? "" : ", not " + shown(bad.getValue());
        Class<?> type = of.auxiliaryTypes()[0];
        if (of.arity().max() == 0) {
            return name(of) + " takes no value";
        }
        if (isWhole(type)) {
            return name(of) + " is a whole number" + not;
        }
        if (type.isEnum()) {
            String known = Arrays.stream(type.getEnumConstants())
                    .map(each -> each.toString().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "));
            return name(of) + " is one of " + known + not;
        }
        return bad.getCause() instanceof TypeConversionException ours
                ? name(of) + ": " + ours.getMessage()
                : name(of) + " is written as " + of.paramLabel() + not;
    }

    private static boolean isWhole(Class<?> type) {
        return Set.of(long.class, Long.class, int.class, Integer.class).contains(type);
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    /** An argument as a sentence may quote it. */
    static String shown(String argument) {
        return argument.isEmpty() ? "''" : LogLine.shortened(argument, MOST_SHOWN);
    }
}
