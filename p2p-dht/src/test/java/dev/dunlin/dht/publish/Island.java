package dev.dunlin.dht.publish;

import dev.dunlin.connection.bench.Silent;
import dev.dunlin.connection.exchange.AskFailure;
import dev.dunlin.connection.exchange.ExchangeAction;
import dev.dunlin.connection.exchange.ExchangeOutcome;
import dev.dunlin.connection.identify.IdentifyAction;
import dev.dunlin.core.multiformats.PeerId;
import dev.dunlin.core.state.Bytes;
import dev.dunlin.core.state.Table;
import dev.dunlin.core.store.Action;
import dev.dunlin.core.store.Guards;
import dev.dunlin.core.store.Handle;
import dev.dunlin.core.store.Machine;
import dev.dunlin.core.store.NodeAction;
import dev.dunlin.core.store.Store;
import dev.dunlin.core.store.Ticket;
import dev.dunlin.core.store.Turn;
import dev.dunlin.core.testkit.StoreDriver;
import dev.dunlin.dht.key.Key;
import dev.dunlin.dht.operation.AnyValue;
import dev.dunlin.dht.operation.Effort;
import dev.dunlin.dht.operation.Goal;
import dev.dunlin.dht.operation.OperationAction;
import dev.dunlin.dht.operation.OperationOutcome;
import dev.dunlin.dht.query.Candidate;
import dev.dunlin.dht.query.QueryAction;
import dev.dunlin.dht.query.QueryOutcome;
import dev.dunlin.dht.routing.Network;
import dev.dunlin.dht.routing.RoutingAction;
import dev.dunlin.dht.routing.RoutingOutcome;
import dev.dunlin.dht.table.Contact;
import dev.dunlin.dht.table.Contacts;
import dev.dunlin.dht.wire.KadAnswer;
import dev.dunlin.dht.wire.KadQuestion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** A publish machine in a network whose lookups are perfect, and whose nodes note what they are told. */
final class Island {

    static final long SECOND = 1_000_000;
    static final long HOUR = 3600 * SECOND;

    /** What other machines of a node would do is done here. */
    record Root(Silent.Nothing silent, PublishState publish) {}

    final StoreDriver<Root> driver = StoreDriver.of(store(PublishMachine.of(AnyValue.VALIDATORS)));

    /** The nodes, by the network in which they are. */
    final Map<Network, List<Contact>> nodes = new LinkedHashMap<>();

    /** Who does not answer. */
    final Set<PeerId> down = new HashSet<>();

    /** When each key was told, by whom it was told to; each time that it was. */
    final Map<Bytes, Map<PeerId, List<Long>>> told = new LinkedHashMap<>();

    /** When each value was stored. */
    final Map<Bytes, List<Long>> values = new LinkedHashMap<>();

    /** The networks in which something was told. */
    final Set<String> protocols = new HashSet<>();

    /** Which keys no lookup comes to its end for. */
    Predicate<Key> unsearchable = key -> false;

    /** Whether values are stored by anybody. */
    boolean isStoring = true;

    /** The most questions at the same time so far. */
    int mostAsks;

    /** How many lookups there were. */
    int lookups;

    private final Table<String, String> config;

    static Store<Root> store(Machine<Object, PublishState, PublishAction> publish) {
        return Store.of(new Root(new Silent.Nothing(), PublishState.INITIAL))
                .mount(Silent.exchange(List.of(KadQuestion.class, KadAnswer.class)), Root::silent, (root, same) -> root)
                .mount(Silent.of("identify", IdentifyAction.class), Root::silent, (root, same) -> root)
                .mount(silent("query", QueryAction.class, QueryOutcome.class), Root::silent, (root, same) -> root)
                .mount(silent("routing", RoutingAction.class, RoutingOutcome.class), Root::silent, (root, same) -> root)
                .mount(silent("dht", OperationAction.class, OperationOutcome.class), Root::silent, (root, same) -> root)
                .mount(publish, Root::publish, (root, changed) -> new Root(root.silent(), changed))
                .build();
    }

    /** In place of a machine that has outcomes. */
    private static <A extends Action> Machine<Object, Silent.Nothing, A> silent(
            String name, Class<A> actions, Class<? extends Action> outcomes) {
        Guards.Builder<Object, Silent.Nothing, A> always = Guards.of();
        enable(actions, actions, always);
        return Machine.of(name, new Silent.Nothing())
                .actions(actions, outcomes)
                .guards(always.build())
                .phases((own, subject) -> "silent")
                .budget(1024);
    }

    private static <A extends Action> void enable(
            Class<?> type, Class<A> actions, Guards.Builder<Object, Silent.Nothing, A> always) {
        if (!type.isSealed()) {
            always.always(type.asSubclass(actions));
            return;
        }
        for (Class<?> one : type.getPermittedSubclasses()) {
            enable(one, actions, always);
        }
    }

    Island(int count, Table<String, String> more) {
        List<Contact> wide = new ArrayList<>();
        for (int i = 1; i <= count; i++) {
            wide.add(Contacts.contact(i));
        }
        nodes.put(Network.WIDE, wide);
        nodes.put(Network.LOCAL, List.of());
        Table<String, String> all = Table.<String, String>empty()
                .with("node.peerId", Contacts.contact(0).peer().toString());
        for (Map.Entry<String, String> each : more) {
            all = all.with(each.getKey(), each.getValue());
        }
        config = all;
        boot();
    }

    void boot() {
        boot(0);
    }

    /** A boot where the wall clock is so far ahead of the node's time. */
    void boot(long offset) {
        driver.dispatch(new NodeAction.Booted(
                driver.node().run() + 1,
                "test",
                config,
                driver.now() + offset,
                driver.node().run() + 1));
        say(new IdentifyAction.AddressesBound(
                new Handle("listener", 1, 1), Contacts.contact(0).addresses()));
    }

    /** The wall clock is set so far ahead of the node's time. */
    void clock(long offset) {
        say(new NodeAction.ClockStepped(driver.now() + offset, offset));
    }

    PublishState state() {
        return driver.root().publish();
    }

    /** An input, and all that others answer to what it leads to. */
    void say(Action action) {
        answer(driver.dispatch(action));
    }

    /** Lets time pass. */
    void runTo(long time) {
        while (driver.store().nextDeadline() <= time) {
            for (Turn turn :
                    driver.advanceTo(Math.max(driver.now(), driver.store().nextDeadline()))) {
                answer(turn);
            }
        }
        driver.advanceTo(time);
    }

    void runBy(long micros) {
        runTo(driver.now() + micros);
    }

    private void answer(Turn turn) {
        List<Action> open = new ArrayList<>(enabled(turn));
        while (!open.isEmpty()) {
            mostAsks = Math.max(mostAsks, asks());
            Optional<Action> answer = answer(open.removeFirst());
            if (answer.isPresent()) {
                open.addAll(enabled(driver.dispatch(answer.get())));
            }
        }
    }

    private int asks() {
        return state().sweep()
                .filter(sweep -> sweep.stage() instanceof Sweep.Stage.Storing)
                .map(sweep -> sweep.delivery().asks().size())
                .orElse(0);
    }

    private static List<Action> enabled(Turn turn) {
        List<Action> enabled = new ArrayList<>();
        for (int i = 0; i < turn.size(); i++) {
            if (turn.rejection(i) == null) {
                enabled.add(turn.entry(i));
            }
        }
        return enabled;
    }

    private Optional<Action> answer(Action action) {
        return switch (action) {
            case RoutingAction.Find find ->
                Optional.of(
                        new RoutingOutcome.Found(find.ticket(), nearest(find.network(), find.key(), find.most()), 0));
            case QueryAction.Start start -> Optional.of(looked(start));
            case ExchangeAction.Ask ask -> Optional.of(asked(ask));
            case OperationAction.Start start -> Optional.of(put(start));
            default -> Optional.empty();
        };
    }

    private List<Contact> nearest(Network network, Bytes key, int most) {
        Key target = Key.ofPreimage(key);
        List<Contact> sorted = new ArrayList<>(nodes.getOrDefault(network, List.of()));
        sorted.sort((one, other) -> target.compareDistances(one.key(), other.key()));
        return List.copyOf(sorted.subList(0, Math.min(most, sorted.size())));
    }

    private Action looked(QueryAction.Start start) {
        Network network = start.protocol().equals(Network.WIDE.protocol()) ? Network.WIDE : Network.LOCAL;
        List<Candidate> closest = nearest(
                        network, start.question().key(), start.terms().wanted())
                .stream()
                .map(Candidate::seed)
                .toList();
        lookups++;
        return new QueryOutcome.Done(
                start.ticket(),
                1L,
                unsearchable.test(Key.ofPreimage(start.question().key()))
                        ? QueryOutcome.End.TIMED_OUT
                        : QueryOutcome.End.CONVERGED,
                closest,
                closest.size(),
                closest.size(),
                0,
                0,
                SECOND,
                List.of());
    }

    private Action asked(ExchangeAction.Ask ask) {
        KadQuestion.AddProvider add = (KadQuestion.AddProvider) ask.message();
        if (down.contains(ask.peer())) {
            return new ExchangeOutcome.AskFailed(
                    ask.ticket(), ask.peer(), ask.protocol(), AskFailure.UNREACHABLE, "it is down");
        }
        protocols.add(ask.protocol());
        told.computeIfAbsent(add.key(), any -> new LinkedHashMap<>())
                .computeIfAbsent(ask.peer(), any -> new ArrayList<>())
                .add(driver.now());
        return new ExchangeOutcome.Answered(
                ask.ticket(),
                ask.peer(),
                new Handle("stream", 1, 1),
                Optional.empty(),
                ask.protocol(),
                new KadAnswer.Added(add.key()),
                SECOND);
    }

    private Action put(OperationAction.Start start) {
        Goal.PutValue goal = (Goal.PutValue) start.goal();
        if (isStoring) {
            values.computeIfAbsent(goal.record().value(), any -> new ArrayList<>())
                    .add(driver.now());
        }
        return new OperationOutcome.Done(
                start.ticket(),
                isStoring ? OperationOutcome.Result.FINISHED : OperationOutcome.Result.NO_ANSWERS,
                new Goal.Found.Nothing(),
                List.of(),
                Effort.NONE,
                isStoring ? 20 : 0,
                0,
                SECOND);
    }

    void keep(List<Bytes> keys) {
        for (int i = 0; i < keys.size(); i += PublishAction.MOST_KEYS) {
            say(new PublishAction.Keep(
                    new Ticket(Ticket.API, 1), keys.subList(i, Math.min(keys.size(), i + PublishAction.MOST_KEYS))));
        }
    }
}
