package dev.dunlin.node.config;

import dev.dunlin.core.config.Kind;
import dev.dunlin.core.config.Setting;
import dev.dunlin.core.config.Settings;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlTable;

/** Reads the configuration file: TOML 1.0, at most {@link #MOST_BYTES}. */
final class TomlSource {

    /** The longest file. */
    static final int MOST_BYTES = 1 << 20;

    private final Path file;
    private final Settings settings;
    private final List<Problem> problems;
    private final List<Said> said = new ArrayList<>();

    private TomlSource(Path file, Settings settings, List<Problem> problems) {
        this.file = file;
        this.settings = settings;
        this.problems = problems;
    }

    /** What a file says; what is no TOML, or no value of its key's type, becomes a problem. */
    static List<Said> read(Path file, Settings settings, List<Problem> problems) throws IOException {
        TomlSource source = new TomlSource(file, settings, problems);
        if (Files.size(file) > MOST_BYTES) {
            problems.add(new Problem(
                    new Origin.Line(file, 1), "the file is longer than 1 MiB: is it the configuration at all?"));
            return List.of();
        }
        String text;
        try {
            text = Files.readString(file);
        } catch (MalformedInputException notUtf8) {
            problems.add(new Problem(new Origin.Line(file, 1), "the file is not UTF-8: save it as UTF-8"));
            return List.of();
        }
        TomlParseResult parsed = Toml.parse(text);
        for (TomlParseError error : parsed.errors()) {
            problems.add(new Problem(
                    new Origin.Line(file, error.position().line()), "this is no TOML: " + decapitalized(error)));
        }
        source.table("", parsed);
        return source.said;
    }

    private static String decapitalized(TomlParseError error) {
        String text = String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
        return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
    }

    private void table(String prefix, TomlTable table) {
        for (String key : table.keySet()) {
            List<String> path = List.of(key);
            Object value = table.get(path);
            var at = table.inputPositionOf(path);
            Origin origin = new Origin.Line(file, at == null ? 1 : at.line());
            if (value instanceof TomlTable inner) {
                table(prefix + key + ".", inner);
            } else {
                value(prefix + key, value, origin);
            }
        }
    }

    private void value(String key, @Nullable Object value, Origin origin) {
        Optional<Setting> setting = settings.find(key);
        if (setting.isEmpty()) {
            // That it is unknown is told with those of the other sources.
            said.add(new Said(key, "", origin));
            return;
        }
        Kind kind = setting.get().kind();
        String written = written(kind, value);
        if (written == null) {
            problems.add(new Problem(origin, key + " is " + typeOf(value) + ", and must be " + wanted(kind)));
        } else {
            said.add(new Said(key, written, origin));
        }
    }

    // As on a command line; null where the type is another.
    private static @Nullable String written(Kind kind, @Nullable Object value) {
        return switch (kind) {
            case Kind.Count _ -> value instanceof Long number ? number.toString() : null;
            case Kind.Flag _ -> value instanceof Boolean flag ? flag.toString() : null;
            case Kind.Size _, Kind.Time _ ->
                value instanceof String text ? text : value instanceof Long number && number == 0 ? "0" : null;
            case Kind.Words _, Kind.OneOf _, Kind.Peer _ -> value instanceof String text ? text : null;
            case Kind.Several _, Kind.Addresses _ ->
                switch (value) {
                    case String text -> text;
                    case TomlArray list -> joined(list);
                    case null, default -> null;
                };
        };
    }

    private static @Nullable String joined(TomlArray list) {
        List<String> all = new ArrayList<>();
        for (Object one : list.toList()) {
            if (!(one instanceof String text) || text.contains(",")) {
                return null;
            }
            all.add(text);
        }
        return String.join(",", all);
    }

    private static String typeOf(@Nullable Object value) {
        return switch (value) {
            case String _ -> "a text in quotes";
            case Long _ -> "a number without a unit";
            case Double _ -> "a number with a point";
            case Boolean _ -> "true or false";
            case TomlArray _ -> "a list of something else";
            case null, default -> "a date or a time of day";
        };
    }

    private static String wanted(Kind kind) {
        return switch (kind) {
            case Kind.Count _ -> kind.range() + ", without quotes";
            case Kind.Flag _ -> kind.range() + ", without quotes";
            case Kind.Size _, Kind.Time _ -> kind.range() + ", in quotes";
            case Kind.Words _, Kind.OneOf _, Kind.Peer _ -> kind.range() + ", in quotes";
            case Kind.Several _, Kind.Addresses _ -> "a list of texts in quotes, " + kind.range();
        };
    }
}
