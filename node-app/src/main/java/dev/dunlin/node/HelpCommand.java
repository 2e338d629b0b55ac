package dev.dunlin.node;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dunlin help}: shows what a command's {@code --help} shows. */
@Command(name = "help", description = "Shows the help of a command, or of all.")
final class HelpCommand implements Runnable {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "COMMAND",
            description = "Which command. Default: all of them")
    private @Nullable String command;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    @Override
    public void run() {
        CommandLine program = spec.root().commandLine();
        CommandLine asked = command == null ? program : named(program, command);
        asked.usage(program.getOut());
    }

    private CommandLine named(CommandLine program, String name) {
        CommandLine known = program.getSubcommands().get(name);
        if (known == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    BadUsage.unknown("command", name, program.getSubcommands().keySet()));
        }
        return known;
    }
}
