package dev.dunlin.node;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

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

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Shows this help.")
    private boolean help;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Shows the stack trace of a failure.")
    private boolean debug;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private Main() {}

    /** Runs one command and exits with its code. */
    public static void main(String[] args) {
        PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int code = commandLine(out, err).execute(args);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /** The whole command line, writing to the given streams. */
    static CommandLine commandLine(PrintWriter out, PrintWriter err) {
        return new CommandLine(new Main())
                .addSubcommand(new VersionCommand(BuildInfo.current()))
                .addSubcommand(new InitCommand())
                .addSubcommand(new RunCommand())
                .addSubcommand(new PingCommand())
                .addSubcommand(new IdCommand())
                .setOut(out)
                .setErr(err)
                .setParameterExceptionHandler(onBadUsage())
                .setExecutionExceptionHandler(onFailure());
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }

    private static IParameterExceptionHandler onBadUsage() {
        return (bad, args) -> {
            CommandLine command = bad.getCommandLine();
            report(command, sentence(bad) + "; see '" + command.getCommandSpec().qualifiedName() + " --help'.", bad);
            return ExitCode.USAGE.code();
        };
    }

    private static IExecutionExceptionHandler onFailure() {
        return (failure, command, parsed) -> {
            if (failure instanceof CommandFailure known) {
                report(command, sentence(known), known);
                return known.exitCode().code();
            }
            report(
                    command,
                    "a fault in Dunlin itself: " + failure + "; please report it with the output of the same command"
                            + " with --debug.",
                    failure);
            return ExitCode.INTERNAL.code();
        };
    }

    private static void report(CommandLine command, String sentence, Exception failure) {
        PrintWriter err = command.getErr();
        err.println("dunlin: " + sentence);
        Object top = command.getCommandSpec().root().userObject();
        if (top instanceof Main main && main.debug) {
            failure.printStackTrace(err);
        }
    }

    /** A message on one line. */
    private static String sentence(Exception failure) {
        String message = failure.getMessage();
        return message == null
                ? failure.getClass().getSimpleName()
                : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
