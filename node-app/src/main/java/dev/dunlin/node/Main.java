package dev.dunlin.node;

import ch.qos.logback.classic.LoggerContext;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.operate.Registry;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExecutionException;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The program. Each command is a class of its own, listed in {@link #commandLine}. Whatever goes wrong is one sentence
 * on standard error and an {@link ExitCode}; the stack trace is shown with {@code --debug} only.
 */
@Command(
        name = "dunlin",
        description = "A libp2p node that can be recorded, rewound and replayed.",
        mixinStandardHelpOptions = false,
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {

    // A path or a few addresses; what is longer was hardly typed.
    private static final int MOST_QUOTED = 400;

    private static final int LONGEST = 4000;

    // A piece of an argument, or of what a peer sent.
    private static final Pattern WORD = Pattern.compile("\\S{" + (MOST_QUOTED + 1) + ",}");

    // What does nothing with machines.
    private static final Set<String> UNMOVED = Set.of("help", "version");

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help.")
    @SuppressWarnings("unused") // picocli looks at the option
    private boolean help;

    @Option(names = "--version", versionHelp = true, description = "Prints what 'dunlin version' does.")
    @SuppressWarnings("unused") // likewise
    private boolean version;

    @Option(
            names = "--machines",
            scope = ScopeType.INHERIT,
            split = ",",
            paramLabel = "JAR",
            description = "Jars with machines of your own, which the node and its log have beside Dunlin's (default:"
                    + " those of the variable " + Machines.VARIABLE + ").")
    private List<Path> jars = List.of();

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Shows the stack trace of a failure.")
    private boolean debug;

    @Option(
            names = "--log-format",
            scope = ScopeType.INHERIT,
            defaultValue = "text",
            paramLabel = "FORMAT",
            description = "How events are logged to standard error: text or json (default: text).")
    private Logging.Format logFormat = Logging.Format.TEXT;

    @Option(
            names = "--log-level",
            scope = ScopeType.INHERIT,
            paramLabel = "LEVEL",
            description = "From which level on: off, error, warn, info, debug or trace (default: info for run, error"
                    + " for others).")
    private Logging.@Nullable Threshold logLevel;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private final Machines machines;

    private Main(Machines machines) {
        this.machines = machines;
    }

    /** What {@code --log-level} says, as the configuration writes levels; empty if it says nothing. */
    static Optional<String> logLevel(CommandSpec command) {
        return command.root().userObject() instanceof Main main && main.logLevel != null
                ? Optional.of(main.logLevel.name().toLowerCase(Locale.ROOT))
                : Optional.empty();
    }

    /** Runs one command and exits with its code. */
    public static void main(String[] args) {
        System.exit(run(args, new FileOutputStream(FileDescriptor.out), System.err));
    }

    /** Runs one command; its code. That its output did not arrive is a failure, too. */
    static int run(String[] args, OutputStream standardOut, OutputStream standardError) {
        StandardOutput out = StandardOutput.to(standardOut);
        PrintWriter err = new PrintWriter(standardError, true, StandardCharsets.UTF_8);
        CommandLine program =
                commandLine(new InputStreamReader(System.in, StandardCharsets.UTF_8), out, err, true, List.of(args));
        int code = program.execute(args);
        CommandFailure lost = StandardOutput.lost(out).orElse(null);
        if (lost != null && code == ExitCode.OK.code()) {
            report(program, sentence(lost), lost);
            code = lost.exitCode().code();
        }
        err.flush();
        return code;
    }

    /** The whole command line, writing to the given streams. */
    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return commandLine(new InputStreamReader(System.in, StandardCharsets.UTF_8), out, err, true, List.of());
    }

    /**
     * As {@link #commandLine(PrintWriter, PrintWriter)}, with what is typed, line by line.
     *
     * @param args what will be executed: the verbs of the jars that it names are there
     */
    static CommandLine commandLine(Reader in, PrintWriter out, PrintWriter err, List<String> args) {
        return commandLine(in, out, err, false, args);
    }

    private static CommandLine commandLine(
            Reader in, PrintWriter out, PrintWriter err, boolean isUser, List<String> args) {
        Machines machines = new Machines();
        machines.foresee(args, System.getenv());
        Main main = new Main(machines);
        CommandLine program = new CommandLine(main);
        program.getCommandSpec()
                .versionProvider(() -> VersionCommand.lines(BuildInfo.current()).toArray(String[]::new));
        program.addSubcommand(new HelpCommand())
                .addSubcommand(new VersionCommand(BuildInfo.current()))
                .addSubcommand(new InitCommand())
                .addSubcommand(new RunCommand(machines))
                .addSubcommand(ConfigCommand.with(machines))
                .addSubcommand(new DoctorCommand(machines))
                .addSubcommand(new BackupCommand(machines, BuildInfo.current()))
                .addSubcommand(new RestoreCommand(machines))
                .addSubcommand(new SupportBundleCommand(machines, BuildInfo.current()))
                .addSubcommand(new PingCommand())
                .addSubcommand(new IdCommand())
                .addSubcommand(new LogCommand(machines, BuildInfo.current(), Pause.SHORT))
                .addSubcommand(new WhyCommand(machines, Terminal.hasStandardError()))
                .addSubcommand(
                        new ReplayCommand(machines, in, Terminal.hasStandardError(), isUser && Terminal.hasBoth()))
                .addSubcommand(new ClusterCommand(machines))
                .addSubcommand(new BisectCommand(machines))
                .addSubcommand(new WhatIfCommand(machines))
                .addSubcommand(new ExportCommand(machines))
                .addSubcommand(new ShrinkCommand(machines))
                .addSubcommand(new SimulateCommand(Terminal.hasStandardError()));
        Registry<NodeRoot> registry = machines.registry(program.getSubcommands().keySet());
        Verbs.addTo(program, registry, machines);
        Objects.requireNonNull(program.getSubcommands().get("audit"))
                .addSubcommand(new AuditExportCommand(machines, registry));
        program.addSubcommand(new TopCommand(registry, machines, isUser && Terminal.hasBoth()));
        return program.registerConverter(Path.class, new PathConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionStrategy(main::execute)
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(onBadUsage(machines))
                .setExecutionExceptionHandler(onFailure());
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private int execute(ParseResult parsed) {
        boolean node = parsed.hasSubcommand()
                && parsed.subcommand().commandSpec().name().equals("run");
        Logging.Threshold usual = node ? Logging.Threshold.INFO : Logging.Threshold.ERROR;
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            Logging.configure(context, logFormat, logLevel == null ? usual : logLevel, debug, System.err);
        }
        bring(parsed);
        return new RunLast().execute(parsed);
    }

    private void bring(ParseResult parsed) {
        List<CommandLine> commands = parsed.asCommandLineList();
        CommandLine last = commands.getLast();
        if (commands.stream().anyMatch(any -> any.isUsageHelpRequested() || any.isVersionHelpRequested())
                || UNMOVED.contains(last.getCommandName())) {
            return;
        }
        if (jars.isEmpty()
                && commands.stream().anyMatch(any -> any.getParseResult().hasMatchedOption("--machines"))) {
            throw new ParameterException(last, "--machines names no jar");
        }
        if (!jars.isEmpty() && last.getCommandName().equals("simulate")) {
            throw new ParameterException(
                    last,
                    "simulate plays Dunlin's own machines: leave --machines out, and play yours in a test of their"
                            + " project");
        }
        try {
            machines.trouble()
                    .filter(told -> told.exitCode() == ExitCode.DATA_ERROR)
                    .ifPresent(told -> {
                        throw told;
                    });
            machines.bring(jars.isEmpty() ? Machines.named(System.getenv().getOrDefault(Machines.VARIABLE, "")) : jars);
        } catch (CommandFailure cannot) {
            throw new ExecutionException(last, String.valueOf(cannot.getMessage()), cannot);
        }
    }

    private static IParameterExceptionHandler onBadUsage(Machines machines) {
        return (bad, args) -> {
            CommandLine command = bad.getCommandLine();
            // A verb that is not there may be one of a jar that could not be loaded.
            if (bad instanceof UnmatchedArgumentException && machines.trouble().isPresent()) {
                CommandFailure trouble = machines.trouble().get();
                report(command, sentence(trouble), trouble);
                return trouble.exitCode().code();
            }
            String sentence = sentence(BadUsage.sentence(bad), args);
            String see = sentence.endsWith("?") ? " See '" : "; see '";
            report(command, sentence + see + command.getCommandSpec().qualifiedName() + " --help'.", bad);
            return ExitCode.USAGE.code();
        };
    }

    private static IExecutionExceptionHandler onFailure() {
        return (failure, command, parsed) -> {
            CommandFailure known = switch (failure) {
                case CommandFailure said -> said;
                case LogException log -> LogFailure.of(log);
                case UncheckedIOException io -> FileFailure.of("go on", io);
                default ->
                    new CommandFailure(
                            ExitCode.INTERNAL,
                            "a fault in Dunlin itself: " + failure
                                    + "; please report it with the output of the same command with --debug.",
                            failure);
            };
            report(command, sentence(known, parsed.originalArgs().toArray(String[]::new)), known);
            return known.exitCode().code();
        };
    }

    private static void report(CommandLine command, String sentence, Exception failure) {
        PrintWriter err = command.getErr();
        err.println("dunlin: " + sentence);
        if (failure instanceof CommandFailure told) {
            told.lines().forEach(line -> err.println("  " + LogLine.printable(line)));
        }
        Object top = command.getCommandSpec().root().userObject();
        if (top instanceof Main main && main.debug) {
            failure.printStackTrace(err);
        }
    }

    private static String sentence(Exception failure, String... args) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : sentence(message, args);
    }

    // A message on one line, without what a terminal would carry out: it may quote what a peer sent, and what was
    // typed,
    // of which enough is shown to know it again.
    private static String sentence(String message, String... args) {
        String line = message.strip().replaceAll("\\s*\\R\\s*", " ");
        for (String arg : args) {
            String value = arg.startsWith("--") ? arg.substring(arg.indexOf('=') + 1) : arg;
            if (value.length() > MOST_QUOTED) {
                line = line.replace(value, BadUsage.shown(value));
            }
        }
        return LogLine.shortened(
                WORD.matcher(line).replaceAll(word -> Matcher.quoteReplacement(BadUsage.shown(word.group()))), LONGEST);
    }
}
