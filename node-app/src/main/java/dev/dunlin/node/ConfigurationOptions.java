package dev.dunlin.node;

import dev.dunlin.core.config.Settings;
import dev.dunlin.node.config.Configuration;
import dev.dunlin.node.config.NodeSettings;
import dev.dunlin.node.config.Origin;
import dev.dunlin.node.config.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where a node's configuration is and what it says, of {@code run} and {@code config} alike. */
final class ConfigurationOptions {

    /** The name of the configuration file in a data directory. */
    static final String FILE = "dunlin.toml";

    private final Machines machines;

    /** The options, for a node with these machines. */
    ConfigurationOptions(Machines machines) {
        this.machines = machines;
    }

    @Option(
            names = "--data-dir",
            paramLabel = "DIR",
            description = "Where key and log are; made on first use. Default: " + DataDirectory.DEFAULT_TEXT)
    private @Nullable Path dataDir;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration, in TOML. Default: " + FILE + " in the data directory, if it is there")
    private @Nullable Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Sets one value, such as ping.interval=5s; 'dunlin config keys' lists all keys.")
    private Map<String, String> set = new LinkedHashMap<>();

    /** The data directory. */
    Path dataDir() {
        return dataDir == null ? DataDirectory.standard() : dataDir;
    }

    /** The configuration file, if there is one. */
    Optional<Path> file(Map<String, String> environment) {
        String named = environment.getOrDefault("DUNLIN_CONFIG", "");
        Path given = file != null ? file : named.isEmpty() ? null : Path.of(named);
        if (given != null) {
            return Optional.of(given);
        }
        Path usual = dataDir().resolve(FILE);
        return Files.exists(usual) ? Optional.of(usual) : Optional.empty();
    }

    /**
     * The configuration that these options, the environment and the file make.
     *
     * @param more what other options say
     * @throws CommandFailure if the file cannot be read
     */
    Configuration read(List<Configuration.Option> more) {
        Map<String, String> environment = System.getenv();
        List<Configuration.Option> said = new ArrayList<>();
        set.forEach((key, value) -> said.add(new Configuration.Option("--set", key, value)));
        said.addAll(more);
        Optional<Path> where = file(environment);
        try {
            return AdminApi.checked(Configuration.read(settings(machines), said, environment, where));
        } catch (IOException e) {
            throw FileFailure.of(
                    "read the configuration in " + where.map(Path::toString).orElse("?"), e);
        }
    }

    /**
     * The configuration of the node in a data directory, as {@code run} without options would read it.
     *
     * @throws CommandFailure if its file cannot be read
     */
    static Configuration of(Path dataDir, Machines machines) {
        return of(dataDir, Optional.empty(), Map.of(), machines);
    }

    /** As {@link #of(Path, Machines)}, with what other options say. */
    static Configuration of(Path dataDir, Machines machines, List<Configuration.Option> more) {
        ConfigurationOptions options = new ConfigurationOptions(machines);
        options.dataDir = dataDir;
        return options.read(more);
    }

    /**
     * As {@link #of(Path, Machines)}, with what options say.
     *
     * @param file the configuration's; empty for the usual one
     * @param set values by their keys
     */
    static Configuration of(Path dataDir, Optional<Path> file, Map<String, String> set, Machines machines) {
        ConfigurationOptions options = new ConfigurationOptions(machines);
        options.dataDir = dataDir;
        options.file = file.orElse(null);
        options.set = set;
        return options.read(List.of());
    }

    /** All settings of the node. */
    static Settings settings(Machines machines) {
        return NodeSettings.of(machines.newStore().machines());
    }

    /**
     * Refuses a configuration with mistakes.
     *
     * @throws CommandFailure with a line for each of them
     */
    static void require(Configuration configuration) {
        List<Problem> problems = configuration.problems();
        if (problems.isEmpty()) {
            return;
        }
        boolean typed = problems.stream().allMatch(problem -> problem.where() instanceof Origin.Option);
        ExitCode code = typed ? ExitCode.USAGE : ExitCode.CONFIGURATION;
        if (problems.size() == 1) {
            throw new CommandFailure(code, problems.getFirst().toString());
        }
        throw new CommandFailure(
                code,
                "the configuration has " + problems.size() + " mistakes, and nothing was started:",
                problems.stream().map(Problem::toString).toList());
    }
}
