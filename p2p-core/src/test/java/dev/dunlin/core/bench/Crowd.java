package dev.dunlin.core.bench;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Context;
import dev.dunlin.core.store.Effect;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Input;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.Store;

/**
 * The mix of the benchmarks: a message of a peer (a guard of two clauses, the peer's record with its deadline set anew) leads to
 * four derived actions, one of which changes the peer's record again, one is observed by nobody, one is disabled, one is an
 * effect.
 */
final class Crowd {

    private Crowd() {}

    /** The tree. */
    record Root(State crowd) {}

    /** One peer; it is due when it has been quiet for long. */
    record Peer(long messages, long bytes, boolean good, long at) implements Due {}

    /** All peers. */
    record State(Table<Long, Peer> peers, long total) {}

    /** Actions. */
    sealed interface CrowdAction extends Action {
        /** The input. */
        record Message(long peer, int bytes, String topic) implements CrowdAction {}

        /** Changes the peer's record. */
        record Judged(long peer, boolean good) implements CrowdAction {}

        /** Changes nothing. */
        record Noted(long peer, long messages) implements CrowdAction {}

        /** Disabled. */
        record Dropped(long peer) implements CrowdAction {}

        /** A peer has been quiet. */
        record Quiet(long peer) implements CrowdAction {}
    }

    /** What is asked of the world. */
    sealed interface CrowdEffect extends Effect {
        record Deliver(long peer, int bytes) implements CrowdEffect, Effect.Fire {}
    }

    private static final Guards<Object, State, CrowdAction> GUARDS = Guards.<Object, State, CrowdAction>of()
            .on(
                    CrowdAction.Message.class,
                    Guards.clause(
                            "peer-is-known",
                            (view, own, action, now) -> own.peers().has(action.peer())),
                    Guards.clause("message-is-small", (view, own, action, now) -> action.bytes() < 1 << 20))
            .on(
                    CrowdAction.Judged.class,
                    Guards.clause(
                            "peer-is-known",
                            (view, own, action, now) -> own.peers().has(action.peer())))
            .always(CrowdAction.Noted.class)
            .on(CrowdAction.Dropped.class, Guards.clause("peer-is-bad", (view, own, action, now) -> action.peer() < 0))
            .always(CrowdAction.Quiet.class)
            .build();

    /** A store of so many peers. */
    static Store<Root> store(int known) {
        Table<Long, Peer> peers = Table.empty();
        for (long peer = 0; peer < known; peer++) {
            peers = peers.with(peer, new Peer(0, 0, false, Long.MAX_VALUE / 2 + peer));
        }
        State initial = new State(peers, 0);
        Machine<Object, State, CrowdAction> machine = Machine.of("crowd", initial)
                .actions(CrowdAction.class, CrowdEffect.class)
                .guards(GUARDS)
                .reduces(Crowd::reduce)
                .due(CrowdAction.Quiet.class, State::peers, CrowdAction.Quiet::new)
                .transitions("all: message, judged, noted, quiet")
                .phases((own, subject) -> "all")
                .budget(1L << 40);
        return Store.of(new Root(initial))
                .mount(machine, Root::crowd, (root, changed) -> new Root(changed))
                .build();
    }

    private static State reduce(State own, CrowdAction action, Context ctx) {
        return switch (action) {
            case CrowdAction.Message(long id, int bytes, String topic) -> {
                Peer peer = own.peers().at(id);
                long messages = peer.messages() + 1;
                ctx.then(new CrowdAction.Judged(id, messages % 2 == 0));
                ctx.then(new CrowdAction.Noted(id, messages));
                ctx.then(new CrowdAction.Dropped(id));
                ctx.effect(new CrowdEffect.Deliver(id, bytes));
                Peer after = new Peer(messages, peer.bytes() + bytes, peer.good(), Long.MAX_VALUE / 2 + ctx.now());
                yield new State(own.peers().with(id, after), own.total() + 1);
            }
            case CrowdAction.Judged(long id, boolean good) -> {
                Peer peer = own.peers().at(id);
                yield new State(
                        own.peers().with(id, new Peer(peer.messages(), peer.bytes(), good, peer.at())), own.total());
            }
            case CrowdAction.Quiet(long id) -> new State(own.peers().without(id), own.total());
            case CrowdAction.Noted _, CrowdAction.Dropped _ -> own;
        };
    }

    /** The input of a step. */
    static Action message(long step, int peers) {
        return new CrowdAction.Message(Math.floorMod(step * 0x9E3779B97F4A7C15L, (long) peers), 100, "blocks");
    }

    static Input input(long step, int peers) {
        return Input.of(message(step, peers));
    }
}
