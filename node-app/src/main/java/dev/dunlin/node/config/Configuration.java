package dev.dunlin.node.config;

import dev.dunlin.core.config.BadValueException;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.core.multiformats.Multiaddr;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.state.Text;
import dev.dunlin.core.words.CamelCase;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The configuration that is in force, each value with the place that said it.
 *
 * @param settings all that can be said
 * @param values what was said, by key, the strongest voice for each; in the recorded form
 * @param problems what is wrong with it, by place; a node starts with none only
 */
public record Configuration(Settings settings, Map<String, Value> values, List<Problem> problems) {

    /** The environment's variables begin so. */
    public static final String PREFIX = "DUNLIN_";

    /** Variables that are no settings: those of the launcher, and those that say where to look. */
    private static final List<String> OTHER_VARIABLES =
            List.of("DUNLIN_JAVA_HOME", "DUNLIN_JAVA_OPTS", "DUNLIN_DATA_DIR", "DUNLIN_CONFIG", "DUNLIN_MACHINES");

    /** So much of what was written is shown again. */
    private static final int MOST_SHOWN = 80;

    /**
     * A value in force.
     *
     * @param recorded its recorded form
     * @param origin who said so
     */
    public record Value(String recorded, Origin origin) {}

    /** Copies both. */
    public Configuration {
        values = new TreeMap<>(values);
        problems = List.copyOf(problems);
    }

    /** One in which nothing is said. */
    public static Configuration none(Settings settings) {
        return new Configuration(settings, Map.of(), List.of());
    }

    /**
     * Reads a configuration; mistakes in it are its {@link #problems}.
     *
     * @param options what the command line said: keys and written values, each with its option
     * @param environment the variables of the process
     * @param file the configuration file, if there is one
     * @throws IOException if the file cannot be read
     */
    public static Configuration read(
            Settings settings, List<Option> options, Map<String, String> environment, Optional<Path> file)
            throws IOException {
        List<Problem> problems = new ArrayList<>();
        Map<String, Value> values = new TreeMap<>();
        if (file.isPresent()) {
            take(settings, TomlSource.read(file.get(), settings, problems), values, problems);
        }
        take(settings, variables(settings, environment, problems), values, problems);
        List<Said> said = options.stream()
                .map(one -> new Said(one.key(), one.written(), new Origin.Option(one.option())))
                .toList();
        take(settings, said, values, problems);
        // The profile is one of the values, and weaker than all of them.
        Profile profile = Profile.named(NodeSettings.PROFILE.of(recorded(values)));
        profile.values(settings)
                .forEach((key, value) -> values.putIfAbsent(key, new Value(value, new Origin.OfProfile(profile))));
        Configuration read = new Configuration(settings, values, problems);
        for (Settings.AtMost rule : settings.rules()) {
            read.broken(rule).ifPresent(problems::add);
        }
        problems.sort(Comparator.comparingInt((Problem problem) -> place(problem.where()))
                .thenComparing(problem -> problem.where() instanceof Origin.Line line ? line.line() : 0)
                .thenComparing(Problem::what));
        return new Configuration(settings, values, problems);
    }

    /**
     * What an option of the command line says.
     *
     * @param option its name, such as {@code --listen}
     */
    public record Option(String option, String key, String written) {}

    private static int place(Origin origin) {
        return switch (origin) {
            case Origin.Option _ -> 0;
            case Origin.Variable _ -> 1;
            case Origin.Line _ -> 2;
            case Origin.OfProfile _ -> 3;
            case Origin.Standard _ -> 4;
        };
    }

    private static void take(Settings settings, List<Said> said, Map<String, Value> values, List<Problem> problems) {
        for (Said one : said) {
            Optional<Setting> setting = settings.find(one.key());
            if (setting.isEmpty()) {
                problems.add(new Problem(one.origin(), unknown(settings, one.key())));
                continue;
            }
            try {
                values.put(one.key(), new Value(setting.get().kind().recorded(one.written()), one.origin()));
            } catch (BadValueException bad) {
                problems.add(new Problem(
                        one.origin(),
                        one.key() + " = " + shortened(one.written()) + " " + bad.why() + "; it is "
                                + setting.get().kind().range()));
            }
        }
    }

    /** That there is no such key, and which may be meant. */
    public static String unknown(Settings settings, String key) {
        List<String> keys = settings.all().stream().map(Setting::key).toList();
        return "there is no key " + shortened(key)
                + NearestName.of(key, keys)
                        .map(near -> ": did you mean " + near + "?")
                        .orElse("; 'dunlin config keys' lists all");
    }

    private static String shortened(String text) {
        return text.length() <= MOST_SHOWN ? text : Text.head(text, MOST_SHOWN - 1) + "…";
    }

    private static List<Said> variables(Settings settings, Map<String, String> environment, List<Problem> problems) {
        Map<String, String> keys = new TreeMap<>();
        for (Setting setting : settings.all()) {
            variable(setting).ifPresent(name -> keys.put(name, setting.key()));
        }
        List<Said> said = new ArrayList<>();
        new TreeMap<>(environment).forEach((name, value) -> {
            if (!name.startsWith(PREFIX) || OTHER_VARIABLES.contains(name)) {
                return;
            }
            String key = keys.get(name);
            if (key == null) {
                problems.add(new Problem(
                        new Origin.Variable(name),
                        "no key has this variable"
                                + NearestName.of(name, keys.keySet())
                                        .map(near -> ": did you mean " + near + "?")
                                        .orElse("; 'dunlin config keys' lists all")));
            } else {
                said.add(new Said(key, value, new Origin.Variable(name)));
            }
        });
        return said;
    }

    /** The variable of the environment that says a setting; a setting that there is once for each of something has none. */
    public static Optional<String> variable(Setting setting) {
        return setting.isFamily()
                ? Optional.empty()
                : Optional.of(PREFIX
                        + CamelCase.parted(setting.key(), "_").replace('.', '_').toUpperCase(Locale.ROOT));
    }

    private Optional<Problem> broken(Settings.AtMost rule) {
        Value lesser = valueOf(rule.lesser());
        Value greater = valueOf(rule.greater());
        Setting one = settings.find(rule.lesser()).orElseThrow();
        Setting other = settings.find(rule.greater()).orElseThrow();
        if (one.numberOf(lesser.recorded()) <= other.numberOf(greater.recorded())) {
            return Optional.empty();
        }
        // Told at the stronger of two places.
        boolean atLesser = place(lesser.origin()) <= place(greater.origin());
        return Optional.of(new Problem(
                atLesser ? lesser.origin() : greater.origin(),
                told(one, lesser, !atLesser) + " is above " + told(other, greater, atLesser) + ": " + rule.why()
                        + "; lower the one or raise the other"));
    }

    private static String told(Setting setting, Value value, boolean isElsewhere) {
        return setting.key() + " = " + setting.kind().shown(value.recorded())
                + (isElsewhere ? " (" + value.origin().text() + ")" : "");
    }

    /** The value in force of a key, be it the standard one. */
    public Value valueOf(String key) {
        Value said = values.get(key);
        return said != null ? said : new Value(settings.find(key).orElseThrow().standard(), new Origin.Standard());
    }

    /** What was said, as a boot records it. */
    public Table<String, String> recorded() {
        return recorded(values);
    }

    private static Table<String, String> recorded(Map<String, Value> values) {
        Table<String, String> all = Table.empty();
        for (Map.Entry<String, Value> entry : values.entrySet()) {
            all = all.with(entry.getKey(), entry.getValue().recorded());
        }
        return all;
    }

    /** The addresses that a setting of such has. */
    public List<Multiaddr> addresses(Setting setting) {
        return setting.all(recorded()).stream().map(Multiaddr::parse).toList();
    }

    /** This with more problems. */
    public Configuration with(List<Problem> more) {
        List<Problem> all = new ArrayList<>(problems);
        all.addAll(more);
        return new Configuration(settings, values, all);
    }
}
