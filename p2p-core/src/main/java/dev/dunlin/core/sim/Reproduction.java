package dev.dunlin.core.sim;

import java.util.Locale;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** Writes a JUnit test that runs a plan again, and fails as long as the plan finds anything wrong. */
public final class Reproduction {

    private static final Pattern CLASS = Pattern.compile("[A-Z]\\w{0,99}");
    private static final int LINE = 110;

    private Reproduction() {}

    /**
     * A test's source, in the default package.
     *
     * @param name the class
     * @param scenario the Java expression that makes the scenario, with full names
     * @param plan the plan, as {@link PlanText} writes it
     * @param found what the plan finds wrong today
     * @throws IllegalArgumentException if the name is none of a class
     */
    public static String junit(String name, String scenario, JsonNode plan, Violation found) {
        if (!CLASS.matcher(name).matches()) {
            throw new IllegalArgumentException(
                    "a class has a name of letters and digits, such as FailsTest, not " + name);
        }
        StringBuilder source = new StringBuilder();
        source.append("import static org.junit.jupiter.api.Assertions.assertEquals;\n\n");
        source.append("import dev.dunlin.core.sim.PlanText;\n");
        if (found.name().equals(Simulation.REPEATABLE)) {
            source.append("import dev.dunlin.core.sim.RunOptions;\n");
        }
        source.append("import dev.dunlin.core.sim.Simulation;\n");
        source.append("import java.util.Optional;\n");
        source.append("import org.junit.jupiter.api.Test;\n\n");
        source.append("/** Found: ").append(comment(found.toString())).append(" */\n");
        source.append("class ").append(name).append(" {\n\n");
        source.append("    @Test\n    void nothingIsWrong() {\n");
        source.append("        var scenario = ").append(scenario).append(";\n");
        source.append("        String plan = \"\"");
        String text = plan.toString();
        for (int at = 0; at < text.length(); at += LINE) {
            source.append("\n                + \"")
                    .append(literal(text.substring(at, Math.min(text.length(), at + LINE))))
                    .append('"');
        }
        source.append(";\n");
        source.append("        var read = PlanText.of(scenario).read(plan);\n");
        source.append(
                found.name().equals(Simulation.REPEATABLE)
                        ? "        var outcome = Simulation.of(scenario).runTwice(read, RunOptions.DEFAULT);\n"
                        : "        var outcome = Simulation.of(scenario).run(read);\n");
        source.append("        assertEquals(Optional.empty(), outcome.violation());\n");
        source.append("    }\n}\n");
        return source.toString();
    }

    private static String comment(String text) {
        return text.replace("*/", "* /").replace('\n', ' ').replace("\\u", "\\\\u");
    }

    private static String literal(String text) {
        StringBuilder literal = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char unit = text.charAt(i);
            if (unit == '"' || unit == '\\') {
                literal.append('\\').append(unit);
            } else if (unit >= ' ' && unit < 127) {
                literal.append(unit);
            } else {
                literal.append(String.format(Locale.ROOT, "\\u%04x", (int) unit));
            }
        }
        return literal.toString();
    }
}
