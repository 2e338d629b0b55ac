package dev.dunlin.core.store;

import dev.dunlin.core.state.Due;
import dev.dunlin.core.state.Table;

/**
 * The mix of the benchmarks: a message of a peer (a guard of two clauses, the peer's record and deadline set anew) leads to four
 * derived actions, one of which changes the peer's record again, one is observed by nobody, one is disabled, one is an effect.
 */
public final class Counters {

    private static final long QUIET = Long.MAX_VALUE / 2;

    private Counters() {}

    /** The tree. */
    public record Root(State counter) {
        Root with(State changed) {
            return new Root(changed);
        }
    }

    /** One peer, which is due when it has been quiet. */
    public record Peer(long messages, long bytes, long last, boolean good, long at) implements Due {}

    /** All peers. */
    public record State(Table<Long, Peer> peers, long total) {}

    /** Actions. */
    public sealed interface CounterAction extends Action {
        /** The input. */
        record Message(long peer, int bytes, String topic) implements CounterAction {}

        /** Changes the peer's record. */
        record Judged(long peer, boolean good) implements CounterAction {}

        /** Changes nothing. */
        record Noted(long peer, long messages) implements CounterAction {}

        /** Disabled. */
        record Dropped(long peer) implements CounterAction {}

        /** A peer has been quiet. */
        record Quiet(long peer) implements CounterAction {}
    }

    /** An effect. */
    public record Deliver(long peer, int bytes) implements Effect, Effect.Fire {}

    private static final Guards<Object, State, CounterAction> GUARDS = Guards.<Object, State, CounterAction>of()
            .on(
                    CounterAction.Message.class,
                    Clauses.when("peer-is-known", (own, fact) -> own.peers().has(fact.peer())),
                    Clauses.when("message-is-small", (own, fact) -> fact.bytes() < 1 << 20))
            .on(
                    CounterAction.Judged.class,
                    Clauses.when("peer-is-known", (own, fact) -> own.peers().has(fact.peer())))
            .always(CounterAction.Noted.class)
            .on(CounterAction.Dropped.class, Clauses.when("peer-is-bad", (own, fact) -> fact.peer() < 0))
            .always(CounterAction.Quiet.class)
            .build();

    /** A store of so many peers. */
    public static Store<Root> store(int peers) {
        State initial = initial(peers);
        Machine<Object, State, CounterAction> machine = Machine.of("counter", initial)
                .actions(CounterAction.class, Deliver.class)
                .guards(GUARDS)
                .reduces(Counters::reduce)
                .due(CounterAction.Quiet.class, State::peers, CounterAction.Quiet::new)
                .phases((own, subject) -> "counting")
                .budget(1L << 30);
        return Store.of(new Root(initial))
                .mount(machine, Root::counter, Root::with)
                .build();
    }

    /** The input of a step. */
    public static Input message(long step, int peers) {
        return Input.of(
                new CounterAction.Message(Math.floorMod(step * 0x9E3779B97F4A7C15L, (long) peers), 100, "blocks"));
    }

    private static State initial(int known) {
        Table<Long, Peer> table = Table.empty();
        for (long peer = 0; peer < known; peer++) {
            table = table.with(peer, new Peer(0, 0, 0, false, QUIET + peer));
        }
        return new State(table, 0);
    }

    private static State reduce(State own, CounterAction action, Context ctx) {
        return switch (action) {
            case CounterAction.Message(long id, int bytes, String topic) -> {
                Peer peer = own.peers().at(id);
                Peer after =
                        new Peer(peer.messages() + 1, peer.bytes() + bytes, ctx.now(), peer.good(), QUIET + ctx.now());
                ctx.then(new CounterAction.Judged(id, after.messages() % 2 == 0));
                ctx.then(new CounterAction.Noted(id, after.messages()));
                ctx.then(new CounterAction.Dropped(id));
                ctx.effect(new Deliver(id, bytes));
                yield new State(own.peers().with(id, after), own.total() + 1);
            }
            case CounterAction.Judged(long id, boolean good) -> {
                Peer peer = own.peers().at(id);
                Peer judged = new Peer(peer.messages(), peer.bytes(), peer.last(), good, peer.at());
                yield new State(own.peers().with(id, judged), own.total());
            }
            case CounterAction.Noted _, CounterAction.Dropped _ -> own;
            case CounterAction.Quiet(long id) -> new State(own.peers().without(id), own.total());
        };
    }
}
