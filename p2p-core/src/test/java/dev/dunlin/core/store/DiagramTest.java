package dev.dunlin.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dunlin.core.testkit.PackagePage;
import dev.dunlin.core.testkit.gate.BellMachine;
import dev.dunlin.core.testkit.gate.GateMachine;
import org.junit.jupiter.api.Test;

class DiagramTest {

    @Test
    void theStoresOwnMachineIsDrawnOnItsPage() {
        assertThat(PackagePage.of(NodeMachine.NODE)).contains(Diagram.of(NodeMachine.NODE));
    }

    @Test
    void theExamplesAreDrawnOnTheirPage() {
        assertThat(PackagePage.of(GateMachine.GATE))
                .contains(Diagram.of(GateMachine.GATE))
                .contains(Diagram.of(BellMachine.BELL));
    }

    @Test
    void arrowsOfOnePairAreOneInTheOrderOfDeclarationAndLoopsAreLeftOut() {
        assertThat(Diagram.of(GateMachine.GATE.altered().transitions("""
                                shut > ajar: open
                                ajar > shut: shut
                                ajar: push
                                shut > ajar: kick, open""").budget(1)))
                .isEqualTo("stateDiagram-v2\n    shut --> ajar: open, kick\n    ajar --> shut: shut\n");
    }
}
