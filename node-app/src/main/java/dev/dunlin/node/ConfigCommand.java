package dev.dunlin.node;

import dev.dunlin.core.config.Setting;
import dev.dunlin.core.words.Counts;
import dev.dunlin.node.config.Configuration;
import dev.dunlin.node.config.ConfigurationText;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.node.ArrayNode;

/** {@code dunlin config}: what a node is configured with, where each value came from, and what can be said. */
@Command(name = "config", description = "Tells what 'dunlin run' with the same options would be configured with.")
final class ConfigCommand implements Runnable {

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    private CommandSpec spec;

    private ConfigCommand() {}

    /** The command with those in it, for a node with these machines. */
    static CommandLine with(Machines machines) {
        return new CommandLine(new ConfigCommand())
                .addSubcommand(new Check(machines))
                .addSubcommand(new Explain(machines))
                .addSubcommand(new Show(machines))
                .addSubcommand(new Keys(machines));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "what of the configuration: check, explain, show or keys?");
    }

    /** Looks for mistakes. */
    @Command(name = "check", description = "Looks for mistakes, and tells all of them at once.")
    static final class Check implements Runnable {

        @Mixin
        private final ConfigurationOptions options;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before run()
        private CommandSpec spec;

        private Check(Machines machines) {
            options = new ConfigurationOptions(machines);
        }

        @Override
        public void run() {
            Configuration read = options.read(List.of());
            NodeAddresses.require(read, Identity.find(options.dataDir()).map(Identity::peerId));
            spec.commandLine()
                    .getOut()
                    .println("no mistakes: "
                            + options.file(System.getenv()).map(Path::toString).orElse("no configuration file")
                            + ", " + Counts.of(read.values().size(), "value said", "values said"));
        }
    }

    /** Tells all of some keys. */
    @Command(
            name = "explain",
            description = "Tells of keys what they mean, what they may be, what they are and who said so.")
    static final class Explain implements Runnable {

        @Mixin
        private final ConfigurationOptions options;

        @Parameters(arity = "1..*", paramLabel = "KEY", description = "Which, such as connection.maxPeers.")
        private List<String> keys = new ArrayList<>();

        @Option(names = "--json", description = "Prints JSON.")
        private boolean json;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before run()
        private CommandSpec spec;

        private Explain(Machines machines) {
            options = new ConfigurationOptions(machines);
        }

        @Override
        public void run() {
            Configuration read = options.read(List.of());
            for (String key : keys) {
                if (read.settings().find(key).isEmpty()) {
                    throw new CommandFailure(ExitCode.USAGE, Configuration.unknown(read.settings(), key));
                }
            }
            print(spec, keys, json, read, "\n\n");
        }
    }

    /** Tells what is in force. */
    @Command(name = "show", description = "Prints the configuration in force as TOML, with who said each value.")
    static final class Show implements Runnable {

        @Mixin
        private final ConfigurationOptions options;

        @Option(names = "--all", description = "Also what nobody said anything of.")
        private boolean all;

        @Option(names = "--json", description = "Prints JSON.")
        private boolean json;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before run()
        private CommandSpec spec;

        private Show(Machines machines) {
            options = new ConfigurationOptions(machines);
        }

        @Override
        public void run() {
            Configuration read = options.read(List.of());
            ConfigurationOptions.require(read);
            if (json) {
                print(spec, List.copyOf(ConfigurationText.shown(read, all)), true, read, "");
            } else {
                String text = ConfigurationText.toml(read, all);
                spec.commandLine()
                        .getOut()
                        .print(text.isEmpty() ? "# Nothing is configured; --all shows the standard values.\n" : text);
            }
        }
    }

    /** Tells what there is. */
    @Command(
            name = "keys",
            description = "Lists all keys, or those that begin so, with range, standard value and meaning.")
    static final class Keys implements Runnable {

        @Parameters(arity = "0..1", paramLabel = "PREFIX", description = "How they begin. Default: anyhow")
        private String prefix = "";

        @Option(names = "--json", description = "Prints JSON.")
        private boolean json;

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it before run()
        private CommandSpec spec;

        private final Machines machines;

        private Keys(Machines machines) {
            this.machines = machines;
        }

        @Override
        public void run() {
            List<Setting> all = ConfigurationOptions.settings(machines).all().stream()
                    .filter(setting -> setting.key().startsWith(prefix))
                    .toList();
            if (all.isEmpty()) {
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "no key begins with " + LogLine.shortened(prefix, 60) + ": 'dunlin config keys' lists all");
            }
            PrintWriter out = spec.commandLine().getOut();
            if (json) {
                ArrayNode list = Report.list();
                all.forEach(setting -> list.add(ConfigurationText.json(setting)));
                out.println(list);
            } else {
                all.forEach(setting -> out.println(ConfigurationText.line(setting)));
            }
        }
    }

    private static void print(CommandSpec spec, List<String> keys, boolean json, Configuration read, String between) {
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            ArrayNode list = Report.list();
            keys.forEach(key -> list.add(ConfigurationText.json(read, key)));
            out.println(list);
        } else {
            out.println(String.join(
                    between,
                    keys.stream()
                            .map(key -> ConfigurationText.explained(read, key))
                            .toList()));
        }
    }
}
