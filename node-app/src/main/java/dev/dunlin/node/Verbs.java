package dev.dunlin.node;

import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Parameter;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.words.CamelCase;
import dev.dunlin.node.admin.OpenApi;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * A verb for each operation that a registry offers: {@code dunlin peers}, {@code dunlin peers show ID}. They ask the running node, and
 * where none runs, the log in its data directory.
 */
final class Verbs {

    private static final String DATA_DIR = "--data-dir";
    private static final String JSON = "--json";
    private static final String BOOTSTRAP = "--bootstrap";

    private Verbs() {}

    /** What is an option of every command. */
    private static final Set<String> OPTIONS = Set.of(
            DATA_DIR, JSON, BOOTSTRAP, "--help", "--version", "--debug", "--log-format", "--log-level", "--machines");

    /**
     * Refuses operations that cannot be verbs of a program.
     *
     * @param commands what it has already
     * @throws IllegalArgumentException if one has the name of a command or an option
     */
    static void check(Registry<NodeRoot> registry, Set<String> commands) {
        OpenApi.check(registry);
        for (Registry.Offered<NodeRoot, ?, ?, ?> offered : registry.operations()) {
            Operation<?, ?, ?> operation = offered.operation();
            String first = operation.name().split(" ")[0];
            if (commands.contains(first) || first.equals("top")) {
                throw new IllegalArgumentException("the machine " + offered.owner() + " offers " + operation.name()
                        + ", and " + first + " is a command of dunlin: rename it");
            }
            for (Parameter parameter : operation.parameters()) {
                if (!parameter.isRequired() && OPTIONS.contains(option(parameter))) {
                    throw new IllegalArgumentException("the parameter " + parameter.name() + " of " + operation.name()
                            + " of the machine " + offered.owner() + " has the name of an option of dunlin: rename it");
                }
            }
        }
    }

    /** Adds a verb for each operation; those of two words stand below those of one. */
    static void addTo(CommandLine program, Registry<NodeRoot> registry, Machines machines) {
        Map<String, CommandLine> added = new TreeMap<>();
        for (Registry.Offered<NodeRoot, ?, ?, ?> offered : registry.operations()) {
            String name = offered.operation().name();
            int space = name.indexOf(' ');
            CommandLine verb = verb(offered, name.substring(space + 1), machines);
            CommandLine above = program;
            if (space > 0) {
                String group = name.substring(0, space);
                above = added.computeIfAbsent(group, missing -> group(program, missing));
            }
            above.addSubcommand(verb);
            added.put(name, verb);
        }
    }

    private static CommandLine group(CommandLine program, String name) {
        CommandSpec spec = CommandSpec.create().name(name);
        spec.usageMessage().description("Asks and orders what begins so.");
        CommandLine group = new CommandLine(spec);
        program.addSubcommand(group);
        return group;
    }

    private static CommandLine verb(Registry.Offered<NodeRoot, ?, ?, ?> offered, String word, Machines machines) {
        Operation<?, ?, ?> operation = offered.operation();
        CommandSpec[] made = new CommandSpec[1];
        CommandSpec spec = CommandSpec.wrapWithoutInspection((Runnable) () -> run(offered, made[0], machines));
        made[0] = spec;
        spec.name(word);
        boolean orders = operation instanceof Operation.Order<?, ?, ?>;
        spec.usageMessage()
                .description(operation.summary()
                        + (orders
                                ? OneOffNode.answers(operation)
                                        ? " Where no node runs, one is made for it."
                                        : " The node must be running."
                                : " Asks the running node; of one that is stopped, its log."));
        int place = 0;
        for (Parameter parameter : operation.parameters()) {
            if (parameter.isRequired()) {
                spec.addPositional(PositionalParamSpec.builder()
                        .index(Integer.toString(place++))
                        .paramLabel(upper(parameter.name()))
                        .required(true)
                        .type(String.class)
                        .description(capital(parameter.meaning()) + ".")
                        .build());
            } else {
                spec.addOption(OptionSpec.builder(option(parameter))
                        .paramLabel(upper(parameter.name()))
                        .type(String.class)
                        .description(capital(parameter.meaning()) + ": "
                                + parameter.kind().range()
                                + parameter
                                        .standard()
                                        .map(standard -> standard.isEmpty()
                                                ? ""
                                                : ". Default: "
                                                        + parameter.kind().shown(standard))
                                        .orElse("")
                                + ".")
                        .build());
            }
        }
        if (OneOffNode.answers(operation)) {
            spec.addOption(OptionSpec.builder(BOOTSTRAP)
                    .paramLabel("MULTIADDR")
                    .arity("1")
                    .splitRegex(",")
                    .type(List.class)
                    .auxiliaryTypes(String.class)
                    .description(
                            "Has a node made for it ask, which joins the network by these, with /p2p/ and their ids at"
                                    + " the end. Default: none, and the running node asks; where none runs, one that joins by"
                                    + " those which are configured, or that the node knew when it ran last.")
                    .build());
        }
        spec.addOption(OptionSpec.builder(DATA_DIR)
                .paramLabel("DIR")
                .type(Path.class)
                .description("The node's data directory. Default: " + DataDirectory.DEFAULT_TEXT)
                .build());
        spec.addOption(OptionSpec.builder(JSON)
                .type(boolean.class)
                .arity("0")
                .description("Prints JSON on one line.")
                .build());
        return new CommandLine(spec);
    }

    private static String option(Parameter parameter) {
        return "--" + CamelCase.parted(parameter.name(), "-").toLowerCase(Locale.ROOT);
    }

    private static String upper(String name) {
        return CamelCase.parted(name, "-").toUpperCase(Locale.ROOT);
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private static void run(Registry.Offered<NodeRoot, ?, ?, ?> offered, CommandSpec spec, Machines machines) {
        ParseResult parsed = spec.commandLine().getParseResult();
        Map<String, String> written = new TreeMap<>();
        int place = 0;
        for (Parameter parameter : offered.operation().parameters()) {
            Optional<String> value = Optional.ofNullable(
                    parameter.isRequired()
                            ? parsed.<String>matchedPositionalValue(place++, null)
                            : parsed.<String>matchedOptionValue(option(parameter), null));
            value.ifPresent(said -> written.put(parameter.name(), said));
        }
        Path dataDir = parsed.matchedOptionValue(DATA_DIR, DataDirectory.standard());
        boolean json = parsed.matchedOptionValue(JSON, false);
        List<String> entries = parsed.matchedOptionValue(BOOTSTRAP, List.of());
        List<String> lines = new Asking(dataDir, machines, entries)
                .ask(offered, written, json, spec.commandLine().getErr());
        lines.forEach(line -> spec.commandLine().getOut().println(json ? line : LogLine.printable(line)));
    }

    /** A mistake on the command line, told by the verb that it was made with. */
    static ParameterException usage(CommandSpec spec, String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }
}
