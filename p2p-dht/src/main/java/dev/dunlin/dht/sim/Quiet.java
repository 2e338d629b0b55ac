package dev.dunlin.dht.sim;

import dev.dunlin.connection.peer.PeerAction;
import dev.dunlin.connection.peer.PeerMachine;
import dev.dunlin.connection.peer.PeerOutcome;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Ticket;
import java.util.List;

/** A machine that takes every action of another and does nothing, in its place: where nodes exchange whole messages, it has nothing to do. */
record Quiet() {

    /** In place of the machine of a name and actions, a sealed interface of records. */
    static <A extends Action> Machine<Object, Quiet, A> of(String name, Class<A> actions) {
        Guards.Builder<Object, Quiet, A> always = Guards.of();
        enable(actions, actions, always);
        return Machine.of(name, new Quiet())
                .actions(actions)
                .guards(always.build())
                .phases((own, subject) -> "quiet")
                .budget(1024);
    }

    /** In place of the machine of peers: nothing is known of any. */
    static Machine<Object, Quiet, PeerAction> peers() {
        Guards.Builder<Object, Quiet, PeerAction> always = Guards.of();
        enable(PeerAction.class, PeerAction.class, always);
        return Machine.of(PeerMachine.NAME, new Quiet())
                .actions(PeerAction.class, PeerOutcome.class)
                .guards(always.build())
                .reduces((own, action, ctx) -> {
                    if (action instanceof PeerAction.Locate(Ticket ticket, PeerId peer)) {
                        ctx.then(new PeerOutcome.Located(ticket, peer, List.of()));
                    }
                    return own;
                })
                .phases((own, subject) -> "quiet")
                .budget(1024);
    }

    private static <A extends Action> void enable(
            Class<?> type, Class<A> actions, Guards.Builder<Object, Quiet, A> always) {
        if (!type.isSealed()) {
            always.always(type.asSubclass(actions));
            return;
        }
        for (Class<?> one : type.getPermittedSubclasses()) {
            enable(one, actions, always);
        }
    }
}
