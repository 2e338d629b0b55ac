package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.testkit.Altered;
import dev.dunlin.core.testkit.PackagePage;
import dev.dunlin.core.testkit.gate.BellSlice;
import dev.dunlin.core.testkit.gate.GateSlice;
import java.util.List;
import org.junit.jupiter.api.Test;

class DiagramTest {

    @Test
    void theStoresOwnMachineIsDrawnOnItsPage() {
        assertThat(PackagePage.of(new NodeSlice())).contains(Diagram.of(new NodeSlice()));
    }

    @Test
    void theExamplesAreDrawnOnTheirPage() {
        assertThat(PackagePage.of(new GateSlice()))
                .contains(Diagram.of(new GateSlice()))
                .contains(Diagram.of(new BellSlice()));
    }

    @Test
    void arrowsOfOnePairAreOneInTheOrderOfDeclarationAndLoopsAreLeftOut() {
        assertThat(Diagram.of(Altered.of(new NodeSlice())
                        .declaring(List.of(
                                new Transition("shut", "open", "ajar"),
                                new Transition("ajar", "shut", "shut"),
                                new Transition("ajar", "push", "ajar"),
                                new Transition("shut", "kick", "ajar"),
                                new Transition("shut", "open", "ajar")))))
                .isEqualTo("stateDiagram-v2\n    shut --> ajar: open, kick\n    ajar --> shut: shut\n");
    }
}
