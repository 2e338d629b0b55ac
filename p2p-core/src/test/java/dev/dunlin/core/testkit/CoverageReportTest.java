package dev.dunlin.core.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.store.Transition;
import dev.dunlin.core.testkit.gate.BellMachine;
import dev.dunlin.core.testkit.gate.GateMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class CoverageReportTest {

    @TempDir
    Path folder;

    @Test
    void eachTransitionAndClauseIsListedWithItsCountAndWhatWasNeverSeen() throws IOException {
        Coverage coverage = Coverage.of(GateMachine.GATE);
        coverage.see(new Transition("shut", "open", "opening"));
        coverage.see(new Transition("shut", "open", "opening"));
        coverage.see(new Transition("nowhere", "open", "opening"));
        CoverageReport.write(folder, coverage);

        JsonNode json = JsonMapper.shared().readTree(Files.readString(folder.resolve("gate.json")));
        assertThat(json.get("transitions")).hasSameSizeAs(GateMachine.GATE.transitions());
        assertThat(json.get("transitions").get(0).toString())
                .isEqualTo("{\"from\":\"shut\",\"action\":\"open\",\"to\":\"opening\",\"count\":2}");
        assertThat(json.get("clauses")).hasSameSizeAs(coverage.clauses());
        assertThat(json.get("seen").asInt()).isOne();
        assertThat(json.get("neverSeen")).hasSize(json.get("total").asInt() - 1);
        assertThat(Files.readString(folder.resolve("gate.txt")))
                .contains("        2  shut --open--> opening\n")
                .contains("never seen: the transition opening --opened--> open\n");
    }

    @Test
    void theSummaryHasTheHeadOfEachMachine() throws IOException {
        CoverageReport.write(folder, Coverage.of(GateMachine.GATE));
        CoverageReport.write(folder, Coverage.of(BellMachine.BELL));
        CoverageReport.write(folder, Coverage.of(BellMachine.BELL));
        assertThat(Files.readString(folder.resolve("summary.txt")))
                .startsWith("bell: 0 of ")
                .containsOnlyOnce("bell:")
                .containsOnlyOnce("gate: 0 of ")
                .contains("never seen: the transition ready --rang--> empty\n")
                .doesNotContain("Clauses");
    }
}
