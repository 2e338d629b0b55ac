package dev.dunlin.core.tutorial.lantern;

import dev.dunlin.core.store.Machine;

/** The registration. */
final class LanternMachine {
    static final Machine<Object, LanternState, LanternAction> LANTERN = Machine.of("lantern", LanternState.DARK)
            .actions(LanternAction.class, LanternEffect.class, LanternOutcome.class)
            .boots((own, booted, ctx) -> LanternState.DARK)
            .guards(LanternGuards.ALL)
            .reduces(LanternReducer::reduce)
            .due(LanternAction.Spent.class, LanternState::lanterns, LanternAction.Spent::new)
            .transitions("""
                    dark > struck: light
                    struck > lit: caught
                    struck, lit > dark: spent, booted""")
            .phases(LanternState::phase)
            .budget(4_096);
}
