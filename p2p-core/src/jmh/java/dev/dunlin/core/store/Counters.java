package dev.dunlin.core.store;

import dev.dunlin.core.state.Deadlines;
import dev.dunlin.core.state.Table;
import java.util.List;
import java.util.Optional;

/**
 * The mix of the benchmarks: a message of a peer (a guard of two clauses, the peer's record and deadline set anew) leads to four
 * derived actions, one of which changes the peer's record again, one is observed by nobody, one is disabled, one is an effect.
 *
 * @param known how many peers there are from the start
 */
public record Counters(int known) implements Slice<Counters.Root, Counters.State, Counters.CounterAction> {

    /** The tree. */
    public record Root(State counter) {
        Root with(State changed) {
            return new Root(changed);
        }
    }

    /** One peer. */
    public record Peer(long messages, long bytes, long last, boolean good) {}

    /** All peers. */
    public record State(Table<Long, Peer> peers, Deadlines<Long> quiet, long total) {}

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

        /** Peers are quiet. */
        record Tick() implements CounterAction {}
    }

    /** An effect. */
    public record Deliver(long peer, int bytes) implements Effect, Effect.Fire {}

    /** A store of so many peers. */
    public static Store<Root> store(int peers) {
        Counters slice = new Counters(peers);
        return Store.of(new Root(slice.initial()))
                .mount(slice, Root::counter, Root::with)
                .build();
    }

    /** The input of a step. */
    public static Input message(long step, int peers) {
        return Input.of(
                new CounterAction.Message(Math.floorMod(step * 0x9E3779B97F4A7C15L, (long) peers), 100, "blocks"));
    }

    @Override
    public String name() {
        return "counter";
    }

    @Override
    public Class<CounterAction> actions() {
        return CounterAction.class;
    }

    @Override
    public Class<State> state() {
        return State.class;
    }

    @Override
    public TypeTable types() {
        return TypeTable.of("counter")
                .action("message", CounterAction.Message.class)
                .action("judged", CounterAction.Judged.class)
                .action("noted", CounterAction.Noted.class)
                .action("dropped", CounterAction.Dropped.class)
                .action("tick", CounterAction.Tick.class)
                .action("deliver", Deliver.class)
                .build();
    }

    @Override
    public State initial() {
        Table<Long, Peer> table = Table.empty();
        Deadlines<Long> quiet = Deadlines.none();
        for (long peer = 0; peer < known; peer++) {
            table = table.with(peer, new Peer(0, 0, 0, false));
            quiet = quiet.with(peer, Long.MAX_VALUE / 2 + peer);
        }
        return new State(table, quiet, 0);
    }

    @Override
    public Guards<Root, State, CounterAction> guards() {
        return Guards.<Root, State, CounterAction>of()
                .on(
                        CounterAction.Message.class,
                        Guards.clause(
                                "peer-is-known",
                                (view, own, action, now) -> own.peers().has(action.peer())),
                        Guards.clause("message-is-small", (view, own, action, now) -> action.bytes() < 1 << 20))
                .on(
                        CounterAction.Judged.class,
                        Guards.clause(
                                "peer-is-known",
                                (view, own, action, now) -> own.peers().has(action.peer())))
                .always(CounterAction.Noted.class)
                .on(
                        CounterAction.Dropped.class,
                        Guards.clause("peer-is-bad", (view, own, action, now) -> action.peer() < 0))
                .always(CounterAction.Tick.class)
                .build();
    }

    @Override
    public State reduce(State own, CounterAction action, Context ctx) {
        return switch (action) {
            case CounterAction.Message(long id, int bytes, String topic) -> {
                Peer peer = own.peers().at(id);
                Peer after = new Peer(peer.messages() + 1, peer.bytes() + bytes, ctx.now(), peer.good());
                ctx.then(new CounterAction.Judged(id, after.messages() % 2 == 0));
                ctx.then(new CounterAction.Noted(id, after.messages()));
                ctx.then(new CounterAction.Dropped(id));
                ctx.effect(new Deliver(id, bytes));
                yield new State(
                        own.peers().with(id, after),
                        own.quiet().with(id, Long.MAX_VALUE / 2 + ctx.now()),
                        own.total() + 1);
            }
            case CounterAction.Judged(long id, boolean good) -> {
                Peer peer = own.peers().at(id);
                yield new State(
                        own.peers().with(id, new Peer(peer.messages(), peer.bytes(), peer.last(), good)),
                        own.quiet(),
                        own.total());
            }
            case CounterAction.Noted _, CounterAction.Dropped _, CounterAction.Tick _ -> own;
        };
    }

    @Override
    public long nextDeadline(State own) {
        return own.quiet().next();
    }

    @Override
    public Optional<CounterAction> tick() {
        return Optional.of(new CounterAction.Tick());
    }

    @Override
    public List<Transition> transitions() {
        return List.of();
    }

    @Override
    public String phase(State own, Subject subject) {
        return "counting";
    }

    @Override
    public Subject about(CounterAction action) {
        return Subject.MACHINE;
    }

    @Override
    public long byteBudget() {
        return 1L << 30;
    }
}
