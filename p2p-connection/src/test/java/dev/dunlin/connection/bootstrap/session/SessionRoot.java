package dev.dunlin.connection.bootstrap.session;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.connection.stream.StreamAction;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.util.List;

/** The session machine in a store, where what the machines around it say the test says. */
record SessionRoot(Silent.Nothing silent, SessionState session) {

    static Store<SessionRoot> store(Machine<? super SessionRoot, SessionState, SessionAction> session) {
        return Store.of(new SessionRoot(new Silent.Nothing(), SessionState.INITIAL))
                .mount(
                        Silent.exchange(List.of(BootstrapQuestion.class, BootstrapAnswer.class)),
                        SessionRoot::silent,
                        (root, same) -> root)
                .mount(Silent.of("stream", StreamAction.class), SessionRoot::silent, (root, same) -> root)
                .mount(
                        Silent.of("connection", ConnectionAction.class, ConnectionOutcome.class),
                        SessionRoot::silent,
                        (root, same) -> root)
                .mount(Silent.of("identify", IdentifyAction.class), SessionRoot::silent, (root, same) -> root)
                .mount(session, SessionRoot::session, (root, changed) -> new SessionRoot(root.silent(), changed))
                .build();
    }
}
