package dev.dunlin.connection.bootstrap.dialer;

import dev.dunlin.connection.ConnectionAction;
import dev.dunlin.connection.ConnectionOutcome;
import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.bootstrap.wire.BootstrapAnswer;
import dev.dunlin.connection.bootstrap.wire.BootstrapQuestion;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;
import java.util.List;

/** The dialer machine in a store, where what the machines around it say the test says. */
record DialerRoot(Silent.Nothing silent, DialerState dialer) {

    static Store<DialerRoot> store(Machine<? super DialerRoot, DialerState, DialerAction> dialer) {
        return Store.of(new DialerRoot(new Silent.Nothing(), DialerState.INITIAL))
                .mount(
                        Silent.exchange(List.of(BootstrapQuestion.class, BootstrapAnswer.class)),
                        DialerRoot::silent,
                        (root, same) -> root)
                .mount(
                        Silent.of("connection", ConnectionAction.class, ConnectionOutcome.class),
                        DialerRoot::silent,
                        (root, same) -> root)
                .mount(Silent.of("identify", IdentifyAction.class), DialerRoot::silent, (root, same) -> root)
                .mount(dialer, DialerRoot::dialer, (root, changed) -> new DialerRoot(root.silent(), changed))
                .build();
    }
}
