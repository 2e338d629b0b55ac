package dev.dunlin.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.operate.Metric;
import dev.dunlin.core.operate.Operation;
import dev.dunlin.core.operate.Registry;
import dev.dunlin.core.words.CamelCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The page of the admin API lists what each machine of the program can be asked. */
final class AdminPageTest {

    private static final String BEGIN = "<!-- generated: what machines declare -->\n";

    /** Written anew with {@code -Ddunlin.page.accept=true}. */
    @Test
    void thePageListsAllRoutesMetricsAndChecks() throws IOException {
        Path page = Path.of("..", "docs", "admin.md");
        String text = Files.readString(page);
        int at = text.indexOf(BEGIN) + BEGIN.length();
        String right = text.substring(0, at) + declared(NodeOperations.described(new Machines()));
        if (Boolean.getBoolean("dunlin.page.accept")) {
            Files.writeString(page, right);
        }
        assertThat(Files.readString(page)).isEqualTo(right);
    }

    private static String declared(Registry<NodeRoot> registry) {
        Set<String> owners = new LinkedHashSet<>();
        registry.operations().forEach(each -> owners.add(each.owner()));
        registry.metrics().forEach(each -> owners.add(each.owner()));
        registry.checks().forEach(each -> owners.add(each.owner()));
        StringBuilder text = new StringBuilder();
        for (String owner : owners) {
            text.append("\n### ").append(owner).append('\n');
            text.append(table(
                    "| verb | route | |",
                    registry.operations().stream()
                            .filter(each -> each.owner().equals(owner))
                            .map(each -> row(
                                    "`" + each.operation().name() + "`",
                                    "`" + (each.operation() instanceof Operation.Query<?, ?, ?> ? "GET" : "POST")
                                            + " /v1" + each.operation().path() + "`",
                                    each.operation().summary()))
                            .toList()));
            text.append(table(
                    "| metric | type | |",
                    registry.metrics().stream()
                            .filter(each -> each.owner().equals(owner))
                            .map(each -> row(
                                    "`" + exported(each) + "`",
                                    type(each.metric()),
                                    each.metric().meaning()))
                            .toList()));
            text.append(table(
                    "| check | | |",
                    registry.checks().stream()
                            .filter(each -> each.owner().equals(owner))
                            .map(each -> row(
                                    "`" + each.name() + "`", "", each.check().meaning()))
                            .toList()));
        }
        return text.toString();
    }

    private static String exported(Registry.Measured<NodeRoot, ?, ?> measured) {
        String name = "dunlin_" + CamelCase.parted(measured.name(), "_").toLowerCase(Locale.ROOT);
        return (measured.metric().type() == Metric.Type.COUNTER ? name + "_total" : name)
                + measured.metric().label().map(label -> "{" + label + "}").orElse("");
    }

    private static String type(Metric<?, ?> metric) {
        return metric.type().name().toLowerCase(Locale.ROOT);
    }

    private static String row(String... cells) {
        return "| " + String.join(" | ", cells) + " |\n";
    }

    private static String table(String head, List<String> rows) {
        return rows.isEmpty() ? "" : "\n" + head + "\n|---|---|---|\n" + String.join("", rows);
    }
}
