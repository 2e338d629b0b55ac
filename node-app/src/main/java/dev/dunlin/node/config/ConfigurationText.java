package dev.dunlin.node.config;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import dev.dunlin.node.config.Configuration.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedSet;
import java.util.TreeSet;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A configuration and its keys, as people and programs read them. */
public final class ConfigurationText {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private ConfigurationText() {}

    /** A key on one line: its name, what it may be, its standard value, its meaning. */
    public static String line(Setting setting) {
        return setting.key() + "  (" + setting.kind().range() + "; standard: " + standard(setting) + ")  "
                + setting.meaning();
    }

    private static String standard(Setting setting) {
        String shown = setting.kind().shown(setting.standard());
        return shown.isEmpty() ? "none" : shown;
    }

    /** All of one key, on several lines. */
    public static String explained(Configuration of, String key) {
        Setting setting = of.settings().find(key).orElseThrow();
        Value value = valueOf(of, key, setting);
        List<String> lines = new ArrayList<>();
        lines.add(key + " = " + toml(setting.kind(), value.recorded()));
        lines.add("  said by    " + value.origin().text());
        lines.add("  meaning    " + setting.meaning());
        lines.add("  may be     " + setting.kind().range());
        lines.add("  standard   " + standard(setting));
        lines.add("  variable   " + Configuration.variable(setting).orElse("none: say it in the file or with --set"));
        lines.add("  changes    " + (setting.live() ? "also while the node runs" : "with the next start"));
        return String.join("\n", lines);
    }

    // One of a family has a value only where it was said.
    private static Value valueOf(Configuration of, String key, Setting setting) {
        Value said = of.values().get(key);
        return said != null ? said : new Value(setting.standard(), new Origin.Standard());
    }

    /** A key and its value. */
    public static ObjectNode json(Configuration of, String key) {
        Setting setting = of.settings().find(key).orElseThrow();
        Value value = valueOf(of, key, setting);
        return json(setting)
                .put("key", key)
                .put("value", setting.kind().shown(value.recorded()))
                .put("origin", value.origin().text());
    }

    /** A key. */
    public static ObjectNode json(Setting setting) {
        ObjectNode json = MAPPER.createObjectNode()
                .put("key", setting.key())
                .put("range", setting.kind().range())
                .put("standard", setting.kind().shown(setting.standard()))
                .put("meaning", setting.meaning())
                .put("live", setting.live());
        Configuration.variable(setting).ifPresent(name -> json.put("variable", name));
        return json;
    }

    /**
     * The keys of what is in force.
     *
     * @param all whether also those that nobody said anything of
     */
    public static SortedSet<String> shown(Configuration of, boolean all) {
        TreeSet<String> keys = new TreeSet<>(of.values().keySet());
        if (all) {
            of.settings().all().stream()
                    .filter(setting -> !setting.isFamily())
                    .map(Setting::key)
                    .forEach(keys::add);
        }
        return keys;
    }

    /**
     * A configuration file that says the same, with who said each value.
     *
     * @param all whether also the standard values are there
     */
    public static String toml(Configuration of, boolean all) {
        SortedSet<String> keys = shown(of, all);
        StringBuilder text = new StringBuilder();
        String table = "";
        for (String key : keys) {
            int dot = key.indexOf('.');
            if (!key.substring(0, dot).equals(table)) {
                text.append(table.isEmpty() ? "" : "\n");
                table = key.substring(0, dot);
                text.append('[').append(table).append("]\n");
            }
            Value value = of.valueOf(key);
            String name = key.substring(dot + 1);
            text.append(name.matches("\\w+") ? name : quoted(name))
                    .append(" = ")
                    .append(toml(of.settings().find(key).orElseThrow().kind(), value.recorded()))
                    .append("  # ")
                    .append(value.origin().text().replaceAll("\\p{Cntrl}", "?"))
                    .append('\n');
        }
        return text.toString();
    }

    private static String toml(Kind kind, String recorded) {
        return switch (kind) {
            case Kind.Count _, Kind.Flag _ -> recorded;
            case Kind.Size _, Kind.Time _, Kind.Words _, Kind.OneOf _, Kind.Peer _ -> quoted(kind.shown(recorded));
            case Kind.Several _, Kind.Addresses _ ->
                recorded.isEmpty()
                        ? "[]"
                        : "["
                                + String.join(
                                        ", ",
                                        List.of(recorded.split(",")).stream()
                                                .map(ConfigurationText::quoted)
                                                .toList())
                                + "]";
        };
    }

    // A basic string of TOML 1.0.0.
    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            if (Character.isISOControl(each)) {
                quoted.append(String.format(Locale.ROOT, "\\u%04X", (int) each));
            } else {
                quoted.append(each == '\\' || each == '"' ? "\\" : "").append(each);
            }
        }
        return quoted.append('"').toString();
    }

    /** The reference page's tables, in Markdown: one for each first part of the keys. */
    public static String page(Settings settings) {
        StringBuilder text = new StringBuilder();
        String group = "";
        for (Setting setting : settings.all()) {
            String first = setting.key().substring(0, setting.key().indexOf('.'));
            if (!first.equals(group)) {
                group = first;
                text.append("\n## ")
                        .append(group)
                        .append("\n\n| key | standard | may be | meaning |\n|---|---|---|---|\n");
            }
            text.append("| `")
                    .append(setting.key())
                    .append("` | ")
                    .append(setting.standard().isEmpty() ? "none" : "`" + standard(setting) + "`")
                    .append(" | ")
                    .append(setting.kind().range())
                    .append(" | ")
                    .append(setting.meaning())
                    .append(setting.live() ? ". Changes while the node runs" : "")
                    .append(" |\n");
        }
        return text.toString();
    }
}
