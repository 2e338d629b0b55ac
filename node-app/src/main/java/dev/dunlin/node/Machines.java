package dev.dunlin.node;

import dev.dunlin.connection.extension.Extension;
import dev.dunlin.core.log.DirectoryStorage;
import dev.dunlin.core.log.LogException;
import dev.dunlin.core.log.LogReader;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.store.Store;
import dev.dunlin.dht.extension.KadExtension;
import dev.dunlin.node.admin.OpenApi;
import dev.dunlin.node.bootstrap.extension.BootstrapExtension;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The machines that this run of the program has: Dunlin's own, and those of {@code --machines}. Each command that makes a store has
 * it from here.
 */
final class Machines {

    /** The variable of the environment that names jars, where the option does not. */
    static final String VARIABLE = "DUNLIN_MACHINES";

    /** What every run of the program has beside the machines that every node has. */
    private static final Extensions OWN = Extensions.of(new KadExtension(), new BootstrapExtension());

    private static final String BETWEEN = ",";
    private static final String OPTION = "--machines";

    private Optional<MachineJars> brought = Optional.empty();
    private Extensions extensions = OWN;
    private List<Path> jars = List.of();
    private Optional<CommandFailure> trouble = Optional.empty();

    /**
     * Loads what is to be had beside Dunlin's own.
     *
     * @throws CommandFailure as {@link MachineJars#load}
     */
    void bring(List<Path> all) {
        if (!all.isEmpty() && !all.equals(jars)) {
            MachineJars loaded = MachineJars.load(all, OWN);
            extensions = loaded.extensions();
            brought = Optional.of(loaded);
            jars = List.copyOf(all);
        }
    }

    /**
     * The jars that the variable of the environment names; none if it is empty.
     *
     * @throws CommandFailure if it names what can be no file
     */
    static List<Path> named(String variable) {
        try {
            return Stream.of(variable.split(BETWEEN))
                    .map(String::strip)
                    .filter(name -> !name.isEmpty())
                    .map(Path::of)
                    .toList();
        } catch (InvalidPathException bad) {
            throw new CommandFailure(
                    ExitCode.CONFIGURATION, VARIABLE + " names what is no path: " + bad.getInput(), bad);
        }
    }

    /** Loads what a command line or its environment names, before it is parsed: verbs are made of it. What cannot be loaded is kept. */
    void foresee(List<String> args, Map<String, String> environment) {
        try {
            bring(foreseen(args, environment));
        } catch (CommandFailure cannot) {
            trouble = Optional.of(cannot);
        }
    }

    /** What can be asked of a node with these machines; of one without those that were brought, if they do not go with a program. */
    Registry<NodeRoot> registry(Set<String> commands) {
        try {
            Registry<NodeRoot> registry = NodeOperations.described(this);
            Verbs.check(registry, commands);
            if (!jars.isEmpty()) {
                // Dunlin's own are described by tests.
                OpenApi.checkAnswers(registry);
            }
            return registry;
        } catch (IllegalArgumentException | LinkageError bad) {
            if (jars.isEmpty()) {
                throw bad;
            }
            trouble = Optional.of(new CommandFailure(
                    ExitCode.DATA_ERROR,
                    "what " + jars.stream().map(Path::toString).collect(Collectors.joining(", "))
                            + " brings does not go with dunlin: " + bad.getMessage(),
                    bad));
            return NodeOperations.described(new Machines());
        }
    }

    /** Why what was foreseen could not be loaded. */
    Optional<CommandFailure> trouble() {
        return trouble;
    }

    /** The jars that a command line or its environment names, as far as can be told before it is parsed. */
    private static List<Path> foreseen(List<String> args, Map<String, String> environment) {
        List<String> said = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            if (args.get(i).startsWith(OPTION + "=")) {
                said.add(args.get(i).substring(OPTION.length() + 1));
            } else if (args.get(i).equals(OPTION) && i + 1 < args.size()) {
                said.add(args.get(i + 1));
            }
        }
        return named(said.isEmpty() ? environment.getOrDefault(VARIABLE, "") : String.join(BETWEEN, said));
    }

    /** What the variable of the environment is for another process to have the same machines; empty if there are none. */
    Optional<String> variable() {
        return jars.isEmpty()
                ? Optional.empty()
                : Optional.of(jars.stream()
                        .map(jar -> jar.toAbsolutePath().toString())
                        .collect(Collectors.joining(BETWEEN)));
    }

    /** What came of each jar that was named, a sentence without its full stop each. */
    List<String> told() {
        return brought.map(MachineJars::told).orElse(List.of());
    }

    /** Whether an extension is one that every run of the program has. */
    static boolean isOwn(String extension) {
        return OWN.all().stream().anyMatch(own -> own.name().equals(extension));
    }

    /** Dunlin's own, and what was brought. */
    Extensions extensions() {
        return extensions;
    }

    /** A store with all of them, before its first input. */
    Store<NodeRoot> newStore() {
        return NodeRoot.newStore(extensions());
    }

    /**
     * A store for the log in a folder, before its first input. It is without those extensions whose machines the log has never had:
     * they were brought for other logs, and what they do at a boot would be taken for another build's. Of a log that has none of the
     * node's own machines it has the extensions' alone.
     *
     * @throws LogException as {@link LogReader#open}
     */
    Store<NodeRoot> storeOf(Path folder) {
        Needed needed = needed(folder);
        return needed.alone ? NodeRoot.storeOf(needed.extensions) : NodeRoot.newStore(needed.extensions);
    }

    /**
     * What the store of a log is made of.
     *
     * @param alone without the machines of a node: those of a program that embeds its own
     */
    private record Needed(Extensions extensions, boolean alone) {}

    private Needed needed(Path folder) {
        Set<String> recorded =
                LogReader.open(DirectoryStorage.readOnly(folder), newStore()).machines();
        Extensions used = used(recorded);
        boolean alone = !used.isEmpty()
                && NodeRoot.newStore().machines().stream()
                        .skip(1)
                        .noneMatch(machine -> recorded.contains(machine.name()));
        return new Needed(used, alone);
    }

    private Extensions used(Set<String> recorded) {
        List<Extension> needed = extensions().all().stream()
                .filter(extension ->
                        extension.machines().stream().anyMatch(machine -> recorded.contains(machine.name())))
                .toList();
        return needed.equals(extensions().all()) ? extensions() : Extensions.of(needed);
    }

    /** A Java expression for the store of the log in a folder. */
    String storeExpression(Path folder) {
        Needed needed = needed(folder);
        String root = NodeRoot.class.getName() + (needed.alone ? ".storeOf(" : ".newStore(");
        return needed.extensions.isEmpty()
                ? root + ")"
                : needed.extensions.all().stream()
                        .map(extension -> "new " + extension.getClass().getCanonicalName() + "()")
                        .collect(Collectors.joining(", ", root + Extensions.class.getName() + ".of(", "))"));
    }

    /** Names this build with what was brought, for the index of a log. */
    String build() {
        String own = BuildInfo.current().text();
        return brought.map(with -> own + " with " + with.stamp()).orElse(own);
    }

    /**
     * Refuses to go on from a log that has machines which are not here: what they know would be lost.
     *
     * @throws LogException.OtherMachines then
     */
    static void requireAll(Path folder, LogReader<NodeRoot> log) {
        List<String> missing = log.missingAtEnd();
        if (!missing.isEmpty()) {
            throw LogException.OtherMachines.of("the log in " + folder, missing);
        }
    }
}
